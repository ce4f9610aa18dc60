//! What stands at the cursor, and what its statement becomes.

use super::{describe, preview};
use crate::snapshot::{At, Snapshot};
use std::fmt::Write as _;
use xks_core::diagnostics::suggest::counted;
use xks_core::escape;
use xks_core::names::uses::{Kind, Role};
use xks_core::source::Span;
use xks_core::syntax::ast::{Body, Peer, Statement};
use xks_core::syntax::reference::{self, Entry};
use xks_core::syntax::structure::{self, WordKind};

/// The most lines of YAML that a hover shows; the preview shows all.
const MOST_LINES: usize = 60;

/// What is said of some words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// The words.
    pub span: Span,
    /// What is said, in Markdown.
    pub markdown: String,
}

/// The answer at a place.
pub fn hover(snapshot: &Snapshot, at: At) -> Option<Hover> {
    let statement = snapshot.statement(at);
    let name = snapshot.index().at(at.file, at.offset);
    // `*/web` is the app of no one tenant.
    if name.as_ref().is_none_or(|name| name.symbol.kind == Kind::App && name.symbol.tenant.is_none())
        && let Some((peer, value)) = statement.and_then(|statement| selected(snapshot, statement, at))
    {
        return Some(answer(value, peer));
    }
    if let Some(name) = name {
        let mut value = describe::symbol(snapshot, &name.symbol);
        for other in &name.others {
            let _ = write!(value, "\n\n{}", describe::symbol(snapshot, other));
        }
        let declares = name.role == Role::Declaration && !matches!(name.symbol.kind, Kind::Port | Kind::ServicePort);
        if let Some(statement) = statement.filter(|_| declares || name.symbol.kind == Kind::Host) {
            value += &becomes(snapshot, statement);
        }
        return Some(answer(value, name.span));
    }
    let source = snapshot.source(at.file);
    let offset = at.offset as usize;
    let all = structure::words(&source.text);
    let mut touching = all.iter().filter(|word| word.range.start <= offset && offset <= word.range.end);
    let word = touching.next_back()?;
    let text = &source.text[word.range.clone()];
    let span = Span::new(at.file, word.range.start, word.range.end);
    let value = match word.kind {
        WordKind::Comment => return None,
        WordKind::Keyword => {
            let entry = keyword(statement, text)?;
            let mut value = describe::entry(&entry);
            if let Some(statement) = statement.filter(|statement| statement.span.start == span.start) {
                value += &becomes(snapshot, statement);
            }
            value
        }
        WordKind::Key if statement.is_some_and(|statement| matches!(statement.body, Body::Platform(_))) => {
            describe::entry(&reference::fact(text)?)
        }
        WordKind::Operator if text == "->" => format!(
            "{}{}",
            describe::entry(&reference::statement(statement?.body.keyword().word())?),
            becomes(snapshot, statement?)
        ),
        WordKind::Text if text.contains("${") => {
            let mut value = describe::expanded(snapshot, text.trim_matches('"'));
            if let Some(statement) = statement {
                value += &becomes(snapshot, statement);
            }
            value
        }
        WordKind::Choice | WordKind::Operator | WordKind::Number | WordKind::Text | WordKind::Key | WordKind::Name => {
            return None;
        }
    };
    (!value.is_empty()).then(|| answer(value, span))
}

/// What a peer that is no single name selects, and its words without the ports.
fn selected(snapshot: &Snapshot, statement: &Statement, at: At) -> Option<(Span, String)> {
    let peers = statement.body.peers().into_iter();
    let words = |peer: &Peer| match &peer.ports {
        Some(ports) => Span { end: ports.span.start.saturating_sub(1), ..peer.span },
        None => {
            let words = snapshot.sources.text(peer.span).trim_end();
            Span { end: peer.span.start + words.len() as u32, ..peer.span }
        }
    };
    let (peer, span) =
        peers.map(|peer| (peer, words(peer))).find(|(_, span)| span.start <= at.offset && at.offset <= span.end)?;
    Some((span, describe::peer(snapshot, snapshot.index().tenant_of(at.file), &peer.kind)?))
}

fn answer(value: String, span: Span) -> Hover {
    Hover { span, markdown: value.trim().to_string() }
}

/// What the reference says of a keyword: of a statement, of a clause of it, or of a word between its parts.
fn keyword(statement: Option<&Statement>, word: &str) -> Option<Entry> {
    let around = statement.map_or("", |statement| statement.body.keyword().word());
    match word {
        "at" | "to" | "except" | "not" => reference::statement(around),
        _ if word == around || around.is_empty() => reference::statement(word),
        "ingress" | "dns" => reference::peer(word),
        _ => reference::clause(around, word),
    }
}

/// The objects that a statement becomes, with why it is there and until when.
fn becomes(snapshot: &Snapshot, statement: &Statement) -> String {
    let mut out = String::new();
    if let Some(because) = &statement.tags.because {
        let _ = write!(out, "\n\n*because {}*", escape::markdown(&because.value));
    }
    if let Some(until) = &statement.tags.until {
        let _ = write!(out, "\n\nuntil {}", until.value);
    }
    let mut objects = preview::objects(snapshot, statement.span.file, Some(statement.span));
    if matches!(statement.body, Body::Expose(_)) {
        // What it is about comes first.
        objects.sort_by_key(|object| object.kind != "Ingress");
    }
    if objects.is_empty() {
        return out;
    }
    let _ = write!(out, "\n\n---\n\n```yaml\n");
    let (mut lines, mut shown) = (0, 0);
    for object in &objects {
        let count = object.text.lines().count();
        if shown > 0 && lines + count > MOST_LINES {
            break;
        }
        let _ = writeln!(out, "# {}", object.path);
        let text = object.text.strip_prefix("---\n").unwrap_or(&object.text);
        for line in text.lines().take(MOST_LINES) {
            let _ = writeln!(out, "{line}");
        }
        lines += count;
        shown += 1;
    }
    out.push_str("```");
    let more = objects.len() - shown;
    if more > 0 {
        let _ = write!(out, "\n\n… and {}", counted(more, "more object"));
    }
    out
}
