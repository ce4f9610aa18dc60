//! `xks lsp`: starts the language server.

use super::failure::{Exit, Failure};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

/// The server's program.
const PROGRAM: &str = "xks-lsp";

/// The arguments of `xks lsp`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Speak on standard input and output, as the server always does; editors pass it
    #[arg(long)]
    stdio: bool,
}

/// Runs the `xks-lsp` that stands beside this program, else the one on the path, and ends with it.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let beside = std::env::current_exe().ok().and_then(|own| own.canonicalize().ok()).and_then(|own| {
        let program = own.with_file_name(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
        program.is_file().then_some(program)
    });
    let program = beside.unwrap_or_else(|| PathBuf::from(PROGRAM));
    let mut command = Command::new(&program);
    if args.stdio {
        command.arg("--stdio");
    }
    match start(&mut command) {
        Ok(status) => Ok(if status.success() { Exit::Fine } else { Exit::Findings }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Failure::failed(format!("there is no `{PROGRAM}` beside this program, nor on the path"))
                .hint(format!("it is installed like `xks`, and comes with it: put `{PROGRAM}` into the same folder")))
        }
        Err(error) => Err(Failure::at("start", &program, &error)),
    }
}

/// Becomes the server, so that a signal for one is a signal for the other; returns only if that fails.
#[cfg(unix)]
fn start(command: &mut Command) -> std::io::Result<ExitStatus> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn start(command: &mut Command) -> std::io::Result<ExitStatus> {
    command.status()
}
