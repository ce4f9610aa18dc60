//! What no other row tells of: objects that are applied and have changed, so that nothing is called equal that is not.

use super::cause::Provenance;
use super::engine::is_foreign;
use super::exposure::object_cause;
use super::object::ObjectChange;
use super::{Cause, Class, Effect, Row, Which};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_kubernetes::edge::nginx::PREFIX;

/// The label that marks what the compiler wrote.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

pub(super) fn rows(
    objects: &[ObjectChange],
    told: &BTreeSet<(SmolStr, SmolStr)>,
    provenance: &mut Provenance<'_>,
) -> Vec<Row> {
    let mut of_namespace: BTreeMap<&str, (Vec<String>, Vec<Cause>)> = BTreeMap::new();
    for object in objects.iter().filter(|object| !is_foreign(object)) {
        let lines = lines(object, told);
        if lines.is_empty() {
            continue;
        }
        let which = if object.new.is_some() { Which::New } else { Which::Old };
        let (all, causes) = of_namespace.entry(object.namespace.as_str()).or_default();
        all.extend(lines);
        let (book, other) = provenance.of(which);
        let spans = book.declaring(&object.namespace, &object.kind, &object.name);
        let found = book.causes(&spans, other);
        causes.extend(if found.is_empty() { vec![object_cause(object, which)] } else { found });
    }
    let row = |(namespace, (connections, mut causes)): (&str, (Vec<String>, Vec<Cause>))| {
        causes.sort();
        causes.dedup();
        let title = match namespace {
            "" => "other objects change".to_string(),
            namespace => format!("other objects of the namespace {namespace} change"),
        };
        Row { connections, ..Row::new(Effect::Notes, &[Class::Objects], title, causes) }
    };
    of_namespace.into_iter().map(row).collect()
}

/// What of an object no other row tells.
fn lines(object: &ObjectChange, told: &BTreeSet<(SmolStr, SmolStr)>) -> Vec<String> {
    let title = object.title();
    if object.kind == "Service" && told.contains(&(SmolStr::new(&object.namespace), SmolStr::new(&object.name))) {
        return Vec::new();
    }
    let rest = |value: &Option<Value>| value.as_ref().map(|value| rest(&object.kind, value));
    match (rest(&object.old), rest(&object.new)) {
        (Some(old), Some(new)) => {
            if old == new {
                return Vec::new();
            }
            let named = |path: &str| !is_told(&object.kind, path);
            let fields = object.fields.iter().filter(|field| named(&field.path));
            fields.map(|field| format!("~ {title}  {}", field.path)).collect()
        }
        (None, Some(new)) if has_more(&object.kind, &new) => vec![format!("+ {title}")],
        (Some(old), None) if has_more(&object.kind, &old) => vec![format!("- {title}")],
        (None | Some(_), None | Some(_)) => Vec::new(),
    }
}

/// Whether rows about reach, hosts or certificates tell of the objects of a kind.
fn is_read(kind: &str) -> bool {
    matches!(kind, "NetworkPolicy" | "Ingress" | "Certificate")
}

fn is_told(kind: &str, path: &str) -> bool {
    let host = format!("metadata.annotations[\"{PREFIX}");
    match kind {
        "NetworkPolicy" => path.starts_with("spec"),
        "Ingress" => path.starts_with("spec") || path.starts_with(&host),
        "Certificate" => path.starts_with("spec.dnsNames") || path.starts_with("spec.issuerRef"),
        _ => false,
    }
}

/// An object without what other rows tell of.
fn rest(kind: &str, value: &Value) -> Value {
    let mut value = value.clone();
    let labels = value.get_mut("metadata").and_then(|metadata| metadata.get_mut("labels"));
    if let Some(labels) = labels.and_then(Value::as_object_mut) {
        labels.remove(MANAGED_BY);
    }
    let Some(object) = value.as_object_mut().filter(|_| is_read(kind)) else { return value };
    if kind == "Certificate" {
        if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
            spec.remove("dnsNames");
            spec.remove("issuerRef");
        }
    } else {
        object.remove("spec");
    }
    if let Some(annotations) = object.get_mut("metadata").and_then(|data| data.get_mut("annotations"))
        && let Some(annotations) = annotations.as_object_mut()
        && kind == "Ingress"
    {
        // What others read is compared host by host.
        annotations.clear();
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|_, value| !value.as_object().is_some_and(serde_json::Map::is_empty));
    }
    value
}

/// Whether an object that came or went says more than other rows do.
fn has_more(kind: &str, rest: &Value) -> bool {
    if !is_read(kind) || kind == "Certificate" {
        return kind != "Certificate";
    }
    let metadata = rest["metadata"].as_object();
    metadata.is_some_and(|fields| fields.keys().any(|key| !matches!(key.as_str(), "name" | "namespace")))
}
