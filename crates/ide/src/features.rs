//! What the editor can ask: one file for each feature, with a function from a snapshot to an answer and its tests.
//!
//! A feature reads [`Snapshot`](crate::snapshot::Snapshot): `index()` for names, `analysis()` for meaning and findings,
//! `parsed` and `source()` for the text. It never panics on any text, and answers `None` where there is nothing to say.
//! [`definition`] is a short one to begin with. To add one: a file here, a file in `lsp/src/protocol/` that puts the answer
//! into the protocol's words, a line in `lsp/src/server.rs`, one in `lsp/src/capabilities.rs`, and a folder with cases in
//! `lsp/tests/protocol/`.

pub mod call_hierarchy;
pub mod code_action;
pub mod code_lens;
pub mod completion;
mod consent;
mod declared;
pub mod definition;
pub mod describe;
pub mod diagnostics;
pub mod folding;
pub mod formatting;
pub mod graph;
pub mod hover;
pub mod inlay_hints;
pub mod links;
pub mod pages;
pub mod preview;
mod reach;
pub mod references;
pub mod rename;
pub mod rename_files;
pub mod semantic_tokens;
pub mod signature_help;
pub mod symbols;
