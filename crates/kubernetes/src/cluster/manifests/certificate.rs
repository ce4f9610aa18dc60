//! cert-manager's `Certificate`: what it names, where it is written, and by whom. cert-manager checks it, not the API server.

use super::super::objects::Certificate;
use super::object::Object;

pub(super) fn certificate(object: &mut Object<'_>) -> Certificate {
    let spec = object.map(Some(object.node), "spec");
    let issuer = object.map(spec, "issuerRef");
    let mut names = object.texts(spec, "dnsNames");
    names.extend(object.text(spec, "commonName").filter(|name| !name.is_empty()));
    Certificate {
        namespace: object.namespace.into(),
        name: object.name.into(),
        names,
        secret: object.text(spec, "secretName").unwrap_or_default(),
        // cert-manager looks for an Issuer of the namespace where no kind stands.
        issuer_kind: object.text(issuer, "kind").unwrap_or_else(|| "Issuer".into()),
        issuer: object.text(issuer, "name").unwrap_or_default(),
        place: object.place,
    }
}
