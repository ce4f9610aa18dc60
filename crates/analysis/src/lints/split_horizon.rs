//! One host behind both controllers, for which external-dns makes one record.

use super::Facts;
use crate::check::expose::Claim;
use rustc_hash::FxHashMap;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    SPLIT_HORIZON = "split-horizon", Warn (lint), "a host is both public and private";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let mut first: FxHashMap<&str, &Claim> = FxHashMap::default();
    for claim in facts.claims() {
        match first.get(claim.host.as_str()) {
            None => {
                first.insert(claim.host.as_str(), claim);
            }
            Some(other) if other.access != claim.access => {
                let diagnostic = Diagnostic::new(
                    &SPLIT_HORIZON,
                    claim.host_span,
                    format!("`{}` is both public and private", claim.host.as_str()),
                )
                .secondary(other.host_span, format!("{} here", other.access.word()))
                .note("external-dns keeps one record for a name: the two would fight over it")
                .help("give one of them a host of its own");
                out.push(diagnostic);
            }
            Some(_) => {}
        }
    }
}
