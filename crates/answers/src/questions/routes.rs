//! The ways into the cluster: what an Ingress publishes is reached through the controller that serves it.

use super::Subject;
use super::peers::{Mentioned, controllers, of_model, ports};
use super::read::Host;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;
use xks_analysis::model::{self, Platform, Workspace};
use xks_analysis::names::resolve::internet;
use xks_base::values::access::Access;
use xks_base::values::port::Protocol;
use xks_kubernetes::cluster::Cluster;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::claims;
use xks_kubernetes::cluster::labels::{Labelled, Settings};
use xks_kubernetes::cluster::network::Reading;
use xks_kubernetes::cluster::objects::{Ingress, NumberOrName, Place, Service};
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{Block, End, Pods, Relation};
use xks_kubernetes::edge::claims::{Backend, BackendPort, PathMatch};
use xks_kubernetes::edge::{Behavior, nginx};

/// A host and path of an Ingress.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// The namespace of the Ingress.
    pub(super) namespace: SmolStr,
    /// Its name.
    pub(super) ingress: SmolStr,
    /// Where it was read.
    pub(super) place: Place,
    /// The host; every host without one.
    pub(super) host: Option<SmolStr>,
    /// The path.
    pub(super) path: SmolStr,
    exact: bool,
    /// Which controller serves it.
    pub(super) access: Access,
    /// Who may come.
    pub(super) clients: Addresses,
    /// The Service behind it.
    pub(super) service: SmolStr,
    /// The pods behind that, each on its ports; none if it leads out of the cluster again.
    pub(super) to: Vec<(End, Ports)>,
    /// Whether that is known: a name of a port is not, without the pods that have it. Then any open port will do.
    pub(super) settled: bool,
}

/// Every route of the cluster, in the order of its Ingresses.
pub(super) fn all(cluster: &Cluster, platform: &Platform, workspace: Option<&Workspace>) -> Vec<Route> {
    let services: BTreeMap<(&SmolStr, &SmolStr), &Service> =
        cluster.objects().services.iter().map(|service| ((&service.namespace, &service.name), service)).collect();
    let mentioned = Mentioned::of(cluster);
    let stated = workspace.map(stated).unwrap_or_default();
    let public = addresses(&internet(platform));
    let mut found = Vec::new();
    for ingress in &cluster.objects().ingresses {
        let behavior = Arc::new(claims::behavior(ingress, platform.edge()));
        let access = platform.access(ingress.class.as_ref());
        let near = if access == Access::Private { public.complement() } else { Addresses::all() };
        let clients = claims::addresses(&behavior.clients).intersection(&near);
        let serving = |service: &SmolStr| services.get(&(&ingress.namespace, service)).copied();
        let instead = instead(&behavior).map(|name| {
            let service = serving(name);
            // The controller takes its first port, whatever it is called.
            let port = service.and_then(|service| service.ports.first()).map_or(80, |port| port.port);
            let backend = Backend { service: name.clone(), port: BackendPort::Number(port) };
            let Behind { to, settled } = match service {
                Some(service) => behind(cluster, &mentioned, service, &backend),
                None => assumed(platform, ingress, &backend),
            };
            (backend, Behind { to, settled })
        });
        for claimed in claims::routes(ingress, &behavior) {
            let Some(backend) = claimed.backend else { continue };
            let first = match serving(&backend.service) {
                Some(service) => behind(cluster, &mentioned, service, &backend),
                None => stated
                    .get(&(&ingress.namespace, &ingress.name))
                    .map_or_else(|| assumed(platform, ingress, &backend), |flow| of_flow(platform, flow)),
            };
            for (backend, Behind { to, settled }) in [(backend, first)].into_iter().chain(instead.clone()) {
                found.push(Route {
                    namespace: ingress.namespace.clone(),
                    ingress: ingress.name.clone(),
                    place: ingress.place,
                    host: claimed.host.clone(),
                    path: claimed.path.clone(),
                    exact: claimed.path_match == PathMatch::Exact,
                    access,
                    clients: clients.clone(),
                    service: backend.service,
                    to,
                    settled,
                });
            }
        }
    }
    found
}

fn addresses(end: &model::End) -> Addresses {
    let model::End::Blocks(_, blocks) = end else { return Addresses::default() };
    blocks.iter().fold(Addresses::default(), |all, block| {
        all.union(&Addresses::net(&block.cidr).difference(&Addresses::nets(&block.except)))
    })
}

/// The flows that statements open from a controller, by the Ingress of the same statement: a chart may bring the Service.
fn stated(workspace: &Workspace) -> BTreeMap<(&SmolStr, &SmolStr), &model::Flow> {
    let from_controller = workspace.flows().filter(|flow| matches!(flow.from, model::End::Ingress(_)));
    let flows: BTreeMap<_, _> = from_controller.map(|flow| (flow.origin, flow)).collect();
    let exposures = workspace.tenants().flat_map(|tenant| {
        tenant.exposures.iter().map(move |exposure| ((&tenant.namespace, &exposure.name), exposure.origin))
    });
    exposures.filter_map(|(key, origin)| Some((key, *flows.get(&origin)?))).collect()
}

/// The Service that answers where the one of the rule has no pods, or says that something went wrong.
fn instead(behavior: &Behavior) -> Option<&SmolStr> {
    behavior.extras.iter().find(|(key, _)| nginx::same(key, "default-backend")).map(|(_, service)| service)
}

/// What an Ingress leads to.
#[derive(Clone)]
struct Behind {
    to: Vec<(End, Ports)>,
    settled: bool,
}

fn of_flow(platform: &Platform, flow: &model::Flow) -> Behind {
    let ends = of_model(platform, &flow.to).into_iter();
    Behind { to: ends.map(|end| (end, ports(&flow.ports))).collect(), settled: true }
}

/// The pods of a Service, and the port of theirs that a backend leads to.
fn behind(cluster: &Cluster, mentioned: &Mentioned<'_>, service: &Service, backend: &Backend) -> Behind {
    let Some(selector) = &service.selector else { return Behind { to: Vec::new(), settled: true } };
    let ports = service.ports.iter().filter(|port| match &backend.port {
        BackendPort::Number(number) => port.port == *number,
        BackendPort::Name(name) => port.name.as_ref() == Some(name),
    });
    let targets = ports.fold(Ports::default(), |all, port| {
        all.union(&match &port.target {
            NumberOrName::Number(number) => Ports::range(port.protocol, *number, *number),
            NumberOrName::Name(name) => Ports::named(port.protocol, name.clone()),
        })
    });
    let here = cluster.objects().workloads.iter().filter(|workload| workload.namespace == service.namespace);
    let pods = here.filter(|workload| selector.iter().all(|label| workload.labels.contains(label)));
    let known = pods.map(|workload| {
        let pods = Pods::within(&workload.namespace, mentioned.exactly(&workload.labels));
        (End::Pods(pods), mentioned.at(&targets, &workload.ports))
    });
    let known: Vec<(End, Ports)> = known.filter(|(_, ports)| !ports.is_empty()).collect();
    if !known.is_empty() {
        return Behind { to: known, settled: true };
    }
    let labels = selector
        .iter()
        .try_fold(Labelled::all(), |all, (key, value)| all.with(key, &Settings::just(Some(value.clone()))));
    let pods = labels.map(|labels| End::Pods(Pods::within(&service.namespace, labels)));
    let settled = targets == targets.unnamed();
    let ports = if settled { targets } else { Ports::protocol(Protocol::Tcp) };
    Behind { to: pods.map(|pods| (pods, ports)).into_iter().collect(), settled }
}

/// Without its Service, what is behind an Ingress is taken to be the app of that name, on a port that is open.
fn assumed(platform: &Platform, ingress: &Ingress, backend: &Backend) -> Behind {
    let app = Labelled::all().with(&platform.app_label, &Settings::just(Some(backend.service.clone())));
    let pods = app.map(|labels| End::Pods(Pods::within(&ingress.namespace, labels)));
    Behind { to: pods.map(|pods| (pods, Ports::protocol(Protocol::Tcp))).into_iter().collect(), settled: false }
}

impl Route {
    /// `app.example.com/path`; the path is left out where it is all of the host.
    pub(super) fn shown(&self) -> String {
        let host = self.host.as_deref().unwrap_or("*");
        if self.path == "/" { host.to_string() } else { format!("{host}{}", self.path) }
    }

    /// How well it fits what is asked for, if it does: an exact host before a wildcard, a longer path before a shorter.
    pub(super) fn fits(&self, asked: &Host) -> Option<(bool, bool, usize)> {
        let name = asked.name.as_str();
        let named = match self.host.as_deref() {
            None => false,
            Some(host) if host == name => true,
            Some(host) => {
                let below = host.strip_prefix("*.")?;
                let (label, rest) = name.split_once('.')?;
                if label.is_empty() || rest != below {
                    return None;
                }
                false
            }
        };
        let wanted = self.path.trim_end_matches('/');
        let below = asked.path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let holds = if self.exact { asked.path == self.path } else { below };
        holds.then_some((named, self.exact, self.path.len()))
    }

    /// The connections of the controller that it needs.
    pub(super) fn inner(&self, platform: &Platform) -> Relation {
        let controllers = controllers(platform, Some(self.access));
        let blocks = self.to.iter().flat_map(|(pods, ports)| {
            controllers.iter().filter_map(|from| Block::new(from.clone(), pods.clone(), ports.clone()))
        });
        blocks.collect()
    }

    /// Who reaches what through it: from outside straight to the pods.
    pub(super) fn relation(&self, cluster: &Cluster, platform: &Platform, reading: Reading) -> Relation {
        let Some(clients) = End::addresses(self.clients.clone()) else { return Relation::default() };
        let inner = cluster.filter(&self.inner(platform), reading);
        let through = |block: &Block| Block::new(clients.clone(), block.to().clone(), block.ports().clone());
        inner.blocks().iter().filter_map(through).collect()
    }
}

/// All routes of a subject.
pub(super) fn of(subject: &Subject<'_>) -> Vec<Route> {
    all(subject.cluster, subject.platform, subject.workspace.map(|(_, workspace)| workspace))
}
