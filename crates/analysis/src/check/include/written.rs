//! An included object as it is written: from its values, in its namespace, without what the API server sets itself.

use std::borrow::Cow;
use xks_kubernetes::k8s::yaml as write;
use xks_kubernetes::stored::{LAST_APPLIED, METADATA};
use xks_kubernetes::yaml::{Node, Value};

/// The label by which the objects that xks writes are known.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// The fields that are not written, as paths.
pub(super) fn dropped(object: &Node<'_>) -> Vec<String> {
    let metadata = object.get("metadata");
    let field = |name: &&&str| metadata.is_some_and(|metadata| metadata.get(name).is_some());
    let mut out: Vec<String> = METADATA.iter().filter(field).map(|name| format!("metadata.{name}")).collect();
    if object.at(&["metadata", "annotations", LAST_APPLIED]).is_some() {
        out.push(format!("metadata.annotations['{LAST_APPLIED}']"));
    }
    if object.get("status").is_some_and(|status| !status.entries().is_empty()) {
        out.push("status".to_string());
    }
    out
}

/// The label that says who manages the object, if it says somebody else.
pub(super) fn managed_by<'o, 'n>(object: &'o Node<'n>) -> Option<&'o Node<'n>> {
    object.at(&["metadata", "labels", MANAGED_BY]).filter(|label| label.as_str() != Some("xks"))
}

/// Writes an object as a document.
pub(super) fn document(object: &Node<'_>, namespace: &str, out: &mut String) {
    let mut object = object.clone();
    if let Value::Map(fields) = &mut object.value {
        fields.retain(|(key, _)| key != "status");
        for (_, metadata) in fields.iter_mut().filter(|(key, _)| key == "metadata") {
            place(metadata, namespace);
        }
    }
    let mut bytes = Vec::new();
    write::document(&object, &mut bytes);
    out.push_str("---\n");
    out.push_str(&String::from_utf8_lossy(&bytes));
}

fn place(metadata: &mut Node<'_>, namespace: &str) {
    let line = metadata.line;
    let text = |text: &str| Node { line, value: Value::Text(Cow::Owned(text.to_string())) };
    let Value::Map(fields) = &mut metadata.value else { return };
    fields.retain(|(key, value)| !(METADATA.contains(&key.as_ref()) || key == "namespace" && is_null(value)));
    if !fields.iter().any(|(key, _)| key == "namespace") {
        let behind_name = fields.iter().position(|(key, _)| key == "name").map_or(0, |at| at + 1);
        fields.insert(behind_name, (Cow::Borrowed("namespace"), text(namespace)));
    }
    for (key, values) in fields.iter_mut() {
        let Value::Map(entries) = &mut values.value else { continue };
        match key.as_ref() {
            "annotations" => entries.retain(|(key, _)| key != LAST_APPLIED),
            "labels" => {
                for (_, label) in entries.iter_mut().filter(|(key, _)| key == MANAGED_BY) {
                    *label = text("xks");
                }
            }
            _ => {}
        }
    }
    fields.retain(|(key, value)| {
        key != "annotations" || !matches!(&value.value, Value::Map(entries) if entries.is_empty())
    });
}

fn is_null(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Null)
}

/// Whether an annotation is not written.
pub(super) fn is_dropped(key: &str) -> bool {
    key == LAST_APPLIED
}
