//! Code actions: the fixes of findings, rewritings of a statement, and what concerns the whole file.

mod annotation;
mod levels;
mod offer;
mod sort;
mod tls;

use crate::edits::in_place;
use crate::snapshot::{At, Snapshot};
use offer::{Offer, touches};
use xks_core::diagnostics::{Diagnostic, Edit, Fix, Safety, safe_edits};
use xks_core::source::Span;
use xks_core::syntax::ast::Statement;

/// What an action is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It mends a finding.
    QuickFix,
    /// It says the same, or something else, in other words.
    Rewrite,
    /// It applies every fix that is safe to the whole file.
    FixAll,
    /// It sorts the statements of the file, which no editor does unasked.
    Sort,
}

/// A change that is offered.
#[derive(Clone, Debug)]
pub struct Action<'s> {
    /// What it does, as a command.
    pub title: String,
    /// What it is for.
    pub kind: Kind,
    /// The finding that it mends.
    pub mends: Option<&'s Diagnostic>,
    /// Whether it is the one to take, of several that mend a finding.
    pub preferred: bool,
    /// The changes.
    pub edits: Vec<Edit>,
}

/// What can be done about some words, of the kinds that are wanted.
pub fn code_actions(snapshot: &Snapshot, span: Span, wants: impl Fn(Kind) -> bool) -> Vec<Action<'_>> {
    let mut actions: Vec<Action<'_>> = Vec::new();
    let found = || snapshot.findings(span.file).filter(|found| touches(found.primary.span, span));
    if wants(Kind::QuickFix) {
        for found in found() {
            actions.extend(fixes(snapshot, found));
        }
        for found in found() {
            actions.extend(
                levels::offer(snapshot, found)
                    .map(|offer| Action { mends: Some(found), ..action(snapshot, Kind::QuickFix, offer) }),
            );
        }
    }
    if wants(Kind::Rewrite)
        && let Some(statement) = snapshot.statement(At { file: span.file, offset: span.start })
    {
        let mut offers = rewritings(snapshot, statement, span);
        offers.retain(|offer| actions.iter().all(|action| action.title != offer.title));
        actions.extend(offers.into_iter().map(|offer| action(snapshot, Kind::Rewrite, offer)));
    }
    if wants(Kind::FixAll) {
        let edits = safe_edits(snapshot.findings(span.file));
        if !edits.is_empty() {
            let offer = Offer { title: "Apply every fix that is safe".to_string(), edits };
            actions.push(action(snapshot, Kind::FixAll, offer));
        }
    }
    if wants(Kind::Sort) {
        actions.extend(sort::offer(snapshot, span.file).map(|offer| action(snapshot, Kind::Sort, offer)));
    }
    actions
}

fn fixes<'s>(snapshot: &Snapshot, found: &'s Diagnostic) -> Vec<Action<'s>> {
    let best = found.fixes.iter().position(|fix| fix.safety == Safety::Safe);
    let one = |(at, fix): (usize, &Fix)| {
        let offer = Offer { title: upper_first(&fix.title), edits: fix.edits.clone() };
        Action { mends: Some(found), preferred: best == Some(at), ..action(snapshot, Kind::QuickFix, offer) }
    };
    found.fixes.iter().enumerate().map(one).collect()
}

fn rewritings(snapshot: &Snapshot, statement: &Statement, span: Span) -> Vec<Offer> {
    let mut offers = annotation::offers(snapshot, statement, span);
    offers.extend(tls::offers(snapshot, statement));
    offers
}

fn action<'s>(snapshot: &Snapshot, kind: Kind, offer: Offer) -> Action<'s> {
    Action { title: offer.title, kind, mends: None, preferred: false, edits: in_place(snapshot, offer.edits) }
}

/// Fixes are titled as they are within a sentence; actions stand alone.
fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
