//! `xks diff`: what a change does to who reaches whom, for its reviewer.

mod annotate;
mod gate;
mod human;
mod json;
mod markdown;
mod side;

use super::failure::{Exit, Failure};
use super::revision;
use super::terminal::Terminal;
use clap::ValueEnum;
use gate::Gate;
pub(super) use human::field;
use side::Loaded;
use std::path::PathBuf;
use xks_core::change::{self, Cause, Change, Row, Verdict, Which};
use xks_core::diagnostics::suggest::{listed, nearest};

/// The arguments of `xks diff`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xks diff                     what is not committed yet
  xks diff main                what this branch changes
  xks diff HEAD~1 HEAD         what the last commit changed
  xks diff --env dev..prod     how two environments differ
  xks diff --manifests a b     two folders of Kubernetes manifests

Of what could be both a folder and a revision neither is guessed: `./NAME` is the folder, `NAME^0` the revision.")]
pub(super) struct Args {
    /// Before: a folder, or a git revision
    #[arg(value_name = "OLD")]
    old: Option<String>,
    /// After: a folder, or a git revision; the workspace as it lies there otherwise
    #[arg(value_name = "NEW")]
    new: Option<String>,
    /// The workspace, of which revisions are looked at
    #[arg(long, value_name = "DIR", default_value = ".")]
    workspace: PathBuf,
    /// Compare this environment only; all of them otherwise. OLD..NEW compares two
    #[arg(long, value_name = "ENV")]
    env: Option<String>,
    /// Compare Kubernetes manifests of any origin
    #[arg(long, conflicts_with = "env")]
    manifests: bool,
    /// How to report
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Fail if the change does one of these: wider, narrower, wider:CLASS, tls, annotations, invariants, certificates
    #[arg(long, value_name = "WHAT,…", value_delimiter = ',')]
    fail_on: Vec<String>,
    /// Fail unless the verdict is EQUAL
    #[arg(long)]
    exit_code: bool,
}

/// What `--format` says.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For a comment on a pull request
    Markdown,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Issues of Azure Pipelines
    Azure,
}

/// A change, and what was asked of it.
struct Review<'a> {
    old: &'a Loaded,
    new: &'a Loaded,
    /// What changes, with the environments in which it does; without any where none are declared.
    changes: Vec<(Vec<String>, Change)>,
    verdict: Verdict,
    /// Environments that only one side declares, and whether that is the new one.
    uncompared: Vec<(String, bool)>,
    gates: Vec<Gate>,
}

/// Compares and reports.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let gates = gate::parse(&args.fail_on)?;
    let between = args.env.as_deref().and_then(|env| env.split_once(".."));
    let here = revision::as_path(&args.workspace);
    let (old, new) = match (&args.old, &args.new, between) {
        (Some(old), Some(new), _) => (old.clone(), new.clone()),
        (Some(one), None, Some(_)) => (one.clone(), one.clone()),
        (None, _, Some(_)) => (here.clone(), here),
        (old, _, None) => (old.clone().unwrap_or_else(|| "HEAD".to_string()), here),
    };
    let load = |name: &str| match args.manifests {
        true => Loaded::manifests(name, &args.workspace, terminal),
        false => Loaded::workspace(name, &args.workspace, terminal),
    };
    // Both are read before one of them stops the comparison: all mistakes are shown at once.
    let (old, new) = (load(&old)?, load(&new)?);
    let (Some(old), Some(new)) = (old, new) else { return Ok(Exit::Findings) };
    let review = review(&old, &new, args.env.as_deref(), between, gates)?;
    let text = match args.format {
        Format::Human => human::write(&review, terminal.color_out),
        Format::Markdown => markdown::write(&review),
        Format::Json => json::write(&review),
        Format::Sarif => annotate::sarif(&review),
        Format::Github => annotate::github(&review),
        Format::Azure => annotate::azure(&review),
    };
    terminal.out(text.as_bytes())?;
    let failed = review.tripped().next().is_some() || args.exit_code && review.verdict != Verdict::Equal;
    Ok(if failed { Exit::Findings } else { Exit::Fine })
}

fn review<'a>(
    old: &'a Loaded,
    new: &'a Loaded,
    env: Option<&str>,
    between: Option<(&str, &str)>,
    gates: Vec<Gate>,
) -> Result<Review<'a>, Failure> {
    let (before, after) = (old.envs(), new.envs());
    let mut uncompared = Vec::new();
    let pairs: Vec<(Option<&str>, Option<&str>)> = match (between, env) {
        (Some((from, to)), _) => vec![(Some(from), Some(to))],
        (None, Some(env)) => vec![(Some(env), Some(env))],
        (None, None) => {
            let only = |envs: &[&str], others: &[&str], new: bool| -> Vec<(String, bool)> {
                let missing = envs.iter().filter(|env| !others.contains(*env));
                missing.map(|env| (env.to_string(), new)).collect()
            };
            uncompared.extend(only(&before, &after, false));
            uncompared.extend(only(&after, &before, true));
            let both = after.iter().filter(|env| before.contains(*env));
            let both: Vec<_> = both.map(|env| (Some(*env), Some(*env))).collect();
            match before.is_empty() && after.is_empty() {
                true => vec![(None, None)],
                false if both.is_empty() => {
                    let failure = Failure::usage("the two sides have no environment in common");
                    return Err(failure.hint("name one of each: `--env OLD..NEW`"));
                }
                false => both,
            }
        }
    };
    let mut changes: Vec<(Vec<String>, Change)> = Vec::new();
    for (from, to) in pairs {
        let was = old.build(from)?.ok_or_else(|| unknown(from, old))?;
        let is = new.build(to)?.ok_or_else(|| unknown(to, new))?;
        let change = change::compare(&was.side(), &is.side());
        let name = if from == to { from.map(String::from) } else { between.map(|(from, to)| format!("{from}..{to}")) };
        // What is the same in several environments is told once.
        match changes.iter_mut().find(|(_, known)| *known == change) {
            Some((envs, _)) => envs.extend(name),
            None => changes.push((name.into_iter().collect(), change)),
        }
    }
    let verdict = changes.iter().fold(Verdict::Equal, |all, (_, change)| all.and(change.verdict));
    Ok(Review { old, new, changes, verdict, uncompared, gates })
}

/// There is no such environment.
fn unknown(env: Option<&str>, side: &Loaded) -> Failure {
    let envs = side.envs();
    let Some(env) = env else {
        return Failure::usage(format!("`{}` declares environments", side.label)).hint("name one: `--env ENV`");
    };
    let failure = Failure::usage(format!("there is no environment `{env}` in `{}`", side.label));
    match (envs.is_empty(), nearest(env, envs.iter().copied())) {
        (true, _) => failure.hint("it declares none: leave `--env` out"),
        (false, Some(near)) => failure.hint(format!("did you mean `{near}`? declared are {}", listed(&envs, "and"))),
        (false, None) => failure.hint(format!("declared are {}", listed(&envs, "and"))),
    }
}

impl Review<'_> {
    /// The rows that a gate does not let pass, each with the gate.
    fn tripped(&self) -> impl Iterator<Item = (&Gate, &Row)> {
        let rows = self.changes.iter().flat_map(|(_, change)| &change.rows);
        rows.filter_map(|row| Some((self.gates.iter().find(|gate| gate.stops(row))?, row)))
    }

    /// Whether a gate stops a row.
    fn stops(&self, row: &Row) -> bool {
        self.gates.iter().any(|gate| gate.stops(row))
    }

    /// The verdict, and why there is nothing else to say where there is not.
    fn headline(&self) -> String {
        let rows = || self.changes.iter().flat_map(|(_, change)| &change.rows);
        let objects = self.changes.iter().any(|(_, change)| !change.objects.is_empty());
        let count = |effect| rows().filter(|row| row.effect == effect).count();
        let opens = count(change::Effect::Opens);
        let closes = count(change::Effect::Closes);
        match self.verdict {
            Verdict::Equal if rows().next().is_some() => {
                "EQUAL: nobody reaches more or less; other things changed".to_string()
            }
            Verdict::Equal if objects => "EQUAL: objects changed, and nobody reaches more or less".to_string(),
            Verdict::Equal if self.changes.iter().any(|(_, change)| change.moved) => {
                "EQUAL: the YAML moved, nothing else".to_string()
            }
            Verdict::Equal => "EQUAL: nothing changed".to_string(),
            Verdict::Wider => format!("WIDER: {opens} opened"),
            Verdict::Narrower => format!("NARROWER: {closes} closed"),
            Verdict::Mixed => format!("MIXED: {opens} opened, {closes} closed"),
        }
    }

    /// Where a cause stands: `tenants/shop.xks:4`, `HEAD:tenants/shop.xks:4`.
    fn place(&self, cause: &Cause) -> String {
        let line = cause.line.map_or(String::new(), |line| format!(":{line}"));
        format!("{}{line}", self.path(cause.side, &cause.path))
    }

    fn path(&self, side: Which, path: &str) -> String {
        let side = if side == Which::Old { self.old } else { self.new };
        format!("{}{path}", side.prefix)
    }
}

/// Words of a value on one line: a text as it is, anything else as JSON.
fn value(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

/// "objects: 1 added, 2 changed"
fn counted(change: &Change) -> String {
    let added = change.objects.iter().filter(|object| object.old.is_none()).count();
    let removed = change.objects.iter().filter(|object| object.new.is_none()).count();
    let counts = [(added, "added"), (change.objects.len() - added - removed, "changed"), (removed, "removed")];
    let words: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    format!("objects: {}", words.join(", "))
}
