//! A rule towards a tenant whose files are not here.

use super::Facts;
use xks_base::diagnostics::suggest::nearest;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    FOREIGN_TENANT = "foreign-tenant", Warn (lint), "a rule names a tenant that is not in the workspace";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    // Consent to a tenant that is not here may be meant for another workspace; a name near to one that is, hardly.
    let grantees = facts.parts().flat_map(|part| &part.declared.grants).flat_map(|grant| &grant.to);
    for name in grantees.filter(|name| name.value != "*" && facts.names.tenant(&name.value).is_none()) {
        if let Some(near) = nearest(&name.value, facts.names.tenants.iter().map(|scope| scope.name.as_str())) {
            let message = format!("tenant `{}` is not in this workspace", name.value);
            out.push(Diagnostic::new(&FOREIGN_TENANT, name.span, message).did_you_mean(Some(near)));
        }
    }
    for (span, tenant) in facts.consented().flat_map(|consented| &consented.foreign) {
        if tenant == "*" {
            out.push(
                Diagnostic::new(&FOREIGN_TENANT, *span, "no tenant of this workspace has these labels")
                    .note("nobody's consent can be checked, and only the egress half is written"),
            );
            continue;
        }
        let near = nearest(tenant, facts.names.tenants.iter().map(|scope| scope.name.as_str()));
        let diagnostic = Diagnostic::new(&FOREIGN_TENANT, *span, format!("tenant `{tenant}` is not in this workspace"))
            .note(format!("its half is written to the folder `{tenant}`; its owner has to apply it"));
        out.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic,
        });
    }
}
