//! More than fifty certificates that name one registered domain.

use super::Facts;
use crate::check::certificate::{A_WEEK, by_domain};
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    CERTIFICATE_RATE = "certificate-rate", Warn (lint), "more certificates for a domain than an authority issues in a week";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for (domain, counts) in by_domain(facts.platform(), facts.parts()) {
        let count: usize = counts.iter().map(|count| count.certificates).sum();
        // Who has the most can do the most about it; of several the last.
        let Some(most) = counts.iter().max_by_key(|count| count.certificates).filter(|_| count > A_WEEK) else {
            continue;
        };
        let diagnostic = Diagnostic::new(&CERTIFICATE_RATE, most.last, format!("{count} certificates name `{domain}`, and Let's Encrypt issues {A_WEEK} in seven days"))
            .label("the last of them")
            .note("renewals do not count, first issues and every change of a certificate's names do")
            .help("let the hosts of a tenant share one `tls` group, bring tenants in over several weeks, or ask for a higher limit");
        out.push(diagnostic);
    }
}
