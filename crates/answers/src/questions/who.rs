//! Who may reach a peer, and whom it may reach.

use super::peers::{self, Peer};
use super::statements::Statement;
use super::witness::{Explainer, Through};
use super::{Subject, engines, words};
use serde::Serialize;
use std::collections::BTreeMap;
use xks_analysis::model;
use xks_kubernetes::cluster::network::Reading;
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{Block, End, Pods, Relation};

/// The answer.
#[derive(Debug, Clone, Serialize)]
pub struct Who {
    /// Who may reach it, by tenant.
    pub reached_by: Vec<Group>,
    /// Whom it may reach, by tenant.
    pub reaches: Vec<Group>,
    /// Why some of this is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A tenant, or those that are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its name.
    pub tenant: String,
    /// What is open.
    pub rows: Vec<Row>,
}

/// Connections.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Row {
    /// Who is at the other end.
    pub peer: String,
    /// On which ports.
    pub ports: String,
    /// Whether it hangs on the network plugin, or on something that is not known.
    pub depends: bool,
    /// The pods at this end, where they are not all that was asked about.
    pub only: Option<String>,
    /// The host under which it is published, if that is the way.
    pub through: Option<String>,
    /// The statements that open it.
    pub statements: Vec<Statement>,
    /// The policies that open it, as `namespace/name`.
    pub policies: Vec<String>,
}

/// Answers.
pub fn who(subject: &Subject<'_>, asked: &[(model::End, Vec<model::Port>)]) -> Who {
    let explainer = Explainer::new(subject);
    let own = peers::of(subject, asked);
    let (mut to, mut from) = (Rows::default(), Rows::default());
    let mut notes = Vec::new();
    for peer in &own {
        let [mut into, mut out] = [Relation::default(), Relation::default()];
        for other in End::everything() {
            into.extend(Block::new(other.clone(), peer.end.clone(), peer.ports.clone()));
            out.extend(Block::new(peer.end.clone(), other, Ports::all()));
        }
        notes.extend(engines::unknown(subject.cluster, &into).1);
        notes.extend(engines::unknown(subject.cluster, &out).1);
        rows(&explainer, peer, &into, true, &mut to);
        rows(&explainer, peer, &out, false, &mut from);
        published(&explainer, peer, &mut to);
        if let End::Addresses(_) = &peer.end {
            let everybody = [End::Pods(Pods::all())];
            let asked = Relation::between(std::slice::from_ref(&peer.end), &everybody, &Ports::all());
            for route in &explainer.routes {
                let relation = route.relation(subject.cluster, subject.platform, Reading::Most);
                let through = explainer.through(route);
                for block in relation.intersection(&asked).blocks() {
                    let row = (block.ports().to_string(), false, Some(through.clone()), None);
                    add(&explainer, words::end(subject, block.to()), row, block, &mut from);
                }
            }
        }
    }
    notes.sort();
    notes.dedup();
    Who { reached_by: grouped(to), reaches: grouped(from), notes }
}

type Rows = BTreeMap<String, Vec<Row>>;

fn rows(explainer: &Explainer<'_, '_>, peer: &Peer, asked: &Relation, inward: bool, out: &mut Rows) {
    let cluster = explainer.subject.cluster;
    let [least, most] = [Reading::Least, Reading::Most].map(|reading| cluster.filter(asked, reading));
    let (unknown, _) = engines::unknown(cluster, &least);
    let mut doubtful = most.difference(&least);
    doubtful.extend(unknown.blocks().iter().cloned());
    for (relation, depends) in [(least.difference(&unknown), false), (doubtful, true)] {
        // Of an address, the namespaces that nobody wrote anything for are not told; of those that there are, each is.
        let of_address = matches!(peer.end, End::Addresses(_));
        let relation = if of_address { relation.merged() } else { relation.condensed() };
        for block in relation.blocks() {
            let (own, other) = if inward { (block.to(), block.from()) } else { (block.from(), block.to()) };
            if matches!((own, other), (End::Addresses(_), End::Addresses(_))) {
                continue;
            }
            // Of namespaces that nobody wrote anything for, there is nothing to say.
            let unheard = matches!(other, End::Pods(pods) if pods.namespaces().names().is_none());
            if matches!(own, End::Addresses(_)) && unheard {
                continue;
            }
            let only = (*own != peer.end).then(|| {
                words::end(explainer.subject, own).into_iter().map(|(_, who)| who).collect::<Vec<_>>().join(", ")
            });
            let ports = shown(peer, block, inward);
            let row = (ports, depends || peer.host_network.is_some(), None, only);
            add(explainer, words::end(explainer.subject, other), row, block, out);
        }
    }
}

/// Who comes through an Ingress.
fn published(explainer: &Explainer<'_, '_>, peer: &Peer, out: &mut Rows) {
    let Subject { cluster, platform, .. } = explainer.subject;
    let own: Vec<End> = vec![peer.end.clone()];
    for route in explainer.routes.iter().filter(|route| route.to.iter().any(|(pods, _)| pods.intersects(&peer.end))) {
        let asked = Relation::between(&End::everything(), &own, &peer.ports);
        let [least, most] = [Reading::Least, Reading::Most].map(|reading| route.relation(cluster, platform, reading));
        let through = explainer.through(route);
        for (relation, depends) in [(&least, false), (&most.difference(&least), true)] {
            for block in relation.intersection(&asked).condensed().blocks() {
                let row = (shown(peer, block, true), depends, Some(through.clone()), None);
                add(explainer, words::end(explainer.subject, block.from()), row, block, out);
            }
        }
    }
}

/// The ports of a block; those of the peer itself are known where it is a workload.
fn shown(peer: &Peer, block: &Block, inward: bool) -> String {
    let known = peer.known.as_deref().filter(|_| inward);
    known.map_or_else(|| block.ports().to_string(), |known| words::ports(block.ports(), known))
}

type Seen = (String, bool, Option<Through>, Option<String>);

fn add(explainer: &Explainer<'_, '_>, others: Vec<(String, String)>, row: Seen, block: &Block, out: &mut Rows) {
    let (ports, depends, through, only) = row;
    let witness = explainer.witness(&block.sample());
    let says = witness.egress.policies.iter().chain(&witness.ingress.policies);
    let says: Vec<_> = if depends { Vec::new() } else { says.collect() };
    let mut statements: Vec<Statement> = says.iter().flat_map(|policy| policy.statements.iter().cloned()).collect();
    statements.extend(through.iter().flat_map(|through| through.statements.iter().cloned()));
    statements.sort();
    statements.dedup();
    let mut policies: Vec<String> = says.iter().map(|policy| format!("{}/{}", policy.namespace, policy.name)).collect();
    policies.sort();
    policies.dedup();
    for (tenant, peer) in others {
        out.entry(tenant).or_default().push(Row {
            peer,
            ports: ports.clone(),
            depends,
            only: only.clone(),
            through: through.as_ref().map(|through| through.host.clone()),
            statements: statements.clone(),
            policies: policies.clone(),
        });
    }
}

fn grouped(rows: Rows) -> Vec<Group> {
    let group = |(tenant, mut rows): (String, Vec<Row>)| {
        rows.sort();
        rows.dedup();
        Group { tenant, rows }
    };
    rows.into_iter().map(group).collect()
}
