//! The thread between an `allow` and what permits it: the other tenant's `export`, or its own `allow`.

use crate::snapshot::{At, Snapshot};
use xks_core::source::Span;
use xks_core::syntax::ast::{Body, Statement};

/// What permits the `allow` whose keyword or arrow is at a place; nothing if another word is.
pub(crate) fn permits(snapshot: &Snapshot, at: At) -> Vec<Span> {
    let Some((statement, word)) = word_of_language(snapshot, at) else { return Vec::new() };
    match &statement.body {
        Body::Allow(_) if matches!(word, "allow" | "->") => {
            let flows = snapshot.flows().filter(|flow| flow.origin == statement.span);
            sorted(flows.flat_map(|flow| flow.consents.iter().copied()).collect())
        }
        _ => Vec::new(),
    }
}

/// The `allow` statements that need the consent whose keyword is at a place.
pub(crate) fn permitted(snapshot: &Snapshot, at: At) -> Vec<Span> {
    let Some((statement, word)) = word_of_language(snapshot, at) else { return Vec::new() };
    match &statement.body {
        Body::Export(_) | Body::Allow(_) if matches!(word, "export" | "allow" | "->" | "to") => {
            let within = |span: &&Span| {
                span.file == statement.span.file && statement.span.start <= span.start && span.end <= statement.span.end
            };
            let flows = snapshot.flows().filter(|flow| flow.consents.iter().any(|span| within(&span)));
            sorted(flows.map(|flow| flow.origin).collect())
        }
        _ => Vec::new(),
    }
}

fn sorted(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    spans.dedup();
    spans
}

/// The word at a place and its statement, if the word is none of the user's names.
fn word_of_language(snapshot: &Snapshot, at: At) -> Option<(&Statement, &str)> {
    if snapshot.index().at(at.file, at.offset).is_some() {
        return None;
    }
    let statement = snapshot.statement(at)?;
    let text = &snapshot.source(at.file).text;
    let blank = |c: char| c.is_whitespace() || matches!(c, ';' | '{' | '}' | ',');
    let (before, after) = (text.get(..at.offset as usize)?, text.get(at.offset as usize..)?);
    let start = before.rfind(blank).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let end = at.offset as usize + after.find(blank).unwrap_or(after.len());
    Some((statement, &text[start..end]))
}
