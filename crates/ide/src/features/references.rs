//! From a name to every place that uses it, and from a consent to the rules that need it.

use super::consent;
use crate::snapshot::{At, Snapshot};
use xks_core::names::uses::{Kind, Role};
use xks_core::source::Span;

/// Every use of the name at a place, in all files, and on demand its declarations.
pub fn references(snapshot: &Snapshot, at: At, declarations: bool) -> Option<Vec<Span>> {
    let Some(name) = snapshot.index().at(at.file, at.offset) else {
        let places = consent::permitted(snapshot, at);
        return (!places.is_empty()).then_some(places);
    };
    let found = snapshot.index().occurrences(&name.symbol).into_iter();
    let wanted = found.filter(|one| declarations || one.role == Role::Use);
    Some(wanted.map(|one| one.span).collect())
}

/// The same name elsewhere in the file, each with what it does there.
pub fn highlight(snapshot: &Snapshot, at: At) -> Option<Vec<(Span, Role)>> {
    let name = snapshot.index().at(at.file, at.offset)?;
    let same = snapshot.index().in_file(at.file).filter(|found| found.symbol == name.symbol);
    Some(same.map(|found| (found.span, found.role)).collect())
}

/// What a name looks like while it is typed, as a regular expression.
pub const WORD: &str = "[a-z0-9][a-z0-9-]*";

/// The places that change together while a name is typed: all of them, which therefore must be in one file.
pub fn linked(snapshot: &Snapshot, at: At) -> Option<Vec<Span>> {
    let name = snapshot.index().at(at.file, at.offset)?;
    if matches!(name.symbol.kind, Kind::Tenant | Kind::Host | Kind::Annotation | Kind::Lint | Kind::BuiltIn) {
        return None;
    }
    let all = snapshot.index().occurrences(&name.symbol);
    let declared = all.iter().any(|one| one.role == Role::Declaration);
    if !declared || all.len() < 2 || all.iter().any(|one| one.span.file != at.file) {
        return None;
    }
    Some(all.iter().map(|one| one.span).collect())
}
