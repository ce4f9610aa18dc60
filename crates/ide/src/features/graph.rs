//! The picture of who may reach whom, as a page.

use crate::snapshot::Snapshot;
use crate::world::World;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::Uri;
use xks_core::graph;
use xks_core::source::{Source, Sources};

/// What a client asks for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    /// A file of the workspace; without one it is the first.
    uri: Option<Uri>,
    /// Whose graph; without one it is of the whole workspace.
    tenant: Option<String>,
    /// In which environment; without one it is the first.
    env: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    /// The page, with `__NONCE__` in place of the nonce of its scripts and styles.
    html: String,
    /// The environment that is drawn, and all that there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    env: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    envs: Vec<String>,
}

/// The page; nothing without a workspace, and a reason for what is not there.
pub(crate) fn page(world: &World, wanted: &Wanted) -> Result<Option<Page>, String> {
    let of_file = wanted.uri.as_ref().and_then(|uri| world.find(uri)).map(|(snapshot, _)| snapshot);
    let Some(snapshot) = of_file.or_else(|| world.snapshots().next()) else { return Ok(None) };
    let analysis = snapshot.analysis();
    let envs: Vec<String> = analysis.envs().into_iter().map(str::to_string).collect();
    let env = wanted.env.as_deref();
    if let Some(unknown) = env.filter(|env| !envs.iter().any(|known| known == env)) {
        return Err(format!("there is no environment `{unknown}`"));
    }
    let mut models = analysis.workspaces.iter();
    let Some(model) = models.find(|model| env.is_none() || model.env.as_deref() == env) else { return Ok(None) };
    let graph = graph::of(&shown(world, snapshot), &snapshot.parsed, model);
    let tenants: Vec<String> = wanted.tenant.iter().cloned().collect();
    if let Some(unknown) = tenants.iter().find(|name| !graph.tenants().contains(&name.as_str())) {
        return Err(format!("there is no tenant `{unknown}`"));
    }
    let graph = graph.of_tenants(&tenants);
    let title = wanted.tenant.as_ref().map_or("Who may reach whom".to_string(), |name| format!("Who may reach {name}"));
    Ok(Some(Page { html: graph::html(&graph, &title), env: model.env.as_ref().map(ToString::to_string), envs }))
}

/// The sources, by the paths at which the client finds them: below its first folder, or else whole.
fn shown(world: &World, snapshot: &Snapshot) -> Sources {
    if world.first.as_ref() == Some(&snapshot.root) {
        return snapshot.sources.clone();
    }
    let whole = |source: &Arc<Source>| {
        let path = snapshot.root.join(&source.path);
        Source::new(path.to_string_lossy(), source.text.clone())
    };
    // One root before all of them, so that they keep their order.
    Sources::new(snapshot.sources.files().iter().map(whole).collect())
}
