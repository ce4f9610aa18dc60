//! Boxes in columns, and nets in the gutters between them.
//!
//! Column `c` stands between gutters `c` and `c + 1`. A net leaves a box into the gutter on its right and reaches another
//! through the gutter on that one's left; through every column on its way it has a gap of its own. That holds for a box
//! further left, or in the same column, too.

use super::Point;
use super::align::{Wish, stack};
use super::lanes::{Crossing, lanes};
use super::nets::Net;

/// A box to be placed.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    /// Its column.
    pub(super) column: usize,
    pub(super) width: i32,
    pub(super) height: i32,
    /// How far below its upper edge lines arrive.
    pub(super) ins: Vec<i32>,
    /// How far below its upper edge lines leave.
    pub(super) outs: Vec<i32>,
    /// The room for labels at its left.
    pub(super) labels: i32,
}

/// What is kept free.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spacing {
    /// Between boxes.
    pub(super) gap: i32,
    /// Between lines, and between a line and a box.
    pub(super) line: i32,
    /// On both sides of the lines of a gutter.
    pub(super) margin: i32,
    /// The width of the outermost gutters where no line runs in them.
    pub(super) rim: i32,
    /// How much higher than its highest column the whole may be, so that lines run straight.
    pub(super) slack: i32,
    /// Whether the boxes of a column are all as wide as the widest.
    pub(super) stretched: bool,
}

/// The end of a net: a box and the number of one of its places.
pub(super) type End = (usize, usize);

/// Where the boxes stand.
pub(super) struct Grid {
    /// The upper left corner of each box.
    pub(super) at: Vec<Point>,
    /// How wide each is.
    pub(super) widths: Vec<i32>,
    pub(super) width: i32,
    pub(super) height: i32,
    items: Vec<Item>,
    routes: Vec<Route>,
}

/// How a net runs.
#[derive(Debug, Clone, Default)]
struct Route {
    /// Its first gutter.
    first: usize,
    /// Where its lane is in each gutter from the first; `None` where it needs none, running straight on.
    lanes: Vec<Option<i32>>,
    /// How far down it passes each column between those gutters.
    passes: Vec<i32>,
}

/// How often the order of the columns is looked over.
const ROUNDS: usize = 16;
/// How often the places in the columns are, once the order is settled.
const POLISH: usize = 8;
/// How much the place of an element matters that is to stay where it is, and of one that may be anywhere.
const FIXED: f64 = 1e6;
const LIGHT: f64 = 1e-3;
/// What a crossing costs, in pixels of line.
const CROSSING: f64 = 40.0;

/// A box, or the gap of a net in a column.
struct Element {
    column: usize,
    height: f64,
    /// The net whose gap it is; `None` for a box.
    net: Option<usize>,
    /// Where it takes part in nets: the gutter, the net, and how far below its upper edge.
    ends: Vec<(usize, usize, f64)>,
}

/// The boxes and gaps while they are moved.
struct Table {
    elements: Vec<Element>,
    /// The elements of each column from top to bottom.
    order: Vec<Vec<usize>>,
    /// The upper edge of each element.
    y: Vec<f64>,
    /// For each gutter and each net in it, the elements on its left and on its right, and how far below their upper edges.
    gutters: Vec<Vec<Meeting>>,
    /// What is kept free between boxes, and beside lines.
    gap: f64,
    line: f64,
    /// How far up and down the columns may reach.
    bounds: (f64, f64),
}

/// The ends of a net in one gutter.
struct Meeting {
    net: usize,
    left: Vec<(usize, f64)>,
    right: Vec<(usize, f64)>,
}

/// Places boxes and nets.
pub(super) fn place(items: Vec<Item>, nets: &[Net<End, End>], spacing: Spacing) -> Grid {
    let columns = items.iter().map(|item| item.column + 1).max().unwrap_or(0);
    let mut table = Table::new(&items, nets, columns, spacing);
    table.settle();
    let tops: Vec<i32> = table.y.iter().map(|y| (y + 0.5).floor() as i32).collect();
    grid(items, nets, columns, spacing, &table, &tops)
}

impl Table {
    fn new(items: &[Item], nets: &[Net<End, End>], columns: usize, spacing: Spacing) -> Table {
        let element =
            |item: &Item| Element { column: item.column, height: f64::from(item.height), net: None, ends: Vec::new() };
        let mut elements: Vec<Element> = items.iter().map(element).collect();
        let mut gutters: Vec<Vec<Meeting>> = (0..=columns).map(|_| Vec::new()).collect();
        for (net, Net { sources, targets }) in nets.iter().enumerate() {
            let Some((first, last)) = span(items, &nets[net]) else { continue };
            let mut meetings: Vec<Meeting> =
                (first..=last).map(|_| Meeting { net, left: Vec::new(), right: Vec::new() }).collect();
            for &(item, out) in sources {
                meetings[items[item].column + 1 - first].left.push((item, f64::from(items[item].outs[out])));
            }
            for &(item, into) in targets {
                meetings[items[item].column - first].right.push((item, f64::from(items[item].ins[into])));
            }
            for column in first..last {
                let gap = elements.len();
                elements.push(Element { column, height: 0.0, net: Some(net), ends: Vec::new() });
                meetings[column - first].right.push((gap, 0.0));
                meetings[column + 1 - first].left.push((gap, 0.0));
            }
            for (gutter, meeting) in (first..=last).zip(meetings) {
                for &(element, offset) in meeting.left.iter().chain(&meeting.right) {
                    elements[element].ends.push((gutter, gutters[gutter].len(), offset));
                }
                gutters[gutter].push(meeting);
            }
        }
        let y = vec![0.0; elements.len()];
        let mut table = Table {
            order: (0..columns).map(|_| Vec::new()).collect(),
            y,
            gutters,
            gap: f64::from(spacing.gap),
            line: f64::from(spacing.line),
            bounds: (-f64::from(spacing.slack), f64::from(spacing.slack)),
            elements,
        };
        table.start();
        table
    }

    /// The order to begin with: boxes as they are numbered, gaps at the height of their nets' boxes.
    fn start(&mut self) {
        let mut depth = vec![0.0; self.order.len()];
        for (at, element) in self.elements.iter().enumerate().filter(|(_, element)| element.net.is_none()) {
            self.y[at] = depth[element.column];
            depth[element.column] += element.height + self.gap;
        }
        let mut sums: Vec<(f64, f64)> = Vec::new();
        for meeting in self.gutters.iter().flatten() {
            if sums.len() <= meeting.net {
                sums.resize(meeting.net + 1, (0.0, 0.0));
            }
            for &(element, offset) in meeting.left.iter().chain(&meeting.right) {
                if self.elements[element].net.is_none() {
                    sums[meeting.net].0 += self.y[element] + offset;
                    sums[meeting.net].1 += 1.0;
                }
            }
        }
        for (at, element) in self.elements.iter().enumerate() {
            if let Some(net) = element.net {
                let (sum, count) = sums[net];
                self.y[at] = if count > 0.0 { sum / count } else { 0.0 };
            }
            self.order[element.column].push(at);
        }
        let rooms = |column: &Vec<usize>| (0..column.len()).map(|place| self.room(column, place)).sum::<f64>();
        self.bounds.1 += self.order.iter().map(rooms).fold(0.0, f64::max);
        for column in 0..self.order.len() {
            let wishes: Vec<f64> = self.y.clone();
            self.arrange(column, &wishes, true);
        }
    }

    /// Looks for an order with few crossings and short lines, then for the straightest places in it.
    fn settle(&mut self) {
        let mut best = (self.cost(), self.order.clone(), self.y.clone());
        for round in 0..ROUNDS {
            self.sweep(round, true, mean);
            let cost = self.cost();
            if cost < best.0 {
                best = (cost, self.order.clone(), self.y.clone());
            }
        }
        (_, self.order, self.y) = best;
        for round in 0..POLISH {
            self.sweep(round, false, if round < POLISH / 2 { mean } else { median });
        }
        for column in (0..self.order.len()).rev() {
            self.straighten(column, column + 1);
        }
        for column in 0..self.order.len() {
            self.straighten(column, column);
        }
        let highest = self.y.iter().copied().fold(f64::INFINITY, f64::min);
        self.y.iter_mut().for_each(|y| *y -= highest);
    }

    /// Moves the elements of every column towards those that they are connected with, from left to right or back.
    fn sweep(&mut self, round: usize, reorder: bool, middle: fn(&mut [f64], f64) -> f64) {
        let forth = round.is_multiple_of(2);
        let count = self.order.len();
        for step in 0..count {
            let column = if forth { step } else { count - 1 - step };
            let mut wishes = self.y.clone();
            for &at in &self.order[column] {
                // What stands on the other side too, once the order is settled.
                let gutter = if forth { column } else { column + 1 };
                let mut pulls = self.pulls(at, gutter);
                if pulls.is_empty() || !reorder {
                    pulls.extend(self.pulls(at, if forth { column + 1 } else { column }));
                }
                if !pulls.is_empty() {
                    wishes[at] = middle(&mut pulls, self.y[at]);
                }
            }
            self.arrange(column, &wishes, reorder);
        }
    }

    /// Moves gaps and other elements without height as high as the one that they meet in a gutter, and boxes as high as the
    /// only one that they meet at all; leaves others where they are.
    fn straighten(&mut self, column: usize, gutter: usize) {
        let order = std::mem::take(&mut self.order[column]);
        let pull = |&at: &usize| {
            let mut pulls = self.pulls(at, gutter);
            if self.elements[at].height > 0.0 || pulls.is_empty() {
                pulls.extend(self.pulls(at, if gutter == column { column + 1 } else { column }));
            }
            pulls.first().copied().filter(|first| pulls.iter().all(|pull| pull == first))
        };
        let wish = |at: &usize| pull(at).map_or((self.y[*at], FIXED), |pull| (pull, 1.0));
        let wishes: Vec<(f64, f64)> = order.iter().map(wish).collect();
        self.stack(&order, &wishes);
        self.order[column] = order;
    }

    /// Where the upper edge of an element would be, were it as high as each of those that it meets in a gutter.
    fn pulls(&self, at: usize, gutter: usize) -> Vec<f64> {
        let mut pulls = Vec::new();
        for &(_, meeting, offset) in self.elements[at].ends.iter().filter(|(place, ..)| *place == gutter) {
            let Meeting { left, right, .. } = &self.gutters[gutter][meeting];
            let (own, opposite) = if self.elements[at].column == gutter { (right, left) } else { (left, right) };
            let others = if opposite.is_empty() { own } else { opposite };
            let others = others.iter().filter(|(other, _)| *other != at);
            pulls.extend(others.map(|&(other, theirs)| self.y[other] + theirs - offset));
        }
        pulls
    }

    /// Stacks a column so that its elements come as near to their wishes as they may.
    fn arrange(&mut self, column: usize, wishes: &[f64], reorder: bool) {
        let mut order = std::mem::take(&mut self.order[column]);
        if reorder {
            let middle = |at: usize| wishes[at] + self.elements[at].height / 2.0;
            order.sort_by(|&a, &b| middle(a).total_cmp(&middle(b)));
        }
        let wish = |&at: &usize| match &self.elements[at] {
            // What nothing pulls anywhere rises, so that no hole is left.
            element if element.ends.is_empty() => (0.0, LIGHT),
            element => (wishes[at], if element.net.is_none() { 1.0 } else { 3.0 }),
        };
        let wishes: Vec<(f64, f64)> = order.iter().map(wish).collect();
        self.stack(&order, &wishes);
        self.order[column] = order;
    }

    /// Stacks elements in this order, each with where it would like to be and how much that matters.
    fn stack(&mut self, order: &[usize], wishes: &[(f64, f64)]) {
        let wish = |(place, &(at, weight)): (usize, &(f64, f64))| Wish { at, weight, room: self.room(order, place) };
        let stacked = stack(&wishes.iter().enumerate().map(wish).collect::<Vec<_>>(), self.bounds);
        for (&at, y) in order.iter().zip(stacked) {
            self.y[at] = y;
        }
    }

    /// The height of an element of a column, and what is kept free below it.
    fn room(&self, column: &[usize], place: usize) -> f64 {
        let is_box = |at: usize| self.elements[at].net.is_none();
        let boxes = is_box(column[place]) && column.get(place + 1).is_some_and(|&below| is_box(below));
        self.elements[column[place]].height + if boxes { self.gap } else { self.line }
    }

    /// How long the vertical lines are, and how many others the horizontal ones may cross.
    fn cost(&self) -> f64 {
        let mut cost = 0.0;
        for gutter in &self.gutters {
            let heights = |meeting: &Meeting| -> Vec<f64> {
                meeting.left.iter().chain(&meeting.right).map(|&(at, offset)| self.y[at] + offset).collect()
            };
            let all: Vec<Vec<f64>> = gutter.iter().map(heights).collect();
            let mut starts: Vec<f64> = all.iter().map(|ys| ys.iter().copied().fold(f64::INFINITY, f64::min)).collect();
            let mut ends: Vec<f64> =
                all.iter().map(|ys| ys.iter().copied().fold(f64::NEG_INFINITY, f64::max)).collect();
            cost += starts.iter().zip(&ends).map(|(start, end)| end - start).sum::<f64>();
            starts.sort_by(f64::total_cmp);
            ends.sort_by(f64::total_cmp);
            for y in all.iter().flatten() {
                let begun = starts.partition_point(|start| start < y);
                let over = ends.partition_point(|end| end <= y);
                cost += begun.saturating_sub(over) as f64 * CROSSING;
            }
        }
        cost
    }
}

fn mean(values: &mut [f64], _: f64) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Of the two middle ones, if there are two, the one nearer to `now`: a line to one of them is straight.
fn median(values: &mut [f64], now: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or(now);
    let (low, high) = (at(values.len().saturating_sub(1) / 2), at(values.len() / 2));
    if (now - low).abs() <= (high - now).abs() { low } else { high }
}

/// The first and the last gutter of a net.
fn span(items: &[Item], net: &Net<End, End>) -> Option<(usize, usize)> {
    let out = net.sources.iter().map(|&(item, _)| items[item].column + 1);
    let into = net.targets.iter().map(|&(item, _)| items[item].column);
    let gutters = || out.clone().chain(into.clone());
    Some((gutters().min()?, gutters().max()?))
}

/// Gives every column its place from left to right, and every net its lanes.
fn grid(
    items: Vec<Item>,
    nets: &[Net<End, End>],
    columns: usize,
    spacing: Spacing,
    table: &Table,
    tops: &[i32],
) -> Grid {
    let mut routes: Vec<Route> = nets
        .iter()
        .map(|net| Route { first: span(&items, net).map_or(0, |(first, _)| first), ..Route::default() })
        .collect();
    let mut widest = vec![0; columns];
    for item in &items {
        widest[item.column] = widest[item.column].max(item.width);
    }
    let mut left = vec![0; columns];
    let mut x = 0;
    for gutter in 0..=columns {
        let meetings = &table.gutters[gutter];
        let heights = |ends: &[(usize, f64)]| ends.iter().map(|&(at, offset)| tops[at] + offset as i32).collect();
        let crossings: Vec<Crossing> = meetings
            .iter()
            .map(|meeting| Crossing { left: heights(&meeting.left), right: heights(&meeting.right) })
            .collect();
        let (lane, count) = lanes(&crossings);
        for (meeting, lane) in meetings.iter().zip(lane) {
            let lane = lane.map(|lane| x + spacing.margin + lane as i32 * spacing.line);
            routes[meeting.net].lanes.push(lane);
        }
        let labels = items.iter().filter(|item| item.column == gutter).map(|item| item.labels).max().unwrap_or(0);
        let lines = match count {
            0 => 0,
            count => (count as i32 - 1) * spacing.line + 2 * spacing.margin,
        };
        let at_rim = gutter == 0 || gutter == columns;
        let least = match (meetings.is_empty(), at_rim) {
            (true, true) => spacing.rim,
            (true, false) => spacing.gap,
            (false, _) => spacing.margin,
        };
        x += (lines.max(if labels == 0 { least } else { spacing.margin / 2 }) + labels).max(least);
        if gutter < columns {
            left[gutter] = x;
            x += widest[gutter];
        }
    }
    for (at, element) in table.elements.iter().enumerate() {
        element.net.into_iter().for_each(|net| routes[net].passes.push(tops[at]));
    }
    let width_of = |item: &Item| if spacing.stretched { widest[item.column] } else { item.width };
    let bottom = |(at, element): (usize, &Element)| tops[at] + element.height as i32;
    Grid {
        at: items.iter().zip(tops).map(|(item, &y)| Point { x: left[item.column], y }).collect(),
        widths: items.iter().map(width_of).collect(),
        width: x,
        height: table.elements.iter().enumerate().map(bottom).max().unwrap_or(0),
        items,
        routes,
    }
}

impl Grid {
    /// The line of `net` from one of its sources to one of its targets.
    pub(super) fn line(&self, net: usize, source: End, target: End) -> Vec<Point> {
        let route = &self.routes[net];
        let start =
            self.at[source.0].shifted(Point { x: self.widths[source.0], y: self.items[source.0].outs[source.1] });
        let end = self.at[target.0].shifted(Point { x: 0, y: self.items[target.0].ins[target.1] });
        let (mut gutter, last) = (self.items[source.0].column + 1, self.items[target.0].column);
        let mut points = vec![start];
        let mut y = start.y;
        loop {
            // The column between this gutter and the next one lies to the right, or to the left on the way back.
            let next = match gutter.cmp(&last) {
                std::cmp::Ordering::Less => route.passes[gutter - route.first],
                std::cmp::Ordering::Equal => end.y,
                std::cmp::Ordering::Greater => route.passes[gutter - 1 - route.first],
            };
            if let Some(x) = route.lanes[gutter - route.first] {
                points.extend([Point { x, y }, Point { x, y: next }]);
            }
            y = next;
            match gutter.cmp(&last) {
                std::cmp::Ordering::Less => gutter += 1,
                std::cmp::Ordering::Equal => break,
                std::cmp::Ordering::Greater => gutter -= 1,
            }
        }
        points.push(end);
        super::straightened(points)
    }
}
