//! The server as a process, over standard input and output. A file here asks for one capability; the folder of the same
//! name holds its cases, which `fixture::cases` finds. `BLESS=1 cargo test` rewrites what is expected of them.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests read files and run programs"
)]

mod call_hierarchy;
mod client;
mod code_action;
mod code_lens;
mod completion;
mod definition;
mod diagnostics;
mod draw;
mod edit;
mod everywhere;
mod fixture;
mod folding;
mod formatting;
mod graph;
mod hover;
mod inlay_hints;
mod invariants;
mod lifecycle;
mod links;
mod ordering;
mod preview;
mod references;
mod rename;
mod semantic_tokens;
mod sequence;
mod signature_help;
mod symbols;
mod workspaces;
