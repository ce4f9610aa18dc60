//! All workspaces at one moment.

use crate::uri;
use crate::view::View;
use std::path::PathBuf;
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::Uri;
use xks_core::source::FileId;

/// The workspaces that are open: one for each folder, one for each file outside of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshots {
    pub(crate) workspaces: Vec<Arc<View>>,
    /// The first of the client's folders.
    pub(crate) first: Option<PathBuf>,
}

impl Snapshots {
    /// The workspaces.
    pub(crate) fn views(&self) -> impl Iterator<Item = &View> {
        self.workspaces.iter().map(|workspace| &**workspace)
    }

    /// The file that a URI names, with its workspace; `None` for what is not ours.
    pub(crate) fn find(&self, uri: &Uri) -> Option<(&View, FileId)> {
        let path = uri::to_path(uri)?;
        self.views().find_map(|view| Some((view, view.file(&path)?)))
    }
}
