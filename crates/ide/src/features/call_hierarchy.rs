//! Who may connect to an app, and what an app may connect to: the flows that the policies of a build permit. One half of a
//! connection is not enough in a cluster that denies by default, so edges of which only one half is written say so.

use super::declared;
use super::reach::{self, name_of};
use crate::snapshot::{At, Snapshot};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_core::model::{End, Flow, Port, Workspace, ports_cover};
use xks_core::names::uses::{Kind, Symbol};
use xks_core::source::{FileId, Span};
use xks_core::values::port::PortRef;

/// One end of connections.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// The tenant, of pods of one.
    pub tenant: Option<SmolStr>,
    /// The app, or what else it is called.
    pub name: SmolStr,
}

/// An end as it is shown: where its app is declared, else at the statement that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Who it is.
    pub party: Party,
    /// What it is called.
    pub title: String,
    /// The ports, and what is missing; nothing of an end by itself.
    pub detail: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// Connections with another end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The other end.
    pub other: Item,
    /// The statements that permit them, in all files.
    pub statements: Vec<Span>,
}

impl Call {
    /// The statements that stand in a file.
    pub fn within(&self, file: FileId) -> impl Iterator<Item = Span> {
        self.statements.iter().copied().filter(move |span| span.file == file)
    }
}

/// The app or tenant at a place.
pub fn prepare(snapshot: &Snapshot, at: At) -> Option<Item> {
    let symbol = snapshot.index().at(at.file, at.offset)?.symbol;
    let party = match symbol.kind {
        Kind::App => Party { tenant: Some(symbol.tenant.clone()?), name: symbol.name.clone() },
        Kind::Tenant => Party { tenant: Some(symbol.name.clone()), name: SmolStr::new_static("*") },
        Kind::Service => Party { tenant: symbol.tenant.clone(), name: app_behind(snapshot, &symbol)? },
        _ => return None,
    };
    Some(item(snapshot, party, None, None))
}

/// Who may connect to a party.
pub fn incoming(snapshot: &Snapshot, party: &Party) -> Vec<Call> {
    calls(snapshot, party, Direction::Incoming)
}

/// What a party may connect to.
pub fn outgoing(snapshot: &Snapshot, party: &Party) -> Vec<Call> {
    calls(snapshot, party, Direction::Outgoing)
}

fn calls(snapshot: &Snapshot, party: &Party, direction: Direction) -> Vec<Call> {
    let call = |(other, edge): (Party, Edge)| {
        let other = item(snapshot, other, edge.detail(), edge.origins.first().copied());
        Call { other, statements: edge.origins }
    };
    edges(snapshot, party, direction).into_iter().map(call).collect()
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
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Incoming,
    Outgoing,
}

impl Direction {
    /// The end that is asked about.
    fn here(self, flow: &Flow) -> &End {
        if self == Direction::Incoming { &flow.to } else { &flow.from }
    }

    /// The other one.
    fn there(self, flow: &Flow) -> &End {
        if self == Direction::Incoming { &flow.from } else { &flow.to }
    }
}

fn edges(snapshot: &Snapshot, party: &Party, direction: Direction) -> BTreeMap<Party, Edge> {
    let mut edges: BTreeMap<Party, Edge> = BTreeMap::new();
    for workspace in &snapshot.analysis().workspaces {
        let own = reach::Party::new(snapshot, workspace, party.tenant.as_ref(), &party.name);
        // Halves of connections that the party has part in.
        let concerned: Vec<&Flow> = workspace.flows().filter(|flow| own.is_in(direction.here(flow))).collect();
        for flow in &concerned {
            for other in parties(workspace, direction.there(flow)) {
                let known = reach::Party::new(snapshot, workspace, other.tenant.as_ref(), &other.name);
                let halves = concerned.iter().copied().filter(|flow| known.is_in(direction.there(flow)));
                let missing = missing_half(flow, halves);
                let first = !edges.contains_key(&other);
                let edge = edges.entry(other).or_default();
                edge.missing = if first { missing } else { edge.missing.and(missing) };
                edge.origins.push(flow.origin);
                edge.ports.push(flow.ports.iter().map(shown_port).collect::<Vec<_>>().join(","));
            }
        }
        if own.is_open_inside() && party.name != "*" {
            let inside = Party { name: SmolStr::new_static("*"), ..party.clone() };
            edges.entry(inside).or_default().ports.push(String::new());
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

/// The half of a connection inside the cluster that none of `halves` writes.
fn missing_half<'s>(flow: &Flow, halves: impl Iterator<Item = &'s Flow> + Clone) -> Option<&'static str> {
    let (End::Pods(..), End::Pods(..)) = (&flow.from, &flow.to) else { return None };
    let meets = |other: &&Flow| ports_cover(&other.ports, &flow.ports) || ports_cover(&flow.ports, &other.ports);
    let written = |half: fn(&Flow) -> bool| half(flow) || halves.clone().filter(meets).any(half);
    match (written(|flow| flow.egress_in.is_some()), written(Flow::lets_in)) {
        (true, true) => None,
        (false, _) => Some("the source does not allow it"),
        (true, false) => Some("the destination does not allow it"),
    }
}

fn parties(workspace: &Workspace, end: &End) -> Vec<Party> {
    let name = name_of(end);
    let tenants = reach::tenants(workspace, end);
    if tenants.is_empty() {
        let name = if matches!(end, End::Pods(..)) { SmolStr::new(format!("tenants(…)/{name}")) } else { name };
        return vec![Party { tenant: None, name }];
    }
    tenants.into_iter().map(|tenant| Party { tenant: Some(tenant.clone()), name: name.clone() }).collect()
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
    let node = declared::service(snapshot, service.tenant.as_deref()?, &service.name)?;
    Some(node.app.as_ref().unwrap_or(&node.name).value.clone())
}

fn item(snapshot: &Snapshot, party: Party, detail: Option<String>, place: Option<Span>) -> Item {
    let symbol = party.tenant.as_ref().map(|tenant| match party.name.as_str() {
        "*" => Symbol::global(Kind::Tenant, tenant.clone()),
        _ => Symbol::of(Kind::App, tenant, party.name.clone()),
    });
    let declared = symbol.and_then(|symbol| snapshot.index().declarations(&symbol).first().copied());
    let first = || Span::new(snapshot.sources.ids().next().unwrap_or(FileId(0)), 0, 0);
    let span = declared.or(place).unwrap_or_else(first);
    let title = match &party.tenant {
        Some(tenant) => format!("{tenant}/{}", party.name),
        None => party.name.to_string(),
    };
    Item { party, title, detail, span }
}
