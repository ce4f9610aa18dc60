//! The level *baseline* of the Pod Security Standards, as `k8s.io/pod-security-admission` of Kubernetes 1.37 has it: what a
//! template of pods may ask of the node that it runs on.

use super::structure::{one_of, whole};
use super::{Finding, Found};
use crate::yaml::{Node, Value, is_true};

/// Capabilities that a container may add.
const CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Kernel parameters that belong to the pod alone.
const SYSCTLS: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// SELinux types that a container may run as.
const SELINUX: &[&str] = &["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// How the annotation of a container's AppArmor profile begins.
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// What goes beyond *baseline* in the pods of an object; nothing for a kind that makes none.
pub fn check(object: &Node<'_>) -> Vec<Finding> {
    let Some(template) = super::rules::template(object) else { return Vec::new() };
    let mut found = Found { at: Vec::new() };
    let annotations = template.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries);
    for (_, profile) in annotations.iter().filter(|(key, _)| key.starts_with(APP_ARMOR)) {
        let text = profile.as_str().unwrap_or_default();
        if !(text.is_empty() || text == "runtime/default" || text.starts_with("localhost/")) {
            found.refuse(profile, "turns AppArmor off");
        }
    }
    if let Some(pod) = template.get("spec") {
        self::pod(&mut found, pod);
    }
    found.finish(object)
}

fn pod<'n>(found: &mut Found<'n>, pod: &'n Node<'n>) {
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        if let Some(node) = pod.get(field).filter(|node| is_on(node)) {
            found.refuse(node, "takes the pod into a namespace of the node");
        }
    }
    for volume in items(pod, "volumes") {
        if let Some(path) = volume.get("hostPath") {
            found.refuse(path, "mounts a folder of the node");
        }
    }
    if let Some(context) = pod.get("securityContext") {
        security(found, context);
        for sysctl in items(context, "sysctls") {
            let name = sysctl.get("name").and_then(Node::as_str).unwrap_or_default();
            if !SYSCTLS.contains(&name) {
                found.refuse(sysctl, format!("sets `{name}`, which is the node's"));
            }
        }
    }
    for field in ["initContainers", "containers", "ephemeralContainers"] {
        items(pod, field).iter().for_each(|container| self::container(found, container));
    }
}

fn container<'n>(found: &mut Found<'n>, container: &'n Node<'n>) {
    for port in items(container, "ports") {
        if let Some(node) = port.get("hostPort").filter(|node| whole(node) != Some(0)) {
            found.refuse(node, "takes a port of the node");
        }
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        hosts(found, container.get(probe));
    }
    for hook in ["postStart", "preStop"] {
        hosts(found, container.at(&["lifecycle", hook]));
    }
    let Some(context) = container.get("securityContext") else { return };
    security(found, context);
    if let Some(node) = context.get("privileged").filter(|node| is_on(node)) {
        found.refuse(node, "gives the container the rights of the node");
    }
    for added in context.at(&["capabilities", "add"]).map_or(&[][..], Node::items) {
        let name = added.as_str().unwrap_or_default();
        if !CAPABILITIES.contains(&name) {
            found.refuse(added, format!("adds `{name}`; it adds none but {}", one_of(CAPABILITIES)));
        }
    }
    if let Some(node) = context.get("procMount").filter(|node| node.as_str() != Some("Default")) {
        found.refuse(node, "shows more of `/proc` than `Default` does");
    }
}

/// What pods and containers both may say.
fn security<'n>(found: &mut Found<'n>, context: &'n Node<'n>) {
    if let Some(node) = context.at(&["windowsOptions", "hostProcess"]).filter(|node| is_on(node)) {
        found.refuse(node, "runs it as a process of the node");
    }
    for field in ["seccompProfile", "appArmorProfile"] {
        let Some(profile) = context.get(field) else { continue };
        let kind = profile.get("type").and_then(Node::as_str).unwrap_or_default();
        if !matches!(kind, "RuntimeDefault" | "Localhost") {
            found.refuse(profile, format!("is of type `{kind}`; it is RuntimeDefault or Localhost"));
        }
    }
    let Some(options) = context.get("seLinuxOptions") else { return };
    for field in ["user", "role"] {
        if let Some(node) = options.get(field).filter(|node| node.as_str() != Some("")) {
            found.refuse(node, "is not the pod's to choose");
        }
    }
    let kind = options.get("type").filter(|node| node.as_str() != Some(""));
    if let Some(node) = kind.filter(|node| !node.as_str().is_some_and(|text| SELINUX.contains(&text))) {
        found.refuse(node, format!("is {}; it is {}", node.describe(), one_of(SELINUX)));
    }
}

/// Probes and hooks go to the pod itself.
fn hosts<'n>(found: &mut Found<'n>, handler: Option<&'n Node<'n>>) {
    for action in ["httpGet", "tcpSocket"] {
        let host = handler.and_then(|handler| handler.at(&[action, "host"]));
        if let Some(node) = host.filter(|node| node.as_str() != Some("")) {
            found.refuse(node, "leads the node to another host than the pod");
        }
    }
}

fn items<'n>(node: &'n Node<'n>, field: &str) -> &'n [Node<'n>] {
    node.get(field).map_or(&[], Node::items)
}

fn is_on(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Bool(word) if is_true(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::Effect;
    use crate::yaml;

    fn paths(pod: &str) -> Vec<String> {
        let text = format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n{pod}");
        let (documents, unreadable) = yaml::documents(&text, 1);
        assert!(unreadable.is_none(), "{unreadable:?}");
        let findings = documents.iter().flat_map(check);
        findings
            .map(|finding| {
                assert_eq!(finding.effect, Effect::Refused);
                finding.path
            })
            .collect()
    }

    #[test]
    fn what_reaches_the_node_is_beyond_baseline() {
        let beyond = "  hostPID: true\n  hostIPC: false\n  volumes: [{name: root, hostPath: {path: /}}]\n  securityContext:\n    \
                      sysctls: [{name: kernel.msgmax, value: \"1\"}]\n    seccompProfile: {type: Unconfined}\n  containers:\n  \
                      - name: a\n    image: a\n    ports: [{containerPort: 1, hostPort: 1}]\n    securityContext: {privileged: true, \
                      capabilities: {add: [KILL, NET_RAW]}}\n    livenessProbe: {httpGet: {host: 10.0.0.1, port: 1}}\n";
        let expected = [
            "spec.hostPID",
            "spec.volumes[0].hostPath",
            "spec.securityContext.sysctls[0]",
            "spec.securityContext.seccompProfile",
            "spec.containers[0].ports[0].hostPort",
            "spec.containers[0].securityContext.privileged",
            "spec.containers[0].securityContext.capabilities.add[1]",
            "spec.containers[0].livenessProbe.httpGet.host",
        ];
        assert_eq!(paths(beyond), expected);
        assert!(paths("  containers: [{name: a, image: a, securityContext: {privileged: false}}]\n").is_empty());
    }
}
