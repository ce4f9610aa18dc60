//! Label selectors (`ValidateLabelSelector`).

use super::super::Found;
use super::metadata;
use crate::yaml::Node;
use smol_str::SmolStr;
use xks_base::values::label::{self, Requirement};

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

/// What a sound selector asks of labels, in the order of its keys.
pub fn requirements(node: &Node<'_>) -> Vec<Requirement> {
    let word = |node: &Node<'_>| SmolStr::new(node.as_str().unwrap_or_default());
    let labels = node.get("matchLabels").map_or(&[][..], Node::entries).iter();
    let mut wanted: Vec<(SmolStr, SmolStr)> = labels.map(|(key, value)| (SmolStr::new(key), word(value))).collect();
    wanted.sort();
    let wanted = wanted.into_iter().map(|(key, value)| Requirement::In(key, vec![value]));
    let expressions = node.get("matchExpressions").map_or(&[][..], Node::items);
    wanted.chain(expressions.iter().filter_map(requirement)).collect()
}

fn requirement(expression: &Node<'_>) -> Option<Requirement> {
    let key = SmolStr::new(expression.get("key").and_then(Node::as_str).unwrap_or_default());
    let values = expression.get("values").map_or(&[][..], Node::items).iter();
    let mut values: Vec<SmolStr> = values.filter_map(Node::as_str).map(SmolStr::new).collect();
    values.sort();
    values.dedup();
    match expression.get("operator")?.as_str()? {
        "In" => Some(Requirement::In(key, values)),
        "NotIn" => Some(Requirement::NotIn(key, values)),
        "Exists" => Some(Requirement::Exists(key)),
        "DoesNotExist" => Some(Requirement::Absent(key)),
        _ => None,
    }
}
