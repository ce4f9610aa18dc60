//! What an analysis takes over from the one before: of each tenant that a change does not concern, all of it.

use super::{Context, Inputs, Part, allow, labels};
use crate::model::{TenantId, Workspace};
use crate::names;
use smol_str::SmolStr;
use std::sync::Arc;
use xks_base::source::FileId;

/// An analysis of the same files before some of them changed.
#[derive(Clone, Copy, Debug)]
pub struct Previous<'a> {
    /// The model that it came to.
    pub workspace: &'a Workspace,
    /// What that was made from.
    pub inputs: &'a Inputs,
    /// The files that have changed since.
    pub changed: &'a [FileId],
}

impl<'a> Previous<'a> {
    /// What is known of the names in an environment, if the same files belong to the same tenants.
    pub fn names(&self, owners: &[Option<SmolStr>], env: Option<&str>) -> Option<names::Previous<'a>> {
        let same = self.workspace.owners == owners && self.workspace.env.as_deref() == env;
        same.then_some(names::Previous { wrong: &self.inputs.wrong, changed: self.changed })
    }
}

/// The tenants that are taken over.
pub(super) struct Reused<'a> {
    inputs: Option<&'a Inputs>,
    /// By tenant.
    reused: Vec<bool>,
}

impl<'a> Reused<'a> {
    /// All tenants but those whose files changed; none where something changed that counts for all.
    pub(super) fn new(cx: &Context<'_, '_>, owners: &[Option<SmolStr>], previous: Option<Previous<'a>>) -> Reused<'a> {
        let known = previous.and_then(|previous| Some((previous.inputs, unchanged(cx, owners, &previous)?)));
        match known {
            Some((inputs, reused)) => Reused { inputs: Some(inputs), reused },
            None => Reused { inputs: None, reused: vec![false; cx.names.tenants.len()] },
        }
    }

    /// Drops besides the tenants for which `depends` says so, given which are dropped already.
    pub(super) fn drop_dependent(&mut self, depends: impl Fn(&Part, &dyn Fn(TenantId) -> bool) -> bool) {
        let Some(inputs) = self.inputs else { return };
        let previous = self.reused.clone();
        let dropped = |id: TenantId| !previous[id.0 as usize];
        for (part, reused) in inputs.parts.iter().zip(&mut self.reused) {
            *reused = *reused && !depends(part, &dropped);
        }
    }

    /// What the statements of a tenant say, if it is taken over.
    pub(super) fn part(&self, id: TenantId) -> Option<Arc<Part>> {
        self.of(id).map(|inputs| Arc::clone(&inputs.parts[id.0 as usize]))
    }

    /// What became of a tenant's rules, if it is taken over.
    pub(super) fn consented(&self, id: TenantId) -> Option<Arc<allow::Consented>> {
        self.of(id).map(|inputs| Arc::clone(&inputs.consented[id.0 as usize]))
    }

    fn of(&self, id: TenantId) -> Option<&'a Inputs> {
        self.inputs.filter(|_| self.reused[id.0 as usize])
    }

    /// By tenant, whether it is taken over.
    pub(super) fn tenants(self) -> Vec<bool> {
        self.reused
    }
}

/// By tenant, whether its files are as they were; `None` where the tenants, their namespaces, those namespaces' labels
/// consent to hosts or the platform's facts are others, for every tenant may depend on these.
fn unchanged(cx: &Context<'_, '_>, owners: &[Option<SmolStr>], previous: &Previous<'_>) -> Option<Vec<bool>> {
    let was = previous.workspace;
    // The same owners make the same tenants, in the same order.
    if was.platform != *cx.platform || was.owners != owners || was.host_grants != cx.names.hosts {
        return None;
    }
    // Every tenant may name the groups of the platform.
    if previous.changed.iter().any(|file| owners.get(file.0 as usize).is_none_or(Option::is_none)) {
        return None;
    }
    let mut reused = vec![true; cx.names.tenants.len()];
    for owner in previous.changed.iter().filter_map(|file| owners.get(file.0 as usize)?.as_ref()) {
        let scope = cx.names.tenant(owner)?;
        let tenant = &was.tenants[scope.id.0 as usize];
        if tenant.namespace != scope.namespace || tenant.labels != labels(cx, scope) {
            return None;
        }
        reused[scope.id.0 as usize] = false;
    }
    Some(reused)
}
