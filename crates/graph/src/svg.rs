//! The picture as SVG.

mod legend;
mod shapes;

use super::colours;
use super::layout::metrics::{
    ARROW, FRAME, INSET, MARGIN, MOST_DETAIL, MOST_NAME, MOST_NOTES, NAME, SMALL, TITLE, shortened,
};
use super::layout::{Layout, Point, Shift, Style, Tone, layout};
use super::{Change, EdgeChange, Graph, GroupKind, Node, NodeKind, Side, State};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use xks_base::escape::xml;
use xks_base::values::access::Access;

/// How things look.
pub(super) fn style() -> String {
    colours::style() + include_str!("svg/picture.css")
}

/// The picture as a document of its own, under a title.
pub fn svg(graph: &Graph, title: &str) -> String {
    let picture = Picture::new(graph, title);
    let mut out = picture.start(" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title summary\"");
    let _ = writeln!(out, "<title id=\"title\">{}</title>", xml(title));
    let _ = writeln!(out, "<desc id=\"summary\">{}</desc>", xml(&graph.summary()));
    let _ = writeln!(out, "<style>\n{}</style>", style());
    picture.page(&mut out);
    picture.heading(&mut out);
    picture.body(&mut out);
    picture.legend(&mut out);
    out.push_str("</svg>\n");
    out
}

/// The picture as a part of a page that has the style sheet and says the rest itself.
pub(super) fn fragment(graph: &Graph) -> String {
    let picture = Picture::new(graph, "");
    let mut out = picture.start(" id=\"picture\" role=\"group\" aria-label=\"Picture\"");
    picture.body(&mut out);
    out.push_str("</svg>\n");
    out
}

/// The legend as a picture of its own.
pub(super) fn legend(graph: &Graph) -> String {
    let legend = legend::Legend::of(graph, LEGEND_WIDTH);
    let mut out = format!(
        "<svg role=\"img\" aria-label=\"Legend\" viewBox=\"{} 0 {LEGEND_WIDTH} {}\">\n",
        FRAME - 4,
        legend.height
    );
    legend.write(4, &mut out);
    out.push_str("</svg>\n");
    out
}

struct Picture<'g> {
    graph: &'g Graph,
    title: &'g str,
    layout: Layout,
    legend: legend::Legend,
    /// The nodes with a line that changed.
    touched: BTreeSet<usize>,
}

impl<'g> Picture<'g> {
    fn new(graph: &'g Graph, title: &'g str) -> Picture<'g> {
        let layout = layout(graph);
        let legend = legend::Legend::of(graph, layout.width.max(LEAST_WIDTH) - 2 * FRAME);
        let changed = graph.edges.iter().filter(|edge| edge.change != EdgeChange::Same);
        let touched = changed.flat_map(|edge| [edge.from, edge.to]).collect();
        Picture { graph, title, layout, legend, touched }
    }

    fn start(&self, attributes: &str) -> String {
        let width = self.layout.width.max(LEAST_WIDTH);
        let height = self.layout.height + self.legend.height;
        let compared = if self.graph.since.is_some() { " class=\"compared\"" } else { "" };
        format!("<svg{attributes}{compared} viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n")
    }

    fn page(&self, out: &mut String) {
        out.push_str("<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
    }

    fn heading(&self, out: &mut String) {
        let _ = writeln!(out, "<text class=\"heading\" x=\"{FRAME}\" y=\"30\">{}</text>", xml(self.title));
        let _ = writeln!(out, "<text class=\"summary\" x=\"{FRAME}\" y=\"49\">{}</text>", xml(&self.graph.summary()));
    }

    fn legend(&self, out: &mut String) {
        self.legend.write(self.layout.height, out);
    }

    fn body(&self, out: &mut String) {
        for at in 0..self.graph.groups.len() {
            self.group(at, out);
        }
        // What is open lies above what is not, and what changed above all.
        type Look = (Shift, Reverse<State>, Tone);
        let mut looks: BTreeMap<Look, Vec<&Vec<Point>>> = BTreeMap::new();
        for (edge, line) in self.graph.edges.iter().zip(&self.layout.lines) {
            let Style { change, state, tone } = Style::of(self.graph, edge);
            looks.entry((change, Reverse(state), tone)).or_default().extend(line);
        }
        for ((change, Reverse(state), tone), lines) in looks {
            let classes = Style { change, state, tone }.classes();
            let _ = writeln!(out, "<g class=\"wire{classes}\"><path d=\"{}\"/></g>", shapes::joined(lines.into_iter()));
        }
        for at in 0..self.graph.edges.len() {
            self.edge(at, out);
        }
        for at in 0..self.layout.arrivals.len() {
            self.arrival(at, out);
        }
        for at in 0..self.layout.references.len() {
            self.reference(at, out);
        }
        for at in 0..self.graph.nodes.len() {
            self.node(at, out);
        }
    }

    fn group(&self, at: usize, out: &mut String) {
        let (group, rect) = (&self.graph.groups[at], self.layout.groups[at]);
        let kind = match group.kind {
            GroupKind::Tenant if group.open_inside => "tenant",
            GroupKind::Tenant => "tenant closed-inside",
            GroupKind::Foreign => "foreign",
            GroupKind::Several => "several",
        };
        let _ = writeln!(out, "<g class=\"group {kind}{}\" data-group=\"{at}\">", change(group.change));
        let members = if group.members.is_empty() { String::new() } else { format!(": {}", group.members.join(", ")) };
        let _ = writeln!(out, "<title>{}{}</title>", xml(&group.title), xml(&members));
        shapes::rect(rect, 10, out);
        let (x, y) = (rect.at.x + INSET, rect.at.y + 10 + TITLE);
        let title = shortened(&group.title, MOST_NAME);
        let _ = writeln!(out, "<text class=\"title\" x=\"{x}\" y=\"{}\">{}</text>", y - 3, xml(&title));
        let subtitle = shortened(&group.subtitle(), MOST_NOTES);
        if !subtitle.is_empty() {
            let _ = writeln!(out, "<text class=\"small\" x=\"{x}\" y=\"{}\">{}</text>", y + 11, xml(&subtitle));
        }
        out.push_str("</g>\n");
    }

    /// The line of an edge, not seen until somebody points at it.
    fn edge(&self, at: usize, out: &mut String) {
        let edge = &self.graph.edges[at];
        let classes = Style::of(self.graph, edge).classes();
        let _ = writeln!(out, "<g class=\"edge{classes}\" data-edge=\"{at}\">");
        let _ = writeln!(out, "<title>{}</title>", xml(&self.graph.described(edge)));
        let _ = writeln!(
            out,
            "<path d=\"{}\"/>\n</g>",
            self.layout.lines[at].iter().map(|line| shapes::rounded(line)).collect::<String>()
        );
    }

    fn arrival(&self, at: usize, out: &mut String) {
        let arrival = &self.layout.arrivals[at];
        let (x, y) = (arrival.at.x, arrival.at.y);
        let edges: Vec<String> = arrival.edges.iter().map(ToString::to_string).collect();
        let classes = arrival.style.classes();
        let _ = writeln!(out, "<g class=\"arrow{classes}\" data-edges=\"{}\">", edges.join(" "));
        let _ = writeln!(out, "<path d=\"M{x} {y}l-{ARROW} -4v8z\"/>");
        let label = xml(&arrival.label);
        let (x, y) = (x - ARROW - 3, y - 3);
        let _ = writeln!(out, "<text class=\"label\" text-anchor=\"end\" x=\"{x}\" y=\"{y}\">{label}</text>\n</g>");
    }

    fn reference(&self, at: usize, out: &mut String) {
        let (reference, rect) = &self.layout.references[at];
        let edges: Vec<String> = reference.edges.iter().map(ToString::to_string).collect();
        let same = if reference.edges.iter().all(|&edge| self.is_same(edge)) { " same" } else { "" };
        let _ = writeln!(out, "<g class=\"reference{same}\" data-edges=\"{}\">", edges.join(" "));
        let lines: Vec<String> = reference.edges.iter().map(|&edge| self.graph.line(&self.graph.edges[edge])).collect();
        let _ = writeln!(out, "<title>{}</title>", xml(&lines.join("\n")));
        shapes::rect(*rect, rect.height / 2, out);
        let y = rect.at.y + rect.height / 2 + SMALL / 3;
        let (x, anchor) = match reference.side {
            Side::Source => (rect.at.x + rect.width - MARGIN, " text-anchor=\"end\""),
            Side::Pods | Side::Destination => (rect.at.x + MARGIN, ""),
        };
        let text = xml(&shortened(&reference.text, MOST_NAME));
        let _ = writeln!(out, "<text class=\"label\"{anchor} x=\"{x}\" y=\"{y}\">{text}</text>\n</g>");
    }

    fn is_same(&self, edge: usize) -> bool {
        self.graph.edges[edge].change == EdgeChange::Same
    }

    fn node(&self, at: usize, out: &mut String) {
        let (node, rect) = (&self.graph.nodes[at], self.layout.nodes[at]);
        // The end of a line that changed is as plain to see as the line.
        let touched = node.change == Change::Same && self.touched.contains(&at);
        let change = if touched { " touched" } else { change(node.change) };
        let _ = writeln!(out, "<g class=\"node {}{}\" data-node=\"{at}\">", kind_class(node.kind), change);
        let _ = writeln!(out, "<title>{}</title>", xml(&described(self.graph, node)));
        shapes::rect(rect, if node.side == Side::Pods { 5 } else { 12 }, out);
        let (left, middle) = (rect.at.x, rect.at.y + rect.height / 2);
        shapes::sign(node.kind, left + 8, middle - 6, out);
        let x = left + super::layout::metrics::SIGN;
        let name = xml(&shortened(&node.label, MOST_NAME));
        match &node.detail {
            None => {
                let _ = writeln!(out, "<text class=\"name\" x=\"{x}\" y=\"{}\">{name}</text>", middle + NAME / 3);
            }
            Some(detail) => {
                let detail = xml(&shortened(detail, MOST_DETAIL));
                let _ = writeln!(out, "<text class=\"name\" x=\"{x}\" y=\"{}\">{name}</text>", middle - 3);
                let _ = writeln!(out, "<text class=\"small\" x=\"{x}\" y=\"{}\">{detail}</text>", middle + SMALL + 1);
            }
        }
        out.push_str("</g>\n");
    }
}

/// The width of the legend beside a picture: one entry below the other.
const LEGEND_WIDTH: i32 = 320;
/// The least width of a picture, so that its heading has room.
const LEAST_WIDTH: i32 = 560;

fn change(change: Change) -> &'static str {
    match change {
        Change::Same => " same",
        Change::New => " new",
        Change::Gone => " gone",
        Change::Changed => " changed",
    }
}

/// The class by which the style sheet knows a kind of node.
pub(super) fn kind_class(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Host(Access::Public) => "public",
        NodeKind::Host(Access::Private) => "private",
        NodeKind::Controller => "controller",
        NodeKind::Internet => "internet",
        NodeKind::Addresses => "addresses",
        NodeKind::Platform => "platform",
        NodeKind::App => "app",
        NodeKind::Pods => "pods",
        NodeKind::EveryPod => "every",
        NodeKind::External => "external",
    }
}

/// A node in words.
fn described(graph: &Graph, node: &Node) -> String {
    let mut text = graph.name(node);
    for line in node.detail.iter().chain(&node.notes) {
        let _ = write!(text, "\n{line}");
    }
    text
}
