//! `xks completions`: the completion script of a shell.

use super::failure::{Exit, Failure};
use super::terminal::Terminal;
use clap::CommandFactory as _;

/// The arguments of `xks completions`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The shell whose script to print
    shell: clap_complete::Shell,
}

/// Prints the script. It is made in memory first, because clap_complete panics when its writer fails.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::Cli::command(), "xks", &mut script);
    terminal.out(&script)?;
    Ok(Exit::Fine)
}
