//! An `allow` towards an external that is exposed.

use super::{Facts, Part};
use crate::model::End;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    EXTERNAL_EGRESS = "external-egress", Allow (lint), "an `allow` to an external does not concern the ingress controller";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for Part { tenant, declared, .. } in facts.parts() {
        for rule in &declared.rules {
            let End::Blocks(name, _) = &rule.to.end else { continue };
            let Some(exposure) = tenant.exposures.iter().find(|exposure| exposure.target == *name) else { continue };
            let diagnostic = Diagnostic::new(
                &EXTERNAL_EGRESS,
                rule.to.span,
                "this opens the external to pods, not to the ingress controller",
            )
            .secondary(exposure.origin, "exposed here")
            .note("the controller connects from its own namespace, where this tenant's policies do not count");
            out.push(diagnostic);
        }
    }
}
