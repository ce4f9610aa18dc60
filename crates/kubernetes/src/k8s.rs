//! The Kubernetes objects that the compiler writes: lean types with their fields in the order that people write them.
//! A test holds each against the type of the same name in `k8s-openapi`, field by field; building those costs more than
//! all of the rest.

pub mod yaml;

use serde::Serialize as Derive;
use serde::ser::{Serialize, SerializeMap, Serializer};
use smol_str::SmolStr;
use yaml::{At, Mapping, Yaml};

/// A string-to-string map, in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map(pub Vec<(SmolStr, SmolStr)>);

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key.as_str(), value.as_str())?;
        }
        map.end()
    }
}

impl Yaml for Map {
    fn is_absent(&self) -> bool {
        self.0.is_empty()
    }

    fn write(&self, at: At, indent: usize, out: &mut Vec<u8>) {
        let mut mapping = Mapping::new(at, indent);
        for (key, value) in &self.0 {
            mapping.entry(key, value, out);
        }
        mapping.end(out);
    }
}

/// Declares a struct with the names that its fields have in the API, and how it is written as JSON and as YAML: in
/// order, less the optional fields that are empty.
macro_rules! object {
    ($(#[$meta:meta])* $name:ident { $($field:ident $key:literal $(($optional:ident))?: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq)]
        #[allow(missing_docs)] // the fields are those of the Kubernetes API
        pub struct $name { $(pub $field: $type,)* }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(if true $(&& object!(@$optional self.$field))? {
                    map.serialize_entry($key, &self.$field)?;
                })*
                map.end()
            }
        }

        impl Yaml for $name {
            fn write(&self, at: At, indent: usize, out: &mut Vec<u8>) {
                let mut mapping = Mapping::new(at, indent);
                $(if true $(&& object!(@$optional self.$field))? {
                    mapping.field(concat!($key, ":"), &self.$field, out);
                })*
                mapping.end(out);
            }
        }
    };
    (@optional $value:expr) => { !$value.is_absent() };
}

/// Writes an enum as what it holds.
macro_rules! either {
    ($name:ident { $($variant:ident),* }) => {
        impl Yaml for $name {
            fn write(&self, at: At, indent: usize, out: &mut Vec<u8>) {
                match self { $($name::$variant(value) => value.write(at, indent, out),)* }
            }
        }
    };
}

object! {
    /// `metav1.ObjectMeta`
    Metadata {
        name "name": SmolStr,
        namespace "namespace" (optional): SmolStr,
        labels "labels" (optional): Map,
        annotations "annotations" (optional): Map,
    }
}

object! {
    /// Any object with a `spec`.
    WithSpec {
        api_version "apiVersion": &'static str,
        kind "kind": &'static str,
        metadata "metadata": Metadata,
        spec "spec": Spec,
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

either!(Spec { NetworkPolicy, Ingress, Certificate, Service });

impl Default for Spec {
    fn default() -> Spec {
        Spec::NetworkPolicy(NetworkPolicySpec::default())
    }
}

object! {
    /// `networking.k8s.io/v1 NetworkPolicySpec`
    NetworkPolicySpec {
        pod_selector "podSelector": LabelSelector,
        policy_types "policyTypes": Vec<&'static str>,
        ingress "ingress" (optional): Vec<IngressRule>,
        egress "egress" (optional): Vec<EgressRule>,
    }
}

object! {
    /// `NetworkPolicyIngressRule`
    IngressRule {
        from "from": Vec<Peer>,
        ports "ports" (optional): Vec<PolicyPort>,
    }
}

object! {
    /// `NetworkPolicyEgressRule`
    EgressRule {
        to "to": Vec<Peer>,
        ports "ports" (optional): Vec<PolicyPort>,
    }
}

object! {
    /// `NetworkPolicyPeer`
    Peer {
        namespace_selector "namespaceSelector" (optional): Option<LabelSelector>,
        pod_selector "podSelector" (optional): Option<LabelSelector>,
        ip_block "ipBlock" (optional): Option<IpBlock>,
    }
}

object! {
    /// `IPBlock`
    IpBlock {
        cidr "cidr": SmolStr,
        except "except" (optional): Vec<SmolStr>,
    }
}

object! {
    /// `NetworkPolicyPort`
    PolicyPort {
        protocol "protocol": &'static str,
        port "port" (optional): Option<PortValue>,
        end_port "endPort" (optional): Option<u16>,
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

either!(PortValue { Number, Name });

object! {
    /// `metav1.LabelSelector`
    LabelSelector {
        match_labels "matchLabels" (optional): Map,
        match_expressions "matchExpressions" (optional): Vec<Expression>,
    }
}

object! {
    /// `metav1.LabelSelectorRequirement`
    Expression {
        key "key": SmolStr,
        operator "operator": &'static str,
        values "values" (optional): Vec<SmolStr>,
    }
}

object! {
    /// `networking.k8s.io/v1 IngressSpec`
    IngressSpec {
        ingress_class_name "ingressClassName": SmolStr,
        rules "rules": Vec<HostRule>,
        tls "tls" (optional): Vec<IngressTls>,
    }
}

object! {
    /// `networking.k8s.io/v1 IngressRule`
    HostRule {
        host "host": SmolStr,
        http "http": HttpRule,
    }
}

object! {
    /// `HTTPIngressRuleValue`
    HttpRule {
        paths "paths": Vec<HttpPath>,
    }
}

object! {
    /// `HTTPIngressPath`
    HttpPath {
        path "path": SmolStr,
        path_type "pathType": &'static str,
        backend "backend": Backend,
    }
}

object! {
    /// `IngressBackend`
    Backend {
        service "service": ServiceBackend,
    }
}

object! {
    /// `IngressServiceBackend`
    ServiceBackend {
        name "name": SmolStr,
        port "port": ServiceBackendPort,
    }
}

object! {
    /// `ServiceBackendPort`
    ServiceBackendPort {
        name "name" (optional): Option<SmolStr>,
        number "number" (optional): Option<u16>,
    }
}

object! {
    /// `IngressTLS`
    IngressTls {
        hosts "hosts": Vec<SmolStr>,
        secret_name "secretName": SmolStr,
    }
}

object! {
    /// `cert-manager.io/v1 CertificateSpec`
    CertificateSpec {
        issuer_ref "issuerRef": IssuerRef,
        dns_names "dnsNames": Vec<SmolStr>,
        secret_name "secretName": SmolStr,
    }
}

object! {
    /// `cert-manager.io/v1 IssuerReference`
    IssuerRef {
        group "group": &'static str,
        kind "kind": SmolStr,
        name "name": SmolStr,
    }
}

object! {
    /// `core/v1 ServiceSpec`
    ServiceSpec {
        type_ "type" (optional): Option<&'static str>,
        external_name "externalName" (optional): Option<SmolStr>,
        cluster_ip "clusterIP" (optional): Option<SmolStr>,
        ip_family_policy "ipFamilyPolicy" (optional): Option<&'static str>,
        selector "selector" (optional): Map,
        ports "ports" (optional): Vec<ServicePort>,
    }
}

object! {
    /// `core/v1 ServicePort`
    ServicePort {
        name "name" (optional): Option<SmolStr>,
        protocol "protocol": &'static str,
        port "port": u16,
        target_port "targetPort" (optional): Option<u16>,
    }
}

object! {
    /// `core/v1 Endpoints`
    Endpoints {
        api_version "apiVersion": &'static str,
        kind "kind": &'static str,
        metadata "metadata": Metadata,
        subsets "subsets": Vec<EndpointSubset>,
    }
}

object! {
    /// `core/v1 EndpointSubset`
    EndpointSubset {
        addresses "addresses": Vec<EndpointAddress>,
        ports "ports" (optional): Vec<EndpointPort>,
    }
}

object! {
    /// `core/v1 EndpointAddress`
    EndpointAddress {
        ip "ip": SmolStr,
    }
}

object! {
    /// `core/v1 EndpointPort`, and `discovery.k8s.io/v1 EndpointPort`
    EndpointPort {
        protocol "protocol": &'static str,
        port "port": u16,
    }
}

object! {
    /// `discovery.k8s.io/v1 EndpointSlice`
    EndpointSlice {
        api_version "apiVersion": &'static str,
        kind "kind": &'static str,
        metadata "metadata": Metadata,
        address_type "addressType": &'static str,
        endpoints "endpoints": Vec<Endpoint>,
        ports "ports" (optional): Vec<EndpointPort>,
    }
}

object! {
    /// `discovery.k8s.io/v1 Endpoint`
    Endpoint {
        addresses "addresses": Vec<SmolStr>,
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

either!(Object { WithSpec, Endpoints, EndpointSlice });

/// The files of a folder, one for objects that belong together, in the order in which they are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum File {
    NetworkPolicies,
    Certificates,
    Ingresses,
    Services,
    Endpoints,
}

impl File {
    /// Its name, without the ending that the format gives it.
    pub fn stem(self) -> &'static str {
        match self {
            File::NetworkPolicies => "networkpolicies",
            File::Certificates => "certificates",
            File::Ingresses => "ingresses",
            File::Services => "services",
            File::Endpoints => "endpoints",
        }
    }
}

impl Object {
    /// The file that it is written to.
    pub fn file(&self) -> File {
        match self {
            Object::WithSpec(object) => match object.spec {
                Spec::NetworkPolicy(_) => File::NetworkPolicies,
                Spec::Ingress(_) => File::Ingresses,
                Spec::Certificate(_) => File::Certificates,
                Spec::Service(_) => File::Services,
            },
            Object::Endpoints(_) | Object::EndpointSlice(_) => File::Endpoints,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Object::WithSpec(object) => object.kind,
            Object::Endpoints(object) => object.kind,
            Object::EndpointSlice(object) => object.kind,
        }
    }

    /// Its metadata.
    pub fn metadata(&self) -> &Metadata {
        match self {
            Object::WithSpec(object) => &object.metadata,
            Object::Endpoints(object) => &object.metadata,
            Object::EndpointSlice(object) => &object.metadata,
        }
    }
}
