//! The cluster that a build makes: its output, read back, and what the platform states.

use xks_analysis::model::{Cni, Labels, Platform, Tenant, Workspace};
use xks_base::values::label::Requirement;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::network::Network;
use xks_kubernetes::cluster::{Cluster, Facts, manifests};

/// Reads back the files of one environment, given as path and bytes, those that ride along among them. What cannot be
/// read is among the faults of [`Cluster::objects`].
pub fn observed<'f>(workspace: &Workspace, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Cluster {
    let is_text = |(path, bytes): (&'f str, &'f [u8])| Some((path, std::str::from_utf8(bytes).ok()?));
    let kept = files.into_iter().filter(|(path, _)| !path.ends_with("kustomization.yaml"));
    let objects = manifests::read(kept.filter_map(is_text));
    let platform = &workspace.platform;
    let known = workspace.tenants().map(|tenant| (tenant.namespace.clone(), labels(platform, tenant)));
    // Where another label holds the name of a namespace, that of the platform has it too.
    let own = [&platform.ingress_namespace, &platform.dns_namespace, &platform.mesh_namespace];
    let own = own.map(|name| (name.clone(), vec![(platform.namespace_label.clone(), name.clone())]));
    let namespaces = own.into_iter().chain(known).collect();
    Cluster::new(objects, Facts { namespaces, network: network(platform) })
}

/// The labels of a tenant's namespace: its own, and those that mark every tenant, where they have one value.
fn labels(platform: &Platform, tenant: &Tenant) -> Labels {
    let mut labels = tenant.labels.clone();
    for requirement in platform.tenant_labels.iter() {
        if let Requirement::In(key, values) = requirement
            && let [value] = &values[..]
            && labels.iter().all(|(own, _)| own != key)
        {
            labels.push((key.clone(), value.clone()));
        }
    }
    labels.sort();
    labels
}

/// What the platform states of its network.
fn network(platform: &Platform) -> Network {
    let stated = match platform.cni {
        Some(Cni::Calico) => Network::calico(),
        Some(Cni::Cilium) => Network::cilium(),
        Some(Cni::VpcCni | Cni::Other) | None => Network::default(),
    };
    Network {
        pods: (!platform.pod_ranges.is_empty()).then(|| Addresses::nets(&platform.pod_ranges)),
        services: Addresses::nets(&platform.service_ranges),
        nodes: Addresses::nets(&platform.node_ranges),
        ..stated
    }
}
