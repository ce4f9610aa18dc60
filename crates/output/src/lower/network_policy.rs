//! NetworkPolicies: the default deny, and one policy for each pair of ends.

use super::{Half, Origin, Resource, Share, labelled, mesh, metadata};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smol_str::{SmolStr, ToSmolStr};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use xks_analysis::model::{End, Labels, Namespaces, Platform, Pods, Port, Tenant, Workspace};
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_base::values::label::Requirement;
use xks_base::values::object_name::{part, set_apart, shortened, with_hash};
use xks_base::values::port::{PortRef, Protocol};
use xks_kubernetes::k8s::{
    EgressRule, Expression, IngressRule, IpBlock, LabelSelector, Map, NetworkPolicySpec, Object, Peer, PolicyPort,
    PortValue, Spec, WithSpec,
};

/// A policy before it has a name.
struct Policy<'a> {
    egress: bool,
    subject: &'a Pods,
    peer: Cow<'a, End>,
    ports: Vec<Port>,
    origins: Vec<Span>,
}

pub(super) fn lower(workspace: &Workspace, share: &Share<'_>, out: &mut Vec<Resource>) {
    let platform = &workspace.platform;
    if let Some(tenant) = share.tenant {
        if platform.default_deny_provided.is_none() {
            out.push(default_deny(platform, tenant));
        }
        mesh::policies(platform, tenant, out);
    }
    let policies = merged(workspace, &share.halves);
    let names: Vec<String> = policies.iter().map(|policy| name_of(policy, share.namespace, platform)).collect();
    let made: Vec<SmolStr> = out.iter().map(|resource| resource.object.metadata().name.clone()).collect();
    let mut seen: FxHashSet<&str> = FxHashSet::with_capacity_and_hasher(names.len(), Default::default());
    let mut twice: FxHashSet<&str> = taken(share);
    twice.extend(made.iter().map(SmolStr::as_str));
    for name in &names {
        if !seen.insert(name) {
            twice.insert(name);
        }
    }
    let final_name = |(policy, name): (&Policy<'_>, &String)| {
        if twice.contains(name.as_str()) { with_hash(name, &identity(policy)) } else { shortened(name.clone()) }
    };
    let mut final_names: Vec<SmolStr> = policies.iter().zip(&names).map(final_name).collect();
    // Of what somebody else's statements make here and what the tenant's own do, the tenant's own keep their names.
    let is_own = |policy: &Policy<'_>| {
        let owner = |span: &Span| workspace.owners.get(span.file.0 as usize)?.as_ref();
        share.tenant.is_some_and(|tenant| policy.origins.iter().any(|span| owner(span) == Some(&tenant.name)))
    };
    set_apart(&mut final_names, |at| identity(&policies[at]), |at| is_own(&policies[at]));
    out.reserve_exact(policies.len());
    for (policy, name) in policies.iter().zip(final_names) {
        let meta = metadata(share.namespace, name);
        let spec = spec_of(policy, share.namespace, platform);
        let object = Object::WithSpec(WithSpec {
            api_version: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: meta,
            spec: Spec::NetworkPolicy(spec),
        });
        out.push(Resource { object, origin: Origin::Statements(policy.origins.clone()) });
    }
}

/// What sets a policy apart from others of its name. Which tenants there are is not part of it.
fn identity(policy: &Policy<'_>) -> String {
    let peer = match &*policy.peer {
        End::Pods(Namespaces::Every(_), pods) => format!("every {pods:?}"),
        peer => format!("{peer:?}"),
    };
    format!("{} {:?} {peer}", policy.egress, policy.subject)
}

/// Names that policies of included files have.
fn taken<'a>(share: &Share<'a>) -> FxHashSet<&'a str> {
    let includes = share.tenant.into_iter().flat_map(|tenant| &tenant.includes);
    includes
        .flat_map(|include| &include.objects)
        .filter(|(kind, _)| kind == "NetworkPolicy")
        .map(|(_, name)| name.as_str())
        .collect()
}

/// One policy for each direction, subject and peer: their ports add up.
fn merged<'a>(workspace: &Workspace, halves: &[Half<'a>]) -> Vec<Policy<'a>> {
    let mut policies: Vec<Policy<'a>> = Vec::with_capacity(halves.len());
    let mut places: FxHashMap<(bool, &'a Pods, Cow<'a, End>), usize> =
        FxHashMap::with_capacity_and_hasher(halves.len(), FxBuildHasher);
    for mut next in halves.iter().filter_map(|half| policy(workspace, half)) {
        match places.entry((next.egress, next.subject, next.peer.clone())) {
            Entry::Vacant(place) => {
                place.insert(policies.len());
                policies.push(next);
            }
            Entry::Occupied(place) => {
                let kept = &mut policies[*place.get()];
                if kept.ports.is_empty() || next.ports.is_empty() {
                    kept.ports.clear();
                } else {
                    kept.ports.append(&mut next.ports);
                    kept.ports.sort();
                    kept.ports.dedup();
                }
                kept.origins.append(&mut next.origins);
                kept.origins.sort();
                kept.origins.dedup();
            }
        }
    }
    policies
}

fn policy<'a>(workspace: &Workspace, half: &Half<'a>) -> Option<Policy<'a>> {
    let (subject, peer) = if half.egress { (&half.flow.from, &half.flow.to) } else { (&half.flow.to, &half.flow.from) };
    let End::Pods(_, subject) = subject else { return None };
    let peer = match peer {
        End::Ingress(Some(_)) if !workspace.platform.tells_controllers_apart() => Cow::Owned(End::Ingress(None)),
        peer => Cow::Borrowed(peer),
    };
    let mut ports = half.flow.ports.clone();
    if !ports.is_empty() && workspace.meshed(&half.flow.from, &half.flow.to) {
        ports.push(mesh::PROXY);
        ports.sort();
        ports.dedup();
    }
    Some(Policy { egress: half.egress, subject, peer, ports, origins: vec![half.flow.origin] })
}

fn spec_of(policy: &Policy<'_>, namespace: &str, platform: &Platform) -> NetworkPolicySpec {
    let peers = peers(&policy.peer, namespace, platform);
    let ports: Vec<PolicyPort> = policy.ports.iter().map(port).collect();
    let mut spec =
        NetworkPolicySpec { pod_selector: selector(&policy.subject.requirements), ..NetworkPolicySpec::default() };
    if policy.egress {
        spec.policy_types = vec!["Egress"];
        spec.egress = vec![EgressRule { to: peers, ports }];
    } else {
        spec.policy_types = vec!["Ingress"];
        spec.ingress = vec![IngressRule { from: peers, ports }];
    }
    spec
}

fn port(port: &Port) -> PolicyPort {
    let protocol = port.protocol.api();
    match &port.port {
        PortRef::Numbers(low, high) => {
            PolicyPort { protocol, port: Some(PortValue::Number(*low)), end_port: (low != high).then_some(*high) }
        }
        PortRef::Name(name) => PolicyPort { protocol, port: Some(PortValue::Name(name.clone())), end_port: None },
    }
}

fn peers(end: &End, namespace: &str, platform: &Platform) -> Vec<Peer> {
    match end {
        End::Pods(namespaces, pods) => {
            let pod_selector = Some(selector(&pods.requirements));
            let namespace_selector = match namespaces {
                Namespaces::One(_, other) if other == namespace => None,
                Namespaces::One(_, other) => Some(labelled(&platform.namespace_label, other)),
                Namespaces::Every(all) => {
                    Some(selector(&[Requirement::In(platform.namespace_label.clone(), all.to_vec())]))
                }
                Namespaces::Labelled(requirements) => Some(selector(requirements)),
            };
            // Every pod of a namespace needs no second selector.
            let pod_selector =
                if namespace_selector.is_some() && pods.requirements.is_empty() { None } else { pod_selector };
            vec![Peer { namespace_selector, pod_selector, ip_block: None }]
        }
        End::Blocks(_, blocks) => blocks
            .iter()
            .map(|block| {
                let except = block.except.iter().map(ToSmolStr::to_smolstr).collect();
                Peer { ip_block: Some(IpBlock { cidr: block.cidr.to_smolstr(), except }), ..Peer::default() }
            })
            .collect(),
        End::Ingress(access) => controllers(*access, platform),
    }
}

/// The ingress controllers: pods of their namespace, or addresses where they use the host's network.
fn controllers(access: Option<Access>, platform: &Platform) -> Vec<Peer> {
    if !platform.ingress_addresses.is_empty() {
        let block = |cidr: &ipnet::IpNet| Peer {
            ip_block: Some(IpBlock { cidr: cidr.to_smolstr(), except: Vec::new() }),
            ..Peer::default()
        };
        return platform.ingress_addresses.iter().map(block).collect();
    }
    let labels = match access {
        None => &Vec::new(),
        Some(Access::Public) => &platform.public_pods,
        Some(Access::Private) => &platform.private_pods,
    };
    let namespace_selector = Some(labelled(&platform.namespace_label, &platform.ingress_namespace));
    let pod_selector = (!labels.is_empty())
        .then(|| LabelSelector { match_labels: Map(labels.clone()), match_expressions: Vec::new() });
    vec![Peer { namespace_selector, pod_selector, ip_block: None }]
}

/// A selector: single values as `matchLabels`, the rest as expressions. A key that is asked for twice stays twice.
fn selector(requirements: &[Requirement]) -> LabelSelector {
    let mut found = LabelSelector::default();
    found.match_labels.0.reserve_exact(requirements.iter().filter(|one| matches!(one, Requirement::In(..))).count());
    for requirement in requirements {
        let mut expression = |key: &SmolStr, operator, values: &[SmolStr]| {
            found.match_expressions.push(Expression { key: key.clone(), operator, values: values.to_vec() });
        };
        match requirement {
            Requirement::In(key, values) => match values.as_slice() {
                [value] if found.match_labels.0.iter().all(|(known, _)| known != key) => {
                    found.match_labels.0.push((key.clone(), value.clone()))
                }
                values => expression(key, "In", values),
            },
            Requirement::NotIn(key, values) => expression(key, "NotIn", values),
            Requirement::Exists(key) => expression(key, "Exists", &[]),
            Requirement::Absent(key) => expression(key, "DoesNotExist", &[]),
        }
    }
    found
}

fn name_of(policy: &Policy<'_>, namespace: &str, platform: &Platform) -> String {
    let subject = pods_name(policy.subject);
    let inside = matches!(&*policy.peer, End::Pods(Namespaces::One(_, other), _) if other == namespace);
    let peer = match &*policy.peer {
        End::Pods(Namespaces::One(_, other), pods) if other == namespace => pods_name(pods),
        End::Pods(Namespaces::One(tenant, _), pods) => [tenant, "-", &pods_name(pods)].concat().into(),
        End::Pods(Namespaces::Every(_), pods) => format!("tenants-{}", pods_name(pods)).into(),
        End::Pods(Namespaces::Labelled(requirements), pods) if *requirements == platform.tenant_labels => {
            format!("tenants-{}", pods_name(pods)).into()
        }
        End::Pods(Namespaces::Labelled(requirements), pods) => {
            format!("tenants-{}-{}", requirements_name(requirements), pods_name(pods)).into()
        }
        End::Blocks(name, _) => part(name).into(),
        End::Ingress(Some(access)) => format!("ingress-{}", access.word()).into(),
        End::Ingress(None) => Cow::Borrowed("ingress"),
    };
    let (from, to) = if policy.egress { (&subject, &peer) } else { (&peer, &subject) };
    let side = match (inside, policy.egress) {
        (false, _) => "",
        (true, true) => "-egress",
        (true, false) => "-ingress",
    };
    ["allow-", from, "-to-", to, side].concat()
}

fn pods_name(pods: &Pods) -> Cow<'_, str> {
    match (&pods.app, &*pods.requirements) {
        (Some(app), _) => Cow::Borrowed(app),
        (None, []) => Cow::Borrowed("all"),
        (None, requirements) => Cow::Owned(requirements_name(requirements)),
    }
}

fn requirements_name(requirements: &[Requirement]) -> String {
    let one = |requirement: &Requirement| match requirement {
        Requirement::In(key, values) => part(&format!("{key}-{}", values.join("-"))),
        Requirement::NotIn(key, values) => part(&format!("not-{key}-{}", values.join("-"))),
        Requirement::Exists(key) => part(&format!("has-{key}")),
        Requirement::Absent(key) => part(&format!("no-{key}")),
    };
    requirements.iter().map(one).collect::<Vec<_>>().join("-")
}

/// Denies everything but names: both directions, for every pod. Traffic inside the tenant stays open unless it is
/// `isolated`.
fn default_deny(platform: &Platform, tenant: &Tenant) -> Resource {
    let everyone = || Peer { pod_selector: Some(LabelSelector::default()), ..Peer::default() };
    let mut spec = NetworkPolicySpec {
        policy_types: vec!["Ingress", "Egress"],
        egress: vec![dns(platform)],
        ..NetworkPolicySpec::default()
    };
    if !tenant.isolated {
        spec.ingress = vec![IngressRule { from: vec![everyone()], ports: Vec::new() }];
        spec.egress.push(EgressRule { to: vec![everyone()], ports: Vec::new() });
    }
    let meta = metadata(&tenant.namespace, SmolStr::new_static("default-deny"));
    let object = Object::WithSpec(WithSpec {
        api_version: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: meta,
        spec: Spec::NetworkPolicy(spec),
    });
    Resource { object, origin: Origin::of(tenant) }
}

/// The way to the cluster's DNS, over UDP and TCP. Its namespace is named by the label that the API server sets: pods of
/// another namespace that call themselves `kube-dns` are not let through.
fn dns(platform: &Platform) -> EgressRule {
    let name = SmolStr::new_static("kubernetes.io/metadata.name");
    let pods: &Labels = &platform.dns_pods;
    let mut to = vec![Peer {
        namespace_selector: Some(labelled(&name, &platform.dns_namespace)),
        pod_selector: Some(LabelSelector { match_labels: Map(pods.clone()), match_expressions: Vec::new() }),
        ip_block: None,
    }];
    let block = |cidr: &ipnet::IpNet| Peer {
        ip_block: Some(IpBlock { cidr: cidr.to_smolstr(), except: Vec::new() }),
        ..Peer::default()
    };
    to.extend(platform.dns_addresses.iter().map(block));
    let port =
        |protocol: Protocol| PolicyPort { protocol: protocol.api(), port: Some(PortValue::Number(53)), end_port: None };
    EgressRule { to, ports: vec![port(Protocol::Udp), port(Protocol::Tcp)] }
}
