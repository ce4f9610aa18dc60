//! `Endpoints` and `EndpointSlice`

use super::super::Found;
use super::service::endpoint_port;
use crate::yaml::{Node, Value};
use rustc_hash::FxHashSet;
use std::net::IpAddr;
use xks_base::values::{address, label, name};

pub(super) fn endpoints<'n>(found: &mut Found<'n>, node: &'n Node<'n>) {
    for subset in node.get("subsets").map_or(&[][..], Node::items) {
        let mut any = false;
        for field in ["addresses", "notReadyAddresses"] {
            for entry in subset.get(field).map_or(&[][..], Node::items) {
                any = true;
                ip(found, entry.get("ip"), None);
                super::text(found, entry.get("hostname").filter(|node| node.as_str() != Some("")), name::label);
                super::text(found, entry.get("nodeName"), super::subdomain);
            }
        }
        if !any {
            found.refuse(subset, "has neither `addresses` nor `notReadyAddresses`");
        }
        let ports = subset.get("ports").map_or(&[][..], Node::items);
        for port in ports {
            endpoint_port(found, port, false);
            if ports.len() > 1 && port.get("name").is_none_or(|name| name.as_str() == Some("")) {
                found.lacks(port, "name", "is missing; of several ports each needs one");
            }
        }
    }
}

pub(super) fn slice<'n>(found: &mut Found<'n>, node: &'n Node<'n>) {
    super::word(found, node.get("addressType"), &["IPv4", "IPv6", "FQDN"]);
    let family = node.get("addressType").and_then(Node::as_str).unwrap_or_default();
    let endpoints = node.get("endpoints");
    if let Some(list) = endpoints.filter(|list| list.items().len() > 1000) {
        found.refuse(list, "has more than 1000 endpoints");
    }
    for endpoint in endpoints.map_or(&[][..], Node::items) {
        let addresses = endpoint.get("addresses");
        match addresses.map(Node::items) {
            Some([]) => found.lacks(endpoint, "addresses", "is empty"),
            Some(list) if list.len() > 100 => found.lacks(endpoint, "addresses", "has more than 100"),
            _ => {}
        }
        for entry in addresses.map_or(&[][..], Node::items) {
            match family {
                "FQDN" => {
                    super::text(found, Some(entry), |text| super::subdomain(text.strip_suffix('.').unwrap_or(text)))
                }
                "IPv4" | "IPv6" => ip(found, Some(entry), Some(family)),
                _ => {}
            }
        }
        super::text(found, endpoint.get("hostname").filter(|node| node.as_str() != Some("")), name::label);
        super::text(found, endpoint.get("nodeName"), super::subdomain);
        for zone in endpoint.at(&["hints", "forZones"]).map_or(&[][..], Node::items) {
            super::text(found, zone.get("name"), label::value);
        }
    }
    let mut names = FxHashSet::default();
    for port in node.get("ports").map_or(&[][..], Node::items) {
        endpoint_port(found, port, true);
        let name = port.get("name").and_then(Node::as_str).unwrap_or_default();
        if !names.insert(name) {
            found.refuse(port, format!("has the name `{name}` of a port before it"));
        }
    }
}

/// An address behind a Service (`ValidateNonSpecialIP`).
fn ip<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>, family: Option<&str>) {
    let Some(node) = node else { return };
    let text = match &node.value {
        Value::Text(text) => text,
        Value::Null => "",
        _ => return,
    };
    match (address::address(text), text.parse::<IpAddr>()) {
        (Ok(ip), _) => {
            if let Some(why) = address::not_an_endpoint(&ip) {
                found.refuse(node, format!("is {text}, which cannot stand behind a Service: {why}"));
            }
            if family.is_some_and(|family| ip.is_ipv4() != (family == "IPv4")) {
                found.refuse(node, format!("is {text}, which is no {} address", family.unwrap_or_default()));
            }
        }
        (Err(problem), _) => found.refuse(node, format!("is `{text}`, which is not an address: {}", problem.reason)),
    }
}
