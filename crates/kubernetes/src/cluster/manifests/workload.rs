//! Namespaces, pods, and what makes pods.

use super::super::labels::NAMESPACE_NAME;
use super::super::objects::{ContainerPort, Namespace, Workload, WorkloadKind};
use super::object::{self, Object, list, map, strings, text};
use crate::yaml::{Node, Value};
use std::net::IpAddr;

pub(super) fn namespace(object: &Object<'_>) -> Namespace {
    let mut labels = object.labels();
    // Whatever is written, the API server sets this one.
    labels.retain(|(key, _)| *key != NAMESPACE_NAME);
    labels.push((NAMESPACE_NAME, object.name.into()));
    labels.sort();
    Namespace { name: object.name.into(), labels, place: object.place }
}

pub(super) fn workload(object: &Object<'_>, kind: WorkloadKind) -> Workload {
    let spec = object.node.get("spec");
    let template = match kind {
        WorkloadKind::Pod => Some(object.node),
        WorkloadKind::CronJob => map(map(map(spec, "jobTemplate"), "spec"), "template"),
        _ => map(spec, "template"),
    };
    let pod = map(template, "spec");
    let mut ports = Vec::new();
    // Containers that start first may stay and listen, as sidecars do.
    for field in ["containers", "initContainers"] {
        for container in list(pod, field) {
            ports.extend(list(Some(container), "ports").iter().filter_map(container_port));
        }
    }
    let host_network = pod.and_then(|pod| pod.get("hostNetwork")).is_some_and(|node| {
        matches!(&node.value, Value::Bool(word) if matches!(word.to_ascii_lowercase().as_str(), "true" | "yes" | "on" | "y"))
    });
    let status = if kind == WorkloadKind::Pod { object.node.get("status") } else { None };
    let first = map(status, "podIP");
    let all = list(status, "podIPs");
    let words = first.into_iter().chain(all.iter().filter_map(|entry| entry.get("ip"))).filter_map(Node::as_str);
    let mut addresses: Vec<IpAddr> = words.filter_map(|word| word.parse().ok()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    Workload {
        kind,
        namespace: object.namespace.into(),
        name: object.name.into(),
        // A pod's own labels are those of its template.
        labels: strings(map(template, "metadata"), "labels"),
        ports,
        host_network,
        addresses,
        place: object.place,
    }
}

fn container_port(port: &Node<'_>) -> Option<ContainerPort> {
    let number = object::port(port, "containerPort")?;
    Some(ContainerPort { name: text(Some(port), "name"), protocol: object::protocol(port), number })
}
