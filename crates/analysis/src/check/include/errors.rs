//! What can be wrong with an included file and its objects, in words.

use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::source::Span;

codes! {
    INCLUDE_MISSING = "include-missing", Deny, "an included file cannot be read";
    INCLUDE_INVALID = "include-invalid", Deny, "an included manifest is not one that the API server takes";
    INCLUDE_KIND = "include-kind", Deny, "an included object is of a kind that the platform does not allow";
    INCLUDE_KEY = "include-key", Deny, "an included object has a label or annotation that the platform does not allow";
    INCLUDE_BEYOND = "include-beyond", Deny, "an included object asks for more than a tenant may have";
    RESERVED_NAME = "reserved-name", Deny, "an object has a name that the platform keeps for its own";
    INCLUDE_CHANGED = "include-changed", Note (lint), "an included object is written otherwise than it stands in its file";
    SUSPICIOUS_INCLUDE = "suspicious-include", Warn (lint), "a policy in an included file opens more than it seems to";
}

pub(super) fn missing(span: Span, path: &str, why: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_MISSING, span, format!("`{path}` cannot be read")).label(why)
}

pub(super) fn unreadable(span: Span, path: &str, why: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_INVALID, span, format!("`{path}`: {why}"))
}

pub(super) fn invalid(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_INVALID, span, why)
}

pub(super) fn ignored(span: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_INVALID, span, why)
        .note("the API server takes this, but the policy then does not do what it says")
}

pub(super) fn namespace(span: Span, written: &str, own: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_INVALID, span, format!("`metadata.namespace` is {written}, and the tenant's is `{own}`"))
        .help("remove `metadata.namespace`, or include the file from its own tenant")
}

pub(super) fn kind_never(span: Span, kind: &str, why: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_KIND, span, format!("no tenant may include an object of kind {kind}"))
        .label(why)
        .help("leave it to the platform")
}

pub(super) fn kind_asked_for(span: Span, kind: &str, written: &str, why: &str, tenant: &str) -> Diagnostic {
    let message = format!("the platform does not let `{tenant}` include an object of kind {kind}");
    Diagnostic::new(&INCLUDE_KIND, span, message)
        .label(why)
        .help(format!("remove it, or have the platform state `include-kinds {written} to {tenant}`"))
        .withdrawal()
}

pub(super) fn key(span: Span, path: &str, key: &str, tenant: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_KEY, span, format!("the platform does not let `{tenant}` set `{path}`"))
        .label("it may steer who delivers, changes or runs the object")
        .help(format!("remove it, or have the platform state `include-keys {key} to {tenant}`"))
        .withdrawal()
}

pub(super) fn beyond(span: Span, why: &str, help: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(&INCLUDE_BEYOND, span, why);
    if help.is_empty() { diagnostic } else { diagnostic.help(help) }
}

pub(super) fn reserved(span: Span, fact: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&RESERVED_NAME, span, "the platform keeps this name for its own object")
        .help("give the object another name")
        .withdrawal();
    match fact {
        Some(fact) => diagnostic.secondary(fact, "the platform says so"),
        None => diagnostic,
    }
}

pub(super) fn changed(span: Span, fields: &[String]) -> Diagnostic {
    let names: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
    Diagnostic::new(&INCLUDE_CHANGED, span, format!("{} is left out", names.join(", ")))
        .note("the API server sets it itself")
}

pub(super) fn managed_by(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(&INCLUDE_CHANGED, span, format!("`app.kubernetes.io/managed-by: {written}` becomes `xks`"))
        .note("xks removes its own objects by this label")
}

pub(super) fn everyone(span: Span, field: &str, peers: &str) -> Diagnostic {
    Diagnostic::new(&SUSPICIOUS_INCLUDE, span, format!("a rule under `{field}` names no peer, which means everyone"))
        .help(format!("name the peers under `{peers}`, or remove the rule"))
}

pub(super) fn split(span: Span, field: &str) -> Diagnostic {
    let message = format!("under `{field}` a namespace and pods are two peers, not one");
    Diagnostic::new(&SUSPICIOUS_INCLUDE, span, message)
        .note("it opens every pod of those namespaces, and besides the selected pods of this one")
        .help("for the selected pods of those namespaces, write both selectors in one list item")
}
