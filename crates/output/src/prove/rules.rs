//! The quick way to a proof: the rules that were written are the rules that are due, one by one. Equal rules permit equal
//! connections; of unequal ones nothing follows, and the sets are compared.

use super::declared::{self, Declared, Place};
use rustc_hash::{FxHashMap, FxHasher};
use smol_str::SmolStr;
use std::hash::{Hash, Hasher};
use xks_analysis::model::Port;
use xks_base::values::label::Requirement;
use xks_base::values::port::PortRef;
use xks_kubernetes::cluster::objects::{Direction, NetworkPolicy, Peer, PolicyPort, PortMatch};

/// A rule as it was written: one peer of one rule of one policy.
struct Written<'a> {
    direction: Direction,
    own: &'a [Requirement],
    peer: &'a Peer,
    ports: &'a [PolicyPort],
}

/// Whether what was written is, but for its order, what is due.
pub(super) fn same(declared: &Declared<'_>, written: &[NetworkPolicy], namespace_label: &str) -> bool {
    if !same_isolation(declared, written) {
        return false;
    }
    let mut rules: Vec<Written<'_>> = Vec::with_capacity(declared.rules.len());
    for policy in written {
        for direction in [Direction::Egress, Direction::Ingress] {
            for rule in policy.rules(direction).unwrap_or_default() {
                if rule.peers.is_empty() {
                    return false; // for everybody: no statement is lowered to that
                }
                let own = &policy.pods.0[..];
                rules.extend(rule.peers.iter().map(|peer| Written { direction, own, peer, ports: &rule.ports }));
            }
        }
    }
    // The ports of rules that agree in the rest add up, on either side.
    let mut due: FxHashMap<u64, Vec<(usize, bool)>> = FxHashMap::default();
    due.reserve(declared.rules.len());
    for (at, rule) in declared.rules.iter().enumerate() {
        due.entry(digest_declared(rule)).or_default().push((at, false));
    }
    for rule in &rules {
        let Some(near) = due.get_mut(&digest_written(rule)) else { return false };
        let equal = |at: usize| equals(&declared.rules[at], rule, namespace_label);
        let mut asked: Vec<&[Port]> = Vec::with_capacity(1);
        for (at, met) in near.iter_mut() {
            if equal(*at) {
                *met = true;
                asked.push(&declared.rules[*at].ports);
            }
        }
        if asked.is_empty() || !same_ports(&asked, rule.ports) {
            return false;
        }
    }
    due.values().flatten().all(|(_, met)| *met)
}

/// Whether the same pods are cut off from everything that no rule names.
fn same_isolation(declared: &Declared<'_>, written: &[NetworkPolicy]) -> bool {
    [Direction::Egress, Direction::Ingress].into_iter().all(|direction| {
        let cut = || written.iter().filter(|policy| policy.rules(direction).is_some()).map(|policy| &policy.pods.0[..]);
        let due = || declared.isolated.iter().filter(|(of, _)| *of == direction).map(|(_, own)| &own[..]);
        // Where every pod is cut off, others cut off besides change nothing.
        match (cut().any(<[_]>::is_empty), due().any(<[_]>::is_empty)) {
            (true, true) => true,
            (false, false) => {
                cut().all(|own| due().any(|other| same_requirements(own, other)))
                    && due().all(|own| cut().any(|other| same_requirements(own, other)))
            }
            _ => false,
        }
    })
}

fn equals(due: &declared::Rule<'_>, written: &Written<'_>, namespace_label: &str) -> bool {
    due.direction == written.direction
        && same_requirements(&due.own, written.own)
        && match (&due.peer, written.peer) {
            (declared::Peer::Block(cidr, holes), Peer::Block { cidr: range, except }) => {
                **cidr == *range
                    && holes.len() == except.len()
                    && holes.iter().all(|hole| except.contains(hole))
                    && except.iter().all(|hole| holes.contains(hole))
            }
            (declared::Peer::Pods(place, pods), Peer::Pods { namespaces, pods: labels }) => {
                same_requirements(pods, labels.as_ref().map_or(&[], |selector| &selector.0))
                    && same_place(place, namespaces.as_ref().map(|selector| &selector.0[..]), namespace_label)
            }
            _ => false,
        }
}

fn same_place(place: &Place<'_>, written: Option<&[Requirement]>, namespace_label: &str) -> bool {
    match (place, written) {
        (Place::Here, None) => true,
        (Place::Here, Some(_)) | (_, None) => false,
        (Place::Label(key, value), Some([Requirement::In(own, values)])) => {
            own == key && values.len() == 1 && values[0] == *value
        }
        (Place::Labels(_, values), Some([Requirement::In(own, found)])) => {
            own == namespace_label
                && values.len() == found.len()
                && values.iter().all(|value| found.contains(value))
                && found.iter().all(|value| values.contains(value))
        }
        (Place::Label(..) | Place::Labels(..), Some(_)) => false,
        (Place::Meeting(requirements), Some(found)) => same_requirements(requirements, found),
    }
}

/// Whether two lists ask for the same, in whatever order.
fn same_requirements(a: &[Requirement], b: &[Requirement]) -> bool {
    a.len() == b.len() && a.iter().all(|one| b.contains(one)) && b.iter().all(|one| a.contains(one))
}

/// Whether ports, of rules that add up, are those of a written rule.
fn same_ports(due: &[&[Port]], written: &[PolicyPort]) -> bool {
    if due.iter().any(|ports| ports.is_empty()) || written.is_empty() {
        return due.iter().any(|ports| ports.is_empty()) && written.is_empty();
    }
    let same = |port: &Port, other: &PolicyPort| {
        port.protocol == other.protocol
            && match (&port.port, &other.port) {
                (PortRef::Numbers(low, high), Some(PortMatch::Numbers(from, to))) => low == from && high == to,
                (PortRef::Name(name), Some(PortMatch::Name(other))) => name == other,
                _ => false,
            }
    };
    due.iter().copied().flatten().all(|port| written.iter().any(|other| same(port, other)))
        && written.iter().all(|other| due.iter().copied().flatten().any(|port| same(port, other)))
}

/// A number that equal rules share.
fn digest_declared(rule: &declared::Rule<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    (rule.direction, sum(&rule.own)).hash(&mut hasher);
    match &rule.peer {
        declared::Peer::Block(cidr, _) => cidr.hash(&mut hasher),
        declared::Peer::Pods(place, pods) => {
            sum(pods).hash(&mut hasher);
            if let Some(value) = only_value(place) {
                value.hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

/// See [`digest_declared`].
fn digest_written(rule: &Written<'_>) -> u64 {
    let mut hasher = FxHasher::default();
    (rule.direction, sum(rule.own)).hash(&mut hasher);
    match rule.peer {
        Peer::Block { cidr, .. } => cidr.hash(&mut hasher),
        Peer::Pods { namespaces, pods } => {
            sum(pods.as_ref().map_or(&[], |selector| &selector.0)).hash(&mut hasher);
            if let Some([Requirement::In(_, values)]) = namespaces.as_ref().map(|selector| &selector.0[..])
                && let Some(value) = only(values)
            {
                value.hash(&mut hasher);
            }
        }
    }
    hasher.finish()
}

/// The value of the one label that tells the namespaces, if it has one value: what most peers differ in.
fn only_value<'a>(place: &'a Place<'_>) -> Option<&'a str> {
    match place {
        Place::Here => None,
        Place::Label(_, value) => Some(value),
        Place::Labels(_, values) => only(values),
        Place::Meeting([Requirement::In(_, values)]) => only(values),
        Place::Meeting(_) => None,
    }
}

fn only(values: &[SmolStr]) -> Option<&str> {
    if let [value] = values { Some(value) } else { None }
}

/// The same for lists of the same requirements in any order.
fn sum(requirements: &[Requirement]) -> u64 {
    requirements.iter().fold(0, |all, one| {
        let mut hasher = FxHasher::default();
        one.hash(&mut hasher);
        all.wrapping_add(hasher.finish())
    })
}
