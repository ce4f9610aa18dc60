//! Links of a document: to included files, and to the pages of lints.

use crate::snapshot::Snapshot;
use crate::uri;
use tower_lsp_server::gen_lsp_types::{DocumentLink, Uri};
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::{Body, Text};

use super::declared;

/// The links of a file.
pub(crate) fn links(snapshot: &Snapshot, file: FileId) -> Vec<DocumentLink> {
    let mut found = Vec::new();
    for statement in declared::of_file(snapshot, file) {
        match &statement.body {
            Body::Include(include) => {
                let Some(path) = xks_core::included(&snapshot.sources, include) else { continue };
                let target = uri::from_path(&snapshot.root.join(&path));
                found.push(link(snapshot, inside(snapshot, &include.path), target, format!("Open {path}")));
            }
            Body::Platform(platform) => {
                for fact in platform.facts.iter().filter(|fact| fact.name.value == "lint") {
                    let Some(name) = fact.items.first() else { continue };
                    if xks_core::codes().iter().any(|code| code.lint && code.name == name.value) {
                        let target = super::pages::uri(&name.value);
                        found.push(link(snapshot, name.span, target, format!("What `{}` says", name.value)));
                    }
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

fn link(snapshot: &Snapshot, span: Span, target: Uri, tooltip: String) -> DocumentLink {
    DocumentLink { range: snapshot.range(span), target: Some(target), tooltip: Some(tooltip), data: None }
}
