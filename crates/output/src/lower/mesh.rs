//! Linkerd under default deny: the way to the control plane, the proxy's port, and the workloads to take in.

use super::{Origin, Resource, labelled, metadata};
use smol_str::{SmolStr, format_smolstr};
use xks_analysis::model::{Labels, Platform, Port, Tenant};
use xks_base::values::port::{PortRef, Protocol};
use xks_kubernetes::k8s::{
    EgressRule, LabelSelector, Map, NetworkPolicySpec, Object, Peer, PolicyPort, PortValue, Spec, WithSpec,
};

/// The port at which a pod's proxy takes in what other pods of the mesh send, whatever port that is for.
pub(super) const PROXY: Port = Port { port: PortRef::Numbers(4143, 4143), protocol: Protocol::Tcp };

/// What proxies ask the control plane for: discovery and policy of `destination`, certificates of `identity`.
const CONTROL_PLANE: [(&str, &[u16]); 2] = [("destination", &[8086, 8090]), ("identity", &[8080])];

/// The way to the control plane, for the whole tenant or for each of its apps in the mesh.
pub(super) fn policies(platform: &Platform, tenant: &Tenant, out: &mut Vec<Resource>) {
    if tenant.mesh {
        out.push(policy(
            platform,
            tenant,
            SmolStr::new_static("allow-all-to-linkerd"),
            &Vec::new(),
            Origin::of(tenant),
        ));
        return;
    }
    for (name, labels, span) in &tenant.mesh_apps {
        out.push(policy(
            platform,
            tenant,
            format_smolstr!("allow-{name}-to-linkerd"),
            labels,
            Origin::Statements(vec![*span]),
        ));
    }
}

fn policy(platform: &Platform, tenant: &Tenant, name: SmolStr, labels: &Labels, origin: Origin) -> Resource {
    let rule = |(component, ports): (&str, &[u16])| {
        let label = (SmolStr::new_static("linkerd.io/control-plane-component"), SmolStr::new(component));
        let peer = Peer {
            namespace_selector: Some(labelled(
                &SmolStr::new_static("kubernetes.io/metadata.name"),
                &platform.mesh_namespace,
            )),
            pod_selector: Some(LabelSelector { match_labels: Map(vec![label]), match_expressions: Vec::new() }),
            ip_block: None,
        };
        let port =
            |number: &u16| PolicyPort { protocol: "TCP", port: Some(PortValue::Number(*number)), end_port: None };
        EgressRule { to: vec![peer], ports: ports.iter().map(port).collect() }
    };
    let spec = NetworkPolicySpec {
        pod_selector: LabelSelector { match_labels: Map(labels.clone()), match_expressions: Vec::new() },
        policy_types: vec!["Egress"],
        ingress: Vec::new(),
        egress: CONTROL_PLANE.into_iter().map(rule).collect(),
    };
    let object = WithSpec {
        api_version: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: metadata(&tenant.namespace, name),
        spec: Spec::NetworkPolicy(spec),
    };
    Resource { object: Object::WithSpec(object), origin }
}

/// The workloads whose pod template gets `linkerd.io/inject: enabled`; `None` stands for every workload.
pub(super) fn workloads(tenant: &Tenant) -> Vec<Option<SmolStr>> {
    if tenant.mesh {
        return vec![None];
    }
    tenant.mesh_apps.iter().map(|(name, ..)| Some(name.clone())).collect()
}
