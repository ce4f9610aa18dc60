//! `include`: manifests written by hand, which ride along when they are ones that the API server takes.

use super::{Context, errors};
use crate::model::Include;
use crate::names::Scope;
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_base::diagnostics::Diagnostic;
use xks_base::source::{Sources, Span};
use xks_kubernetes::yaml;
use xks_syntax::ast;

/// API groups that are gone, and where their kinds are now.
const REMOVED: &[(&str, &str)] = &[
    ("extensions/v1beta1", "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "networking.k8s.io/v1"),
    ("cert-manager.io/v1alpha2", "cert-manager.io/v1"),
    ("cert-manager.io/v1alpha3", "cert-manager.io/v1"),
    ("cert-manager.io/v1beta1", "cert-manager.io/v1"),
];

/// The files that `include` names: their paths from the workspace root, and their text or why it could not be read.
pub type Manifests = BTreeMap<String, Result<String, String>>;

/// The path of an included file from the workspace root; `None` when it would lie outside.
pub fn path_of(sources: &Sources, text: &ast::Text) -> Option<String> {
    let folder = sources.get(text.span.file).folder();
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if text.value.starts_with('/') || text.value.contains('\\') {
        return None;
    }
    for part in text.value.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Checks an included file.
pub(super) fn include<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &ast::Include,
    origin: Span,
    manifests: &Manifests,
    out: &mut Vec<Diagnostic>,
) -> Option<Include> {
    let span = node.path.span;
    let Some(path) = path_of(cx.sources, &node.path) else {
        out.push(errors::include_missing(span, &node.path.value, "it lies outside the workspace"));
        return None;
    };
    let text = match manifests.get(&path) {
        Some(Ok(text)) => text,
        Some(Err(why)) => {
            out.push(errors::include_missing(span, &path, why));
            return None;
        }
        None => {
            out.push(errors::include_missing(span, &path, "there is no such file"));
            return None;
        }
    };
    let documents = match yaml::values(text) {
        Ok(documents) => documents,
        Err(unreadable) => {
            out.push(errors::include_invalid(span, &path, "", unreadable.to_string(), ""));
            return None;
        }
    };
    let mut objects = Vec::new();
    for document in &documents {
        objects.extend(object(scope, document, &path, span, out));
    }
    let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
    let name = SmolStr::new(xks_base::values::object_name::part(stem));
    let text = with_namespaces(text, &scope.namespace);
    let placed = yaml::values(&text).unwrap_or_default();
    let all_placed = placed
        .iter()
        .all(|document| document.pointer("/metadata/namespace").and_then(Value::as_str) == Some(&scope.namespace));
    if !all_placed && out.is_empty() {
        let why = "an object has no `metadata.namespace`, and the place for it is not clear".to_string();
        out.push(errors::include_invalid(
            span,
            &path,
            "",
            why,
            &format!("write `namespace: {}` under `metadata:`", scope.namespace),
        ));
    }
    Some(Include { path, name, text, objects, origin })
}

/// The text with the namespace under each `metadata:` that has none, in the writing that people use: `metadata:` at the
/// start of a line, its fields set in below.
fn with_namespaces(text: &str, namespace: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line.trim_end() != "metadata:" {
            continue;
        }
        let indent = lines.peek().map_or(0, |next| next.len() - next.trim_start().len());
        let mut fields = lines.clone().take_while(|next| next.is_empty() || next.starts_with([' ', '#']));
        if indent > 0
            && !fields.any(|field| {
                field.trim_start().starts_with("namespace:") && field.len() - field.trim_start().len() == indent
            })
        {
            out.push_str(&format!("{}namespace: {namespace}\n", " ".repeat(indent)));
        }
    }
    out
}

/// Kinds that belong to the cluster, which no tenant's folder may hold.
const CLUSTER_SCOPED: &[&str] = &[
    "APIService",
    "ClusterIssuer",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
    "ValidatingWebhookConfiguration",
];

/// Checks one manifest: returns its kind and name.
fn object(
    scope: &Scope<'_>,
    document: &Value,
    path: &str,
    span: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<(SmolStr, SmolStr)> {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    if document.get("items").is_some() && text("/kind").is_some_and(|kind| kind.ends_with("List")) {
        let why = "a list is not read".to_string();
        out.push(errors::include_invalid(
            span,
            path,
            "",
            why,
            "write its items as documents of their own, with `---` between them",
        ));
        return None;
    }
    let (Some(version), Some(kind)) = (text("/apiVersion"), text("/kind")) else {
        out.push(errors::include_invalid(span, path, "", "a manifest has no `apiVersion` or no `kind`".into(), ""));
        return None;
    };
    let Some(name) = text("/metadata/name") else {
        if let Some(other) = document.pointer("/metadata/name") {
            let why = format!("its name, {other}, is not a string to every reader of YAML");
            out.push(errors::include_invalid(
                span,
                path,
                &format!("an object of kind {kind}"),
                why,
                "put the name in quotes",
            ));
            return None;
        }
        out.push(errors::include_invalid(
            span,
            path,
            &format!("an object of kind {kind}"),
            "it has no `metadata.name`".into(),
            "",
        ));
        return None;
    };
    let shown = format!("{kind} `{name}`");
    let mut wrong = |why: String, help: &str| out.push(errors::include_invalid(span, path, &shown, why, help));
    if let Some((_, now)) = REMOVED.iter().find(|(gone, _)| *gone == version) {
        wrong(format!("`{version}` no longer exists"), &format!("write `apiVersion: {now}`"));
    }
    match document.pointer("/metadata/namespace") {
        None => {}
        Some(Value::String(namespace)) if *namespace == scope.namespace.as_str() => {}
        Some(other) => wrong(
            format!(
                "its namespace is `{}`, and the tenant's is `{}`",
                other.as_str().unwrap_or("not a string"),
                scope.namespace
            ),
            "remove `metadata.namespace`, or move the file to its tenant",
        ),
    }
    if CLUSTER_SCOPED.contains(&kind) {
        wrong("it belongs to the cluster, not to a namespace".into(), "leave it to the platform");
    }
    for field in ["annotations", "labels"] {
        let values = document.pointer(&format!("/metadata/{field}")).and_then(Value::as_object);
        for (key, value) in values.into_iter().flatten().filter(|(_, value)| !value.is_string()) {
            wrong(
                format!("`{key}: {value}` in `metadata.{field}` is not a string, and the API server refuses it"),
                &format!("write `{key}: \"{value}\"`"),
            );
        }
    }
    if kind == "Ingress" {
        let rules = document.pointer("/spec/rules").and_then(Value::as_array);
        let paths = rules.into_iter().flatten().filter_map(|rule| rule.pointer("/http/paths")?.as_array()).flatten();
        if paths.into_iter().any(|path| path.get("pathType").is_none()) {
            wrong(
                "a path has no `pathType`, which the API server requires".into(),
                "write `pathType: Prefix` beside `path`",
            );
        }
    }
    if kind == "NetworkPolicy" {
        network_policy(document, &shown, path, span, out);
    }
    Some((SmolStr::new(kind), SmolStr::new(name)))
}

/// The traps of hand-written policies.
fn network_policy(document: &Value, shown: &str, path: &str, span: Span, out: &mut Vec<Diagnostic>) {
    let spec = document.get("spec").unwrap_or(&Value::Null);
    let types: Option<Vec<&str>> =
        spec.get("policyTypes").and_then(Value::as_array).map(|types| types.iter().filter_map(Value::as_str).collect());
    for (field, direction, peers) in [("ingress", "Ingress", "from"), ("egress", "Egress", "to")] {
        let rules = spec.get(field).and_then(Value::as_array);
        let listed = types.as_ref().is_none_or(|types| types.contains(&direction));
        if rules.is_some_and(|rules| !rules.is_empty()) && !listed {
            let why = format!("it has `{field}` rules, but `policyTypes` lacks `{direction}`: they are ignored");
            out.push(errors::include_invalid(span, path, shown, why, &format!("add `{direction}` to `policyTypes`")));
        }
        for rule in rules.into_iter().flatten() {
            let list = rule.get(peers).and_then(Value::as_array);
            if list.is_none_or(Vec::is_empty) {
                out.push(errors::include_everyone(span, path, shown, field, peers));
            }
            for peer in list.into_iter().flatten() {
                let selectors = ["podSelector", "namespaceSelector", "ipBlock"];
                if selectors.iter().any(|key| peer.get(key).is_some_and(Value::is_null))
                    || selectors.iter().all(|key| peer.get(key).is_none())
                {
                    let why =
                        format!("a peer under `{field}` selects nothing: a selector without a value counts as missing");
                    out.push(errors::include_invalid(span, path, shown, why, "write `{}` for every pod"));
                }
            }
            let has = |key: &str, other: &str| {
                list.into_iter().flatten().any(|peer| peer.get(key).is_some() && peer.get(other).is_none())
            };
            if has("namespaceSelector", "podSelector") && has("podSelector", "namespaceSelector") {
                out.push(errors::include_split(span, path, shown, field));
            }
        }
    }
}
