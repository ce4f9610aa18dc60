//! What an API server adds to an object that it stores, and the object without it. A dump of a cluster is compared with what was
//! written, and copied into files.

use serde_json::{Map, Value, json};

/// Fields of `metadata` that the API server sets itself, whatever is written there.
pub const METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The annotation that `kubectl apply` keeps for itself.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Takes from an object what an API server added, or would add: values that it fills in where none is written, `status`, the
/// fields of [`METADATA`], addresses of Services. The last three are taken only from an object that was stored, which its `uid`
/// tells; elsewhere they are somebody's words.
pub fn as_written(object: &mut Value) {
    let Some(fields) = object.as_object_mut() else { return };
    let stored = fields.get_mut("metadata").and_then(Value::as_object_mut).is_some_and(metadata);
    if stored {
        fields.shift_remove("status");
    }
    match fields.get("kind").and_then(Value::as_str) {
        Some("Service") => {
            if let Some(spec) = fields.get_mut("spec").and_then(Value::as_object_mut) {
                service(spec, stored);
            }
        }
        Some("EndpointSlice") => endpoint_slice(fields),
        Some("NetworkPolicy") => {
            if let Some(spec) = fields.get_mut("spec").and_then(Value::as_object_mut) {
                network_policy(spec);
            }
        }
        _ => {}
    }
}

/// Whether the object was stored; what that added to its metadata is taken away.
fn metadata(metadata: &mut Map<String, Value>) -> bool {
    let stored = metadata.contains_key("uid");
    if stored {
        metadata.retain(|key, _| !METADATA.contains(&key.as_str()));
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.shift_remove(LAST_APPLIED);
            if annotations.is_empty() {
                metadata.shift_remove("annotations");
            }
        }
    }
    stored
}

fn items<'v>(fields: &'v mut Map<String, Value>, field: &str) -> impl Iterator<Item = &'v mut Map<String, Value>> {
    fields.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Takes a field away that has its usual value.
fn usual(fields: &mut Map<String, Value>, field: &str, value: &Value) {
    if fields.get(field) == Some(value) {
        fields.shift_remove(field);
    }
}

fn service(spec: &mut Map<String, Value>, stored: bool) {
    if stored {
        // Addresses are the cluster's to give; `None` is a choice.
        if spec.get("clusterIP").and_then(Value::as_str) != Some("None") {
            spec.shift_remove("clusterIP");
        }
        spec.shift_remove("clusterIPs");
        spec.shift_remove("ipFamilies");
        usual(spec, "ipFamilyPolicy", &json!("SingleStack"));
    }
    usual(spec, "internalTrafficPolicy", &json!("Cluster"));
    usual(spec, "sessionAffinity", &json!("None"));
    usual(spec, "type", &json!("ClusterIP"));
    for port in items(spec, "ports") {
        usual(port, "protocol", &json!("TCP"));
        let number = port.get("port").cloned().unwrap_or_default();
        usual(port, "targetPort", &number);
    }
}

fn endpoint_slice(fields: &mut Map<String, Value>) {
    items(fields, "endpoints").for_each(|endpoint| usual(endpoint, "conditions", &json!({})));
    for port in items(fields, "ports") {
        usual(port, "name", &json!(""));
        usual(port, "protocol", &json!("TCP"));
    }
}

/// What is missing is filled in here, so that a review speaks of the values that are written.
fn network_policy(spec: &mut Map<String, Value>) {
    let has_egress = spec.get("egress").and_then(Value::as_array).is_some_and(|rules| !rules.is_empty());
    let types = if has_egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) };
    spec.entry("policyTypes").or_insert(types);
    for field in ["ingress", "egress"] {
        for rule in items(spec, field) {
            for port in items(rule, "ports") {
                port.entry("protocol").or_insert(json!("TCP"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_stored_loses_what_was_added() {
        let written = json!({"kind": "Service", "metadata": {"name": "a"}, "spec": {"clusterIP": "10.0.0.1", "ports": [{"port": 1}]}});
        let mut same = written.clone();
        as_written(&mut same);
        assert_eq!(same, written);
        let mut stored = json!({
            "kind": "Service",
            "metadata": {"name": "a", "uid": "x", "generation": 1, "annotations": {LAST_APPLIED: "{}"}},
            "spec": {
                "type": "ClusterIP", "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "selector": {"a": "b"},
                "ports": [{"port": 1, "targetPort": 1, "protocol": "TCP"}, {"port": 2, "targetPort": 3}],
            },
            "status": {"loadBalancer": {}},
        });
        as_written(&mut stored);
        let spec = json!({"selector": {"a": "b"}, "ports": [{"port": 1}, {"port": 2, "targetPort": 3}]});
        assert_eq!(stored, json!({"kind": "Service", "metadata": {"name": "a"}, "spec": spec}));
        let mut headless = json!({"kind": "Service", "metadata": {"uid": "x"}, "spec": {"clusterIP": "None"}});
        as_written(&mut headless);
        assert_eq!(headless["spec"], json!({"clusterIP": "None"}));
    }

    #[test]
    fn what_is_filled_in_counts_as_not_written() {
        let mut policy = json!({"kind": "NetworkPolicy", "spec": {
            "ingress": [{"ports": [{"port": 1}, {"port": 1, "protocol": "UDP"}]}],
        }});
        as_written(&mut policy);
        let ports = json!([{"port": 1, "protocol": "TCP"}, {"port": 1, "protocol": "UDP"}]);
        assert_eq!(policy["spec"], json!({"ingress": [{"ports": ports}], "policyTypes": ["Ingress"]}));
        let mut closed = json!({"kind": "NetworkPolicy", "spec": {"policyTypes": ["Egress"]}});
        as_written(&mut closed);
        assert_eq!(closed["spec"], json!({"policyTypes": ["Egress"]}));
    }
}
