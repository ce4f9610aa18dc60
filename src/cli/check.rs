//! `xks check`: what is wrong in a workspace.

use super::build::disproved;
use super::failure::{Exit, Failure};
use super::replace::replace;
use super::report::{self, Report};
use super::terminal::Terminal;
use super::workspace::{Analyzed, Outcome, Unreadable, Workspace, is_stdin};
use super::{git, revision};
use clap::ValueEnum;
use std::path::PathBuf;
use xks_core::Options;
use xks_core::diagnostics::suggest::counted;
use xks_core::diagnostics::{Diagnostic, Level, apply_fixes};
use xks_core::since::Side;
use xks_core::source::{Source, Sources};
use xks_core::values::Problem;
use xks_core::values::date::Date;

/// The arguments of `xks check`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The workspace: a folder, one file, or - for standard input
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to report
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Apply the fixes that are safe, and report what remains
    #[arg(long)]
    fix: bool,
    /// Fail only for what changed since REV: statements that are new or altered, and errors that they bring. What else is
    /// wrong is listed. REV stands for where this branch left it
    #[arg(long, value_name = "REV", conflicts_with_all = ["fix", "tenant"])]
    since: Option<String>,
    /// The day that `until` is held against; the current day (UTC) otherwise
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    today: Option<Date>,
    /// The tenant of what is read from standard input
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
}

/// What `--format` says. Never guessed from the environment: a script gets what it asks for, on every machine.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Issues of Azure Pipelines
    Azure,
}

/// How often safe fixes are applied. Each round may bring out findings that the last one hid; a handful is plenty.
const MOST_ROUNDS: usize = 10;

/// Reports; applies fixes before if asked to.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    if args.fix && is_stdin(&args.path) {
        return Err(Failure::usage("`--fix` changes files, and standard input is none"));
    }
    let mut workspace = Workspace::load(&args.path, args.tenant.as_deref())?;
    workspace.introduce(terminal);
    let options = Options { today: Some(args.today.unwrap_or_else(xks_disk::today)) };
    let mut outcome = workspace.analyze(&options);
    if args.fix {
        outcome = fix(&mut workspace, outcome, &options, terminal)?;
    }
    if let Outcome::Whole(Analyzed { analysis, parsed, .. }) = &mut outcome
        && let (Some(checked), true) = (analysis.standing(), analysis.has_invariants())
    {
        let tree = xks_core::build(&workspace.sources, &checked, None, xks_core::emit::Format::Yaml)
            .map_err(|differences| disproved(&workspace, &differences))?;
        let broken = analysis.broken(&workspace.sources, parsed, &tree);
        analysis.diagnostics.extend(broken);
        analysis.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    }
    let mut diagnostics = match args.since.as_deref() {
        Some(revision) => since(revision, &mut workspace, &outcome, &options, terminal)?,
        None => outcome.diagnostics().to_vec(),
    };
    let elsewhere = leave_to_others(&mut workspace, &mut diagnostics, outcome.is_judged());
    let found = Report { workspace: &workspace, diagnostics: &diagnostics, is_judged: outcome.is_judged() };
    let text = match args.format {
        Format::Human => report::human::write(&found, terminal.color_out),
        Format::Json => report::json::write(&found),
        Format::Sarif => report::sarif::write(&found),
        Format::Github => report::github::write(&found),
        Format::Azure => report::azure::write(&found),
    };
    match args.format {
        Format::Human => terminal.say(&text)?,
        Format::Json | Format::Sarif | Format::Github | Format::Azure => terminal.out(text.as_bytes())?,
    }
    if elsewhere > 0 {
        terminal.err(&format!("{} elsewhere in the workspace\n", counted(elsewhere, "error")));
    }
    Ok(if found.has_errors() { Exit::Findings } else { Exit::Fine })
}

/// The findings since a revision. Errors that this change does not answer for become warnings.
fn since(
    revision: &str,
    workspace: &mut Workspace,
    outcome: &Outcome,
    options: &Options,
    terminal: &Terminal,
) -> Result<Vec<Diagnostic>, Failure> {
    let base = git::merge_base(&workspace.root, revision)?;
    let before = revision::older(&base, &workspace.root)?;
    let (Outcome::Whole(new), true) = (outcome, !workspace.is_one_file()) else {
        return Ok(outcome.diagnostics().to_vec());
    };
    // What cannot be read there counts as having no errors.
    let old_outcome = before.as_ref().map(|before| before.analyze(options));
    let old = match (&before, &old_outcome) {
        (Some(before), Some(Outcome::Whole(old))) => Some(side(before, old)),
        _ => None,
    };
    let judged = xks_core::since::judged(old, side(workspace, new));
    let was_unreadable = |path: &str| {
        before.as_ref().is_some_and(|before| before.unreadable.iter().any(|unreadable| unreadable.path == path))
    };
    let (kept, known) =
        std::mem::take(&mut workspace.unreadable).into_iter().partition(|found| !was_unreadable(&found.path));
    workspace.unreadable = kept;
    let known: Vec<Unreadable> = known;
    for unreadable in known {
        terminal.err(&format!("not of this change: {}\n", unreadable.message));
    }
    let listed = |(mut found, answered): (Diagnostic, bool)| {
        if found.is_error() && !answered {
            found.level = Level::Warn;
            found.notes.push(if found.is_withdrawal {
                "this statement is as it was: what it needs was withdrawn by somebody else".to_string()
            } else {
                "this is not of this change".to_string()
            });
        }
        found
    };
    Ok(judged.into_iter().map(listed).collect())
}

fn side<'a>(workspace: &'a Workspace, Analyzed { analysis, parsed, manifests }: &'a Analyzed) -> Side<'a> {
    Side { sources: &workspace.sources, parsed, analysis, manifests }
}

/// Leaves out what does not lie in the part that was named; says how many errors that are. A file that keeps all others from
/// being judged concerns this part too.
fn leave_to_others(workspace: &mut Workspace, diagnostics: &mut Vec<Diagnostic>, is_judged: bool) -> usize {
    if workspace.part.is_none() {
        return 0;
    }
    let mut elsewhere = 0;
    diagnostics.retain(|found| {
        let is_here = workspace.is_in_part(&workspace.sources.get(found.primary.span.file).path);
        elsewhere += usize::from(!is_here && found.is_error());
        is_here
    });
    let unreadable = std::mem::take(&mut workspace.unreadable);
    let (here, there): (Vec<_>, Vec<_>) =
        unreadable.into_iter().partition(|found| !is_judged || workspace.is_in_part(&found.path));
    workspace.unreadable = here;
    elsewhere + there.len()
}

/// Applies safe fixes until there are none, then writes the files that changed.
fn fix(
    workspace: &mut Workspace,
    mut outcome: Outcome,
    options: &Options,
    terminal: &Terminal,
) -> Result<Outcome, Failure> {
    let before: Vec<String> = workspace.sources.files().iter().map(|file| file.text.clone()).collect();
    for _ in 0..MOST_ROUNDS {
        // What follows from half a workspace may be wrong, so nothing is changed because of it.
        let Outcome::Whole(Analyzed { analysis, .. }) = &outcome else { break };
        let mut texts = apply_fixes(&analysis.diagnostics, |id| workspace.sources.get(id).text.clone());
        if texts.is_empty() {
            break;
        }
        let sources = &workspace.sources;
        let files = sources.ids().map(|id| {
            let old = sources.get(id);
            Source::new(old.path.clone(), texts.remove(&id).unwrap_or_else(|| old.text.clone()))
        });
        workspace.sources = Sources::new(files.collect());
        outcome = workspace.analyze(options);
    }
    let mut changed = 0;
    let mut failures = Vec::new();
    for (id, before) in workspace.sources.ids().zip(&before) {
        let text = &workspace.sources.get(id).text;
        if text != before {
            match replace(&workspace.disk_path(id), text) {
                Ok(()) => changed += 1,
                Err(failure) => failures.extend(failure.into_messages()),
            }
        }
    }
    match changed {
        0 => {}
        1 => terminal.err("fixed 1 file\n"),
        _ => terminal.err(&format!("fixed {changed} files\n")),
    }
    // What remains is known only for the fixed text, which is not what lies on the disk now.
    if failures.is_empty() { Ok(outcome) } else { Err(Failure::all(failures)) }
}

/// A day as `--today` takes it.
fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_: Problem| "expected a day of the calendar, such as 2026-01-31".to_string())
}
