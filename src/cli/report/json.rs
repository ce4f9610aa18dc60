//! Findings as one JSON document, for programs.

use super::Report;
use serde::Serialize;
use xks_core::diagnostics::{Diagnostic, Label, Safety};
use xks_core::source::Span;

/// The version of the format. It grows when something that was there changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    files: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    level: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Place,
    /// What stands beside the words at fault; the other labels are other places.
    label: &'a str,
    labels: Vec<Beside<'a>>,
    notes: &'a [String],
    help: Option<&'a str>,
    fixes: Vec<Change<'a>>,
}

/// A file, and where in it; a file that cannot be read has no places.
#[derive(Serialize)]
struct Place {
    file: String,
    start: Option<Position>,
    end: Option<Position>,
}

/// Line and column count from one, columns in characters; the offset counts bytes from zero.
#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
    offset: u32,
}

#[derive(Serialize)]
struct Beside<'a> {
    #[serde(flatten)]
    place: Place,
    text: &'a str,
}

#[derive(Serialize)]
struct Change<'a> {
    title: &'a str,
    safety: &'static str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    #[serde(flatten)]
    place: Place,
    text: &'a str,
}

/// The document, with a line end behind it.
pub(in crate::cli) fn write(report: &Report<'_>) -> String {
    let counts = report.counts();
    let unreadable = report.workspace.unreadable.iter().map(|problem| Finding {
        code: problem.code.name,
        level: problem.code.level.severity(),
        message: &problem.message,
        place: Place { file: report.reported(&problem.path), start: None, end: None },
        label: "",
        labels: Vec::new(),
        notes: &[],
        help: problem.help.as_deref(),
        fixes: Vec::new(),
    });
    let shown = report.shown();
    let document = Document {
        version: VERSION,
        files: report.workspace.sources.files().len(),
        errors: counts.errors,
        warnings: counts.warnings,
        notes: counts.notes,
        diagnostics: unreadable.chain(shown.iter().map(|diagnostic| finding(report, diagnostic))).collect(),
    };
    super::pretty(&document)
}

fn finding<'a>(report: &Report<'_>, diagnostic: &'a Diagnostic) -> Finding<'a> {
    let beside = |label: &'a Label| Beside { place: place(report, label.span), text: &label.text };
    let changes = diagnostic.fixes.iter().map(|fix| Change {
        title: &fix.title,
        safety: match fix.safety {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
        },
        edits: fix.edits.iter().map(|edit| Replacement { place: place(report, edit.span), text: &edit.text }).collect(),
    });
    Finding {
        code: diagnostic.code.name,
        level: diagnostic.level.severity(),
        message: &diagnostic.message,
        place: place(report, diagnostic.primary.span),
        label: &diagnostic.primary.text,
        labels: diagnostic.secondary.iter().map(beside).collect(),
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
        fixes: changes.collect(),
    }
}

fn place(report: &Report<'_>, span: Span) -> Place {
    let region = report.region(span);
    Place {
        file: report.path(span.file),
        start: Some(Position { line: region.start_line, column: region.start_column, offset: span.start }),
        end: Some(Position { line: region.end_line, column: region.end_column, offset: span.end }),
    }
}
