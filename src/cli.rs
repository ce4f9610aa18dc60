//! The command line: the only room that touches files, the terminal, the environment and the clock.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "the command line is where the compiler meets the machine"
)]

mod asking;
mod build;
mod can;
mod check;
mod codes;
mod completions;
mod diff;
mod explain;
mod failure;
mod fmt;
mod git;
mod graph;
mod init;
mod lsp;
mod manifests;
mod output;
mod owners;
mod replace;
mod report;
mod revision;
mod temporary;
mod terminal;
mod text_diff;
mod verify;
mod who;
mod workspace;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use failure::Exit;
use std::process::ExitCode;
use terminal::{ColorWhen, Terminal};

/// Compiles networking intents of tenants to the Kubernetes YAML of a default-deny platform.
#[derive(Parser)]
#[command(
    name = "xks",
    version,
    arg_required_else_help = true,
    after_help = "Exit status: 0 when all is well, 1 when the input has errors or --check finds a difference, 2 for wrong use."
)]
struct Cli {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: ColorWhen,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compile a workspace, and write what it becomes
    Build(build::Args),
    /// Report what is wrong in a workspace, and write nothing
    Check(check::Args),
    /// Answer whether a peer may reach another, and why
    Can(can::Args),
    /// List who may reach a peer, and whom it may reach
    Who(who::Args),
    /// Review a change: who reaches whom now and did not before, and what else it does
    Diff(diff::Args),
    /// Prove that generated manifests are what the sources say
    Verify(verify::Args),
    /// Print who must approve which path, or check a CODEOWNERS file
    Owners(owners::Args),
    /// Write .xks files in the one style
    Fmt(fmt::Args),
    /// Explain a finding by its code, or list all codes
    Explain(explain::Args),
    /// Draw who may reach whom
    Graph(graph::Args),
    /// Write a small workspace to start from
    Init(init::Args),
    /// Start the language server, for an editor
    Lsp(lsp::Args),
    /// Print the completion script of a shell
    Completions(completions::Args),
}

/// Reads the command line, and does what it says.
pub(crate) fn run() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    // clap prints its own messages while it still reads the arguments, so their colour is settled before.
    let command = Cli::command().color(ColorWhen::named_in(&args).for_clap());
    let cli = match command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // The reader of the help may have gone; there is nobody left to tell.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Fine.into() };
        }
    };
    let terminal = Terminal::new(cli.color);
    let done = match &cli.command {
        Command::Build(args) => build::run(args, &terminal),
        Command::Check(args) => check::run(args, &terminal),
        Command::Can(args) => can::run(args, &terminal),
        Command::Who(args) => who::run(args, &terminal),
        Command::Diff(args) => diff::run(args, &terminal),
        Command::Verify(args) => verify::run(args, &terminal),
        Command::Owners(args) => owners::run(args, &terminal),
        Command::Fmt(args) => fmt::run(args, &terminal),
        Command::Explain(args) => explain::run(args, &terminal),
        Command::Graph(args) => graph::run(args, &terminal),
        Command::Init(args) => init::run(args, &terminal),
        Command::Lsp(args) => lsp::run(args),
        Command::Completions(args) => completions::run(args, &terminal),
    };
    let exit = done.unwrap_or_else(|failure| {
        terminal.report(&failure);
        failure.exit()
    });
    exit.into()
}
