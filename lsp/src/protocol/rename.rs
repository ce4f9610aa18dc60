//! Renaming names, and what follows when files get other names.

use super::edits::workspace_edit;
use crate::uri;
use crate::view::View;
use std::path::PathBuf;
use tower_lsp_server::gen_lsp_types::{FileRename, PrepareRenamePlaceholder, PrepareRenameResult, WorkspaceEdit};
use xks_ide::features::{rename, rename_files};
use xks_ide::snapshot::At;

/// The words that a rename at a place would change, or why there can be none.
pub(crate) fn prepare(view: &View, at: At) -> Result<Option<PrepareRenameResult>, String> {
    let found = rename::prepare(&view.snapshot, at)?;
    Ok(found
        .map(|(span, name)| PrepareRenamePlaceholder { range: view.range(span), placeholder: name.to_string() }.into()))
}

/// The changes of a rename, or why there can be none.
pub(crate) fn rename(view: &View, at: At, new: &str) -> Result<Option<WorkspaceEdit>, String> {
    let Some(found) = rename::rename(&view.snapshot, at, new, view.client.renames_files)? else { return Ok(None) };
    if found == rename::Rename::default() {
        return Ok(Some(WorkspaceEdit::default()));
    }
    let files = found.files.into_iter().map(|(file, path)| (view.uri(file), view.uri_of(&path))).collect();
    Ok(Some(workspace_edit(view, found.edits, files)))
}

/// The changes of texts that go with renames of files and folders.
pub(crate) fn with_files(view: &View, renames: &[FileRename]) -> Option<WorkspaceEdit> {
    let moved = |one: &FileRename| Some((uri::to_path(&one.old_uri)?, uri::to_path(&one.new_uri)?));
    let moves: Vec<(PathBuf, PathBuf)> = renames.iter().filter_map(moved).collect();
    let edits = rename_files::edits(&view.snapshot, &view.root, &moves);
    (!edits.is_empty()).then(|| workspace_edit(view, edits, Vec::new()))
}
