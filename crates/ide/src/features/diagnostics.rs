//! Findings, as the compiler has them.

use crate::snapshot::Snapshot;
use xks_core::diagnostics::{Diagnostic, Fix, Level, Safety};
use xks_core::source::{FileId, Span};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Severity {
    Error,
    Warning,
    Information,
}

/// How an editor shows the words besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// They could go.
    Unnecessary,
    /// They are of an older time.
    Deprecated,
}

/// A finding as an editor shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The words.
    pub span: Span,
    /// How much it matters.
    pub severity: Severity,
    /// The name of its code.
    pub code: &'static str,
    /// The message, with what a terminal shows around it.
    pub message: String,
    /// How the words are shown besides.
    pub tag: Option<Tag>,
    /// Other places that it speaks of, with what it says there; empty where the message says it.
    pub related: Vec<(Span, String)>,
    /// What would mend it: the title, and whether it is safe. The actions come in the same order.
    pub fixes: Vec<(String, bool)>,
}

/// The findings of one file. An editor that does not show other places has them in the message.
pub fn of_file(snapshot: &Snapshot, file: FileId, shows_related: bool) -> Vec<Finding> {
    snapshot.findings(file).map(|found| finding(snapshot, found, shows_related)).collect()
}

/// One finding as an editor takes it.
pub fn finding(snapshot: &Snapshot, found: &Diagnostic, shows_related: bool) -> Finding {
    let related = found.secondary.iter().filter(|_| shows_related).map(|label| {
        let text = if label.text.is_empty() { "here".to_string() } else { label.text.clone() };
        (label.span, text)
    });
    let fix = |fix: &Fix| (fix.title.clone(), fix.safety == Safety::Safe);
    Finding {
        span: found.primary.span,
        severity: severity(found.level),
        code: found.code.name,
        message: message(snapshot, found, shows_related),
        tag: tag(found.code.name),
        related: related.collect(),
        fixes: found.fixes.iter().map(fix).collect(),
    }
}

/// What an editor greys out or strikes through.
fn tag(code: &str) -> Option<Tag> {
    match code {
        "redundant-allow" | "redundant-name" | "unused-export" | "empty-certificate" => Some(Tag::Unnecessary),
        "retired-controller" => Some(Tag::Deprecated),
        _ => None,
    }
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Deny => Severity::Error,
        Level::Warn => Severity::Warning,
        Level::Note | Level::Allow => Severity::Information,
    }
}

/// The message with what a terminal shows around it.
fn message(snapshot: &Snapshot, found: &Diagnostic, shows_related: bool) -> String {
    let mut text = found.message.clone();
    if !found.primary.text.is_empty() {
        text = format!("{text}: {}", found.primary.text);
    }
    for note in &found.notes {
        text = format!("{text}\n{note}");
    }
    if let Some(help) = &found.help {
        text = format!("{text}\nhelp: {help}");
    }
    if !shows_related {
        for label in &found.secondary {
            let source = snapshot.source(label.span.file);
            let (line, column) = source.position(label.span.start);
            text = format!("{text}\n{}:{line}:{column}: {}", source.path, label.text);
        }
    }
    text
}
