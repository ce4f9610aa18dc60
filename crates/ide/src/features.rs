//! What the editor can ask: one file for each feature, with a function from a snapshot to an answer and its tests.
//!
//! A feature reads [`Snapshot`](crate::snapshot::Snapshot): `index()` for names, `analysis()` for meaning and findings,
//! `parsed` and `source()` for the text. It never waits for the client, never panics on any text, and answers `None`
//! where there is nothing to say. `definition` is a short one to begin with. To add one: a file here, a line in
//! `server.rs`, one in `capabilities.rs`, a folder with cases in `tests/protocol/`.

pub(crate) mod call_hierarchy;
pub(crate) mod code_action;
pub(crate) mod code_lens;
pub(crate) mod completion;
mod consent;
mod declared;
pub(crate) mod definition;
mod describe;
pub(crate) mod diagnostics;
pub(crate) mod folding;
pub(crate) mod formatting;
pub(crate) mod graph;
pub(crate) mod hover;
pub(crate) mod inlay_hints;
pub(crate) mod links;
pub(crate) mod pages;
pub(crate) mod preview;
mod reach;
pub(crate) mod references;
pub(crate) mod rename;
pub(crate) mod rename_files;
pub(crate) mod semantic_tokens;
pub(crate) mod signature_help;
pub(crate) mod symbols;
