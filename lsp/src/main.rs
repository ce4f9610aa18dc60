//! `xks-lsp`: the language server, on standard input and output.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "the server is where the compiler meets the editor, the disk and the clock"
)]

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
    let orderly = match xks_lsp::serve(std::io::stdin(), tokio::io::stdout()) {
        Ok(orderly) => orderly,
        Err(error) => {
            eprintln!("error: {error}");
            false
        }
    };
    // Not a return: a thread still waits for standard input, and nothing may wait for that thread.
    std::process::exit(if orderly { 0 } else { 1 })
}
