//! All workspaces at one moment.

use crate::snapshot::Snapshot;
use crate::uri;
use std::path::PathBuf;
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::Uri;
use xks_core::source::FileId;

/// The workspaces that are open: one for each folder, one for each file outside of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) workspaces: Vec<Arc<Snapshot>>,
    /// The first of the client's folders.
    pub(crate) first: Option<PathBuf>,
}

impl World {
    /// The workspaces.
    pub(crate) fn snapshots(&self) -> impl Iterator<Item = &Snapshot> {
        self.workspaces.iter().map(|workspace| &**workspace)
    }

    /// The file that a URI names, with its workspace; `None` for what is not ours.
    pub(crate) fn find(&self, uri: &Uri) -> Option<(&Snapshot, FileId)> {
        let path = uri::to_path(uri)?;
        self.snapshots().find_map(|workspace| Some((workspace, workspace.file(&path)?)))
    }
}
