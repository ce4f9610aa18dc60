//! What things are called in a picture: as the language writes them.

use super::{Edge, EdgeChange, Graph, GroupKind, Node, NodeKind, Side, State};
use xks_analysis::model::Block;
use xks_base::diagnostics::suggest::counted;
use xks_base::values::access::Access;
use xks_base::values::label::Requirement;

/// `pods(k=v, …)`.
pub(super) fn pods(requirements: &[Requirement]) -> String {
    format!("pods({})", listed(requirements))
}

/// `tenants(k=v, …)`.
pub(super) fn tenants(requirements: &[Requirement]) -> String {
    format!("tenants({})", listed(requirements))
}

/// `k=v, …`
pub(super) fn listed(requirements: &[Requirement]) -> String {
    requirements.iter().map(Requirement::to_string).collect::<Vec<_>>().join(", ")
}

/// `10.0.0.0/8 except 10.1.0.0/16, …`; single addresses without their length.
pub(super) fn blocks(blocks: &[Block]) -> String {
    let net = |net: &ipnet::IpNet| match net.prefix_len() == net.max_prefix_len() {
        true => net.addr().to_string(),
        false => net.to_string(),
    };
    let block = |block: &Block| {
        let holes: Vec<String> = block.except.iter().map(net).collect();
        match holes.as_slice() {
            [] => net(&block.cidr),
            holes => format!("{} except {}", net(&block.cidr), holes.join(", ")),
        }
    };
    blocks.iter().map(block).collect::<Vec<_>>().join(", ")
}

impl Graph {
    /// A node as the language writes it: `shop/web`, `internet`.
    pub fn name(&self, node: &Node) -> String {
        let group = &self.groups[node.group];
        match (node.side, group.kind) {
            (Side::Source | Side::Destination, _) => node.label.clone(),
            (Side::Pods, GroupKind::Several) if group.key == "*" => format!("*/{}", last(node)),
            (Side::Pods, _) => format!("{}/{}", group.key, last(node)),
        }
    }

    /// An edge in words.
    pub fn line(&self, edge: &Edge) -> String {
        let (from, to) = (self.name(&self.nodes[edge.from]), self.name(&self.nodes[edge.to]));
        let state = match edge.state {
            State::Open => "",
            State::Consent => " (consent)",
            State::HalfOpen => " (half open)",
        };
        format!("{from} \u{2192} {to} {}{state}", edge.label())
    }

    /// An edge in words, with its statements.
    pub fn described(&self, edge: &Edge) -> String {
        let mut text = self.line(edge);
        for opening in &edge.openings {
            let statement = &self.statements[opening.statement];
            text.push_str(&format!("\n{}:{}: {}", statement.place.file, statement.place.line, statement.text));
        }
        text
    }

    /// The graph in numbers.
    pub fn summary(&self) -> String {
        let groups = |kind| self.groups.iter().filter(|group| group.kind == kind).count();
        let nodes = |kind| self.nodes.iter().filter(|node| node.kind == kind).count();
        let open = |edge: &&Edge| edge.state == State::Open && edge.change != EdgeChange::Closed;
        let pods = |node: usize| self.nodes[node].side == Side::Pods;
        let between = |edge: &&Edge| {
            let (from, to) = (&self.nodes[edge.from], &self.nodes[edge.to]);
            pods(edge.from) && pods(edge.to) && from.group != to.group
        };
        let to_internet = |edge: &&Edge| self.nodes[edge.to].kind == NodeKind::Internet;
        let edges = |test: &dyn Fn(&&Edge) -> bool| self.edges.iter().filter(open).filter(|edge| test(edge)).count();
        let half = self.edges.iter().filter(|edge| edge.state == State::HalfOpen).count();
        let changed = |change: fn(&EdgeChange) -> bool| self.edges.iter().filter(|edge| change(&edge.change)).count();
        let mut parts = vec![
            counted(groups(GroupKind::Tenant), "tenant"),
            counted(nodes(NodeKind::Host(Access::Public)), "public host"),
            counted(nodes(NodeKind::Host(Access::Private)), "private host"),
            format!("{} between tenants", counted(edges(&between), "connection")),
            format!("{} to the internet", edges(&to_internet)),
        ];
        parts.extend((half > 0).then(|| format!("{half} half open")));
        if let Some(since) = &self.since {
            let opened = changed(|change| *change == EdgeChange::Opened);
            let closed = changed(|change| *change == EdgeChange::Closed);
            let other = changed(|change| matches!(change, EdgeChange::Ports { .. }));
            parts = vec![format!("since {since}"), format!("{opened} opened"), format!("{closed} closed")];
            parts.push(format!("{other} on other ports or conditions"));
        }
        parts.join(" \u{b7} ")
    }
}

/// What stands behind the tenant.
fn last(node: &Node) -> &str {
    if node.kind == NodeKind::EveryPod { "*" } else { &node.label }
}
