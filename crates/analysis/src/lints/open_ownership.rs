//! A workspace in which every file speaks for whom it names.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    OPEN_OWNERSHIP = "open-ownership", Allow (lint), "the workspace does not state who may write what";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let platform = facts.platform();
    if let (Some(span), false) = (platform.span, platform.ownership.is_stated()) {
        out.push(
            Diagnostic::new(&OPEN_OWNERSHIP, span, "this workspace does not state who may write what")
                .note("every file speaks for the tenant that it names, whoever wrote it")
                .help("give each tenant a place: `tenants from \"tenants/*\"`"),
        );
    }
}
