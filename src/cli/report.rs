//! Findings on their way out: for people, for programs, and for the pages of build servers.

pub(super) mod azure;
pub(super) mod github;
pub(super) mod human;
pub(super) mod json;
pub(super) mod sarif;

use super::workspace::Workspace;
use std::collections::BTreeMap;
use xks_core::diagnostics::{Diagnostic, Level};
use xks_core::escape;
use xks_core::source::{FileId, Span};
use xks_core::syntax::MAX_ERRORS_PER_FILE;
use xks_core::syntax::errors::{TOO_MANY_ERRORS, too_many};

/// All that is known to be wrong.
pub(super) struct Report<'a> {
    /// The files, and those that could not be read.
    pub(super) workspace: &'a Workspace,
    /// What is wrong in those that could.
    pub(super) diagnostics: &'a [Diagnostic],
    /// Whether it was looked at what the readable files mean.
    pub(super) is_judged: bool,
}

/// How many findings there are of each level.
#[derive(Clone, Copy, Default)]
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// The most findings that people are shown at once, of all files.
const MOST: usize = 1_000;

impl Report<'_> {
    /// The findings, less those of files that have too many: of a file the first hundred errors, and of what is no error as many.
    /// What is left out is counted.
    fn shown(&self) -> Vec<Diagnostic> {
        let mut shown: Vec<Diagnostic> = Vec::with_capacity(self.diagnostics.len().min(MOST));
        let mut files: BTreeMap<FileId, [usize; 2]> = BTreeMap::new();
        for found in self.diagnostics {
            // Of the broken statements of a file, its reader has left out most already.
            let is_rest = found.code.name == TOO_MANY_ERRORS.name;
            let count = &mut files.entry(found.primary.span.file).or_default()[usize::from(found.is_error())];
            *count += usize::from(!is_rest);
            if is_rest || *count <= MAX_ERRORS_PER_FILE {
                shown.push(found.clone());
            }
        }
        for (file, counts) in files {
            let [others, errors] = counts.map(|count| count.saturating_sub(MAX_ERRORS_PER_FILE));
            if others + errors > 0 {
                let last = shown.iter().rposition(|found| found.primary.span.file == file).unwrap_or_default();
                let mut more = too_many(shown[last].primary.span.after(), others + errors);
                more.level = if errors > 0 { Level::Deny } else { Level::Warn };
                shown.insert(last + 1, more);
            }
        }
        shown
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty() && self.workspace.unreadable.is_empty()
    }

    /// Whether something stops a build.
    pub(super) fn has_errors(&self) -> bool {
        self.counts().errors > 0
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts { errors: self.workspace.unreadable.len(), ..Counts::default() };
        for diagnostic in self.diagnostics {
            match diagnostic.level {
                Level::Deny => counts.errors += 1,
                Level::Warn => counts.warnings += 1,
                Level::Note | Level::Allow => counts.notes += 1,
            }
        }
        counts
    }

    /// A file's path from the current folder, which is where the reader of a report looks from.
    fn path(&self, file: FileId) -> String {
        self.reported(&self.workspace.sources.get(file).path)
    }

    /// A path below the root, from the current folder.
    fn reported(&self, path: &str) -> String {
        format!("{}{path}", self.workspace.prefix)
    }

    /// Where a span starts and ends.
    fn region(&self, span: Span) -> Region {
        let source = self.workspace.sources.get(span.file);
        let (start_line, start_column) = source.position(span.start);
        let (end_line, end_column) = source.position(span.end);
        Region { start_line, start_column, end_line, end_column }
    }
}

/// A range in a file: lines and columns from one, columns in characters, the end exclusive.
#[derive(Clone, Copy)]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// A message with its reasons and its way out, for reports that have room for one text only.
fn whole_text(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.message.clone();
    if !diagnostic.primary.text.is_empty() {
        text.push_str(": ");
        text.push_str(&diagnostic.primary.text);
    }
    for note in &diagnostic.notes {
        text.push_str("\nnote: ");
        text.push_str(note);
    }
    if let Some(help) = &diagnostic.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    text
}

/// A JSON document as text. What is written here has string keys and no numbers that JSON lacks, so it cannot fail.
pub(super) fn pretty(document: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    let mut text = escape::json(&text).into_owned();
    text.push('\n');
    text
}
