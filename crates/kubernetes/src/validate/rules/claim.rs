//! `PersistentVolumeClaim`

use super::super::Found;
use super::selector;
use crate::yaml::{Node, Value};

pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, spec: Option<&'n Node<'n>>) {
    let Some(spec) = spec else { return found.lacks(node, "spec", "is missing") };
    if !matches!(spec.value, Value::Map(_)) {
        return;
    }
    if spec.get("accessModes").is_none_or(|modes| matches!(&modes.value, Value::List(items) if items.is_empty())) {
        found.lacks(
            spec,
            "accessModes",
            "is missing; it has at least one of ReadWriteOnce, ReadOnlyMany, ReadWriteMany",
        );
    }
    match spec.at(&["resources", "requests"]).and_then(|requests| requests.entry("storage")) {
        Some(Node { value: Value::Text(text) | Value::Number(text), .. }) if !is_positive(text) => {
            found.lacks(spec, "resources", format!("asks for `{text}` of storage, which is not more than 0"));
        }
        Some(Node { value: Value::Null, .. }) | None => found.lacks(spec, "resources", "has no `requests.storage`"),
        Some(_) => {}
    }
    super::text(found, spec.get("storageClassName").filter(|name| name.as_str() != Some("")), super::subdomain);
    selector::check(found, spec.get("selector"));
}

/// Whether a quantity is more than nothing.
fn is_positive(text: &str) -> bool {
    !text.starts_with('-')
        && text.bytes().take_while(|byte| !byte.is_ascii_alphabetic()).any(|byte| (b'1'..=b'9').contains(&byte))
}
