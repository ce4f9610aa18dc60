//! Links of a document: to included files, and to the pages of lints.

use super::declared;
use crate::snapshot::Snapshot;
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::{Body, Text};

/// Words that lead somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The words.
    pub span: Span,
    /// Where they lead.
    pub target: Target,
    /// What following them does.
    pub tooltip: String,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a file, from the root of the workspace.
    File(String),
    /// To the page of a code.
    Page(&'static str),
}

/// The links of a file.
pub fn links(snapshot: &Snapshot, file: FileId) -> Vec<Link> {
    let mut found = Vec::new();
    for statement in declared::of_file(snapshot, file) {
        match &statement.body {
            Body::Include(include) => {
                let Some(path) = xks_core::included(&snapshot.sources, include) else { continue };
                let (span, tooltip) = (inside(snapshot, &include.path), format!("Open {path}"));
                found.push(Link { span, target: Target::File(path), tooltip });
            }
            Body::Platform(platform) => {
                for fact in platform.facts.iter().filter(|fact| fact.name.value == "lint") {
                    let Some(name) = fact.items.first() else { continue };
                    let mut lints = xks_core::codes().into_iter().filter(|code| code.lint);
                    let code = lints.find(|code| code.name == name.value);
                    found.extend(code.map(|code| Link {
                        span: name.span,
                        target: Target::Page(code.name),
                        tooltip: format!("What `{}` says", code.name),
                    }));
                }
            }
            _ => {}
        }
    }
    found
}

/// A text without its quotes.
fn inside(snapshot: &Snapshot, text: &Text) -> Span {
    if snapshot.sources.text(text.span).starts_with('"') {
        return Span { start: text.span.start + 1, end: text.span.end - 1, ..text.span };
    }
    text.span
}
