//! An `export` whose consent no `allow` of that tenant needs.

use super::{Facts, Part};
use crate::diagnostics::suggest::listed;
use crate::diagnostics::{Diagnostic, codes};
use crate::model::TenantId;
use rustc_hash::FxHashSet;

codes! {
    UNUSED_EXPORT = "unused-export", Warn (lint), "an `export` that no `allow` needs";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    if !facts.sound {
        return; // a rule that could not be read may need it
    }
    let used: FxHashSet<(TenantId, usize)> = facts.agreed().flat_map(|agreed| &agreed.used).copied().collect();
    for (scope, Part { said, .. }) in facts.scopes().iter().zip(facts.parts()) {
        for (index, grant) in said.grants.iter().enumerate() {
            // Whoever is not in the workspace may need it.
            let known = |name: &str| facts.names.tenant(name).is_some();
            let all_known = grant.to.iter().all(|name| known(&name.value));
            if !all_known || used.contains(&(scope.id, index)) {
                continue;
            }
            let tenants = listed(grant.to.iter().map(|name| name.value.as_str()), "or");
            let message = format!("no `allow` of {tenants} needs this export");
            out.push(
                Diagnostic::new(&UNUSED_EXPORT, grant.span, message)
                    .help("remove it: what is not exported cannot be opened by mistake"),
            );
        }
    }
}
