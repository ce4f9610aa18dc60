//! Ingresses, one for each `expose`.

use super::{Origin, Resource, metadata};
use xks_analysis::model::{BackendPort, Exposure, PathType, Tenant};
use xks_kubernetes::k8s::{
    Backend, HostRule, HttpPath, HttpRule, IngressSpec, IngressTls, Map, Object, ServiceBackend, ServiceBackendPort,
    Spec, WithSpec,
};

pub(super) fn lower(tenant: &Tenant, out: &mut Vec<Resource>) {
    for exposure in &tenant.exposures {
        let mut meta = metadata(&tenant.namespace, exposure.name.clone());
        meta.annotations = Map(exposure.annotations.clone());
        let object = WithSpec {
            api_version: "networking.k8s.io/v1",
            kind: "Ingress",
            metadata: meta,
            spec: Spec::Ingress(spec(exposure)),
        };
        out.push(Resource { object: Object::WithSpec(object), origin: Origin::Statements(vec![exposure.origin]) });
    }
}

fn spec(exposure: &Exposure) -> IngressSpec {
    let path_type = match exposure.path_type {
        PathType::Prefix => "Prefix",
        PathType::Exact => "Exact",
        PathType::ImplementationSpecific => "ImplementationSpecific",
    };
    let port = match &exposure.port {
        BackendPort::Name(name) => ServiceBackendPort { name: Some(name.clone()), number: None },
        BackendPort::Number(number) => ServiceBackendPort { name: None, number: Some(*number) },
    };
    let backend = Backend { service: ServiceBackend { name: exposure.service.clone(), port } };
    let mut sorted: Vec<_> = exposure.rules.iter().collect();
    sorted.sort();
    let mut rules: Vec<HostRule> = Vec::new();
    for (host, path) in sorted {
        let path = HttpPath { path: path.shared(), path_type, backend: backend.clone() };
        match rules.last_mut() {
            Some(rule) if rule.host == host.as_str() => rule.http.paths.push(path),
            _ => rules.push(HostRule { host: host.shared(), http: HttpRule { paths: vec![path] } }),
        }
    }
    let hosts = rules.iter().map(|rule| rule.host.clone()).collect();
    let tls = exposure
        .secret
        .iter()
        .map(|secret| IngressTls { hosts: Vec::clone(&hosts), secret_name: secret.clone() })
        .collect();
    IngressSpec { ingress_class_name: exposure.class.clone(), rules, tls }
}
