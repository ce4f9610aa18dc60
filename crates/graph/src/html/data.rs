//! What the page knows about the graph besides its picture.

use crate::{Change, EdgeChange, Graph, GroupKind, Half, Opening, Place, Side, State, svg};
use serde::Serialize;
use smol_str::SmolStr;

#[derive(Serialize)]
struct Data<'g> {
    since: Option<&'g str>,
    groups: Vec<Group<'g>>,
    nodes: Vec<Node<'g>>,
    edges: Vec<Edge<'g>>,
    statements: Vec<Statement<'g>>,
}

#[derive(Serialize)]
struct Group<'g> {
    key: &'g str,
    title: &'g str,
    kind: &'static str,
    subtitle: String,
    open_inside: bool,
    members: &'g [String],
    place: Option<Location<'g>>,
    change: &'static str,
}

#[derive(Serialize)]
struct Node<'g> {
    key: &'g str,
    group: usize,
    kind: &'static str,
    side: &'static str,
    name: String,
    label: &'g str,
    detail: Option<&'g str>,
    notes: &'g [String],
    within: &'g [usize],
    place: Option<Location<'g>>,
    change: &'static str,
}

#[derive(Serialize)]
struct Edge<'g> {
    from: usize,
    to: usize,
    label: String,
    state: &'static str,
    change: &'static str,
    openings: Vec<OpeningData<'g>>,
}

#[derive(Serialize)]
struct OpeningData<'g> {
    statement: usize,
    consents: &'g [usize],
    ports: String,
    half: &'static str,
    notes: &'g [String],
}

#[derive(Serialize)]
struct Statement<'g> {
    text: &'g str,
    tenant: Option<&'g SmolStr>,
    because: Option<&'g SmolStr>,
    until: Option<&'g str>,
    place: Location<'g>,
    gone: bool,
}

#[derive(Serialize)]
struct Location<'g> {
    file: &'g str,
    line: usize,
    column: usize,
}

/// The graph as JSON.
pub(super) fn json(graph: &Graph) -> String {
    let data = Data {
        since: graph.since.as_deref(),
        groups: graph.groups.iter().map(group).collect(),
        nodes: graph.nodes.iter().map(|each| node(graph, each)).collect(),
        edges: graph.edges.iter().map(edge).collect(),
        statements: graph.statements.iter().map(statement).collect(),
    };
    serde_json::to_string_pretty(&data).unwrap_or_default()
}

fn group(group: &crate::Group) -> Group<'_> {
    Group {
        key: &group.key,
        title: &group.title,
        kind: match group.kind {
            GroupKind::Tenant => "tenant",
            GroupKind::Foreign => "foreign",
            GroupKind::Several => "several",
        },
        subtitle: group.subtitle(),
        open_inside: group.open_inside,
        members: &group.members,
        place: group.place.as_ref().map(location),
        change: change(group.change),
    }
}

fn node<'g>(whole: &Graph, node: &'g crate::Node) -> Node<'g> {
    Node {
        key: &node.key,
        group: node.group,
        kind: svg::kind_class(node.kind),
        side: match node.side {
            Side::Source => "source",
            Side::Pods => "pods",
            Side::Destination => "destination",
        },
        name: whole.name(node),
        label: &node.label,
        detail: node.detail.as_deref(),
        notes: &node.notes,
        within: &node.within,
        place: node.place.as_ref().map(location),
        change: change(node.change),
    }
}

fn edge(edge: &crate::Edge) -> Edge<'_> {
    Edge {
        from: edge.from,
        to: edge.to,
        label: edge.label(),
        state: match edge.state {
            State::Open => "open",
            State::Consent => "consent",
            State::HalfOpen => "half",
        },
        change: match edge.change {
            EdgeChange::Same => "same",
            EdgeChange::Opened => "opened",
            EdgeChange::Closed => "closed",
            EdgeChange::Ports { .. } => "ports",
        },
        openings: edge.openings.iter().map(opening_data).collect(),
    }
}

fn opening_data(opening: &Opening) -> OpeningData<'_> {
    OpeningData {
        statement: opening.statement,
        consents: &opening.consents,
        ports: opening.ports.to_string(),
        half: match opening.half {
            Half::Whole => "whole",
            Half::Ingress => "ingress",
            Half::Egress => "egress",
        },
        notes: &opening.notes,
    }
}

fn statement(statement: &crate::Statement) -> Statement<'_> {
    Statement {
        text: &statement.text,
        tenant: statement.tenant.as_ref(),
        because: statement.because.as_ref(),
        until: statement.until.as_deref(),
        place: location(&statement.place),
        gone: statement.gone,
    }
}

fn location(place: &Place) -> Location<'_> {
    Location { file: &place.file, line: place.line, column: place.column }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Same => "same",
        Change::New => "new",
        Change::Gone => "gone",
        Change::Changed => "changed",
    }
}
