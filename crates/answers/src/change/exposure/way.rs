//! The ways in through the ingress controllers: for each host and path who may come, how it is protected, and where it leads
//! to in the end, through Services to pods, addresses and names.

use super::super::cause::SideProvenance;
use super::super::{Cause, Side};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::claims::{addresses, behavior, routes};
use xks_kubernetes::cluster::objects::{Ingress, NumberOrName, Objects, Service};
use xks_kubernetes::edge::claims::{Backend, BackendPort, PathMatch};
use xks_kubernetes::edge::nginx::PREFIX;
use xks_kubernetes::edge::nginx::annotations::{self, find};
use xks_kubernetes::edge::nginx::given::Given;
use xks_kubernetes::edge::nginx::reaches::{Alias, Reach, reached};

/// What a request is told by: its host and path.
pub(super) type Request = (SmolStr, SmolStr, PathMatch);

/// All ways of a side.
pub(super) type Ways = BTreeMap<Request, Vec<Way>>;

/// A way in through a controller.
#[derive(Clone)]
pub(super) struct Way {
    /// Whether the facts of its side call the controller public.
    pub(super) public: bool,
    /// The controller, by its class.
    pub(super) class: Option<SmolStr>,
    /// Who may use it.
    pub(super) clients: Addresses,
    pub(super) tls: bool,
    /// The Secret with the certificate, where one is named.
    pub(super) secret: Option<SmolStr>,
    /// `shop/web:http`
    pub(super) target: String,
    /// Where that leads to in the end.
    pub(super) leads: Leads,
    /// Where what answers in its place leads, if something does.
    instead: Option<Leads>,
    /// What annotations add to where it leads, such as another path or a redirect.
    pub(super) turns: BTreeMap<&'static str, SmolStr>,
    /// The annotations that the controller reads, by their names.
    pub(super) annotations: BTreeMap<&'static str, SmolStr>,
    /// The annotations that others read.
    pub(super) others: BTreeMap<SmolStr, SmolStr>,
    /// Whose it is.
    pub(super) tenant: SmolStr,
    /// The Ingress.
    pub(super) ingress: (SmolStr, SmolStr),
    pub(super) causes: Vec<Span>,
    pub(super) object: Cause,
}

/// Where a Service's port leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// To pods.
    Pods(String),
    /// To addresses or a name outside.
    Outside(String),
    /// The Service is not among the objects, so that its name says all there is to say.
    Unknown(String),
}

/// Annotations that say where requests go, rather than how they are protected.
const TURNS: &[(&str, &str)] = &[
    ("app-root", "`/` redirected to"),
    ("default-backend", "failing over to"),
    ("permanent-redirect", "redirected to"),
    ("proxy-redirect-to", "with redirects rewritten to"),
    ("rewrite-target", "rewritten to"),
    ("temporal-redirect", "redirected to"),
    ("upstream-vhost", "asking for the host"),
];

/// Whether an annotation says where requests go.
pub(super) fn turns(name: &str) -> bool {
    TURNS.iter().any(|(known, _)| *known == name)
}

impl Way {
    /// `shop/web:http, rewritten to /v2`
    pub(super) fn destination(&self) -> String {
        let behind = |name: &str| match &self.instead {
            Some(Leads::Pods(end) | Leads::Outside(end)) if name == "default-backend" => format!("{end} behind "),
            Some(_) | None => String::new(),
        };
        let words = TURNS
            .iter()
            .filter_map(|(name, words)| Some(format!(", {words} {}{}", behind(name), self.turns.get(name)?)));
        std::iter::once(self.target.clone()).chain(words).collect()
    }

    /// Where it leads to in the end, in words.
    pub(super) fn end(&self) -> String {
        match &self.leads {
            Leads::Pods(end) | Leads::Outside(end) => format!("{end} behind {}", self.destination()),
            Leads::Unknown(_) => self.destination(),
        }
    }

    /// Whether it leads out of the cluster.
    pub(super) fn is_outside(&self) -> bool {
        [Some(&self.leads), self.instead.as_ref()].into_iter().flatten().any(|leads| match leads {
            Leads::Outside(_) => true,
            Leads::Pods(_) | Leads::Unknown(_) => false,
        })
    }

    /// Whether both lead to the same.
    pub(super) fn leads_like(&self, other: &Way) -> bool {
        self.leads == other.leads && self.instead == other.instead && self.turns == other.turns
    }
}

pub(super) fn ways(side: &Side<'_>, book: &SideProvenance<'_>) -> Ways {
    let mut out = Ways::new();
    let objects = side.cluster.objects();
    let services: BTreeMap<(&SmolStr, &SmolStr), &Service> =
        objects.services.iter().map(|service| ((&service.namespace, &service.name), service)).collect();
    let mut ingresses: Vec<&Ingress> = objects.ingresses.iter().collect();
    ingresses.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    for ingress in ingresses {
        let title = format!("Ingress {}/{}", ingress.namespace, ingress.name);
        let behavior = Arc::new(behavior(ingress, side.platform.edge()));
        let (annotations, others) = annotations_of(ingress);
        let own: Vec<(SmolStr, SmolStr)> =
            annotations.iter().map(|(name, value)| (SmolStr::new_static(name), value.clone())).collect();
        let reached: Vec<Reach> = reached(Given::new(&own)).map(|(.., reach)| reach).collect();
        // The controller takes its first port, whatever it is called.
        let instead = annotations.get("default-backend").map(|name| {
            let service = services.get(&(&ingress.namespace, name)).copied();
            let port = service.and_then(|service| service.ports.first()).map_or(80, |port| port.port);
            let backend = Backend { service: name.clone(), port: BackendPort::Number(port) };
            leads(objects, service, &ingress.namespace, &backend)
        });
        for route in routes(ingress, &behavior) {
            let (target, leads) = match &route.backend {
                None => (format!("a resource of {title}"), Leads::Unknown(title.clone())),
                Some(backend) => {
                    let service = services.get(&(&ingress.namespace, &backend.service)).copied();
                    (written(&ingress.namespace, backend), leads(objects, service, &ingress.namespace, backend))
                }
            };
            let turns = annotations.iter().filter(|(name, _)| turns(name));
            let host = route.host.clone().unwrap_or_else(|| SmolStr::new_static("*"));
            let way = Way {
                public: side.platform.access(route.class.as_ref()) == Access::Public,
                class: route.class.clone(),
                clients: addresses(&behavior.clients),
                tls: route.tls,
                secret: secret(ingress, &host),
                target,
                leads,
                instead: instead.clone(),
                turns: turns.map(|(name, value)| (*name, value.clone())).collect(),
                annotations: annotations.clone(),
                others: others.clone(),
                tenant: book.tenant(&ingress.namespace).map_or(&ingress.namespace, |tenant| &tenant.name).clone(),
                ingress: (ingress.namespace.clone(), ingress.name.clone()),
                causes: super::statements(book, &ingress.namespace, &ingress.name),
                object: book.object(ingress.place, title.clone()),
            };
            for further in further(&host, &reached) {
                out.entry((further, route.path.clone(), route.path_match)).or_default().push(way.clone());
            }
            out.entry((host, route.path, route.path_match)).or_default().push(way);
        }
    }
    out
}

/// The hosts that annotations have answered beside one.
fn further(host: &str, reached: &[Reach]) -> BTreeSet<SmolStr> {
    let of = |reach: &Reach| match reach {
        Reach::Alias(Alias::Name(name) | Alias::AnyZone(name)) => Some(name.clone()),
        Reach::Alias(Alias::Pattern(pattern)) => Some(SmolStr::new(format!("~{pattern}"))),
        Reach::Www => Some(match host.strip_prefix("www.") {
            Some(rest) => SmolStr::new(rest),
            None => SmolStr::new(format!("www.{host}")),
        }),
        Reach::Object { .. } | Reach::Service(_) | Reach::Url(_) | Reach::Main => None,
    };
    reached.iter().filter_map(of).filter(|further| further != host).collect()
}

/// The annotations that the controller reads, by name, and those of others.
fn annotations_of(ingress: &Ingress) -> (BTreeMap<&'static str, SmolStr>, BTreeMap<SmolStr, SmolStr>) {
    let (mut own, mut others) = (Vec::new(), BTreeMap::new());
    for (key, value) in &ingress.annotations {
        match key.strip_prefix(PREFIX) {
            Some(key) if find(key).is_some() => own.push((SmolStr::new(key), value.clone())),
            _ => drop(others.insert(key.clone(), value.clone())),
        }
    }
    let known = Given::new(&own).known();
    let named = known.map(|(row, _, value): (&'static annotations::Row, _, _)| (row.name.as_str(), value.clone()));
    (named.collect(), others)
}

fn written(namespace: &SmolStr, Backend { service, port }: &Backend) -> String {
    match port {
        BackendPort::Number(port) => format!("{namespace}/{service}:{port}"),
        BackendPort::Name(port) => format!("{namespace}/{service}:{port}"),
    }
}

fn leads(objects: &Objects, service: Option<&Service>, namespace: &SmolStr, backend: &Backend) -> Leads {
    let Some(service) = service else { return Leads::Unknown(written(namespace, backend)) };
    let wanted = service.ports.iter().find(|port| match &backend.port {
        BackendPort::Number(number) => port.port == *number,
        BackendPort::Name(name) => port.name.as_ref() == Some(name),
    });
    let port = match wanted.map(|port| (&port.target, port.protocol)) {
        Some((NumberOrName::Number(number), protocol)) => format!("{} {number}", protocol.api()),
        Some((NumberOrName::Name(name), protocol)) => format!("{} {name}", protocol.api()),
        None => format!("a port that {} lacks", service.name),
    };
    let endpoints = objects.endpoints.iter().filter(|endpoints| {
        endpoints.namespace == service.namespace && endpoints.service.as_ref() == Some(&service.name)
    });
    let mut addresses: Vec<String> = endpoints
        .flat_map(|endpoints| {
            let ports: Vec<String> = endpoints.ports.iter().map(|port| port.number.to_string()).collect();
            let ports = if ports.is_empty() { String::new() } else { format!(" port {}", ports.join(", ")) };
            endpoints.addresses.iter().map(move |address| format!("{address}{ports}")).collect::<Vec<_>>()
        })
        .collect();
    addresses.sort();
    addresses.dedup();
    match (&service.external_name, &service.selector) {
        (Some(name), _) => Leads::Outside(format!("{name} on {port}")),
        (None, Some(selector)) => {
            let mut labels: Vec<String> = selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
            labels.sort();
            Leads::Pods(format!("{namespace}/pods({}) on {port}", labels.join(", ")))
        }
        (None, None) if addresses.is_empty() => Leads::Unknown(written(namespace, backend)),
        (None, None) => Leads::Outside(format!("{} on {port}", addresses.join(", "))),
    }
}

/// The names that an Ingress leads to, of Services that are ones for a name outside.
pub(super) fn outside_names(side: &Side<'_>, way: &Way) -> Vec<SmolStr> {
    let first = way.target.split_once('/').and_then(|(_, rest)| Some(rest.rsplit_once(':')?.0));
    let instead = way.annotations.get("default-backend").map(SmolStr::as_str);
    let services = side.cluster.objects().services.iter().filter(|service| service.namespace == way.ingress.0);
    let meant = services.filter(|service| [first, instead].contains(&Some(service.name.as_str())));
    meant.filter_map(|service| service.external_name.clone()).collect()
}

/// The Secret that an Ingress serves for a host.
fn secret(ingress: &Ingress, host: &str) -> Option<SmolStr> {
    let exact = ingress.tls.iter().find(|tls| tls.hosts.iter().any(|name| name == host));
    exact.or_else(|| ingress.tls.first()).and_then(|tls| tls.secret.clone())
}

/// The ways that answered a request before another one told it apart: those of the longest path of the closest host that
/// holds it.
pub(super) fn around<'w>(ways: &'w Ways, (host, path, _): &Request) -> &'w [Way] {
    let parent = host.split_once('.').map(|(_, zone)| SmolStr::new(format!("*.{zone}")));
    for host in [Some(host.clone()), parent.filter(|parent| parent != host), Some(SmolStr::new_static("*"))]
        .into_iter()
        .flatten()
    {
        let first = (host.clone(), SmolStr::default(), PathMatch::Exact);
        let of_host = ways.range(first..).take_while(|((known, ..), _)| *known == host);
        let holding = of_host.filter(|((_, known, how), _)| match how {
            PathMatch::Exact => known == path,
            PathMatch::Prefix | PathMatch::Controller => is_below(path, known),
        });
        let found = holding.max_by_key(|((_, known, how), _)| (known.len(), *how == PathMatch::Exact));
        if let Some((_, found)) = found {
            return found;
        }
    }
    &[]
}

/// Whether a path is another one, or below it.
pub(super) fn is_below(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
