//! The connections that come and go: the difference of what both sides permit, in both directions.
//!
//! What a connection needs is egress from one end and ingress at the other. So only connections with an end in a namespace
//! whose policies or labels changed can come or go, and each namespace is compared on its own.

use crate::cluster::Cluster;
use crate::cluster::addresses::Addresses;
use crate::cluster::labels::Labelled;
use crate::cluster::network::Reading;
use crate::cluster::objects::{Direction, NetworkPolicy, Peer, PolicyPort, Selector};
use crate::cluster::ports::Ports;
use crate::cluster::relation::{Block, End, Pods, Relation};
use rayon::prelude::*;
use smol_str::SmolStr;
use std::collections::BTreeSet;

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
    let one = |name: &SmolStr| {
        let was = permitted(old, name, before, after, &touched);
        let is = permitted(new, name, after, before, &touched);
        (parts(&is, &was), parts(&was, &is))
    };
    let all: Vec<(Vec<Part>, Vec<Part>)> = touched.par_iter().map(one).collect();
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

/// What a side permits from and to a namespace, but for what comes from other touched namespaces: that is looked at there.
fn permitted(cluster: &Cluster, name: &SmolStr, own: &Extent, other: &Extent, touched: &BTreeSet<SmolStr>) -> Relation {
    let mine = own.names.contains(name);
    if !mine && other.names.contains(name) {
        return Relation::default();
    }
    let pods = |namespaces: &Labelled| Pods::new(namespaces, Labelled::all()).map(End::Pods);
    let foreign: Vec<SmolStr> = other.names.difference(&own.names).cloned().collect();
    let but_touched: Vec<SmolStr> = own.names.difference(touched).cloned().collect();
    let (mut to, mut from): (Vec<End>, Vec<End>) = if mine {
        let others = Labelled::namespaces_except(foreign.iter().chain(touched).cloned());
        let there = pods(&Labelled::namespaces_except(foreign));
        (there.into_iter().collect(), pods(&others).into_iter().collect())
    } else {
        let there = Labelled::namespaces(own.names.iter().cloned());
        let others = Labelled::namespaces(but_touched);
        (there.as_ref().and_then(pods).into_iter().collect(), others.as_ref().and_then(pods).into_iter().collect())
    };
    if mine {
        to.extend(End::addresses(Addresses::all()));
        from.extend(End::addresses(Addresses::all()));
    }
    let here = [End::Pods(Pods::within(name, Labelled::all()))];
    let mut asked = Relation::between(&here, &to, &Ports::all());
    asked.extend(Relation::between(&from, &here, &Ports::all()).blocks().iter().cloned());
    cluster.filter(&asked, Reading::Specification)
}

fn parts(some: &Relation, others: &Relation) -> Vec<Part> {
    let blocks = some.difference(others).merged();
    if blocks.is_empty() {
        return Vec::new();
    }
    // Merged as well: what comes in two blocks, such as both families of addresses, is one end here.
    let others = others.clone().merged();
    let known = |block: &Block| {
        let within = |other: &Block| block.from().is_subset(other.from()) && block.to().is_subset(other.to());
        others.blocks().iter().any(within)
    };
    blocks.blocks().iter().map(|block| Part { known: known(block), block: block.clone() }).collect()
}
