//! `Ingress`

use super::super::Found;
use crate::yaml::{Node, Value};
use smol_str::SmolStr;
use xks_base::values::{Problem, name};

/// The annotation that came before `ingressClassName`, and still counts.
const OLD_CLASS: &str = "kubernetes.io/ingress.class";

pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, spec: Option<&'n Node<'n>>) {
    let rules = spec.and_then(|spec| spec.get("rules")).map_or(&[][..], Node::items);
    let default = spec.and_then(|spec| spec.get("defaultBackend"));
    if rules.is_empty() && default.is_none() {
        found.refuse(spec.unwrap_or(node), "has neither `rules` nor `defaultBackend`");
    }
    let class = spec.and_then(|spec| spec.get("ingressClassName"));
    super::text(found, class, super::subdomain);
    let old = node.at(&["metadata", "annotations"]).and_then(|annotations| annotations.get(OLD_CLASS));
    if let (Some(_), Some(old)) = (class, old) {
        found.refuse(old, "cannot stand beside `spec.ingressClassName`; remove the annotation");
    }
    if let Some(default) = default {
        backend(found, default);
    }
    for tls in spec.and_then(|spec| spec.get("tls")).map_or(&[][..], Node::items) {
        tls.get("hosts").map_or(&[][..], Node::items).iter().for_each(|host| super::text(found, Some(host), wildcard));
        super::text(found, filled(tls.get("secretName")), super::subdomain);
    }
    for rule in rules {
        super::text(found, filled(rule.get("host")), host);
        let Some(http) = rule.get("http") else { continue };
        let paths = http.get("paths").map_or(&[][..], Node::items);
        if paths.is_empty() && http.get("paths").is_some() {
            found.lacks(http, "paths", "is empty");
        }
        paths.iter().for_each(|path| self::path(found, path));
    }
}

/// A string that is not empty.
fn filled<'n>(node: Option<&'n Node<'n>>) -> Option<&'n Node<'n>> {
    node.filter(|node| node.as_str() != Some(""))
}

fn wildcard(text: &str) -> Result<SmolStr, Problem> {
    super::subdomain(text.strip_prefix("*.").unwrap_or(text))
}

fn host(text: &str) -> Result<SmolStr, Problem> {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Err(Problem::new("it is an address"));
    }
    wildcard(text)
}

fn path<'n>(found: &mut Found<'n>, node: &'n Node<'n>) {
    let kind = node.get("pathType");
    super::word(found, kind, &["Exact", "Prefix", "ImplementationSpecific"]);
    let path = node.get("path").and_then(Node::as_str).unwrap_or_default();
    let at = node.get("path").unwrap_or(node);
    match kind.and_then(Node::as_str) {
        Some(kind @ ("Exact" | "Prefix")) => {
            let within = ["//", "/./", "/../", "%2f", "%2F"].into_iter().find(|part| path.contains(part));
            let at_end = ["/..", "/."].into_iter().find(|part| path.ends_with(part));
            if !path.starts_with('/') {
                found.lacks(node, "path", format!("is `{path}`; one of type {kind} starts with `/`"));
            } else if let Some(part) = within.or(at_end) {
                found.refuse(at, format!("is `{path}`; one of type {kind} has no `{part}`"));
            }
        }
        Some("ImplementationSpecific") if !path.is_empty() && !path.starts_with('/') => {
            found.refuse(at, format!("is `{path}`; it starts with `/`"));
        }
        _ => {}
    }
    match node.get("backend") {
        Some(written) => backend(found, written),
        None if node.entry("backend").is_none() => {}
        None => found.lacks(node, "backend", "is missing"),
    }
}

fn backend<'n>(found: &mut Found<'n>, node: &'n Node<'n>) {
    if !matches!(node.value, Value::Map(_)) {
        return;
    }
    match (node.get("service"), node.get("resource")) {
        (Some(service), None) => {
            super::text(found, service.get("name"), name::label);
            let port = service.get("port");
            let number = port.and_then(|port| port.get("number")).filter(|node| super::whole(node) != Some(0));
            let named = port.and_then(|port| filled(port.get("name")));
            super::port_number(found, number);
            if let Some((node, text)) = named.and_then(|node| Some((node, node.as_str()?))) {
                super::text(found, Some(node), xks_base::values::port::name);
                if text.parse::<u16>().is_ok() {
                    found.refuse(node, format!("is `{text}`; write it as `number: {text}`"));
                }
            }
            match (number, named) {
                (Some(_), Some(named)) => found.refuse(named, "cannot stand beside `number`"),
                (None, None) => found.lacks(service, "port", "has neither `name` nor `number`"),
                _ => {}
            }
        }
        (None, Some(resource)) => {
            super::text(found, resource.get("apiGroup"), super::subdomain);
            super::text(found, resource.get("kind"), super::segment);
            super::text(found, resource.get("name"), super::segment);
        }
        (Some(service), Some(_)) => found.refuse(service, "cannot stand beside `resource`"),
        (None, None) => found.refuse(node, "has neither `service` nor `resource`"),
    }
}
