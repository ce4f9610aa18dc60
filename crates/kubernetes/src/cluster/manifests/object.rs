//! What every object has, and reading fields of which the API server asks something.

use super::super::objects::{Fault, NumberOrName, Place, Selector, title};
use crate::cluster::labels::Labels;
use crate::yaml::{Node, Value, integer};
use smol_str::SmolStr;
use xks_base::values::label::{self, Requirement};
use xks_base::values::port::{self, Protocol};
use xks_base::values::{Problem, name};

/// What objects of all kinds have besides names.
pub(super) struct Metadata {
    pub(super) labels: Labels,
    pub(super) annotations: Labels,
}

/// An object that is being read.
pub(super) struct Object<'n> {
    pub(super) node: &'n Node<'n>,
    /// The API group; empty for the core.
    pub(super) group: &'n str,
    pub(super) version: &'n str,
    pub(super) kind: &'n str,
    pub(super) name: &'n str,
    pub(super) namespace: &'n str,
    pub(super) place: Place,
    faults: &'n mut Vec<Fault>,
    /// Whether the API server refuses it.
    refused: bool,
}

impl<'n> Object<'n> {
    /// The object of a document, if it is one.
    pub(super) fn new(node: &'n Node<'n>, place: Place, faults: &'n mut Vec<Fault>) -> Option<Object<'n>> {
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
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let name = text(&["metadata", "name"]).or_else(|| text(&["metadata", "generateName"])).unwrap_or_default();
        let namespace = text(&["metadata", "namespace"]).unwrap_or("default");
        Some(Object { node, group, version, kind, name, namespace, place, faults, refused: false })
    }

    fn fault(&mut self, at: &Node<'_>, rule: String, refused: bool) {
        let object = title(self.kind, self.namespace, self.name);
        self.faults.push(Fault { place: Place { line: at.line, ..self.place }, object, rule, refused });
        self.refused |= refused;
    }

    /// Says why the API server refuses the object.
    pub(super) fn refuse(&mut self, at: &Node<'_>, rule: impl Into<String>) {
        self.fault(at, rule.into(), true);
    }

    /// Says what is wrong in an object that counts nevertheless.
    pub(super) fn warn(&mut self, at: &Node<'_>, rule: impl Into<String>) {
        self.fault(at, rule.into(), false);
    }

    /// The object, unless the API server refuses it.
    pub(super) fn done<T>(&self, object: T) -> Option<T> {
        (!self.refused).then_some(object)
    }

    /// Checks the name, the namespace, the labels and the annotations.
    pub(super) fn metadata(&mut self, rule: impl Fn(&str) -> Result<SmolStr, Problem>) -> Metadata {
        let metadata = self.map(Some(self.node), "metadata");
        self.names(metadata, rule);
        Metadata { labels: self.labels(metadata, "labels"), annotations: self.strings(metadata, "annotations") }
    }

    fn names(&mut self, metadata: Option<&'n Node<'n>>, rule: impl Fn(&str) -> Result<SmolStr, Problem>) {
        for (field, text) in [("name", self.name), ("namespace", self.namespace)] {
            let written = metadata.and_then(|metadata| metadata.get(field).or_else(|| metadata.get("generateName")));
            let Some(written) = written else {
                if field == "name" {
                    self.refuse(self.node, "it has no `metadata.name`");
                }
                continue;
            };
            let node = metadata.and_then(|metadata| metadata.get(field));
            if node.is_some_and(|node| node.as_str().is_none()) {
                self.refuse(written, format!("`metadata.{field}` is {}, not a string", written.describe()));
                continue;
            }
            let checked = match (field, node) {
                ("name", Some(_)) => rule(text),
                ("name", None) => continue, // the API server makes one of `generateName`
                _ => name::label(text),
            };
            if let Err(problem) = checked {
                self.refuse(written, format!("`metadata.{field}` cannot be `{text}`: {}", problem.reason));
            }
        }
    }

    /// Warns of fields that a mapping should not have, which the API server passes over.
    pub(super) fn fields(&mut self, node: Option<&Node<'_>>, known: &[&str]) {
        for (key, value) in node.map_or(&[][..], Node::entries) {
            if !known.contains(&key.as_ref()) {
                self.warn(value, format!("there is no field `{key}` here, and the API server passes over it"));
            }
        }
    }

    /// A string, of a field that may be missing.
    pub(super) fn text(&mut self, parent: Option<&Node<'n>>, field: &str) -> Option<SmolStr> {
        let node = parent?.get(field)?;
        match node.as_str() {
            Some(text) => Some(SmolStr::new(text)),
            None => {
                self.refuse(node, format!("`{field}` is {}, not a string", node.describe()));
                None
            }
        }
    }

    /// The items of a list that may be missing.
    pub(super) fn list(&mut self, parent: Option<&'n Node<'n>>, field: &str) -> &'n [Node<'n>] {
        match parent.and_then(|parent| parent.get(field)) {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) => {
                self.refuse(node, format!("`{field}` is {}, not a list", node.describe()));
                &[]
            }
        }
    }

    /// The strings of a list that may be missing.
    pub(super) fn texts(&mut self, parent: Option<&'n Node<'n>>, field: &str) -> Vec<SmolStr> {
        let mut out = Vec::new();
        for node in self.list(parent, field) {
            match node.as_str() {
                Some(text) => out.push(SmolStr::new(text)),
                None => self.refuse(node, format!("`{field}` holds {}, not a string", node.describe())),
            }
        }
        out
    }

    /// A mapping that may be missing.
    pub(super) fn map(&mut self, parent: Option<&'n Node<'n>>, field: &str) -> Option<&'n Node<'n>> {
        let node = parent?.get(field)?;
        if !matches!(node.value, Value::Map(_)) {
            self.refuse(node, format!("`{field}` is {}, not a mapping", node.describe()));
            return None;
        }
        Some(node)
    }

    /// A mapping of strings, sorted by key; empty when it is missing.
    pub(super) fn strings(&mut self, parent: Option<&'n Node<'n>>, field: &str) -> Labels {
        let mut out = Vec::new();
        for (key, node) in self.map(parent, field).map_or(&[][..], Node::entries) {
            match &node.value {
                Value::Text(text) => out.push((SmolStr::new(key), SmolStr::new(text))),
                Value::Null => out.push((SmolStr::new(key), SmolStr::default())),
                _ => self.refuse(node, format!("`{field}` has {} for `{key}`, which is not a string", node.describe())),
            }
        }
        out.sort();
        out
    }

    /// Labels, sorted by key.
    pub(super) fn labels(&mut self, parent: Option<&'n Node<'n>>, field: &str) -> Labels {
        let labels = self.strings(parent, field);
        let at = parent.and_then(|parent| parent.get(field));
        for (key, value) in &labels {
            let at = at.and_then(|map| map.entry(key)).unwrap_or(self.node);
            if let Err(problem) = label::key(key) {
                self.refuse(at, format!("`{key}` is not the key of a label: {}", problem.reason));
            } else if let Err(problem) = label::value(value) {
                self.refuse(at, format!("`{value}` is not the value of a label: {}", problem.reason));
            }
        }
        labels
    }

    /// A label selector that may be missing.
    pub(super) fn selector(&mut self, parent: Option<&'n Node<'n>>, field: &str) -> Option<Selector> {
        let node = self.map(parent, field)?;
        self.fields(Some(node), &["matchLabels", "matchExpressions"]);
        let wanted = self.labels(Some(node), "matchLabels");
        let mut requirements: Vec<Requirement> =
            wanted.into_iter().map(|(key, value)| Requirement::In(key, vec![value])).collect();
        for expression in self.list(Some(node), "matchExpressions") {
            requirements.extend(self.requirement(expression));
        }
        Some(Selector(requirements))
    }

    fn requirement(&mut self, expression: &'n Node<'n>) -> Option<Requirement> {
        self.fields(Some(expression), &["key", "operator", "values"]);
        let key = self.text(Some(expression), "key").unwrap_or_default();
        let operator = self.text(Some(expression), "operator").unwrap_or_default();
        let mut values = self.texts(Some(expression), "values");
        if let Err(problem) = label::key(&key) {
            self.refuse(expression, format!("`{key}` is not the key of a label: {}", problem.reason));
            return None;
        }
        for value in &values {
            if let Err(problem) = label::value(value) {
                self.refuse(expression, format!("`{value}` is not the value of a label: {}", problem.reason));
            }
        }
        values.sort();
        values.dedup();
        match (operator.as_str(), values.is_empty()) {
            ("In" | "NotIn", true) => self.refuse(expression, format!("`{operator}` needs `values`")),
            ("Exists" | "DoesNotExist", false) => self.refuse(expression, format!("`{operator}` takes no `values`")),
            ("In" | "NotIn" | "Exists" | "DoesNotExist", _) => {}
            _ => {
                self.refuse(expression, format!("`operator` is `{operator}`; it is In, NotIn, Exists or DoesNotExist"))
            }
        }
        match operator.as_str() {
            "In" => Some(Requirement::In(key, values)),
            "NotIn" => Some(Requirement::NotIn(key, values)),
            "Exists" => Some(Requirement::Exists(key)),
            "DoesNotExist" => Some(Requirement::Absent(key)),
            _ => None,
        }
    }

    /// A protocol; TCP when it is missing.
    pub(super) fn protocol(&mut self, parent: &'n Node<'n>) -> Option<Protocol> {
        let Some(node) = parent.get("protocol") else { return Some(Protocol::Tcp) };
        match node.as_str() {
            Some("TCP") => Some(Protocol::Tcp),
            Some("UDP") => Some(Protocol::Udp),
            Some("SCTP") => Some(Protocol::Sctp),
            _ => {
                self.refuse(node, format!("`protocol` is {}; it is TCP, UDP or SCTP", node.describe()));
                None
            }
        }
    }

    /// The number of a port, of a field that may be missing.
    pub(super) fn port(&mut self, parent: &'n Node<'n>, field: &str) -> Option<u16> {
        let node = parent.get(field)?;
        let number = match &node.value {
            Value::Number(text) => integer(text).and_then(|number| u16::try_from(number).ok()).filter(|port| *port > 0),
            _ => None,
        };
        if number.is_none() {
            self.refuse(node, format!("`{field}` is {}; a port is a number from 1 to 65535", node.describe()));
        }
        number
    }

    /// A port by number or name, of a field that may be missing.
    pub(super) fn port_or_name(&mut self, parent: &'n Node<'n>, field: &str) -> Option<NumberOrName> {
        let node = parent.get(field)?;
        match node.as_str() {
            None => self.port(parent, field).map(NumberOrName::Number),
            Some(text) => match port::name(text) {
                Ok(name) => Some(NumberOrName::Name(name)),
                Err(problem) => {
                    self.refuse(
                        node,
                        format!("`{field}` is `{text}`, which is not the name of a port: {}", problem.reason),
                    );
                    None
                }
            },
        }
    }
}
