//! `rewrite` on a host that others expose too.

use super::{Facts, Part};
use crate::check::expose::Claim;
use std::collections::BTreeMap;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::values::access::Access;

codes! {
    REGEX_HOST = "regex-host", Warn (lint), "a rewrite turns the other paths of its host into regular expressions";
}

/// A path of a host, whether its Ingress works with regular expressions, and which Ingress that is.
type Use<'a> = (&'a Claim, bool, (usize, usize));

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let claims = || {
        facts.parts().enumerate().flat_map(|(index, Part { tenant, claims, .. })| {
            claims.iter().map(move |claim| {
                let behavior = &tenant.exposures[claim.exposure].behavior;
                (claim, behavior.regex || behavior.rewrite.is_some(), (index, claim.exposure))
            })
        })
    };
    // Few hosts are rewritten, so only those are gathered.
    let mut of_host: BTreeMap<(&str, Access), Vec<Use<'_>>> = BTreeMap::new();
    for (claim, ..) in claims().filter(|(_, regex, _)| *regex) {
        of_host.entry((claim.host.as_str(), claim.access)).or_default();
    }
    if of_host.is_empty() {
        return;
    }
    for found in claims() {
        if let Some(uses) = of_host.get_mut(&(found.0.host.as_str(), found.0.access)) {
            uses.push(found);
        }
    }
    for ((host, _), claims) in of_host {
        let Some((regex, _, exposure)) = claims.iter().find(|(_, regex, _)| *regex) else { continue };
        if let Some((other, ..)) = claims.iter().find(|(_, regex, other)| !regex && other != exposure) {
            let diagnostic = Diagnostic::new(
                &REGEX_HOST,
                regex.span,
                format!("this turns every path of `{host}` into a regular expression"),
            )
            .secondary(other.span, "this path too, case-insensitive and matched from its start")
            .note("ingress-nginx does so for a host as soon as one Ingress rewrites or uses regular expressions")
            .help("rewrite on a host of its own");
            out.push(diagnostic);
        }
    }
}
