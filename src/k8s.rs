//! The Kubernetes objects that the compiler writes: lean types with their fields in the order that people write them.
//! A test holds each against the type of the same name in `k8s-openapi`, field by field; building those costs more than
//! all of the rest.

use serde::Serialize as Derive;
use serde::ser::{Serialize, SerializeMap, Serializer};
use smol_str::SmolStr;

/// A string-to-string map, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map(pub Vec<(SmolStr, SmolStr)>);

impl Map {
    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key.as_str(), value.as_str())?;
        }
        map.end()
    }
}

/// Declares a struct that is written in camel case without its empty fields.
macro_rules! object {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Derive)]
        #[serde(rename_all = "camelCase")]
        #[allow(missing_docs)] // the fields are those of the Kubernetes API
        pub struct $name { $($(#[$field_meta])* pub $field: $type,)* }
    };
}

object! {
    /// `metav1.ObjectMeta`
    Metadata {
        name: SmolStr,
        #[serde(skip_serializing_if = "SmolStr::is_empty")]
        namespace: SmolStr,
        #[serde(skip_serializing_if = "Map::is_empty")]
        labels: Map,
        #[serde(skip_serializing_if = "Map::is_empty")]
        annotations: Map,
    }
}

object! {
    /// Any object with a `spec`.
    WithSpec {
        api_version: &'static str,
        kind: &'static str,
        metadata: Metadata,
        spec: Spec,
    }
}

/// The `spec` of an object.
#[derive(Debug, Clone, PartialEq, Derive)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Spec {
    NetworkPolicy(NetworkPolicySpec),
    Ingress(IngressSpec),
    Certificate(CertificateSpec),
    Service(ServiceSpec),
}

impl Default for Spec {
    fn default() -> Spec {
        Spec::NetworkPolicy(NetworkPolicySpec::default())
    }
}

object! {
    /// `networking.k8s.io/v1 NetworkPolicySpec`
    NetworkPolicySpec {
        pod_selector: LabelSelector,
        policy_types: Vec<&'static str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ingress: Vec<IngressRule>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        egress: Vec<EgressRule>,
    }
}

object! {
    /// `NetworkPolicyIngressRule`
    IngressRule {
        from: Vec<Peer>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ports: Vec<PolicyPort>,
    }
}

object! {
    /// `NetworkPolicyEgressRule`
    EgressRule {
        to: Vec<Peer>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ports: Vec<PolicyPort>,
    }
}

object! {
    /// `NetworkPolicyPeer`
    Peer {
        #[serde(skip_serializing_if = "Option::is_none")]
        namespace_selector: Option<LabelSelector>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pod_selector: Option<LabelSelector>,
        #[serde(skip_serializing_if = "Option::is_none")]
        ip_block: Option<IpBlock>,
    }
}

object! {
    /// `IPBlock`
    IpBlock {
        cidr: SmolStr,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        except: Vec<SmolStr>,
    }
}

object! {
    /// `NetworkPolicyPort`
    PolicyPort {
        protocol: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        port: Option<PortValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        end_port: Option<u16>,
    }
}

/// `IntOrString`
#[derive(Debug, Clone, PartialEq, Derive)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum PortValue {
    Number(u16),
    Name(SmolStr),
}

object! {
    /// `metav1.LabelSelector`
    LabelSelector {
        #[serde(skip_serializing_if = "Map::is_empty")]
        match_labels: Map,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        match_expressions: Vec<Expression>,
    }
}

object! {
    /// `metav1.LabelSelectorRequirement`
    Expression {
        key: SmolStr,
        operator: &'static str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        values: Vec<SmolStr>,
    }
}

object! {
    /// `networking.k8s.io/v1 IngressSpec`
    IngressSpec {
        ingress_class_name: SmolStr,
        rules: Vec<HostRule>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tls: Vec<IngressTls>,
    }
}

object! {
    /// `networking.k8s.io/v1 IngressRule`
    HostRule {
        host: SmolStr,
        http: HttpRule,
    }
}

object! {
    /// `HTTPIngressRuleValue`
    HttpRule {
        paths: Vec<HttpPath>,
    }
}

object! {
    /// `HTTPIngressPath`
    HttpPath {
        path: SmolStr,
        path_type: &'static str,
        backend: Backend,
    }
}

object! {
    /// `IngressBackend`
    Backend {
        service: ServiceBackend,
    }
}

object! {
    /// `IngressServiceBackend`
    ServiceBackend {
        name: SmolStr,
        port: ServiceBackendPort,
    }
}

object! {
    /// `ServiceBackendPort`
    ServiceBackendPort {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<SmolStr>,
        #[serde(skip_serializing_if = "Option::is_none")]
        number: Option<u16>,
    }
}

object! {
    /// `IngressTLS`
    IngressTls {
        hosts: Vec<SmolStr>,
        secret_name: SmolStr,
    }
}

object! {
    /// `cert-manager.io/v1 CertificateSpec`
    CertificateSpec {
        issuer_ref: IssuerRef,
        dns_names: Vec<SmolStr>,
        secret_name: SmolStr,
    }
}

object! {
    /// `cert-manager.io/v1 IssuerReference`
    IssuerRef {
        group: &'static str,
        kind: SmolStr,
        name: SmolStr,
    }
}

object! {
    /// `core/v1 ServiceSpec`
    ServiceSpec {
        #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
        type_: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        external_name: Option<SmolStr>,
        #[serde(rename = "clusterIP", skip_serializing_if = "Option::is_none")]
        cluster_ip: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        ip_family_policy: Option<&'static str>,
        #[serde(skip_serializing_if = "Map::is_empty")]
        selector: Map,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ports: Vec<ServicePort>,
    }
}

object! {
    /// `core/v1 ServicePort`
    ServicePort {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<SmolStr>,
        protocol: &'static str,
        port: u16,
        #[serde(skip_serializing_if = "Option::is_none")]
        target_port: Option<u16>,
    }
}

object! {
    /// `core/v1 Endpoints`
    Endpoints {
        api_version: &'static str,
        kind: &'static str,
        metadata: Metadata,
        subsets: Vec<EndpointSubset>,
    }
}

object! {
    /// `core/v1 EndpointSubset`
    EndpointSubset {
        addresses: Vec<EndpointAddress>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ports: Vec<EndpointPort>,
    }
}

object! {
    /// `core/v1 EndpointAddress`
    EndpointAddress {
        ip: SmolStr,
    }
}

object! {
    /// `core/v1 EndpointPort`, and `discovery.k8s.io/v1 EndpointPort`
    EndpointPort {
        protocol: &'static str,
        port: u16,
    }
}

object! {
    /// `discovery.k8s.io/v1 EndpointSlice`
    EndpointSlice {
        api_version: &'static str,
        kind: &'static str,
        metadata: Metadata,
        address_type: &'static str,
        endpoints: Vec<Endpoint>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        ports: Vec<EndpointPort>,
    }
}

object! {
    /// `discovery.k8s.io/v1 Endpoint`
    Endpoint {
        addresses: Vec<SmolStr>,
    }
}

/// One object.
#[derive(Debug, Clone, PartialEq, Derive)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Object {
    WithSpec(WithSpec),
    Endpoints(Endpoints),
    EndpointSlice(EndpointSlice),
}

impl Object {
    /// Its metadata.
    pub fn metadata(&self) -> &Metadata {
        match self {
            Object::WithSpec(object) => &object.metadata,
            Object::Endpoints(object) => &object.metadata,
            Object::EndpointSlice(object) => &object.metadata,
        }
    }
}
