//! What a thing is, in Markdown: for hovers, and for the documentation of completions.

use super::declared::{self, link};
use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use std::fmt::Write as _;
use xks_core::diagnostics::suggest::counted;
use xks_core::edge::nginx::annotations::{self, Row};
use xks_core::model::{Match, Namespaces, Tenant, expand};
use xks_core::names::uses::{Kind, Symbol};
use xks_core::source::Span;
use xks_core::syntax::ast::{Body, PeerKind, Place, Selection, Statement};
use xks_core::syntax::format::one_line;
use xks_core::syntax::reference;
use xks_core::values::host::split;
use xks_core::values::label::Requirement;

/// What a symbol stands for.
pub(crate) fn symbol(snapshot: &Snapshot, symbol: &Symbol) -> String {
    let name = &symbol.name;
    let body = match symbol.kind {
        Kind::Tenant => tenant(snapshot, name),
        Kind::App => app(snapshot, symbol),
        Kind::Port | Kind::ServicePort => port(snapshot, symbol),
        Kind::Certificate => certificate(snapshot, symbol),
        Kind::Secret => secret(snapshot, symbol),
        Kind::Environment | Kind::Value => values(snapshot, symbol),
        Kind::Host => claims(snapshot, &[name]),
        Kind::Annotation => annotations::find(name).map_or_else(|| unknown("annotation"), annotation),
        Kind::Lint => lint(name),
        Kind::BuiltIn => built_in(snapshot, name),
        Kind::Issuer => "Issues the certificates of groups that name no other.".to_string(),
        Kind::Service | Kind::External | Kind::Group | Kind::PortSet => declaration(snapshot, symbol),
    };
    let mut out = format!("**{}** `{name}`", word(symbol.kind));
    if let Some(owner) = &symbol.owner {
        let _ = write!(out, " of `{owner}`");
    }
    if let Some(tenant) = symbol.tenant.as_ref().filter(|_| symbol.kind != Kind::Tenant) {
        let _ = write!(out, ", tenant `{tenant}`");
    }
    for part in [body, places(snapshot, symbol)] {
        if !part.is_empty() {
            let _ = write!(out, "\n\n{part}");
        }
    }
    out
}

/// What a kind is called.
pub fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Tenant => "tenant",
        Kind::App => "app",
        Kind::Port | Kind::ServicePort => "port",
        Kind::Service => "service",
        Kind::External => "external",
        Kind::Group => "group",
        Kind::PortSet => "ports",
        Kind::Certificate => "certificate",
        Kind::Secret => "Secret",
        Kind::Issuer => "issuer",
        Kind::Environment => "environment",
        Kind::Value => "value",
        Kind::Host => "host",
        Kind::Annotation => "annotation",
        Kind::Lint => "lint",
        Kind::BuiltIn => "peer",
    }
}

/// The kind that is called so; of several, the first.
pub fn kind_of(word: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| self::word(*kind) == word)
}

const KINDS: [Kind; 17] = [
    Kind::Tenant,
    Kind::App,
    Kind::Port,
    Kind::ServicePort,
    Kind::Service,
    Kind::External,
    Kind::Group,
    Kind::PortSet,
    Kind::Certificate,
    Kind::Secret,
    Kind::Issuer,
    Kind::Environment,
    Kind::Value,
    Kind::Host,
    Kind::Annotation,
    Kind::Lint,
    Kind::BuiltIn,
];

fn unknown(what: &str) -> String {
    format!("No {what} is called so.")
}

/// Where it is declared, if somewhere else than in what was already shown.
fn places(snapshot: &Snapshot, symbol: &Symbol) -> String {
    let declarations = match symbol.kind {
        Kind::Host | Kind::Annotation | Kind::Lint | Kind::BuiltIn | Kind::Secret => return String::new(),
        _ => snapshot.index().declarations(symbol),
    };
    match declarations.as_slice() {
        [] if matches!(symbol.kind, Kind::Certificate | Kind::Port | Kind::Issuer) => String::new(),
        [] => "Not declared.".to_string(),
        some => {
            let links: Vec<String> = some.iter().take(3).map(|span| link(snapshot, *span)).collect();
            format!("Declared in {}", links.join(", "))
        }
    }
}

fn statement(snapshot: &Snapshot, statement: &Statement) -> String {
    format!("```xks\n{}\n```", one_line(snapshot.sources.text(statement.span)))
}

/// The statements that declare a symbol, as they are written.
fn declaration(snapshot: &Snapshot, symbol: &Symbol) -> String {
    let lines = snapshot.index().declarations(symbol).into_iter().filter_map(|span| declared::line_at(snapshot, span));
    let lines: Vec<String> = lines.take(3).collect();
    if lines.is_empty() { String::new() } else { format!("```xks\n{}\n```", lines.join("\n")) }
}

fn tenant(snapshot: &Snapshot, name: &str) -> String {
    let stated = declared::statements(snapshot, name).find(|one| matches!(one.body, Body::Tenant(_)));
    let Some((_, model)) = models(snapshot, name).next() else {
        return "Not in this workspace: what it has is not known, and its half of a rule is its owner's to apply."
            .to_string();
    };
    let apps = snapshot.index().declared(Some(name), Kind::App).len();
    let inside = if model.isolated { "its pods reach each other only by a rule" } else { "its pods reach each other" };
    let mut out = stated.map_or_else(String::new, |one| format!("{}\n\n", statement(snapshot, one)));
    let _ = write!(out, "Namespace `{}`; {}; {inside}.", model.namespace, counted(apps, "declared app"));
    out
}

fn app(snapshot: &Snapshot, symbol: &Symbol) -> String {
    let label = snapshot.analysis().workspaces.first().map(|workspace| &workspace.platform.app_label);
    let implied = format!("{}={}", label.map_or("app", |label| label.as_str()), symbol.name);
    let Some(tenant) = &symbol.tenant else { return format!("The pods labelled `{implied}` of every tenant.") };
    let found = declared::app(snapshot, tenant, &symbol.name);
    let labels = match found {
        Some(app) if !app.labels.is_empty() => {
            let each: Vec<String> =
                app.labels.iter().map(|label| format!("{}={}", label.key.value, label.value.value)).collect();
            each.join(",")
        }
        _ => implied,
    };
    let namespace = models(snapshot, tenant).next().map_or(tenant, |(_, model)| &model.namespace);
    let mut out = format!("The pods labelled `{labels}` in namespace `{namespace}`.");
    let mut names: Vec<&SmolStr> = Vec::new();
    for port in declared::apps(snapshot, tenant, &symbol.name).flat_map(|(_, app)| &app.ports) {
        if !names.contains(&&port.name.value) {
            names.push(&port.name.value);
        }
    }
    for name in names {
        let owner = found.and_then(|app| app.names.first()).map(|owner| owner.value.clone());
        let port = Symbol { kind: Kind::Port, tenant: Some(tenant.clone()), owner, name: name.clone() };
        let _ = write!(out, "\n- port `{name}` {}", declared::numbers(snapshot, &port, &[]).unwrap_or_default());
    }
    out
}

fn port(snapshot: &Snapshot, symbol: &Symbol) -> String {
    if symbol.tenant.is_none() || symbol.owner.is_none() {
        return "A port of the pods, by the name that they give it.".to_string();
    }
    match declared::numbers(snapshot, symbol, &[]) {
        Some(numbers) => format!("Port {numbers}"),
        None => "Its number is not known.".to_string(),
    }
}

/// Its Secret, its issuer, its names and who adds each, in every environment where they differ.
fn certificate(snapshot: &Snapshot, symbol: &Symbol) -> String {
    let Some(tenant) = &symbol.tenant else { return String::new() };
    let mut seen: Vec<(Vec<&str>, String)> = Vec::new();
    for (env, model) in models(snapshot, tenant) {
        let Some(found) = model.certificates.iter().find(|one| one.name == symbol.name) else { continue };
        let names = counted(found.names.len(), "name");
        let mut out = format!("Secret `{}`, issuer `{}`, {names}:", found.secret, found.issuer);
        for name in &found.names {
            let exposures =
                model.exposures.iter().filter(|one| one.tls.as_ref().is_some_and(|tls| tls.secret == found.secret));
            let mut from: Vec<Span> =
                exposures.filter(|one| one.matches.iter().any(|one| one.host == *name)).map(|one| one.origin).collect();
            if from.is_empty() {
                let stated = |span: &&Span| snapshot.sources.text(**span).starts_with("certificate");
                from.extend(found.origins.iter().filter(stated));
            }
            from.sort();
            from.dedup();
            let links: Vec<String> = from.iter().map(|span| link(snapshot, *span)).collect();
            let _ = write!(out, "\n- `{}` from {}", name.as_str(), links.join(", "));
        }
        match seen.iter_mut().find(|(_, known)| *known == out) {
            Some((envs, _)) => envs.extend(env),
            None => seen.push((env.into_iter().collect(), out)),
        }
    }
    let several = seen.len() > 1;
    let one = |(envs, text): (Vec<&str>, String)| {
        if several && !envs.is_empty() { format!("In {}: {text}", envs.join(", ")) } else { text }
    };
    seen.into_iter().map(one).collect::<Vec<_>>().join("\n\n")
}

fn secret(snapshot: &Snapshot, symbol: &Symbol) -> String {
    let tenant = symbol.tenant.as_deref().unwrap_or_default();
    let found =
        models(snapshot, tenant).flat_map(|(_, model)| &model.certificates).find(|one| one.secret == symbol.name);
    match found {
        Some(certificate) => format!("Written by the certificate `{}`.", certificate.name),
        None => "A Secret of this tenant that somebody else writes.".to_string(),
    }
}

/// An environment's values, or a value in each environment.
fn values(snapshot: &Snapshot, symbol: &Symbol) -> String {
    let Some(workspace) = snapshot.analysis().workspaces.first() else { return String::new() };
    let envs = &workspace.platform.envs;
    let rows: Vec<String> = match symbol.kind {
        Kind::Environment => {
            let env = envs.iter().find(|env| env.name == symbol.name);
            env.into_iter().flat_map(|env| &env.values).map(|(key, value)| format!("- `{key}` = `{value}`")).collect()
        }
        _ => envs
            .iter()
            .filter_map(|env| {
                let (_, value) = env.values.iter().find(|(key, _)| *key == symbol.name)?;
                Some(format!("- `{value}` in {}", env.name))
            })
            .collect(),
    };
    rows.join("\n")
}

/// A peer that the language knows, with its addresses where the platform states them.
fn built_in(snapshot: &Snapshot, name: &str) -> String {
    let mut out = reference::peer(name).map_or_else(String::new, |entry| entry.text);
    let Some(workspace) = snapshot.analysis().workspaces.first() else { return out };
    let ranges = match name {
        "kube-api" => &workspace.platform.kube_api,
        "nodes" => &workspace.platform.node_ranges,
        "metadata" => &workspace.platform.metadata,
        _ => return out,
    };
    let ranges: Vec<String> = ranges.iter().map(|range| format!("`{range}`")).collect();
    if !ranges.is_empty() {
        let _ = write!(out, "\n\nHere: {}.", ranges.join(", "));
    }
    out
}

/// The most tenants that are listed.
const MOST_TENANTS: usize = 10;

/// Which pods or addresses a peer selects that is no single name.
pub(crate) fn peer(snapshot: &Snapshot, own: Option<&SmolStr>, kind: &PeerKind) -> Option<String> {
    let (place, selection) = match kind {
        PeerKind::Pods(Place::Here | Place::Team(_), Selection::App(_)) => return None,
        PeerKind::Pods(place, selection) => (place, selection),
        PeerKind::Range(range, except) => {
            let range = &range.value;
            let mut out = format!("The addresses `{}` to `{}`", range.network(), range.broadcast());
            let holes: Vec<String> = except.iter().map(|hole| format!("`{}`", hole.value)).collect();
            if !holes.is_empty() {
                let _ = write!(out, " without {}", holes.join(", "));
            }
            return Some(out + ".");
        }
        PeerKind::Word(_) | PeerKind::Ingress(_) | PeerKind::Dns(_) => return None,
    };
    let workspace = snapshot.analysis().workspaces.first()?;
    let joined = |all: &[Requirement]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let pods = match selection {
        Selection::All => "Every pod".to_string(),
        Selection::App(name) => format!("The pods labelled `{}={}`", workspace.platform.app_label, name.value),
        Selection::Labelled(requirements) => format!("The pods with the labels `{}`", joined(requirements)),
    };
    let namespaces = match place {
        Place::Here | Place::Team(_) => {
            let tenant = if let Place::Team(team) = place { Some(&team.value) } else { own }?;
            let namespace = models(snapshot, tenant).next().map_or(tenant, |(_, model)| &model.namespace);
            return Some(format!("{pods} in namespace `{namespace}`."));
        }
        Place::Every => None,
        Place::Labelled(requirements) => Some(requirements),
    };
    let held = |tenant: &&Tenant| {
        namespaces.is_none_or(|all| workspace.hold(&Namespaces::Labelled(all.as_slice().into()), tenant))
    };
    let tenants: Vec<String> = workspace.tenants().filter(held).map(|tenant| format!("`{}`", tenant.name)).collect();
    let listed = tenants.iter().take(MOST_TENANTS).cloned().collect::<Vec<_>>().join(", ");
    let more = tenants.len().saturating_sub(MOST_TENANTS);
    let listed = if more > 0 { format!("{listed} and {more} more") } else { listed };
    Some(match namespaces {
        None => format!("{pods} of every tenant: {listed}."),
        Some(all) if tenants.is_empty() => {
            format!("{pods} in namespaces labelled `{}`: no tenant of this workspace has these labels.", joined(all))
        }
        Some(all) => format!("{pods} in namespaces labelled `{}`: {listed}.", joined(all)),
    })
}

/// What a host with `${…}` is in each environment that has the values, and who claims it.
pub(crate) fn expanded(snapshot: &Snapshot, text: &str) -> String {
    let Some(workspace) = snapshot.analysis().workspaces.first() else { return String::new() };
    let envs = workspace.platform.envs.iter();
    let values: Vec<(SmolStr, &SmolStr)> =
        envs.filter_map(|env| Some((expand(Some(env), text).ok()?, &env.name))).collect();
    let rows: Vec<String> = values.iter().map(|(value, env)| format!("- `{value}` in {env}")).collect();
    let hosts: Vec<&str> = values.iter().map(|(value, _)| split(value).0).collect();
    let claims = claims(snapshot, &hosts);
    if claims.is_empty() { rows.join("\n") } else { format!("{}\n\n{claims}", rows.join("\n")) }
}

/// Who claims one of some hosts, with which path, for whom.
fn claims(snapshot: &Snapshot, names: &[&str]) -> String {
    let mut rows: Vec<String> = Vec::new();
    for tenant in snapshot.analysis().workspaces.iter().flat_map(xks_core::model::Workspace::tenants) {
        for exposure in &tenant.exposures {
            for Match { host, path } in exposure.matches.iter().filter(|one| names.contains(&one.host.as_str())) {
                let access = exposure.access.word();
                let (who, target, at) = (&tenant.name, &exposure.target, link(snapshot, exposure.origin));
                let shown = xks_core::values::host::shown(host, path);
                rows.push(format!("- `{shown}`, {access}: `{target}` of tenant `{who}`, {at}"));
            }
        }
    }
    rows.sort();
    rows.dedup();
    if rows.is_empty() { String::new() } else { format!("Claimed by\n{}", rows.join("\n")) }
}

/// An annotation: meaning, type, risk.
pub(crate) fn annotation(row: &Row) -> String {
    let mut out = format!("{}\n\n- type: {}\n- risk: {:?}", row.summary, kind(row), row.risk);
    if let Some(default) = &row.default {
        let _ = write!(out, "\n- default: {default}");
    }
    if !row.aliases.is_empty() {
        let names: Vec<String> = row.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let _ = write!(out, "\n- older names: {}", names.join(", "));
    }
    out
}

/// What an annotation takes, in a few words.
pub(crate) fn kind(row: &Row) -> String {
    if !row.words.is_empty() {
        let words: Vec<String> = row.words.iter().map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if let Some(form) = &row.form {
        return form.to_string();
    }
    match row.kind {
        annotations::Kind::Bool => "`true` or `false`".to_string(),
        annotations::Kind::Int => match (row.range, row.unit.as_deref()) {
            (Some([least, most]), unit) => format!("{least} to {most} {}", unit.unwrap_or_default()).trim().to_string(),
            (None, Some(unit)) => format!("a number of {unit}"),
            (None, None) => "a number".to_string(),
        },
        kind => spaced(&format!("{kind:?}")),
    }
}

/// `SecretRef` as `secret ref`.
fn spaced(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn lint(name: &str) -> String {
    let Some(code) = xks_core::codes().into_iter().find(|code| code.lint && code.name == name) else {
        return unknown("lint");
    };
    format!("{}\n\nLevel `{}` unless `platform` says otherwise.", code.summary, code.level.severity())
}

/// What the reference says of a word.
pub(crate) fn entry(entry: &reference::Entry) -> String {
    format!("```xks\n{}\n```\n\n{}", entry.form, plain_links(&entry.text))
}

/// Markdown without the links to sections of a page that is not shown.
pub(crate) fn plain_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        out.push_str(before);
        match link.split_once("](#").and_then(|(label, tail)| Some((label, tail.split_once(')')?.1))) {
            Some((label, tail)) if !label.contains(']') => {
                out.push_str(label);
                rest = tail;
            }
            _ => {
                out.push('[');
                rest = link;
            }
        }
    }
    out + rest
}

/// A tenant in each environment.
pub(crate) fn models<'s>(snapshot: &'s Snapshot, name: &str) -> impl Iterator<Item = (Option<&'s str>, &'s Tenant)> {
    snapshot.analysis().workspaces.iter().filter_map(move |workspace| {
        let at = workspace.tenants.binary_search_by(|tenant| tenant.name.as_str().cmp(name)).ok()?;
        Some((workspace.env.as_deref(), &*workspace.tenants[at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_sections_become_words() {
        assert_eq!(plain_links("see [the mesh](#the-mesh), [expose]."), "see the mesh, [expose].");
        assert_eq!(plain_links("a `[port N]` [b](#c)"), "a `[port N]` b");
    }
}
