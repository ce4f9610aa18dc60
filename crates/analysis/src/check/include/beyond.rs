//! What objects of allowed kinds may not ask for: doors past the ingress controller, rights on nodes, tokens, the volumes of
//! others, and what keeps an object from being deleted.

use xks_kubernetes::validate::baseline;
use xks_kubernetes::yaml::{Node, Value, is_true};

/// Types of Secrets that others read as credentials of the cluster or as their own state.
const SECRETS: &[(&str, &str)] = &[
    ("bootstrap.kubernetes.io/token", "lets a machine join the cluster"),
    ("helm.sh/release.v1", "is what Helm takes for a release"),
    ("kubernetes.io/service-account-token", "is filled with a token that does not expire"),
];

/// Finds what an object asks for beyond: the line, what it is, and what to do instead.
pub(super) fn check(object: &Node<'_>, kind: &str, namespace: &str, out: &mut dyn FnMut(u32, String, &'static str)) {
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
        "Certificate" => certificate(object, out),
        "PersistentVolumeClaim" => volume(object.get("spec"), "spec", namespace, out),
        _ => {}
    }
    let claims = object.at(&["spec", "volumeClaimTemplates"]).map_or(&[][..], Node::items);
    for (index, claim) in claims.iter().enumerate() {
        volume(claim.get("spec"), &format!("spec.volumeClaimTemplates[{index}].spec"), namespace, out);
    }
    for (path, claim) in volume_claims(object) {
        volume(claim.get("spec"), &format!("{path}.spec"), namespace, out);
        if let Some(node) = claim.at(&["metadata", "finalizers"]) {
            out(node.line, format!("`{path}.metadata.finalizers` keeps the claim from being deleted"), "remove it");
        }
    }
    for finding in baseline::check(object) {
        let why = format!("{finding}, beyond the level `baseline` of the Pod Security Standards");
        out(finding.line, why, "remove it, or have the platform run these pods");
    }
    for (path, pod) in pods(object) {
        for kind in ["podAffinity", "podAntiAffinity"] {
            affinity(pod.at(&["affinity", kind]), &format!("{path}.affinity.{kind}"), namespace, out);
        }
        if let Some(node) = pod.get("nodeName") {
            let why = format!("`{path}.nodeName` puts the pods on a node past the scheduler");
            out(node.line, why, "use `nodeSelector` or `affinity`");
        }
        let class = pod.get("priorityClassName");
        if let Some(node) = class.filter(|class| class.as_str().is_some_and(|name| name.starts_with("system-"))) {
            let why = format!("`{path}.priorityClassName` takes the place of the cluster's own pods");
            out(node.line, why, "use a class of the platform that is for tenants");
        }
    }
}

/// The specifications of pods in an object, each with its path.
fn pods<'o, 'n>(object: &'o Node<'n>) -> Vec<(String, &'o Node<'n>)> {
    let templates: [&[&str]; 3] =
        [&["spec"], &["spec", "template", "spec"], &["spec", "jobTemplate", "spec", "template", "spec"]];
    let is_pod = object.get("kind").and_then(Node::as_str) == Some("Pod");
    let paths = templates.into_iter().filter(|path| path.len() > 1 || is_pod);
    paths.filter_map(|path| Some((path.join("."), object.at(path)?))).collect()
}

/// The volume claims that pods of an object make for themselves, each with its path.
pub(super) fn volume_claims<'o, 'n>(object: &'o Node<'n>) -> Vec<(String, &'o Node<'n>)> {
    let mut out = Vec::new();
    for (path, pod) in pods(object) {
        for (index, volume) in pod.get("volumes").map_or(&[][..], Node::items).iter().enumerate() {
            if let Some(claim) = volume.at(&["ephemeral", "volumeClaimTemplate"]) {
                out.push((format!("{path}.volumes[{index}].ephemeral.volumeClaimTemplate"), claim));
            }
        }
    }
    out
}

/// Where pods of others stand is not for a tenant to say: what keeps away from them keeps them away.
fn affinity(rules: Option<&Node<'_>>, path: &str, namespace: &str, out: &mut dyn FnMut(u32, String, &'static str)) {
    let list = |field| rules.and_then(|rules| rules.get(field)).map_or(&[][..], Node::items).iter();
    let preferred =
        list("preferredDuringSchedulingIgnoredDuringExecution").filter_map(|term| term.get("podAffinityTerm"));
    for term in list("requiredDuringSchedulingIgnoredDuringExecution").chain(preferred) {
        let others = term.get("namespaces").map_or(&[][..], Node::items).iter();
        let other = others.into_iter().find(|name| name.as_str() != Some(namespace));
        if let Some(node) = term.get("namespaceSelector").or(other) {
            out(node.line, format!("`{path}` names pods of other namespaces"), "name pods of the own namespace alone");
        }
    }
}

/// A certificate is for hosts: not to sign others, and from the authorities that the platform knows.
fn certificate(object: &Node<'_>, out: &mut dyn FnMut(u32, String, &'static str)) {
    let on = |node: &&Node<'_>| matches!(&node.value, Value::Bool(word) if is_true(word));
    if let Some(node) = object.at(&["spec", "isCA"]).filter(on) {
        out(node.line, "`spec.isCA` makes a certificate that signs others".into(), "remove it");
    }
    for usage in object.at(&["spec", "usages"]).map_or(&[][..], Node::items) {
        if let Some(word @ ("cert sign" | "crl sign")) = usage.as_str() {
            out(usage.line, format!("`spec.usages` has `{word}`, which signs certificates of others"), "remove it");
        }
    }
    let group = object.at(&["spec", "issuerRef", "group"]);
    if let Some(node) = group.filter(|group| !matches!(group.as_str(), Some("" | "cert-manager.io"))) {
        let why = format!("`spec.issuerRef.group` is {}, an authority that xks does not know", node.describe());
        out(node.line, why, "remove it, or have the platform issue the certificate");
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
