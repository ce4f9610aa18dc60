//! What opened and what closed between two states of a workspace.

use super::{Change, Edge, EdgeChange, Graph, Group, Node, Opening, State, Statement};
use std::collections::BTreeMap;

impl Graph {
    /// This graph, together with what was there in `old` and is no more. `name` is what the older state is called.
    pub fn since(self, old: &Graph, name: &str) -> Graph {
        let (statements, moved) = statements(&self.statements, &old.statements);
        let groups = groups(&self.groups, &old.groups);
        let nodes = nodes(&self, old, &groups);
        let edges = edges(&self, old, &nodes, &moved);
        Graph { env: self.env, since: Some(name.to_string()), groups, nodes, edges, statements }
    }
}

/// The statements of both states, and the number in them of each older one. One that was only moved is the same.
fn statements(new: &[Statement], old: &[Statement]) -> (Vec<Statement>, Vec<usize>) {
    fn key(statement: &Statement) -> (&Option<smol_str::SmolStr>, &str) {
        (&statement.tenant, &statement.text)
    }
    let known: BTreeMap<_, usize> = new.iter().map(key).zip(0..).collect();
    let mut all = new.to_vec();
    let number = |statement: &Statement| {
        known.get(&key(statement)).copied().unwrap_or_else(|| {
            all.push(Statement { gone: true, ..statement.clone() });
            all.len() - 1
        })
    };
    let moved = old.iter().map(number).collect();
    (all, moved)
}

fn groups(new: &[Group], old: &[Group]) -> Vec<Group> {
    let is_in = |groups: &[Group], group: &Group| groups.iter().any(|other| other.key == group.key);
    let here = new.iter().map(|group| {
        let change = if is_in(old, group) { Change::Same } else { Change::New };
        Group { change, ..group.clone() }
    });
    let gone = old.iter().filter(|group| !is_in(new, group));
    let gone = gone.map(|group| Group { change: Change::Gone, place: None, ..group.clone() });
    let mut all: Vec<Group> = here.chain(gone).collect();
    all.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
    all
}

fn by_key(nodes: &[Node]) -> BTreeMap<&str, usize> {
    nodes.iter().map(|node| node.key.as_str()).zip(0..).collect()
}

fn nodes(new: &Graph, old: &Graph, groups: &[Group]) -> Vec<Node> {
    let (of_new, of_old) = (by_key(&new.nodes), by_key(&old.nodes));
    let home = |graph: &Graph, node: &Node| {
        let key = &graph.groups[node.group].key;
        groups.iter().position(|group| group.key == *key).unwrap_or(0)
    };
    let here = new.nodes.iter().map(|node| {
        let before = of_old.get(node.key.as_str()).map(|&at| &old.nodes[at]);
        (new, Node { group: home(new, node), ..compared(node, before) })
    });
    let gone = old.nodes.iter().filter(|node| !of_new.contains_key(node.key.as_str()));
    let gone =
        gone.map(|node| (old, Node { group: home(old, node), change: Change::Gone, place: None, ..node.clone() }));
    let mut all: Vec<(&Graph, Node)> = here.chain(gone).collect();
    all.sort_by(|(_, a), (_, b)| (a.group, a.side, a.kind, &a.key).cmp(&(b.group, b.side, b.kind, &b.key)));
    let numbers: BTreeMap<String, usize> = all.iter().map(|(_, node)| node.key.clone()).zip(0..).collect();
    let renumbered = all.into_iter().map(|(graph, node)| {
        let wider = node.within.iter().filter_map(|&wider| numbers.get(&graph.nodes[wider].key).copied());
        let mut within: Vec<usize> = wider.collect();
        within.sort_unstable();
        Node { within, ..node }
    });
    renumbered.collect()
}

/// A node beside what it was before.
fn compared(node: &Node, before: Option<&Node>) -> Node {
    let Some(before) = before else { return Node { change: Change::New, ..node.clone() } };
    if (&before.detail, &before.notes) == (&node.detail, &node.notes) {
        return node.clone();
    }
    let lost = before.detail.iter().chain(&before.notes);
    let lost: Vec<&str> = lost
        .filter(|text| node.detail.as_ref() != Some(text) && !node.notes.contains(text))
        .map(String::as_str)
        .collect();
    let mut notes = node.notes.clone();
    notes.extend((!lost.is_empty()).then(|| format!("before: {}", lost.join(", "))));
    Node { notes, change: Change::Changed, ..node.clone() }
}

/// What an edge is known by in any state: the keys of its ends, and the path.
fn edge_key<'g>(graph: &'g Graph, edge: &'g Edge) -> (&'g str, &'g str, Option<&'g str>) {
    (&graph.nodes[edge.from].key, &graph.nodes[edge.to].key, edge.path.as_deref())
}

fn edges(new: &Graph, old: &Graph, nodes: &[Node], moved: &[usize]) -> Vec<Edge> {
    let numbers = by_key(nodes);
    let placed = |graph: &Graph, edge: &Edge| {
        let number = |node: usize| numbers.get(graph.nodes[node].key.as_str()).copied().unwrap_or(0);
        (number(edge.from), number(edge.to))
    };
    let renumbered = |opening: &Opening| Opening {
        statement: moved[opening.statement],
        consents: opening.consents.iter().map(|&consent| moved[consent]).collect(),
        ..opening.clone()
    };
    let mut left: BTreeMap<_, &Edge> = old.edges.iter().map(|edge| (edge_key(old, edge), edge)).collect();
    let mut all: Vec<Edge> = Vec::with_capacity(new.edges.len());
    for edge in &new.edges {
        let before = left.remove(&edge_key(new, edge));
        let (from, to) = placed(new, edge);
        let mut edge = Edge { from, to, change: change(edge, before), ..edge.clone() };
        // What is closed is shown with the statements that had opened it.
        if let (Some(before), true) = (before, edge.change != EdgeChange::Same) {
            let gone = before.openings.iter().map(renumbered);
            let gone: Vec<Opening> = gone.filter(|opening| opening.statement >= new.statements.len()).collect();
            edge.openings.extend(gone);
        }
        all.push(edge);
    }
    for before in left.into_values() {
        let (from, to) = placed(old, before);
        let openings = before.openings.iter().map(renumbered).collect();
        all.push(Edge { from, to, openings, change: EdgeChange::Closed, ..before.clone() });
    }
    all.sort_by(|a, b| (a.from, a.to, &a.path).cmp(&(b.from, b.to, &b.path)));
    all
}

/// What changed about an edge that is there now.
fn change(now: &Edge, before: Option<&Edge>) -> EdgeChange {
    let Some(before) = before else { return EdgeChange::Opened };
    match (before.state == State::Open, now.state == State::Open) {
        (false, true) => return EdgeChange::Opened,
        (true, false) => return EdgeChange::Closed,
        (true, true) | (false, false) => {}
    }
    let conditions = |edge: &Edge| {
        let mut notes: Vec<Vec<String>> = edge.openings.iter().map(|opening| opening.notes.clone()).collect();
        notes.sort();
        notes.dedup();
        notes
    };
    if now.ports == before.ports && conditions(now) == conditions(before) {
        return EdgeChange::Same;
    }
    EdgeChange::Ports { opened: now.ports.minus(&before.ports), closed: before.ports.minus(&now.ports) }
}
