//! An upstream that speaks TLS, whose certificate nobody looks at.

use super::{Facts, Part};
use crate::check::expose::PREFIX;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_syntax::ast::Body;

codes! {
    UNVERIFIED_UPSTREAM = "unverified-upstream", Note (lint), "the controller does not verify an upstream's certificate";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let key = format!("{PREFIX}backend-protocol");
    for (scope, Part { tenant, .. }) in facts.scopes().iter().zip(facts.parts()) {
        for exposure in &tenant.exposures {
            let encrypted = exposure
                .annotations
                .iter()
                .any(|(name, value)| *name == key && matches!(value.as_str(), "HTTPS" | "GRPCS"));
            let verified = exposure.annotations.iter().any(|(name, _)| name.ends_with("/proxy-ssl-verify"));
            if !encrypted || verified {
                continue;
            }
            let found = scope.statements.binary_search_by_key(&exposure.origin, |statement| statement.span);
            let node = found.ok().map(|at| scope.statements[at]);
            let span = node.map_or(exposure.origin, |statement| match &statement.body {
                Body::Expose(node) => node.backend.map_or(node.target.span, |backend| backend.span),
                _ => exposure.origin,
            });
            let grpc = exposure.annotations.iter().any(|(name, value)| *name == key && value == "GRPCS");
            let by_hand = node.is_some_and(|statement| matches!(&statement.body, Body::Expose(node) if node.annotations.iter().any(|a| a.key.value == "backend-protocol")));
            let help = if grpc {
                "ingress-nginx verifies `https` upstreams only: let the mesh or the application do it"
            } else if by_hand {
                "write `backend https` in place of the annotation, and `verify SECRET`: a Secret with the authority's certificate under `ca.crt`"
            } else {
                "write `verify SECRET`: a Secret with the authority's certificate under `ca.crt`"
            };
            let diagnostic = Diagnostic::new(
                &UNVERIFIED_UPSTREAM,
                span,
                "the upstream speaks TLS, and its certificate is not verified",
            )
            .note("the controller encrypts, but would take anybody's certificate")
            .help(help);
            out.push(diagnostic);
        }
    }
}
