//! The parser that pest makes of the files in `grammar/`, and the rules it has. A crate by itself: it is the largest piece of
//! code of the compiler, the slowest to compile, and changes least; so neither a change of `xks-syntax` nor its tests
//! compile it again. `grammar/generated.rs` writes it.

extern crate alloc; // the parser names it

#[allow(missing_docs, unreachable_pub, clippy::all)]
#[rustfmt::skip]
mod generated;
pub use generated::{Grammar, Rule};
