//! Annotations that the controller ranks as a high risk.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_kubernetes::edge::nginx::annotations;
use xks_syntax::ast::Body;

codes! {
    HIGH_RISK_ANNOTATION = "high-risk-annotation", Note (lint), "an annotation that the controller ranks as a high risk";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for statement in facts.statements() {
        let Body::Expose(node) = &statement.body else { continue };
        for annotation in &node.annotations {
            let risk = annotations::find(&annotation.key.value).map(|row| row.risk);
            if risk == Some(annotations::Risk::High) {
                let diagnostic = Diagnostic::new(
                    &HIGH_RISK_ANNOTATION,
                    annotation.key.span,
                    format!("ingress-nginx ranks `{}` as a high risk", annotation.key.value),
                )
                .note("a controller with `annotations-risk-level` below `High` refuses it");
                out.push(diagnostic);
            }
        }
    }
}
