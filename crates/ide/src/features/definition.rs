//! From a name to where it is declared, from an `allow` to what permits it, from an `include` to its file.

use super::consent;
use crate::snapshot::{At, Snapshot};
use xks_core::source::Span;
use xks_core::syntax::ast::Body;

/// Where a name leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To words of the workspace.
    Words(Span),
    /// To a file, from the root of the workspace, that is no source of it.
    File(String),
}

/// Every declaration of the name at a place: a tenant may have several files, an environment its own statement.
pub fn definition(snapshot: &Snapshot, at: At) -> Option<Vec<Target>> {
    let places = match snapshot.index().at(at.file, at.offset) {
        Some(name) => {
            let all = std::iter::once(&name.symbol).chain(&name.others);
            all.flat_map(|symbol| snapshot.index().declarations(symbol)).collect()
        }
        None => consent::permits(snapshot, at),
    };
    let mut targets: Vec<Target> = places.into_iter().map(Target::Words).collect();
    targets.extend(included(snapshot, at));
    (!targets.is_empty()).then_some(targets)
}

/// The file that an `include` names.
fn included(snapshot: &Snapshot, at: At) -> Option<Target> {
    let Body::Include(include) = &snapshot.statement(at)?.body else { return None };
    let span = include.path.span;
    let is_there = (span.start..=span.end).contains(&at.offset);
    xks_core::included(&snapshot.sources, include).filter(|_| is_there).map(Target::File)
}
