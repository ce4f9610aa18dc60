//! `xks-lsp`: the language server, on standard input and output.
//!
//! One way through it: the protocol's handlers (`server`) only push events into a queue, at once and in order. One thread
//! (`state`) owns the documents, applies what it finds in the queue, and hands requests to worker threads (`workers`)
//! together with an immutable picture of that moment (`world`, `snapshot`). Another thread (`publish`) analyses the newest
//! picture and sends what changed in the findings. A feature (`features`) is a function from a snapshot to an answer.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "the server is where the compiler meets the editor, the disk and the clock"
)]

mod capabilities;
mod client;
mod edits;
mod features;
mod input;
mod invariants;
mod known;
mod latest;
mod lowered;
mod parent;
mod position;
mod previews;
mod publish;
mod server;
mod settings;
mod snapshot;
mod state;
mod uri;
mod workers;
mod workspace;
mod world;

use std::process::ExitCode;

/// Documents come and go in small pieces, on all cores at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
The language server of xks. It speaks LSP 3.18 on standard input and output; an editor starts it.

Usage: xks-lsp [--stdio]

Options:
  --stdio    What it does anyway; editors pass it
  --version  Print the version
  --help     Print this
";

fn main() -> ExitCode {
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--stdio" => {}
            "--version" | "-V" => {
                println!("xks-lsp {}", env!("CARGO_PKG_VERSION"));
                return ExitCode::SUCCESS;
            }
            "--help" | "-h" => {
                print!("{HELP}");
                return ExitCode::SUCCESS;
            }
            other => {
                eprintln!("error: unknown argument `{other}`\n\n{HELP}");
                return ExitCode::from(2);
            }
        }
    }
    let orderly = match server::run() {
        Ok(orderly) => orderly,
        Err(error) => {
            eprintln!("error: {error}");
            false
        }
    };
    // Not a return: a thread still waits for standard input, and nothing may wait for that thread.
    std::process::exit(if orderly { 0 } else { 1 })
}
