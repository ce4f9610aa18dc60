//! `xks diff`: what a change does to who reaches whom, for its reviewer.

mod annotate;
mod gate;
mod human;
mod json;
mod markdown;
mod side;

use super::failure::{Exit, Failure};
use super::terminal::Terminal;
use super::{git, revision};
use clap::ValueEnum;
use gate::Gate;
pub(super) use human::field;
use side::Loaded;
use std::path::PathBuf;
use xks_core::change::{self, Approval, Cause, Change, Party, Row, Verdict, Which};
use xks_core::diagnostics::suggest::{listed, nearest};

/// The arguments of `xks diff`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xks diff                     what is not committed yet
  xks diff --merge-base main   what this branch changes
  xks diff main                what would change if this were merged as it is
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
    /// Compare with where this branch left REV, instead of with OLD
    #[arg(long, value_name = "REV", conflicts_with_all = ["old", "new", "manifests"])]
    merge_base: Option<String>,
    /// Fail if the change does one of these: risky, wider, narrower, wider:CLASS, CLASS. What is risky, and which classes
    /// there are, is in docs/diff.md
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
    /// Environments that only one side declares, and whether that is the new one: they are compared with nothing.
    uncompared: Vec<(String, bool)>,
    gates: Vec<Gate>,
}

/// Compares and reports.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let gates = gate::parse(&args.fail_on)?;
    let between = args.env.as_deref().and_then(|env| env.split_once(".."));
    let here = revision::as_path(&args.workspace);
    let folder = if args.workspace.is_dir() { args.workspace.as_path() } else { std::path::Path::new(".") };
    let base = args.merge_base.as_ref().map(|revision| git::merge_base(folder, revision)).transpose()?;
    let (old, new) = match (&args.old.clone().or(base), &args.new, between) {
        (Some(old), Some(new), _) => (old.clone(), new.clone()),
        (Some(one), None, Some(_)) => (one.clone(), one.clone()),
        (None, _, Some(_)) => (here.clone(), here),
        (old, _, None) => (old.clone().unwrap_or_else(|| "HEAD".to_string()), here),
    };
    let load = |name: &str, which: Which| match args.manifests {
        true => Loaded::manifests(name, &args.workspace, terminal),
        false => Loaded::workspace(name, &args.workspace, which, terminal),
    };
    // Both are read before one of them stops the comparison: all mistakes are shown at once.
    let (old, new) = (load(&old, Which::Old)?, load(&new, Which::New)?);
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
    match args.format {
        Format::Human => terminal.say(&text)?,
        _ => terminal.out(text.as_bytes())?,
    }
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
    let one = |env: &'_ str| -> (Option<String>, Option<String>) {
        let side = |envs: &[&str]| envs.contains(&env).then(|| env.to_string());
        (side(&before), side(&after))
    };
    // What is compared: on each side an environment, if it is there.
    let pairs: Vec<(Option<String>, Option<String>)> = match (between, env) {
        (Some((from, to)), _) => {
            if !before.contains(&from) {
                return Err(unknown(Some(from), old));
            }
            if !after.contains(&to) {
                return Err(unknown(Some(to), new));
            }
            vec![(Some(from.to_string()), Some(to.to_string()))]
        }
        (None, Some(env)) => match one(env) {
            (None, None) => return Err(unknown(Some(env), new)),
            pair => vec![pair],
        },
        (None, None) => {
            let mut all: Vec<&str> = after.iter().chain(&before).copied().collect();
            let mut seen = std::collections::BTreeSet::new();
            all.retain(|env| seen.insert(*env));
            all.into_iter().map(one).collect()
        }
    };
    // One that only one side has is a new one, or an old one: all that it permits comes, or goes.
    for (from, to) in &pairs {
        match (from, to) {
            (None, Some(env)) => uncompared.push((env.clone(), true)),
            (Some(env), None) => uncompared.push((env.clone(), false)),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    let pairs = match (pairs.is_empty(), before.is_empty(), after.is_empty()) {
        (false, false, false) => pairs,
        // A workspace that declares its first environment, or its last one no more.
        (false, _, _) if env.is_none() => std::iter::once((None, None)).chain(pairs).collect(),
        (false, _, _) => pairs,
        (true, _, _) => vec![(None, None)],
    };
    let mut changes: Vec<(Vec<String>, Change)> = Vec::new();
    for (from, to) in pairs {
        let plain = from.is_none() && to.is_none();
        let of = |side: &'a Loaded, env: &Option<String>, declared: bool| match (plain, env) {
            (true, _) if declared => Ok(None),
            (false, None) => Ok(None),
            (_, env) => side.build(env.as_deref()),
        };
        let (was, is) = (of(old, &from, !before.is_empty())?, of(new, &to, !after.is_empty())?);
        let (was, is) = match (was, is) {
            (None, None) => continue,
            (was, is) => (was.unwrap_or_else(|| old.without()), is.unwrap_or_else(|| new.without())),
        };
        let change = change::compare(&was.side(), &is.side());
        let name = match (from, to) {
            (Some(from), Some(to)) if from == to => Some(from),
            (Some(from), Some(to)) => Some(format!("{from}..{to}")),
            (Some(env), None) | (None, Some(env)) => Some(env),
            (None, None) => None,
        };
        // What is the same in several environments is told once.
        match changes.iter_mut().find(|(_, known)| *known == change) {
            Some((envs, _)) => envs.extend(name),
            None => changes.push((name.into_iter().collect(), change)),
        }
    }
    let verdict = changes.iter().fold(Verdict::Equal, |all, (_, change)| all.and(change.verdict));
    let verdict = if uncompared.is_empty() { verdict } else { verdict.and(Verdict::Changed) };
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

    /// Who has to approve what a gate stops: each party with its owners, and how many rows.
    fn approvals(&self) -> Vec<(Approval, usize)> {
        let mut out: Vec<(Approval, usize)> = Vec::new();
        for approval in self.tripped().flat_map(|(_, row)| &row.approvals) {
            match out.iter_mut().find(|(known, _)| known == approval) {
                Some((_, count)) => *count += 1,
                None => out.push((approval.clone(), 1)),
            }
        }
        out.sort();
        out
    }

    /// How many rows there are of each class, those that a gate stops by themselves.
    fn counts<'r>(&self, rows: impl Iterator<Item = &'r Row>) -> String {
        let mut counts: Vec<(bool, change::Class, usize)> = Vec::new();
        for row in rows {
            let key = (!self.stops(row), row.class);
            match counts.iter_mut().find(|(passes, class, _)| (*passes, *class) == key) {
                Some((.., count)) => *count += 1,
                None => counts.push((key.0, key.1, 1)),
            }
        }
        counts.sort();
        let words = counts.into_iter().map(|(passes, class, count)| {
            let stopped = if passes { "" } else { " (stopped)" };
            format!("{count} {}{stopped}", class.word())
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// The verdict, and why there is nothing else to say where there is not.
    fn headline(&self) -> String {
        let rows = || self.changes.iter().flat_map(|(_, change)| &change.rows);
        let objects = self.changes.iter().any(|(_, change)| !change.objects.is_empty());
        let count = |effect| rows().filter(|row| row.effect == effect).count();
        let opens = count(change::Effect::Opens);
        let closes = count(change::Effect::Closes);
        match self.verdict {
            Verdict::Changed => "CHANGED: nobody reaches more or less; other things changed".to_string(),
            Verdict::Equal if objects => "EQUAL: objects are written otherwise, and mean the same".to_string(),
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

/// `payments (@acme/payments, @bob)`
fn party(approval: &Approval) -> String {
    let who = match &approval.of {
        Party::Tenant(tenant) => tenant.to_string(),
        Party::Platform => "the platform".to_string(),
    };
    match approval.owners.is_empty() {
        true => who,
        false => format!("{who} ({})", approval.owners.join(", ")),
    }
}

/// Whose consent a row rests on, where there is something to say: the owners, or somebody else than who did it.
fn rests_on(row: &Row) -> Option<String> {
    let is_news = row.concerns_another() || row.approvals.iter().any(|approval| !approval.owners.is_empty());
    (is_news && !row.approvals.is_empty()).then(|| {
        let parties: Vec<String> = row.approvals.iter().map(party).collect();
        format!("rests on {}", parties.join(", "))
    })
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
