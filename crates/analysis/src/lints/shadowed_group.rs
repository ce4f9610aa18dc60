//! A tenant's own name that hides a group of the platform.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    SHADOWED_GROUP = "shadowed-group", Warn (lint), "a tenant's own name hides a group of the platform";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let groups = &facts.names.outside.groups;
    if groups.is_empty() {
        return;
    }
    for scope in facts.scopes() {
        let apps = scope.apps.iter().map(|(name, app)| (name, app.span, "an app"));
        let externals = scope.externals.iter().map(|(name, external)| (name, external.name.span, "an external"));
        let own = scope.groups.iter().map(|(name, group)| (name, group.name.span, "a group"));
        let mut found: Vec<Diagnostic> = apps
            .chain(externals)
            .chain(own)
            .filter_map(|(name, span, what)| {
                let group = groups.get(name)?;
                let message = format!("`{name}` of `{}` hides the platform's group of that name", scope.name);
                let diagnostic = Diagnostic::new(&SHADOWED_GROUP, span, message)
                    .label(format!("{what} of the tenant's own"))
                    .secondary(group.name.span, "the platform's group")
                    .note(format!("in this tenant's rules `{name}` is its own, whatever the platform's group holds"))
                    .help("give it another name")
                    // The platform may have come by its group later.
                    .withdrawal();
                Some(diagnostic)
            })
            .collect();
        found.sort_by_key(|diagnostic| diagnostic.primary.span);
        out.append(&mut found);
    }
}
