//! The Kubernetes objects that decide who reaches whom, with what matters of them and where they were read.

use super::labels::{Labels, key, value};
use ipnet::IpNet;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use xks_base::values::label::Requirement;
use xks_base::values::port::Protocol;

/// Where something was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file: its index in [`Objects::files`].
    pub file: u32,
    /// The document in the file, from 0.
    pub document: u32,
    /// The line in the file, from 1.
    pub line: u32,
}

/// Everything that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// The paths of the files.
    pub files: Vec<String>,
    /// `Namespace`.
    pub namespaces: Vec<Namespace>,
    /// `Pod` and whatever makes pods of a template.
    pub workloads: Vec<Workload>,
    /// `Service`.
    pub services: Vec<Service>,
    /// `Endpoints` and `EndpointSlice`.
    pub endpoints: Vec<Endpoints>,
    /// `Ingress`.
    pub ingresses: Vec<Ingress>,
    /// `Certificate` of cert-manager.
    pub certificates: Vec<Certificate>,
    /// `NetworkPolicy`.
    pub policies: Vec<NetworkPolicy>,
    /// Policies of other engines, which are not read.
    pub engine_policies: Vec<EnginePolicy>,
    /// How many objects there are of each kind that is not read.
    pub others: BTreeMap<SmolStr, usize>,
    /// What is wrong with what was read, in the order of files and lines.
    pub faults: Vec<Fault>,
}

impl Objects {
    /// `path:line`
    pub fn place(&self, place: Place) -> String {
        let file = self.files.get(place.file as usize).map_or("", String::as_str);
        format!("{file}:{}", place.line)
    }

    /// How many objects there are, of kinds that are read or not.
    pub fn count(&self) -> usize {
        let read = self.namespaces.len() + self.workloads.len() + self.services.len();
        let read = read
            + self.engine_policies.len()
            + self.endpoints.len()
            + self.ingresses.len()
            + self.certificates.len()
            + self.policies.len();
        read + self.others.values().sum::<usize>()
    }

    /// Adds what was read of further files.
    pub fn append(&mut self, mut other: Objects) {
        let base = self.files.len() as u32;
        self.files.append(&mut other.files);
        self.absorb(other, base);
    }

    /// Adds objects whose files are counted from `base`.
    pub(super) fn absorb(&mut self, mut other: Objects, base: u32) {
        other.namespaces.iter_mut().for_each(|object| object.place.file += base);
        other.workloads.iter_mut().for_each(|object| object.place.file += base);
        other.services.iter_mut().for_each(|object| object.place.file += base);
        other.endpoints.iter_mut().for_each(|object| object.place.file += base);
        other.ingresses.iter_mut().for_each(|object| object.place.file += base);
        other.certificates.iter_mut().for_each(|object| object.place.file += base);
        other.policies.iter_mut().for_each(|object| object.place.file += base);
        other.engine_policies.iter_mut().for_each(|policy| policy.place.file += base);
        other.faults.iter_mut().for_each(|fault| fault.place.file += base);
        self.namespaces.append(&mut other.namespaces);
        self.workloads.append(&mut other.workloads);
        self.services.append(&mut other.services);
        self.endpoints.append(&mut other.endpoints);
        self.ingresses.append(&mut other.ingresses);
        self.certificates.append(&mut other.certificates);
        self.policies.append(&mut other.policies);
        self.engine_policies.append(&mut other.engine_policies);
        self.faults.append(&mut other.faults);
        for (kind, count) in other.others {
            *self.others.entry(kind).or_default() += count;
        }
    }
}

/// A policy of a network plugin or a mesh that has kinds of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnginePolicy {
    /// Its API group.
    pub group: SmolStr,
    /// Its kind.
    pub kind: SmolStr,
    /// Its namespace; `None` for one of the whole cluster.
    pub namespace: Option<SmolStr>,
    /// Its name.
    pub name: SmolStr,
    /// Whether it may permit what no NetworkPolicy does. Those of a mesh only refuse.
    pub may_open: bool,
    /// Where it was read.
    pub place: Place,
}

impl EnginePolicy {
    /// `NetworkPolicy shop/web of crd.projectcalico.org`
    pub fn title(&self) -> String {
        let title = title(&self.kind, self.namespace.as_deref().unwrap_or_default(), &self.name);
        format!("{title} of {}", self.group)
    }
}

/// What objects of all kinds have.
pub trait Named {
    /// Its kind.
    fn kind(&self) -> &'static str;
    /// Its namespace; empty for one that is in none.
    fn namespace(&self) -> &SmolStr;
    /// Its name.
    fn name(&self) -> &SmolStr;
    /// Where it was read.
    fn place(&self) -> Place;
}

macro_rules! named {
    ($($object:ty: $kind:expr, $namespace:expr;)*) => {$(
        impl Named for $object {
            fn kind(&self) -> &'static str {
                let kind: fn(&Self) -> &'static str = $kind;
                kind(self)
            }
            fn namespace(&self) -> &SmolStr {
                let namespace: fn(&Self) -> &SmolStr = $namespace;
                namespace(self)
            }
            fn name(&self) -> &SmolStr {
                &self.name
            }
            fn place(&self) -> Place {
                self.place
            }
        }
    )*};
}
named! {
    Namespace: |_| "Namespace", |_| const { &SmolStr::new_static("") };
    Workload: |it| it.kind.name(), |it| &it.namespace;
    Service: |_| "Service", |it| &it.namespace;
    Ingress: |_| "Ingress", |it| &it.namespace;
    NetworkPolicy: |_| "NetworkPolicy", |it| &it.namespace;
}

/// `NetworkPolicy shop/foo`, `Namespace shop`; `Service in shop` without a name.
pub fn title(kind: &str, namespace: &str, name: &str) -> String {
    match (kind, namespace, name) {
        ("Namespace", _, name) | (_, "", name) => format!("{kind} {name}"),
        (_, namespace, "") => format!("{kind} in {namespace}"),
        _ => format!("{kind} {namespace}/{name}"),
    }
}

/// Something wrong in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// `NetworkPolicy shop/foo`; empty where it cannot be told.
    pub object: String,
    /// The rule that it breaks, as a sentence without a full stop.
    pub rule: String,
    /// Whether the API server refuses the object, or the text is no object at all. Such an object is left out.
    pub refused: bool,
}

/// `Namespace`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: SmolStr,
    /// Its labels; its name is among them, as the API server puts it there.
    pub labels: Labels,
    /// Where it was read.
    pub place: Place,
}

/// A pod, or what makes pods of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// `Pod`, `Deployment`, …
    pub kind: WorkloadKind,
    /// Its namespace.
    pub namespace: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// The labels of the pods.
    pub labels: Labels,
    /// The ports that the pods' containers declare.
    pub ports: Vec<ContainerPort>,
    /// Whether the pods are in the network of their node.
    pub host_network: bool,
    /// The addresses of a pod that runs.
    pub addresses: Vec<IpAddr>,
    /// Where it was read.
    pub place: Place,
}

/// The kinds of workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // the kinds of the Kubernetes API
pub enum WorkloadKind {
    Pod,
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    ReplicationController,
    Job,
    CronJob,
}

impl WorkloadKind {
    /// The kind of that name.
    pub fn of(kind: &str) -> Option<WorkloadKind> {
        use WorkloadKind::{CronJob, DaemonSet, Deployment, Job, Pod, ReplicaSet, ReplicationController, StatefulSet};
        let all = [Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob];
        all.into_iter().find(|known| known.name() == kind)
    }

    /// As the API names it.
    pub fn name(self) -> &'static str {
        match self {
            WorkloadKind::Pod => "Pod",
            WorkloadKind::Deployment => "Deployment",
            WorkloadKind::StatefulSet => "StatefulSet",
            WorkloadKind::DaemonSet => "DaemonSet",
            WorkloadKind::ReplicaSet => "ReplicaSet",
            WorkloadKind::ReplicationController => "ReplicationController",
            WorkloadKind::Job => "Job",
            WorkloadKind::CronJob => "CronJob",
        }
    }
}

/// A port that a container declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContainerPort {
    /// Its name, if it has one.
    pub name: Option<SmolStr>,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub number: u16,
}

/// A number or a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberOrName {
    /// A number.
    Number(u16),
    /// A name.
    Name(SmolStr),
}

/// `Service`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its namespace.
    pub namespace: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// `None` when it has no selector, and its endpoints are written by somebody.
    pub selector: Option<Labels>,
    /// The DNS name that it stands for, if its type is `ExternalName`.
    pub external_name: Option<SmolStr>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// Where it was read.
    pub place: Place,
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePort {
    /// Its name, if it has one.
    pub name: Option<SmolStr>,
    /// Its protocol.
    pub protocol: Protocol,
    /// The number at the Service.
    pub port: u16,
    /// The port of the pods, which is what policies see.
    pub target: NumberOrName,
}

/// `Endpoints` or `EndpointSlice`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// Its namespace.
    pub namespace: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// The Service whose endpoints they are, if it can be told.
    pub service: Option<SmolStr>,
    /// The addresses.
    pub addresses: Vec<IpAddr>,
    /// The ports.
    pub ports: Vec<ContainerPort>,
    /// Where it was read.
    pub place: Place,
}

/// `Ingress`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingress {
    /// Its namespace.
    pub namespace: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// Its class, from the field or the older annotation.
    pub class: Option<SmolStr>,
    /// Its annotations, sorted.
    pub annotations: Labels,
    /// Its paths, with the host of each.
    pub routes: Vec<Route>,
    /// Where it says so, what serves what no path takes.
    pub default_backend: Option<Backend>,
    /// The hosts and Secrets of its `tls`.
    pub tls: Vec<Tls>,
    /// Where it was read.
    pub place: Place,
}

/// A path of an Ingress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The host; every host without one.
    pub host: Option<SmolStr>,
    /// The path; empty for all.
    pub path: SmolStr,
    /// `Exact`, `Prefix` or `ImplementationSpecific`.
    pub path_type: SmolStr,
    /// What serves it; `None` for a resource that is no Service.
    pub backend: Option<Backend>,
}

/// The Service behind a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    /// Its name.
    pub service: SmolStr,
    /// Its port.
    pub port: NumberOrName,
}

/// An entry of an Ingress's `tls`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The hosts.
    pub hosts: Vec<SmolStr>,
    /// The Secret.
    pub secret: Option<SmolStr>,
}

/// `Certificate` of cert-manager
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its namespace.
    pub namespace: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// The DNS names that it asks for.
    pub names: Vec<SmolStr>,
    /// The Secret that it is written to.
    pub secret: SmolStr,
    /// `Issuer` or `ClusterIssuer`.
    pub issuer_kind: SmolStr,
    /// The name of the issuer.
    pub issuer: SmolStr,
    /// Where it was read.
    pub place: Place,
}

/// `NetworkPolicy`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPolicy {
    /// Its namespace: it selects pods of no other.
    pub namespace: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// The pods that it is for.
    pub pods: Selector,
    /// Who may connect to them; `None` if it says nothing about that.
    pub ingress: Option<Vec<Rule>>,
    /// To whom they may connect; `None` if it says nothing about that.
    pub egress: Option<Vec<Rule>>,
    /// Where it was read.
    pub place: Place,
}

impl NetworkPolicy {
    /// Its rules of a direction; `None` if it says nothing about that.
    pub fn rules(&self, direction: Direction) -> Option<&[Rule]> {
        match direction {
            Direction::Ingress => self.ingress.as_deref(),
            Direction::Egress => self.egress.as_deref(),
        }
    }
}

/// Which way connections go, seen from the pods that a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the pods.
    Ingress,
    /// From the pods.
    Egress,
}

impl Direction {
    /// `ingress` or `egress`.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Ingress => "ingress",
            Direction::Egress => "egress",
        }
    }
}

/// A rule of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Who is at the other end; everybody if it is empty.
    pub peers: Vec<Peer>,
    /// On which ports of the destination; on every one if it is empty.
    pub ports: Vec<PolicyPort>,
    /// The line that it starts on.
    pub line: u32,
}

/// Who is at the other end of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Pods. At least one of the selectors is there.
    Pods {
        /// Their namespaces; the policy's own without it.
        namespaces: Option<Selector>,
        /// Their labels; every pod without it.
        pods: Option<Selector>,
    },
    /// Addresses.
    Block {
        /// A range.
        cidr: IpNet,
        /// What is not meant in it.
        except: Vec<IpNet>,
    },
}

/// A port of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyPort {
    /// The protocol.
    pub protocol: Protocol,
    /// Which ports; every one of the protocol without it.
    pub port: Option<PortMatch>,
}

/// Which ports a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortMatch {
    /// From `port` to `endPort`, both included, and the same where there is no `endPort`.
    Numbers(u16, u16),
    /// Whatever port the destination calls by this name.
    Name(SmolStr),
}

/// A label selector: all of its requirements are to be met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(pub Vec<Requirement>);

impl Selector {
    /// Whether it matches labels, which are sorted by key.
    pub fn matches(&self, labels: &[(SmolStr, SmolStr)]) -> bool {
        self.unmet(labels).is_none()
    }

    /// The first requirement that labels, sorted by key, do not meet.
    pub fn unmet(&self, labels: &[(SmolStr, SmolStr)]) -> Option<&Requirement> {
        self.0.iter().find(|requirement| {
            let found = value(labels, key(requirement));
            !match requirement {
                Requirement::In(_, values) => found.is_some_and(|found| values.contains(found)),
                Requirement::NotIn(_, values) => found.is_none_or(|found| !values.contains(found)),
                Requirement::Exists(_) => found.is_some(),
                Requirement::Absent(_) => found.is_none(),
            }
        })
    }
}

/// `app=foo, tier in (a, b), !legacy`; `everything` where nothing is asked.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("everything");
        }
        for (at, requirement) in self.0.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            write_requirement(requirement, f)?;
        }
        Ok(())
    }
}

/// `app=foo`, `tier not in (a, b)`, `!legacy`.
pub fn write_requirement(requirement: &Requirement, f: &mut impl fmt::Write) -> fmt::Result {
    let list = |values: &[SmolStr]| values.iter().map(SmolStr::as_str).collect::<Vec<_>>().join(", ");
    match requirement {
        Requirement::In(key, values) if values.len() == 1 => write!(f, "{key}={}", list(values)),
        Requirement::In(key, values) => write!(f, "{key} in ({})", list(values)),
        Requirement::NotIn(key, values) if values.len() == 1 => write!(f, "{key}!={}", list(values)),
        Requirement::NotIn(key, values) => write!(f, "{key} not in ({})", list(values)),
        Requirement::Exists(key) => write!(f, "{key}"),
        Requirement::Absent(key) => write!(f, "!{key}"),
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Block { cidr, except } if except.is_empty() => write!(f, "{cidr}"),
            Peer::Block { cidr, except } => {
                let except: Vec<String> = except.iter().map(IpNet::to_string).collect();
                write!(f, "{cidr} except {}", except.join(", "))
            }
            Peer::Pods { namespaces, pods } => {
                match pods {
                    Some(pods) if !pods.0.is_empty() => write!(f, "the pods {pods}")?,
                    _ => f.write_str("every pod")?,
                }
                match namespaces {
                    None => f.write_str(" of its own namespace"),
                    Some(any) if any.0.is_empty() => f.write_str(" of every namespace"),
                    Some(some) => write!(f, " of the namespaces {some}"),
                }
            }
        }
    }
}

impl fmt::Display for PolicyPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = self.protocol.api();
        match &self.port {
            None => write!(f, "{protocol} (every port)"),
            Some(PortMatch::Numbers(low, high)) if low == high => write!(f, "{protocol} {low}"),
            Some(PortMatch::Numbers(low, high)) => write!(f, "{protocol} {low}-{high}"),
            Some(PortMatch::Name(name)) => write!(f, "{protocol} {name}"),
        }
    }
}
