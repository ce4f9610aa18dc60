//! Services: those with a selector, and those of externals, which never have one.

use super::{Origin, Resource, metadata};
use smol_str::SmolStr;
use xks_analysis::model::{Remote, Tenant};
use xks_kubernetes::k8s::{Map, Object, ServicePort, ServiceSpec, Spec, WithSpec};

pub(super) fn lower(tenant: &Tenant, out: &mut Vec<Resource>) {
    let mut push = |name: &SmolStr, spec, origin| {
        let object = WithSpec {
            api_version: "v1",
            kind: "Service",
            metadata: metadata(&tenant.namespace, name.clone()),
            spec: Spec::Service(spec),
        };
        out.push(Resource { object: Object::WithSpec(object), origin: Origin::Statements(vec![origin]) });
    };
    for service in &tenant.services {
        let port = |port: &xks_analysis::model::ServicePort| ServicePort {
            name: Some(port.name.clone()),
            protocol: port.protocol.api(),
            port: port.port,
            target_port: (port.target != port.port).then_some(port.target),
        };
        let spec = ServiceSpec {
            selector: Map(service.selector.clone()),
            ports: service.ports.iter().map(port).collect(),
            ..ServiceSpec::default()
        };
        push(&service.name, spec, service.origin);
    }
    for external in &tenant.externals {
        let ports = external
            .port
            .iter()
            .map(|&port| ServicePort { name: None, protocol: "TCP", port, target_port: None })
            .collect();
        let spec = match &external.remote {
            Remote::Host(host) => ServiceSpec {
                type_: Some("ExternalName"),
                external_name: Some(host.shared()),
                ports,
                ..ServiceSpec::default()
            },
            // A Service without ports has to be headless.
            Remote::Addresses(addresses) => ServiceSpec {
                cluster_ip: external.port.is_none().then(|| SmolStr::new_static("None")),
                // Else a cluster that prefers IPv4 gives it no IPv6 address, and those behind it are never used.
                ip_family_policy: addresses.iter().any(|ip| ip.is_ipv6()).then_some("PreferDualStack"),
                ports,
                ..ServiceSpec::default()
            },
        };
        push(&external.name, spec, external.origin);
    }
}
