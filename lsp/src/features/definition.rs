//! From a name to where it is declared.

use crate::snapshot::{At, Snapshot};
use tower_lsp_server::gen_lsp_types::{Definition, DefinitionResponse};

/// Every declaration of the name at a place: a tenant may have several files, an environment its own statement.
pub(crate) fn definition(snapshot: &Snapshot, at: At) -> Option<DefinitionResponse> {
    let name = snapshot.index().at(at.file, at.offset)?;
    let places = snapshot.index().declarations(&name.symbol);
    let locations = places.into_iter().map(|span| snapshot.location(span)).collect();
    Some(DefinitionResponse::Definition(Definition::LocationList(locations)))
}
