//! An upstream that speaks TLS, whose certificate nobody looks at.

use super::{Facts, Part};
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::values::backend::BackendProtocol;
use xks_syntax::ast::Body;

codes! {
    UNVERIFIED_UPSTREAM = "unverified-upstream", Note (lint), "the controller does not verify an upstream's certificate";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for (scope, Part { tenant, .. }) in facts.scopes().iter().zip(facts.parts()) {
        for exposure in &tenant.exposures {
            let upstream = &exposure.behavior.upstream;
            if !upstream.protocol.is_some_and(BackendProtocol::is_encrypted) || upstream.verification.is_some() {
                continue;
            }
            let found = scope.statements.binary_search_by_key(&exposure.origin, |statement| statement.span);
            let node = found.ok().map(|at| scope.statements[at]);
            let span = node.map_or(exposure.origin, |statement| match &statement.body {
                Body::Expose(node) => node.backend.map_or(node.target.span, |backend| backend.span),
                _ => exposure.origin,
            });
            let grpc = upstream.protocol == Some(BackendProtocol::Grpcs);
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
