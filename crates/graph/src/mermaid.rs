//! The graph for Mermaid, which GitHub, GitLab and Azure DevOps draw inside Markdown.

use super::colours::{self, CLOSED, OPENED, TEXT};
use super::layout::{Style, Tone};
use super::{Change, Edge, EdgeChange, Graph, Group, Node, NodeKind, State};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use xks_base::diagnostics::suggest::counted;
use xks_base::escape::{self, mermaid as text};
use xks_base::values::access::Access;

/// The most edges that Mermaid draws, and the most characters that it reads, unless a site allows more (its options
/// `maxEdges` and `maxTextSize`).
const MOST_EDGES: usize = 500;
const MOST_TEXT: usize = 50_000;

/// The graph as a Mermaid flowchart, under a title. What is too large for Mermaid is drawn tenant by tenant.
pub fn mermaid(graph: &Graph, title: &str) -> String {
    let whole = flowchart(graph, title);
    let fits = graph.edges.len() <= MOST_EDGES && whole.chars().count() <= MOST_TEXT;
    if fits { whole } else { tenants_alone(graph, title) }
}

const HEAD: &str = "%% Written by `xks graph`.\n";

/// How the classes look that nodes are given.
fn classes() -> String {
    let kinds =
        [("public", NodeKind::Internet), ("private", NodeKind::Host(Access::Private)), ("outside", NodeKind::External)];
    let card = |(name, kind)| {
        let (surface, rim) = colours::of_node(kind);
        format!("  classDef {name} fill:{},stroke:{},color:{}\n", surface.light, rim.light, TEXT.light)
    };
    let opened = format!("  classDef opened stroke:{},stroke-width:3px\n", OPENED.light);
    let closed = format!("  classDef closed stroke:{},stroke-dasharray:5 4\n", CLOSED.light);
    kinds.into_iter().map(card).chain([opened, closed]).collect()
}

fn head(title: &str) -> String {
    // The title is YAML in front matter: JSON strings are YAML.
    let title = serde_json::to_string(title).unwrap_or_default();
    let title = escape::json(&title);
    format!("---\ntitle: {title}\n---\n{HEAD}flowchart LR\n")
}

fn flowchart(graph: &Graph, title: &str) -> String {
    let ids = ids(graph.nodes.iter().map(|node| node.key.as_str()));
    let group_ids = self::ids(graph.groups.iter().map(|group| group.key.as_str()));
    let mut out = head(title);
    for (at, group) in graph.groups.iter().enumerate() {
        let _ = writeln!(out, "  subgraph in_{}[{}]", group_ids[at], text(&group_label(group)));
        for (node, id) in graph.nodes.iter().zip(&ids).filter(|(node, _)| node.group == at) {
            let _ = writeln!(out, "    {id}{}", shape(node));
        }
        out.push_str("  end\n");
    }
    for edge in &graph.edges {
        let arrow = arrow(graph, edge);
        let _ = writeln!(out, "  {} {arrow}|{}| {}", ids[edge.from], text(&edge.label()), ids[edge.to]);
    }
    out.push_str(&classes());
    let mut classes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (node, id) in graph.nodes.iter().zip(&ids) {
        if let Some(class) = class(node) {
            classes.entry(class).or_default().push(id);
        }
        match node.change {
            Change::New => classes.entry("opened").or_default().push(id),
            Change::Gone => classes.entry("closed").or_default().push(id),
            Change::Same | Change::Changed => {}
        }
    }
    for (class, ids) in classes {
        let _ = writeln!(out, "  class {} {class}", ids.join(","));
    }
    link_colours(graph, &mut out);
    out
}

fn group_label(group: &Group) -> String {
    match group.subtitle() {
        subtitle if subtitle.is_empty() => group.title.clone(),
        subtitle => format!("{} \u{b7} {subtitle}", group.title),
    }
}

fn shape(node: &Node) -> String {
    let label = match &node.detail {
        Some(detail) => format!("{} \u{b7} {detail}", node.label),
        None => node.label.clone(),
    };
    let label = text(&label);
    match node.kind {
        NodeKind::App => format!("[{label}]"),
        NodeKind::Pods | NodeKind::EveryPod => format!("[[{label}]]"),
        NodeKind::Host(_)
        | NodeKind::Controller
        | NodeKind::Internet
        | NodeKind::Addresses
        | NodeKind::Platform
        | NodeKind::External => format!("([{label}])"),
    }
}

fn class(node: &Node) -> Option<&'static str> {
    match node.kind {
        NodeKind::Host(Access::Public) | NodeKind::Internet => Some("public"),
        NodeKind::Host(Access::Private) => Some("private"),
        NodeKind::Controller | NodeKind::Addresses | NodeKind::Platform | NodeKind::External => Some("outside"),
        NodeKind::App | NodeKind::Pods | NodeKind::EveryPod => None,
    }
}

fn arrow(graph: &Graph, edge: &Edge) -> &'static str {
    match (edge.state, Style::of(graph, edge).tone) {
        _ if edge.change == EdgeChange::Closed => "-.->",
        (State::Open, Tone::Public) => "==>",
        (State::Open, Tone::Plain | Tone::Private) => "-->",
        (State::Consent | State::HalfOpen, _) => "-.->",
    }
}

/// Mermaid knows links by their number only.
fn link_colours(graph: &Graph, out: &mut String) {
    let mut of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (at, edge) in graph.edges.iter().enumerate() {
        if let Some(color) = colours::of_line(Style::of(graph, edge)) {
            of.entry(color.light).or_default().push(at.to_string());
        }
    }
    for (color, links) in of {
        let _ = writeln!(out, "  linkStyle {} stroke:{color}", links.join(","));
    }
}

/// One node a tenant, and how many connections there are between two.
fn tenants_alone(graph: &Graph, title: &str) -> String {
    let ids = ids(graph.groups.iter().map(|group| group.key.as_str()));
    let mut out = head(title);
    let _ = writeln!(out, "%% Too large for Mermaid: tenants alone. `--tenant NAME` draws one whole.");
    let mut between: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let (mut published, mut reaching) = (BTreeMap::new(), BTreeSet::new());
    for edge in graph.edges.iter().filter(|edge| edge.state == State::Open && edge.change != EdgeChange::Closed) {
        let (from, to) = (&graph.nodes[edge.from], &graph.nodes[edge.to]);
        if from.group != to.group {
            *between.entry((from.group, to.group)).or_default() += 1;
        }
        if edge.is_public(graph) {
            published.entry(from.group).or_insert_with(BTreeSet::new).insert(edge.from);
        }
        if to.kind == NodeKind::Internet {
            reaching.insert(to.group);
        }
    }
    for (group, id) in graph.groups.iter().zip(&ids) {
        let _ = writeln!(out, "  in_{id}[{}]", text(&group.title));
    }
    out.push_str("  from_internet([\"internet\"])\n  to_internet([\"internet\"])\n");
    for ((from, to), count) in between {
        let _ = writeln!(out, "  in_{} -->|\"{count}\"| in_{}", ids[from], ids[to]);
    }
    for (group, hosts) in published {
        let hosts = counted(hosts.len(), "host");
        let _ = writeln!(out, "  from_internet ==>|\"{hosts}\"| in_{}", ids[group]);
    }
    for group in reaching {
        let _ = writeln!(out, "  in_{} ==> to_internet", ids[group]);
    }
    out.push_str(&classes());
    out.push_str("  class from_internet,to_internet public\n");
    out
}

/// An identifier for each key, made of what Mermaid allows in one.
fn ids<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let id = |key: &str| {
        let mut id = String::new();
        for c in key.chars() {
            match c {
                c if c.is_ascii_alphanumeric() => id.push(c),
                '/' => id.push_str("__"),
                '<' => id.push_str("from"),
                '>' => id.push_str("to"),
                '*' => id.push_str("every"),
                _ if id.ends_with('_') => {}
                _ => id.push('_'),
            }
        }
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        if *count == 1 { id } else { format!("{id}_{count}_") }
    };
    keys.map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_differ_where_keys_do() {
        let ids = ids(["a--b/c", "a/b--c", "a/*", "a/b c"].into_iter());
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 4, "{ids:?}");
        assert!(ids.iter().flat_map(|id| id.chars()).all(|c| c.is_ascii_alphanumeric() || c == '_'), "{ids:?}");
    }
}
