//! The nodes of one group, and the ways from its rim to them.

mod lines;
mod table;

use super::grid::{self, Spacing};
use super::metrics::{HEADER, INSET, MOST_NAME, MOST_NOTES, SMALL, TITLE, mono, sans, shortened};
use super::references::References;
use super::style::{Gate, gates};
use super::{Arrival, Point, Rect};
use crate::Graph;
use lines::{Card, Lines, Spot};
use std::collections::BTreeMap;
use table::Table;

/// A group on its own, from its upper left corner.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) nodes: Vec<(usize, Rect)>,
    pub(super) references: Vec<(usize, Rect)>,
    pub(super) arrivals: Vec<Arrival>,
    /// The lines of edges between boxes of this group.
    pub(super) lines: Vec<(usize, Vec<Point>)>,
    /// From the left rim to a node.
    pub(super) ins: BTreeMap<Gate, Vec<Point>>,
    /// From a node to the right rim.
    pub(super) outs: BTreeMap<Gate, Vec<Point>>,
}

const SPACING: Spacing = Spacing { gap: 12, line: 8, margin: 12, rim: INSET, slack: 40, stretched: true };

/// Lays out one group.
pub(super) fn lay_out(graph: &Graph, group: usize, references: &References) -> Inside {
    let lines = Lines::of(graph, group, references);
    let table = Table::of(graph, &lines, references);
    let (nets, wires) = table.nets(&lines);
    let grid = grid::place(table.items.clone(), &nets, SPACING);
    let down = Point { x: 0, y: HEADER };
    let mut inside = Inside::default();
    for (at, card) in table.cards.iter().enumerate() {
        let rect = Rect { at: grid.at[at].shifted(down), width: grid.widths[at], height: table.items[at].height };
        match *card {
            Card::Node(node) => inside.nodes.push((node, rect)),
            Card::Reference(reference) => inside.references.push((reference, rect)),
        }
    }
    let path = |from: &Spot, to: &Spot| -> Option<Vec<Point>> {
        let (net, source, target) = wires.get(&(from.clone(), to.clone()))?;
        Some(grid.line(*net, *source, *target).into_iter().map(|point| point.shifted(down)).collect())
    };
    for (spot, edges) in &lines.arriving {
        if let Some(&(item, place)) = table.targets.get(spot) {
            let tip = grid.at[item].shifted(Point { x: 0, y: table.items[item].ins[place] }).shifted(down);
            let Gate { style, label, .. } = spot.gate().clone();
            inside.arrivals.push(Arrival { at: tip, style, label, edges: edges.clone() });
        }
    }
    for (edge, (from, to)) in &lines.inner {
        inside.lines.extend(path(from, to).map(|line| (*edge, line)));
    }
    for (from, to) in &lines.pairs {
        match (from, to) {
            (Spot::Rim(gate), _) => inside.ins.extend(path(from, to).map(|line| (gate.clone(), line))),
            (_, Spot::Rim(gate)) => inside.outs.extend(path(from, to).map(|line| (gate.clone(), line))),
            _ => {}
        }
    }
    inside.width = grid.width.max(header_width(graph, group));
    inside.height = if table.cards.is_empty() { HEADER } else { HEADER + grid.height + INSET };
    quiet(graph, group, &table, &mut inside);
    // The header may be wider than what stands below: the right rim is where the box ends.
    for line in inside.outs.values_mut() {
        if let Some(end) = line.last_mut() {
            end.x = inside.width;
        }
    }
    inside
}

/// The width that a group's texts need.
fn header_width(graph: &Graph, group: usize) -> i32 {
    let group = &graph.groups[group];
    let title = mono(&shortened(&group.title, MOST_NAME), TITLE);
    let notes = sans(&shortened(&group.subtitle(), MOST_NOTES), SMALL);
    title.max(notes) + 2 * INSET
}

/// Nodes without a line stand in rows below the others.
fn quiet(graph: &Graph, group: usize, table: &Table, inside: &mut Inside) {
    let is_busy = |node: usize| table.cards.contains(&Card::Node(node));
    let nodes = graph.nodes.iter().enumerate().filter(|(at, node)| node.group == group && !is_busy(*at));
    let quiet: Vec<(usize, (i32, i32))> = nodes.map(|(at, node)| (at, table::node_size(node))).collect();
    let Some(width) = quiet.iter().map(|(_, size)| size.0).max() else { return };
    inside.width = inside.width.max(2 * INSET + width);
    let across = ((inside.width - 2 * INSET + SPACING.gap) / (width + SPACING.gap)).max(1);
    let mut y = inside.height;
    for row in quiet.chunks(across as usize) {
        for ((node, (_, height)), place) in row.iter().zip(0..) {
            let at = Point { x: INSET + place * (width + SPACING.gap), y };
            inside.nodes.push((*node, Rect { at, width, height: *height }));
        }
        y += row.iter().map(|(_, size)| size.1).max().unwrap_or(0) + SPACING.gap;
    }
    inside.height = y - SPACING.gap + INSET;
}
