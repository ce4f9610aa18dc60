//! `Ingress`, with what the API server checks.

use super::super::labels::value;
use super::super::objects::{Backend, Ingress, NumberOrName, Route, Tls};
use super::object::Object;
use crate::yaml::Node;
use smol_str::SmolStr;
use xks_base::values::{Problem, name};

/// The annotation that came before `ingressClassName`, and still counts.
const OLD_CLASS: &str = "kubernetes.io/ingress.class";

pub(super) fn ingress(object: &mut Object<'_>) -> Option<Ingress> {
    let annotations = object.metadata(name::subdomain).annotations;
    if (object.group, object.version) != ("networking.k8s.io", "v1") {
        object.refuse(object.node, "its `apiVersion` no longer exists; write networking.k8s.io/v1");
    }
    let spec = object.map(Some(object.node), "spec");
    let class = object.text(spec, "ingressClassName").or_else(|| value(&annotations, OLD_CLASS).cloned());
    let default_backend = object.map(spec, "defaultBackend").and_then(|node| backend(object, node));
    let rules = object.list(spec, "rules");
    if rules.is_empty() && spec.and_then(|spec| spec.get("defaultBackend")).is_none() {
        object.refuse(spec.unwrap_or(object.node), "it has neither `rules` nor `defaultBackend`");
    }
    let mut routes = Vec::new();
    for rule in rules {
        let host = object.text(Some(rule), "host").filter(|host| !host.is_empty());
        if let Some(Err(problem)) = host.as_deref().map(self::host) {
            object.refuse(rule, format!("`host` cannot be `{}`: {}", host.as_deref().unwrap_or(""), problem.reason));
        }
        let Some(http) = object.map(Some(rule), "http") else {
            // Without paths the default backend serves the host.
            let path_type = SmolStr::new_static("Prefix");
            routes.push(Route { host, path: SmolStr::default(), path_type, backend: default_backend.clone() });
            continue;
        };
        let paths = object.list(Some(http), "paths");
        if paths.is_empty() {
            object.refuse(http, "`http` needs `paths`");
        }
        for path in paths {
            routes.extend(route(object, host.as_ref(), path));
        }
    }
    let mut tls = Vec::new();
    for entry in object.list(spec, "tls") {
        let hosts = object.texts(Some(entry), "hosts");
        tls.push(Tls { hosts, secret: object.text(Some(entry), "secretName") });
    }
    object.done(Ingress {
        namespace: object.namespace.into(),
        name: object.name.into(),
        class,
        annotations,
        routes,
        default_backend,
        tls,
        place: object.place,
    })
}

fn host(text: &str) -> Result<SmolStr, Problem> {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Err(Problem::new("it is an address"));
    }
    name::subdomain(text.strip_prefix("*.").unwrap_or(text))
}

fn route<'n>(object: &mut Object<'n>, host: Option<&SmolStr>, node: &'n Node<'n>) -> Option<Route> {
    let path = object.text(Some(node), "path").unwrap_or_default();
    let Some(path_type) = object.text(Some(node), "pathType") else {
        object.refuse(node, "a path needs `pathType`");
        return None;
    };
    let lower = path.to_ascii_lowercase();
    match path_type.as_str() {
        "Exact" | "Prefix" => {
            let within = ["//", "/./", "/../", "%2f"].into_iter().find(|part| lower.contains(part));
            let at_end = ["/..", "/."].into_iter().find(|part| path.ends_with(part));
            if !path.starts_with('/') {
                object.refuse(node, format!("`path` is `{path}`; one of type {path_type} starts with `/`"));
            } else if let Some(part) = within.or(at_end) {
                object.refuse(node, format!("`path` is `{path}`; one of type {path_type} has no `{part}`"));
            }
        }
        "ImplementationSpecific" if path.is_empty() || path.starts_with('/') => {}
        "ImplementationSpecific" => object.refuse(node, format!("`path` is `{path}`; it starts with `/`")),
        other => object.refuse(node, format!("`pathType` is `{other}`; it is Exact, Prefix or ImplementationSpecific")),
    }
    let backend = match object.map(Some(node), "backend") {
        Some(written) => backend(object, written),
        None => {
            object.refuse(node, "a path needs `backend`");
            None
        }
    };
    Some(Route { host: host.cloned(), path, path_type, backend })
}

/// The Service of a backend; none for another kind of resource.
fn backend<'n>(object: &mut Object<'n>, node: &'n Node<'n>) -> Option<Backend> {
    let service = object.map(Some(node), "service");
    match (service, node.get("resource")) {
        (Some(service), None) => {
            let name = object.text(Some(service), "name");
            let Some(name) = name else {
                object.refuse(service, "`service` needs `name`");
                return None;
            };
            let port = object.map(Some(service), "port");
            let number = port.and_then(|port| object.port(port, "number")).map(NumberOrName::Number);
            let named = port.and_then(|port| object.port_or_name(port, "name"));
            match (number, named) {
                (Some(port), None) | (None, Some(port)) => Some(Backend { service: name, port }),
                (Some(_), Some(_)) => {
                    object.refuse(service, "`port` has both `name` and `number`; it has one or the other");
                    None
                }
                (None, None) => {
                    object.refuse(service, "`service` needs `port.name` or `port.number`");
                    None
                }
            }
        }
        (None, Some(_)) => None,
        _ => {
            object.refuse(node, "`backend` has exactly one of `service` and `resource`");
            None
        }
    }
}
