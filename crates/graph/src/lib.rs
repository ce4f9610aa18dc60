//! The picture of who may reach whom in one environment.
//!
//! [`of`] reads it off the model: every build permits exactly the flows of the model, so they are the reachability. What it
//! shows can be limited to some tenants ([`Graph::of_tenants`]) or compared with an older state ([`Graph::since`]). [`svg`],
//! [`html`], [`dot`] and [`mermaid`] write it; the first two share one [`layout`].

mod colours;
mod compare;
mod dot;
mod html;
pub mod layout;
mod mermaid;
mod ports;
mod read;
mod select;
mod statements;
mod svg;
mod words;

pub use dot::dot;
pub use html::{NONCE, html};
pub use mermaid::mermaid;
pub use ports::PortSet;
pub use read::of;
pub use svg::svg;

use smol_str::SmolStr;
use xks_base::values::access::Access;

/// Who may reach whom. Everything is sorted, so that equal workspaces give equal graphs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// The environment; `None` where the platform declares none.
    pub env: Option<SmolStr>,
    /// What it is compared with, if it is.
    pub since: Option<String>,
    /// Tenants, and sets of tenants.
    pub groups: Vec<Group>,
    /// Ends of connections, by group.
    pub nodes: Vec<Node>,
    /// Pairs of ends.
    pub edges: Vec<Edge>,
    /// The statements that open or consent.
    pub statements: Vec<Statement>,
}

/// A tenant, or several at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What it is known by in any state of the workspace.
    pub key: String,
    /// What it is.
    pub kind: GroupKind,
    /// What is written above it.
    pub title: String,
    /// What else there is to say: its namespace, the mesh.
    pub notes: Vec<String>,
    /// Whether its pods may reach each other without a statement.
    pub open_inside: bool,
    /// The keys of the tenants in it, where it is several.
    pub members: Vec<String>,
    /// Where it is set up.
    pub place: Option<Place>,
    /// Whether it is new or gone.
    pub change: Change,
}

/// What a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// A tenant of the workspace.
    Tenant,
    /// A tenant that others name and that is not in the workspace.
    Foreign,
    /// Every tenant, or those with some labels.
    Several,
}

/// One end of connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is known by in any state of the workspace.
    pub key: String,
    /// Its group, an index.
    pub group: usize,
    /// On which side of the pods it stands.
    pub side: Side,
    /// What it is.
    pub kind: NodeKind,
    /// Its name.
    pub label: String,
    /// What stands below the name.
    pub detail: Option<String>,
    /// What else there is to say.
    pub notes: Vec<String>,
    /// Nodes whose pods hold all of this one's: what they may do, this one may.
    pub within: Vec<usize>,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Whether it is new, gone or not what it was.
    pub change: Change,
}

/// On which side of a tenant's pods something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Outside, where connections come from.
    Source,
    /// The pods themselves.
    Pods,
    /// Outside, where connections go.
    Destination,
}

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// A host that an ingress controller serves.
    Host(Access),
    /// The ingress controllers as such.
    Controller,
    /// Every public address.
    Internet,
    /// Other addresses.
    Addresses,
    /// Addresses of the platform: `kube-api`, `nodes`, `metadata`.
    Platform,
    /// An app.
    App,
    /// Pods by label.
    Pods,
    /// Every pod of the group.
    EveryPod,
    /// An `external`.
    External,
}

/// That one end may open connections to another, or that somebody consents to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Who opens the connection, a node.
    pub from: usize,
    /// Who is reached, a node.
    pub to: usize,
    /// Whether anything is open.
    pub state: State,
    /// The ports that are open; of a half that opens nothing, those it names.
    pub ports: PortSet,
    /// The path of the URL, where it is not the root.
    pub path: Option<String>,
    /// What says so.
    pub openings: Vec<Opening>,
    /// What it was before.
    pub change: EdgeChange,
}

/// Whether connections are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// They are.
    Open,
    /// Only one side agrees, for more than those that ask: the ones that do have edges of their own.
    Consent,
    /// Only one side agrees, and nobody asks.
    HalfOpen,
}

/// What one statement adds to an edge.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// The statement, an index.
    pub statement: usize,
    /// The statements of others that consent to it.
    pub consents: Vec<usize>,
    /// The ports that it names.
    pub ports: PortSet,
    /// The halves that it writes.
    pub half: Half,
    /// What else holds: the path of a URL, the client's addresses, who has to apply a half.
    pub notes: Vec<String>,
}

/// The halves of a connection that a statement writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Half {
    /// All that are needed.
    Whole,
    /// That of the destination alone.
    Ingress,
    /// That of the source alone.
    Egress,
}

/// A statement as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// Where it stands.
    pub place: Place,
    /// On one line.
    pub text: String,
    /// Whose it is.
    pub tenant: Option<SmolStr>,
    /// Its reason.
    pub because: Option<SmolStr>,
    /// The day on which it ends.
    pub until: Option<String>,
    /// Whether it stands in the older state only.
    pub gone: bool,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path from the workspace root.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// How something compares with the older state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// As it was, or not compared.
    #[default]
    Same,
    /// It was not there.
    New,
    /// It is no longer there.
    Gone,
    /// It is there, and says something else.
    Changed,
}

/// How an edge compares with the older state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum EdgeChange {
    /// As it was, or not compared.
    #[default]
    Same,
    /// Nothing was open.
    Opened,
    /// Nothing is open any more.
    Closed,
    /// On other ports, or under other conditions.
    Ports {
        /// Open now.
        opened: PortSet,
        /// Closed now.
        closed: PortSet,
    },
}

impl Group {
    /// What stands below its title.
    pub fn subtitle(&self) -> String {
        let open = self.open_inside.then_some("open inside");
        let notes: Vec<&str> = open.into_iter().chain(self.notes.iter().map(String::as_str)).collect();
        notes.join(" \u{b7} ")
    }
}

impl Edge {
    /// What stands at its line: path and ports, and what was opened and closed.
    pub fn label(&self) -> String {
        let ports = match &self.change {
            EdgeChange::Same => self.ports.to_string(),
            EdgeChange::Opened => format!("+ {}", self.ports),
            EdgeChange::Closed => format!("\u{2212} {}", self.ports),
            EdgeChange::Ports { opened, closed } if opened.is_empty() && closed.is_empty() => {
                format!("\u{b1} {}", self.ports)
            }
            EdgeChange::Ports { opened, closed } => {
                let signs = [("+", opened), ("\u{2212}", closed)];
                let parts = signs.iter().filter(|(_, ports)| !ports.is_empty());
                parts.map(|(sign, ports)| format!("{sign} {ports}")).collect::<Vec<_>>().join("  ")
            }
        };
        match &self.path {
            Some(path) => format!("{path} {ports}"),
            None => ports,
        }
    }

    /// The label, cut where path or ports are long.
    fn short_label(&self) -> String {
        use layout::metrics::{MOST_LABEL, MOST_PATH, shortened};
        let whole = self.label();
        match self.path.as_ref().and_then(|path| Some((path, whole.strip_prefix(path.as_str())?))) {
            Some((path, ports)) => shortened(path, MOST_PATH) + &shortened(ports, MOST_LABEL),
            None => shortened(&whole, MOST_LABEL),
        }
    }

    /// Whether anybody on the Internet may use it.
    pub fn is_public(&self, graph: &Graph) -> bool {
        let from = &graph.nodes[self.from];
        from.kind == NodeKind::Host(Access::Public) || from.kind == NodeKind::Internet
    }
}

impl Graph {
    /// Keeps the nodes and edges that are asked for, and what belongs to them.
    fn retain(
        self,
        node: impl Fn(usize, &Node) -> bool,
        edge: impl Fn(&Edge) -> bool,
        group: impl Fn(&Group) -> bool,
    ) -> Graph {
        let kept: Vec<bool> = self.nodes.iter().enumerate().map(|(at, each)| node(at, each)).collect();
        let edges: Vec<Edge> =
            self.edges.into_iter().filter(|each| kept[each.from] && kept[each.to] && edge(each)).collect();
        let nodes: Vec<usize> = (0..kept.len()).filter(|&at| kept[at]).collect();
        let groups: Vec<usize> = (0..self.groups.len())
            .filter(|&at| group(&self.groups[at]) || nodes.iter().any(|&node| self.nodes[node].group == at))
            .collect();
        let used = |edge: &Edge| {
            edge.openings
                .iter()
                .flat_map(|opening| opening.consents.iter().copied().chain([opening.statement]))
                .collect::<Vec<_>>()
        };
        let mut statements: Vec<usize> = edges.iter().flat_map(used).collect();
        statements.sort_unstable();
        statements.dedup();
        let new_node = |old: usize| nodes.binary_search(&old).ok();
        let new_statement = |old: usize| statements.binary_search(&old).unwrap_or(0);
        Graph {
            edges: edges
                .into_iter()
                .filter_map(|mut edge| {
                    (edge.from, edge.to) = (new_node(edge.from)?, new_node(edge.to)?);
                    for opening in &mut edge.openings {
                        opening.statement = new_statement(opening.statement);
                        opening.consents.iter_mut().for_each(|consent| *consent = new_statement(*consent));
                    }
                    Some(edge)
                })
                .collect(),
            nodes: nodes
                .iter()
                .map(|&old| {
                    let node = &self.nodes[old];
                    Node {
                        group: groups.binary_search(&node.group).unwrap_or(0),
                        within: node.within.iter().filter_map(|&wider| new_node(wider)).collect(),
                        ..node.clone()
                    }
                })
                .collect(),
            groups: groups.iter().map(|&old| self.groups[old].clone()).collect(),
            statements: statements.iter().map(|&old| self.statements[old].clone()).collect(),
            env: self.env,
            since: self.since,
        }
    }
}
