//! Tenants, and sets of tenants.

use super::{GroupId, Reader};
use crate::words;
use crate::{Change, Group, GroupKind};
use xks_analysis::model::{Namespaces, Tenant};
use xks_base::diagnostics::suggest::counted;

/// What the set of all tenants is known by.
const EVERY: &str = "*";

impl<'a> Reader<'a> {
    pub(super) fn tenants(&mut self) {
        for tenant in self.workspace.tenants() {
            let group = self.tenant(tenant);
            self.groups.insert(GroupId { kind: GroupKind::Tenant, key: group.key.clone() }, group);
        }
    }

    fn tenant(&self, tenant: &Tenant) -> Group {
        let mut notes = Vec::new();
        if tenant.namespace != tenant.name {
            notes.push(format!("namespace {}", tenant.namespace));
        }
        if tenant.isolated {
            notes.push("isolated".to_string());
        }
        if tenant.mesh || !tenant.mesh_apps.is_empty() {
            notes.push("mesh linkerd".to_string());
        }
        if !tenant.includes.is_empty() {
            notes.push(format!("{}, not drawn", counted(tenant.includes.len(), "hand-written file")));
        }
        Group {
            key: tenant.name.to_string(),
            kind: GroupKind::Tenant,
            title: tenant.name.to_string(),
            notes,
            open_inside: !tenant.isolated && self.workspace.platform.default_deny_provided.is_none(),
            members: Vec::new(),
            place: Some(self.texts.place(tenant.origin.unwrap_or(tenant.span))),
            change: Change::Same,
        }
    }

    /// The group that holds the pods of these namespaces.
    pub(super) fn group_of(&mut self, namespaces: &Namespaces) -> GroupId {
        let (kind, key, title) = match namespaces {
            Namespaces::One(name, _) if self.tenants.contains_key(name) => {
                return GroupId { kind: GroupKind::Tenant, key: name.to_string() };
            }
            Namespaces::One(name, _) => (GroupKind::Foreign, name.to_string(), name.to_string()),
            Namespaces::Every(_) => (GroupKind::Several, EVERY.to_string(), "every tenant".to_string()),
            Namespaces::Labelled(requirements) if self.workspace.platform.marks_every(requirements) => {
                (GroupKind::Several, EVERY.to_string(), "every tenant".to_string())
            }
            Namespaces::Labelled(requirements) => {
                let text = words::tenants(requirements);
                (GroupKind::Several, text.clone(), text)
            }
        };
        let id = GroupId { kind, key };
        if !self.groups.contains_key(&id) {
            let members: Vec<String> = match kind {
                GroupKind::Several => {
                    let held = self.workspace.tenants().filter(|tenant| self.workspace.hold(namespaces, tenant));
                    held.map(|tenant| tenant.name.to_string()).collect()
                }
                GroupKind::Tenant | GroupKind::Foreign => Vec::new(),
            };
            let note = match kind {
                GroupKind::Several => counted(members.len(), "tenant"),
                GroupKind::Tenant | GroupKind::Foreign => "not in this workspace".to_string(),
            };
            let group = Group {
                key: id.key.clone(),
                kind,
                title,
                notes: vec![note],
                open_inside: false,
                members,
                place: None,
                change: Change::Same,
            };
            self.groups.insert(id.clone(), group);
        }
        id
    }

    /// Whether `wider` holds every namespace of `narrower`.
    pub(super) fn hold_all(&self, wider: &Namespaces, narrower: &Namespaces) -> bool {
        match narrower {
            Namespaces::One(name, _) => match self.tenants.get(name) {
                Some(tenant) => self.workspace.hold(wider, tenant),
                None => wider == narrower,
            },
            Namespaces::Every(_) | Namespaces::Labelled(_) => wider == narrower,
        }
    }
}
