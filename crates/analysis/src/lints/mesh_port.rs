//! Rules with ports between pods of the mesh.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    MESH_PORT = "mesh-port", Note (lint), "in the mesh a rule with ports opens every port to that peer";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for rule in facts.rules().filter(|rule| !rule.to.ports.is_empty()) {
        if facts.checked.workspace.meshed(&rule.from.end, &rule.to.end) {
            let diagnostic =
                Diagnostic::new(&MESH_PORT, rule.to.span, "inside the mesh this opens every port to that peer")
                    .note("meshed traffic arrives at the proxy's port 4143, whatever port it is for")
                    .help("limit ports in the mesh itself, with Linkerd's Server and AuthorizationPolicy");
            out.push(diagnostic);
        }
    }
}
