//! The language server of xks: protocol, lifecycle and scheduling. What it answers comes from `xks_ide`.
//!
//! One way through it: the protocol's handlers (`server`) only push events into a queue, at once and in order. One thread
//! (`state`) owns the documents (`folder`), applies what it finds in the queue, and hands requests to worker threads
//! (`workers`) together with what every workspace is at that moment (`snapshots`, `view`), which never changes. Another
//! thread (`publish`) analyses the newest state and sends what changed in the findings. An answer of `xks_ide` becomes one of
//! the protocol in `protocol`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "the server is where the compiler meets the editor, the disk and the clock"
)]

mod capabilities;
mod client;
mod folder;
mod input;
mod invariants;
mod latest;
mod parent;
mod previews;
mod protocol;
mod publish;
mod server;
mod settings;
mod snapshots;
mod state;
mod uri;
mod view;
mod workers;

pub use server::serve;
