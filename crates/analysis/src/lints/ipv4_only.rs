//! `0.0.0.0/0` without `::/0` where pods have IPv6 addresses.

use super::{Facts, Part};
use crate::model::End;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    IPV4_ONLY = "ipv4-only", Warn (lint), "a rule for one address family on a cluster with two";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    if facts.platform().ipv6 != Some(true) {
        return;
    }
    let everything = |end: &End, v4: bool| matches!(end, End::Blocks(_, blocks) if blocks.iter().any(|block| block.cidr.prefix_len() == 0 && block.cidr.addr().is_ipv4() == v4));
    for Part { declared, .. } in facts.parts() {
        for rule in
            declared.rules.iter().filter(|rule| everything(&rule.to.end, true) && !everything(&rule.to.end, false))
        {
            let both =
                declared.rules.iter().any(|other| other.from.end == rule.from.end && everything(&other.to.end, false));
            if !both {
                let diagnostic = Diagnostic::new(
                    &IPV4_ONLY,
                    rule.to.span,
                    "pods here have IPv6 addresses too, and this opens IPv4 only",
                )
                .help("add `::/0`, or write `internet`, which is both");
                out.push(diagnostic);
            }
        }
    }
}
