//! Kinds of objects by what they can do to others: which of them a tenant may bring along, which the platform has to allow, and
//! which nobody may.

/// What a kind is to those who bring it along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It stays within its namespace, or what it reaches is checked.
    Free,
    /// The platform allows it, since it does what is said.
    AskFor(&'static str),
    /// Nobody may bring it, for what is said.
    Never(&'static str),
}

/// Kinds that ride along without a fact, by group.
const FREE: &[(&str, &[&str])] = &[
    ("", &["ConfigMap", "Endpoints", "PersistentVolumeClaim", "Pod", "Secret", "Service", "ServiceAccount"]),
    ("apps", &["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"]),
    ("autoscaling", &["HorizontalPodAutoscaler"]),
    ("batch", &["CronJob", "Job"]),
    ("bitnami.com", &["SealedSecret"]),
    ("cert-manager.io", &["Certificate"]),
    ("discovery.k8s.io", &["EndpointSlice"]),
    ("networking.k8s.io", &["Ingress", "NetworkPolicy"]),
    ("policy", &["PodDisruptionBudget"]),
];

/// Why the platform has to allow a kind, where more is known than that it is none of the above.
const ASKED_FOR: &[(&str, &str, &str)] = &[
    ("", "LimitRange", "it sets what the platform's limits set"),
    ("", "ReplicationController", "its pods are no longer made this way"),
    ("", "ResourceQuota", "it sets what the platform's quota sets"),
    ("argoproj.io", "Application", "it delivers objects to namespaces of its choice"),
    ("argoproj.io", "ApplicationSet", "it delivers objects to namespaces of its choice"),
    ("cert-manager.io", "Issuer", "it issues certificates that no rule of the platform looks at"),
    ("external-secrets.io", "ExternalSecret", "it reads secrets of a store that others share"),
    ("external-secrets.io", "SecretStore", "it opens a store of secrets"),
    ("externaldns.k8s.io", "DNSEndpoint", "it writes DNS records of any host"),
    ("helm.toolkit.fluxcd.io", "HelmRelease", "it delivers objects to namespaces of its choice"),
    ("kustomize.toolkit.fluxcd.io", "Kustomization", "it delivers objects to namespaces of its choice"),
    ("monitoring.coreos.com", "PodMonitor", "it has the platform's Prometheus call pods, past their policies"),
    ("monitoring.coreos.com", "PrometheusRule", "it runs rules in the platform's Prometheus"),
    ("monitoring.coreos.com", "ServiceMonitor", "it has the platform's Prometheus call pods, past their policies"),
    ("rbac.authorization.k8s.io", "Role", "it gives rights"),
    ("rbac.authorization.k8s.io", "RoleBinding", "it gives rights"),
];

/// Kinds of the cluster, which belong to no namespace.
const CLUSTER: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "CiliumClusterwideNetworkPolicy",
    "ClusterIssuer",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComponentStatus",
    "CustomResourceDefinition",
    "FlowSchema",
    "GatewayClass",
    "GlobalNetworkPolicy",
    "GlobalNetworkSet",
    "IngressClass",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "StorageVersionMigration",
    "VolumeAttachment",
];

/// Groups whose kinds are the cluster's, or change what others hand in.
const NEVER: &[(&str, &str)] = &[
    ("admissionregistration.k8s.io", "it changes or refuses what others hand in"),
    ("apiextensions.k8s.io", "it belongs to the cluster, not to a namespace"),
    ("apiregistration.k8s.io", "it belongs to the cluster, not to a namespace"),
    ("constraints.gatekeeper.sh", "it refuses what others hand in"),
    ("templates.gatekeeper.sh", "it refuses what others hand in"),
    ("mutations.gatekeeper.sh", "it changes what others hand in"),
    ("kyverno.io", "it changes or refuses what is handed in"),
    ("gateway.networking.k8s.io", "it publishes hosts, which xks does not read in it yet"),
    ("policy.networking.k8s.io", "it belongs to the cluster, not to a namespace"),
];

/// What a kind is to those who bring it along. Those that are not known are to be asked for.
pub fn standing(group: &str, kind: &str) -> Standing {
    if FREE.iter().any(|(known, kinds)| *known == group && kinds.contains(&kind)) || group == "policy.linkerd.io" {
        return Standing::Free;
    }
    if let Some((_, why)) = NEVER.iter().find(|(known, _)| *known == group) {
        return Standing::Never(why);
    }
    if CLUSTER.contains(&kind) || kind.starts_with("Cluster") {
        return Standing::Never("it belongs to the cluster, not to a namespace");
    }
    if is_policy(group) {
        return Standing::AskFor("it opens or closes connections by rules that xks does not read");
    }
    match ASKED_FOR.iter().find(|(known, of, _)| (*known, *of) == (group, kind)) {
        Some((.., why)) => Standing::AskFor(why),
        None => Standing::AskFor("what it does is not known"),
    }
}

/// Whether the kinds of a group open or close connections by rules of their own: those of other network plugins, and those of
/// a mesh.
pub fn is_policy(group: &str) -> bool {
    const GROUPS: &[&str] =
        &["cilium.io", "crd.projectcalico.org", "policy.linkerd.io", "policy.networking.k8s.io", "projectcalico.org"];
    GROUPS.contains(&group) || matches!(group, "security.istio.io" | "networking.istio.io" | "crd.antrea.io")
}

/// Whether a key of labels and annotations rides along without a fact: it steers nobody's work but that of the pods.
/// Those that the ingress controller and cert-manager read are checked as those of statements are.
pub fn is_free_key(key: &str) -> bool {
    let Some((prefix, name)) = key.split_once('/') else { return true };
    match prefix {
        "app.kubernetes.io" | "checksum" | "prometheus.io" | "linkerd.io" => true,
        // Some choose the image and the rights of what is put into the pod.
        "config.linkerd.io" => {
            !["image", "debug", "init", "uid", "gid", "version"].iter().any(|part| name.contains(part))
        }
        // A template of a Secret brings keys of any kind.
        "cert-manager.io" => name != "secret-template",
        "nginx.ingress.kubernetes.io" | "acme.cert-manager.io" | "sealedsecrets.bitnami.com" => true,
        "deployment.kubernetes.io" => name == "revision",
        "kubernetes.io" => matches!(name, "ingress.class" | "service-name"),
        "helm.sh" => name == "chart",
        "kubectl.kubernetes.io" => name == "default-container",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_its_group() {
        assert_eq!(standing("networking.k8s.io", "NetworkPolicy"), Standing::Free);
        assert!(matches!(standing("crd.projectcalico.org", "NetworkPolicy"), Standing::AskFor(_)));
        assert!(matches!(standing("", "Namespace"), Standing::Never(_)));
        assert!(matches!(standing("rbac.authorization.k8s.io", "ClusterRoleBinding"), Standing::Never(_)));
        assert!(matches!(standing("gateway.networking.k8s.io", "HTTPRoute"), Standing::Never(_)));
        assert!(matches!(standing("example.com", "Thing"), Standing::AskFor(_)));
    }

    #[test]
    fn keys_that_steer_others_are_not_free() {
        for free in ["team", "app.kubernetes.io/name", "helm.sh/chart", "checksum/config", "prometheus.io/scrape"] {
            assert!(is_free_key(free), "{free}");
        }
        for asked in
            ["helm.sh/hook", "kustomize.toolkit.fluxcd.io/prune", "sidecar.istio.io/inject", "iam.amazonaws.com/role"]
        {
            assert!(!is_free_key(asked), "{asked}");
        }
    }
}
