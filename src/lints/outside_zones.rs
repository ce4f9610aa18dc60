//! A host for which the issuer finds no DNS zone to prove it in.

use super::Facts;
use crate::diagnostics::{Diagnostic, codes};
use crate::diagnostics::suggest::listed;

codes! {
    OUTSIDE_ZONES = "outside-zones", Warn (lint), "a host outside the DNS zones of the issuer";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let platform = &facts.checked.workspace.platform;
    if platform.zones.is_empty() {
        return;
    }
    for (tenant, claims) in facts.checked.workspace.tenants.iter().zip(&facts.checked.claims) {
        for claim in claims {
            let exposure = &tenant.exposures[claim.exposure];
            let certificate = tenant.certificates.iter().find(|certificate| Some(&certificate.secret) == exposure.secret.as_ref());
            let ours = certificate.is_some_and(|certificate| certificate.by_platform(platform));
            if ours && !platform.zones.iter().any(|zone| claim.host.within(zone)) {
                let zones = listed(&platform.zones, "and");
                let diagnostic = Diagnostic::new(&OUTSIDE_ZONES, claim.span, format!("the issuer cannot prove `{}`: it lies in none of its zones", claim.host.as_str()))
                    .note(format!("the zones are {zones}"))
                    .help("choose a host in one of the zones, or another `issuer`");
                out.push(diagnostic);
            }
        }
    }
}
