//! Hosts: who may reach what through the ingress controllers, how it is encrypted, and the annotations that are a risk.

use super::cause::{Provenance, SideProvenance};
use super::object::ObjectChange;
use super::{Cause, Class, Effect, Row, Side, Which};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::claims::{addresses, behavior, routes};
use xks_kubernetes::cluster::objects::Ingress;
use xks_kubernetes::edge::claims::{BackendPort, PathMatch};
use xks_kubernetes::edge::nginx::PREFIX;
use xks_kubernetes::edge::nginx::annotations::{self, Risk};

/// The rows, and whether a host opens or closes.
#[derive(Default)]
pub(super) struct Hosts {
    pub(super) rows: Vec<Row>,
    pub(super) opens: bool,
    pub(super) closes: bool,
}

/// What a request is told by: its host and path.
type Request = (SmolStr, SmolStr, PathMatch);

/// A way in through a controller.
#[derive(Clone)]
struct Way {
    public: bool,
    /// Who may use it.
    clients: Addresses,
    tls: bool,
    /// `shop/web:http`
    target: String,
    /// The Ingress.
    ingress: (SmolStr, SmolStr),
    causes: Vec<Span>,
    object: Cause,
}

pub(super) fn rows(old: &Side<'_>, new: &Side<'_>, provenance: &mut Provenance<'_>) -> Hosts {
    let (was, is) = (ways(old, &provenance.old), ways(new, &provenance.new));
    let mut out = Hosts::default();
    let mut requests: Vec<&Request> = was.keys().chain(is.keys()).collect();
    requests.sort();
    requests.dedup();
    let hosts = |ways: &'_ BTreeMap<Request, Vec<Way>>| -> BTreeSet<SmolStr> {
        ways.keys().map(|(host, ..)| host.clone()).collect()
    };
    let (served, serves) = (hosts(&was), hosts(&is));
    for request in requests {
        // A further path of a host that both sides serve is no new host.
        let known = served.contains(&request.0) && serves.contains(&request.0);
        let none = Vec::new();
        let mut old: Vec<&Way> = was.get(request).unwrap_or(&none).iter().collect();
        let mut new: Vec<&Way> = is.get(request).unwrap_or(&none).iter().collect();
        // The ways to the same target are compared, those of the same Ingress first, then what is left by its order.
        let mut pairs = Vec::new();
        for same_ingress in [true, false] {
            new.retain(|new| {
                let fits = |old: &&Way| old.target == new.target && (!same_ingress || old.ingress == new.ingress);
                let found = old.iter().position(fits);
                pairs.extend(found.map(|at| (Some(old.remove(at)), Some(*new))));
                found.is_none()
            });
        }
        while !old.is_empty() || !new.is_empty() {
            let first = |list: &mut Vec<&'_ Way>| (!list.is_empty()).then(|| list.remove(0)).cloned();
            let (old, new) = (first(&mut old), first(&mut new));
            compare(request, old.as_ref(), new.as_ref(), known, provenance, &mut out);
        }
        for (old, new) in pairs {
            compare(request, old, new, known, provenance, &mut out);
        }
    }
    out
}

fn compare(
    request: &Request,
    old: Option<&Way>,
    new: Option<&Way>,
    known: bool,
    provenance: &mut Provenance<'_>,
    out: &mut Hosts,
) {
    let (host, path, path_match) = request;
    let exact = if *path_match == PathMatch::Exact { " exactly" } else { "" };
    let url = format!("{host}{}{exact}", if path == "/" { "" } else { path });
    let what = if known { "path" } else { "host" };
    let class = |way: &Way| if way.public { Class::Public } else { Class::Private };
    let access = |way: &Way| if way.public { "public" } else { "private" };
    let mut row = |effect, class, title: String, way: &Way, which, note: Option<String>| {
        let causes = match way.causes.is_empty() {
            true => vec![way.object.clone()],
            false => provenance.causes(which, &way.causes),
        };
        out.opens |= effect == Effect::Opens;
        out.closes |= effect == Effect::Closes;
        let connections = vec![format!("{} clients of {url} -> {}", access(way), way.target)];
        let connections = if matches!(effect, Effect::Opens | Effect::Closes) { connections } else { Vec::new() };
        out.rows.push(Row { effect, class, classes: vec![class], title, connections, note, causes });
    };
    let plain = |way: &Way| (!way.tls).then(|| "it is served without TLS".to_string());
    match (old, new) {
        (None, None) => {}
        (None, Some(way)) => {
            let title = format!("new {} {what} {url}", access(way));
            row(Effect::Opens, class(way), title, way, Which::New, plain(way));
        }
        (Some(way), None) => {
            row(Effect::Closes, class(way), format!("no more {} {what} {url}", access(way)), way, Which::Old, None);
        }
        (Some(old), Some(new)) => {
            if old.target != new.target {
                let title = format!("{url} leads to {}, no more to {}", new.target, old.target);
                row(Effect::Opens, class(new), title.clone(), new, Which::New, plain(new));
                row(Effect::Closes, class(old), title, old, Which::Old, None);
            } else if old.public != new.public {
                let title = format!("{url} is {}, no more {}", access(new), access(old));
                let effect = if new.public { Effect::Opens } else { Effect::Closes };
                row(effect, Class::Public, title, new, Which::New, None);
            }
            if old.target == new.target && old.clients != new.clients {
                let who = |way: &Way| match way.clients == Addresses::all() {
                    true => "everybody".to_string(),
                    false => way.clients.to_string(),
                };
                let title = format!("{url} answers {}, no more {}", who(new), who(old));
                if !new.clients.is_subset(&old.clients) {
                    row(Effect::Opens, class(new), title.clone(), new, Which::New, None);
                }
                if !old.clients.is_subset(&new.clients) {
                    row(Effect::Closes, class(new), title, new, Which::New, None);
                }
            }
            match (old.tls, new.tls) {
                (true, false) => {
                    row(Effect::Weakens, Class::Tls, format!("{url} loses its TLS"), new, Which::New, None);
                }
                (false, true) => {
                    row(Effect::Strengthens, Class::Tls, format!("{url} has TLS now"), new, Which::New, None);
                }
                _ => {}
            }
        }
    }
}

fn ways(side: &Side<'_>, side_provenance: &SideProvenance<'_>) -> BTreeMap<Request, Vec<Way>> {
    let mut out: BTreeMap<Request, Vec<Way>> = BTreeMap::new();
    let mut ingresses: Vec<&Ingress> = side.cluster.objects().ingresses.iter().collect();
    ingresses.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    for ingress in ingresses {
        let title = format!("Ingress {}/{}", ingress.namespace, ingress.name);
        let behavior = Arc::new(behavior(ingress, side.platform.edge()));
        for route in routes(ingress, &behavior) {
            let target = match route.backend.map(|backend| (backend.service, backend.port)) {
                None => format!("a resource of {title}"),
                Some((service, BackendPort::Number(port))) => format!("{}/{service}:{port}", ingress.namespace),
                Some((service, BackendPort::Name(port))) => format!("{}/{service}:{port}", ingress.namespace),
            };
            let way = Way {
                public: side.platform.access(route.class.as_ref()) == Access::Public,
                clients: addresses(&behavior.clients),
                tls: route.tls,
                target,
                ingress: (ingress.namespace.clone(), ingress.name.clone()),
                causes: statements(side_provenance, &ingress.namespace, &ingress.name),
                object: side_provenance.object(ingress.place, title.clone()),
            };
            let host = route.host.unwrap_or_else(|| SmolStr::new_static("*"));
            out.entry((host, route.path, route.path_match)).or_default().push(way);
        }
    }
    out
}

/// The statements that an Ingress comes from.
fn statements(side_provenance: &SideProvenance<'_>, namespace: &str, name: &str) -> Vec<Span> {
    let exposures = side_provenance.tenant(namespace).map_or(&[][..], |tenant| &tenant.exposures);
    let found = exposures.iter().filter(|exposure| exposure.name == name).map(|exposure| exposure.origin);
    let found: Vec<Span> = found.collect();
    if found.is_empty() { side_provenance.including(namespace, "Ingress", name).into_iter().collect() } else { found }
}

/// Annotations of Ingresses that the controller ranks as a risk, where they come, change or go.
pub(super) fn annotations(objects: &[ObjectChange], provenance: &mut Provenance<'_>) -> Vec<Row> {
    let mut out = Vec::new();
    for object in objects.iter().filter(|object| object.kind == "Ingress") {
        let map = |side: &Option<serde_json::Value>| -> BTreeMap<String, String> {
            let all = side.as_ref().and_then(|object| object["metadata"]["annotations"].as_object());
            let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), String::from);
            all.into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
        };
        let (was, is) = (map(&object.old), map(&object.new));
        let mut keys: Vec<&String> = was.keys().chain(is.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys.into_iter().filter(|key| was.get(*key) != is.get(*key)) {
            let row = key.strip_prefix(PREFIX).and_then(annotations::find);
            let Some(row) = row.filter(|row| row.risk >= Risk::High) else { continue };
            let (effect, which, title) = match (was.get(key), is.get(key)) {
                (None, Some(value)) => (Effect::Weakens, Which::New, format!("new `{}`: `{value}`", row.name)),
                (Some(old), Some(value)) => {
                    (Effect::Weakens, Which::New, format!("`{}` is `{value}`, no more `{old}`", row.name))
                }
                _ => (Effect::Strengthens, Which::Old, format!("no more `{}`", row.name)),
            };
            let rank = if row.risk == Risk::Critical { "critical" } else { "a high risk" };
            let spans = statements(provenance.of(which).0, &object.namespace, &object.name);
            let causes = provenance.causes(which, &spans);
            let causes = if causes.is_empty() { vec![object_cause(object, which)] } else { causes };
            let note = Some(format!("ingress-nginx ranks it as {rank}: {}", row.summary));
            let class = Class::Annotations;
            out.push(Row { effect, class, classes: vec![class], title, connections: Vec::new(), note, causes });
        }
    }
    out
}

/// The object itself, where no statement is behind it.
pub(super) fn object_cause(object: &ObjectChange, side: Which) -> Cause {
    Cause {
        side,
        path: object.path.clone(),
        line: None,
        text: object.title(),
        because: None,
        tenant: None,
        consents: Vec::new(),
    }
}
