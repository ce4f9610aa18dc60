//! Findings as people read them in a terminal.

use super::{Diagnostic, Label, Level, Safety};
use crate::escape::{self, Escaped};
use crate::source::{FileId, Source, Sources, Span};
use codespan_reporting::diagnostic::{self as codespan, LabelStyle, Severity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term;
use codespan_reporting::term::termcolor::Buffer;
use codespan_reporting::term::{Styles, StylesWriter};
use std::collections::BTreeMap;
use std::ops::Range;

/// The longest line, in bytes, that is shown whole.
const LONGEST_LINE: usize = 400;

/// One finding with its source lines, in colour (ANSI) or plain.
pub fn render(sources: &Sources, diagnostic: &Diagnostic, color: bool) -> String {
    let config = term::Config { tab_width: 4, ..term::Config::default() };
    let mut buffer = if color { Buffer::ansi() } else { Buffer::no_color() };
    let styles = Styles::default();
    let mut writer = StylesWriter::new(&mut buffer, &styles);
    let clipped = clipped(sources, diagnostic);
    let (sources, diagnostic) = clipped.as_ref().map_or((sources, diagnostic), |(alone, short)| (alone, short));
    let shown = shown(sources, diagnostic);
    let (sources, diagnostic) = shown.as_ref().map_or((sources, diagnostic), |(copies, moved)| (copies, moved));
    let files = FilesOf(sources);
    match term::emit_to_write_style(&mut writer, &config, &files, &to_codespan(diagnostic)) {
        Ok(()) => String::from_utf8_lossy(buffer.as_slice()).into_owned(),
        // Only a span outside its file can bring this about; the message still reaches the user.
        Err(_) => {
            let message = escape::lines(&diagnostic.message);
            format!("{}[{}]: {message}\n", diagnostic.level.severity(), diagnostic.code.name)
        }
    }
}

/// A line of megabytes is not printed: the finding is moved to a copy of its file that holds what stands around it.
fn clipped(sources: &Sources, diagnostic: &Diagnostic) -> Option<(Sources, Diagnostic)> {
    let labels = || std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
    let line_length = |label: &super::Label| {
        let source = sources.get(label.span.file);
        let starts = source.line_starts();
        let line = source.line_of(label.span.start);
        starts.get(line + 1).map_or(source.text.len(), |&next| next as usize) - starts[line] as usize
    };
    if labels().all(|label| line_length(label) <= LONGEST_LINE) {
        return None;
    }
    let span = diagnostic.primary.span;
    let source = sources.get(span.file);
    let line = source.line_of(span.start);
    let from = floor(&source.text, (span.start as usize).saturating_sub(80).max(source.line_starts()[line] as usize));
    let to = floor(&source.text, (span.end as usize).min(span.start as usize + 160));
    let window = source.text[from..to.max(from)].lines().next().unwrap_or_default();
    let text = format!("{}{window}", "\n".repeat(line));
    let start = (line + span.start as usize - from).min(text.len());
    let end = (line + span.end as usize - from).min(text.len());
    let mut short = diagnostic.clone();
    short.secondary.clear();
    short.primary.span = Span::new(FileId(0), start, end.max(start));
    Some((Sources::new(vec![Source::new(source.path.clone(), text)]), short))
}

/// Copies of the files with escapes in place of what is hidden, where a line that is shown or a name has such.
fn shown(sources: &Sources, diagnostic: &Diagnostic) -> Option<(Sources, Diagnostic)> {
    let labels = || std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
    let is_plain = |label: &Label| {
        let source = sources.get(label.span.file);
        let starts = source.line_starts();
        let first = starts[source.line_of(label.span.start).saturating_sub(1)] as usize;
        let end = starts.get(source.line_of(label.span.end) + 2).map_or(source.text.len(), |&next| next as usize);
        escape::is_plain_source(&source.text[first..end]) && escape::word(&source.path) == source.path
    };
    if labels().all(is_plain) {
        return None;
    }
    let (mut copies, mut known, mut moved) = (Sources::default(), BTreeMap::new(), diagnostic.clone());
    for label in std::iter::once(&mut moved.primary).chain(&mut moved.secondary) {
        let (file, escaped) = known.entry(label.span.file).or_insert_with_key(|file| {
            let source = sources.get(*file);
            let escaped = Escaped::source(&source.text);
            let copy = Source::new(escape::word(&source.path).into_owned(), escaped.text.clone());
            (copies.append(copy), escaped)
        });
        let (start, end) = (escaped.place(label.span.start as usize), escaped.place(label.span.end as usize));
        label.span = Span::new(*file, start, end);
    }
    Some((copies, moved))
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn to_codespan(d: &Diagnostic) -> codespan::Diagnostic<FileId> {
    let severity = match d.level {
        Level::Deny => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Note | Level::Allow => Severity::Note,
    };
    let label = |style, label: &super::Label| {
        codespan::Label::new(style, label.span.file, label.span.range()).with_message(escape::lines(&label.text))
    };
    let mut labels = vec![label(LabelStyle::Primary, &d.primary)];
    labels.extend(d.secondary.iter().map(|other| label(LabelStyle::Secondary, other)));
    let mut notes: Vec<String> = d.notes.iter().map(|note| indented("note: ", note)).collect();
    notes.extend(d.help.iter().map(|help| indented("help: ", help)));
    if d.fixes.iter().any(|fix| fix.safety == Safety::Safe) {
        notes.push("fix: `xks check --fix` does it".to_string());
    }
    codespan::Diagnostic::new(severity)
        .with_code(d.code.name)
        .with_message(escape::lines(&d.message))
        .with_labels(labels)
        .with_notes(notes)
}

fn indented(head: &str, text: &str) -> String {
    format!("{head}{}", escape::lines(text).replace('\n', &format!("\n{}", " ".repeat(head.len()))))
}

struct FilesOf<'a>(&'a Sources);

impl<'a> Files<'a> for FilesOf<'a> {
    type FileId = FileId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.0.get(id).path)
    }

    fn source(&'a self, id: FileId) -> Result<&'a str, Error> {
        Ok(&self.0.get(id).text)
    }

    fn line_index(&'a self, id: FileId, offset: usize) -> Result<usize, Error> {
        Ok(self.0.get(id).line_of(offset as u32))
    }

    fn line_range(&'a self, id: FileId, line: usize) -> Result<Range<usize>, Error> {
        let source = self.0.get(id);
        let starts = source.line_starts();
        let start = *starts.get(line).ok_or(Error::LineTooLarge { given: line, max: starts.len() - 1 })?;
        let end = starts.get(line + 1).map_or(source.text.len(), |&next| next as usize);
        Ok(start as usize..end)
    }
}
