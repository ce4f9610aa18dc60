//! The files of a workspace as they lie on the disk: which belong to it, and what they hold. The command line and the
//! language server share it, so that both see the same workspace; the compiler itself reads nothing.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is where files are read")]

mod find;
mod includes;
mod manifests;
mod read;

pub use find::{Found, NOT_UTF8, find};
pub use includes::read_includes;
pub use manifests::{find_manifests, manifests_in};
pub use read::{read, reason, reason_at, text};

/// A file or folder that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// The file or folder, from the root of the workspace.
    pub path: String,
    /// Why.
    pub reason: String,
}
