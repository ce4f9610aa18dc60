//! What the peers of a question are, as sets of pods and addresses.

use super::Subject;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use xks_analysis::model::{self, Namespaces, Port};
use xks_analysis::names::AppPort;
use xks_base::values::access::Access;
use xks_base::values::port::PortRef;
use xks_kubernetes::cluster::Cluster;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::labels::{Labelled, Labels, Setting, Settings, remainder};
use xks_kubernetes::cluster::objects::{ContainerPort, Direction, PortMatch, Rule, Workload};
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{End, Pods};

/// What a peer stands for.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    /// Who.
    pub(super) end: End,
    /// On which ports.
    pub(super) ports: Ports,
    /// The ports that it declares, if it is a workload.
    pub(super) known: Option<Vec<ContainerPort>>,
    /// The workload in the network of its node, if it is one: policies are not defined for it.
    pub(super) host_network: Option<SmolStr>,
}

/// The ends of `ends`, each on its ports.
pub(super) fn of(subject: &Subject<'_>, ends: &[(model::End, Vec<Port>)]) -> Vec<Peer> {
    let mut mentioned = None;
    let mut out = Vec::new();
    for (end, written) in ends {
        let workloads = workloads(subject, end);
        for workload in &workloads {
            let mentioned = mentioned.get_or_insert_with(|| Mentioned::of(subject.cluster));
            let labels = mentioned.exactly(&workload.labels);
            out.push(Peer {
                end: End::Pods(Pods::within(&workload.namespace, labels)),
                ports: mentioned.at(&ports(written), &workload.ports),
                known: Some(workload.ports.clone()),
                host_network: workload.host_network.then(|| workload.name.clone()),
            });
        }
        if let Some((sets, declared)) = declared(subject, end) {
            let mentioned = mentioned.get_or_insert_with(|| Mentioned::of(subject.cluster));
            let ports = mentioned.at(&ports(written), &declared);
            let peer = |end| Peer { end, ports: ports.clone(), known: Some(declared.clone()), host_network: None };
            out.extend(sets.into_iter().map(peer));
        } else if workloads.is_empty() {
            let set = of_model(subject.platform, end);
            out.extend(set.into_iter().map(|end| Peer { end, ports: ports(written), known: None, host_network: None }));
        }
    }
    out
}

/// The workloads that an app stands for: those that the app label names, or else the one of that name. Over sources an app
/// is whatever pods carry its labels.
fn workloads<'a>(subject: &Subject<'a>, end: &model::End) -> Vec<&'a Workload> {
    let model::End::Pods(Namespaces::One(_, namespace), pods) = end else { return Vec::new() };
    let (Some(app), None) = (&pods.app, subject.workspace) else { return Vec::new() };
    let here = || subject.cluster.objects().workloads.iter().filter(|workload| workload.namespace == *namespace);
    let labelled = |workload: &&Workload| pods.requirements.iter().all(|wanted| wanted.matches(&workload.labels));
    let found: Vec<&Workload> = here().filter(labelled).collect();
    if found.is_empty() { here().filter(|workload| workload.name == *app).collect() } else { found }
}

/// The pods of a declared app, and the ports that it says they have. A pod is of one app: those that carry the labels of
/// another one as well are not meant.
fn declared(subject: &Subject<'_>, end: &model::End) -> Option<(Vec<End>, Vec<ContainerPort>)> {
    subject.workspace?;
    let model::End::Pods(Namespaces::One(tenant, namespace), pods) = end else { return None };
    let scope = subject.names.tenant(tenant)?;
    let name = pods.app.as_ref()?;
    let app = scope.apps.get(name)?;
    let own = Labelled::selected(pods.requirements.iter())?;
    let labels = |other: &SmolStr| {
        let labels = scope.labels_of(other, &subject.platform.app_label);
        labels.into_iter().try_fold(Labelled::all(), |all, (key, value)| all.with(&key, &among(&value)))
    };
    let others = scope.app_names.iter().filter(|other| *other != name).filter_map(labels);
    let others: Vec<Labelled> = others.filter(|other| !own.is_subset(other)).collect();
    let sets = remainder(own, &others).into_iter().map(|labels| End::Pods(Pods::within(namespace, labels))).collect();
    let port =
        |port: &AppPort| ContainerPort { name: Some(port.name.clone()), protocol: port.protocol, number: port.number };
    Some((sets, app.ports.iter().map(port).collect()))
}

/// An end of the model as sets.
pub(super) fn of_model(platform: &model::Platform, end: &model::End) -> Vec<End> {
    match end {
        model::End::Pods(namespaces, pods) => {
            let namespaces = match namespaces {
                Namespaces::One(_, name) => Some(Labelled::namespace(name)),
                Namespaces::Every(names) => Labelled::namespaces(names.iter().cloned()),
                Namespaces::Labelled(requirements) => Labelled::selected_namespaces(requirements.iter()),
            };
            let labels = Labelled::selected(pods.requirements.iter());
            let pods = namespaces.zip(labels).and_then(|(namespaces, labels)| Pods::new(&namespaces, labels));
            pods.map(End::Pods).into_iter().collect()
        }
        model::End::Blocks(_, blocks) => {
            let addresses = blocks.iter().fold(Addresses::default(), |all, block| {
                all.union(&Addresses::net(&block.cidr).difference(&Addresses::nets(&block.except)))
            });
            End::addresses(addresses).into_iter().collect()
        }
        model::End::Ingress(access) => controllers(platform, *access),
    }
}

/// The platform's ingress controllers, or one of them.
pub(super) fn controllers(platform: &model::Platform, access: Option<Access>) -> Vec<End> {
    if !platform.ingress_addresses.is_empty() {
        return End::addresses(Addresses::nets(&platform.ingress_addresses)).into_iter().collect();
    }
    let labels = match access {
        None => &Vec::new(),
        Some(Access::Public) => &platform.public_pods,
        Some(Access::Private) => &platform.private_pods,
    };
    let one = |(key, value): &(SmolStr, SmolStr)| (key.clone(), among(value));
    let labels = labels.iter().map(one).try_fold(Labelled::all(), |all, (key, value)| all.with(&key, &value));
    labels.map(|labels| End::Pods(Pods::within(&platform.ingress_namespace, labels))).into_iter().collect()
}

fn among(value: &SmolStr) -> Settings {
    Settings::just(Some(value.clone()))
}

/// Ports of the model as a set; none means all.
pub(super) fn ports(written: &[Port]) -> Ports {
    if written.is_empty() {
        return Ports::all();
    }
    written.iter().fold(Ports::default(), |all, port| {
        all.union(&match &port.port {
            PortRef::Numbers(low, high) => Ports::range(port.protocol, *low, *high),
            PortRef::Name(name) => Ports::named(port.protocol, name.clone()),
        })
    })
}

/// The labels and names of ports that policies ask for: of a pod that is known, each of them is settled.
pub(super) struct Mentioned<'a> {
    labels: BTreeSet<&'a SmolStr>,
    ports: BTreeSet<&'a SmolStr>,
}

impl<'a> Mentioned<'a> {
    pub(super) fn of(cluster: &'a Cluster) -> Mentioned<'a> {
        let mut mentioned = Mentioned { labels: BTreeSet::new(), ports: BTreeSet::new() };
        for policy in &cluster.objects().policies {
            mentioned.labels.extend(policy.pods.0.iter().map(|requirement| requirement.key()));
            let directions = [Direction::Ingress, Direction::Egress];
            for rule in directions.into_iter().filter_map(|direction| policy.rules(direction)).flatten() {
                mentioned.rule(rule);
            }
        }
        mentioned
    }

    fn rule(&mut self, rule: &'a Rule) {
        for peer in &rule.peers {
            if let xks_kubernetes::cluster::objects::Peer::Pods { pods: Some(selector), .. } = peer {
                self.labels.extend(selector.0.iter().map(|requirement| requirement.key()));
            }
        }
        self.ports.extend(rule.ports.iter().filter_map(|port| match &port.port {
            Some(PortMatch::Name(name)) => Some(name),
            _ => None,
        }));
    }

    /// The pods with these labels, and none of the others that policies ask for.
    pub(super) fn exactly(&self, labels: &Labels) -> Labelled {
        let mut conditions: Vec<(SmolStr, Setting)> =
            labels.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
        let others = self.labels.iter().filter(|key| labels.iter().all(|(own, _)| own != **key));
        conditions.extend(others.map(|key| ((*key).clone(), None)));
        let all = conditions
            .into_iter()
            .try_fold(Labelled::all(), |all, (key, setting)| all.with(&key, &Settings::just(setting)));
        all.unwrap_or_default() // each key has one setting
    }

    /// The ports of a pod that declares these: a name means the number that it has there.
    pub(super) fn at(&self, ports: &Ports, known: &[ContainerPort]) -> Ports {
        let mut rest = ports.clone();
        let mut out = Ports::default();
        for port in known {
            let number = Ports::range(port.protocol, port.number, port.number);
            rest = rest.difference(&number);
            let here = ports.intersection(&number);
            out = out.union(&match &port.name {
                Some(name) => here.intersection(&Ports::named(port.protocol, name.clone())),
                None => self.nameless(here, known),
            });
        }
        out.union(&self.nameless(rest, known))
    }

    /// The ports that have none of the names.
    fn nameless(&self, ports: Ports, known: &[ContainerPort]) -> Ports {
        let names = self.ports.iter().copied().chain(known.iter().filter_map(|port| port.name.as_ref()));
        let named = |name: &SmolStr| {
            let protocols = xks_kubernetes::cluster::ports::PROTOCOLS.into_iter();
            protocols.fold(Ports::default(), |all, protocol| all.union(&Ports::named(protocol, name.clone())))
        };
        names.fold(ports, |rest, name| rest.difference(&named(name)))
    }
}
