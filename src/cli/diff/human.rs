//! A change as people read it in a terminal.

use super::{Review, party, rests_on, value};
use crate::cli::terminal::Paint;
use std::fmt::Write as _;
use xks_core::change::{Cause, Change, Effect, Field, Risk, Row, Which};
use xks_core::escape;

/// How many connections of a row, and fields of an object, are listed.
const A_FEW: usize = 8;

pub(super) fn write(review: &Review<'_>, color: bool) -> String {
    let paint = Paint(color);
    let mut text = format!("{}\n", paint.bold(&review.headline()));
    for (env, new) in &review.uncompared {
        let side = if *new { "new" } else { "gone" };
        let all = if *new { "all that it permits comes" } else { "all that it permits goes" };
        let _ = writeln!(text, "the environment `{env}` is {side}: {all}");
    }
    for (envs, change) in &review.changes {
        if change.rows.is_empty() && change.objects.is_empty() {
            continue;
        }
        if !envs.is_empty() {
            let _ = writeln!(text, "\n{}", paint.bold(&format!("in {}", envs.join(", "))));
        }
        for row in &change.rows {
            self::row(review, row, paint, &mut text);
        }
        objects(change, paint, &mut text);
    }
    let mut words: Vec<String> = review.tripped().map(|(gate, _)| gate.word()).collect();
    words.sort();
    words.dedup();
    if !words.is_empty() {
        let _ = writeln!(text, "\n{} stopped by `--fail-on {}`", paint.red("error:"), words.join(","));
        let _ = writeln!(text, "    {}", review.counts(review.tripped().map(|(_, row)| row)));
        for (approval, count) in review.approvals() {
            let rows = if count == 1 { "row" } else { "rows" };
            let _ = writeln!(text, "    {count} {rows} to be approved by {}", party(&approval));
        }
    }
    text
}

fn row(review: &Review<'_>, row: &Row, paint: Paint, text: &mut String) {
    let word = format!("{:<11}", row.effect.word());
    let word = match row.effect {
        Effect::Opens | Effect::Weakens => paint.red(&word),
        Effect::Closes | Effect::Strengthens => paint.green(&word),
        Effect::Notes => paint.yellow(&word),
    };
    let _ = writeln!(
        text,
        "\n{word} {} {}",
        paint.bold(&escape::word(&row.title)),
        paint.cyan(&format!("[{}]", row.class.word()))
    );
    for connection in row.connections.iter().take(A_FEW) {
        let _ = writeln!(text, "    {}", escape::word(connection));
    }
    if row.connections.len() > A_FEW {
        let _ = writeln!(text, "    and {} more", row.connections.len() - A_FEW);
    }
    if let Some(note) = &row.note {
        let _ = writeln!(text, "    note: {}", escape::word(note));
    }
    for cause in row.causes.iter().take(A_FEW) {
        self::cause(review, cause, paint, text);
    }
    if row.causes.len() > A_FEW {
        let _ = writeln!(text, "    and {} more statements", row.causes.len() - A_FEW);
    }
    if let Some(words) = rests_on(row) {
        let _ = writeln!(text, "    {}", escape::word(&words));
    }
    if row.risk == Risk::Granted {
        let _ = writeln!(text, "    granted by a fact of the platform");
    }
}

fn cause(review: &Review<'_>, cause: &Cause, paint: Paint, text: &mut String) {
    let gone = if cause.side == Which::Old { "was: " } else { "" };
    let _ =
        writeln!(text, "    {}  {gone}{}", paint.cyan(&escape::word(&review.place(cause))), escape::word(&cause.text));
    match (&cause.because, cause.text.contains("because")) {
        // It stands in the text already.
        (_, true) | (None, _) => {}
        (Some(because), false) => {
            let _ = writeln!(text, "        because {}", escape::word(because));
        }
    }
    for consent in &cause.consents {
        let place = format!("{}:{}", review.path(cause.side, &consent.path), consent.line);
        let _ = writeln!(
            text,
            "        consent of {}: {}  {}",
            consent.tenant,
            paint.cyan(&escape::word(&place)),
            escape::word(&consent.text)
        );
    }
}

fn objects(change: &Change, paint: Paint, text: &mut String) {
    if change.objects.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", paint.bold(&super::counted(change)));
    for object in &change.objects {
        let title = object.title();
        let title = escape::word(&title);
        match (&object.old, &object.new) {
            (None, _) => {
                let _ = writeln!(text, "  {}", paint.green(&format!("+ {title}")));
            }
            (_, None) => {
                let _ = writeln!(text, "  {}", paint.red(&format!("- {title}")));
            }
            _ => {
                for field in object.fields.iter().take(A_FEW) {
                    let _ = writeln!(text, "  {} {title}  {}", paint.yellow("~"), escape::word(&self::field(field)));
                }
                if object.fields.len() > A_FEW {
                    let _ = writeln!(text, "    and {} more fields", object.fields.len() - A_FEW);
                }
            }
        }
    }
}

/// `spec.egress[0].ports[0].port: 80 -> 443`
pub(in crate::cli) fn field(field: &Field) -> String {
    match (&field.old, &field.new) {
        (Some(old), Some(new)) => format!("{}: {} -> {}", field.path, value(old), value(new)),
        (None, Some(new)) => format!("{}: + {}", field.path, value(new)),
        (Some(old), None) => format!("{}: - {}", field.path, value(old)),
        (None, None) => field.path.clone(),
    }
}
