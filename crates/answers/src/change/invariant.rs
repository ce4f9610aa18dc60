//! `never` and `expect` that come and go, and those that cover something else in the same words.

use super::cause::{Provenance, SideProvenance};
use super::{Cause, Class, Effect, Row, Which};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_analysis::model::{End, Invariant, Namespaces};
use xks_base::source::Span;

pub(super) fn rows(provenance: &Provenance<'_>) -> Vec<Row> {
    let causes = |which| -> Vec<(bool, Cause)> {
        let (own, other) = match which {
            Which::Old => (&provenance.old, &provenance.new),
            Which::New => (&provenance.new, &provenance.old),
        };
        let mut spans: Vec<(bool, Span)> = invariants(own).iter().map(|known| (known.never, known.origin)).collect();
        spans.sort_by_key(|(_, span)| *span);
        spans.dedup();
        let missing = spans.into_iter().filter(|(_, span)| own.lacks(*span, other));
        missing
            .flat_map(|(never, span)| own.causes(&[span], other).into_iter().map(move |cause| (never, cause)))
            .collect()
    };
    let word = |never| if never { "never" } else { "expect" };
    let row = |effect, title: &str, never: bool, cause: Cause| {
        Row::new(effect, &[Class::Invariants], format!("{title} `{}`", word(never)), vec![cause])
    };
    let gone = causes(Which::Old).into_iter().map(|(never, cause)| row(Effect::Weakens, "no more", never, cause));
    let come = causes(Which::New).into_iter().map(|(never, cause)| row(Effect::Strengthens, "new", never, cause));
    let (was, is) = (covered(&provenance.old), covered(&provenance.new));
    let same_words = is.into_iter().filter_map(|(said, (never, span, covers))| {
        let (_, _, before) = was.get(&said).filter(|(_, _, before)| *before != covers)?;
        let causes = provenance.new.causes(&[span], &provenance.old);
        Some(match before.is_subset(&covers) {
            true => Row::new(
                Effect::Strengthens,
                &[Class::Invariants],
                format!("`{}` covers more in the same words", word(never)),
                causes,
            ),
            false => Row::new(
                Effect::Weakens,
                &[Class::Invariants],
                format!("`{}` covers something else in the same words", word(never)),
                causes,
            ),
        })
    });
    gone.chain(come).chain(same_words).collect()
}

fn invariants<'a>(side: &SideProvenance<'a>) -> &'a [Invariant] {
    side.program().map_or(&[][..], |program| &program.workspace.invariants)
}

/// What is said, and by whom, to what it covers.
type Covered = BTreeMap<(Option<SmolStr>, String), (bool, Span, BTreeSet<String>)>;

fn covered(side: &SideProvenance<'_>) -> Covered {
    let mut out = Covered::new();
    for invariant in invariants(side) {
        let Some(said) = side.said(invariant.origin) else { continue };
        let (_, _, covers) = out.entry(said).or_insert((invariant.never, invariant.origin, BTreeSet::new()));
        for from in &invariant.from {
            let pairs = invariant.to.iter().map(|(to, ports)| format!("{} -> {} {ports:?}", end(from), end(to)));
            covers.extend(pairs);
        }
    }
    out
}

/// An end as it is compared. All tenants are all tenants, however many there are.
fn end(end: &End) -> String {
    match end {
        End::Pods(Namespaces::Every(_), pods) => format!("every {pods:?}"),
        End::Pods(Namespaces::One(..) | Namespaces::Labelled(_), _) | End::Ingress(_) => format!("{end:?}"),
        End::Blocks(_, blocks) => format!("{blocks:?}"),
    }
}
