//! Names, labels and annotations of objects of all kinds.

use super::super::Found;
use crate::yaml::{Node, Value};
use smol_str::SmolStr;
use xks_base::values::{Problem, label, name};

/// How many bytes the annotations of an object have at most, their keys included.
const ANNOTATIONS: usize = 256 * 1024;

type Rule = fn(&str) -> Result<SmolStr, Problem>;

/// What the name of a kind is held to.
fn rule_of(api_version: &str, kind: &str) -> Rule {
    match (api_version, kind) {
        // A Service's may start with a digit since Kubernetes 1.36.
        ("v1", "Namespace" | "Service") => name::label,
        ("rbac.authorization.k8s.io/v1", _) | ("policy/v1", "PodDisruptionBudget") => super::segment,
        ("batch/v1", "CronJob") => |text| {
            let name = super::subdomain(text)?;
            if text.len() <= 52 { Ok(name) } else { Err(Problem::new("it has more than 52 characters")) }
        },
        ("batch/v1", "Job") | ("apps/v1", "StatefulSet") => name::label,
        _ => super::subdomain,
    }
}

pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, api_version: &str, kind: &str) {
    let Some(metadata) = node.get("metadata") else {
        return found.lacks(node, "metadata", "is missing");
    };
    if !matches!(metadata.value, Value::Map(_)) {
        return;
    }
    let written = |field| metadata.get(field).filter(|node: &&Node<'_>| node.as_str() != Some(""));
    match (written("name"), written("generateName")) {
        (None, None) => found.lacks(metadata, "name", "is missing"),
        (None, Some(prefix)) => super::text(found, Some(prefix), |text| {
            // What the API server adds makes it whole.
            rule_of(api_version, kind)(&format!("{text}x"))
        }),
        (name, _) => super::text(found, name, rule_of(api_version, kind)),
    }
    super::text(found, written("namespace"), name::label);
    labels(found, metadata.get("labels"));
    annotations(found, metadata.get("annotations"));
    for finalizer in metadata.get("finalizers").map_or(&[][..], Node::items) {
        super::text(found, Some(finalizer), |text| {
            if text.contains('/') || matches!(text, "foregroundDeletion" | "orphan" | "kubernetes") {
                label::key(text)
            } else {
                Err(Problem::new("it has no prefix like `example.com/`"))
            }
        });
    }
}

/// The metadata of a template of pods or jobs.
pub(super) fn template<'n>(found: &mut Found<'n>, metadata: Option<&'n Node<'n>>) {
    labels(found, metadata.and_then(|metadata| metadata.get("labels")));
    annotations(found, metadata.and_then(|metadata| metadata.get("annotations")));
}

/// Checks a mapping of labels.
pub(super) fn labels<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) {
    for (key, value) in node.map_or(&[][..], Node::entries) {
        if let Err(problem) = label::key(key) {
            found.refuse(value, format!("cannot be the key of a label: {}", problem.reason));
        } else if let Some(Err(problem)) = value.as_str().map(label::value) {
            let text = value.as_str().unwrap_or_default();
            found.refuse(value, format!("is `{text}`, which cannot be the value of a label: {}", problem.reason));
        }
    }
}

fn annotations<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) {
    let Some(node) = node else { return };
    let mut size = 0;
    for (key, value) in node.entries() {
        size += key.len() + value.as_str().map_or(0, str::len);
        if let Err(problem) = label::key(&key.to_ascii_lowercase()) {
            found.refuse(value, format!("cannot be the key of an annotation: {}", problem.reason));
        }
    }
    if size > ANNOTATIONS {
        found.refuse(node, format!("has {size} bytes; {ANNOTATIONS} are the most"));
    }
}
