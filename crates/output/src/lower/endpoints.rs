//! The addresses behind the Services of externals: Endpoints, or EndpointSlices from Kubernetes 1.33 on.

use super::{Origin, Resource, metadata};
use smol_str::{SmolStr, ToSmolStr, format_smolstr};
use std::net::IpAddr;
use xks_analysis::model::{External, Platform, Remote, Tenant};
use xks_kubernetes::k8s::{Endpoint, EndpointAddress, EndpointPort, EndpointSlice, EndpointSubset, Endpoints, Object};

pub(super) fn lower(platform: &Platform, tenant: &Tenant, out: &mut Vec<Resource>) {
    for external in &tenant.externals {
        let Remote::Addresses(addresses) = &external.remote else { continue };
        let mut push = |object| out.push(Resource { object, origin: Origin::Statements(vec![external.origin]) });
        if !platform.endpoint_slices() {
            push(endpoints(&tenant.namespace, external, addresses));
            continue;
        }
        // A slice holds one address family.
        for (family, suffix) in [("IPv4", "ipv4"), ("IPv6", "ipv6")] {
            let of_family: Vec<&IpAddr> = addresses.iter().filter(|ip| ip.is_ipv4() == (family == "IPv4")).collect();
            if !of_family.is_empty() {
                push(slice(&tenant.namespace, external, family, suffix, &of_family));
            }
        }
    }
}

fn ports(external: &External) -> Vec<EndpointPort> {
    external.port.iter().map(|&port| EndpointPort { protocol: "TCP", port }).collect()
}

fn endpoints(namespace: &SmolStr, external: &External, addresses: &[IpAddr]) -> Object {
    let subset = EndpointSubset {
        addresses: addresses.iter().map(|ip| EndpointAddress { ip: ip.to_smolstr() }).collect(),
        ports: ports(external),
    };
    Object::Endpoints(Endpoints {
        api_version: "v1",
        kind: "Endpoints",
        metadata: metadata(namespace, external.name.clone()),
        subsets: vec![subset],
    })
}

fn slice(
    namespace: &SmolStr,
    external: &External,
    family: &'static str,
    suffix: &str,
    addresses: &[&IpAddr],
) -> Object {
    let mut meta =
        metadata(namespace, xks_base::values::object_name::shortened(format!("{}-xks-{suffix}", external.name)));
    meta.labels.0.push((SmolStr::new_static("endpointslice.kubernetes.io/managed-by"), SmolStr::new_static("xks")));
    meta.labels.0.push((SmolStr::new_static("kubernetes.io/service-name"), external.name.clone()));
    Object::EndpointSlice(EndpointSlice {
        api_version: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: meta,
        address_type: family,
        endpoints: addresses.iter().map(|ip| Endpoint { addresses: vec![format_smolstr!("{ip}")] }).collect(),
        ports: ports(external),
    })
}
