//! A host for which the issuer finds no DNS zone to prove it in.

use super::{Facts, Part};
use crate::model::Platform;
use xks_base::diagnostics::suggest::listed;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::source::Span;
use xks_base::values::host::Host;
use xks_syntax::ast::Body;

codes! {
    OUTSIDE_ZONES = "outside-zones", Warn (lint), "a host outside the DNS zones of the issuer";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let platform = facts.platform();
    if platform.zones.is_empty() {
        return;
    }
    for scope in facts.scopes() {
        for (node, _) in scope.statements.iter().filter_map(|statement| match &statement.body {
            Body::Certificate(node) => scope.certificates.get(&node.name.value),
            _ => None,
        }) {
            let own_issuer = node.issuer.as_ref().is_some_and(|issuer| issuer.value != platform.issuer);
            let hosts = node.names.iter().filter_map(|name| Some((Host::parse(&name.value).ok()?, name.span)));
            for (host, span) in hosts.filter(|_| !own_issuer) {
                out.extend(outside(platform, &host, span));
            }
        }
    }
    for Part { tenant, claims, .. } in facts.parts() {
        for claim in claims {
            let exposure = &tenant.exposures[claim.exposure];
            let certificate = tenant
                .certificates
                .iter()
                .find(|certificate| Some(&certificate.secret) == exposure.tls.as_ref().map(|tls| &tls.secret));
            let ours = certificate.is_some_and(|certificate| certificate.by_platform(platform));
            if ours {
                out.extend(outside(platform, &claim.host, claim.host_span));
            }
        }
    }
}

fn outside(platform: &Platform, host: &Host, span: Span) -> Option<Diagnostic> {
    if platform.zones.iter().any(|zone| host.within(zone)) {
        return None;
    }
    let zones = listed(&platform.zones, "and");
    let diagnostic = Diagnostic::new(
        &OUTSIDE_ZONES,
        span,
        format!("the issuer cannot prove `{}`: it lies in none of its zones", host.as_str()),
    )
    .note(format!("{} {zones}", if platform.zones.len() == 1 { "its zone is" } else { "its zones are" }))
    .help("choose a host in one of the zones, or another `issuer`");
    Some(diagnostic)
}
