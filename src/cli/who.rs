//! `xks who`: who may reach a peer, and whom it may reach.

use super::asking::{Asking, Format, ask};
use super::codes::TOO_MANY_ROWS;
use super::failure::{Exit, Failure};
use super::report::pretty;
use super::terminal::{Paint, Terminal};
use serde::Serialize;
use std::fmt::Write as _;
use xks_core::diagnostics::suggest::counted;
use xks_core::escape::word;
use xks_core::questions::peer;
use xks_core::questions::who::{Group, Row, Who, who};

/// The arguments of `xks who`.
#[derive(clap::Args)]
#[command(after_help = "Exit status: 0, 1 when the sources have errors, 2 when there is no answer otherwise.")]
pub(super) struct Args {
    /// Whom it is about: a peer as in a rule, with ports or without
    peer: String,
    #[command(flatten)]
    asking: Asking,
}

/// The version of the JSON format. It grows when something that was there changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    peer: &'a str,
    #[serde(flatten)]
    who: &'a Who,
}

/// Answers.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    ask(&args.asking, &args.peer, terminal, Exit::Findings, |asked| {
        let ends = peer(asked.subject, asked.tenant, asked.file, &args.peer)?;
        let found = who(asked.subject, &ends);
        let text = match args.asking.format {
            Format::Human => human(&args.peer, &found, Paint(terminal.color_out)),
            Format::Json => pretty(&Document { version: VERSION, peer: &args.peer, who: &found }),
        };
        terminal.say(&text)?;
        Ok(Exit::Fine)
    })
}

fn human(peer: &str, who: &Who, paint: Paint) -> String {
    let mut text = String::new();
    let lists = [(format!("{peer} may be reached by"), &who.reached_by), (format!("{peer} may reach"), &who.reaches)];
    for (title, groups) in lists {
        let _ = writeln!(text, "{}", paint.bold(&word(&title)));
        if groups.is_empty() {
            text.push_str("  nobody\n");
        }
        for Group { tenant, rows } in groups {
            let _ = writeln!(text, "  {}", paint.cyan(&word(tenant)));
            rows.iter().for_each(|row| write(&mut text, row, !who.notes.is_empty()));
        }
    }
    if who.left_out > 0 {
        let head = paint.cyan(&format!("note[{}]:", TOO_MANY_ROWS.name));
        let _ = writeln!(text, "{head} {} left out; ask about fewer pods", counted(who.left_out, "more row"));
    }
    for note in &who.notes {
        let _ = writeln!(text, "note: {}", word(note));
    }
    text
}

fn write(text: &mut String, row: &Row, unread: bool) {
    let Row { peer, ports, depends, only, through, statements, policies } = row;
    let only = only.as_ref().map_or_else(String::new, |only| format!(" (only {only})"));
    let through = through.as_ref().map_or_else(String::new, |host| format!(", as {host}"));
    let depends = match (*depends, unread) {
        (false, _) => "",
        (true, false) => ", on some network plugins",
        (true, true) => ", which is not known for certain",
    };
    let only = cut(&only);
    let _ = writeln!(text, "    {} on {ports}{only}{through}{depends}", word(&cut(peer)));
    for statement in statements {
        let _ = writeln!(text, "      {}:{}: {}", word(&statement.file), statement.line, word(&statement.text));
    }
    if statements.is_empty() && !policies.is_empty() {
        let _ = writeln!(text, "      {}", word(&policies.join(", ")));
    }
}

/// The most characters of one set of pods.
const LONG: usize = 400;

/// A list of very many names is not read to its end.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONG) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}
