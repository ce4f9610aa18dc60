//! The boxes of a group as items of a grid.

use super::lines::{Card, Lines, Spot};
use crate::layout::grid::{End, Item};
use crate::layout::metrics::{
    ARRIVAL, ARROW, DEPARTURE, MARGIN, MOST_DETAIL, MOST_NAME, NAME, REFERENCE, ROW, SIGN, SMALL, TWO_ROWS, mono, sans,
    shortened,
};
use crate::layout::nets::{Net, nets};
use crate::layout::references::References;
use crate::{Graph, Node};
use std::collections::{BTreeMap, BTreeSet};

/// The boxes of a group, then one without size for each line that crosses its rim.
pub(super) struct Table {
    pub(super) cards: Vec<Card>,
    pub(super) items: Vec<Item>,
    pub(super) sources: BTreeMap<Spot, End>,
    pub(super) targets: BTreeMap<Spot, End>,
}

/// The net of each pair of spots, and their places in it.
pub(super) type Wires = BTreeMap<(Spot, Spot), (usize, End, End)>;

/// The size of a node's box, for its texts alone.
pub(super) fn node_size(node: &Node) -> (i32, i32) {
    let name = mono(&shortened(&node.label, MOST_NAME), NAME);
    let detail = node.detail.as_ref().map(|detail| sans(&shortened(detail, MOST_DETAIL), SMALL));
    (SIGN + name.max(detail.unwrap_or(0)) + MARGIN, if detail.is_some() { TWO_ROWS } else { ROW })
}

impl Table {
    pub(super) fn of(graph: &Graph, lines: &Lines, references: &References) -> Table {
        let cards: Vec<Card> = lines.column.keys().copied().collect();
        let mut table = Table { items: Vec::new(), sources: BTreeMap::new(), targets: BTreeMap::new(), cards };
        let mut ins: BTreeMap<Card, BTreeSet<&Spot>> = BTreeMap::new();
        let mut outs: BTreeMap<Card, BTreeSet<&Spot>> = BTreeMap::new();
        for (from, to) in &lines.pairs {
            if let Spot::Card(card, _) = from {
                outs.entry(*card).or_default().insert(from);
            }
            if let Spot::Card(card, _) = to {
                ins.entry(*card).or_default().insert(to);
            }
        }
        for (at, card) in table.cards.iter().enumerate() {
            let (ins, outs) = (ins.remove(card).unwrap_or_default(), outs.remove(card).unwrap_or_default());
            let (width, height) = match *card {
                Card::Node(node) => node_size(&graph.nodes[node]),
                Card::Reference(reference) => {
                    (mono(&shortened(&references.all[reference].text, MOST_NAME), SMALL) + 2 * MARGIN, REFERENCE)
                }
            };
            let height = height.max(ins.len() as i32 * ARRIVAL + 8).max(outs.len() as i32 * DEPARTURE + 8);
            let labels = ins.iter().map(|spot| mono(&spot.gate().label, SMALL) + ARROW + 14).max().unwrap_or(0);
            let column = lines.column.get(card).copied().unwrap_or(1);
            let (into, out) = (spread(height, ins.len(), ARRIVAL), spread(height, outs.len(), DEPARTURE));
            table.items.push(Item { column, width, height, ins: into, outs: out, labels });
            table.targets.extend(ins.into_iter().cloned().zip((0..).map(|place| (at, place))));
            table.sources.extend(outs.into_iter().cloned().zip((0..).map(|place| (at, place))));
        }
        table.add_rim(lines);
        table
    }

    fn add_rim(&mut self, lines: &Lines) {
        let last = lines.column.values().max().map_or(1, |last| last + 1);
        for (from, to) in &lines.pairs {
            let (ends, spot, column) = match (from, to) {
                (Spot::Rim(_), _) => (&mut self.sources, from, 0),
                (_, Spot::Rim(_)) => (&mut self.targets, to, last),
                _ => continue,
            };
            if !ends.contains_key(spot) {
                ends.insert(spot.clone(), (self.items.len(), 0));
                self.items.push(Item { column, ins: vec![0], outs: vec![0], ..Item::default() });
            }
        }
    }

    pub(super) fn nets(&self, lines: &Lines) -> (Vec<Net<End, End>>, Wires) {
        let end = |(from, to): &(Spot, Spot)| Some((*self.sources.get(from)?, *self.targets.get(to)?));
        let nets = nets(&lines.pairs.iter().filter_map(end).collect());
        let mut net_of: BTreeMap<(End, End), usize> = BTreeMap::new();
        for (at, net) in nets.iter().enumerate() {
            net_of.extend(net.pairs().map(|pair| (pair, at)));
        }
        let wire = |pair: &(Spot, Spot)| {
            let ends = end(pair)?;
            Some((pair.clone(), (*net_of.get(&ends)?, ends.0, ends.1)))
        };
        let wires = lines.pairs.iter().filter_map(wire).collect();
        (nets, wires)
    }
}

/// Places around the middle of a side.
fn spread(height: i32, count: usize, step: i32) -> Vec<i32> {
    (0..count as i32).map(|at| height / 2 + (2 * at - (count as i32 - 1)) * step / 2).collect()
}
