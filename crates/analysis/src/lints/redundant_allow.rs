//! An `allow` that opens what is open already.

use super::{Facts, Part};
use crate::check::allow::Rule;
use crate::model::{End, Namespaces, Pods, ports_cover};
use crate::names::resolve::Owner;
use ipnet::IpNet;
use rustc_hash::FxHashMap;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::source::Span;
use xks_base::values::label::Requirement;

codes! {
    REDUNDANT_ALLOW = "redundant-allow", Warn (lint), "an `allow` that another statement already covers";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for (scope, Part { declared, .. }) in facts.scopes().iter().zip(facts.parts()) {
        let own = Owner::Tenant(scope.id);
        let mut found: Vec<(&Rule, Diagnostic)> = Vec::new();
        let mut by_source: FxHashMap<&End, Wider<'_>> = FxHashMap::default();
        for (index, rule) in declared.rules.iter().enumerate() {
            if !scope.isolated && rule.from.owner == own && rule.to.owner == own {
                let diagnostic =
                    Diagnostic::new(&REDUNDANT_ALLOW, rule.to.span, "traffic inside a tenant is open already")
                        .help(format!("remove the rule, or close the tenant: `tenant {} isolated`", scope.name));
                let diagnostic = if scope.stated {
                    diagnostic.secondary(scope.span, "this tenant is not `isolated`")
                } else {
                    diagnostic
                };
                found.push((rule, diagnostic));
                continue;
            }
            by_source.entry(&rule.from.end).or_default().add(index, &rule.to.end);
        }
        for (index, rule) in declared.rules.iter().enumerate() {
            let holds = |other: &usize| {
                let wide = &declared.rules[*other];
                *other != index && covers(wide, rule) && !(covers(rule, wide) && index < *other)
            };
            let find = |wider: &Wider<'_>| wider.candidates(&rule.to.end).into_iter().find(holds);
            let same = by_source.get(&rule.from.end).and_then(find);
            let wider = same.or_else(|| by_source.get(&end_of_all(&rule.from.end)?).and_then(find));
            if let Some(wider) = wider {
                let diagnostic = Diagnostic::new(&REDUNDANT_ALLOW, rule.to.span, "another rule opens this already")
                    .secondary(declared.rules[wider].to.span, "this one")
                    .help("remove this one");
                found.push((rule, diagnostic));
            }
        }
        // A statement all of whose rules are covered can go as a whole.
        let mut left: FxHashMap<Span, usize> = FxHashMap::default();
        for rule in &declared.rules {
            *left.entry(rule.origin).or_default() += 1;
        }
        for (rule, _) in &found {
            left.entry(rule.origin).and_modify(|left| *left -= 1);
        }
        out.extend(found.into_iter().map(|(rule, diagnostic)| match left.get(&rule.origin) {
            Some(0) => diagnostic.suggestion("remove this `allow`", facts.whole_line(rule.origin), ""),
            _ => diagnostic,
        }));
    }
}

/// The rules of one source, by what one that covers another must have: so that thousands are not compared in pairs.
#[derive(Default)]
struct Wider<'r> {
    /// Of pods in some namespaces, by the first requirement, if there is any.
    pods: FxHashMap<(&'r Namespaces, Option<&'r Requirement>), Vec<usize>>,
    /// By each range.
    blocks: FxHashMap<IpNet, Vec<usize>>,
    controllers: Vec<usize>,
}

impl<'r> Wider<'r> {
    fn add(&mut self, rule: usize, to: &'r End) {
        match to {
            End::Pods(namespaces, pods) => {
                self.pods.entry((namespaces, pods.requirements.first())).or_default().push(rule);
            }
            End::Blocks(_, blocks) => {
                for block in blocks.iter() {
                    self.blocks.entry(block.cidr.trunc()).or_default().push(rule);
                }
            }
            End::Ingress(_) => self.controllers.push(rule),
        }
    }

    /// The rules that may cover one with this destination, in their order.
    fn candidates(&self, to: &End) -> Vec<usize> {
        let mut found: Vec<usize> = match to {
            End::Pods(namespaces, pods) => {
                let first = pods.requirements.iter().map(Some).chain([None]);
                first.filter_map(|first| self.pods.get(&(namespaces, first))).flatten().copied().collect()
            }
            // Whoever covers all blocks covers the first.
            End::Blocks(_, blocks) => {
                let ranges = blocks.first().into_iter().flat_map(|block| {
                    let (address, length) = (block.cidr.addr(), block.cidr.prefix_len());
                    (0..=length).filter_map(move |length| Some(IpNet::new(address, length).ok()?.trunc()))
                });
                ranges.filter_map(|range| self.blocks.get(&range)).flatten().copied().collect()
            }
            End::Ingress(_) => self.controllers.clone(),
        };
        found.sort_unstable();
        found.dedup();
        found
    }
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
                            || !xks_base::values::address::overlap(hole, &block.cidr)
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
