//! cert-manager's `Certificate`: what it names, where it is written, and by whom.

use super::super::objects::Certificate;
use super::object::{Object, map, text, texts};

pub(super) fn certificate(object: &Object<'_>) -> Certificate {
    let spec = object.node.get("spec");
    let issuer = map(spec, "issuerRef");
    let mut names = texts(spec, "dnsNames");
    names.extend(text(spec, "commonName").filter(|name| !name.is_empty()));
    Certificate {
        namespace: object.namespace.into(),
        name: object.name.into(),
        names,
        secret: text(spec, "secretName").unwrap_or_default(),
        // cert-manager looks for an Issuer of the namespace where no kind stands.
        issuer_kind: text(issuer, "kind").unwrap_or_else(|| "Issuer".into()),
        issuer: text(issuer, "name").unwrap_or_default(),
        place: object.place,
    }
}
