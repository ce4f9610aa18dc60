//! `HorizontalPodAutoscaler`

use super::super::Found;
use super::super::structure::whole;
use crate::yaml::Node;

/// The types of metrics, and the field that each fills.
const METRICS: &[(&str, &str)] = &[
    ("ContainerResource", "containerResource"),
    ("External", "external"),
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
];

pub(super) fn check<'n>(found: &mut Found<'n>, spec: Option<&'n Node<'n>>) {
    let Some(spec) = spec else { return };
    let number = |field| spec.get(field).and_then(whole);
    let (least, most) = (number("minReplicas"), number("maxReplicas"));
    if let Some(node) = spec.get("maxReplicas")
        && most.is_some_and(|most| most < least.unwrap_or(1).max(1))
    {
        found.refuse(node, "is less than `minReplicas`, or less than 1");
    }
    if let Some(node) = spec.get("minReplicas").filter(|_| least.is_some_and(|least| least < 1)) {
        found.refuse(node, "is less than 1");
    }
    let target = spec.get("scaleTargetRef");
    for field in ["kind", "name"] {
        super::text(found, target.and_then(|target| target.get(field)), super::segment);
    }
    if let Some(target) = target {
        let version = target.get("apiVersion").and_then(Node::as_str).unwrap_or_default();
        if !version.contains('/') || version.matches('/').count() > 1 {
            found.lacks(target, "apiVersion", "has no group, as in `apps/v1`");
        }
    }
    for metric in spec.get("metrics").map_or(&[][..], Node::items) {
        self::metric(found, metric);
    }
    for direction in ["scaleUp", "scaleDown"] {
        let Some(rules) = spec.at(&["behavior", direction]) else { continue };
        super::word(found, rules.get("selectPolicy"), &["Max", "Min", "Disabled"]);
        if let Some(node) = rules.get("stabilizationWindowSeconds")
            && whole(node).is_some_and(|seconds| !(0..=3600).contains(&seconds))
        {
            found.refuse(node, "is not from 0 to 3600");
        }
        for policy in rules.get("policies").map_or(&[][..], Node::items) {
            super::word(found, policy.get("type"), &["Percent", "Pods"]);
            for (field, most) in [("value", i64::MAX), ("periodSeconds", 1800)] {
                if let Some(node) = policy.get(field)
                    && whole(node).is_some_and(|number| !(1..=most).contains(&number))
                {
                    found.refuse(node, "is less than 1, or too much");
                }
            }
        }
    }
}

fn metric<'n>(found: &mut Found<'n>, metric: &'n Node<'n>) {
    let kinds: Vec<&str> = METRICS.iter().map(|(kind, _)| *kind).collect();
    super::word(found, metric.get("type"), &kinds);
    let kind = metric.get("type").and_then(Node::as_str).unwrap_or_default();
    let Some((_, field)) = METRICS.iter().find(|(known, _)| *known == kind) else { return };
    let Some(source) = metric.get(field) else {
        return found.lacks(metric, field, format!("is missing, and a metric of type {kind} needs it"));
    };
    let Some(target) = source.get("target") else { return };
    super::word(found, target.get("type"), &["Utilization", "Value", "AverageValue"]);
    let values = ["averageUtilization", "averageValue", "value"];
    if values.iter().all(|value| target.get(value).is_none()) {
        found.refuse(target, "has none of `averageUtilization`, `averageValue` and `value`");
    }
    if let Some(node) = target.get("averageUtilization")
        && whole(node).is_some_and(|share| share < 1)
    {
        found.refuse(node, "is less than 1");
    }
}
