//! From the model to the graph.

mod ends;
mod group;

use super::statements::Texts;
use super::{Edge, EdgeChange, Graph, Group, GroupKind, Half, Node, NodeKind, Opening, PortSet, Side, State};
use ends::Draft;
use smol_str::SmolStr;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use xks_analysis::model::{End, Exposure, Flow, Match, Port, SOLVER_LABEL, Tenant, Workspace};
use xks_base::source::{Sources, Span};
use xks_base::values::label::Requirement;
use xks_base::values::port::{PortRef, Protocol};
use xks_kubernetes::edge::claims::BackendPort;
use xks_syntax::Parsed;
use xks_syntax::ast::Body;

/// Who may reach whom in the environment of `workspace`, which was read from these files.
pub fn of(sources: &Sources, parsed: &[impl Borrow<Parsed>], workspace: &Workspace) -> Graph {
    let parsed: Vec<&Parsed> = parsed.iter().map(Borrow::borrow).collect();
    let texts = Texts { sources, parsed: &parsed, owners: &workspace.owners };
    let mut reader = Reader {
        texts,
        workspace,
        tenants: workspace.tenants().map(|tenant| (&tenant.name, tenant)).collect(),
        apps: BTreeMap::new(),
        groups: BTreeMap::new(),
        nodes: BTreeMap::new(),
        edges: BTreeMap::new(),
    };
    reader.tenants();
    reader.declared_apps();
    reader.apps_named_in_flows();
    let mut published: BTreeMap<Span, (&Tenant, &Exposure)> = BTreeMap::new();
    for tenant in workspace.tenants() {
        published.extend(tenant.exposures.iter().map(|exposure| (exposure.origin, (tenant, exposure))));
    }
    for flow in workspace.flows() {
        match published.get(&flow.origin).filter(|_| is_publication(flow)) {
            Some((tenant, exposure)) => {
                let to = reader.end(&flow.to, Side::Destination, &tenant.name);
                reader.publish(tenant, exposure, &to, PortSet::of(&flow.ports));
            }
            None => reader.flow(flow),
        }
    }
    for tenant in workspace.tenants() {
        tenant.externals.iter().for_each(|external| drop(reader.external(tenant, external)));
    }
    let reached: BTreeSet<Span> =
        workspace.flows().filter(|flow| is_publication(flow)).map(|flow| flow.origin).collect();
    for (tenant, exposure) in published.values().filter(|(_, exposure)| !reached.contains(&exposure.origin)) {
        if let Some(external) = tenant.externals.iter().find(|external| external.name == exposure.backend.service) {
            let to = reader.external(tenant, external);
            reader.publish(tenant, exposure, &to, backend(&exposure.backend.port));
        }
    }
    reader.finish()
}

/// Whether a flow is the way from the controller that an `expose` opens. The one to the pods that answer the
/// certificate authority comes from the same statement, and belongs to no host.
fn is_publication(flow: &Flow) -> bool {
    let solver = |requirement: &Requirement| matches!(requirement, Requirement::In(key, _) if key == SOLVER_LABEL);
    let to_solver = matches!(&flow.to, End::Pods(_, pods) if pods.requirements.iter().any(solver));
    matches!(flow.from, End::Ingress(Some(_))) && !to_solver
}

fn backend(port: &BackendPort) -> PortSet {
    let port = match port {
        BackendPort::Number(number) => PortRef::Numbers(*number, *number),
        BackendPort::Name(name) => PortRef::Name(name.clone()),
    };
    PortSet::of(&[Port { port, protocol: Protocol::Tcp }])
}

/// What a group is known by, in the order in which groups stand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct GroupId {
    kind: GroupKind,
    key: String,
}

/// What a node is known by, in the order in which nodes stand.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct NodeId {
    group: GroupId,
    side: Side,
    kind: NodeKind,
    name: String,
}

impl NodeId {
    fn key(&self) -> String {
        let between = match self.side {
            Side::Source => " < ",
            Side::Pods => "/",
            Side::Destination => " > ",
        };
        format!("{}{between}{}", self.group.key, self.name)
    }
}

/// What a flow or an exposure adds to an edge.
struct Cause {
    origin: Span,
    consents: Vec<Span>,
    ports: PortSet,
    half: Half,
    notes: Vec<String>,
}

struct Reader<'a> {
    texts: Texts<'a>,
    workspace: &'a Workspace,
    tenants: BTreeMap<&'a SmolStr, &'a Tenant>,
    /// The labels of each app, by group and name.
    apps: BTreeMap<(GroupId, SmolStr), Vec<Requirement>>,
    groups: BTreeMap<GroupId, Group>,
    nodes: BTreeMap<NodeId, Draft<'a>>,
    /// By ends and path.
    edges: BTreeMap<(NodeId, NodeId, Option<String>), Vec<Cause>>,
}

impl<'a> Reader<'a> {
    fn flow(&mut self, flow: &'a Flow) {
        let owner = self.texts.owner(flow.origin).cloned().unwrap_or_default();
        let from = self.end(&flow.from, Side::Source, &owner);
        let to = self.end(&flow.to, Side::Destination, &owner);
        let between_pods = from.side == Side::Pods && to.side == Side::Pods;
        let half = match (&flow.egress_in, flow.lets_in()) {
            (None, _) if between_pods => Half::Ingress,
            (_, false) if between_pods => Half::Egress,
            _ => Half::Whole,
        };
        let foreign = |id: &NodeId| id.group.kind == GroupKind::Foreign;
        let notes = [(&from, "source"), (&to, "destination")].into_iter().filter(|(id, _)| between_pods && foreign(id));
        let notes =
            notes.map(|(id, end)| format!("the half of the {end} is for the owner of `{}` to apply", id.group.key));
        let cause = Cause {
            origin: flow.origin,
            consents: flow.consents.clone(),
            ports: PortSet::of(&flow.ports),
            half,
            notes: notes.collect(),
        };
        self.edges.entry((from, to, None)).or_default().push(cause);
    }

    /// Edges from the hosts of an exposure to what it leads to.
    fn publish(&mut self, tenant: &'a Tenant, exposure: &'a Exposure, to: &NodeId, ports: PortSet) {
        for Match { host, path } in &exposure.matches {
            let (from, limited) = self.host(tenant, exposure, host);
            let path = (path.as_str() != "/").then(|| path.as_str().to_string());
            let cause = Cause {
                origin: exposure.origin,
                consents: Vec::new(),
                ports: ports.clone(),
                half: Half::Whole,
                notes: limited.iter().map(|ranges| format!("only from {ranges}")).collect(),
            };
            self.edges.entry((from, to.clone(), path)).or_default().push(cause);
        }
    }

    fn declared_apps(&mut self) {
        let Texts { parsed, owners, .. } = self.texts;
        for (parsed, owner) in parsed.iter().zip(owners) {
            let Some(tenant) = owner.as_ref().and_then(|owner| self.tenants.get(owner).copied()) else { continue };
            for statement in &parsed.file.statements {
                let envs = &statement.tags.envs;
                let here = envs.is_empty() || envs.iter().any(|env| Some(&env.value) == self.workspace.env.as_ref());
                if let (Body::App(app), true) = (&statement.body, here) {
                    for name in &app.names {
                        self.declared_app(tenant, name, &app.labels);
                    }
                }
            }
        }
    }

    fn finish(self) -> Graph {
        let groups: BTreeMap<&GroupId, usize> = self.groups.keys().zip(0..).collect();
        let nodes: BTreeMap<&NodeId, usize> = self.nodes.keys().zip(0..).collect();
        let spans = self.edges.values().flatten().flat_map(|cause| cause.consents.iter().chain([&cause.origin]));
        let spans: BTreeSet<Span> =
            spans.map(|span| self.texts.holding(*span).map_or(*span, |statement| statement.span)).collect();
        let statements: BTreeMap<Span, usize> = spans.iter().copied().zip(0..).collect();
        let index = |span: &Span| {
            let whole = self.texts.holding(*span).map_or(*span, |statement| statement.span);
            statements.get(&whole).copied().unwrap_or(0)
        };
        let opening = |cause: &Cause| {
            let mut consents: Vec<usize> = cause.consents.iter().map(index).collect();
            consents.sort_unstable();
            consents.dedup();
            let notes = cause.notes.clone();
            Opening { statement: index(&cause.origin), consents, ports: cause.ports.clone(), half: cause.half, notes }
        };
        let edges = self.edges.iter().filter_map(|((from, to, path), cause)| {
            let mut openings: Vec<Opening> = cause.iter().map(opening).collect();
            openings.sort();
            openings.dedup();
            let (from, to) = (*nodes.get(from)?, *nodes.get(to)?);
            let (state, ports) = state(&openings);
            Some(Edge { from, to, state, ports, path: path.clone(), openings, change: EdgeChange::Same })
        });
        let mut edges: Vec<Edge> = edges.collect();
        let within = self.within(&nodes);
        let node = |((id, draft), within): ((&NodeId, &Draft<'_>), Vec<usize>)| {
            let group = groups.get(&id.group).copied().unwrap_or(0);
            draft.node(id, group, within)
        };
        let nodes: Vec<Node> = self.nodes.iter().zip(within).map(node).collect();
        tell_consent_from_half_open(&nodes, &mut edges);
        Graph {
            env: self.workspace.env.clone(),
            since: None,
            statements: spans.into_iter().map(|span| self.texts.statement(span)).collect(),
            groups: self.groups.into_values().collect(),
            nodes,
            edges,
        }
    }
}

/// Whether anything is open, and on which ports: only whole openings count, where there is one.
fn state(openings: &[Opening]) -> (State, PortSet) {
    let sum = |openings: &mut dyn Iterator<Item = &Opening>| {
        let mut all = PortSet::default();
        openings.for_each(|opening| all.add(&opening.ports));
        all
    };
    let open = sum(&mut openings.iter().filter(|opening| opening.half == Half::Whole));
    if open.is_empty() { (State::HalfOpen, sum(&mut openings.iter())) } else { (State::Open, open) }
}

/// A half is consent if a connection that asks for it is open: its ends lie in those of the half, or hold them.
fn tell_consent_from_half_open(nodes: &[Node], edges: &mut [Edge]) {
    let meet = |a: usize, b: usize| a == b || nodes[a].within.contains(&b) || nodes[b].within.contains(&a);
    let asked_for: Vec<usize> = (0..edges.len())
        .filter(|&half| {
            let half = &edges[half];
            half.state == State::HalfOpen
                && edges.iter().any(|open| {
                    open.state == State::Open
                        && meet(open.from, half.from)
                        && meet(open.to, half.to)
                        && open.ports.meets(&half.ports)
                })
        })
        .collect();
    asked_for.into_iter().for_each(|half| edges[half].state = State::Consent);
}
