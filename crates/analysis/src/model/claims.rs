//! What a workspace claims, in the nouns of [`xks_kubernetes::edge::claims`]: of the model what
//! [`xks_kubernetes::cluster::claims`] is of objects.

use super::{Exposure, External, PathMatch, Platform, Remote, Tenant, Workspace};
use smol_str::SmolStr;
use std::sync::Arc;
use xks_base::values::port::Protocol;
use xks_kubernetes::edge::claims::{self, Behind, Certificate, Claimant, Claims, Route, Secret, Upstream, secrets_of};

/// What the statements of a workspace claim. What rides along by `include` is not among it.
pub fn claims(workspace: &Workspace) -> Claims {
    let mut claims = Claims::default();
    for tenant in workspace.tenants() {
        let claimant = |name: &SmolStr| Claimant { namespace: tenant.namespace.clone(), name: name.clone() };
        for exposure in &tenant.exposures {
            let by = claimant(&exposure.name);
            claims.routes.extend(routes(&workspace.platform, exposure, &by));
            let served = exposure.tls.iter().map(|tls| (tenant.namespace.clone(), tls.secret.clone()));
            let read = secrets_of(&exposure.behavior, &tenant.namespace);
            claims.secrets.extend(served.chain(read).map(|(namespace, name)| Secret {
                by: ("Ingress", by.clone()),
                namespace,
                name,
            }));
        }
        for certificate in &tenant.certificates {
            let by = claimant(&certificate.name);
            claims.secrets.push(Secret {
                by: ("Certificate", by.clone()),
                namespace: tenant.namespace.clone(),
                name: certificate.secret.clone(),
            });
            claims.certificates.push(Certificate {
                by,
                names: certificate.names.iter().map(|name| name.shared()).collect(),
                secret: certificate.secret.clone(),
                issuer: (certificate.issuer_kind.clone(), certificate.issuer.clone()),
            });
        }
        claims.upstreams.extend(upstreams(tenant));
    }
    claims.sorted()
}

fn routes(platform: &Platform, exposure: &Exposure, by: &Claimant) -> Vec<Route> {
    let behavior = Arc::new(exposure.behavior.clone());
    let route = |found: &super::Match| Route {
        by: by.clone(),
        class: Some(platform.class(exposure.access)),
        host: Some(found.host.shared()),
        path: found.path.shared(),
        path_match: match exposure.path_match {
            PathMatch::Prefix => claims::PathMatch::Prefix,
            PathMatch::Exact => claims::PathMatch::Exact,
            PathMatch::Regex => claims::PathMatch::Controller,
        },
        backend: Some(exposure.backend.clone()),
        tls: exposure.tls.is_some(),
        behavior: Arc::clone(&behavior),
    };
    exposure.matches.iter().map(route).collect()
}

fn upstreams(tenant: &Tenant) -> impl Iterator<Item = Upstream> {
    let by = |name: &SmolStr| Claimant { namespace: tenant.namespace.clone(), name: name.clone() };
    let services = tenant.services.iter().map(move |service| {
        let ports = service.ports.iter();
        let mut ports: Vec<_> =
            ports.map(|port| (port.port, port.protocol, (port.target != port.port).then_some(port.target))).collect();
        ports.sort();
        Upstream { by: by(&service.name), to: Behind::Pods(service.selector.clone()), ports }
    });
    let externals = tenant.externals.iter().map(move |external: &External| {
        let to = match &external.remote {
            Remote::Host(host) => Behind::Name(host.shared()),
            Remote::Addresses(addresses) => Behind::Addresses(addresses.clone()),
        };
        let ports = external.port.iter().map(|port| (*port, Protocol::Tcp, None)).collect();
        Upstream { by: by(&external.name), to, ports }
    });
    services.chain(externals)
}
