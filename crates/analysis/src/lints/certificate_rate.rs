//! More than fifty certificates that name one registered domain.

use super::Facts;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::source::Span;

codes! {
    CERTIFICATE_RATE = "certificate-rate", Warn (lint), "more certificates for a domain than an authority issues in a week";
}

/// Certificates that Let's Encrypt issues in seven days for one registered domain.
const A_WEEK: usize = 50;

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let platform = facts.platform();
    let mut of_domain: BTreeMap<SmolStr, (usize, Span)> = BTreeMap::new();
    for certificate in facts
        .parts()
        .flat_map(|part| &part.tenant.certificates)
        .filter(|certificate| certificate.by_platform(platform) && !platform.private_authority)
    {
        let mut domains: Vec<SmolStr> = certificate.names.iter().map(|name| name.registered_domain()).collect();
        domains.sort();
        domains.dedup();
        let Some(origin) = certificate.origins.first() else { continue };
        for domain in domains {
            let entry = of_domain.entry(domain).or_insert((0, *origin));
            entry.0 += 1;
            entry.1 = *origin;
        }
    }
    for (domain, (count, span)) in of_domain.into_iter().filter(|(_, (count, _))| *count > A_WEEK) {
        let diagnostic = Diagnostic::new(&CERTIFICATE_RATE, span, format!("{count} certificates name `{domain}`, and Let's Encrypt issues {A_WEEK} in seven days"))
            .label("the last of them")
            .note("renewals do not count, first issues and every change of a certificate's names do")
            .help("let the hosts of a tenant share one `tls` group, bring tenants in over several weeks, or ask for a higher limit");
        out.push(diagnostic);
    }
}
