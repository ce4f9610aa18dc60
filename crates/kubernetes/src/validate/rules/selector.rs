//! Label selectors (`ValidateLabelSelector`).

use super::super::Found;
use super::metadata;
use crate::yaml::Node;
use xks_base::values::label;

/// Checks a label selector.
pub(super) fn check<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) {
    let Some(node) = node else { return };
    metadata::labels(found, node.get("matchLabels"));
    for expression in node.get("matchExpressions").map_or(&[][..], Node::items) {
        super::text(found, expression.get("key"), label::key);
        let values = expression.get("values").map_or(&[][..], Node::items);
        for value in values {
            super::text(found, Some(value), label::value);
        }
        let operator = expression.get("operator");
        super::word(found, operator, &["In", "NotIn", "Exists", "DoesNotExist"]);
        match operator.and_then(Node::as_str) {
            Some(word @ ("In" | "NotIn")) if values.is_empty() => {
                found.lacks(expression, "values", format!("is missing: `{word}` needs at least one"));
            }
            Some(word @ ("Exists" | "DoesNotExist")) if !values.is_empty() => {
                let at = expression.get("values").unwrap_or(expression);
                found.refuse(at, format!("cannot stand beside `operator: {word}`"));
            }
            _ => {}
        }
    }
}

/// Whether a selector has nothing to select by, so that it selects all.
pub(super) fn is_empty(node: &Node<'_>) -> bool {
    let labels = node.get("matchLabels").map_or(&[][..], Node::entries);
    labels.is_empty() && node.get("matchExpressions").map_or(&[][..], Node::items).is_empty()
}
