//! `xks graph`: the picture of who may reach whom.

use super::build::declared;
use super::failure::{Exit, Failure};
use super::report::{self, human};
use super::terminal::Terminal;
use super::workspace::{Analyzed, Outcome, Workspace, is_stdin};
use super::{replace, revision};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use xks_core::diagnostics::suggest::listed;
use xks_core::graph::{self, Graph};
use xks_core::values::object_name::with_hash;
use xks_core::{Analysis, Options};

/// The arguments of `xks graph`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The workspace: a folder, one file, or - for standard input
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The environment to draw
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Draw this tenant only, with what it may reach and what may reach it; of standard input, whose it is
    #[arg(long, value_name = "NAME")]
    tenant: Vec<String>,
    /// What to write; the ending of FILE decides otherwise, and SVG is the default
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Where to write, - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Show what opened and closed since OLD: a folder, or a git revision
    #[arg(long, value_name = "OLD")]
    diff: Option<String>,
}

/// What `--format` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A picture
    Svg,
    /// A page with search and statements, in one file
    Html,
    /// For Graphviz
    Dot,
    /// For Markdown on GitHub, GitLab and Azure DevOps
    Mermaid,
}

impl Format {
    /// The format that `--format` names, else the one that the file's ending means.
    fn of(args: &Args) -> Result<Format, Failure> {
        if let Some(format) = args.format {
            return Ok(format);
        }
        if is_stdin(&args.output) {
            return Ok(Format::Svg);
        }
        let ending = args.output.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending.to_ascii_lowercase().as_str() {
            "svg" => Ok(Format::Svg),
            "html" | "htm" => Ok(Format::Html),
            "dot" | "gv" => Ok(Format::Dot),
            "mmd" | "mermaid" => Ok(Format::Mermaid),
            _ => Err(Failure::usage(format!("the ending of `{}` does not say what to write", args.output.display()))
                .hint("say it with `--format`, or end the name in .svg, .html, .dot or .mmd")),
        }
    }

    fn write(self, graph: &Graph, title: &str) -> String {
        match self {
            Format::Svg => graph::svg(graph, title),
            Format::Html => {
                let page = graph::html(graph, title);
                // It cannot be guessed by who does not know the whole page, and is the same for the same sources.
                let nonce = with_hash("xks", &page);
                page.replace(graph::NONCE, &nonce)
            }
            Format::Dot => graph::dot(graph, title),
            Format::Mermaid => graph::mermaid(graph, title),
        }
    }
}

/// Draws.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let format = Format::of(args)?;
    // Standard input holds one tenant, which has to be named.
    let stdin_tenant = match args.tenant.as_slice() {
        [name] if is_stdin(&args.path) => Some(name.as_str()),
        _ => None,
    };
    let workspace = Workspace::load(&args.path, stdin_tenant)?;
    workspace.introduce(terminal);
    let Some(whole) = sound(&workspace, terminal) else { return Ok(Exit::Findings) };
    let env = environment(args.env.as_deref(), &whole.analysis)?;
    let mut graph = drawn(&workspace, &whole, env);
    if let Some(old) = &args.diff {
        let before = revision::load(old, &args.path)?;
        let Some(older) = sound(&before, terminal) else {
            return Err(Failure::failed(format!("`{old}` has errors, so that nothing can be compared with it")));
        };
        if older.analysis.in_env(env).is_none() {
            let env = env.map_or("no environment at all".to_string(), |env| format!("the environment `{env}`"));
            return Err(Failure::failed(format!("`{old}` is not for {env}, so that nothing can be compared with it")));
        }
        graph = graph.since(&drawn(&before, &older, env), old);
    }
    let shown = if stdin_tenant.is_some() { &[][..] } else { &args.tenant };
    known(shown, &graph)?;
    let graph = graph.of_tenants(shown);
    let text = format.write(&graph, &title(&graph, shown));
    if is_stdin(&args.output) {
        terminal.out(text.as_bytes())?;
    } else {
        replace::write(&args.output, &text)?;
        terminal.err(&format!("wrote {}\n", super::failure::shown(Path::new(&args.output))));
    }
    Ok(Exit::Fine)
}

/// Analyses a workspace and says what was found; `None` if that is an error.
fn sound(workspace: &Workspace, terminal: &Terminal) -> Option<Analyzed> {
    let outcome = workspace.analyze(&Options { today: None });
    let found = report::Report { workspace, diagnostics: outcome.diagnostics(), is_judged: outcome.is_judged() };
    let is_older = workspace.tree.is_some();
    if found.has_errors() || !is_older && !found.is_empty() {
        terminal.err(&human::write(&found, terminal.color_err));
    }
    match outcome {
        Outcome::Whole(whole) => whole.analysis.standing().is_some().then_some(whole),
        Outcome::Parts(_) => None,
    }
}

/// The environment to draw: the one that is named, or the only one.
fn environment<'a>(env: Option<&'a str>, analysis: &'a Analysis) -> Result<Option<&'a str>, Failure> {
    match (declared(env, analysis)?, analysis.envs().as_slice()) {
        (None, &[only]) => Ok(Some(only)),
        (None, envs @ [_, _, ..]) => {
            Err(Failure::usage("a picture shows one environment, and this workspace has several")
                .hint(format!("say which with `--env`: {}", listed(envs, "or"))))
        }
        (env, _) => Ok(env),
    }
}

fn drawn(workspace: &Workspace, Analyzed { analysis, parsed, .. }: &Analyzed, env: Option<&str>) -> Graph {
    let model = analysis.in_env(env);
    model.map_or_else(Graph::default, |model| graph::of(&workspace.sources, parsed, model))
}

/// Whether each of these tenants is in the graph.
fn known(tenants: &[String], graph: &Graph) -> Result<(), Failure> {
    let all = graph.tenants();
    let Some(unknown) = tenants.iter().find(|name| !all.contains(&name.as_str())) else { return Ok(()) };
    Err(Failure::no_tenant(unknown, all.iter().copied()))
}

fn title(graph: &Graph, tenants: &[String]) -> String {
    let what = if graph.since.is_some() { "What opened and closed" } else { "Who may reach whom" };
    let env = graph.env.as_ref().map_or(String::new(), |env| format!(" in {env}"));
    let of = if tenants.is_empty() { String::new() } else { format!(": {}", tenants.join(", ")) };
    format!("{what}{env}{of}")
}
