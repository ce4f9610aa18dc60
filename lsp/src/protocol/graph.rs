//! The picture of who may reach whom, as a page.

use crate::snapshots::Snapshots;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::Uri;
use xks_core::source::{Source, Sources};
use xks_ide::features::graph;

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
pub(crate) fn page(snapshots: &Snapshots, wanted: &Wanted) -> Result<Option<Page>, String> {
    let of_file = wanted.uri.as_ref().and_then(|uri| snapshots.find(uri)).map(|(view, _)| view);
    let Some(view) = of_file.or_else(|| snapshots.views().next()) else { return Ok(None) };
    let sources = shown(snapshots, view);
    let page = graph::page(&view.snapshot, &sources, wanted.tenant.as_deref(), wanted.env.as_deref())?;
    Ok(page.map(|page| Page { html: page.html, env: page.env.map(|env| env.to_string()), envs: page.envs }))
}

/// The sources, by the paths at which the client finds them: below its first folder, or else whole.
fn shown(snapshots: &Snapshots, view: &View) -> Sources {
    let sources = &view.snapshot.sources;
    if snapshots.first.as_ref() == Some(&view.root) {
        return sources.clone();
    }
    let whole = |source: &Arc<Source>| {
        let path = view.root.join(&source.path);
        Source::new(path.to_string_lossy(), source.text.clone())
    };
    // One root before all of them, so that they keep their order.
    Sources::new(sources.files().iter().map(whole).collect())
}
