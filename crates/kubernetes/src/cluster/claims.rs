//! What anybody's objects claim: the one reader of Ingresses, Certificates and Services for that.

use super::addresses::Addresses;
use super::objects::{self, Ingress, NumberOrName, Objects};
use crate::edge::claims::{
    Backend, BackendPort, Behind, Certificate, Claimant, Claims, PathMatch, Route, Secret, Upstream, secrets_of,
};
use crate::edge::{Behavior, Clients, Edge, nginx};
use smol_str::SmolStr;
use std::net::IpAddr;
use std::sync::Arc;

/// What objects claim, annotations read as a controller reads them.
pub fn claims(objects: &Objects, edge: Edge) -> Claims {
    let mut claims = Claims::default();
    for ingress in &objects.ingresses {
        let behavior = Arc::new(behavior(ingress, edge));
        claims.routes.extend(routes(ingress, &behavior));
        let by = ("Ingress", claimant(&ingress.namespace, &ingress.name));
        let served =
            ingress.tls.iter().filter_map(|tls| tls.secret.clone()).map(|name| (ingress.namespace.clone(), name));
        let read = secrets_of(&behavior, &ingress.namespace);
        claims.secrets.extend(served.chain(read).map(|(namespace, name)| Secret { by: by.clone(), namespace, name }));
    }
    for certificate in &objects.certificates {
        let by = claimant(&certificate.namespace, &certificate.name);
        let secret = Secret {
            by: ("Certificate", by.clone()),
            namespace: certificate.namespace.clone(),
            name: certificate.secret.clone(),
        };
        claims.secrets.push(secret);
        let mut names = certificate.names.clone();
        names.sort();
        names.dedup();
        let issuer = (certificate.issuer_kind.clone(), certificate.issuer.clone());
        claims.certificates.push(Certificate { by, names, secret: certificate.secret.clone(), issuer });
    }
    claims.upstreams.extend(objects.services.iter().map(|service| upstream(objects, service)));
    claims.sorted()
}

/// How an Ingress has its requests treated.
pub fn behavior(ingress: &Ingress, edge: Edge) -> Behavior {
    match edge {
        Edge::Nginx => nginx::read(&ingress.annotations),
    }
}

/// The routes of an Ingress, in its order; what its default backend takes comes last.
pub fn routes(ingress: &Ingress, behavior: &Arc<Behavior>) -> Vec<Route> {
    let rest = ingress.default_backend.as_ref().map(|backend| objects::Route {
        host: None,
        path: SmolStr::default(),
        path_type: SmolStr::new_static("Prefix"),
        backend: Some(backend.clone()),
    });
    let route = |route: &objects::Route| Route {
        by: claimant(&ingress.namespace, &ingress.name),
        class: ingress.class.clone(),
        host: route.host.clone(),
        path: if route.path.is_empty() { SmolStr::new_static("/") } else { route.path.clone() },
        path_match: PathMatch::of(&route.path_type),
        backend: route.backend.as_ref().map(backend),
        tls: serves(ingress, route.host.as_deref()),
        behavior: Arc::clone(behavior),
    };
    ingress.routes.iter().chain(&rest).map(route).collect()
}

/// The addresses that clients may have: those that are allowed, less those that are denied.
pub fn addresses(clients: &Clients) -> Addresses {
    let allowed = clients.allowed.as_ref().map_or_else(Addresses::all, Addresses::nets);
    clients.denied.as_ref().map_or_else(|| allowed.clone(), |denied| allowed.difference(&Addresses::nets(denied)))
}

fn claimant(namespace: &SmolStr, name: &SmolStr) -> Claimant {
    Claimant { namespace: namespace.clone(), name: name.clone() }
}

fn backend(backend: &objects::Backend) -> Backend {
    let port = match &backend.port {
        NumberOrName::Number(number) => BackendPort::Number(*number),
        NumberOrName::Name(name) => BackendPort::Name(name.clone()),
    };
    Backend { service: backend.service.clone(), port }
}

/// Whether the `tls` of an Ingress has a certificate for a host.
fn serves(ingress: &Ingress, host: Option<&str>) -> bool {
    let host = host.unwrap_or("*");
    ingress.tls.iter().any(|tls| tls.hosts.is_empty() || tls.hosts.iter().any(|name| covers(name, host)))
}

/// Whether a certificate's name is good for a host.
fn covers(name: &str, host: &str) -> bool {
    let below = |zone: &str| {
        host.strip_suffix(zone).is_some_and(|rest| rest.len() > 1 && rest.find('.') == Some(rest.len() - 1))
    };
    name == host || name.strip_prefix("*.").is_some_and(below)
}

fn upstream(objects: &Objects, service: &objects::Service) -> Upstream {
    let to = match (&service.external_name, &service.selector) {
        (Some(name), _) => Behind::Name(name.clone()),
        (None, Some(selector)) => Behind::Pods(selector.clone()),
        (None, None) => {
            let of_service = |endpoints: &&objects::Endpoints| {
                endpoints.namespace == service.namespace && endpoints.service.as_ref() == Some(&service.name)
            };
            let all =
                objects.endpoints.iter().filter(of_service).flat_map(|endpoints| endpoints.addresses.iter().copied());
            let mut all: Vec<IpAddr> = all.collect();
            all.sort();
            all.dedup();
            Behind::Addresses(all)
        }
    };
    let ports = service.ports.iter().map(|port| {
        let target = match port.target {
            NumberOrName::Number(target) => (target != port.port).then_some(target),
            NumberOrName::Name(_) => None,
        };
        (port.port, port.protocol, target)
    });
    let mut ports: Vec<_> = ports.collect();
    ports.sort();
    Upstream { by: claimant(&service.namespace, &service.name), to, ports }
}
