//! The cluster that a workspace makes, as a review looks at it.

use serde_json::{Value, json};
use xks_analysis::model::Workspace;
use xks_kubernetes::cluster::Cluster;
use xks_output::prove;

/// Reads back the files of one environment, given as path and bytes. Where the cluster itself provides the policy that
/// denies by default, it is taken to say what the compiler would write; else all that no policy of the workspace selects
/// would count as open, and the first `allow` as what closes it.
pub fn observed<'f>(workspace: &Workspace, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Cluster {
    let provided = provided(workspace);
    let mut all: Vec<(&str, &[u8])> = files.into_iter().collect::<Vec<(&'f str, &'f [u8])>>();
    all.extend(provided.iter().map(|text| ("provided by the cluster", text.as_bytes())));
    prove::observed(workspace, all)
}

/// The policies that the cluster provides: one a tenant, closed but for names and for traffic inside the tenant.
fn provided(workspace: &Workspace) -> Vec<String> {
    let Some(name) = &workspace.platform.default_deny_provided else { return Vec::new() };
    let platform = &workspace.platform;
    let labels = platform.dns_pods.iter().map(|(key, value)| (key.to_string(), Value::from(value.as_str())));
    let pods = labels.collect::<serde_json::Map<_, _>>();
    let dns = json!({
        "to": [{
            "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": platform.dns_namespace } },
            "podSelector": { "matchLabels": pods },
        }],
        "ports": [{ "protocol": "UDP", "port": 53 }, { "protocol": "TCP", "port": 53 }],
    });
    let policy = |tenant: &xks_analysis::model::Tenant| {
        let inside = [json!({ "podSelector": {} })];
        let (mut ingress, mut egress) = (Vec::new(), vec![dns.clone()]);
        if !tenant.isolated {
            ingress.push(json!({ "from": inside }));
            egress.push(json!({ "to": inside }));
        }
        json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": { "name": name, "namespace": tenant.namespace },
            "spec": {
                "podSelector": {},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": ingress,
                "egress": egress,
            },
        })
        .to_string()
    };
    workspace.tenants().map(policy).collect()
}
