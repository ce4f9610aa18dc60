//! The parser that pest makes of the files in `grammar/`, and the rules it has. A crate by itself: it is the largest piece of
//! code of the compiler, the slowest to compile, and changes least; so neither a change of `xks-syntax` nor its tests
//! compile it again.

extern crate alloc; // the parser that pest derives names it

#[allow(missing_docs)]
mod derived {
    #[derive(pest_derive::Parser)]
    #[grammar = "../../grammar/lexical.pest"]
    #[grammar = "../../grammar/peer.pest"]
    #[grammar = "../../grammar/clause.pest"]
    #[grammar = "../../grammar/xks.pest"]
    pub struct Grammar;
}
pub use derived::{Grammar, Rule};
