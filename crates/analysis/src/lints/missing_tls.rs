//! A host that is published without TLS.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_syntax::ast::Body;

codes! {
    MISSING_TLS = "missing-tls", Warn (lint), "a host is published without TLS";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for statement in facts.statements() {
        if let Body::Expose(node) = &statement.body
            && node.tls.is_none()
            && let (Some(first), Some(last)) = (node.addresses.first(), node.addresses.last())
        {
            let diagnostic = Diagnostic::new(
                &MISSING_TLS,
                first.span.to(last.span),
                if node.addresses.len() == 1 {
                    "this host is published without TLS"
                } else {
                    "these hosts are published without TLS"
                },
            )
            .help("write `tls shared` for a certificate, or `no-tls` if this is meant")
            .suggestion("add `tls shared`", last.span.after(), " tls shared");
            out.push(diagnostic);
        }
    }
}
