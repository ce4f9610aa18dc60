//! The controller behind `expose`, which was retired in March 2026.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    RETIRED_CONTROLLER = "retired-controller", Allow (lint), "ingress-nginx gets no more security fixes";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let first = facts.parts().find_map(|part| part.tenant.exposures.first());
    if let Some(span) = facts.platform().span.or(first.map(|exposure| exposure.origin))
        && first.is_some()
    {
        let diagnostic = Diagnostic::new(
            &RETIRED_CONTROLLER,
            span,
            "this platform publishes through ingress-nginx, which was retired in March 2026",
        )
        .note("its last release is 1.15.1; there are no security fixes since")
        .help("plan the move to the Gateway API");
        out.push(diagnostic);
    }
}
