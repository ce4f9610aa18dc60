//! Where things stand in the picture, and how the lines run.
//!
//! Two rounds of one method, `grid`: first the nodes inside each group (`inside`), then the groups among each other
//! (`between`). Boxes stand in columns; lines run in the gutters between columns and in gaps that are kept free for them,
//! so that none crosses a box or a text. What is drawn depends on the graph alone.

mod align;
mod between;
mod columns;
mod grid;
mod inside;
mod lanes;
pub mod metrics;
mod nets;
mod references;
mod style;

pub use references::Reference;
pub use style::{Shift, Style, Tone};

use super::Graph;

/// A point, in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

impl Point {
    fn shifted(self, by: Point) -> Point {
        Point { x: self.x + by.x, y: self.y + by.y }
    }
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// The upper left corner.
    pub at: Point,
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
}

impl Rect {
    /// Whether `other` lies in it.
    pub fn holds(&self, other: &Rect) -> bool {
        let end = |rect: &Rect| (rect.at.x + rect.width, rect.at.y + rect.height);
        self.at.x <= other.at.x && self.at.y <= other.at.y && end(self).0 >= end(other).0 && end(self).1 >= end(other).1
    }

    /// Whether the two share more than an edge.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.at.x < other.at.x + other.width
            && other.at.x < self.at.x + self.width
            && self.at.y < other.at.y + other.height
            && other.at.y < self.at.y + self.height
    }
}

/// A place at the left of a box where lines of one look arrive, under one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The tip of the arrow.
    pub at: Point,
    /// How it looks.
    pub style: Style,
    /// What stands at the line.
    pub label: String,
    /// The edges that arrive here.
    pub edges: Vec<usize>,
}

/// The whole picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
    /// The boxes of the groups, in their order.
    pub groups: Vec<Rect>,
    /// The boxes of the nodes, in their order.
    pub nodes: Vec<Rect>,
    /// The boxes that stand for what is drawn elsewhere.
    pub references: Vec<(Reference, Rect)>,
    /// The corners of each edge's lines, in the order of edges: one, or two that end at references.
    pub lines: Vec<Vec<Vec<Point>>>,
    /// The arrows and their labels.
    pub arrivals: Vec<Arrival>,
}

/// Lays a graph out.
pub fn layout(graph: &Graph) -> Layout {
    let references = references::references(graph);
    let groups = 0..graph.groups.len();
    let inside: Vec<inside::Inside> = groups.map(|group| inside::lay_out(graph, group, &references)).collect();
    between::lay_out(graph, &inside, references)
}

/// The line without points that lie on it.
fn straightened(points: Vec<Point>) -> Vec<Point> {
    let mut line: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if line.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = line.as_slice()
            && (a.x == b.x && b.x == point.x || a.y == b.y && b.y == point.y)
        {
            line.pop();
        }
        line.push(point);
    }
    line
}
