//! From a name to every place that uses it, and from a consent to the rules that need it.

use super::consent;
use crate::snapshot::{At, Snapshot};
use tower_lsp_server::gen_lsp_types::{DocumentHighlight, DocumentHighlightKind, LinkedEditingRanges, Location};
use xks_core::names::uses::{Kind, Occurrence, Role};

/// Every use of the name at a place, in all files, and on demand its declarations.
pub(crate) fn references(snapshot: &Snapshot, at: At, declarations: bool) -> Option<Vec<Location>> {
    let Some(name) = snapshot.index().at(at.file, at.offset) else {
        let places = consent::permitted(snapshot, at);
        return (!places.is_empty()).then(|| places.into_iter().map(|span| snapshot.location(span)).collect());
    };
    let found = snapshot.index().occurrences(&name.symbol).into_iter();
    let wanted = found.filter(|one| declarations || one.role == Role::Use);
    Some(wanted.map(|one| snapshot.location(one.span)).collect())
}

/// The same name elsewhere in the file: declarations as writing, uses as reading.
pub(crate) fn highlight(snapshot: &Snapshot, at: At) -> Option<Vec<DocumentHighlight>> {
    let one = |found: Occurrence| DocumentHighlight {
        range: snapshot.range(found.span),
        kind: Some(match found.role {
            Role::Declaration => DocumentHighlightKind::Write,
            Role::Use => DocumentHighlightKind::Read,
        }),
    };
    let name = snapshot.index().at(at.file, at.offset)?;
    let same = snapshot.index().in_file(at.file).filter(|found| found.symbol == name.symbol);
    Some(same.map(one).collect())
}

/// The places that change together while a name is typed: all of them, which therefore must be in one file.
pub(crate) fn linked(snapshot: &Snapshot, at: At) -> Option<LinkedEditingRanges> {
    let name = snapshot.index().at(at.file, at.offset)?;
    if matches!(name.symbol.kind, Kind::Tenant | Kind::Host | Kind::Annotation | Kind::Lint | Kind::BuiltIn) {
        return None;
    }
    let all = snapshot.index().occurrences(&name.symbol);
    let declared = all.iter().any(|one| one.role == Role::Declaration);
    if !declared || all.len() < 2 || all.iter().any(|one| one.span.file != at.file) {
        return None;
    }
    let ranges = all.iter().map(|one| snapshot.range(one.span)).collect();
    Some(LinkedEditingRanges { ranges, word_pattern: Some("[a-z0-9][a-z0-9-]*".to_string()) })
}
