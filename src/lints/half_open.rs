//! An `allow` of the destination's tenant that the source's tenant does not ask for.

use super::Facts;
use crate::diagnostics::{Diagnostic, codes};
use crate::syntax::format::one_line;

codes! {
    HALF_OPEN = "half-open", Warn (lint), "an `allow` whose other half nobody wrote";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for (statement, tenants, source) in &facts.checked.agreed.half_open {
        let who = if let [one] = tenants.as_slice() { format!("tenant `{one}`") } else { "any of those tenants".to_string() };
        let diagnostic = Diagnostic::new(&HALF_OPEN, *source, format!("this consents to traffic that {who} does not send"))
            .note(format!("only the ingress half is written: the default deny of the source still stops `{}`", one_line(facts.sources.text(*statement))))
            .help(format!("add an `allow` to the file of {who}, or remove this one"));
        out.push(diagnostic);
    }
}
