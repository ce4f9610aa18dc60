//! A verification as people read it.

use super::Verification;
use crate::cli::codes::FOREIGN_FILE;
use crate::cli::diff::field;
use crate::cli::terminal::Paint;
use std::fmt::Write as _;
use xks_core::change::Verdict;
use xks_core::change::verify::{Drift, Effect, State};
use xks_core::diagnostics::suggest::counted;
use xks_core::escape;

/// How many fields of an object are listed.
const MOST_FIELDS: usize = 8;

/// How many objects are listed; the rest is counted.
const MOST_OBJECTS: usize = 100;

pub(super) fn write(verification: &Verification, paint: Paint) -> String {
    let folder = verification.prefix.trim_end_matches('/');
    let drifts: Vec<&Drift> = verification.parts.iter().flat_map(|(_, part)| &part.objects).collect();
    let total = counted(verification.total, "object");
    let mut text = String::new();
    match verification.is_equal() {
        true => {
            let _ = writeln!(text, "{}  {folder} is what the sources say ({total})", paint.green("EQUAL"));
        }
        false => {
            let states = [State::Edited, State::Stale, State::Different, State::Missing, State::Foreign];
            let count = |state: State| drifts.iter().filter(|drift| drift.state == state).count();
            let counts: Vec<String> = states
                .into_iter()
                .filter(|state| count(*state) > 0)
                .map(|state| format!("{} {}", count(state), state.word()))
                .chain(
                    (!verification.unreadable.is_empty())
                        .then(|| format!("{} unreadable", verification.unreadable.len())),
                )
                .chain(
                    (!verification.foreign.is_empty())
                        .then(|| counted(verification.foreign.len(), "file") + " of nobody's"),
                )
                .collect();
            let reach = match verification.verdict() {
                Verdict::Equal => "the same connections are permitted".to_string(),
                verdict => format!("what is permitted is {}", verdict.word()),
            };
            let counts = counts.join(", ");
            let _ =
                writeln!(text, "{}  {folder}: {counts} (the sources make {total}); {reach}", paint.red("DIFFERENT"));
        }
    }
    for why in &verification.unreadable {
        let _ = writeln!(text, "\n{}  {}", paint.red("unreadable"), escape::word(why));
    }
    for path in verification.foreign.iter().take(MOST_OBJECTS) {
        let head = paint.yellow(&format!("foreign[{}]", FOREIGN_FILE.name));
        let _ = writeln!(text, "\n{head}  {}{}", verification.prefix, escape::word(path));
        let _ = writeln!(text, "    no build puts it there: move it out of {folder}, or remove it");
    }
    if verification.foreign.len() > MOST_OBJECTS {
        let _ = writeln!(text, "\nand {} more of nobody's", counted(verification.foreign.len() - MOST_OBJECTS, "file"));
    }
    for drift in drifts.iter().take(MOST_OBJECTS) {
        self::drift(&mut text, verification, drift, paint);
    }
    if drifts.len() > MOST_OBJECTS {
        let _ = writeln!(text, "\nand {} more", counted(drifts.len() - MOST_OBJECTS, "object"));
    }
    for path in verification.parts.iter().flat_map(|(_, part)| &part.moved) {
        let file = format!("{}{}", verification.prefix, escape::word(path));
        let _ = writeln!(text, "\n{}  {file}: the bytes differ, nothing else", paint.yellow("moved"));
    }
    text
}

fn drift(text: &mut String, verification: &Verification, drift: &Drift, paint: Paint) {
    let object = &drift.object;
    let word = format!("{:<9}", drift.state.word());
    let word = if drift.state == State::Foreign { paint.yellow(&word) } else { paint.red(&word) };
    let file = paint.cyan(&escape::word(&format!("{}{}", verification.prefix, object.path)));
    let _ = writeln!(text, "\n{word}  {}  {file}", paint.bold(&escape::word(&object.title())));
    for line in why(drift) {
        let _ = writeln!(text, "    {}", escape::word(&line));
    }
    for changed in object.fields.iter().take(MOST_FIELDS) {
        let _ = writeln!(text, "    {}", escape::word(&field(changed)));
    }
    if object.fields.len() > MOST_FIELDS {
        let _ = writeln!(text, "    and {} more", counted(object.fields.len() - MOST_FIELDS, "field"));
    }
    effect(text, &drift.effect, paint);
}

/// What the statements have to do with it.
fn why(drift: &Drift) -> Vec<String> {
    let object = &drift.object;
    match (drift.state, &object.old_comment, &object.new_comment) {
        (State::Stale, Some(says), Some(written)) => {
            vec![format!("written for: {written}"), format!("now it says: {says}")]
        }
        (State::Stale, None, Some(written)) => {
            vec![format!("written for: {written}"), "no statement makes it now".to_string()]
        }
        (State::Stale, _, None) => vec!["xks wrote it, and no statement makes it now".to_string()],
        (State::Foreign, ..) => vec!["xks did not write it, and no statement makes it".to_string()],
        (_, Some(says), _) => vec![format!("the sources say: {says}")],
        _ => Vec::new(),
    }
}

fn effect(text: &mut String, effect: &Effect, paint: Paint) {
    for (word, lines) in [(paint.red("opens"), &effect.opens), (paint.green("closes"), &effect.closes)] {
        for line in lines {
            let _ = writeln!(text, "    {word} {}", escape::word(line));
        }
    }
    match (&effect.in_vain, effect.verdict()) {
        (Some(connection), _) => {
            let _ = writeln!(
                text,
                "    it says something else about {connection}, which other policies decide all the same"
            );
        }
        (None, Verdict::Equal) => text.push_str("    who reaches whom stays the same\n"),
        _ => {}
    }
}
