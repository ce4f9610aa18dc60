//! How an edge looks: what decides it, so that lines are only drawn as one where they mean the same.

use crate::{Edge, EdgeChange, Graph, NodeKind, State};
use xks_base::values::access::Access;

/// How an edge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Style {
    /// Its colour.
    pub tone: Tone,
    /// Whether anything is open.
    pub state: State,
    /// How it compares with the older state, if it is compared.
    pub change: Shift,
}

/// Where lines of one look and label arrive at a node, or leave it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gate {
    pub(super) node: usize,
    pub(super) style: Style,
    /// Empty where lines leave.
    pub(super) label: String,
}

/// The gate through which an edge leaves its source, and the one through which it reaches its destination.
pub(super) fn gates(graph: &Graph, edge: usize) -> (Gate, Gate) {
    let edge = &graph.edges[edge];
    let style = Style::of(graph, edge);
    (Gate { node: edge.from, style, label: String::new() }, Gate { node: edge.to, style, label: edge.short_label() })
}

/// Who is at the outer end of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Pods, or addresses that are not all public ones.
    Plain,
    /// A private host.
    Private,
    /// The Internet.
    Public,
}

/// How an edge compares with the older state, without the ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Shift {
    Same,
    Opened,
    Closed,
    Ports,
}

impl Style {
    /// How an edge of a graph looks.
    pub fn of(graph: &Graph, edge: &Edge) -> Style {
        let tone = match (graph.nodes[edge.from].kind, graph.nodes[edge.to].kind) {
            (NodeKind::Host(Access::Public) | NodeKind::Internet, _) | (_, NodeKind::Internet) => Tone::Public,
            (NodeKind::Host(Access::Private), _) => Tone::Private,
            _ => Tone::Plain,
        };
        let change = match &edge.change {
            EdgeChange::Same => Shift::Same,
            EdgeChange::Opened => Shift::Opened,
            EdgeChange::Closed => Shift::Closed,
            EdgeChange::Ports { .. } => Shift::Ports,
        };
        Style { tone, state: edge.state, change }
    }

    /// The classes by which a style sheet knows it.
    pub fn classes(self) -> String {
        let tone = match self.tone {
            Tone::Plain => "",
            Tone::Private => " private",
            Tone::Public => " public",
        };
        let state = match self.state {
            State::Open => "",
            State::Consent => " consent",
            State::HalfOpen => " half",
        };
        let change = match self.change {
            Shift::Same => " same",
            Shift::Opened => " opened",
            Shift::Closed => " closed",
            Shift::Ports => " ports",
        };
        format!("{tone}{state}{change}")
    }
}
