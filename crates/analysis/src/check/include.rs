//! `include`: manifests written by hand, which ride along when they are ones that the API server takes and that stay within
//! what a tenant may have. They are read into values, and written from these.

mod beyond;
mod errors;
mod keys;
pub(super) mod upstreams;
mod written;

use super::Context;
use super::errors::Spot;
use crate::model::{Include, Place};
use crate::names::Scope;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_base::diagnostics::Diagnostic;
use xks_base::source::{Sources, Span};
use xks_kubernetes::kinds::{self, Standing};
use xks_kubernetes::validate::{self, Effect};
use xks_kubernetes::yaml::{self, Node, Value};
use xks_syntax::ast;

pub use errors::CODES;

/// The files that `include` names: their paths from the workspace root, and their text or why it could not be read.
pub type Manifests = BTreeMap<String, Result<String, String>>;

/// How many lists may lie in each other.
const LISTS: usize = 8;

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

/// An included file that could be read.
pub(super) struct File<'m> {
    pub(super) path: String,
    /// The words that name it.
    pub(super) span: Span,
    /// Its objects, those of lists one by one.
    pub(super) objects: Vec<Node<'m>>,
}

/// Reads a file that a tenant includes.
pub(super) fn read<'m>(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    node: &ast::Include,
    manifests: &'m Manifests,
    out: &mut Vec<Diagnostic>,
) -> Option<File<'m>> {
    let span = node.path.span;
    let Some(path) = path_of(cx.sources, &node.path) else {
        out.push(errors::missing(span, &node.path.value, "it lies outside the workspace"));
        return None;
    };
    if cx.platform.ownership.is_stated() {
        let place = cx.platform.ownership.place(&path, &cx.platform.output);
        if !matches!(&place, Place::Platform) && place != Place::Tenant(scope.name.clone()) {
            let folders = cx.platform.ownership.folders(&scope.name);
            out.push(crate::names::errors::include_not_yours(span, &path, &scope.name, &folders));
        }
    }
    let text = match manifests.get(&path) {
        Some(Ok(text)) => text,
        Some(Err(why)) => {
            out.push(errors::missing(span, &path, why));
            return None;
        }
        None => {
            out.push(errors::missing(span, &path, "there is no such file"));
            return None;
        }
    };
    let documents = match yaml::unambiguous(text) {
        Ok(documents) => documents,
        Err(unreadable) => {
            out.push(errors::unreadable(span, &path, &unreadable.to_string()));
            return None;
        }
    };
    let mut objects = Vec::with_capacity(documents.len());
    for document in documents {
        if let Err(why) = flatten(document, LISTS, &mut objects) {
            out.push(errors::unreadable(span, &path, why));
            return None;
        }
    }
    if objects.is_empty() {
        out.push(errors::unreadable(span, &path, "there is no object in it"));
    }
    Some(File { path, span, objects })
}

/// Takes lists apart.
fn flatten<'m>(node: Node<'m>, depth: usize, out: &mut Vec<Node<'m>>) -> Result<(), &'static str> {
    let is_list = node.get("kind").and_then(Node::as_str).is_some_and(|kind| kind.ends_with("List"));
    if !is_list || node.get("items").is_none() {
        out.push(node);
        return Ok(());
    }
    if depth == 0 {
        return Err("lists lie too deep in each other");
    }
    let Value::Map(entries) = node.value else { return Ok(()) };
    let items = entries.into_iter().find(|(key, _)| key == "items").map(|(_, items)| items.value);
    match items {
        Some(Value::List(items)) => items.into_iter().try_for_each(|item| flatten(item, depth - 1, out)),
        _ => Err("the `items` of a list are no list"),
    }
}

/// Checks the objects of an included file, and writes them.
pub(super) fn include(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    file: &File<'_>,
    origin: Span,
    out: &mut Vec<Diagnostic>,
) -> Include {
    let mut objects = Vec::new();
    let mut text = String::new();
    for node in &file.objects {
        let before = out.len();
        if let Some(object) = object(cx, scope, file, node, out) {
            objects.push(object);
        }
        if !out[before..].iter().any(Diagnostic::is_error) {
            written::document(node, &scope.namespace, &mut text);
        }
    }
    let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
    let name = SmolStr::new(xks_base::values::object_name::part(stem));
    Include { path: file.path.clone(), name, text, objects, origin }
}

/// Where something of an object stands.
fn spot<'a>(node: &'a Node<'_>, file: &'a File<'_>) -> impl Fn(u32) -> Spot + 'a {
    let kind = node.get("kind").and_then(Node::as_str).unwrap_or("an object");
    let title = match node.at(&["metadata", "name"]).and_then(Node::as_str) {
        Some(name) => format!("{kind} `{name}`"),
        None => kind.to_string(),
    };
    move |line| Spot::new(title.clone(), &file.path, line)
}

/// Checks one object: returns its kind and name.
fn object(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    file: &File<'_>,
    node: &Node<'_>,
    out: &mut Vec<Diagnostic>,
) -> Option<(SmolStr, SmolStr)> {
    let (span, spot) = (file.span, spot(node, file));
    let text = |path: &[&str]| node.at(path).and_then(Node::as_str);
    let (Some(version), Some(kind)) = (text(&["apiVersion"]), text(&["kind"])) else {
        let why = match node.value {
            Value::Map(_) => "it has no `apiVersion` or no `kind`".to_string(),
            _ => format!("it is no Kubernetes object but {}", node.describe()),
        };
        out.push(spot(node.line).said(errors::invalid(span, &why)));
        return None;
    };
    let group = version.rsplit_once('/').map_or("", |(group, _)| group);
    kind_is_allowed(cx, scope, node, (group, kind), span, &spot, out);
    for finding in validate::object(node) {
        let said = finding.to_string();
        let diagnostic = match finding.effect {
            Effect::Refused | Effect::RefusedIfStrict => errors::invalid(span, &said),
            // Stricter than the API server: a rule that does nothing was meant to do something.
            Effect::Ignored => errors::ignored(span, &said),
        };
        out.push(spot(finding.line).said(diagnostic));
    }
    if let Some(namespace) = node.at(&["metadata", "namespace"])
        && namespace.as_str() != Some(&scope.namespace)
    {
        let diagnostic = errors::namespace(span, &namespace.describe(), &scope.namespace);
        out.push(spot(namespace.line).said(diagnostic));
    }
    beyond::check(node, kind, &scope.namespace, &mut |line, why, help| {
        out.push(spot(line).said(errors::beyond(span, &why, help)));
    });
    keys::check(cx, scope, node, &mut |line, path, key| {
        out.push(spot(line).said(errors::key(span, path, key, &scope.name)));
    });
    let dropped = written::dropped(node);
    if !dropped.is_empty() {
        out.push(spot(node.line).said(errors::changed(span, &dropped)));
    }
    if let Some(label) = written::managed_by(node) {
        out.push(spot(label.line).said(errors::managed_by(span, label.as_str().unwrap_or_default())));
    }
    if (group, kind) == ("networking.k8s.io", "NetworkPolicy") {
        network_policy(node, span, &spot, out);
    }
    let Some(name) = text(&["metadata", "name"]) else {
        if kinds::standing(group, kind) != Standing::Free {
            out.push(spot(node.line).said(errors::invalid(span, "`metadata.name` is missing")));
        }
        return None;
    };
    reserved(cx, (kind, name), span, out, &|diagnostic| spot(node.line).said(diagnostic));
    let secret = match kind {
        "Certificate" => text(&["spec", "secretName"]),
        "SealedSecret" => Some(name),
        _ => None,
    };
    if let Some(secret) = secret {
        reserved(cx, ("Secret", secret), span, out, &|diagnostic| spot(node.line).said(diagnostic));
    }
    Some((SmolStr::new(kind), SmolStr::new(name)))
}

fn kind_is_allowed(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    node: &Node<'_>,
    (group, kind): (&str, &str),
    span: Span,
    spot: &dyn Fn(u32) -> Spot,
    out: &mut Vec<Diagnostic>,
) {
    let at = node.get("kind").map_or(node.line, |kind| kind.line);
    match kinds::standing(group, kind) {
        Standing::Free => {}
        Standing::Never(why) => out.push(spot(at).said(errors::kind_never(span, kind, why))),
        // A group that is gone, which is said where the object is validated.
        Standing::AskFor(_) if group == "extensions" => {}
        Standing::AskFor(why) => {
            let written = if group.is_empty() { kind.to_string() } else { format!("{group}/{kind}") };
            if !cx.platform.include_kinds.iter().any(|fact| fact.allows(&written, &scope.name)) {
                out.push(spot(at).said(errors::kind_asked_for(span, kind, &written, why, &scope.name)));
            }
        }
    }
}

/// Names that the platform keeps: of the policy that the cluster has in each namespace, and those that it states.
fn reserved(
    cx: &Context<'_, '_>,
    (kind, name): (&str, &str),
    span: Span,
    out: &mut Vec<Diagnostic>,
    said: &dyn Fn(Diagnostic) -> Diagnostic,
) {
    let provided = cx.platform.default_deny_provided.as_deref();
    if kind == "NetworkPolicy" && provided == Some(name) {
        out.push(said(errors::reserved(span, cx.platform.fact("default-deny"))));
    }
    if let Some(fact) = cx.platform.reserved.iter().find(|fact| fact.kind == kind && fact.name == name) {
        out.push(said(errors::reserved(span, Some(fact.span))));
    }
}

/// The traps of hand-written policies.
fn network_policy(node: &Node<'_>, span: Span, spot: &dyn Fn(u32) -> Spot, out: &mut Vec<Diagnostic>) {
    for (field, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in node.at(&["spec", field]).map_or(&[][..], Node::items) {
            let list = rule.get(peers).map_or(&[][..], Node::items);
            if list.is_empty() {
                out.push(spot(rule.line).said(errors::everyone(span, field, peers)));
            }
            let has =
                |key: &str, other: &str| list.iter().any(|peer| peer.get(key).is_some() && peer.get(other).is_none());
            if has("namespaceSelector", "podSelector") && has("podSelector", "namespaceSelector") {
                out.push(spot(rule.line).said(errors::split(span, field)));
            }
        }
    }
}
