//! Which flows concern some pods: by the labels of their namespace and their own, as in a cluster, not by the words that
//! name them.

use super::declared;
use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use xks_core::model::{End, Labels, Namespaces, Pods, Workspace};

/// One end of connections, in one environment.
pub(crate) struct Party<'s> {
    workspace: &'s Workspace,
    /// The tenant, of pods of one.
    tenant: Option<SmolStr>,
    who: Who,
}

enum Who {
    /// Every pod of the tenant.
    All,
    /// Those with these labels.
    Labelled(Labels),
    /// What is called so: pods by a selector, addresses, controllers.
    Called(SmolStr),
}

impl<'s> Party<'s> {
    /// What is called so, of a tenant or of none. `*` are all pods of the tenant, a word is an app's.
    pub(crate) fn new(
        snapshot: &Snapshot,
        workspace: &'s Workspace,
        tenant: Option<&SmolStr>,
        name: &SmolStr,
    ) -> Party<'s> {
        let who = match tenant {
            Some(_) if name == "*" => Who::All,
            Some(tenant) if !name.ends_with(')') => Who::Labelled(labels(snapshot, workspace, tenant, name)),
            _ => Who::Called(name.clone()),
        };
        Party { workspace, tenant: tenant.cloned(), who }
    }

    /// Whether an end takes in the party, or a part of it.
    pub(crate) fn is_in(&self, end: &End) -> bool {
        let (End::Pods(namespaces, pods), Some(tenant)) = (end, &self.tenant) else {
            return self.tenant.is_none() && matches!(&self.who, Who::Called(name) if *name == name_of(end));
        };
        let at = self.workspace.tenants.binary_search_by(|known| known.name.cmp(tenant));
        let held = match (namespaces, at) {
            (_, Ok(at)) => self.workspace.hold(namespaces, &self.workspace.tenants[at]),
            // Of a tenant that is not in the workspace no more than the name is known.
            (Namespaces::One(name, _), Err(_)) => name == tenant,
            (Namespaces::Every(_) | Namespaces::Labelled(_), Err(_)) => false,
        };
        held && match &self.who {
            Who::All => true,
            Who::Labelled(labels) => pods.requirements.iter().all(|requirement| requirement.matches(labels)),
            Who::Called(name) => *name == name_of(end),
        }
    }

    /// Whether its pods reach each other without a rule.
    pub(crate) fn is_open_inside(&self) -> bool {
        let known = self.workspace.tenants().find(|known| Some(&known.name) == self.tenant.as_ref());
        known.is_some_and(|known| !known.isolated) && self.workspace.platform.default_deny_provided.is_none()
    }
}

/// The labels of an app's pods in the workspace's environment, as far as they are stated.
fn labels(snapshot: &Snapshot, workspace: &Workspace, tenant: &str, app: &SmolStr) -> Labels {
    let env = workspace.env.as_deref();
    let declared = declared::apps(snapshot, tenant, app).find(|(statement, _)| statement.is_in(env));
    let stated = declared.map_or(&[][..], |(_, app)| &app.labels);
    if stated.is_empty() {
        return vec![(workspace.platform.app_label.clone(), app.clone())];
    }
    stated.iter().map(|label| (label.key.value.clone(), label.value.value.clone())).collect()
}

/// The tenants that an end takes in pods of.
pub(crate) fn tenants<'s>(workspace: &'s Workspace, end: &'s End) -> Vec<&'s SmolStr> {
    match end {
        End::Pods(Namespaces::One(tenant, _), _) => vec![tenant],
        End::Pods(namespaces, _) => {
            let held = workspace.tenants().filter(|tenant| workspace.hold(namespaces, tenant));
            held.map(|tenant| &tenant.name).collect()
        }
        End::Blocks(..) | End::Ingress(_) => Vec::new(),
    }
}

/// What an end is called, its tenant left out.
pub(crate) fn name_of(end: &End) -> SmolStr {
    match end {
        End::Pods(_, Pods { app: Some(app), .. }) => app.clone(),
        End::Pods(_, Pods { requirements, .. }) if requirements.is_empty() => SmolStr::new_static("*"),
        End::Pods(_, Pods { requirements, .. }) => {
            let all: Vec<String> = requirements.iter().map(ToString::to_string).collect();
            SmolStr::new(format!("pods({})", all.join(", ")))
        }
        End::Blocks(name, _) => name.clone(),
        End::Ingress(None) => SmolStr::new_static("ingress"),
        End::Ingress(Some(access)) => SmolStr::new(format!("ingress {}", access.word())),
    }
}
