//! An `export` whose consent no `allow` of that tenant needs.

use super::{Facts, Part};
use crate::model::TenantId;
use crate::names::Scope;
use rustc_hash::FxHashSet;
use xks_base::diagnostics::suggest::listed;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::source::Span;
use xks_syntax::ast::Body;

codes! {
    UNUSED_EXPORT = "unused-export", Warn (lint), "an `export` that no `allow` needs";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    if !facts.sound {
        return; // a rule that could not be read may need it
    }
    let used: FxHashSet<(TenantId, usize)> = facts.consented().flat_map(|consented| &consented.used).copied().collect();
    for (scope, Part { declared, .. }) in facts.scopes().iter().zip(facts.parts()) {
        for (index, grant) in declared.grants.iter().enumerate() {
            // Whoever is not in the workspace may need it.
            let known = |name: &str| facts.names.tenant(name).is_some();
            let all_known = grant.to.iter().all(|name| known(&name.value));
            if !all_known || used.contains(&(scope.id, index)) {
                continue;
            }
            let tenants = listed(grant.to.iter().map(|name| name.value.as_str()), "or");
            let message = format!("no `allow` of {tenants} needs this export");
            let diagnostic = Diagnostic::new(&UNUSED_EXPORT, grant.span, message)
                .help("remove it: what is not exported cannot be opened by mistake")
                // Whoever needed it may give it up.
                .withdrawal();
            // Of a group, others may need a part.
            let mut same = declared.grants.iter().enumerate().filter(|(_, other)| other.span == grant.span);
            let removal = if same.all(|(index, _)| !used.contains(&(scope.id, index))) {
                removal(facts, scope, grant.span)
            } else {
                None
            };
            out.push(match removal {
                Some((title, span)) => diagnostic.suggestion(title, span, ""),
                None => diagnostic,
            });
        }
    }
}

/// What to take away so that a peer is not exported: it and its comma, or the statement that exports nothing else.
fn removal(facts: &Facts<'_>, scope: &Scope<'_>, peer: Span) -> Option<(String, Span)> {
    scope.statements.iter().find_map(|statement| {
        let Body::Export(export) = &statement.body else { return None };
        let at = export.peers().iter().position(|one| one.span == peer)?;
        // The span of a peer goes on to the next word.
        let end = |peer: Span| peer.start + facts.sources.text(peer).trim_end().len() as u32;
        let peer = Span { end: end(peer), ..peer };
        let title = || format!("remove `{}` from the list", facts.sources.text(peer));
        Some(match (at.checked_sub(1).and_then(|at| export.peers().get(at)), export.peers().get(at + 1)) {
            (None, None) => ("remove this `export`".to_string(), facts.whole_line(statement.span)),
            (_, Some(next)) => (title(), Span { end: next.span.start, ..peer }),
            (Some(last), None) => (title(), Span { start: end(last.span), ..peer }),
        })
    })
}
