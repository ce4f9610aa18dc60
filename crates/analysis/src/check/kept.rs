//! What an analysis takes over from the one before: of each tenant that a change does not concern, all of it.

use super::{Basis, Context, Part, allow, labels};
use crate::model::{TenantId, Workspace};
use smol_str::SmolStr;
use std::sync::Arc;
use xks_base::source::FileId;

/// An analysis of the same files before some of them changed.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// The model that it came to.
    pub workspace: &'a Workspace,
    /// What that was made from.
    pub basis: &'a Basis,
    /// The files that have changed since.
    pub changed: &'a [FileId],
}

/// The tenants that are taken over.
pub(super) struct Kept<'a> {
    basis: Option<&'a Basis>,
    /// By tenant.
    kept: Vec<bool>,
}

impl<'a> Kept<'a> {
    /// All tenants but those whose files changed; none where something changed that counts for all.
    pub(super) fn new(cx: &Context<'_, '_>, owners: &[Option<SmolStr>], before: Option<Before<'a>>) -> Kept<'a> {
        let known = before.and_then(|before| Some((before.basis, unchanged(cx, owners, &before)?)));
        match known {
            Some((basis, kept)) => Kept { basis: Some(basis), kept },
            None => Kept { basis: None, kept: vec![false; cx.names.tenants.len()] },
        }
    }

    /// Drops besides the tenants for which `depends` says so, given which are dropped already.
    pub(super) fn drop_dependent(&mut self, depends: impl Fn(&Part, &dyn Fn(TenantId) -> bool) -> bool) {
        let Some(basis) = self.basis else { return };
        let before = self.kept.clone();
        let dropped = |id: TenantId| !before[id.0 as usize];
        for (part, kept) in basis.parts.iter().zip(&mut self.kept) {
            *kept = *kept && !depends(part, &dropped);
        }
    }

    /// What the statements of a tenant say, if it is taken over.
    pub(super) fn part(&self, id: TenantId) -> Option<Arc<Part>> {
        self.of(id).map(|basis| Arc::clone(&basis.parts[id.0 as usize]))
    }

    /// What became of a tenant's rules, if it is taken over.
    pub(super) fn agreed(&self, id: TenantId) -> Option<Arc<allow::Agreed>> {
        self.of(id).map(|basis| Arc::clone(&basis.agreed[id.0 as usize]))
    }

    fn of(&self, id: TenantId) -> Option<&'a Basis> {
        self.basis.filter(|_| self.kept[id.0 as usize])
    }

    /// By tenant, whether it is taken over.
    pub(super) fn tenants(self) -> Vec<bool> {
        self.kept
    }
}

/// By tenant, whether its files are as they were; `None` where the tenants, their namespaces, those namespaces' labels
/// or the platform's facts are others, for every tenant may depend on these.
fn unchanged(cx: &Context<'_, '_>, owners: &[Option<SmolStr>], before: &Before<'_>) -> Option<Vec<bool>> {
    let was = before.workspace;
    // The same owners make the same tenants, in the same order.
    if was.platform != *cx.platform || was.owners != owners {
        return None;
    }
    let mut kept = vec![true; cx.names.tenants.len()];
    for owner in before.changed.iter().filter_map(|file| owners.get(file.0 as usize)?.as_ref()) {
        let scope = cx.names.tenant(owner)?;
        let tenant = &was.tenants[scope.id.0 as usize];
        if tenant.namespace != scope.namespace || tenant.labels != labels(cx, scope) {
            return None;
        }
        kept[scope.id.0 as usize] = false;
    }
    Some(kept)
}
