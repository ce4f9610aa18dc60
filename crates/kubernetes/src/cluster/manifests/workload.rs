//! Namespaces, pods, and what makes pods.

use super::super::labels::NAMESPACE_NAME;
use super::super::objects::{ContainerPort, Namespace, Workload, WorkloadKind};
use super::object::Object;
use crate::yaml::{Node, Value};
use std::net::IpAddr;
use xks_base::values::name;

pub(super) fn namespace(object: &mut Object<'_>) -> Option<Namespace> {
    let mut labels = object.metadata(name::label).labels;
    // Whatever is written, the API server sets this one.
    labels.retain(|(key, _)| *key != NAMESPACE_NAME);
    labels.push((NAMESPACE_NAME, object.name.into()));
    labels.sort();
    object.done(Namespace { name: object.name.into(), labels, place: object.place })
}

pub(super) fn workload(object: &mut Object<'_>) -> Option<Workload> {
    let kind = WorkloadKind::of(object.kind)?;
    let own = object.metadata(name::subdomain).labels;
    let spec = object.map(Some(object.node), "spec");
    let template = match kind {
        WorkloadKind::Pod => Some(object.node),
        WorkloadKind::CronJob => {
            let job = object.map(spec, "jobTemplate");
            let job = object.map(job, "spec");
            object.map(job, "template")
        }
        _ => object.map(spec, "template"),
    };
    if template.is_none() {
        object.refuse(object.node, "it has no template for its pods");
    }
    let labels = if kind == WorkloadKind::Pod {
        own
    } else {
        let metadata = object.map(template, "metadata");
        object.labels(metadata, "labels")
    };
    let pod = object.map(template, "spec");
    let mut ports = Vec::new();
    // Containers that start first may stay and listen, as sidecars do.
    for field in ["containers", "initContainers"] {
        for container in object.list(pod, field) {
            for port in object.list(Some(container), "ports") {
                ports.extend(container_port(object, port));
            }
        }
    }
    let host_network = pod.and_then(|pod| pod.get("hostNetwork")).is_some_and(|node| {
        matches!(&node.value, Value::Bool(word) if matches!(word.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "y"))
    });
    let status = if kind == WorkloadKind::Pod { object.node.get("status") } else { None };
    let first = status.and_then(|status| status.get("podIP"));
    let all = status.and_then(|status| status.get("podIPs")).map_or(&[][..], Node::items);
    let words = first.into_iter().chain(all.iter().filter_map(|entry| entry.get("ip"))).filter_map(Node::as_str);
    let mut addresses: Vec<IpAddr> = words.filter_map(|word| word.parse().ok()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    object.done(Workload {
        kind,
        namespace: object.namespace.into(),
        name: object.name.into(),
        labels,
        ports,
        host_network,
        addresses,
        place: object.place,
    })
}

fn container_port<'n>(object: &mut Object<'n>, port: &'n Node<'n>) -> Option<ContainerPort> {
    let protocol = object.protocol(port)?;
    let name = object.text(Some(port), "name");
    if let Some(Err(problem)) = name.as_deref().map(xks_base::values::port::name) {
        object
            .refuse(port, format!("`{}` is not the name of a port: {}", name.as_deref().unwrap_or(""), problem.reason));
    }
    Some(ContainerPort { name, protocol, number: object.port(port, "containerPort")? })
}
