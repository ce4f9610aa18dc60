//! `xks build`: from a workspace to YAML.

use super::codes::FOREIGN_FILE;
use super::failure::{Exit, Failure};
use super::output::{Extent, Owner, Plan, Request};
use super::report::{self, human};
use super::temporary;
use super::terminal::{Paint, Terminal};
use super::text_diff;
use super::workspace::{Analyzed, Outcome, Workspace, is_stdin};
use clap::ValueEnum;
use rayon::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use xks_core::diagnostics::Diagnostic;
use xks_core::diagnostics::suggest::{counted, listed, nearest};
use xks_core::emit;
use xks_core::escape::word;
use xks_core::prove::Difference;
use xks_core::{Analysis, Options};

/// How many files of nobody's are named.
const A_FEW: usize = 5;

/// The arguments of `xks build`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The workspace: a folder, one file, or - for standard input
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Write this environment only; all of them otherwise
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Where to write, - for standard output; the platform's output folder otherwise
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The format of the output
    #[arg(long, value_enum, default_value = "yaml")]
    format: Format,
    /// Write nothing; show what would change, and fail if anything would
    #[arg(long)]
    check: bool,
    /// Take the output folder over from another workspace, whose files there are removed
    #[arg(long, conflicts_with = "check")]
    adopt: bool,
    /// Leave out what was withdrawn by others, and list it: consent, names and facts that are gone stop nobody's build
    #[arg(long)]
    keep_going: bool,
    /// The tenant of what is read from standard input
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

/// What `--format` says.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Yaml,
    Json,
}

impl From<Format> for emit::Format {
    fn from(format: Format) -> emit::Format {
        match format {
            Format::Yaml => emit::Format::Yaml,
            Format::Json => emit::Format::Json,
        }
    }
}

/// Compiles, and writes if there is no error.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let output = match &args.output {
        None if is_stdin(&args.path) => Some(Path::new("-")),
        output => output.as_deref(),
    };
    let to_stdout = output.is_some_and(is_stdin);
    if args.check && to_stdout {
        return Err(Failure::usage("`--check` compares with a folder, not with standard output")
            .hint("name the folder: `-o DIR`"));
    }
    if args.adopt && to_stdout {
        return Err(Failure::usage("`--adopt` takes over a folder, and standard output is none"));
    }
    let workspace = Workspace::load(&args.path, args.tenant.as_deref())?;
    if args.adopt && workspace.is_partial() {
        return Err(Failure::usage("`--adopt` goes with a build of the whole workspace, and this is a part of one")
            .hint("name the workspace's root: `xks build --adopt PATH`"));
    }
    workspace.introduce(terminal);
    // Without a date: the same sources give the same output tomorrow.
    let outcome = workspace.analyze(&Options { today: None });
    let found =
        report::Report { workspace: &workspace, diagnostics: outcome.diagnostics(), is_judged: outcome.is_judged() };
    if !found.is_empty() {
        terminal.err(&human::write(&found, terminal.color_err));
    }
    let Outcome::Whole(Analyzed { analysis, parsed, .. }) = outcome else { return Ok(Exit::Findings) };
    let checked = if args.keep_going { analysis.standing() } else { analysis.checked() };
    let Some(checked) = checked else { return Ok(Exit::Findings) };
    let env = declared(args.env.as_deref(), &analysis)?;
    let parsed = if analysis.has_invariants() {
        Some(parsed)
    } else {
        // What is built lives where the trees were: fresh memory costs more than giving back theirs.
        parsed.into_par_iter().for_each(drop);
        None
    };
    let format = args.format.into();
    let mut tree = xks_core::build(&workspace.sources, &checked, env, format)
        .map_err(|differences| disproved(&workspace, &differences))?;
    if let Some(parsed) = &parsed {
        let broken = analysis.broken(&workspace.sources, parsed, &tree);
        let found = report::Report { workspace: &workspace, diagnostics: &broken, is_judged: true };
        if !found.is_empty() {
            terminal.err(&human::write(&found, terminal.color_err));
        }
        // What a tenant asserts stops its own change, in `xks check`; it does not hold up what others build.
        let stops = |found: &Diagnostic| {
            found.is_error() && (!args.keep_going || analysis.owners.of_platform[found.primary.span.file.0 as usize])
        };
        if broken.iter().any(stops) {
            return Ok(Exit::Findings);
        }
    }
    let extent = match (workspace.tenants_of_part(&analysis), env) {
        (Some(tenants), _) => Extent::Part(folders(&analysis, &tenants, env)),
        (None, Some(env)) => Extent::Env(env.to_string()),
        (None, None) => Extent::Whole,
    };
    if let Extent::Part(folders) = &extent {
        tree.files.retain(|(path, _)| folders.iter().any(|folder| path.starts_with(folder)));
    }
    let exit = if to_stdout {
        terminal.out_all(&tree.stream(format))?;
        Exit::Fine
    } else {
        let folder = match output {
            Some(output) => output.to_path_buf(),
            None => workspace.root.join(analysis.output()),
        };
        let shown = match output {
            Some(output) => output.display().to_string(),
            None => format!("{}{}", workspace.prefix, analysis.output()),
        };
        let owner = Owner::new(&workspace.root, workspace.is_partial());
        let request =
            Request { folder: &folder, extent: &extent, owner: &owner, adopt: args.adopt, writes: !args.check };
        let mut plan = Plan::new(&tree, &request, terminal)?;
        let exit = if args.check { differences(&plan, &shown, terminal)? } else { write(&plan, &shown, terminal)? };
        if !args.check {
            plan.release();
            let above = std::path::absolute(&folder).ok().and_then(|folder| folder.parent().map(Path::to_path_buf));
            workspace.folders().chain(above).for_each(|folder| temporary::sweep(&folder));
        }
        std::mem::forget(plan); // as the rest, when the process ends
        exit
    };
    // The process ends here; giving back the memory of thousands of files piece by piece would take longer than needed.
    std::mem::forget((tree, analysis, parsed, workspace));
    Ok(exit)
}

/// The compiler wrote policies that do not do what the statements say, which its user cannot mend.
pub(super) fn disproved(workspace: &Workspace, differences: &[Difference]) -> Failure {
    let message = |difference: &Difference| {
        let statement = difference.origin.map_or(String::new(), |span| {
            let source = workspace.sources.get(span.file);
            let (line, _) = source.position(span.start);
            let text = workspace.sources.text(span).lines().next().unwrap_or_default();
            format!(" ({}{}:{line}: `{text}`)", workspace.prefix, source.path)
        });
        format!("internal: {difference}{statement}")
    };
    Failure::all(differences.iter().map(message).collect())
        .hint("nothing was written; this is a mistake of the compiler: please report it with these lines")
}

/// The environment that `--env` names, if the platform declares it.
pub(super) fn declared<'a>(env: Option<&'a str>, analysis: &Analysis) -> Result<Option<&'a str>, Failure> {
    let Some(env) = env else { return Ok(None) };
    let envs = analysis.envs();
    if envs.contains(&env) {
        return Ok(Some(env));
    }
    let failure = Failure::usage(format!("there is no environment `{env}`"));
    Err(match (envs.is_empty(), nearest(env, envs.iter().copied())) {
        (true, _) => failure.hint("this workspace declares none: leave `--env` out"),
        (false, Some(near)) => failure.hint(format!("did you mean `{near}`? declared are {}", listed(&envs, "and"))),
        (false, None) => failure.hint(format!("declared are {}", listed(&envs, "and"))),
    })
}

/// The folders of the output that belong to these tenants, each with `/` at its end: of one environment, or of all.
fn folders(analysis: &Analysis, tenants: &[smol_str::SmolStr], env: Option<&str>) -> Vec<String> {
    let of_one = |workspace: &xks_core::model::Workspace| {
        let own = workspace.tenants().filter(|tenant| tenants.contains(&tenant.name));
        own.map(|tenant| format!("{}{}/", workspace.folder(), tenant.namespace)).collect::<Vec<_>>()
    };
    let workspaces = analysis.workspaces.iter();
    workspaces.filter(|workspace| env.is_none() || workspace.env.as_deref() == env).flat_map(of_one).collect()
}

/// Does what the plan says, and tells of it.
fn write(plan: &Plan<'_>, shown: &str, terminal: &Terminal) -> Result<Exit, Failure> {
    plan.apply()?;
    terminal.err(&summary(plan, shown));
    if !plan.foreign.is_empty() {
        let paint = Paint(terminal.color_err);
        let head = paint.yellow(&format!("warning[{}]:", FOREIGN_FILE.name));
        terminal.err(&format!("{head} {}\n", foreign(plan, shown)));
    }
    Ok(Exit::Fine)
}

/// Says what is nobody's, and what to do about it.
fn foreign(plan: &Plan<'_>, shown: &str) -> String {
    let path = |path: &String| word(&format!("{}/{path}", shown.trim_end_matches('/'))).into_owned();
    let paths: Vec<String> = plan.foreign.iter().take(A_FEW).map(path).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let left = plan.foreign.len() - paths.len();
    let paths = if left > 0 { format!("`{}` and {left} more", paths.join("`, `")) } else { listed(&paths, "and") };
    let (is, it) = if plan.foreign.len() == 1 { ("is", "it") } else { ("are", "them") };
    format!("{paths} {is} nobody's: move {it} out of `{shown}`, or remove {it}")
}

/// "wrote 12 files in generated (3 changed, 1 removed)". Files that are new count only beside others that are not.
fn summary(plan: &Plan<'_>, shown: &str) -> String {
    let files = counted(plan.total, "file");
    let remembers = plan.remembers().map_or(String::new(), |file| format!("`{file}` says whose folder this is\n"));
    if plan.is_done() {
        return format!("{files} in {shown}, nothing to change\n{remembers}");
    }
    let new = if plan.new.len() == plan.total { 0 } else { plan.new.len() };
    let counts = [(new, "new"), (plan.changed.len(), "changed"), (plan.stale.len(), "removed")];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let details = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    format!("wrote {files} in {shown}{details}\n{remembers}")
}

/// Says which files would be written, changed and removed, and how.
fn differences(plan: &Plan<'_>, shown: &str, terminal: &Terminal) -> Result<Exit, Failure> {
    if plan.is_done() && plan.foreign.is_empty() && plan.left_over().is_empty() {
        terminal.say(&format!("{shown} is up to date ({})\n", counted(plan.total, "file")))?;
        return Ok(Exit::Fine);
    }
    let paint = Paint(terminal.color_out);
    let path = |path: &str| format!("{}/{path}", shown.trim_end_matches('/'));
    let mut text = String::new();
    let lists = [
        (paint.green("new    "), plan.new.iter().map(|file| file.path).collect::<Vec<_>>()),
        (paint.yellow("changed"), plan.changed.iter().map(|file| file.path).collect()),
        (paint.red("removed"), plan.stale.iter().chain(plan.left_over()).map(String::as_str).collect()),
        (paint.red("foreign"), plan.foreign.iter().map(String::as_str).collect()),
    ];
    for (what, paths) in &lists {
        for name in paths {
            let _ = writeln!(text, "{what} {}", word(&path(name)));
        }
    }
    text.push('\n');
    for file in &plan.new {
        text.push_str(&text_diff::unified(&path(file.path), None, Some(file.bytes), paint));
    }
    for file in &plan.changed {
        text.push_str(&text_diff::unified(&path(file.path), Some(&plan.on_disk(file.path)?), Some(file.bytes), paint));
    }
    for stale in &plan.stale {
        text.push_str(&text_diff::unified(&path(stale), Some(&plan.on_disk(stale)?), None, paint));
    }
    let mut between = if text.ends_with("\n\n") { "" } else { "\n" };
    let count = plan.new.len() + plan.changed.len() + plan.stale.len() + plan.left_over().len();
    if count > 0 {
        let _ = writeln!(text, "{between}{} in {shown} would change", counted(count, "file"));
        between = "\n";
    }
    if !plan.foreign.is_empty() {
        let head = paint.red(&format!("error[{}]:", FOREIGN_FILE.name));
        let _ = writeln!(text, "{between}{head} {}", foreign(plan, shown));
    }
    terminal.say(&text)?;
    Ok(Exit::Findings)
}
