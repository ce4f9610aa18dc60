//! What the API server makes of an object by itself: whether it refuses it, where, and why. Kubernetes 1.37 is the one that is
//! meant; where an older one differs, the rule says so.
//!
//! [`schema`] knows the fields of each kind and their types, from the documents that an API server serves. `rules` knows what no
//! document says: which values go together, what a name may be.

pub mod baseline;
mod rules;
pub mod schema;
mod structure;

pub use rules::selector::requirements;

use crate::yaml::{Node, Value};
use std::fmt::{self, Write};

/// How many findings of one object are kept: whoever reads the first of them will mend the rest with them.
const MOST: usize = 20;

/// What comes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The API server refuses the object.
    Refused,
    /// It refuses the object where it is applied strictly, as `kubectl apply` and server-side apply do, and passes over the
    /// field where not.
    RefusedIfStrict,
    /// It takes the object, which does not do what it seems to say.
    Ignored,
}

/// Something wrong in an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line of the value, or of what lacks it.
    pub line: u32,
    /// Where: `spec.ports[0].protocol`; empty for the object itself.
    pub path: String,
    /// What is wrong there: `is `tcp`; it is TCP, UDP or SCTP`.
    pub why: String,
    /// What comes of it.
    pub effect: Effect,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "it {}", self.why),
            path => write!(f, "`{path}` {}", self.why),
        }
    }
}

/// What is wrong with an object, in the order of its lines; at most the first twenty findings.
pub fn object(node: &Node<'_>) -> Vec<Finding> {
    let mut found = Found { at: Vec::new() };
    let text = |path: &[&str]| node.at(path).and_then(Node::as_str).unwrap_or_default();
    let (api_version, kind) = (text(&["apiVersion"]), text(&["kind"]));
    if api_version.starts_with("kustomize.config.k8s.io/") {
        // kustomize reads it, and no API server.
        return Vec::new();
    }
    let kind_of = schema::kind(api_version, kind);
    if let Some(kind) = kind_of {
        structure::check(&mut found, node, kind);
    } else if let Some(known) = schema::other_version(api_version, kind)
        && !rules::is_removed(api_version)
    {
        let version = node.get("apiVersion").unwrap_or(node);
        found.refuse(version, format!("is `{api_version}`, which has no {kind}; write `{known}`"));
    } else if let Some(metadata) = node.entry("metadata") {
        structure::check(&mut found, metadata, schema::metadata());
    }
    rules::check(&mut found, node, api_version, kind);
    found.finish(node)
}

/// Findings while they are gathered: each at a node of the object, so that nothing has to carry paths along.
struct Found<'n> {
    at: Vec<At<'n>>,
}

impl<'n> Found<'n> {
    fn add(&mut self, node: &'n Node<'n>, field: Option<&'static str>, why: String, effect: Effect) {
        if self.at.len() < MOST {
            self.at.push((node, field, why, effect));
        }
    }

    /// The API server refuses a value.
    fn refuse(&mut self, node: &'n Node<'n>, why: impl Into<String>) {
        self.add(node, None, why.into(), Effect::Refused);
    }

    /// The API server refuses the object for a field that is not there.
    fn lacks(&mut self, node: &'n Node<'n>, field: &'static str, why: impl Into<String>) {
        self.add(node, Some(field), why.into(), Effect::Refused);
    }

    /// It does where the object is applied strictly.
    fn strict(&mut self, node: &'n Node<'n>, why: impl Into<String>) {
        self.add(node, None, why.into(), Effect::RefusedIfStrict);
    }

    /// It takes the value, to another end than it seems.
    fn ignored(&mut self, node: &'n Node<'n>, why: impl Into<String>) {
        self.add(node, None, why.into(), Effect::Ignored);
    }

    /// Looks up where the nodes stand, in one walk.
    fn finish(self, root: &'n Node<'n>) -> Vec<Finding> {
        if self.at.is_empty() {
            return Vec::new();
        }
        let mut paths: Vec<Option<String>> = vec![None; self.at.len()];
        let mut path = String::new();
        place(root, &mut path, &self.at, &mut paths);
        let mut out: Vec<Finding> = Vec::new();
        for ((node, field, why, effect), path) in self.at.into_iter().zip(paths) {
            let mut path = path.unwrap_or_default();
            if let Some(field) = field {
                step(&mut path, field);
            }
            let finding = Finding { line: node.line, path, why, effect };
            if !out.iter().any(|known| known.path == finding.path && known.effect <= finding.effect) {
                out.push(finding);
            }
        }
        // What is refused in any case says more than that it is refused where one is strict.
        let refused: Vec<String> =
            out.iter().filter(|found| found.effect == Effect::Refused).map(|found| found.path.clone()).collect();
        out.retain(|found| {
            found.effect != Effect::RefusedIfStrict || !refused.iter().any(|path| path.starts_with(&found.path))
        });
        out.sort_by_key(|finding| finding.line);
        out
    }
}

type At<'n> = (&'n Node<'n>, Option<&'static str>, String, Effect);

fn place<'n>(node: &'n Node<'n>, path: &mut String, wanted: &[At<'n>], paths: &mut [Option<String>]) {
    for (at, (wanted, ..)) in wanted.iter().enumerate() {
        if std::ptr::eq(*wanted, node) {
            paths[at] = Some(path.clone());
        }
    }
    let len = path.len();
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                step(path, key);
                place(value, path, wanted, paths);
                path.truncate(len);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let _ = write!(path, "[{index}]");
                place(item, path, wanted, paths);
                path.truncate(len);
            }
        }
        _ => {}
    }
}

/// Adds a field to a path; one that is no plain word stands in brackets, as in JSONPath.
fn step(path: &mut String, key: &str) {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !plain {
        let _ = write!(path, "['{key}']");
    } else if path.is_empty() {
        path.push_str(key);
    } else {
        let _ = write!(path, ".{key}");
    }
}
