//! Answers in the protocol's words: one file for each feature that needs more of them than a place.

pub(crate) mod call_hierarchy;
pub(crate) mod code_action;
pub(crate) mod code_lens;
pub(crate) mod completion;
pub(crate) mod diagnostics;
pub(crate) mod edits;
pub(crate) mod folding;
pub(crate) mod graph;
pub(crate) mod inlay_hints;
pub(crate) mod markdown;
pub(crate) mod navigation;
pub(crate) mod pages;
pub(crate) mod preview;
pub(crate) mod rename;
pub(crate) mod semantic_tokens;
pub(crate) mod signature_help;
pub(crate) mod symbols;
