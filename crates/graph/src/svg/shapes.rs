//! Lines and signs.

use crate::NodeKind;
use crate::layout::{Point, Rect};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use xks_base::values::access::Access;

/// How round the corners of lines are.
const RADIUS: i32 = 6;

/// A piece of a line: straight, or a quarter of a circle or less around a corner.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Straight(Point, Point),
    Corner(Point, Point, Point),
}

fn pieces(points: &[Point]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let Some((&first, rest)) = points.split_first() else { return pieces };
    let mut start = first;
    for (place, &point) in rest.iter().enumerate() {
        let before = points[place];
        let Some(&next) = rest.get(place + 1) else {
            pieces.push(Piece::Straight(start, point));
            break;
        };
        let radius = RADIUS.min(length(before, point) / 2).min(length(point, next) / 2);
        let (a, b) = (towards(point, before, radius), towards(point, next, radius));
        pieces.push(Piece::Straight(start, a));
        pieces.push(Piece::Corner(a, point, b));
        start = b;
    }
    pieces
}

/// A line with round corners.
pub(super) fn rounded(points: &[Point]) -> String {
    let mut out = String::new();
    if let Some(first) = points.first() {
        let _ = write!(out, "M{} {}", first.x, first.y);
    }
    for piece in pieces(points) {
        match piece {
            Piece::Straight(_, to) => drop(write!(out, "L{} {}", to.x, to.y)),
            Piece::Corner(_, by, to) => drop(write!(out, "Q{} {} {} {}", by.x, by.y, to.x, to.y)),
        }
    }
    out
}

/// Several lines at once: where they run together, only one is drawn, so that none looks thicker than another.
pub(super) fn joined<'l>(lines: impl Iterator<Item = &'l Vec<Point>>) -> String {
    let mut level: BTreeMap<i32, Vec<(i32, i32)>> = BTreeMap::new();
    let mut upright: BTreeMap<i32, Vec<(i32, i32)>> = BTreeMap::new();
    let mut corners: BTreeSet<(Point, Point, Point)> = BTreeSet::new();
    for piece in lines.flat_map(|line| pieces(line)) {
        match piece {
            Piece::Straight(a, b) if a.y == b.y => level.entry(a.y).or_default().push((a.x.min(b.x), a.x.max(b.x))),
            Piece::Straight(a, b) => upright.entry(a.x).or_default().push((a.y.min(b.y), a.y.max(b.y))),
            Piece::Corner(a, by, b) => drop(corners.insert((a.min(b), by, a.max(b)))),
        }
    }
    let mut out = String::new();
    for (y, (from, to)) in level.into_iter().flat_map(|(y, parts)| merged(parts).into_iter().map(move |part| (y, part)))
    {
        let _ = write!(out, "M{from} {y}H{to}");
    }
    for (x, (from, to)) in
        upright.into_iter().flat_map(|(x, parts)| merged(parts).into_iter().map(move |part| (x, part)))
    {
        let _ = write!(out, "M{x} {from}V{to}");
    }
    for (a, by, b) in corners {
        let _ = write!(out, "M{} {}Q{} {} {} {}", a.x, a.y, by.x, by.y, b.x, b.y);
    }
    out
}

/// Ranges without those that lie in others or touch them.
fn merged(mut parts: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    parts.retain(|(from, to)| from < to);
    parts.sort_unstable();
    parts.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1;
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
    parts
}

fn length(a: Point, b: Point) -> i32 {
    (a.x - b.x).abs() + (a.y - b.y).abs()
}

/// The point at a distance from `from` on the way to `to`, which lies straight above, below or beside it.
fn towards(from: Point, to: Point, distance: i32) -> Point {
    Point { x: from.x + (to.x - from.x).signum() * distance, y: from.y + (to.y - from.y).signum() * distance }
}

pub(super) fn rect(rect: Rect, radius: i32, out: &mut String) {
    let Rect { at: Point { x, y }, width, height } = rect;
    let _ = writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>");
}

/// The sign of a kind of node, 12 pixels wide and high.
pub(super) fn sign(kind: NodeKind, x: i32, y: i32, out: &mut String) {
    let path = match kind {
        NodeKind::Host(Access::Public) | NodeKind::Internet => {
            "M6 1a5 5 0 1 0 0 10a5 5 0 1 0 0-10M1 6h10M6 1c-2.8 3-2.8 7 0 10M6 1c2.8 3 2.8 7 0 10"
        }
        NodeKind::Host(Access::Private) => "M2.5 5.5h7v5h-7zM4 5.5v-2a2 2 0 0 1 4 0v2",
        NodeKind::Controller => "M1 6l5-5 5 5-5 5z",
        NodeKind::Addresses => "M4 1.5l-1 9M9 1.5l-1 9M1.5 4.2h9.5M1 7.8h9.5",
        NodeKind::Platform => "M6 1l4.4 2.5v5L6 11 1.6 8.5v-5z",
        NodeKind::App => "M1.5 1.5h9v9h-9z",
        NodeKind::Pods => "M1.5 1.5h4.5l5 5-4.5 4.5-5-5zM4 4h.1",
        NodeKind::EveryPod => "M1 4h7v7H1zM4 4V1h7v7H8",
        NodeKind::External => "M5 2H1.5v8.5H10V7M7 1.5h3.5V5M10.5 1.5L5.5 6.5",
    };
    let _ = writeln!(out, "<path class=\"sign\" transform=\"translate({x} {y})\" d=\"{path}\"/>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_as_round_as_there_is_room() {
        let at = |x, y| Point { x, y };
        assert_eq!(rounded(&[at(0, 0), at(20, 0), at(20, 4)]), "M0 0L18 0Q20 0 20 2L20 4");
        assert_eq!(rounded(&[]), "");
    }

    #[test]
    fn what_runs_together_is_drawn_once() {
        let at = |x, y| Point { x, y };
        let lines =
            [vec![at(0, 0), at(20, 0), at(20, 40)], vec![at(0, 0), at(20, 0), at(20, 80)], vec![at(5, 0), at(9, 0)]];
        assert_eq!(joined(lines.iter()), "M0 0H14M20 6V80M14 0Q20 0 20 6");
    }
}
