//! A `host-header` that names the exposed host, before an external with a name of its own.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::values::host::{split, split_port};
use xks_syntax::ast::Body;

codes! {
    HOST_HEADER_PUBLIC = "host-header-public", Warn (lint), "the upstream is asked for the public host instead of its own";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for scope in facts.scopes() {
        for statement in &scope.statements {
            let Body::Expose(node) = &statement.body else { continue };
            let Some(header) = &node.host_header else { continue };
            let Some(external) = scope.externals.get(&node.target.value) else { continue };
            let named =
                external.remotes.iter().any(|remote| split_port(&remote.value).0.parse::<std::net::IpAddr>().is_err());
            let same = node.addresses.iter().any(|address| split(&address.value).0 == header.value);
            if named && same {
                let diagnostic = Diagnostic::new(
                    &HOST_HEADER_PUBLIC,
                    header.span,
                    "the upstream is asked for the public host, not for its own",
                )
                .secondary(external.name.span, "the external")
                .help("remove `host-header`: the external's own name is the default");
                out.push(diagnostic);
            }
        }
    }
}
