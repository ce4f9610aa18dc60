//! `xks graph`: the picture of who may reach whom.

use super::failure::{Exit, Failure};
use super::report::{self, human};
use super::terminal::Terminal;
use super::workspace::{Outcome, Workspace, is_stdin};
use clap::ValueEnum;
use std::path::PathBuf;
use xks::Options;
use xks::graph;

/// The arguments of `xks graph`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The workspace: a folder, one file, or - for standard input
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The environment to draw
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Draw these tenants only, with what they reach and what reaches them
    #[arg(long, value_name = "NAME")]
    tenant: Vec<String>,
    /// Where to write, - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// Draws.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let workspace = Workspace::load(&args.path, None)?;
    let outcome = workspace.analyze(&Options { today: None });
    let Outcome::Whole(analysis) = &outcome else { return Ok(Exit::Findings) };
    let parsed = xks::parse(&workspace.sources);
    let found = analysis.workspaces.iter().find(|w| w.env.as_deref() == args.env.as_deref()).unwrap();
    let g = graph::of(&workspace.sources, &parsed, found).of_tenants(&args.tenant);
    let _ = (human::write, report::human::write, is_stdin, Format::Svg);
    terminal.out(graph::svg(&g, "Who may reach whom").as_bytes())?;
    Ok(Exit::Fine)
}
#[derive(Clone, Copy, ValueEnum)]
enum Format { Svg }
