//! From a name to where it is declared, from an `allow` to what permits it, from an `include` to its file.

use super::consent;
use crate::snapshot::{At, Snapshot};
use crate::uri;
use tower_lsp_server::gen_lsp_types::{Location, Range};
use xks_core::syntax::ast::Body;

/// Every declaration of the name at a place: a tenant may have several files, an environment its own statement.
pub(crate) fn definition(snapshot: &Snapshot, at: At) -> Option<Vec<Location>> {
    let places = match snapshot.index().at(at.file, at.offset) {
        Some(name) => {
            let all = std::iter::once(&name.symbol).chain(&name.others);
            all.flat_map(|symbol| snapshot.index().declarations(symbol)).collect()
        }
        None => consent::permits(snapshot, at),
    };
    let mut locations: Vec<Location> = places.into_iter().map(|span| snapshot.location(span)).collect();
    locations.extend(included(snapshot, at));
    (!locations.is_empty()).then_some(locations)
}

/// The file that an `include` names.
fn included(snapshot: &Snapshot, at: At) -> Option<Location> {
    let Body::Include(include) = &snapshot.statement(at)?.body else { return None };
    let span = include.path.span;
    let path =
        xks_core::included(&snapshot.sources, include).filter(|_| (span.start..=span.end).contains(&at.offset))?;
    Some(Location { uri: uri::from_path(&snapshot.root.join(path)), range: Range::default() })
}
