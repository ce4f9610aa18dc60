//! `PodDisruptionBudget`

use super::super::Found;
use super::super::structure::whole;
use super::selector;
use crate::yaml::Node;

pub(super) fn check<'n>(found: &mut Found<'n>, spec: Option<&'n Node<'n>>) {
    let Some(spec) = spec else { return };
    selector::check(found, spec.get("selector"));
    super::word(found, spec.get("unhealthyPodEvictionPolicy"), &["IfHealthyBudget", "AlwaysAllow"]);
    if let (Some(_), Some(most)) = (spec.get("minAvailable"), spec.get("maxUnavailable")) {
        found.refuse(most, "cannot stand beside `minAvailable`");
    }
    for field in ["minAvailable", "maxUnavailable"] {
        share(found, spec.get(field));
    }
}

/// A number from 0, or a share up to 100 %.
pub(super) fn share<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) {
    let Some(node) = node else { return };
    if let Some(number) = whole(node).filter(|number| *number < 0) {
        found.refuse(node, format!("is {number}, less than 0"));
    }
    if let Some(text) = node.as_str() {
        let percent = text.strip_suffix('%').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        match percent.and_then(|digits| digits.parse::<u32>().ok()) {
            Some(0..=100) => {}
            _ => found.refuse(node, format!("is `{text}`; it is a number or a share like `50%`, up to 100%")),
        }
    }
}
