//! `xks verify`: whether generated manifests are what the sources say.

mod human;
mod json;

use super::build::{declared, disproved};
use super::failure::{Exit, Failure, shown};
use super::manifests::texts;
use super::output::{self, Extent, Owner, of_another, remembered};
use super::report::{self, human as findings};
use super::terminal::{Paint, Terminal};
use super::workspace::{Analyzed, Outcome, Workspace};
use clap::ValueEnum;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use xks_core::Options;
use xks_core::change::verify::{Verified, verify};
use xks_core::change::{self, Program, Side, Verdict};
use xks_core::cluster::Cluster;
use xks_core::emit::{self, OutputTree};

/// The arguments of `xks verify`.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 when every object is what the sources say, 1 when one is not or the sources have \
                        errors, 2 for wrong use."
)]
pub(super) struct Args {
    /// The folder with the generated manifests, as `xks build` writes it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The workspace: a folder or one file
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Verify this environment only; all of them otherwise
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Leave out what was withdrawn by others, as `xks build --keep-going` does
    #[arg(long)]
    keep_going: bool,
    /// How to report
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

/// What `--format` says.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
}

/// A file, from the folder that it is looked for in.
type File = (String, Vec<u8>);

/// What was found.
struct Verification {
    /// The folder, with `/` at its end.
    prefix: String,
    /// How many objects the sources become.
    total: usize,
    /// The manifests that cannot be read, and why.
    unreadable: Vec<String>,
    /// The files and folders that are nobody's, where the folder is one that a build wrote.
    foreign: Vec<String>,
    /// By environment; what lies in none comes last, without one.
    parts: Vec<(Option<String>, Verified)>,
}

impl Verification {
    fn is_equal(&self) -> bool {
        self.unreadable.is_empty()
            && self.foreign.is_empty()
            && self.parts.iter().all(|(_, part)| part.objects.is_empty())
    }

    fn verdict(&self) -> Verdict {
        self.parts.iter().fold(Verdict::Equal, |all, (_, part)| all.and(part.verdict))
    }
}

/// Compares and reports.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    if !args.folder.is_dir() {
        let what = if args.folder.exists() { "is no folder" } else { "does not exist" };
        return Err(Failure::usage(format!("`{}` {what}", shown(&args.folder)))
            .hint("name the folder that `xks build` writes, `generated` unless the platform says otherwise"));
    }
    let workspace = Workspace::load(&args.path, None)?;
    if let Some(other) = remembered(&args.folder)?
        && !Owner::new(&workspace.root, workspace.is_partial()).may_be(&other)
    {
        return Err(of_another(&args.folder, &other, "name the workspace that it belongs to: `xks verify DIR PATH`"));
    }
    workspace.introduce(terminal);
    let outcome = workspace.analyze(&Options { today: None });
    let found =
        report::Report { workspace: &workspace, diagnostics: outcome.diagnostics(), is_judged: outcome.is_judged() };
    if found.has_errors() || !workspace.unreadable.is_empty() {
        terminal.err(&findings::write(&found, terminal.color_err));
    }
    let Outcome::Whole(Analyzed { analysis, parsed, .. }) = &outcome else { return Ok(Exit::Findings) };
    let checked = if args.keep_going { analysis.standing() } else { analysis.checked() };
    let Some(checked) = checked else { return Ok(Exit::Findings) };
    let env = declared(args.env.as_deref(), analysis)?;
    let tree = xks_core::build(&workspace.sources, &checked, env, emit::Format::Yaml)
        .map_err(|differences| disproved(&workspace, &differences))?;
    let mut there = files(&args.folder)?;
    let foreign = foreign(&args.folder, &tree, env)?;
    let prefix = format!("{}/", shown(&args.folder).trim_end_matches('/'));
    let mut verification = Verification { prefix, total: 0, unreadable: Vec::new(), foreign, parts: Vec::new() };
    let models = || analysis.workspaces.iter().filter(|model| env.is_none() || model.env.as_deref() == env);
    for model in models() {
        let below = model.folder();
        let expected = taken(&tree.files, &below);
        let found = taken(&there, &below);
        there.retain(|(path, _)| !path.starts_with(&below));
        part(&mut verification, &workspace, parsed, model, (&expected, &found));
    }
    // What lies beside the folders of all environments belongs to none.
    if let (Some(model), None, false) = (models().next(), env, there.is_empty()) {
        part(&mut verification, &workspace, parsed, model, (&[], &there));
        if let Some((env, _)) = verification.parts.last_mut() {
            *env = None;
        }
    }
    let text = match args.format {
        Format::Human => human::write(&verification, Paint(terminal.color_out)),
        Format::Json => json::write(&verification),
    };
    terminal.say(&text)?;
    Ok(if verification.is_equal() { Exit::Fine } else { Exit::Findings })
}

/// Verifies one environment.
fn part(
    verification: &mut Verification,
    workspace: &Workspace,
    parsed: &[xks_core::syntax::Parsed],
    model: &xks_core::model::Workspace,
    (expected, found): (&[File], &[File]),
) {
    let sources = &workspace.sources;
    let cluster =
        |files: &[File]| change::observed(model, files.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])));
    let (was, is): (Cluster, Cluster) = (cluster(expected), cluster(found));
    let below = model.folder();
    let refused = is.objects().faults.iter().filter(|fault| fault.refused);
    verification.unreadable.extend(refused.map(|fault| {
        let object = if fault.object.is_empty() { String::new() } else { format!("{}: ", fault.object) };
        format!("{}{below}{}: {object}{}", verification.prefix, is.objects().place(fault.place), fault.rule)
    }));
    let program = Some(Program { sources, parsed, workspace: model });
    let side = |cluster, files| Side { cluster, files, platform: &model.platform, program };
    let mut verified = verify(&side(&was, expected), &side(&is, found));
    let whole = |path: &mut String| *path = format!("{below}{path}");
    verified.moved.iter_mut().for_each(whole);
    verified.objects.iter_mut().for_each(|drift| whole(&mut drift.object.path));
    verification.total += was.objects().count();
    verification.parts.push((model.env.as_ref().map(ToString::to_string), verified));
}

/// What is nobody's in a folder that a build wrote. Manifests that come from elsewhere, such as a cluster, have files of their
/// own, and are held against the sources object by object alone.
fn foreign(folder: &Path, tree: &OutputTree, env: Option<&str>) -> Result<Vec<String>, Failure> {
    let wanted: HashSet<&str> = tree.files.iter().map(|(path, _)| path.as_str()).collect();
    if !wanted.iter().any(|path| folder.join(path).exists()) {
        return Ok(Vec::new());
    }
    output::foreign(folder, &wanted, &env.map_or(Extent::Whole, |env| Extent::Env(env.to_string())))
}

/// The files below a folder, by their path from there.
fn taken(files: &[File], below: &str) -> Vec<File> {
    let own = files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(below)?.to_string(), bytes.clone())));
    own.collect()
}

/// The manifests that stand in a folder.
fn files(folder: &Path) -> Result<Vec<File>, Failure> {
    let below = |path: String| {
        let path = PathBuf::from(path);
        let path = path.strip_prefix(folder.strip_prefix(".").unwrap_or(folder)).unwrap_or(&path);
        path.to_string_lossy().replace('\\', "/")
    };
    Ok(texts(folder)?.into_iter().map(|(path, text)| (below(path), text.into_bytes())).collect())
}
