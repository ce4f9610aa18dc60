//! Objects with all that the lean types of `xks_core::k8s` have. Others read them: `k8s-openapi` here, programs in `oracles`.

#[cfg(feature = "test-k8s-openapi")]
mod openapi;

use smol_str::SmolStr;
use xks_core::k8s;

/// An object that has every field set. No `..default()` here: a new field does not compile until it stands here too.
fn map(pairs: &[(&str, &str)]) -> k8s::Map {
    k8s::Map(pairs.iter().map(|(key, value)| (SmolStr::new(key), SmolStr::new(value))).collect())
}

fn metadata(name: &str) -> k8s::Metadata {
    k8s::Metadata {
        name: name.into(),
        namespace: "shop".into(),
        labels: map(&[("app.kubernetes.io/managed-by", "xks"), ("track", "on")]),
        annotations: map(&[("nginx.ingress.kubernetes.io/limit-connections", "10")]),
    }
}

fn selector() -> k8s::LabelSelector {
    let expression = |key: &str, operator, values: &[&str]| k8s::Expression {
        key: key.into(),
        operator,
        values: values.iter().map(SmolStr::new).collect(),
    };
    k8s::LabelSelector {
        match_labels: map(&[("app", "foo")]),
        match_expressions: vec![
            expression("a", "In", &["b", "c"]),
            expression("d", "NotIn", &["e"]),
            expression("f", "Exists", &[]),
            expression("g", "DoesNotExist", &[]),
        ],
    }
}

fn peers() -> Vec<k8s::Peer> {
    vec![
        k8s::Peer { namespace_selector: Some(selector()), pod_selector: Some(selector()), ip_block: None },
        k8s::Peer {
            namespace_selector: None,
            pod_selector: Some(k8s::LabelSelector { match_labels: map(&[]), match_expressions: Vec::new() }),
            ip_block: None,
        },
        k8s::Peer {
            namespace_selector: None,
            pod_selector: None,
            ip_block: Some(k8s::IpBlock { cidr: "10.0.0.0/8".into(), except: vec!["10.1.0.0/16".into()] }),
        },
    ]
}

fn policy_ports() -> Vec<k8s::PolicyPort> {
    vec![
        k8s::PolicyPort { protocol: "TCP", port: Some(k8s::PortValue::Number(8000)), end_port: Some(9000) },
        k8s::PolicyPort { protocol: "UDP", port: Some(k8s::PortValue::Name("dns".into())), end_port: None },
        k8s::PolicyPort { protocol: "SCTP", port: None, end_port: None },
    ]
}

fn with_spec(api_version: &'static str, kind: &'static str, spec: k8s::Spec) -> k8s::Object {
    k8s::Object::WithSpec(k8s::WithSpec { api_version, kind, metadata: metadata("foo"), spec })
}

fn ingress() -> k8s::IngressSpec {
    let backend = |port| k8s::Backend { service: k8s::ServiceBackend { name: "foo".into(), port } };
    let path = |path: &str, path_type, port| k8s::HttpPath { path: path.into(), path_type, backend: backend(port) };
    k8s::IngressSpec {
        ingress_class_name: "nginx".into(),
        rules: vec![k8s::HostRule {
            host: "foo.example.com".into(),
            http: k8s::HttpRule {
                paths: vec![
                    path("/", "Prefix", k8s::ServiceBackendPort { name: Some("http".into()), number: None }),
                    path("/a", "Exact", k8s::ServiceBackendPort { name: None, number: Some(8080) }),
                ],
            },
        }],
        tls: vec![k8s::IngressTls { hosts: vec!["foo.example.com".into()], secret_name: "foo-cert".into() }],
    }
}

fn service() -> k8s::ServiceSpec {
    k8s::ServiceSpec {
        type_: Some("ClusterIP"),
        external_name: None,
        cluster_ip: Some("None".into()),
        ip_family_policy: Some("PreferDualStack"),
        selector: map(&[("app", "foo")]),
        ports: vec![
            k8s::ServicePort { name: Some("http".into()), protocol: "TCP", port: 80, target_port: Some(8080) },
            k8s::ServicePort { name: Some("dns".into()), protocol: "UDP", port: 53, target_port: None },
        ],
    }
}

/// An object of every kind that the compiler writes, with every field set.
pub(crate) fn maximal() -> Vec<k8s::Object> {
    let endpoint_ports = || vec![k8s::EndpointPort { protocol: "TCP", port: 443 }];
    vec![
        with_spec(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            k8s::Spec::NetworkPolicy(k8s::NetworkPolicySpec {
                pod_selector: selector(),
                policy_types: vec!["Ingress", "Egress"],
                ingress: vec![k8s::IngressRule { from: peers(), ports: policy_ports() }],
                egress: vec![k8s::EgressRule { to: peers(), ports: policy_ports() }],
            }),
        ),
        with_spec("networking.k8s.io/v1", "Ingress", k8s::Spec::Ingress(ingress())),
        with_spec("v1", "Service", k8s::Spec::Service(service())),
        with_spec(
            "v1",
            "Service",
            k8s::Spec::Service(k8s::ServiceSpec {
                type_: Some("ExternalName"),
                external_name: Some("example.com".into()),
                cluster_ip: None,
                ..service()
            }),
        ),
        with_spec(
            "cert-manager.io/v1",
            "Certificate",
            k8s::Spec::Certificate(k8s::CertificateSpec {
                issuer_ref: k8s::IssuerRef {
                    group: "cert-manager.io",
                    kind: "ClusterIssuer".into(),
                    name: "letsencrypt".into(),
                },
                dns_names: vec!["foo.example.com".into(), "*.example.com".into()],
                secret_name: "foo-cert".into(),
            }),
        ),
        k8s::Object::Endpoints(k8s::Endpoints {
            api_version: "v1",
            kind: "Endpoints",
            metadata: metadata("foo"),
            subsets: vec![k8s::EndpointSubset {
                addresses: vec![k8s::EndpointAddress { ip: "1.2.3.4".into() }],
                ports: endpoint_ports(),
            }],
        }),
        k8s::Object::EndpointSlice(k8s::EndpointSlice {
            api_version: "discovery.k8s.io/v1",
            kind: "EndpointSlice",
            metadata: metadata("foo"),
            address_type: "IPv4",
            endpoints: vec![k8s::Endpoint { addresses: vec!["1.2.3.4".into()] }],
            ports: endpoint_ports(),
        }),
    ]
}
