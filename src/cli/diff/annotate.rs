//! A change for the pages of build servers: a finding for each row.

use super::{Review, party, rests_on};
use crate::cli::report::{self, sarif as sarif_log};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use xks_core::change::{Cause, Effect, Risk, Row, Which};
use xks_core::escape::{azure_data, azure_property, github_data, github_property, lines, word};

/// How grave a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// A gate stops it.
    Error,
    /// Something opens, or a protection goes.
    Warning,
    Note,
}

fn level(review: &Review<'_>, row: &Row) -> Level {
    match row.effect {
        _ if review.stops(row) => Level::Error,
        Effect::Opens | Effect::Weakens => Level::Warning,
        Effect::Closes | Effect::Notes | Effect::Strengthens => Level::Note,
    }
}

/// The rows, each with the environments in which it stands.
fn rows<'r>(review: &'r Review<'_>) -> impl Iterator<Item = (&'r Vec<String>, &'r Row)> {
    review.changes.iter().flat_map(|(envs, change)| change.rows.iter().map(move |row| (envs, row)))
}

/// `opens-internet`
fn code(row: &Row) -> String {
    format!("{}-{}", row.effect.word(), row.class.word())
}

/// What a row says, on as many lines as it takes.
fn message(review: &Review<'_>, envs: &[String], row: &Row) -> String {
    let mut text = row.title.clone();
    if !envs.is_empty() {
        let _ = write!(text, " (in {})", envs.join(", "));
    }
    for connection in &row.connections {
        let _ = write!(text, "\n{connection}");
    }
    if let Some(note) = &row.note {
        let _ = write!(text, "\nnote: {note}");
    }
    for cause in &row.causes {
        let _ = write!(text, "\n{}: {}", review.place(cause), cause.text);
        for consent in &cause.consents {
            let path = review.path(cause.side, &consent.path);
            let _ = write!(text, "\nconsent of {}: {path}:{}: {}", consent.tenant, consent.line, consent.text);
        }
    }
    if let Some(words) = rests_on(row) {
        let _ = write!(text, "\n{words}");
    }
    if row.risk == Risk::Granted {
        text.push_str("\ngranted by a fact of the platform");
    }
    text
}

/// The verdict; where a gate stops rows, how many of which class, and who approves them. Build servers show the first few
/// findings of a step only, so this comes before them.
fn headline(review: &Review<'_>) -> String {
    let mut text = review.headline();
    let stopped = review.counts(review.tripped().map(|(_, row)| row));
    if !stopped.is_empty() {
        let parties: Vec<String> = review.approvals().iter().map(|(approval, _)| party(approval)).collect();
        let _ = write!(text, "; {stopped}; to be approved by {}", parties.join(" and "));
    }
    text
}

/// The first cause that lies where a reader of the report can open it.
fn shown<'r>(review: &Review<'_>, row: &'r Row) -> Option<&'r Cause> {
    row.causes.iter().find(|cause| cause.side == Which::New && !review.new.is_revision)
}

/// Commands of GitHub Actions.
pub(super) fn github(review: &Review<'_>) -> String {
    let mut text = format!("::notice title=xks diff::{}\n", github_data(&headline(review)));
    for (envs, row) in rows(review) {
        let command = match level(review, row) {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let place = shown(review, row).map_or(String::new(), |cause| {
            let file = github_property(&review.path(cause.side, &cause.path));
            let line = cause.line.map_or(String::new(), |line| format!("line={line},"));
            format!("file={file},{line}")
        });
        let message = github_data(&message(review, envs, row));
        let _ = writeln!(text, "::{command} {place}title=xks diff {}::{message}", code(row));
    }
    text
}

/// Commands of Azure Pipelines. There are no issues below a warning, so a note is a plain line.
pub(super) fn azure(review: &Review<'_>) -> String {
    let mut text = format!("{}\n", word(&headline(review)));
    for (envs, row) in rows(review) {
        let message = message(review, envs, row);
        let kind = match level(review, row) {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => {
                let _ = writeln!(text, "note[{}]: {}", code(row), word(&message.replace('\n', " ")));
                continue;
            }
        };
        let place = shown(review, row).map_or(String::new(), |cause| {
            let file = azure_property(&review.path(cause.side, &cause.path));
            let line = cause.line.map_or(String::new(), |line| format!("linenumber={line};"));
            format!("sourcepath={file};{line}")
        });
        let message = azure_data(&message);
        let _ = writeln!(text, "##vso[task.logissue type={kind};{place}code={}]{message}", code(row));
    }
    text
}

/// A SARIF log.
pub(super) fn sarif(review: &Review<'_>) -> String {
    let mut rules: BTreeMap<String, &Row> = BTreeMap::new();
    for (_, row) in rows(review) {
        rules.entry(code(row)).or_insert(row);
    }
    let index: Vec<&String> = rules.keys().collect();
    let results: Vec<Value> = rows(review)
        .map(|(envs, row)| {
            let level = match level(review, row) {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "note",
            };
            let code = code(row);
            let mut result = json!({
                "ruleId": code,
                "ruleIndex": index.iter().position(|known| **known == code),
                "level": level,
                "message": { "text": lines(&message(review, envs, row)) },
            });
            if let Some(cause) = shown(review, row) {
                let uri = sarif_log::uri(&review.path(cause.side, &cause.path));
                let mut place = json!({ "artifactLocation": { "uri": uri } });
                if let Some(line) = cause.line {
                    place["region"] = json!({ "startLine": line });
                }
                result["locations"] = json!([{ "physicalLocation": place }]);
            }
            result
        })
        .collect();
    let rules: Vec<Value> = rules
        .iter()
        .map(|(code, row)| {
            let text = format!("a change {} {}", row.effect.word(), row.class.word());
            json!({ "id": code, "shortDescription": { "text": text } })
        })
        .collect();
    report::pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "xks", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "properties": { "verdict": review.verdict.word() },
            "results": results,
        }],
    }))
}
