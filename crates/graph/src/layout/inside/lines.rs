//! Which lines there are in a group, and in which column each box stands.

use super::{Gate, gates};
use crate::layout::columns::columns;
use crate::layout::references::References;
use crate::{Graph, Side};
use std::collections::{BTreeMap, BTreeSet};

/// A box in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Card {
    Node(usize),
    Reference(usize),
}

/// Where a line inside a group starts or ends: at a box, or at the rim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    Card(Card, Gate),
    Rim(Gate),
}

impl Spot {
    pub(super) fn gate(&self) -> &Gate {
        match self {
            Spot::Card(_, gate) | Spot::Rim(gate) => gate,
        }
    }
}

/// The lines of a group.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) pairs: BTreeSet<(Spot, Spot)>,
    /// The edges that arrive at each place of a box.
    pub(super) arriving: BTreeMap<Spot, Vec<usize>>,
    /// The lines between two boxes of the group, by edge.
    pub(super) inner: BTreeMap<usize, (Spot, Spot)>,
    /// The column of each box with a line, from 1.
    pub(super) column: BTreeMap<Card, usize>,
}

impl Lines {
    /// The lines of the edges that start or end in a group.
    pub(super) fn of(graph: &Graph, group: usize, references: &References) -> Lines {
        let own = |node: usize| graph.nodes[node].group == group;
        let mut lines = Lines::default();
        for (at, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| own(edge.from) || own(edge.to)) {
            let (out, into) = gates(graph, at);
            let whole = references.of_edge.get(&at);
            let elsewhere = |reference: usize, gate: &Gate| {
                Spot::Card(Card::Reference(reference), Gate { node: 0, ..gate.clone() })
            };
            let from = match (own(edge.from), whole) {
                (true, _) => Spot::Card(Card::Node(edge.from), out.clone()),
                (false, Some(&(_, source))) => elsewhere(source, &out),
                (false, None) => Spot::Rim(into.clone()),
            };
            let to = match (own(edge.to), whole) {
                (true, _) => Spot::Card(Card::Node(edge.to), into),
                (false, Some(&(destination, _))) => elsewhere(destination, &into),
                (false, None) => Spot::Rim(out),
            };
            if let Spot::Card(..) = to {
                lines.arriving.entry(to.clone()).or_default().push(at);
                if let Spot::Card(..) = from {
                    lines.inner.insert(at, (from.clone(), to.clone()));
                }
            }
            lines.pairs.insert((from, to));
        }
        lines.place(graph, references);
        lines
    }

    /// What is outside on the left, the pods, what is outside on the right.
    fn place(&mut self, graph: &Graph, references: &References) {
        let side = |card: Card| match card {
            Card::Node(node) => graph.nodes[node].side,
            Card::Reference(reference) => references.all[reference].side,
        };
        let card = |spot: &Spot| match spot {
            Spot::Card(card, _) => Some(*card),
            Spot::Rim(_) => None,
        };
        let cards: BTreeSet<Card> = self.pairs.iter().flat_map(|(from, to)| [card(from), card(to)]).flatten().collect();
        let on = |wanted: Side| cards.iter().copied().filter(move |&card| side(card) == wanted);
        let pods: Vec<Card> = on(Side::Pods).collect();
        let number = |spot: &Spot| pods.binary_search(&card(spot)?).ok();
        let edges = self.pairs.iter().filter_map(|(from, to)| Some((number(from)?, number(to)?))).collect();
        let depth = columns(pods.len(), &edges);
        let first = if on(Side::Source).next().is_some() { 2 } else { 1 };
        let beyond = depth.iter().max().map_or(first, |deepest| first + deepest + 1);
        let placed = pods.iter().zip(&depth).map(|(&card, depth)| (card, first + depth));
        let left = on(Side::Source).map(|card| (card, 1));
        self.column = left.chain(placed).chain(on(Side::Destination).map(|card| (card, beyond))).collect();
    }
}
