//! What the editor can ask: one file for each feature, with a function from a snapshot to an answer and its tests.
//!
//! A feature reads [`Snapshot`](crate::snapshot::Snapshot): `index()` for names, `analysis()` for meaning and findings,
//! `parsed` and `source()` for the text. It never waits for the client, never panics on any text, and answers `None`
//! where there is nothing to say. `definition` is a short one to begin with. To add one: a file here, a line in
//! `server.rs`, one in `capabilities.rs`, a folder with cases in `tests/protocol/`.

pub(crate) mod call_hierarchy;
pub(crate) mod code_action;
mod consent;
pub(crate) mod definition;
pub(crate) mod diagnostics;
pub(crate) mod pages;
pub(crate) mod references;
pub(crate) mod rename;
pub(crate) mod rename_files;
pub(crate) mod symbols;
