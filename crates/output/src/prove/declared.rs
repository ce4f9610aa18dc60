//! What statements describe in one namespace, as rules of its policies.

use super::Half;
use ipnet::IpNet;
use smol_str::SmolStr;
use std::borrow::Cow;
use xks_analysis::model::{self, Namespaces, Platform, Tenant, Workspace};
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_base::values::label::Requirement;
use xks_base::values::port::{PortRef, Protocol};
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::labels::{Labelled, remainder};
use xks_kubernetes::cluster::objects::Direction;
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{Block as Connections, Connection, End, Pods, Relation};

/// What has to be written for one namespace.
pub(super) struct Declared<'a> {
    /// What is let through.
    pub(super) rules: Vec<Rule<'a>>,
    /// The pods that let through nothing else, by direction; all of them where no requirement stands.
    pub(super) isolated: Vec<(Direction, Cow<'a, [Requirement]>)>,
}

/// Some pods of the namespace, and one kind of peers that they may connect to, or that may connect to them.
pub(super) struct Rule<'a> {
    pub(super) direction: Direction,
    pub(super) own: Cow<'a, [Requirement]>,
    pub(super) peer: Peer<'a>,
    /// Empty means all.
    pub(super) ports: Vec<model::Port>,
    /// The statement, where one describes it.
    origin: Option<Span>,
}

/// Who is at the other end.
pub(super) enum Peer<'a> {
    /// Pods.
    Pods(Place<'a>, Cow<'a, [Requirement]>),
    /// Addresses.
    Block(Cow<'a, IpNet>, &'a [IpNet]),
}

/// Where pods are.
pub(super) enum Place<'a> {
    /// In the same namespace.
    Here,
    /// In the namespaces whose label has this value.
    Label(&'a str, &'a str),
    /// In the namespaces whose label has one of these values.
    Labels(&'a str, &'a [SmolStr]),
    /// In the namespaces with these labels.
    Meeting(&'a [Requirement]),
}

/// The namespace label that nobody can take away or forge.
const METADATA_NAME: &str = "kubernetes.io/metadata.name";

/// Where Linkerd's proxies listen, on whichever port the application does.
const LINKERD_INBOUND: u16 = 4143;

/// What Linkerd's proxies ask the control plane for.
const LINKERD_CONTROL: [(&str, &[u16]); 2] = [("destination", &[8086, 8090]), ("identity", &[8080])];

/// The pods of the namespace that a half is about.
pub(super) fn own_pods<'a>(half: &Half<'a>) -> Option<&'a [Requirement]> {
    let end = match half.direction {
        Direction::Egress => &half.flow.from,
        Direction::Ingress => &half.flow.to,
    };
    match end {
        model::End::Pods(_, pods) => Some(&pods.requirements),
        model::End::Blocks(..) | model::End::Ingress(_) => None,
    }
}

impl<'a> Declared<'a> {
    pub(super) fn of(
        workspace: &'a Workspace,
        namespace: &str,
        tenant: Option<&'a Tenant>,
        halves: &[Half<'a>],
    ) -> Declared<'a> {
        let platform = &workspace.platform;
        let mut declared = Declared { rules: Vec::with_capacity(halves.len() + 4), isolated: Vec::new() };
        if let Some(tenant) = tenant {
            if platform.default_deny_provided.is_none() {
                declared.default_deny(platform, tenant);
            }
            declared.mesh(platform, tenant);
        }
        let closed = tenant.is_some() && platform.default_deny_provided.is_none();
        for half in halves {
            let Some(own) = own_pods(half) else { continue };
            let other = match half.direction {
                Direction::Egress => &half.flow.to,
                Direction::Ingress => &half.flow.from,
            };
            let mut ports = half.flow.ports.clone();
            if !ports.is_empty() && workspace.meshed(&half.flow.from, &half.flow.to) {
                ports.push(tcp(LINKERD_INBOUND));
            }
            if !closed {
                declared.isolated.push((half.direction, Cow::Borrowed(own)));
            }
            declared.half(platform, namespace, half, own, other, ports);
        }
        declared
    }

    fn half(
        &mut self,
        platform: &'a Platform,
        namespace: &str,
        half: &Half<'a>,
        own: &'a [Requirement],
        other: &'a model::End,
        ports: Vec<model::Port>,
    ) {
        let mut add = |peer, ports| {
            let (own, origin) = (Cow::Borrowed(own), Some(half.flow.origin));
            self.rules.push(Rule { direction: half.direction, own, peer, ports, origin });
        };
        match other {
            model::End::Pods(namespaces, pods) => {
                let label = platform.namespace_label.as_str();
                let place = match namespaces {
                    Namespaces::One(_, other) if other == namespace => Place::Here,
                    Namespaces::One(_, other) => Place::Label(label, other),
                    Namespaces::Every(all) => Place::Labels(label, all),
                    Namespaces::Labelled(requirements) => Place::Meeting(requirements),
                };
                add(Peer::Pods(place, Cow::Borrowed(&pods.requirements)), ports);
            }
            model::End::Blocks(_, blocks) => {
                for block in blocks.iter() {
                    add(Peer::Block(Cow::Borrowed(&block.cidr), &block.except), ports.clone());
                }
            }
            model::End::Ingress(access) if platform.ingress_addresses.is_empty() => {
                let labels = match access {
                    Some(Access::Public) => &platform.public_pods[..],
                    Some(Access::Private) => &platform.private_pods[..],
                    None => &[],
                };
                let place = Place::Label(&platform.namespace_label, &platform.ingress_namespace);
                add(Peer::Pods(place, equal(labels)), ports);
            }
            model::End::Ingress(_) => {
                for cidr in &platform.ingress_addresses {
                    add(Peer::Block(Cow::Borrowed(cidr), &[]), ports.clone());
                }
            }
        }
    }

    /// Nothing goes in or out but questions for names, and what stays inside unless the tenant is isolated.
    fn default_deny(&mut self, platform: &'a Platform, tenant: &Tenant) {
        let all = || Cow::Borrowed(&[][..]);
        self.isolated.extend([Direction::Egress, Direction::Ingress].map(|direction| (direction, all())));
        let mut add = |direction, peer, ports| {
            self.rules.push(Rule { direction, own: all(), peer, ports, origin: tenant.origin });
        };
        let names = || [Protocol::Udp, Protocol::Tcp].map(|protocol| port(53, protocol)).to_vec();
        let servers = Peer::Pods(Place::Label(METADATA_NAME, &platform.dns_namespace), equal(&platform.dns_pods));
        add(Direction::Egress, servers, names());
        for address in &platform.dns_addresses {
            add(Direction::Egress, Peer::Block(Cow::Borrowed(address), &[]), names());
        }
        if !tenant.isolated {
            for direction in [Direction::Egress, Direction::Ingress] {
                add(direction, Peer::Pods(Place::Here, all()), Vec::new());
            }
        }
    }

    /// What Linkerd's proxies need, in the whole tenant or in some of its apps.
    fn mesh(&mut self, platform: &'a Platform, tenant: &'a Tenant) {
        let apps = tenant.mesh_apps.iter().map(|(_, labels, span)| (equal(labels), Some(*span)));
        let meshed: Vec<(Cow<'a, [Requirement]>, Option<Span>)> =
            if tenant.mesh { vec![(Cow::Borrowed(&[]), tenant.origin)] } else { apps.collect() };
        for (own, origin) in meshed {
            if platform.default_deny_provided.is_some() {
                self.isolated.push((Direction::Egress, own.clone()));
            }
            for (component, numbers) in LINKERD_CONTROL {
                let label = SmolStr::new_static("linkerd.io/control-plane-component");
                let pods = Cow::Owned(vec![Requirement::In(label, vec![SmolStr::new_static(component)])]);
                let peer = Peer::Pods(Place::Label(METADATA_NAME, &platform.mesh_namespace), pods);
                let ports = numbers.iter().map(|number| tcp(*number)).collect();
                self.rules.push(Rule { direction: Direction::Egress, own: own.clone(), peer, ports, origin });
            }
        }
    }

    /// The connections that are to be let through in a direction.
    pub(super) fn permits(&self, namespace: &SmolStr, direction: Direction) -> Relation {
        let rules = self.rules.iter().filter(|rule| rule.direction == direction);
        let mut relation: Relation = rules.filter_map(|rule| rule.connections(namespace)).collect();
        let isolated: Vec<Labelled> = self
            .isolated
            .iter()
            .filter(|(of, _)| *of == direction)
            .filter_map(|(_, own)| Labelled::selected(own.iter()))
            .collect();
        for free in remainder(Labelled::all(), &isolated) {
            for other in End::everything() {
                relation.extend(connections(direction, Pods::within(namespace, free.clone()), other, Ports::all()));
            }
        }
        relation
    }

    /// The statement that describes a connection.
    pub(super) fn origin(&self, namespace: &SmolStr, direction: Direction, connection: &Connection) -> Option<Span> {
        let describes = |rule: &&Rule<'_>| {
            let one: Relation = rule.connections(namespace).into_iter().collect();
            rule.direction == direction && one.contains(connection)
        };
        self.rules.iter().find(describes).and_then(|rule| rule.origin)
    }
}

impl Rule<'_> {
    fn connections(&self, namespace: &SmolStr) -> Option<Connections> {
        let own = Pods::within(namespace, Labelled::selected(self.own.iter())?);
        connections(self.direction, own, self.peer.end(namespace)?, self.port_set())
    }

    fn port_set(&self) -> Ports {
        if self.ports.is_empty() {
            return Ports::all();
        }
        self.ports.iter().fold(Ports::default(), |all, port| {
            all.union(&match &port.port {
                PortRef::Numbers(low, high) => Ports::range(port.protocol, *low, *high),
                PortRef::Name(name) => Ports::named(port.protocol, name.clone()),
            })
        })
    }
}

impl Peer<'_> {
    fn end(&self, namespace: &SmolStr) -> Option<End> {
        match self {
            Peer::Block(cidr, except) => {
                End::addresses(Addresses::net(cidr).difference(&Addresses::nets(except.iter())))
            }
            Peer::Pods(place, labels) => {
                let labelled = |key: &str, values: &[SmolStr]| {
                    Labelled::selected_namespaces([&Requirement::In(SmolStr::new(key), values.to_vec())])
                };
                let namespaces = match place {
                    Place::Here => Labelled::namespace(namespace),
                    Place::Label(key, value) => labelled(key, &[SmolStr::new(value)])?,
                    Place::Labels(key, values) => labelled(key, values)?,
                    Place::Meeting(requirements) => Labelled::selected_namespaces(requirements.iter())?,
                };
                Pods::new(&namespaces, Labelled::selected(labels.iter())?).map(End::Pods)
            }
        }
    }
}

fn connections(direction: Direction, own: Pods, other: End, ports: Ports) -> Option<Connections> {
    match direction {
        Direction::Egress => Connections::new(End::Pods(own), other, ports),
        Direction::Ingress => Connections::new(other, End::Pods(own), ports),
    }
}

/// Labels as requirements.
fn equal(labels: &[(SmolStr, SmolStr)]) -> Cow<'static, [Requirement]> {
    labels.iter().map(|(key, value)| Requirement::In(key.clone(), vec![value.clone()])).collect()
}

fn port(number: u16, protocol: Protocol) -> model::Port {
    model::Port { port: PortRef::Numbers(number, number), protocol }
}

fn tcp(number: u16) -> model::Port {
    port(number, Protocol::Tcp)
}
