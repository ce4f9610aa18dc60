//! Who may connect to an app, and what an app may connect to: the flows that the policies of a build permit. One half of a
//! connection is not enough in a cluster that denies by default, so edges of which only one half is written say so.

use crate::snapshot::{At, Snapshot};
use serde_json::json;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use tower_lsp_server::gen_lsp_types::{
    CallHierarchyIncomingCall, CallHierarchyItem, CallHierarchyOutgoingCall, Range, SymbolKind,
};
use xks::model::{End, Flow, Namespaces, Pods, Port, ports_cover};
use xks::names::uses::{Kind, Symbol};
use xks::source::Span;
use xks::values::port::PortRef;

/// One end of a connection as the client holds it between its questions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Party {
    /// The tenant, of pods of one.
    tenant: Option<SmolStr>,
    /// The app, or what else it is called.
    name: SmolStr,
}

/// The app or tenant at a place.
pub(crate) fn prepare(snapshot: &Snapshot, at: At) -> Option<Vec<CallHierarchyItem>> {
    let symbol = snapshot.index().at(at.file, at.offset)?.symbol;
    let party = match symbol.kind {
        Kind::App => Party { tenant: Some(symbol.tenant.clone()?), name: symbol.name.clone() },
        Kind::Tenant => Party { tenant: Some(symbol.name.clone()), name: SmolStr::new_static("*") },
        Kind::Service => Party { tenant: symbol.tenant.clone(), name: app_behind(snapshot, &symbol)? },
        _ => return None,
    };
    Some(vec![item(snapshot, &party, None, None)])
}

/// Who may connect to a party.
pub(crate) fn incoming(snapshot: &Snapshot, item: &CallHierarchyItem) -> Option<Vec<CallHierarchyIncomingCall>> {
    let party = party_of(item)?;
    let calls = edges(snapshot, |flow| touches(&flow.to, &party), |flow| parties(snapshot, &flow.from));
    let call = |(from, edge): (Party, Edge)| {
        let place = edge.origins.first().copied();
        let from = self::item(snapshot, &from, edge.detail(), place);
        let from_ranges = edge.ranges(snapshot, &from);
        CallHierarchyIncomingCall { from, from_ranges }
    };
    Some(calls.into_iter().map(call).collect())
}

/// What a party may connect to.
pub(crate) fn outgoing(snapshot: &Snapshot, item: &CallHierarchyItem) -> Option<Vec<CallHierarchyOutgoingCall>> {
    let party = party_of(item)?;
    let calls = edges(snapshot, |flow| touches(&flow.from, &party), |flow| parties(snapshot, &flow.to));
    let call = |(to, edge): (Party, Edge)| {
        let from_ranges = edge.ranges(snapshot, item);
        let to = self::item(snapshot, &to, edge.detail(), edge.origins.first().copied());
        CallHierarchyOutgoingCall { to, from_ranges }
    };
    Some(calls.into_iter().map(call).collect())
}

/// The connections between two parties.
#[derive(Debug, Default)]
struct Edge {
    origins: Vec<Span>,
    /// The ports, as they are shown.
    ports: Vec<String>,
    /// What is missing, if one half of all of them is.
    missing: Option<&'static str>,
}

impl Edge {
    fn detail(&self) -> Option<String> {
        let ports =
            if self.ports.iter().any(String::is_empty) { "every port".to_string() } else { self.ports.join(", ") };
        Some(match self.missing {
            Some(missing) => format!("{ports}; half open: {missing}"),
            None => ports,
        })
    }

    /// The statements that stand in the file of an item.
    fn ranges(&self, snapshot: &Snapshot, item: &CallHierarchyItem) -> Vec<Range> {
        let own = self.origins.iter().filter(|span| snapshot.document(span.file).uri == item.uri);
        own.map(|span| snapshot.range(*span)).collect()
    }
}

fn edges<'s>(
    snapshot: &'s Snapshot,
    concerns: impl Fn(&Flow) -> bool,
    others: impl Fn(&'s Flow) -> Vec<Party>,
) -> BTreeMap<Party, Edge> {
    let mut edges: BTreeMap<Party, Edge> = BTreeMap::new();
    for flow in snapshot.flows().filter(|flow| concerns(flow)) {
        let missing = missing_half(snapshot, flow);
        for party in others(flow) {
            let first = !edges.contains_key(&party);
            let edge = edges.entry(party).or_default();
            edge.missing = if first { missing } else { edge.missing.and(missing) };
            edge.origins.push(flow.origin);
            let shown = flow.ports.iter().map(shown_port).collect::<Vec<_>>().join(",");
            edge.ports.push(shown);
        }
    }
    for edge in edges.values_mut() {
        edge.origins.sort();
        edge.origins.dedup();
        edge.ports.sort();
        edge.ports.dedup();
    }
    edges
}

/// The half of a connection inside the cluster that nothing writes.
fn missing_half(snapshot: &Snapshot, flow: &Flow) -> Option<&'static str> {
    let (End::Pods(..), End::Pods(..)) = (&flow.from, &flow.to) else { return None };
    let meets = |other: &Flow| {
        overlap(&other.from, &flow.from)
            && overlap(&other.to, &flow.to)
            && (ports_cover(&other.ports, &flow.ports) || ports_cover(&flow.ports, &other.ports))
    };
    let written = |half: fn(&Flow) -> bool| half(flow) || snapshot.flows().any(|other| half(other) && meets(other));
    match (written(|flow| flow.egress_in.is_some()), written(|flow| !flow.ingress_in.is_empty())) {
        (true, true) => None,
        (false, _) => Some("the source does not allow it"),
        (true, false) => Some("the destination does not allow it"),
    }
}

fn overlap(a: &End, b: &End) -> bool {
    match (a, b) {
        (End::Pods(here, one), End::Pods(there, other)) => {
            let same = match (here, there) {
                (Namespaces::One(here, _), Namespaces::One(there, _)) => here == there,
                _ => true,
            };
            same && (one.cover(other) || other.cover(one))
        }
        _ => a == b,
    }
}

/// Whether an end takes in pods of a party, or is it.
fn touches(end: &End, party: &Party) -> bool {
    match (end, &party.tenant) {
        (End::Pods(namespaces, pods), Some(tenant)) => {
            let here = match namespaces {
                Namespaces::One(name, _) => name == tenant,
                Namespaces::Every(_) | Namespaces::Labelled(_) => true,
            };
            here && (party.name == "*"
                || pods.app.as_ref().map_or(pods.requirements.is_empty(), |app| *app == party.name))
        }
        (end, None) => name_of(end) == party.name,
        _ => false,
    }
}

fn parties(snapshot: &Snapshot, end: &End) -> Vec<Party> {
    let name = name_of(end);
    match end {
        End::Pods(Namespaces::One(tenant, _), _) => vec![Party { tenant: Some(tenant.clone()), name }],
        End::Pods(Namespaces::Every(_), _) => snapshot
            .index()
            .tenants()
            .map(|tenant| Party { tenant: Some(tenant.clone()), name: name.clone() })
            .collect(),
        End::Pods(Namespaces::Labelled(_), _) => {
            vec![Party { tenant: None, name: SmolStr::new(format!("tenants(…)/{name}")) }]
        }
        End::Blocks(..) | End::Ingress(_) => vec![Party { tenant: None, name }],
    }
}

fn name_of(end: &End) -> SmolStr {
    match end {
        End::Pods(_, Pods { app: Some(app), .. }) => app.clone(),
        End::Pods(_, Pods { requirements, .. }) if requirements.is_empty() => SmolStr::new_static("*"),
        End::Pods(..) => SmolStr::new_static("pods(…)"),
        End::Blocks(name, _) => name.clone(),
        End::Ingress(None) => SmolStr::new_static("ingress"),
        End::Ingress(Some(access)) => SmolStr::new(format!("ingress {}", access.word())),
    }
}

fn shown_port(port: &Port) -> String {
    match &port.port {
        PortRef::Name(name) => name.to_string(),
        PortRef::Numbers(low, high) if low == high => low.to_string(),
        PortRef::Numbers(low, high) => format!("{low}-{high}"),
    }
}

/// The app that a service leads to.
fn app_behind(snapshot: &Snapshot, service: &Symbol) -> Option<SmolStr> {
    let files = snapshot.index().files_of(service.tenant.as_deref()?);
    let mut statements = files.iter().flat_map(|file| &snapshot.parsed[file.0 as usize].file.statements);
    statements.find_map(|statement| match &statement.body {
        xks::syntax::ast::Body::Service(node) if node.name.value == service.name => {
            Some(node.app.as_ref().unwrap_or(&node.name).value.clone())
        }
        _ => None,
    })
}

/// An item that stands where its app is declared, else at the statement that names it.
fn item(snapshot: &Snapshot, party: &Party, detail: Option<String>, place: Option<Span>) -> CallHierarchyItem {
    let symbol = party.tenant.as_ref().map(|tenant| match party.name.as_str() {
        "*" => Symbol::global(Kind::Tenant, tenant.clone()),
        _ => Symbol::of(Kind::App, tenant, party.name.clone()),
    });
    let declared = symbol.and_then(|symbol| snapshot.index().declarations(&symbol).first().copied());
    let first = || Span::new(snapshot.sources.ids().next().unwrap_or(xks::source::FileId(0)), 0, 0);
    let span = declared.or(place).unwrap_or_else(first);
    let name = match &party.tenant {
        Some(tenant) => format!("{tenant}/{}", party.name),
        None => party.name.to_string(),
    };
    let range = snapshot.range(span);
    CallHierarchyItem {
        name,
        kind: if party.tenant.is_some() { SymbolKind::Class } else { SymbolKind::Interface },
        tags: None,
        detail,
        uri: snapshot.document(span.file).uri.clone(),
        range,
        selection_range: range,
        data: Some(json!({ "tenant": party.tenant.as_deref(), "name": party.name.as_str() })),
    }
}

fn party_of(item: &CallHierarchyItem) -> Option<Party> {
    let data = item.data.as_ref()?;
    Some(Party { tenant: data["tenant"].as_str().map(SmolStr::new), name: SmolStr::new(data["name"].as_str()?) })
}
