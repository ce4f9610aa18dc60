//! `never` and `expect` that come and go.

use super::cause::Provenance;
use super::{Cause, Class, Effect, Row, Which};
use xks_base::source::Span;

pub(super) fn rows(provenance: &Provenance<'_>) -> Vec<Row> {
    let causes = |which| -> Vec<(bool, Cause)> {
        let (own, other) = match which {
            Which::Old => (&provenance.old, &provenance.new),
            Which::New => (&provenance.new, &provenance.old),
        };
        let invariants = own.program().map_or(&[][..], |program| &program.workspace.invariants);
        let mut spans: Vec<(bool, Span)> = invariants.iter().map(|known| (known.never, known.origin)).collect();
        spans.sort_by_key(|(_, span)| *span);
        spans.dedup();
        let missing = spans.into_iter().filter(|(_, span)| own.lacks(*span, other));
        missing
            .flat_map(|(never, span)| own.causes(&[span], other).into_iter().map(move |cause| (never, cause)))
            .collect()
    };
    let row = |effect, title: &str, never: bool, cause: Cause| {
        let word = if never { "never" } else { "expect" };
        let class = Class::Invariants;
        let title = format!("{title} `{word}`");
        Row { effect, class, classes: vec![class], title, connections: Vec::new(), note: None, causes: vec![cause] }
    };
    let gone = causes(Which::Old).into_iter();
    let come = causes(Which::New).into_iter();
    let gone = gone.map(|(never, cause)| row(Effect::Weakens, "no more", never, cause));
    gone.chain(come.map(|(never, cause)| row(Effect::Strengthens, "new", never, cause))).collect()
}
