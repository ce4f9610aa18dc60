//! The connections that come and go: the difference of what both sides permit, in both directions.
//!
//! What a connection needs is egress from one end and ingress at the other. So only connections with an end in a namespace
//! whose policies or labels changed can come or go, and each namespace is compared on its own.

use smol_str::SmolStr;
use std::collections::BTreeSet;
use xks_base::parallel;
use xks_kubernetes::cluster::Cluster;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::labels::Labelled;
use xks_kubernetes::cluster::network::Reading;
use xks_kubernetes::cluster::objects::{Direction, NetworkPolicy, Peer, PolicyPort, Selector};
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{Block, End, Pods, Relation};

/// The namespaces that a side is about. Pods of a namespace that only the other side is about do not exist for it, and
/// connections between two others are not looked at.
pub(super) struct Extent {
    pub(super) names: BTreeSet<SmolStr>,
}

/// Connections that come or go.
#[derive(Debug)]
pub(super) struct Part {
    /// The connections.
    pub(super) block: Block,
    /// Whether the same ends are connected on the other side too, on other ports.
    pub(super) known: bool,
}

/// What comes and goes.
#[derive(Debug, Default)]
pub(super) struct Reach {
    pub(super) opened: Vec<Part>,
    pub(super) closed: Vec<Part>,
}

pub(super) fn compare(old: &Cluster, new: &Cluster, before: &Extent, after: &Extent) -> Reach {
    let touched = touched(old, new, before, after);
    let (was, is) = (Around::new(old, before, after, &touched), Around::new(new, after, before, &touched));
    let one = |name: &&SmolStr| {
        let (was, is) = (was.permitted(name), is.permitted(name));
        (parts(&is, &was), parts(&was, &is))
    };
    let all: Vec<(Vec<Part>, Vec<Part>)> = parallel::map(&touched.iter().collect::<Vec<_>>(), 1, one);
    let mut reach = Reach::default();
    for (opened, closed) in all {
        reach.opened.extend(opened);
        reach.closed.extend(closed);
    }
    reach
}

/// The namespaces of which something changed that decides on connections.
fn touched(old: &Cluster, new: &Cluster, before: &Extent, after: &Extent) -> BTreeSet<SmolStr> {
    let all = before.names.iter().chain(&after.names).chain(old.protected()).chain(new.protected());
    let all: BTreeSet<&SmolStr> = all.collect();
    let changed = |name: &&SmolStr| {
        before.names.contains(*name) != after.names.contains(*name)
            || old.namespace(name) != new.namespace(name)
            || rules_of(old, name) != rules_of(new, name)
    };
    all.into_iter().filter(changed).cloned().collect()
}

fn rules_of<'a>(cluster: &'a Cluster, namespace: &'a str) -> Vec<Rules<'a>> {
    let mut all: Vec<Rules<'_>> = cluster.policies(namespace).map(|(_, policy)| rules(policy)).collect();
    all.sort_by_key(|rules| rules.name);
    all
}

/// What a policy says, without the places where it was read.
#[derive(PartialEq)]
pub(super) struct Rules<'a> {
    name: &'a SmolStr,
    pods: &'a Selector,
    ingress: Option<Vec<(&'a [Peer], &'a [PolicyPort])>>,
    egress: Option<Vec<(&'a [Peer], &'a [PolicyPort])>>,
}

pub(super) fn rules(policy: &NetworkPolicy) -> Rules<'_> {
    let of = |direction| {
        let rules = policy.rules(direction)?.iter();
        Some(rules.map(|rule| (&rule.peers[..], &rule.ports[..])).collect())
    };
    Rules { name: &policy.name, pods: &policy.pods, ingress: of(Direction::Ingress), egress: of(Direction::Egress) }
}

/// What a side permits from and to one namespace after the other.
struct Around<'a> {
    cluster: &'a Cluster,
    own: &'a Extent,
    other: &'a Extent,
    /// Whom a namespace of this side may reach, and what may reach it, but for what comes from other touched namespaces:
    /// that is looked at there.
    mine: (Vec<End>, Vec<End>),
    /// The same for a namespace of neither side.
    foreign: (Vec<End>, Vec<End>),
}

impl<'a> Around<'a> {
    fn new(cluster: &'a Cluster, own: &'a Extent, other: &'a Extent, touched: &BTreeSet<SmolStr>) -> Around<'a> {
        let gone: BTreeSet<&SmolStr> = other.names.difference(&own.names).collect();
        let addresses = || End::addresses(Addresses::all());
        let mut to = cluster.all_but(|name| gone.contains(&SmolStr::new(name)), gone.iter().copied());
        let out = |name: &str| touched.contains(name) || gone.contains(&SmolStr::new(name));
        let mut from = cluster.all_but(out, gone.iter().copied().chain(touched));
        to.extend(addresses());
        from.extend(addresses());
        let pods = |names: Option<Labelled>| -> Vec<End> {
            let pods = names.and_then(|names| Pods::new(&names, Labelled::all()));
            pods.map(End::Pods).into_iter().collect()
        };
        let foreign = (
            pods(Labelled::namespaces(own.names.iter().cloned())),
            pods(Labelled::namespaces(own.names.difference(touched).cloned())),
        );
        Around { cluster, own, other, mine: (to, from), foreign }
    }

    fn permitted(&self, name: &SmolStr) -> Relation {
        let mine = self.own.names.contains(name);
        if !mine && self.other.names.contains(name) {
            return Relation::default();
        }
        let (to, from) = if mine { &self.mine } else { &self.foreign };
        let here = [End::Pods(Pods::within(name, Labelled::all()))];
        let mut asked = Relation::between(&here, to, &Ports::all());
        asked.extend(Relation::between(from, &here, &Ports::all()).blocks().iter().cloned());
        self.cluster.filter(&asked, Reading::Specification)
    }
}

fn parts(some: &Relation, others: &Relation) -> Vec<Part> {
    let blocks = some.difference(others).condensed();
    if blocks.is_empty() {
        return Vec::new();
    }
    // Merged as well: what comes in two blocks, such as both families of addresses, is one end here.
    let others = others.clone().condensed();
    let known = |block: &Block| {
        let within = |other: &Block| block.from().is_subset(other.from()) && block.to().is_subset(other.to());
        others.blocks().iter().any(within)
    };
    blocks.blocks().iter().map(|block| Part { known: known(block), block: block.clone() }).collect()
}
