//! Rules with ports between pods of the mesh.

use super::Facts;
use crate::diagnostics::{Diagnostic, codes};
use crate::model::End;

codes! {
    MESH_PORT = "mesh-port", Note (lint), "in the mesh a rule with ports opens every port to that peer";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for (tenant, said) in facts.checked.workspace.tenants.iter().zip(&facts.checked.said) {
        for rule in said.rules.iter().filter(|rule| !rule.to.ports.is_empty()) {
            let (End::Pods(_, from), End::Pods(..)) = (&rule.from.end, &rule.to.end) else { continue };
            let meshed = tenant.mesh || from.app.as_ref().is_some_and(|app| tenant.mesh_apps.iter().any(|(name, ..)| name == app));
            if meshed {
                let diagnostic = Diagnostic::new(&MESH_PORT, rule.to.span, "inside the mesh this opens every port to that peer")
                    .note("meshed traffic arrives at the proxy's port 4143, whatever port it is for")
                    .help("limit ports in the mesh itself, with Linkerd's Server and AuthorizationPolicy");
                out.push(diagnostic);
            }
        }
    }
}
