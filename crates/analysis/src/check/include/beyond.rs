//! What objects of allowed kinds may not ask for: doors past the ingress controller, rights on nodes, tokens, the volumes of
//! others, and what keeps an object from being deleted.

use xks_kubernetes::validate::baseline;
use xks_kubernetes::yaml::Node;

/// Types of Secrets that others read as credentials of the cluster or as their own state.
const SECRETS: &[(&str, &str)] = &[
    ("bootstrap.kubernetes.io/token", "lets a machine join the cluster"),
    ("helm.sh/release.v1", "is what Helm takes for a release"),
    ("kubernetes.io/service-account-token", "is filled with a token that does not expire"),
];

/// Finds what an object asks for beyond: the line, what it is, and what to do instead.
pub(super) fn check(object: &Node<'_>, kind: &str, namespace: &str, out: &mut dyn FnMut(u32, String, &'static str)) {
    let text = |path: &[&str]| object.at(path).and_then(Node::as_str);
    for (field, why) in [
        ("finalizers", "keeps the object from being deleted"),
        ("ownerReferences", "ties the object to another one's life"),
        ("generateName", "gives the object a new name each time"),
    ] {
        if let Some(node) = object.at(&["metadata", field]) {
            out(node.line, format!("`metadata.{field}` {why}"), "remove it");
        }
    }
    match kind {
        "Service" => service(object, out),
        "Secret" => secret(object.get("type"), "type", out),
        "SealedSecret" => secret(object.at(&["spec", "template", "type"]), "spec.template.type", out),
        "PersistentVolumeClaim" => volume(object.get("spec"), "spec", namespace, out),
        _ => {}
    }
    let claims = object.at(&["spec", "volumeClaimTemplates"]).map_or(&[][..], Node::items);
    for (index, claim) in claims.iter().enumerate() {
        volume(claim.get("spec"), &format!("spec.volumeClaimTemplates[{index}].spec"), namespace, out);
    }
    for finding in baseline::check(object) {
        let why = format!("{finding}, beyond the level `baseline` of the Pod Security Standards");
        out(finding.line, why, "remove it, or have the platform run these pods");
    }
    let templates: [&[&str]; 3] =
        [&["spec"], &["spec", "template", "spec"], &["spec", "jobTemplate", "spec", "template", "spec"]];
    let is_pod = text(&["kind"]) == Some("Pod");
    for path in templates.into_iter().filter(|path| path.len() > 1 || is_pod) {
        let Some(pod) = object.at(path) else { continue };
        if let Some(node) = pod.get("nodeName") {
            let why = format!("`{}.nodeName` puts the pods on a node past the scheduler", path.join("."));
            out(node.line, why, "use `nodeSelector` or `affinity`");
        }
        let class = pod.get("priorityClassName");
        if let Some(node) = class.filter(|class| class.as_str().is_some_and(|name| name.starts_with("system-"))) {
            let why = format!("`{}.priorityClassName` takes the place of the cluster's own pods", path.join("."));
            out(node.line, why, "use a class of the platform that is for tenants");
        }
    }
}

fn service(object: &Node<'_>, out: &mut dyn FnMut(u32, String, &'static str)) {
    if let Some(node) = object.at(&["spec", "externalIPs"]).filter(|node| !node.items().is_empty()) {
        out(node.line, "`spec.externalIPs` takes the traffic of any address (CVE-2020-8554)".into(), "remove it");
    }
    let kind = object.at(&["spec", "type"]);
    if let Some((node, kind @ ("NodePort" | "LoadBalancer"))) = kind.and_then(|node| Some((node, node.as_str()?))) {
        let why = format!("`spec.type` is `{kind}`, which opens the Service past the ingress controller");
        out(node.line, why, "leave `type` out, and publish the Service with `expose`");
    }
}

fn secret(kind: Option<&Node<'_>>, path: &str, out: &mut dyn FnMut(u32, String, &'static str)) {
    let Some((node, kind)) = kind.and_then(|node| Some((node, node.as_str()?))) else { return };
    if let Some((_, why)) = SECRETS.iter().find(|(known, _)| *known == kind) {
        out(node.line, format!("`{path}` is `{kind}`: such a Secret {why}"), "leave it to the platform");
    }
}

fn volume(spec: Option<&Node<'_>>, path: &str, namespace: &str, out: &mut dyn FnMut(u32, String, &'static str)) {
    let Some(spec) = spec else { return };
    if let Some(node) = spec.get("volumeName") {
        out(node.line, format!("`{path}.volumeName` takes a volume that may be another's"), "remove it");
    }
    for field in ["dataSource", "dataSourceRef"] {
        let other = spec.at(&[field, "namespace"]).filter(|node| node.as_str() != Some(namespace));
        if let Some(node) = other {
            let why = format!("`{path}.{field}.namespace` copies a volume of another namespace");
            out(node.line, why, "remove it");
        }
    }
}
