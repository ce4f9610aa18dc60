//! A certificate with public and private hosts, or hosts of several domains: one that fails holds up all.

use super::{Facts, Part};
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    CROWDED_CERTIFICATE = "crowded-certificate", Allow (lint), "a certificate mixes hosts that fail for different reasons";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for Part { tenant, claims, .. } in facts.parts() {
        for certificate in &tenant.certificates {
            let users: Vec<_> = claims
                .iter()
                .filter(|claim| {
                    tenant.exposures[claim.exposure].tls.as_ref().is_some_and(|tls| tls.secret == certificate.secret)
                })
                .collect();
            let Some(first) = users.first() else { continue };
            let other = users.iter().find(|claim| {
                claim.access != first.access || claim.host.registered_domain() != first.host.registered_domain()
            });
            if let Some(other) = other {
                let diagnostic = Diagnostic::new(
                    &CROWDED_CERTIFICATE,
                    other.host_span,
                    format!("certificate `{}` mixes hosts of different kinds", certificate.name),
                )
                .secondary(first.host_span, "beside this one")
                .note("an order is all or nothing: one host that fails holds up the renewal of all")
                .help("give public and private hosts, and each domain, a group of their own");
                out.push(diagnostic);
            }
        }
    }
}
