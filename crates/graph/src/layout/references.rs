//! Lines that are not drawn through the picture, but named at both their ends.
//!
//! What many tenants reach would fill the picture with lines to one place, and many lines between tenants with lines that
//! nobody can follow. Instead, a box beside the source says where it leads, and one beside the destination who comes.

use super::style::{Gate, gates};
use crate::{Edge, Graph, Side, State};
use std::collections::{BTreeMap, BTreeSet};

/// From how many tenants lines to one place are drawn.
const MOST_TENANTS: usize = 4;
/// How many lines between tenants are drawn.
const MOST_LINES: usize = 60;

/// A box that stands for what is drawn elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The group it stands in.
    pub group: usize,
    /// On which side of the pods.
    pub side: Side,
    /// What stands in it.
    pub text: String,
    /// The edges that lead to it or come from it.
    pub edges: Vec<usize>,
}

/// The references of a graph.
#[derive(Debug, Default)]
pub(super) struct References {
    pub(super) all: Vec<Reference>,
    /// For an edge that is not drawn whole: the reference beside its source, and that beside its destination.
    pub(super) of_edge: BTreeMap<usize, (usize, usize)>,
}

/// Decides which lines between groups are drawn.
pub(super) fn references(graph: &Graph) -> References {
    let group = |node: usize| graph.nodes[node].group;
    let crossing = (0..graph.edges.len()).filter(|&at| group(graph.edges[at].from) != group(graph.edges[at].to));
    let mut arriving: BTreeMap<Gate, Vec<usize>> = BTreeMap::new();
    for edge in crossing {
        arriving.entry(gates(graph, edge).1).or_default().push(edge);
    }
    let tenants = |edges: &[usize]| edges.iter().map(|&at| group(graph.edges[at].from)).collect::<BTreeSet<usize>>();
    // Consent opens nothing by itself: it is not worth a line either.
    let is_named = |(gate, edges): &(&Gate, &Vec<usize>)| {
        gate.style.state == State::Consent || tenants(edges).len() > MOST_TENANTS
    };
    let drawn: usize = arriving.iter().filter(|each| !is_named(each)).map(|(_, edges)| edges.len()).sum();
    let named = arriving.iter().filter(|each| drawn > MOST_LINES || is_named(each));
    let named: Vec<usize> = named.flat_map(|(_, edges)| edges.iter().copied()).collect();
    let mut references = References::default();
    let out = references.add(graph, &named, Side::Destination);
    let into = references.add(graph, &named, Side::Source);
    references.of_edge = named.iter().filter_map(|edge| Some((*edge, (*out.get(edge)?, *into.get(edge)?)))).collect();
    references
}

impl References {
    /// Adds the references on one side of these edges, and says which is whose. Destinations go together that stand in one
    /// group, are reached alike, and by the same sources: of the reference's group, if it stands beside the source.
    fn add(&mut self, graph: &Graph, edges: &[usize], side: Side) -> BTreeMap<usize, usize> {
        let mut by_destination: BTreeMap<(Option<usize>, Gate), Vec<usize>> = BTreeMap::new();
        for &edge in edges {
            let home = (side == Side::Destination).then(|| graph.nodes[graph.edges[edge].from].group);
            by_destination.entry((home, gates(graph, edge).1)).or_default().push(edge);
        }
        /// The group of the sources, if they count; that of the destinations, how they are reached, and by which.
        type Key = (Option<usize>, usize, Gate, Vec<usize>);
        let mut together: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for ((home, gate), edges) in by_destination {
            let mut sources: Vec<usize> = edges.iter().map(|&edge| graph.edges[edge].from).collect();
            sources.sort_unstable();
            let group = graph.nodes[gate.node].group;
            together.entry((home, group, Gate { node: 0, ..gate }, sources)).or_default().extend(edges);
        }
        let mut of_edge = BTreeMap::new();
        for ((home, group, ..), edges) in together {
            of_edge.extend(edges.iter().map(|&edge| (edge, self.all.len())));
            let far = |edge: &Edge| if side == Side::Destination { edge.to } else { edge.from };
            let far = edges.iter().map(|&edge| far(&graph.edges[edge])).collect();
            self.all.push(Reference { group: home.unwrap_or(group), side, text: text(graph, &far, side), edges });
        }
        of_edge
    }
}

/// `→ observability/otel, tempo`, `shop/web →`, `12 tenants →`
fn text(graph: &Graph, nodes: &BTreeSet<usize>, side: Side) -> String {
    let groups: BTreeSet<usize> = nodes.iter().map(|&node| graph.nodes[node].group).collect();
    let mut names = nodes.iter().map(|&node| graph.name(&graph.nodes[node]));
    let who = match (names.next(), groups.len()) {
        (Some(first), 1) => {
            names.fold(first, |text, name| text + ", " + name.split_once('/').map_or(name.as_str(), |(_, last)| last))
        }
        (_, count) => format!("{count} tenants"),
    };
    match side {
        Side::Destination => format!("\u{2192} {who}"),
        Side::Source | Side::Pods => format!("{who} \u{2192}"),
    }
}
