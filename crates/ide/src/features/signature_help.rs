//! How the statement at the cursor is written, with the part that the cursor is in.

use super::describe;
use crate::snapshot::{At, Snapshot};
use std::ops::Range;
use xks_core::syntax::Wanted;
use xks_core::syntax::cursor::{self, Place, Slot};
use xks_core::syntax::reference;

/// What asks for help while a statement is typed.
pub const TRIGGERS: [&str; 2] = [" ", ">"];

/// One way to write a statement or a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The form.
    pub label: String,
    /// What it does, in Markdown.
    pub documentation: String,
    /// Its parts; `None` of a fact, whose words stand in any order.
    pub parameters: Option<Vec<Parameter>>,
    /// The part that the cursor is in.
    pub active: Option<usize>,
}

/// A part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The bytes of it in the label.
    pub label: Range<usize>,
    /// What it does, in Markdown.
    pub documentation: Option<String>,
}

/// The form of the statement: its own parts, then each clause that it takes.
pub fn signature_help(snapshot: &Snapshot, at: At) -> Option<Vec<Signature>> {
    let text = &snapshot.source(at.file).text;
    let place = snapshot.parsed[at.file.0 as usize].place(text, at.offset as usize)?;
    let fact = place.before.first().filter(|_| place.slot == Slot::FactWord).and_then(|name| reference::fact(name));
    let is_fact = fact.is_some();
    let entry = fact.or_else(|| reference::statement(place.statement))?;
    let text = describe::plain_links(&entry.text);
    let one = |form| if is_fact { of_fact(form, &text) } else { signature(form, &text, &place) };
    Some(entry.form.lines().map(one).collect())
}

/// The words of a fact stand in any order, so that none is the active one.
fn of_fact(form: &str, text: &str) -> Signature {
    Signature { label: form.to_string(), documentation: text.to_string(), parameters: None, active: None }
}

fn signature(form: &str, text: &str, place: &Place<'_>) -> Signature {
    let mut label = place.statement.to_string();
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut add = |text: &str, shown: &str, documentation: Option<String>| {
        label.push(' ');
        let start = label.len() + (shown.len() - text.len()) / 2;
        label.push_str(shown);
        parameters.push(Parameter { label: start..start + text.len(), documentation });
    };
    let head = parts(form.strip_prefix(place.statement).unwrap_or(form));
    for part in &head {
        add(part, part, None);
    }
    let clauses = cursor::clauses(place.statement);
    for clause in &clauses {
        let Some(entry) = reference::clause(place.statement, clause) else { continue };
        let line = entry.form.replace('\n', " | ");
        add(&line, &format!("[{line}]"), Some(describe::plain_links(&entry.text)));
    }
    let clause = place.before.first().and_then(|first| clauses.iter().position(|clause| clause == first));
    let active = match (clause, place.slot) {
        (Some(_), Slot::Clause | Slot::Nothing) => None,
        (Some(at), _) => Some(head.len() + at),
        (None, Slot::Clause) => None,
        (None, slot) => Some(current(&head, slot, &place.before)),
    };
    Signature { label, documentation: text.to_string(), parameters: Some(parameters), active }
}

/// The parts of a form that are no clauses: `TARGET[:PORT]`, `at HOST[/PATH], …`.
fn parts(form: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in form.split_whitespace() {
        if word.starts_with('[') {
            break;
        }
        let starts = LEADS.contains(&word) || parts.is_empty();
        match parts.last_mut().filter(|_| !starts) {
            Some(last) => *last = format!("{last} {word}"),
            None => parts.push(word.to_string()),
        }
    }
    parts
}

/// The words that start a part of a statement.
const LEADS: [&str; 4] = ["at", "to", "->", "="];

/// The part of a statement that the cursor is in.
fn current(head: &[String], slot: Slot, before: &[&str]) -> usize {
    let lead = |part: &String| part.split(' ').next().filter(|word| LEADS.contains(word)).map(str::to_string);
    let reached = |part: &String| lead(part).is_some_and(|lead| before.contains(&lead.as_str()));
    let last = head.iter().rposition(reached).unwrap_or(0);
    let wants_next = matches!(slot, Slot::Part(Wanted::At | Wanted::To | Wanted::Arrow | Wanted::Equals));
    (last + usize::from(wants_next)).min(head.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_where_clauses_start() {
        assert_eq!(parts(" TARGET[:PORT] at HOST[/PATH], … [clauses]"), ["TARGET[:PORT]", "at HOST[/PATH], …"]);
        assert_eq!(parts(" PEER, … -> PEER[:PORTS], …"), ["PEER, …", "-> PEER[:PORTS], …"]);
    }
}
