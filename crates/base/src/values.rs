//! What a word may hold, parsed once: later rooms cannot hold a wrong name, host, port or address.

/// A set of bytes as a table, given as a pattern: what a byte is takes one look.
#[macro_export]
macro_rules! byte_set {
    ($bytes:pat) => {{
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = matches!(byte as u8, $bytes);
            byte += 1;
        }
        table
    }};
}
pub use crate::byte_set;

pub mod access;
pub mod address;
pub mod backend;
pub mod date;
pub mod host;
pub mod label;
pub mod name;
pub mod object_name;
pub mod pattern;
pub mod port;
pub mod seconds;
mod suffix;

/// Why a word is not the value that its place asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The reason, to follow "`word` is not …: ".
    pub reason: String,
    /// The value that was plainly meant, if there is one.
    pub meant: Option<String>,
}

impl Problem {
    /// A reason without a suggestion.
    pub fn new(reason: impl Into<String>) -> Problem {
        Problem { reason: reason.into(), meant: None }
    }

    /// The value that was plainly meant.
    pub fn meant(mut self, value: impl Into<String>) -> Problem {
        self.meant = Some(value.into());
        self
    }
}
