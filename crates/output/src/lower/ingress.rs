//! Ingresses, one for each `expose`.

use super::{Origin, Resource, metadata};
use xks_analysis::model::{Exposure, Match, PathMatch, Platform, Tenant};
use xks_kubernetes::edge::claims::BackendPort;
use xks_kubernetes::edge::nginx;
use xks_kubernetes::k8s::{
    Backend, HostRule, HttpPath, HttpRule, IngressSpec, IngressTls, Map, Object, ServiceBackend, ServiceBackendPort,
    Spec, WithSpec,
};

pub(super) fn lower(platform: &Platform, tenant: &Tenant, out: &mut Vec<Resource>) {
    for exposure in &tenant.exposures {
        let mut meta = metadata(&tenant.namespace, exposure.name.clone());
        meta.annotations = Map(nginx::annotate(&exposure.behavior));
        let object = WithSpec {
            api_version: "networking.k8s.io/v1",
            kind: "Ingress",
            metadata: meta,
            spec: Spec::Ingress(spec(platform, exposure)),
        };
        out.push(Resource { object: Object::WithSpec(object), origin: Origin::Statements(vec![exposure.origin]) });
    }
}

fn spec(platform: &Platform, exposure: &Exposure) -> IngressSpec {
    let path_type = match exposure.path_match {
        PathMatch::Prefix => "Prefix",
        PathMatch::Exact => "Exact",
        PathMatch::Regex => "ImplementationSpecific",
    };
    let port = match &exposure.backend.port {
        BackendPort::Name(name) => ServiceBackendPort { name: Some(name.clone()), number: None },
        BackendPort::Number(number) => ServiceBackendPort { name: None, number: Some(*number) },
    };
    let backend = Backend { service: ServiceBackend { name: exposure.backend.service.clone(), port } };
    let mut sorted: Vec<&Match> = exposure.matches.iter().collect();
    sorted.sort();
    let mut rules: Vec<HostRule> = Vec::new();
    for Match { host, path } in sorted {
        let path = HttpPath { path: path.shared(), path_type, backend: backend.clone() };
        match rules.last_mut() {
            Some(rule) if rule.host == host.as_str() => rule.http.paths.push(path),
            _ => rules.push(HostRule { host: host.shared(), http: HttpRule { paths: vec![path] } }),
        }
    }
    let hosts = rules.iter().map(|rule| rule.host.clone()).collect();
    let tls = exposure
        .tls
        .iter()
        .map(|tls| IngressTls { hosts: Vec::clone(&hosts), secret_name: tls.secret.clone() })
        .collect();
    IngressSpec { ingress_class_name: platform.class(exposure.access), rules, tls }
}
