//! The graph for Graphviz.

use super::colours::{self, CLOSED, GROUP, HALF, LINE, OPENED, RIM, SOFT};
use super::layout::{Shift, Style, Tone};
use super::{Change, Edge, Graph, Group, GroupKind, Node, NodeKind, State};
use std::fmt::Write as _;
use xks_base::escape::dot as text;

/// The graph in the DOT language, under a title.
pub fn dot(graph: &Graph, title: &str) -> String {
    let mut out = format!("// Written by `xks graph`.\ndigraph {} {{\n", text(title));
    let label = text(&format!("{title}\n{}", graph.summary()));
    let _ = writeln!(out, "  graph [label={label}, labelloc=t, labeljust=l, rankdir=LR, fontname=\"Helvetica\"];");
    out.push_str("  node [shape=box, fontname=\"Courier\", fontsize=11];\n");
    let _ = writeln!(out, "  edge [fontname=\"Courier\", fontsize=9, color=\"{}\"];", LINE.light);
    for (at, group) in graph.groups.iter().enumerate() {
        cluster(graph, at, group, &mut out);
    }
    for edge in &graph.edges {
        line(graph, edge, &mut out);
    }
    out.push_str("}\n");
    out
}

fn cluster(graph: &Graph, at: usize, group: &Group, out: &mut String) {
    let (style, color) = match group.kind {
        GroupKind::Tenant if group.open_inside => ("rounded,filled", &RIM),
        GroupKind::Tenant => ("rounded", &SOFT),
        GroupKind::Foreign | GroupKind::Several => ("rounded,dashed", &SOFT),
    };
    let color = match group.change {
        Change::New => &OPENED,
        Change::Gone => &CLOSED,
        Change::Same | Change::Changed => color,
    };
    let (color, fill) = (color.light, GROUP.light);
    let subtitle = group.subtitle();
    let label = if subtitle.is_empty() { group.title.clone() } else { format!("{}\n{subtitle}", group.title) };
    let _ = writeln!(out, "  subgraph {} {{", text(&format!("cluster {}", group.key)));
    let _ = writeln!(
        out,
        "    graph [label={}, style=\"{style}\", color=\"{color}\", fillcolor=\"{fill}\"];",
        text(&label)
    );
    for node in graph.nodes.iter().filter(|node| node.group == at) {
        let _ = writeln!(out, "    {} [label={}{}];", id(node), text(&label_of(node)), look(node));
    }
    // A cluster without a node is not drawn.
    if !graph.nodes.iter().any(|node| node.group == at) {
        let _ = writeln!(out, "    {} [style=invis, label=\"\"];", text(&format!("{} nothing", group.key)));
    }
    out.push_str("  }\n");
}

fn label_of(node: &Node) -> String {
    match &node.detail {
        Some(detail) => format!("{}\n{detail}", node.label),
        None => node.label.clone(),
    }
}

fn look(node: &Node) -> String {
    let style = match node.kind {
        NodeKind::App => "filled",
        NodeKind::Pods | NodeKind::EveryPod => "filled,dashed",
        NodeKind::Host(_)
        | NodeKind::Controller
        | NodeKind::Internet
        | NodeKind::Addresses
        | NodeKind::Platform
        | NodeKind::External => "filled,rounded",
    };
    let (surface, rim) = colours::of_node(node.kind);
    let (rim, width) = match node.change {
        Change::Same => (rim, 1),
        Change::New => (&OPENED, 2),
        Change::Gone => (&CLOSED, 2),
        Change::Changed => (&HALF, 2),
    };
    let (surface, rim) = (surface.light, rim.light);
    format!(", style=\"{style}\", fillcolor=\"{surface}\", color=\"{rim}\", penwidth={width}")
}

fn line(graph: &Graph, edge: &Edge, out: &mut String) {
    let style = Style::of(graph, edge);
    let mut attributes = format!("label={}, tooltip={}", text(&edge.label()), text(&graph.described(edge)));
    if let Some(color) = colours::of_line(style) {
        let color = color.light;
        let _ = write!(attributes, ", color=\"{color}\", fontcolor=\"{color}\"");
    }
    match style.state {
        _ if style.change == Shift::Closed => attributes.push_str(", style=dashed"),
        State::Open if style.tone == Tone::Public => attributes.push_str(", penwidth=1.6"),
        State::Open => {}
        State::Consent => attributes.push_str(", style=dotted"),
        State::HalfOpen => attributes.push_str(", style=dashed"),
    }
    let _ = writeln!(out, "  {} -> {} [{attributes}];", id(&graph.nodes[edge.from]), id(&graph.nodes[edge.to]));
}

fn id(node: &Node) -> String {
    text(&node.key)
}
