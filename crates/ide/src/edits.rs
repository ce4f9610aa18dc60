//! Changes of texts as an editor applies them.

use crate::snapshot::Snapshot;
use xks_core::diagnostics::Edit;

/// Changes with the line ends of the files that they come into.
pub(crate) fn in_place(snapshot: &Snapshot, mut edits: Vec<Edit>) -> Vec<Edit> {
    for edit in &mut edits {
        edit.text = edit.text_in(&snapshot.source(edit.span.file).text).into_owned();
    }
    edits
}
