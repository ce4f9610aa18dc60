//! `0.0.0.0/0` and `::/0`, where `internet` was probably meant.

use super::Facts;
use crate::model::End;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    ANY_ADDRESS = "any-address", Warn (lint), "a rule names every address, private ones and the metadata service too";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for rule in facts.rules() {
        for resolved in [&rule.from, &rule.to] {
            let End::Blocks(name, blocks) = &resolved.end else { continue };
            if name == "internet" || !blocks.iter().any(|block| block.cidr.prefix_len() == 0 && block.except.is_empty())
            {
                continue;
            }
            let diagnostic = Diagnostic::new(&ANY_ADDRESS, resolved.span, "this is every address, not only the public ones")
                .note("with most network plugins it holds all pods and nodes, the private network and the cloud's metadata service")
                .help("write `internet` for the public addresses");
            out.push(diagnostic);
        }
    }
}
