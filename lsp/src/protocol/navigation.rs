//! From a name to its declarations and uses; links of a document.

use super::pages;
use crate::view::View;
use tower_lsp_server::gen_lsp_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentLink, LinkedEditingRanges, Location, Range,
};
use xks_core::names::uses::Role;
use xks_core::source::{FileId, Span};
use xks_ide::features::{definition, links, references};
use xks_ide::snapshot::At;

/// Where the name at a place leads.
pub(crate) fn definition(view: &View, at: At) -> Option<Vec<Location>> {
    let one = |target| match target {
        definition::Target::Words(span) => view.location(span),
        definition::Target::File(path) => Location { uri: view.uri_of(&path), range: Range::default() },
    };
    Some(definition::definition(&view.snapshot, at)?.into_iter().map(one).collect())
}

/// Every use of the name at a place, and on demand its declarations.
pub(crate) fn references(view: &View, at: At, declarations: bool) -> Option<Vec<Location>> {
    Some(view.locations(references::references(&view.snapshot, at, declarations)?))
}

/// The same name elsewhere in the file: declarations as writing, uses as reading.
pub(crate) fn highlight(view: &View, at: At) -> Option<Vec<DocumentHighlight>> {
    let one = |(span, role): (Span, Role)| DocumentHighlight {
        range: view.range(span),
        kind: Some(match role {
            Role::Declaration => DocumentHighlightKind::Write,
            Role::Use => DocumentHighlightKind::Read,
        }),
    };
    Some(references::highlight(&view.snapshot, at)?.into_iter().map(one).collect())
}

/// The places that change together while a name is typed.
pub(crate) fn linked(view: &View, at: At) -> Option<LinkedEditingRanges> {
    let ranges = references::linked(&view.snapshot, at)?.into_iter().map(|span| view.range(span)).collect();
    Some(LinkedEditingRanges { ranges, word_pattern: Some(references::WORD.to_string()) })
}

/// The links of a file.
pub(crate) fn links(view: &View, file: FileId) -> Vec<DocumentLink> {
    let one = |link: links::Link| {
        let target = match link.target {
            links::Target::File(path) => view.uri_of(&path),
            links::Target::Page(code) => pages::uri(code),
        };
        DocumentLink { range: view.range(link.span), target: Some(target), tooltip: Some(link.tooltip), data: None }
    };
    links::links(&view.snapshot, file).into_iter().map(one).collect()
}
