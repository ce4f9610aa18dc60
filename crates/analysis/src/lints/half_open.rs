//! An `allow` of the destination's tenant that the source's tenant does not ask for.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, Safety, codes};

codes! {
    HALF_OPEN = "half-open", Warn (lint), "an `allow` whose other half nobody wrote";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for half in facts.consented().flat_map(|consented| &consented.half_open) {
        let (message, whose) = match half.tenants.as_slice() {
            [one] => (format!("this consents to traffic that tenant `{one}` does not send"), format!("tenant `{one}`")),
            _ => (
                "this consents to traffic that none of those tenants sends".to_string(),
                "one of those tenants".to_string(),
            ),
        };
        let diagnostic = Diagnostic::new(&HALF_OPEN, half.source, message)
            .note("only the ingress half is written: the default deny of the source still stops it")
            .help(format!("add to the file of {whose}: `{}`", half.line))
            // What the other tenant does not write any more is not this one's to answer for.
            .withdrawal();
        // Which of several tenants is meant is not for us to say.
        out.push(match half.tenants.as_slice() {
            [_] => {
                let title = format!("add `{}` to {}", half.line, half.path);
                diagnostic.fix_with(title, Safety::Unsafe, vec![half.edit.clone()])
            }
            _ => diagnostic,
        });
    }
}
