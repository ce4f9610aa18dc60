//! What every object has, and reading fields of objects that the API server takes. What it does not take, and everything that is
//! wrong, [`crate::validate`] says.

use super::super::objects::{Fault, NumberOrName, Place, Selector, title};
use crate::cluster::labels::Labels;
use crate::validate::{self, Effect};
use crate::yaml::{Node, Value, integer};
use smol_str::SmolStr;
use xks_base::values::port::Protocol;

/// An object that is being read.
pub(super) struct Object<'n> {
    pub(super) node: &'n Node<'n>,
    /// The API group; empty for the core.
    pub(super) group: &'n str,
    pub(super) kind: &'n str,
    pub(super) name: &'n str,
    pub(super) namespace: &'n str,
    pub(super) place: Place,
}

impl<'n> Object<'n> {
    /// The object of a document, if it is one that the API server takes.
    pub(super) fn new(node: &'n Node<'n>, place: Place, faults: &mut Vec<Fault>) -> Option<Object<'n>> {
        let text = |path: &[&str]| node.at(path).and_then(Node::as_str);
        let mut fault = |rule: &str, line: u32| {
            let place = Place { line, ..place };
            faults.push(Fault { place, object: String::new(), rule: rule.to_string(), refused: true });
            None
        };
        if !matches!(node.value, Value::Map(_)) {
            return fault(&format!("it is no Kubernetes object but {}", node.describe()), node.line);
        }
        let (Some(api_version), Some(kind)) = (text(&["apiVersion"]), text(&["kind"])) else {
            let missing = if text(&["kind"]).is_none() { "kind" } else { "apiVersion" };
            return fault(&format!("it is no Kubernetes object: it has no `{missing}`"), node.line);
        };
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        let name = text(&["metadata", "name"]).or_else(|| text(&["metadata", "generateName"])).unwrap_or_default();
        let namespace = text(&["metadata", "namespace"]).unwrap_or("default");
        let findings = validate::object(node);
        let is_refused = findings.iter().any(|finding| finding.effect == Effect::Refused);
        faults.extend(findings.into_iter().map(|finding| Fault {
            place: Place { line: finding.line, ..place },
            object: title(kind, namespace, name),
            rule: finding.to_string(),
            refused: finding.effect == Effect::Refused,
        }));
        (!is_refused).then_some(Object { node, group, kind, name, namespace, place })
    }

    /// Its labels, sorted by key.
    pub(super) fn labels(&self) -> Labels {
        strings(self.node.get("metadata"), "labels")
    }

    /// Its annotations, sorted by key.
    pub(super) fn annotations(&self) -> Labels {
        strings(self.node.get("metadata"), "annotations")
    }
}

/// A mapping that may be missing.
pub(super) fn map<'n>(parent: Option<&'n Node<'n>>, field: &str) -> Option<&'n Node<'n>> {
    parent?.get(field)
}

/// A string, of a field that may be missing.
pub(super) fn text(parent: Option<&Node<'_>>, field: &str) -> Option<SmolStr> {
    parent?.get(field)?.as_str().map(SmolStr::new)
}

/// The items of a list that may be missing.
pub(super) fn list<'n>(parent: Option<&'n Node<'n>>, field: &str) -> &'n [Node<'n>] {
    map(parent, field).map_or(&[], Node::items)
}

/// The strings of a list that may be missing.
pub(super) fn texts(parent: Option<&Node<'_>>, field: &str) -> Vec<SmolStr> {
    let items = parent.and_then(|parent| parent.get(field)).map_or(&[][..], Node::items);
    items.iter().filter_map(Node::as_str).map(SmolStr::new).collect()
}

/// A mapping of strings, sorted by key; empty when it is missing. Null is the empty string.
pub(super) fn strings(parent: Option<&Node<'_>>, field: &str) -> Labels {
    let entries = parent.and_then(|parent| parent.get(field)).map_or(&[][..], Node::entries).iter();
    let mut out: Labels =
        entries.map(|(key, node)| (SmolStr::new(key), SmolStr::new(node.as_str().unwrap_or_default()))).collect();
    out.sort();
    out
}

/// A label selector that may be missing.
pub(super) fn selector(parent: Option<&Node<'_>>, field: &str) -> Option<Selector> {
    Some(Selector(validate::requirements(parent?.get(field)?)))
}

/// A protocol; TCP when it is missing.
pub(super) fn protocol(parent: &Node<'_>) -> Protocol {
    match parent.get("protocol").and_then(Node::as_str) {
        Some("UDP") => Protocol::Udp,
        Some("SCTP") => Protocol::Sctp,
        _ => Protocol::Tcp,
    }
}

/// The number of a port, of a field that may be missing.
pub(super) fn port(parent: &Node<'_>, field: &str) -> Option<u16> {
    match &parent.get(field)?.value {
        Value::Number(text) => integer(text).and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0),
        _ => None,
    }
}

/// A port by number or name, of a field that may be missing.
pub(super) fn port_or_name(parent: &Node<'_>, field: &str) -> Option<NumberOrName> {
    match parent.get(field)?.as_str() {
        None => port(parent, field).map(NumberOrName::Number),
        Some(name) => Some(NumberOrName::Name(SmolStr::new(name))),
    }
}
