//! What the command line and the language server ask of the machine, so that both get the same answer: the files of a
//! workspace, what they hold, and the day. The compiler itself asks the machine for nothing.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "this is where files are read")]

mod around;
mod find;
mod ignored;
mod includes;
mod manifests;
mod read;

pub use around::{Around, around, below, states_ownership};
pub use find::{Found, NOT_UTF8, find};
pub use ignored::Ignored;
pub use includes::read_includes;
pub use manifests::{find_manifests, manifests_in};
pub use read::{read, reason, reason_at, text};

use std::time::{SystemTime, UNIX_EPOCH};
use xks_base::values::date::Date;

/// The current day. In UTC, so that a build server and its users agree on it.
pub fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Date::from_unix_seconds(seconds).unwrap_or(Date::EPOCH)
}

/// A file or folder that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// The file or folder, from the root of the workspace.
    pub path: String,
    /// Why.
    pub reason: String,
}
