//! An `allow` that opens what is open already.

use super::{Facts, Part};
use crate::check::allow::{Rule, Said};
use crate::diagnostics::{Diagnostic, codes};
use crate::model::{End, Pods, ports_cover};
use crate::names::resolve::Owner;
use rustc_hash::FxHashMap;

codes! {
    REDUNDANT_ALLOW = "redundant-allow", Warn (lint), "an `allow` that another statement already covers";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for (scope, Part { said, .. }) in facts.scopes().iter().zip(facts.parts()) {
        let own = Owner::Tenant(scope.id);
        let mut by_source: FxHashMap<&End, Vec<&Rule>> = FxHashMap::default();
        for rule in &said.rules {
            if !scope.isolated && rule.from.owner == own && rule.to.owner == own {
                let diagnostic =
                    Diagnostic::new(&REDUNDANT_ALLOW, rule.to.span, "traffic inside a tenant is open already")
                        .help(format!("remove the rule, or close the tenant: `tenant {} isolated`", scope.name));
                out.push(if scope.stated {
                    diagnostic.also(scope.span, "this tenant is not `isolated`")
                } else {
                    diagnostic
                });
                continue;
            }
            by_source.entry(&rule.from.end).or_default().push(rule);
        }
        for (index, rule) in said.rules.iter().enumerate() {
            let same = by_source.get(&rule.from.end).into_iter().flatten();
            let everyone =
                end_of_all(&rule.from.end).and_then(|all| by_source.get(&all).map(Vec::as_slice)).unwrap_or_default();
            let wider = same.chain(everyone).find(|other| {
                !std::ptr::eq(**other, rule)
                    && covers(other, rule)
                    && !(covers(rule, other) && later(said, other, index))
            });
            if let Some(wider) = wider {
                let diagnostic = Diagnostic::new(&REDUNDANT_ALLOW, rule.to.span, "another rule opens this already")
                    .also(wider.to.span, "this one")
                    .help("remove this one");
                out.push(diagnostic);
            }
        }
    }
}

/// Of two equal rules the second is the redundant one.
fn later(said: &Said, other: &Rule, index: usize) -> bool {
    said.rules[..index].iter().all(|rule| !std::ptr::eq(rule, other))
}

fn covers(wide: &Rule, narrow: &Rule) -> bool {
    let pods = |wide: &End, narrow: &End| match (wide, narrow) {
        (End::Pods(there, wide), End::Pods(here, narrow)) => there == here && wide.cover(narrow),
        (End::Ingress(None), End::Ingress(_)) => true,
        (End::Blocks(_, wide), End::Blocks(_, narrow)) => narrow.iter().all(|block| {
            wide.iter().any(|other| {
                other.cidr.contains(&block.cidr)
                    && other.except.iter().all(|hole| {
                        block.except.iter().any(|own| own.contains(hole))
                            || !crate::values::address::overlap(hole, &block.cidr)
                    })
            })
        }),
        (wide, narrow) => wide == narrow,
    };
    pods(&wide.from.end, &narrow.from.end)
        && pods(&wide.to.end, &narrow.to.end)
        && ports_cover(&wide.to.ports, &narrow.to.ports)
}

fn end_of_all(end: &End) -> Option<End> {
    match end {
        End::Pods(namespaces, pods) if !pods.requirements.is_empty() => {
            Some(End::Pods(namespaces.clone(), Pods::all()))
        }
        _ => None,
    }
}
