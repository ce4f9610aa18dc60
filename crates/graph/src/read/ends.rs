//! The ends of flows and exposures as nodes.

use super::{GroupId, NodeId, Reader};
use crate::words;
use crate::{Change, GroupKind, Node, NodeKind, Place, Side};
use ipnet::IpNet;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_analysis::model::{Block, End, Exposure, External, Namespaces, Pods, Remote, Tenant};
use xks_base::values::host::Host;
use xks_base::values::label::Requirement;
use xks_syntax::ast;

/// A node that is not yet numbered.
#[derive(Default)]
pub(super) struct Draft<'a> {
    /// What it is called; an address may have several names.
    names: BTreeSet<String>,
    detail: Option<String>,
    notes: BTreeSet<String>,
    place: Option<Place>,
    /// Which pods it is.
    pods: Option<(&'a Namespaces, &'a Pods)>,
    /// Of a host: whether every exposure has TLS, and the addresses that each is limited to.
    tls: Option<bool>,
    limits: BTreeSet<Option<String>>,
}

impl Draft<'_> {
    pub(super) fn node(&self, id: &NodeId, group: usize, within: Vec<usize>) -> Node {
        let mut detail: Vec<String> = self.detail.iter().cloned().collect();
        detail.extend(self.tls.map(|tls| if tls { "TLS" } else { "no TLS" }.to_string()));
        // A limit that only some exposures have stands at their edges.
        if let (1, Some(Some(ranges))) = (self.limits.len(), self.limits.first()) {
            detail.push(format!("only from {ranges}"));
        }
        Node {
            key: id.key(),
            group,
            side: id.side,
            kind: id.kind,
            label: self.names.iter().cloned().collect::<Vec<_>>().join(", "),
            detail: (!detail.is_empty()).then(|| detail.join(" \u{b7} ")),
            notes: self.notes.iter().cloned().collect(),
            within,
            place: self.place.clone(),
            change: Change::Same,
        }
    }
}

impl<'a> Reader<'a> {
    /// The node of a flow's end. What lies outside stands on `side` of the pods of `tenant`.
    pub(super) fn end(&mut self, end: &'a End, side: Side, tenant: &SmolStr) -> NodeId {
        let home = || GroupId { kind: GroupKind::Tenant, key: tenant.to_string() };
        match end {
            End::Pods(namespaces, pods) => self.pods(namespaces, pods),
            End::Ingress(access) => {
                let name = match access {
                    None => "ingress".to_string(),
                    Some(access) => format!("ingress {}", access.word()),
                };
                self.add(NodeId { group: home(), side, kind: NodeKind::Controller, name: name.clone() }, name)
            }
            End::Blocks(name, blocks) => match name.as_str() {
                "internet" => self.addresses(home(), side, NodeKind::Internet, name, blocks),
                "kube-api" | "nodes" | "metadata" => self.addresses(home(), side, NodeKind::Platform, name, blocks),
                _ => match self.external_at(tenant, name, blocks) {
                    Some((owner, external)) if side == Side::Destination => self.external(owner, external),
                    Some((_, external)) => self.addresses(home(), side, NodeKind::Addresses, &external.name, blocks),
                    None => {
                        let text = words::blocks(blocks);
                        // More than `internet`, which leaves out what is private.
                        let everywhere = blocks.iter().any(|block| block.cidr.prefix_len() == 0);
                        let kind = if everywhere { NodeKind::Internet } else { NodeKind::Addresses };
                        self.add(NodeId { group: home(), side, kind, name: text.clone() }, text)
                    }
                },
            },
        }
    }

    fn add(&mut self, id: NodeId, name: String) -> NodeId {
        self.draft(&id).names.insert(name);
        id
    }

    fn draft(&mut self, id: &NodeId) -> &mut Draft<'a> {
        self.nodes.entry(id.clone()).or_default()
    }

    /// Addresses that are known by a name.
    fn addresses(&mut self, group: GroupId, side: Side, kind: NodeKind, name: &SmolStr, blocks: &[Block]) -> NodeId {
        let id = self.add(NodeId { group, side, kind, name: name.to_string() }, name.to_string());
        let text = words::blocks(blocks);
        let draft = self.draft(&id);
        if kind != NodeKind::Internet {
            draft.detail = Some(text.clone());
        }
        draft.notes.insert(text);
        id
    }

    fn pods(&mut self, namespaces: &'a Namespaces, pods: &'a Pods) -> NodeId {
        let group = self.group_of(namespaces);
        let requirements = &*pods.requirements;
        let same_labels = |(name, labels): (&SmolStr, &[Requirement])| (labels == requirements).then(|| name.clone());
        let named = match &pods.app {
            Some(app) => Some(app.clone()),
            None if requirements.is_empty() => None,
            None => self.apps_of(&group).find_map(same_labels),
        };
        let (kind, name) = match named {
            Some(app) => {
                let usual = self.apps.get(&(group.clone(), app.clone())).is_none_or(|labels| labels == requirements);
                let name = if usual { app.to_string() } else { format!("{app} {}", words::pods(requirements)) };
                (NodeKind::App, name)
            }
            None if requirements.is_empty() => (NodeKind::EveryPod, "*".to_string()),
            None => (NodeKind::Pods, words::pods(requirements)),
        };
        let label = if kind == NodeKind::EveryPod { "every pod".to_string() } else { name.clone() };
        let id = self.add(NodeId { group, side: Side::Pods, kind, name }, label);
        let own_label = format!("{}={}", self.workspace.platform.app_label, id.name);
        let draft = self.draft(&id);
        draft.pods = Some((namespaces, pods));
        let labels = words::listed(requirements);
        if kind == NodeKind::App && labels != own_label {
            draft.notes.insert(format!("pods with {labels}"));
        }
        id
    }

    fn apps_of(&self, group: &GroupId) -> impl Iterator<Item = (&SmolStr, &[Requirement])> {
        let first = (group.clone(), SmolStr::default());
        let all = self.apps.range(first..).take_while(move |((owner, _), _)| owner == group);
        all.map(|((_, name), labels)| (name, labels.as_slice()))
    }

    pub(super) fn declared_app(&mut self, tenant: &'a Tenant, name: &ast::Name, labels: &[ast::Label]) {
        let group = GroupId { kind: GroupKind::Tenant, key: tenant.name.to_string() };
        let one = |key: &SmolStr, value: &SmolStr| Requirement::In(key.clone(), vec![value.clone()]);
        let mut requirements: Vec<Requirement> =
            labels.iter().map(|label| one(&label.key.value, &label.value.value)).collect();
        requirements.sort();
        if requirements.is_empty() {
            requirements.push(one(&self.workspace.platform.app_label, &name.value));
        }
        let meshed = tenant.mesh || tenant.mesh_apps.iter().any(|(app, ..)| *app == name.value);
        self.apps.insert((group.clone(), name.value.clone()), requirements);
        let id = NodeId { group, side: Side::Pods, kind: NodeKind::App, name: name.value.to_string() };
        let place = self.texts.place(name.span);
        let id = self.add(id, name.value.to_string());
        let draft = self.draft(&id);
        draft.place = Some(place);
        if meshed {
            draft.notes.insert("in the mesh".to_string());
        }
    }

    /// Where a tenant declares no app, the flows say which there are.
    pub(super) fn apps_named_in_flows(&mut self) {
        for flow in self.workspace.flows() {
            for end in [&flow.from, &flow.to] {
                if let End::Pods(namespaces, pods) = end
                    && let Some(app) = &pods.app
                {
                    let group = self.group_of(namespaces);
                    self.apps.entry((group, app.clone())).or_insert_with(|| pods.requirements.to_vec());
                }
            }
        }
    }

    /// The external of `tenant`, or of another, that stands for these addresses.
    fn external_at(&self, tenant: &SmolStr, name: &str, blocks: &[Block]) -> Option<(&'a Tenant, &'a External)> {
        let same = |external: &External| match &external.remote {
            Remote::Addresses(all) => {
                all.len() == blocks.len()
                    && all
                        .iter()
                        .zip(blocks)
                        .all(|(ip, block)| block.except.is_empty() && IpNet::from(*ip) == block.cidr)
            }
            Remote::Host(_) => false,
        };
        let own = self.tenants.get(tenant).copied();
        let of =
            |tenant: &'a Tenant| tenant.externals.iter().filter(|external| same(external)).map(move |e| (tenant, e));
        let named = |(_, external): &(&Tenant, &External)| external.name == name;
        let others = self.workspace.tenants().flat_map(of).find(named);
        own.and_then(|own| of(own).find(named).or_else(|| of(own).next())).or(others)
    }

    /// An external is known by what stands behind it, under each of its names.
    pub(super) fn external(&mut self, tenant: &'a Tenant, external: &'a External) -> NodeId {
        let group = GroupId { kind: GroupKind::Tenant, key: tenant.name.to_string() };
        let remote = match &external.remote {
            Remote::Host(host) => host.as_str().to_string(),
            Remote::Addresses(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        let id = NodeId { group, side: Side::Destination, kind: NodeKind::External, name: remote.clone() };
        let id = self.add(id, external.name.to_string());
        let place = self.texts.place(external.origin);
        let draft = self.draft(&id);
        draft.detail = Some(remote);
        draft.place.get_or_insert(place);
        id
    }

    /// The node of a host, and the addresses that the exposure is limited to.
    pub(super) fn host(&mut self, tenant: &'a Tenant, exposure: &'a Exposure, host: &Host) -> (NodeId, Option<String>) {
        let id = NodeId {
            group: GroupId { kind: GroupKind::Tenant, key: tenant.name.to_string() },
            side: Side::Source,
            kind: NodeKind::Host(exposure.access),
            name: format!("{} {}", exposure.access.word(), host.as_str()),
        };
        let id = self.add(id, host.as_str().to_string());
        let allowed = exposure.behavior.clients.allowed.as_ref();
        let limit = allowed.map(|nets| nets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
        let place = self.texts.place(exposure.origin);
        let draft = self.draft(&id);
        draft.place.get_or_insert(place);
        draft.tls = Some(draft.tls.unwrap_or(true) && exposure.tls.is_some());
        draft.limits.insert(limit.clone());
        draft.notes.insert(format!("served by the {} ingress controller", exposure.access.word()));
        (id, limit)
    }

    /// For each node, those whose pods hold all of its.
    pub(super) fn within(&self, numbers: &BTreeMap<&NodeId, usize>) -> Vec<Vec<usize>> {
        // Only selections of pods that are not one app of one tenant can hold others.
        let mut wide: BTreeMap<Option<&GroupId>, Vec<(&NodeId, &Namespaces, &Pods)>> = BTreeMap::new();
        for (id, draft) in &self.nodes {
            let several = id.group.kind == GroupKind::Several;
            if let (Some((namespaces, pods)), true) = (draft.pods, several || id.kind != NodeKind::App) {
                let home = (!several).then_some(&id.group);
                wide.entry(home).or_default().push((id, namespaces, pods));
            }
        }
        let of = |(id, draft): (&NodeId, &Draft<'a>)| {
            let home;
            let own;
            let (namespaces, pods) = match draft.pods {
                Some(pods) => pods,
                // Declared, and named in no flow.
                None if id.side == Side::Pods => {
                    let name = SmolStr::new(&id.name);
                    let namespace = self.tenants.get(&name_of(&id.group)).map(|tenant| tenant.namespace.clone());
                    home = Namespaces::One(name_of(&id.group), namespace.unwrap_or_default());
                    let labels = self.apps.get(&(id.group.clone(), name.clone())).cloned().unwrap_or_default();
                    own = Pods { requirements: labels.into(), app: Some(name) };
                    (&home, &own)
                }
                None => return Vec::new(),
            };
            let near = [Some(&id.group), None].into_iter().filter_map(|home| wide.get(&home)).flatten();
            let holding = near.filter(|(wider, their_namespaces, their_pods)| {
                *wider != id && their_pods.cover(pods) && self.hold_all(their_namespaces, namespaces)
            });
            holding.filter_map(|(wider, ..)| numbers.get(wider).copied()).collect()
        };
        self.nodes.iter().map(of).collect()
    }
}

fn name_of(group: &GroupId) -> SmolStr {
    SmolStr::new(&group.key)
}
