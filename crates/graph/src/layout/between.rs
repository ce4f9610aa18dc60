//! The groups among each other, and the whole picture.

use super::columns::{columns, folded};
use super::grid::{self, Item, Spacing};
use super::inside::Inside;
use super::metrics::{FRAME, HEADING};
use super::nets::nets;
use super::references::References;
use super::style::{Gate, gates};
use super::{Arrival, Layout, Point, Rect, straightened};
use crate::Graph;
use std::collections::{BTreeMap, BTreeSet};

const SPACING: Spacing = Spacing { gap: 26, line: 10, margin: 18, rim: 0, slack: 10, stretched: false };

/// Puts the groups into columns and draws the lines between them.
pub(super) fn lay_out(graph: &Graph, inside: &[Inside], references: References) -> Layout {
    let mut between: Vec<usize> = Vec::new();
    let mut linked: BTreeSet<(usize, usize)> = BTreeSet::new();
    let group = |node: usize| graph.nodes[node].group;
    let is_drawn = |at: usize| !references.of_edge.contains_key(&at);
    for (at, edge) in graph.edges.iter().enumerate().filter(|(_, edge)| group(edge.from) != group(edge.to)) {
        if !is_drawn(at) {
            continue;
        }
        between.push(at);
        linked.insert((group(edge.from), group(edge.to)));
    }
    let sizes: Vec<(i32, i32)> = inside.iter().map(|group| (group.width, group.height)).collect();
    let column = folded(&columns(sizes.len(), &linked), &sizes, &linked, 4 * SPACING.margin, SPACING.gap);
    let item = |(inside, column): (&Inside, usize)| {
        let height = |line: Option<&Point>| line.map_or(0, |point| point.y);
        Item {
            column,
            width: inside.width,
            height: inside.height,
            ins: inside.ins.values().map(|line| height(line.first())).collect(),
            outs: inside.outs.values().map(|line| height(line.last())).collect(),
            labels: 0,
        }
    };
    let items: Vec<Item> = inside.iter().zip(column).map(item).collect();
    let places = |gates: fn(&Inside) -> &BTreeMap<Gate, Vec<Point>>| -> BTreeMap<&Gate, grid::End> {
        let of = |(group, inside)| gates(inside).keys().zip(0..).map(move |(gate, place)| (gate, (group, place)));
        inside.iter().enumerate().flat_map(of).collect()
    };
    let (outs, ins) = (places(|inside| &inside.outs), places(|inside| &inside.ins));
    let ends = between.iter().filter_map(|&edge| {
        let (out, into) = gates(graph, edge);
        Some((edge, (*outs.get(&out)?, *ins.get(&into)?)))
    });
    let ends: BTreeMap<usize, (grid::End, grid::End)> = ends.collect();
    let nets = nets(&ends.values().copied().collect());
    let mut net_of: BTreeMap<(grid::End, grid::End), usize> = BTreeMap::new();
    for (at, net) in nets.iter().enumerate() {
        net_of.extend(net.pairs().map(|pair| (pair, at)));
    }
    let grid = grid::place(items, &nets, SPACING);
    let frame = Point { x: FRAME, y: HEADING };
    let corners: Vec<Point> = grid.at.iter().map(|at| at.shifted(frame)).collect();
    let nowhere = Rect { at: frame, width: 0, height: 0 };
    let mut layout = Layout {
        width: grid.width + 2 * FRAME,
        height: grid.height + HEADING + FRAME,
        groups: corners.iter().zip(&sizes).map(|(&at, &(width, height))| Rect { at, width, height }).collect(),
        nodes: vec![nowhere; graph.nodes.len()],
        references: references.all.into_iter().map(|reference| (reference, nowhere)).collect(),
        lines: vec![Vec::new(); graph.edges.len()],
        arrivals: Vec::new(),
    };
    for (inside, &corner) in inside.iter().zip(&corners) {
        let placed = |rect: &Rect| Rect { at: rect.at.shifted(corner), ..*rect };
        inside.nodes.iter().for_each(|(node, rect)| layout.nodes[*node] = placed(rect));
        inside.references.iter().for_each(|(reference, rect)| layout.references[*reference].1 = placed(rect));
        for (edge, line) in &inside.lines {
            layout.lines[*edge].push(line.iter().map(|point| point.shifted(corner)).collect());
        }
        let arrivals = inside.arrivals.iter().cloned();
        layout.arrivals.extend(arrivals.map(|arrival| Arrival { at: arrival.at.shifted(corner), ..arrival }));
    }
    for (&edge, &(from, to)) in &ends {
        let (out, into) = gates(graph, edge);
        let shifted = |line: Option<&Vec<Point>>, by: Point| {
            line.into_iter().flatten().map(|point| point.shifted(by)).collect::<Vec<Point>>()
        };
        let mut line = shifted(inside[from.0].outs.get(&out), corners[from.0]);
        if let Some(&net) = net_of.get(&(from, to)) {
            line.extend(grid.line(net, from, to).into_iter().map(|point| point.shifted(frame)));
        }
        line.extend(shifted(inside[to.0].ins.get(&into), corners[to.0]));
        layout.lines[edge].push(straightened(line));
    }
    layout
}
