//! Keys of labels and annotations, of an object and of whatever it makes of a template. Delivery, replication, sidecars and
//! clouds are steered by them, so those that do are the platform's to allow.

use super::super::Context;
use crate::names::Scope;
use xks_kubernetes::kinds::is_free_key;
use xks_kubernetes::yaml::Node;

/// Where metadata stands besides at the top.
const TEMPLATES: &[&[&str]] = &[
    &["metadata"],
    &["spec", "template", "metadata"],
    &["spec", "jobTemplate", "metadata"],
    &["spec", "jobTemplate", "spec", "template", "metadata"],
    // Of a Certificate, for its Secret.
    &["spec", "secretTemplate"],
];

/// Finds keys that the platform does not allow: the line, the path and the key.
pub(super) fn check(cx: &Context<'_, '_>, scope: &Scope<'_>, object: &Node<'_>, out: &mut dyn FnMut(u32, &str, &str)) {
    let claims = object.at(&["spec", "volumeClaimTemplates"]).map_or(&[][..], Node::items);
    let claims = claims.iter().enumerate().filter_map(|(index, claim)| {
        Some((format!("spec.volumeClaimTemplates[{index}].metadata"), claim.get("metadata")?))
    });
    let volumes = super::beyond::volume_claims(object)
        .into_iter()
        .filter_map(|(path, claim)| Some((format!("{path}.metadata"), claim.get("metadata")?)));
    let templates = TEMPLATES.iter().filter_map(|path| Some((path.join("."), object.at(path)?)));
    for (path, metadata) in templates.chain(claims).chain(volumes) {
        for field in ["labels", "annotations"] {
            for (key, node) in metadata.get(field).map_or(&[][..], Node::entries) {
                if !is_allowed(cx, scope, key) {
                    out(node.line, &format!("{path}.{field}['{key}']"), key);
                }
            }
        }
    }
}

fn is_allowed(cx: &Context<'_, '_>, scope: &Scope<'_>, key: &str) -> bool {
    is_free_key(key)
        || super::written::is_dropped(key)
        || cx.platform.include_keys.iter().any(|fact| fact.allows(key, &scope.name))
}
