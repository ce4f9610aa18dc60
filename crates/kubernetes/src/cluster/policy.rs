//! Policies as sets: what those of one namespace let through in one direction.

use super::addresses::Addresses;
use super::labels::{Labelled, remainder};
use super::network::{Capabilities, Network, Reading};
use super::objects::{Direction, NetworkPolicy, Peer, PolicyPort, PortMatch, Rule, Selector};
use super::ports::Ports;
use super::relation::{Block, End, Pods, Relation};
use smol_str::SmolStr;
use xks_base::values::port::Protocol;

/// What the policies of a namespace let through in a direction: every connection of pods that none of them selects, and
/// for the others the union of what the rules say. Of egress, the sources are pods of the namespace; of ingress, the
/// destinations are.
pub fn permits<'p>(
    policies: impl IntoIterator<Item = &'p NetworkPolicy>,
    namespace: &SmolStr,
    direction: Direction,
    network: &Network,
    reading: Reading,
) -> Relation {
    let capabilities = network.reads(reading);
    let mut out: Vec<Block> = Vec::new();
    let mut add = |own: &Labelled, peers: Vec<End>, ports: &Ports| {
        let own = End::Pods(Pods::within(namespace, own.clone()));
        out.extend(peers.into_iter().filter_map(|peer| match direction {
            Direction::Egress => Block::new(own.clone(), peer, ports.clone()),
            Direction::Ingress => Block::new(peer, own.clone(), ports.clone()),
        }));
    };
    let mut isolated = Vec::new();
    for policy in policies {
        let (Some(rules), Some(own)) = (policy.rules(direction), Labelled::selected(&policy.pods.0)) else { continue };
        for rule in rules {
            add(&own, ends(rule, namespace, &capabilities), &ports(rule, &capabilities));
        }
        add(&own, End::addresses(capabilities.gained.clone()).into_iter().collect(), &Ports::all());
        isolated.push(own);
    }
    if !isolated.iter().any(Labelled::is_all) {
        for free in remainder(Labelled::all(), &isolated) {
            add(&free, End::everything().into(), &Ports::all());
        }
    }
    out.into_iter().collect()
}

/// Who is at the other end of a rule.
fn ends(rule: &Rule, namespace: &SmolStr, capabilities: &Capabilities) -> Vec<End> {
    let addresses = |block: Addresses| End::addresses(block.difference(&capabilities.lost));
    if rule.peers.is_empty() {
        return std::iter::once(End::Pods(Pods::all())).chain(addresses(Addresses::all())).collect();
    }
    let mut out = Vec::with_capacity(rule.peers.len());
    for peer in &rule.peers {
        match peer {
            Peer::Pods { namespaces, pods } => out.extend(self::pods(namespaces.as_ref(), pods.as_ref(), namespace)),
            Peer::Block { cidr, except } => {
                let block = Addresses::net(cidr).difference(&Addresses::nets(except));
                if capabilities.blocks_match_pods.as_ref().is_some_and(|pods| pods.by(&block)) {
                    out.push(End::Pods(Pods::all()));
                }
                out.extend(addresses(block));
            }
        }
    }
    out
}

fn pods(namespaces: Option<&Selector>, pods: Option<&Selector>, own: &SmolStr) -> Option<End> {
    let namespaces = match namespaces {
        Some(selector) => Labelled::selected_namespaces(&selector.0)?,
        None => Labelled::namespace(own),
    };
    let labels = pods.map_or(Some(Labelled::all()), |selector| Labelled::selected(&selector.0))?;
    Pods::new(&namespaces, labels).map(End::Pods)
}

/// The ports of a rule.
fn ports(rule: &Rule, capabilities: &Capabilities) -> Ports {
    if rule.ports.is_empty() {
        return Ports::all();
    }
    rule.ports.iter().fold(Ports::default(), |all, port| all.union(&one(port, capabilities)))
}

fn one(port: &PolicyPort, capabilities: &Capabilities) -> Ports {
    if port.protocol == Protocol::Sctp && !capabilities.sctp {
        return Ports::default();
    }
    match &port.port {
        None => Ports::protocol(port.protocol),
        Some(PortMatch::Numbers(low, high)) if capabilities.end_port => Ports::range(port.protocol, *low, *high),
        Some(PortMatch::Numbers(low, _)) => Ports::range(port.protocol, *low, *low),
        Some(PortMatch::Name(name)) => Ports::named(port.protocol, name.clone()),
    }
}
