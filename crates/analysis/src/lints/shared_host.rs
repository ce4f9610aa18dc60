//! A host whose paths belong to two tenants.

use super::Facts;
use crate::check::expose::Claim;
use rustc_hash::FxHashMap;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    SHARED_HOST = "shared-host", Warn (lint), "two tenants expose one host";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    // Once the platform says who may have which host, that of two tenants is an error, or meant.
    if !facts.platform().hosts.is_empty() {
        return;
    }
    let mut first: FxHashMap<&str, (usize, &Claim)> = FxHashMap::default();
    for (tenant, part) in facts.parts().enumerate() {
        for claim in &part.claims {
            match first.get(claim.host.as_str()) {
                None => {
                    first.insert(claim.host.as_str(), (tenant, claim));
                }
                Some((owner, other)) if *owner != tenant && other.path != claim.path => {
                    let name = &facts.names.tenants[*owner].name;
                    let diagnostic = Diagnostic::new(&SHARED_HOST, claim.host_span, format!("tenant `{name}` exposes `{}` too", claim.host.as_str()))
                        .secondary(other.host_span, "here")
                        .note("each tenant's certificate is a Secret of its own namespace: which one clients see is not certain")
                        .help("give each tenant a host of its own");
                    out.push(diagnostic);
                }
                Some(_) => {}
            }
        }
    }
}
