//! `Ingress`

use super::super::labels::value;
use super::super::objects::{Backend, Ingress, NumberOrName, Route, Tls};
use super::object::{self, Object, list, map, text, texts};
use crate::yaml::Node;
use smol_str::SmolStr;

/// The annotation that came before `ingressClassName`, and still counts.
const OLD_CLASS: &str = "kubernetes.io/ingress.class";

pub(super) fn ingress(object: &Object<'_>) -> Ingress {
    let annotations = object.annotations();
    let spec = object.node.get("spec");
    let class = text(spec, "ingressClassName").or_else(|| value(&annotations, OLD_CLASS).cloned());
    let default_backend = map(spec, "defaultBackend").and_then(backend);
    let mut routes = Vec::new();
    for rule in list(spec, "rules") {
        let host = text(Some(rule), "host").filter(|host| !host.is_empty());
        let Some(http) = map(Some(rule), "http") else {
            // Without paths the default backend serves the host.
            let path_type = SmolStr::new_static("Prefix");
            routes.push(Route { host, path: SmolStr::default(), path_type, backend: default_backend.clone() });
            continue;
        };
        for path in list(Some(http), "paths") {
            let backend = map(Some(path), "backend").and_then(backend);
            let (host, written) = (host.clone(), text(Some(path), "path").unwrap_or_default());
            let path_type = text(Some(path), "pathType").unwrap_or_default();
            routes.push(Route { host, path: written, path_type, backend });
        }
    }
    let entries = list(spec, "tls").iter();
    let tls = entries.map(|entry| Tls { hosts: texts(Some(entry), "hosts"), secret: text(Some(entry), "secretName") });
    Ingress {
        namespace: object.namespace.into(),
        name: object.name.into(),
        class,
        annotations,
        routes,
        default_backend,
        tls: tls.collect(),
        place: object.place,
    }
}

/// The Service of a backend; none for another kind of resource.
fn backend(node: &Node<'_>) -> Option<Backend> {
    let service = node.get("service")?;
    let port = service.get("port")?;
    let number = object::port(port, "number").map(NumberOrName::Number);
    Some(Backend {
        service: text(Some(service), "name")?,
        port: number.or_else(|| object::port_or_name(port, "name"))?,
    })
}
