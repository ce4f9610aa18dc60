//! Services and where they lead.

use super::super::labels::{Labels, value};
use super::super::objects::{ContainerPort, Endpoints, NumberOrName, Service, ServicePort};
use super::object::Object;
use crate::yaml::Node;
use smol_str::SmolStr;
use std::net::IpAddr;
use xks_base::values::{address, name};

pub(super) fn service(object: &mut Object<'_>) -> Option<Service> {
    // Names that start with a digit pass since Kubernetes 1.36.
    object.metadata(name::label);
    let spec = object.map(Some(object.node), "spec");
    let selector: Labels = object.labels(spec, "selector");
    let kind = object.text(spec, "type").unwrap_or_else(|| "ClusterIP".into());
    let external_name = object.text(spec, "externalName");
    match kind.as_str() {
        "ClusterIP" | "NodePort" | "LoadBalancer" => {}
        "ExternalName" => match external_name
            .as_deref()
            .map(|host| name::subdomain(host.strip_suffix('.').unwrap_or(host)))
        {
            Some(Ok(_)) => {}
            Some(Err(problem)) => object.refuse(
                spec.unwrap_or(object.node),
                format!("`externalName` is not the name of a host: {}", problem.reason),
            ),
            None => object.refuse(spec.unwrap_or(object.node), "a Service of type ExternalName needs `externalName`"),
        },
        other => object.refuse(
            spec.and_then(|spec| spec.get("type")).unwrap_or(object.node),
            format!("`type` is `{other}`; it is ClusterIP, NodePort, LoadBalancer or ExternalName"),
        ),
    }
    let written = object.list(spec, "ports");
    let mut ports: Vec<ServicePort> = Vec::new();
    for port in written {
        let Some(read) = service_port(object, port) else { continue };
        if written.len() > 1 && read.name.is_none() {
            object.refuse(port, "of several ports each needs a `name`");
        }
        if ports.iter().any(|known| known.name.is_some() && known.name == read.name) {
            object.refuse(port, "two ports have the same `name`");
        }
        if ports.iter().any(|known| (known.protocol, known.port) == (read.protocol, read.port)) {
            object.refuse(port, "two ports have the same number and protocol");
        }
        ports.push(read);
    }
    let headless = spec.and_then(|spec| spec.get("clusterIP")).and_then(Node::as_str) == Some("None");
    if written.is_empty() && !headless && kind != "ExternalName" {
        object.refuse(spec.unwrap_or(object.node), "a Service needs `ports`");
    }
    object.done(Service {
        namespace: object.namespace.into(),
        name: object.name.into(),
        selector: (!selector.is_empty()).then_some(selector),
        external_name: external_name.filter(|_| kind == "ExternalName"),
        ports,
        place: object.place,
    })
}

fn service_port<'n>(object: &mut Object<'n>, port: &'n Node<'n>) -> Option<ServicePort> {
    let protocol = object.protocol(port)?;
    let name = object.text(Some(port), "name");
    if let Some(Err(problem)) = name.as_deref().map(name::label) {
        object.refuse(port, format!("a port cannot be called `{}`: {}", name.as_deref().unwrap_or(""), problem.reason));
    }
    if port.get("port").is_none() {
        object.refuse(port, "a port has no `port`");
    }
    let number = object.port(port, "port")?;
    let target = object.port_or_name(port, "targetPort").unwrap_or(NumberOrName::Number(number));
    Some(ServicePort { name, protocol, port: number, target })
}

pub(super) fn endpoints(object: &mut Object<'_>) -> Option<Endpoints> {
    object.metadata(name::subdomain);
    let (mut addresses, mut ports) = (Vec::new(), Vec::new());
    for subset in object.list(Some(object.node), "subsets") {
        for field in ["addresses", "notReadyAddresses"] {
            for entry in object.list(Some(subset), field) {
                addresses.extend(entry.get("ip").and_then(|node| address(object, node)));
            }
        }
        for port in object.list(Some(subset), "ports") {
            ports.extend(endpoint_port(object, port));
        }
    }
    object.done(made(object, Some(object.name.into()), addresses, ports))
}

pub(super) fn endpoint_slice(object: &mut Object<'_>) -> Option<Endpoints> {
    let labels = object.metadata(name::subdomain).labels;
    let service = value(&labels, "kubernetes.io/service-name").cloned();
    let family = object.text(Some(object.node), "addressType").unwrap_or_default();
    if !matches!(family.as_str(), "IPv4" | "IPv6" | "FQDN") {
        object.refuse(object.node, "`addressType` is IPv4, IPv6 or FQDN");
    }
    let (mut addresses, mut ports) = (Vec::new(), Vec::new());
    for endpoint in object.list(Some(object.node), "endpoints") {
        let written = object.list(Some(endpoint), "addresses");
        if written.is_empty() {
            object.refuse(endpoint, "an endpoint needs `addresses`");
        }
        for node in written.iter().filter(|_| family != "FQDN") {
            let Some(read) = address(object, node) else { continue };
            if read.is_ipv4() != (family == "IPv4") {
                object.refuse(node, format!("{read} is not an address of `addressType` {family}"));
            }
            addresses.push(read);
        }
    }
    for port in object.list(Some(object.node), "ports") {
        ports.extend(endpoint_port(object, port));
    }
    object.done(made(object, service, addresses, ports))
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

fn address(object: &mut Object<'_>, node: &Node<'_>) -> Option<IpAddr> {
    let text = node.as_str().unwrap_or_default();
    match address::address(text) {
        Ok(ip) => match address::not_an_endpoint(&ip) {
            None => Some(ip),
            Some(why) => {
                object.refuse(node, format!("{text} cannot stand behind a Service: {why}"));
                None
            }
        },
        Err(problem) => {
            object.refuse(node, format!("{} is not an address: {}", node.describe(), problem.reason));
            None
        }
    }
}

fn endpoint_port<'n>(object: &mut Object<'n>, port: &'n Node<'n>) -> Option<ContainerPort> {
    let protocol = object.protocol(port)?;
    let name = object.text(Some(port), "name").filter(|name| !name.is_empty());
    Some(ContainerPort { name, protocol, number: object.port(port, "port")? })
}
