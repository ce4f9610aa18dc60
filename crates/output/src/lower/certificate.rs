//! Certificates of cert-manager, one for each group.

use super::{Origin, Resource, metadata};
use xks_analysis::model::Tenant;
use xks_kubernetes::k8s::{CertificateSpec, IssuerRef, Object, Spec, WithSpec};

pub(super) fn lower(tenant: &Tenant, out: &mut Vec<Resource>) {
    for certificate in &tenant.certificates {
        let spec = CertificateSpec {
            // Without a kind cert-manager looks for an Issuer in the namespace.
            issuer_ref: IssuerRef {
                group: "cert-manager.io",
                kind: certificate.issuer_kind.clone(),
                name: certificate.issuer.clone(),
            },
            dns_names: certificate.names.iter().map(|name| name.shared()).collect(),
            secret_name: certificate.secret.clone(),
        };
        let object = WithSpec {
            api_version: "cert-manager.io/v1",
            kind: "Certificate",
            metadata: metadata(&tenant.namespace, certificate.name.clone()),
            spec: Spec::Certificate(spec),
        };
        out.push(Resource {
            object: Object::WithSpec(object),
            origin: Origin::Statements(certificate.origins.clone()),
        });
    }
}
