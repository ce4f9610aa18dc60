//! `Service`

use super::super::Found;
use super::super::structure::whole;
use super::metadata;
use crate::yaml::{Node, Value};
use rustc_hash::FxHashSet;
use std::net::IpAddr;
use xks_base::values::{label, name};

/// Fields that go with some types only, and those types.
const OF_TYPES: &[(&str, &[&str])] = &[
    ("externalTrafficPolicy", &["NodePort", "LoadBalancer"]),
    ("healthCheckNodePort", &["LoadBalancer"]),
    ("allocateLoadBalancerNodePorts", &["LoadBalancer"]),
    ("loadBalancerClass", &["LoadBalancer"]),
    ("loadBalancerSourceRanges", &["LoadBalancer"]),
];

pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, spec: Option<&'n Node<'n>>) {
    let Some(spec) = spec else {
        return found.lacks(node, "spec", "is missing");
    };
    if !matches!(spec.value, Value::Map(_)) {
        return;
    }
    metadata::labels(found, spec.get("selector"));
    let kind = spec.get("type");
    super::word(found, kind, &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
    let kind = kind.and_then(Node::as_str).unwrap_or("ClusterIP");
    let ip = spec.get("clusterIP").filter(|node| node.as_str() != Some(""));
    let headless = ip.and_then(Node::as_str) == Some("None");
    if kind == "ExternalName" {
        match spec.get("externalName") {
            Some(host) => {
                super::text(found, Some(host), |text| super::subdomain(text.strip_suffix('.').unwrap_or(text)))
            }
            None => found.lacks(spec, "externalName", "is missing, and a Service of type ExternalName needs it"),
        }
        if let Some(ip) = ip {
            found.refuse(ip, "cannot stand in a Service of type ExternalName");
        }
    }
    if let Some(ip) = ip.filter(|_| headless && matches!(kind, "NodePort" | "LoadBalancer")) {
        found.refuse(ip, format!("cannot be `None` in a Service of type {kind}"));
    } else if !headless {
        address(found, ip);
    }
    for (field, kinds) in OF_TYPES {
        let written = spec.get(field).filter(|node| node.as_str() != Some("") && whole(node) != Some(0));
        if let Some(written) = written.filter(|_| !kinds.contains(&kind)) {
            let kinds = super::super::structure::one_of(kinds);
            found.refuse(written, format!("can stand only in a Service of type {kinds}"));
        }
    }
    words(found, spec);
    for external in spec.get("externalIPs").map_or(&[][..], Node::items) {
        address(found, Some(external));
    }
    let ports = spec.get("ports").map_or(&[][..], Node::items);
    if ports.is_empty() && !headless && kind != "ExternalName" {
        found.lacks(spec, "ports", "is missing");
    }
    self::ports(found, ports, kind);
}

fn words<'n>(found: &mut Found<'n>, spec: &'n Node<'n>) {
    super::word(found, spec.get("sessionAffinity"), &["ClientIP", "None"]);
    super::word(found, spec.get("internalTrafficPolicy"), &["Cluster", "Local"]);
    super::word(found, spec.get("externalTrafficPolicy"), &["Cluster", "Local"]);
    super::word(found, spec.get("ipFamilyPolicy"), &["SingleStack", "PreferDualStack", "RequireDualStack"]);
    super::word(found, spec.get("trafficDistribution"), &["PreferClose", "PreferSameZone", "PreferSameNode"]);
    let families = spec.get("ipFamilies").map_or(&[][..], Node::items);
    families.iter().for_each(|family| super::word(found, Some(family), &["IPv4", "IPv6"]));
    if let [first, second, ..] = families
        && first.as_str() == second.as_str()
    {
        found.refuse(second, "is the same as the first");
    }
    if let Some(config) = spec.get("sessionAffinityConfig") {
        if spec.get("sessionAffinity").and_then(Node::as_str) == Some("None") {
            found.refuse(config, "needs `sessionAffinity: ClientIP`");
        }
        let seconds = config.at(&["clientIP", "timeoutSeconds"]);
        if let Some((node, number)) = seconds.and_then(|node| Some((node, whole(node)?)))
            && !(1..=86400).contains(&number)
        {
            found.refuse(node, format!("is {number}; it is a number from 1 to 86400"));
        }
    }
}

fn address<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) {
    if let Some((node, text)) = node.and_then(|node| Some((node, node.as_str()?)))
        && text.parse::<IpAddr>().is_err()
    {
        found.refuse(node, format!("is `{text}`, which is not an address"));
    }
}

fn ports<'n>(found: &mut Found<'n>, ports: &'n [Node<'n>], kind: &str) {
    let (mut names, mut numbers) = (FxHashSet::default(), FxHashSet::default());
    for port in ports {
        let named = port.get("name").and_then(Node::as_str).filter(|text| !text.is_empty());
        super::port_number(found, port.get("port"));
        super::port_or_name(found, port.get("targetPort"));
        super::text(found, port.get("appProtocol"), label::key);
        if let (Some(name), true) = (port.get("name"), named.is_some()) {
            super::text(found, Some(name), name::label);
        }
        if ports.len() > 1 && named.is_none() {
            found.lacks(port, "name", "is missing; of several ports each needs one");
        }
        if let Some(name) = named.filter(|name| !names.insert(*name)) {
            found.refuse(port.get("name").unwrap_or(port), format!("is `{name}`, as of a port before it"));
        }
        let protocol = port.get("protocol").and_then(Node::as_str).unwrap_or("TCP");
        let number = port.get("port").and_then(whole);
        if let Some(number) = number.filter(|number| !numbers.insert((protocol, *number))) {
            let at = port.get("port").unwrap_or(port);
            found.refuse(at, format!("is {number}, which a port before it has with the same protocol"));
        }
        let node_port = port.get("nodePort").filter(|node| whole(node) != Some(0));
        if let Some(node) = node_port.filter(|_| !matches!(kind, "NodePort" | "LoadBalancer")) {
            found.refuse(node, format!("cannot stand in a Service of type {kind}"));
        }
    }
}

/// A port as endpoints have it; in a slice, 0 is any.
pub(super) fn endpoint_port<'n>(found: &mut Found<'n>, node: &'n Node<'n>, of_slice: bool) {
    let number = node.get("port").filter(|port| !of_slice || whole(port) != Some(0));
    super::port_number(found, number);
    super::text(found, node.get("appProtocol"), label::key);
    if let Some(name) = node.get("name").filter(|name| name.as_str() != Some("")) {
        super::text(found, Some(name), name::label);
    }
}
