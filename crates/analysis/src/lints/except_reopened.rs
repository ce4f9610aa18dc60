//! An `except` that another rule of the same source takes back.

use super::{Facts, Part};
use crate::check::allow::Rule;
use crate::model::{End, ports_cover};
use rustc_hash::FxHashMap;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::values::address::overlap;

codes! {
    EXCEPT_REOPENED = "except-reopened", Warn (lint), "another rule opens what an `except` leaves out";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for Part { declared, .. } in facts.parts() {
        let mut by_source: FxHashMap<&End, Vec<&Rule>> = FxHashMap::default();
        for rule in declared.rules.iter().filter(|rule| matches!(rule.to.end, End::Blocks(..))) {
            by_source.entry(&rule.from.end).or_default().push(rule);
        }
        for rule in
            declared.rules.iter().filter(|rule| matches!(&rule.to.end, End::Blocks(name, _) if name != "internet"))
        {
            let End::Blocks(_, blocks) = &rule.to.end else { continue };
            let holes: Vec<_> = blocks.iter().flat_map(|block| &block.except).collect();
            if holes.is_empty() {
                continue;
            }
            let reopened = by_source.get(&rule.from.end).into_iter().flatten().find(|other| {
                let End::Blocks(_, theirs) = &other.to.end else { return false };
                !std::ptr::eq(**other, rule)
                    && (ports_cover(&rule.to.ports, &other.to.ports) || ports_cover(&other.to.ports, &rule.to.ports))
                    && theirs.iter().any(|block| {
                        holes.iter().any(|hole| {
                            overlap(hole, &block.cidr) && !block.except.iter().any(|own| own.contains(*hole))
                        })
                    })
            });
            if let Some(other) = reopened {
                let diagnostic =
                    Diagnostic::new(&EXCEPT_REOPENED, rule.to.span, "another rule opens what this `except` leaves out")
                        .secondary(other.to.span, "this one")
                        .note("policies only add up: an `except` narrows its own rule and denies nothing")
                        .help("take the addresses out of the other rule too, or remove the `except`");
                out.push(diagnostic);
            }
        }
    }
}
