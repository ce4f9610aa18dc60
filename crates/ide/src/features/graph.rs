//! The picture of who may reach whom, as a page.

use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use xks_core::graph;
use xks_core::source::Sources;

/// The picture, drawn.
#[derive(Clone, Debug)]
pub struct Page {
    /// The page, with `__NONCE__` in place of the nonce of its scripts and styles.
    pub html: String,
    /// The environment that is drawn.
    pub env: Option<SmolStr>,
    /// All environments that there are.
    pub envs: Vec<String>,
}

/// The page of a tenant or of the whole workspace, in an environment or the first one; nothing without a model. `sources`
/// are those of the workspace, by the paths at which the reader finds them.
///
/// # Errors
/// There is no such tenant or environment.
pub fn page(
    snapshot: &Snapshot,
    sources: &Sources,
    tenant: Option<&str>,
    env: Option<&str>,
) -> Result<Option<Page>, String> {
    let analysis = snapshot.analysis();
    let envs: Vec<String> = analysis.envs().into_iter().map(str::to_string).collect();
    if let Some(unknown) = env.filter(|env| !envs.iter().any(|known| known == env)) {
        return Err(format!("there is no environment `{unknown}`"));
    }
    let mut models = analysis.workspaces.iter();
    let Some(model) = models.find(|model| env.is_none() || model.env.as_deref() == env) else { return Ok(None) };
    let graph = graph::of(sources, &snapshot.parsed, model);
    if let Some(unknown) = tenant.filter(|name| !graph.tenants().contains(name)) {
        return Err(format!("there is no tenant `{unknown}`"));
    }
    let tenants: Vec<String> = tenant.iter().map(ToString::to_string).collect();
    let graph = graph.of_tenants(&tenants);
    let title = tenant.map_or("Who may reach whom".to_string(), |name| format!("Who may reach {name}"));
    Ok(Some(Page { html: graph::html(&graph, &title), env: model.env.clone(), envs }))
}
