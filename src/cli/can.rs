//! `xks can`: may this reach that, and why.

use super::asking::{Asking, Format, ask};
use super::failure::{Exit, Failure};
use super::report::pretty;
use super::terminal::{Paint, Terminal};
use serde::Serialize;
use std::fmt::Write as _;
use xks_core::escape;
use xks_core::questions::can::{Answer, Change, Part, Verdict, can};
use xks_core::questions::{PolicySays, Side, Statement, Witness, question};

/// The arguments of `xks can`.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 when all of it is allowed, 1 when some of it is denied or depends on the network \
                        plugin, 2 when there is no answer."
)]
pub(super) struct Args {
    /// The question: 'PEER -> PEER[:PORTS]' as in a rule, or 'internet -> HOST[/PATH]'
    question: String,
    #[command(flatten)]
    asking: Asking,
}

/// The version of the JSON format. It grows when something that was there changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    question: &'a str,
    #[serde(flatten)]
    answer: &'a Answer,
}

/// Answers.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    // An exit status of 1 is an answer, so no other end has it.
    ask(&args.asking, &args.question, terminal, Exit::Usage, |asked| {
        let question = question(asked.subject, asked.tenant, asked.file, &args.question)?;
        let answer = can(asked.subject, &question);
        let text = match args.asking.format {
            Format::Human => human(&args.question, &answer, Paint(terminal.color_out)),
            Format::Json => pretty(&Document { version: VERSION, question: &args.question, answer: &answer }),
        };
        terminal.say(&text)?;
        Ok(if answer.verdict == Verdict::Allowed { Exit::Fine } else { Exit::Findings })
    })
}

/// How many parts are listed of each kind.
const MOST_PARTS: usize = 10;

fn human(question: &str, answer: &Answer, paint: Paint) -> String {
    let verdict = match answer.verdict {
        Verdict::Allowed => paint.green("ALLOWED"),
        Verdict::Denied => paint.red("DENIED"),
        Verdict::Depends => paint.yellow("DEPENDS ON THE CNI"),
    };
    let mut text = format!("{verdict}  {}\n", paint.bold(&escape::word(question.trim())));
    for note in &answer.notes {
        let _ = writeln!(text, "  note: {}", escape::word(note));
    }
    let kinds = [("open", &answer.open), ("depends", &answer.doubtful), ("closed", &answer.closed)];
    let several = kinds.iter().map(|(_, parts)| parts.len()).sum::<usize>() > 1;
    for (word, parts) in kinds.iter().filter(|(_, parts)| several && !parts.is_empty()) {
        list(&mut text, word, parts);
    }
    if let Some(witness) = &answer.witness {
        text.push('\n');
        explain(&mut text, witness, several, paint);
    }
    if !answer.edits.is_empty() {
        let _ = writeln!(text, "\n{}", paint.bold("to allow it"));
    }
    for Change { tenant, path, statement, .. } in &answer.edits {
        let _ = writeln!(text, "  in {}, of tenant {tenant}: {}", escape::word(path), escape::word(statement));
    }
    text
}

fn list(text: &mut String, word: &str, parts: &[Part]) {
    for part in parts.iter().take(MOST_PARTS) {
        let _ =
            writeln!(text, "  {word:<8} {} -> {} on {}", escape::word(&part.from), escape::word(&part.to), part.ports);
    }
    if parts.len() > MOST_PARTS {
        let _ = writeln!(text, "  {word:<8} and {} more", parts.len() - MOST_PARTS);
    }
}

fn explain(text: &mut String, witness: &Witness, several: bool, paint: Paint) {
    let lead = if several { "for example " } else { "" };
    let _ = writeln!(text, "{lead}{}", escape::word(&witness.connection));
    let (mut egress, mut ingress) = ("egress ", "ingress");
    if let Some(through) = &witness.through {
        let _ = writeln!(
            text,
            "  {} the {} controller, for {}: Ingress {}/{} ({}), Service {}",
            paint.bold("through"),
            through.access,
            through.host,
            through.namespace,
            through.ingress,
            escape::word(&through.place),
            through.service
        );
        statements(text, &through.statements);
        (egress, ingress) = ("from the controller", "to the pods");
    }
    for (word, half) in [(egress, &witness.egress), (ingress, &witness.ingress)] {
        side(text, word, half, paint);
    }
    for reason in &witness.depends_on {
        let _ = writeln!(text, "  {} {}", paint.yellow("depends"), escape::word(reason));
    }
}

fn side(text: &mut String, word: &str, side: &Side, paint: Paint) {
    let verdict = match (side.open, side.verdict) {
        (true, verdict) => paint.green(verdict),
        (false, "closed") => paint.red("closed"),
        (false, verdict) => paint.yellow(verdict),
    };
    let _ = writeln!(text, "  {} {verdict}", paint.bold(word));
    for policy in &side.policies {
        let PolicySays { namespace, name, place, says, statements: half } = policy;
        let _ = writeln!(text, "    NetworkPolicy {namespace}/{name} ({})", escape::word(place));
        for rule in says {
            let _ = writeln!(text, "      {}", escape::word(rule));
        }
        statements(text, half);
    }
}

fn statements(text: &mut String, statements: &[Statement]) {
    for Statement { file, line, text: words, .. } in statements {
        let _ = writeln!(text, "      {}:{line}: {}", escape::word(file), escape::word(words));
    }
}
