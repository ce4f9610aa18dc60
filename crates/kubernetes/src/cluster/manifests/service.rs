//! Services and where they lead.

use super::super::labels::{Labels, value};
use super::super::objects::{ContainerPort, Endpoints, NumberOrName, Service, ServicePort};
use super::object::{self, Object, list, strings, text};
use crate::yaml::Node;
use smol_str::SmolStr;
use std::net::IpAddr;

pub(super) fn service(object: &Object<'_>) -> Service {
    let spec = object.node.get("spec");
    let selector: Labels = strings(spec, "selector");
    let is_name = text(spec, "type").as_deref() == Some("ExternalName");
    Service {
        namespace: object.namespace.into(),
        name: object.name.into(),
        selector: (!selector.is_empty()).then_some(selector),
        external_name: text(spec, "externalName").filter(|_| is_name),
        ports: list(spec, "ports").iter().filter_map(service_port).collect(),
        place: object.place,
    }
}

fn service_port(port: &Node<'_>) -> Option<ServicePort> {
    let number = object::port(port, "port")?;
    let target = object::port_or_name(port, "targetPort").unwrap_or(NumberOrName::Number(number));
    Some(ServicePort { name: text(Some(port), "name"), protocol: object::protocol(port), port: number, target })
}

pub(super) fn endpoints(object: &Object<'_>) -> Endpoints {
    let (mut addresses, mut ports) = (Vec::new(), Vec::new());
    for subset in list(Some(object.node), "subsets") {
        for field in ["addresses", "notReadyAddresses"] {
            let entries = list(Some(subset), field).iter();
            addresses.extend(entries.filter_map(|entry| address(entry.get("ip")?)));
        }
        ports.extend(list(Some(subset), "ports").iter().filter_map(endpoint_port));
    }
    made(object, Some(object.name.into()), addresses, ports)
}

pub(super) fn endpoint_slice(object: &Object<'_>) -> Endpoints {
    let service = value(&object.labels(), "kubernetes.io/service-name").cloned();
    let endpoints = list(Some(object.node), "endpoints").iter();
    let addresses = endpoints.flat_map(|endpoint| list(Some(endpoint), "addresses")).filter_map(address).collect();
    let ports = list(Some(object.node), "ports").iter().filter_map(endpoint_port).collect();
    made(object, service, addresses, ports)
}

fn made(
    object: &Object<'_>,
    service: Option<SmolStr>,
    mut addresses: Vec<IpAddr>,
    ports: Vec<ContainerPort>,
) -> Endpoints {
    addresses.sort_unstable();
    addresses.dedup();
    let (namespace, name) = (object.namespace.into(), object.name.into());
    Endpoints { namespace, name, service, addresses, ports, place: object.place }
}

fn address(node: &Node<'_>) -> Option<IpAddr> {
    node.as_str()?.parse().ok()
}

fn endpoint_port(port: &Node<'_>) -> Option<ContainerPort> {
    let name = text(Some(port), "name").filter(|name| !name.is_empty());
    Some(ContainerPort { name, protocol: object::protocol(port), number: object::port(port, "port")? })
}
