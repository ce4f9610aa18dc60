//! What an editor asks of a workspace, in plain types: places are bytes in files, changes are replacements of bytes. The
//! language server puts the answers into the words of its protocol, and a browser can put the very same questions.
//!
//! A [`workspace::Workspace`] holds the texts as they change; of each state it gives a [`snapshot::Snapshot`], which never
//! changes and which every file in [`features`] is a function of. Nothing here reads a file, asks a clock or starts a
//! thread: what lies on the disk and which day it is come in with the workspace.

mod analysis_cache;
mod edits;
pub mod features;
pub mod invariants;
mod lowered;
pub mod paths;
pub mod position;
pub mod snapshot;
pub mod workspace;
