//! The grammar for editors agrees with the compiler, the parser with the grammar, and the queries with both.
//!
//! `BLESS=1 cargo test` writes the trees of `test/corpus` and the highlights of Helix and Zed;
//! `BLESS=1 cargo test -p tree-sitter-xks -- --ignored` first generates the parser from `grammar.js`, for which it asks Node.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests read files and run programs"
)]

mod agreement;
mod corpus;
mod fixture;
mod generated;
mod highlights;
mod keywords;
mod queries;
