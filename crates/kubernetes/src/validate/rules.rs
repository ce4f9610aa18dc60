//! What the API server asks of values beyond their types, by kind. Sources: `pkg/apis/*/validation` of Kubernetes 1.37.

mod autoscaler;
mod claim;
mod config;
mod disruption;
mod endpoints;
mod ingress;
mod metadata;
mod network_policy;
mod schedule;
pub(super) mod selector;
mod service;
mod workload;

use super::Found;
use super::structure::whole;
use crate::yaml::{Node, Value};
use smol_str::SmolStr;
use xks_base::values::{Problem, name, port};

/// Versions that are gone, and what their kinds are now in.
const REMOVED: &[(&str, &str)] = &[
    ("extensions/v1beta1", "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "networking.k8s.io/v1"),
    ("apps/v1beta1", "apps/v1"),
    ("apps/v1beta2", "apps/v1"),
    ("batch/v1beta1", "batch/v1"),
    ("batch/v2alpha1", "batch/v1"),
    ("policy/v1beta1", "policy/v1"),
    ("discovery.k8s.io/v1beta1", "discovery.k8s.io/v1"),
    ("autoscaling/v2beta1", "autoscaling/v2"),
    ("autoscaling/v2beta2", "autoscaling/v2"),
    ("rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1"),
    ("cert-manager.io/v1alpha2", "cert-manager.io/v1"),
    ("cert-manager.io/v1alpha3", "cert-manager.io/v1"),
    ("cert-manager.io/v1beta1", "cert-manager.io/v1"),
];

/// Whether a version is one that is gone.
pub(super) fn is_removed(api_version: &str) -> bool {
    REMOVED.iter().any(|(gone, _)| *gone == api_version)
}

/// Checks an object whose structure has been looked at.
pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, api_version: &str, kind: &str) {
    let version = node.get("apiVersion").unwrap_or(node);
    let gone = REMOVED.iter().find(|(gone, _)| *gone == api_version);
    if let Some((_, now)) = gone {
        let now = if (api_version, kind) == ("extensions/v1beta1", "Deployment") { "apps/v1" } else { now };
        found.refuse(version, format!("is `{api_version}`, which no longer exists; write `{now}`"));
    }
    metadata::check(found, node, api_version, kind);
    let spec = node.get("spec");
    // The group decides, so that a version that is gone is held to the rest too.
    match (api_version.rsplit_once('/').map_or("", |(group, _)| group), kind) {
        ("", "ConfigMap") => config::config_map(found, node),
        ("", "Secret") => config::secret(found, node),
        ("", "Service") => service::check(found, node, spec),
        ("", "Endpoints") => endpoints::endpoints(found, node),
        ("discovery.k8s.io", "EndpointSlice") => endpoints::slice(found, node),
        ("networking.k8s.io" | "extensions", "NetworkPolicy") => network_policy::check(found, node, spec),
        ("networking.k8s.io" | "extensions", "Ingress") => ingress::check(found, node, spec),
        ("policy", "PodDisruptionBudget") => disruption::check(found, spec),
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaler::check(found, spec),
        ("", "PersistentVolumeClaim") => claim::check(found, node, spec),
        ("" | "apps" | "batch" | "extensions", _) => workload::check(found, node, kind),
        _ => {}
    }
}

/// Refuses a string for what is wrong with it.
fn text<'n, T>(found: &mut Found<'n>, node: Option<&'n Node<'n>>, rule: impl Fn(&str) -> Result<T, Problem>) {
    let Some(node) = node else { return };
    let text = match &node.value {
        Value::Text(text) => text,
        // In a list null is the empty string.
        Value::Null => "",
        _ => return,
    };
    if let Err(problem) = rule(text) {
        found.refuse(node, format!("cannot be `{text}`: {}", problem.reason));
    }
}

/// A name of labels with dots between them. Unlike in DNS, a label has as many characters as it likes.
fn subdomain(text: &str) -> Result<SmolStr, Problem> {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    if text.len() <= 253 && text.split('.').all(|label| is_label(label) && label.bytes().all(is_inner)) {
        return Ok(SmolStr::new(text));
    }
    name::subdomain(text)
}

/// Any segment of a path.
fn segment(text: &str) -> Result<SmolStr, Problem> {
    if matches!(text, "" | "." | "..") || text.contains(['/', '%']) {
        return Err(Problem::new("it is empty, `.` or `..`, or has `/` or `%`"));
    }
    Ok(SmolStr::new(text))
}

/// Refuses numbers less than 0.
fn not_negative<'n>(found: &mut Found<'n>, parent: Option<&'n Node<'n>>, fields: &[&str]) {
    for node in fields.iter().filter_map(|field| parent?.get(field)) {
        if whole(node).is_some_and(|number| number < 0) {
            found.refuse(node, "is less than 0");
        }
    }
}

/// Refuses a word that is none of these.
fn word<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>, values: &[&str]) {
    if let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?)))
        && !values.contains(&text)
    {
        found.refuse(node, format!("is `{text}`; it is {}", super::structure::one_of(values)));
    }
}

/// The protocols of ports.
const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];

/// Refuses a number that no port has.
fn port_number<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) {
    if let Some((node, number)) = node.and_then(|node| Some((node, whole(node)?)))
        && !(1..=65535).contains(&number)
    {
        found.refuse(node, format!("is {number}; a port is a number from 1 to 65535"));
    }
}

/// Refuses what is neither the number nor the name of a port.
fn port_or_name<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) {
    port_number(found, node);
    if let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?)))
        && let Err(problem) = port::name(text)
    {
        let number = text.parse::<u16>().is_ok();
        let help = if number { format!("; write the number without quotes: `{text}`") } else { String::new() };
        found.refuse(node, format!("is `{text}`, which is not the name of a port: {}{help}", problem.reason));
    }
}

/// The template of the pods that an object makes; a Pod is its own.
pub(super) fn template<'n>(object: &'n Node<'n>) -> Option<&'n Node<'n>> {
    workload::template_of(object, object.get("kind").and_then(Node::as_str).unwrap_or_default())
}

/// Whether a text is made of what keys of data are made of.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
