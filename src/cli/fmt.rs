//! `xks fmt`: files in the one style.

use super::failure::{Exit, Failure};
use super::replace::replace;
use super::terminal::{Paint, Terminal};
use super::text_diff;
use super::workspace::{Unreadable, Workspace, is_stdin, stdin_text};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::path::PathBuf;
use xks_core::escape::word;
use xks_core::source::FileId;
use xks_core::syntax::format::format;

/// The arguments of `xks fmt`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A folder, one file, or - to read standard input and write standard output
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Write nothing; show what would change, and fail if anything would
    #[arg(long)]
    check: bool,
}

/// Formats. Broken statements stay as they are and are no failure: `xks check` is there to report them.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    if is_stdin(&args.path) { stdin(args.check, terminal) } else { files(args, terminal) }
}

fn stdin(check: bool, terminal: &Terminal) -> Result<Exit, Failure> {
    let text = stdin_text().map_err(|reason| Failure::failed(format!("cannot read standard input: {reason}")))?;
    let formatted = format(&text);
    if !check {
        terminal.document(&formatted)?;
        return Ok(Exit::Fine);
    }
    if formatted == text {
        return Ok(Exit::Fine);
    }
    terminal.say(&difference("<stdin>", &text, &formatted, terminal))?;
    Ok(Exit::Findings)
}

fn files(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let workspace = Workspace::named(&args.path)?;
    let sources = &workspace.sources;
    let ids: Vec<FileId> = sources.ids().collect();
    let changed: Vec<(FileId, String)> = ids
        .par_iter()
        .filter_map(|&id| {
            let formatted = format(&sources.get(id).text);
            (formatted != sources.get(id).text).then_some((id, formatted))
        })
        .collect();
    let mut failures: Vec<String> =
        workspace.unreadable.iter().map(|problem: &Unreadable| problem.message.clone()).collect();
    let help = workspace.unreadable.iter().find_map(|problem| problem.help.clone());
    let shown = |id: FileId| word(&format!("{}{}", workspace.prefix, sources.get(id).path)).into_owned();
    let mut text = String::new();
    if args.check {
        for (id, _) in &changed {
            let _ = writeln!(text, "{}", shown(*id));
        }
        for (id, formatted) in &changed {
            let _ = write!(text, "\n{}", difference(&shown(*id), &sources.get(*id).text, formatted, terminal));
        }
        terminal.say(&text)?;
    }
    let mut written = 0;
    for (id, formatted) in changed.iter().filter(|_| !args.check) {
        match replace(&workspace.disk_path(*id), formatted) {
            Ok(()) => written += 1,
            Err(failure) => failures.extend(failure.into_messages()),
        }
    }
    if !sources.files().is_empty() {
        let done = if args.check { "would change" } else { "changed" };
        let count = if args.check { changed.len() } else { written };
        terminal.err(&format!("{count} of {} files {done}\n", sources.files().len()));
    }
    if !failures.is_empty() {
        let failure = Failure::all(failures);
        return Err(match help {
            Some(help) => failure.hint(help),
            None => failure,
        });
    }
    Ok(if args.check && !changed.is_empty() { Exit::Findings } else { Exit::Fine })
}

fn difference(path: &str, old: &str, new: &str, terminal: &Terminal) -> String {
    text_diff::unified(path, Some(old.as_bytes()), Some(new.as_bytes()), Paint(terminal.color_out))
}
