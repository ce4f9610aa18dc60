//! From `nginx KEY VALUE` to the clause that says the same.

use super::offer::{Offer, touches};
use crate::snapshot::Snapshot;
use xks_core::diagnostics::Edit;
use xks_core::edge::nginx;
use xks_core::names::write;
use xks_core::source::Span;
use xks_core::syntax::ast::{Annotation, Body, Statement};
use xks_core::syntax::print;

/// An offer for each such annotation that the cursor is in.
pub(super) fn offers(snapshot: &Snapshot, statement: &Statement, span: Span) -> Vec<Offer> {
    let Body::Expose(expose) = &statement.body else { return Vec::new() };
    let text = &snapshot.source(statement.span.file).text;
    let one = |annotation: &Annotation| {
        let before = text.get(..annotation.key.span.start as usize)?.trim_end();
        let keyword = before.strip_suffix("nginx")?.len() as u32;
        let words = Span { start: keyword, ..annotation.key.span.to(annotation.value.span) };
        let clause = clause(statement, annotation).filter(|_| touches(words, span))?;
        let title = format!("Write the clause `{clause}`");
        Some(Offer { title, edits: vec![Edit { span: words, text: clause }] })
    };
    expose.annotations.iter().filter_map(one).collect()
}

/// The clause that sets the annotation to the value, unless the statement has that clause already.
fn clause(statement: &Statement, annotation: &Annotation) -> Option<String> {
    let behavior = nginx::read_own(vec![(annotation.key.value.clone(), annotation.value.value.clone())]);
    let [clause] = <[String; 1]>::try_from(write::clauses(&behavior)?).ok()?;
    let keyword = |clause: &str| clause.split(' ').next().unwrap_or_default().to_string();
    let is_taken = print::clauses(statement).iter().any(|own| keyword(own) == keyword(&clause));
    (!is_taken).then_some(clause)
}
