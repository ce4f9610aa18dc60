//! May this reach that?

use super::peers::{self, Peer};
use super::read::{Host, Question, Target};
use super::routes::Route;
use super::witness::{Explainer, Witness};
use super::{Subject, edits, engines, words};
use serde::Serialize;
use xks_analysis::model;
use xks_kubernetes::cluster::Cluster;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::network::Reading;
use xks_kubernetes::cluster::objects::ContainerPort;
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{Block, End, Relation};
use xks_kubernetes::cluster::semantics::Reason;

/// Whether all that is asked for is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every connection is permitted.
    Allowed,
    /// Some connection is not.
    Denied,
    /// Some connection hangs on the network plugin, or on something that is not known; none is denied.
    Depends,
}

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// The upshot.
    pub verdict: Verdict,
    /// The parts of what is asked for that are open.
    pub open: Vec<Part>,
    /// Those that hang on something.
    pub doubtful: Vec<Part>,
    /// Those that are closed.
    pub closed: Vec<Part>,
    /// Why, for a sample of the first part that decides.
    pub witness: Option<Witness>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// Of sources: the fewest changes that would open what is closed, those of all tenants that have to agree.
    pub edits: Vec<Change>,
    /// What is closed, as a set.
    #[serde(skip)]
    pub closed_set: Relation,
}

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The tenant whose file it is, and who has to agree.
    pub tenant: String,
    /// The file, from the root of the workspace.
    pub path: String,
    /// The statement as it is then.
    pub statement: String,
    /// The first byte that goes.
    pub start: u32,
    /// One past the last byte that goes.
    pub end: u32,
    /// What comes instead.
    pub text: String,
}

/// Connections.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Part {
    /// Who connects.
    pub from: String,
    /// To whom.
    pub to: String,
    /// On which ports.
    pub ports: String,
}

/// Answers a question.
pub fn can(subject: &Subject<'_>, question: &Question) -> Answer {
    let explainer = Explainer::new(subject);
    let from: Vec<(model::End, Vec<model::Port>)> = question.from.iter().map(|end| (end.clone(), Vec::new())).collect();
    let from = peers::of(subject, &from);
    match &question.to {
        Target::Ends(to) => {
            let to_peers = peers::of(subject, to);
            let mut answer = answer(&explainer, decide(&explainer, &from, &to_peers));
            answer.notes.splice(0..0, unseen(subject, question));
            if answer.verdict == Verdict::Denied {
                let (edits, meshed) = changes(&explainer, question);
                answer.edits = edits;
                if meshed {
                    answer.notes.push(MESHED.to_string());
                }
            }
            answer
        }
        Target::Host(host) => published(&explainer, &from, host),
    }
}

/// What comes with a line that opens a port between two ends in the mesh.
const MESHED: &str =
    "in the mesh, what is to be written opens port 4143 besides, where the proxy takes in what is for any port";

/// With more pairs of peers no edits are worked out.
const MOST_PAIRS: usize = 64;

/// The fewest changes that open every pair of peers that is closed; none unless all of them can be opened. And whether one of
/// them is in the mesh.
fn changes(explainer: &Explainer<'_, '_>, question: &Question) -> (Vec<Change>, bool) {
    let subject = explainer.subject;
    let (Target::Ends(to), Some((_, workspace))) = (&question.to, subject.workspace) else { return Default::default() };
    let from: Vec<model::End> = question.from.iter().flat_map(|end| by_tenant(subject, end)).collect();
    let to =
        to.iter().flat_map(|(end, ports)| by_tenant(subject, end).into_iter().map(move |end| (end, ports.clone())));
    let to: Vec<(model::End, Vec<model::Port>)> = to.collect();
    if from.len() * to.len() > MOST_PAIRS {
        return Default::default();
    }
    let (mut changes, mut meshed) = (Vec::new(), false);
    for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
        let ends = [(from.clone(), Vec::new())];
        let closed =
            decide(explainer, &peers::of(subject, &ends), &peers::of(subject, std::slice::from_ref(to))).closed;
        if closed.is_empty() {
            continue;
        }
        meshed |= !to.1.is_empty() && workspace.meshed(from, &to.0);
        let one = Question { from: vec![from.clone()], to: Target::Ends(vec![to.clone()]) };
        let Some(smallest) = edits::proposals(subject, &one, None).into_iter().next() else {
            return Default::default();
        };
        for proposed in smallest.edits {
            let change = Change {
                tenant: proposed.tenant.to_string(),
                path: proposed.path,
                statement: proposed.line,
                start: proposed.edit.span.start,
                end: proposed.edit.span.end,
                text: proposed.edit.text,
            };
            if !changes.contains(&change) {
                changes.push(change);
            }
        }
    }
    (changes, meshed)
}

/// `*/…` as the same of each tenant: nobody speaks for all.
fn by_tenant(subject: &Subject<'_>, end: &model::End) -> Vec<model::End> {
    let model::End::Pods(model::Namespaces::Every(namespaces), pods) = end else { return vec![end.clone()] };
    let scopes = namespaces.iter().filter_map(|namespace| subject.names.by_namespace(namespace));
    let one = |scope: &xks_analysis::names::Scope<'_>| {
        model::End::Pods(model::Namespaces::One(scope.name.clone(), scope.namespace.clone()), pods.clone())
    };
    scopes.map(one).collect()
}

/// What becomes of what is asked for.
#[derive(Default)]
pub(super) struct Decided {
    open: Relation,
    pub(super) doubtful: Relation,
    pub(super) closed: Relation,
    /// Why it is doubtful whatever the policies say.
    pub(super) notes: Vec<String>,
    /// The ports of the destinations, where all are workloads: numbers then stand for names.
    known: Vec<ContainerPort>,
}

impl Decided {
    /// Takes into account what policies of other engines could decide otherwise.
    fn doubt(&mut self, cluster: &Cluster) {
        let Decided { open, doubtful, closed, notes, .. } = self;
        notes.extend(engines::unsettle(cluster, open, closed, doubtful));
    }
}

/// Decides each pair of peers.
pub(super) fn decide(explainer: &Explainer<'_, '_>, from: &[Peer], to: &[Peer]) -> Decided {
    let cluster = explainer.subject.cluster;
    let mut parts = Decided::default();
    for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
        if let Some(name) = from.host_network.as_ref().or(to.host_network.as_ref()) {
            parts.notes.push(Reason::HostNetwork(name.clone()).to_string());
            parts.doubtful.extend(Block::new(from.end.clone(), to.end.clone(), to.ports.clone()));
            continue;
        }
        let found = cluster.permitted(std::slice::from_ref(&from.end), std::slice::from_ref(&to.end), &to.ports);
        let [sure, perhaps] = [Reading::Least, Reading::Most].map(|reading| through(explainer, &from.end, to, reading));
        parts.open.extend(found.open.blocks().iter().chain(sure.blocks()).cloned());
        let doubtful = found.doubtful.blocks().iter().chain(perhaps.blocks()).cloned().collect::<Relation>();
        let doubtful = doubtful.difference(&sure);
        parts.closed.extend(found.closed.difference(&sure).difference(&doubtful).blocks().iter().cloned());
        parts.doubtful.extend(doubtful.blocks().iter().cloned());
    }
    if let Some(known) = to.iter().map(|peer| peer.known.clone()).collect::<Option<Vec<_>>>() {
        parts.known = known.concat();
    }
    parts.notes.sort();
    parts.notes.dedup();
    parts.doubt(cluster);
    parts
}

/// What an Ingress opens between addresses and pods.
pub(super) fn through(explainer: &Explainer<'_, '_>, from: &End, to: &Peer, reading: Reading) -> Relation {
    let Subject { cluster, platform, .. } = explainer.subject;
    let asked: Relation = Block::new(from.clone(), to.end.clone(), to.ports.clone()).into_iter().collect();
    let inside = |route: &&Route| {
        let clients = matches!(from, End::Addresses(from) if from.intersects(&route.clients));
        clients && route.to.iter().any(|(pods, _)| pods.intersects(&to.end))
    };
    let routes = explainer.routes.iter().filter(inside);
    routes.flat_map(|route| route.relation(cluster, platform, reading).intersection(&asked).blocks().to_vec()).collect()
}

fn answer(explainer: &Explainer<'_, '_>, decided: Decided) -> Answer {
    let subject = explainer.subject;
    let [open, doubtful, closed] = [decided.open, decided.doubtful, decided.closed].map(Relation::condensed);
    let mut notes = decided.notes;
    let (verdict, deciding) = match (closed.is_empty(), doubtful.is_empty()) {
        (false, _) => (Verdict::Denied, &closed),
        (true, false) => (Verdict::Depends, &doubtful),
        (true, true) => (Verdict::Allowed, &open),
    };
    if verdict == Verdict::Allowed && open.is_empty() {
        notes.push("there is no such connection, so nothing keeps it from being allowed".to_string());
    }
    Answer {
        verdict,
        witness: deciding.sample().map(|connection| explainer.witness(&connection)),
        open: shown(subject, &open, &decided.known),
        doubtful: shown(subject, &doubtful, &decided.known),
        closed: shown(subject, &closed, &decided.known),
        notes,
        edits: Vec::new(),
        closed_set: numbered(closed, &decided.known),
    }
}

/// The same connections by the numbers of their ports, where those of the destinations are known.
fn numbered(relation: Relation, known: &[ContainerPort]) -> Relation {
    if known.is_empty() {
        return relation;
    }
    let named = known.iter().map(|port| (port.name.as_deref().unwrap_or_default(), port.protocol, port.number));
    let one = |block: &Block| Block::new(block.from().clone(), block.to().clone(), block.ports().at(named.clone()));
    relation.blocks().iter().filter_map(one).collect()
}

fn shown(subject: &Subject<'_>, relation: &Relation, known: &[ContainerPort]) -> Vec<Part> {
    let mut parts = Vec::new();
    for block in relation.blocks() {
        for (_, from) in words::end(subject, block.from()) {
            for (_, to) in words::end(subject, block.to()) {
                parts.push(Part { from: from.clone(), to, ports: words::ports(block.ports(), known) });
            }
        }
    }
    parts.sort();
    parts.dedup();
    parts
}

/// Tenants of the question of which there is no manifest: nothing closes their side.
fn unseen(subject: &Subject<'_>, question: &Question) -> Vec<String> {
    let Target::Ends(to) = &question.to else { return Vec::new() };
    let ends = question.from.iter().chain(to.iter().map(|(end, _)| end));
    let mut notes: Vec<String> = ends
        .filter_map(|end| match end {
            model::End::Pods(model::Namespaces::One(_, name), _) if subject.names.by_namespace(name).is_none() => {
                let known = subject.names.tenants.iter().map(|scope| scope.name.as_str());
                let near = xks_base::diagnostics::suggest::nearest(name, known);
                let meant = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
                Some(format!("nothing is known of `{name}`{meant}: as far as policies go, its side is open"))
            }
            _ => None,
        })
        .collect();
    notes.sort();
    notes.dedup();
    notes
}

/// What is asked for is what an Ingress serves under a host.
fn published(explainer: &Explainer<'_, '_>, from: &[Peer], host: &Host) -> Answer {
    let Subject { cluster, platform, .. } = explainer.subject;
    let asked = format!("{}{}", host.name, if host.path == "/" { "" } else { &host.path });
    let routes = || explainer.routes.iter().filter_map(|route| Some((route.fits(host)?, route)));
    let best = routes().map(|(fit, _)| fit).max();
    let routes: Vec<&Route> = routes().filter(|(fit, _)| Some(*fit) == best).map(|(_, route)| route).collect();
    let mut notes = Vec::new();
    let denied = |notes: Vec<String>| Answer {
        verdict: Verdict::Denied,
        open: Vec::new(),
        doubtful: Vec::new(),
        closed: Vec::new(),
        witness: None,
        notes,
        edits: Vec::new(),
        closed_set: Relation::default(),
    };
    if routes.is_empty() {
        let hosts = explainer.routes.iter().filter_map(|route| route.host.as_deref());
        let near = xks_base::diagnostics::suggest::nearest(&host.name, hosts);
        let meant = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return denied(vec![format!("no Ingress serves {asked}{meant}")]);
    }
    if from.iter().any(|peer| matches!(peer.end, End::Pods(_))) {
        return denied(vec![format!(
            "a pod reaches {asked} at the address of the load balancer, which is not known: ask about that address"
        )]);
    }
    let mut parts = Decided::default();
    let mut witness = None;
    for route in &routes {
        let through = explainer.through(route);
        notes.push(format!(
            "{asked} is served by the {} controller: Ingress {}/{}",
            through.access, through.namespace, through.ingress
        ));
        if !route.settled {
            notes.push(format!(
                "what port Service {} leads to is not known: one that is open is taken to be it",
                route.service
            ));
        }
        if route.to.is_empty() {
            notes.push(format!("Service {} leads out of the cluster again, where no policy is", route.service));
        }
    }
    let clients = routes.iter().fold(Addresses::default(), |all, route| all.union(&route.clients));
    for from in from {
        let End::Addresses(addresses) = &from.end else { continue };
        if let Some(kept_out) = End::addresses(addresses.difference(&clients)) {
            let who = End::addresses(clients.clone()).map(|clients| words::end(explainer.subject, &clients));
            let who: Vec<String> = who.into_iter().flatten().map(|(_, who)| who).collect();
            notes.push(format!("only for {}", if who.is_empty() { "nobody".to_string() } else { who.join(", ") }));
            let to: Vec<End> = routes.iter().flat_map(|route| &route.to).map(|(pods, _)| pods.clone()).collect();
            parts.closed.extend(Relation::between(&[kept_out], &to, &Ports::all()).blocks().iter().cloned());
            if to.is_empty() {
                return denied(notes);
            }
        }
        let Some(from) = End::addresses(addresses.intersection(&clients)) else { continue };
        for route in &routes {
            let asked: Relation = route.inner(platform);
            let [least, most] = [Reading::Least, Reading::Most].map(|reading| cluster.filter(&asked, reading));
            // Which port it is may not be known; then one that is open is taken to be it.
            let asked = if route.settled || most.is_empty() { asked } else { most.clone() };
            let outer = |relation: &Relation| {
                let blocks = relation.blocks().iter();
                blocks
                    .filter_map(|block| Block::new(from.clone(), block.to().clone(), block.ports().clone()))
                    .collect::<Vec<_>>()
            };
            parts.open.extend(outer(&least));
            parts.doubtful.extend(outer(&most.difference(&least)));
            let closed = asked.difference(&most);
            parts.closed.extend(outer(&closed));
            let sample = closed.sample().or_else(|| most.difference(&least).sample()).or_else(|| least.sample());
            if let (Some(connection), None) = (sample, &witness) {
                let inner = explainer.straight(&connection);
                witness = Some(Witness { through: Some(explainer.through(route)), ..inner });
            }
        }
    }
    parts.notes = notes;
    parts.doubt(cluster);
    // Who may not come at all gets no further: the policies have nothing to add.
    let barred = from.iter().any(|peer| matches!(&peer.end, End::Addresses(all) if !all.is_subset(&clients)));
    let answer = answer(explainer, parts);
    if barred {
        return Answer { witness: None, ..answer };
    }
    Answer { witness: witness.or(answer.witness), ..answer }
}
