//! NetworkPolicy over one connection, as the API describes it: what each side's policies have to say, and why.
//!
//! This works on concrete pods and walks the policies one by one. It shares no code with [`super::policy`], which makes sets
//! of the same policies; tests hold the two against each other.

mod explain;

use super::labels::Labels;
use super::network::Network;
use super::objects::{ContainerPort, Direction, NetworkPolicy, Peer, PolicyPort, PortMatch, Rule, Selector};
use super::ports::Port;
use super::{Cluster, PolicyId, addresses::Addresses, labels::NAMESPACE_NAME};
use ipnet::IpNet;
use smol_str::SmolStr;
use std::net::IpAddr;
use xks_base::values::label::Requirement;
use xks_base::values::port::Protocol;

/// A pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// The name of the pod or of what makes it, if it has one: a pod may always connect to itself.
    pub name: Option<SmolStr>,
    /// Its namespace.
    pub namespace: SmolStr,
    /// The labels of its namespace; `None` when only the name is known.
    pub namespace_labels: Option<Labels>,
    /// Its labels, sorted.
    pub labels: Labels,
    /// The ports that it declares.
    pub ports: Vec<ContainerPort>,
    /// Whether it is in the network of its node.
    pub host_network: bool,
    /// Its addresses; none when they are not known.
    pub addresses: Vec<IpAddr>,
}

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// A pod.
    Pod(Pod),
    /// An address that is not known to be a pod's.
    Address(IpAddr),
}

/// Whether a connection is permitted, and what each side has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The upshot.
    pub verdict: Verdict,
    /// What the policies of the source's namespace say.
    pub egress: Side,
    /// What the policies of the destination's namespace say.
    pub ingress: Side,
}

/// The upshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both sides permit it.
    Allowed,
    /// One side does not.
    Denied,
    /// It hangs on something that the API leaves open, or that is not known. Sorted, each once.
    Depends(Vec<Reason>),
}

/// What an answer hangs on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A pod in the network of its node: what policies do for it is not defined.
    HostNetwork(SmolStr),
    /// An `ipBlock` that covers the address that a pod has or may have.
    BlockOverPod,
    /// An `ipBlock` that covers the address of a node.
    BlockOverNode,
    /// An address among those of pods: whose it is is not known.
    AddressOfPod,
    /// An address among those of Services, which most plugins see only after it has become a pod's.
    AddressOfService,
    /// An address among those of nodes: a pod's own node may always connect to it, and it to the node.
    OwnNode,
    /// A port that only `endPort` opens.
    EndPort,
    /// A rule about SCTP.
    Sctp,
    /// The labels of this namespace are not known, and a selector asks for one.
    NamespaceLabels(SmolStr),
    /// Neither end is a pod: policies have no say.
    NoPod,
}

/// What the policies of one side say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// This end is no pod of the cluster: no policy is for it.
    Outside,
    /// The connection is from a pod to itself, which is always open.
    Itself,
    /// No policy selects the pod in this direction: everything is open.
    NotIsolated,
    /// Some rules let it through.
    Open(Vec<Grant>),
    /// Nothing lets it through for certain, and this may.
    Unclear(Vec<Reason>),
    /// Policies select the pod, and no rule lets it through: each policy, with what does not fit in each of its rules.
    Closed(Vec<Refusal>),
}

/// A rule that lets a connection through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The policy.
    pub policy: PolicyId,
    /// The rule: its index among those of its direction.
    pub rule: usize,
    /// The peer that fits: its index. `None` when the rule is for everybody.
    pub peer: Option<usize>,
    /// The port that fits: its index. `None` when the rule is for every port.
    pub port: Option<usize>,
}

/// A policy that selects a pod and does not let a connection through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The policy.
    pub policy: PolicyId,
    /// What does not fit in each rule. Without rules, it lets nothing through.
    pub rules: Vec<Unmet>,
}

/// The first thing of a rule that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// No peer fits: why, for each.
    Peers(Vec<PeerUnmet>),
    /// A peer fits, and no port does. The destination calls the port by these names.
    Ports(Vec<SmolStr>),
}

/// Why a peer does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerUnmet {
    /// It is about pods of the policy's own namespace, and the pod is in another.
    OtherNamespace,
    /// The namespace of the pod does not meet this.
    Namespace(Requirement),
    /// The pod does not meet this.
    Pod(Requirement),
    /// It is about pods, and the other end is an address.
    NotAPod,
    /// It is about addresses, and the other end is a pod.
    NotAnAddress,
    /// The address is not in the range.
    OutsideRange,
    /// The address is in an exception.
    Excepted(IpNet),
}

/// Whether a predicate holds.
enum Holds<N> {
    Yes,
    No(N),
    Perhaps(Reason),
}

pub(super) fn answer(cluster: &Cluster, from: &Party, to: &Party, port: &Port) -> Answer {
    let pods = match (from, to) {
        (Party::Pod(from), Party::Pod(to)) => Some((from, to)),
        _ => None,
    };
    if pods.is_some_and(|(from, to)| from.name.is_some() && from.name == to.name && from.namespace == to.namespace) {
        return Answer { verdict: Verdict::Allowed, egress: Side::Itself, ingress: Side::Itself };
    }
    let egress = side(cluster, Direction::Egress, from, to, to, port);
    let ingress = side(cluster, Direction::Ingress, to, from, to, port);
    let mut reasons = Vec::new();
    for side in [&egress, &ingress] {
        if let Side::Unclear(some) = side {
            reasons.extend(some.iter().cloned());
        }
    }
    let denied = [&egress, &ingress].into_iter().any(|side| matches!(side, Side::Closed(_)));
    if matches!((from, to), (Party::Address(_), Party::Address(_))) {
        reasons.push(Reason::NoPod);
    }
    reasons.sort();
    reasons.dedup();
    let verdict = match (denied, reasons.is_empty()) {
        (true, _) => Verdict::Denied,
        (false, true) => Verdict::Allowed,
        (false, false) => Verdict::Depends(reasons),
    };
    Answer { verdict, egress, ingress }
}

/// What the policies for `own` say about a connection with `other`.
fn side(cluster: &Cluster, direction: Direction, own: &Party, other: &Party, destination: &Party, port: &Port) -> Side {
    let Party::Pod(pod) = own else { return Side::Outside };
    let mut isolating = cluster
        .policies(&pod.namespace)
        .filter_map(|(id, policy)| Some((id, policy, policy.rules(direction)?)))
        .filter(|(_, policy, _)| policy.pods.matches(&pod.labels))
        .peekable();
    if isolating.peek().is_none() {
        return Side::NotIsolated;
    }
    let (mut grants, mut reasons, mut refusals) = (Vec::new(), Vec::new(), Vec::new());
    for (id, policy, rules) in isolating {
        let mut unmet = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            match fits(&cluster.network, policy, rule, other, destination, port) {
                (Holds::Yes, peer, port) => grants.push(Grant { policy: id, rule: at, peer, port }),
                (Holds::Perhaps(reason), ..) => reasons.push(reason),
                (Holds::No(why), ..) => unmet.push(why),
            }
        }
        refusals.push(Refusal { policy: id, rules: unmet });
    }
    // What policies do for a pod in the network of its node, whichever end it is, is not defined.
    let hosts = [own, other].into_iter().filter_map(|party| match party {
        Party::Pod(pod) if pod.host_network => Some(Reason::HostNetwork(pod.name.clone().unwrap_or_default())),
        _ => None,
    });
    let mut open: Vec<Reason> = hosts.collect();
    open.extend(unsettled(&cluster.network, other, !grants.is_empty()));
    if !open.is_empty() {
        return Side::Unclear(open);
    }
    if !grants.is_empty() {
        return Side::Open(grants);
    }
    reasons.sort();
    reasons.dedup();
    if reasons.is_empty() { Side::Closed(refusals) } else { Side::Unclear(reasons) }
}

/// What makes an answer about an address uncertain, whatever the rules say.
fn unsettled(network: &Network, other: &Party, granted: bool) -> Option<Reason> {
    let Party::Address(address) = other else { return None };
    if network.pods.as_ref().is_some_and(|pods| pods.contains(*address)) {
        return Some(Reason::AddressOfPod);
    }
    if network.services.contains(*address) {
        return Some(Reason::AddressOfService);
    }
    if network.nodes.contains(*address) {
        return match (granted, network.blocks_match_nodes) {
            (true, Some(true)) => None,
            (true, _) => Some(Reason::BlockOverNode),
            (false, _) => Some(Reason::OwnNode),
        };
    }
    None
}

/// Whether a rule lets a connection through, and which peer and port of it do.
fn fits(
    network: &Network,
    policy: &NetworkPolicy,
    rule: &Rule,
    other: &Party,
    destination: &Party,
    port: &Port,
) -> (Holds<Unmet>, Option<usize>, Option<usize>) {
    let (mut by_peer, mut at_peer) = (Holds::<()>::Yes, None);
    if !rule.peers.is_empty() {
        let (mut perhaps, mut whys) = (None, Vec::new());
        for (at, peer) in rule.peers.iter().enumerate() {
            match peer_fits(network, policy, peer, other) {
                Holds::Yes => {
                    at_peer = Some(at);
                    break;
                }
                Holds::Perhaps(reason) => perhaps = perhaps.or(Some(reason)),
                Holds::No(why) => whys.push(why),
            }
        }
        by_peer = match (at_peer, perhaps) {
            (Some(_), _) => Holds::Yes,
            (None, Some(reason)) => Holds::Perhaps(reason),
            (None, None) => return (Holds::No(Unmet::Peers(whys)), None, None),
        };
    }
    let (mut by_port, mut at_port) = (Holds::<()>::Yes, None);
    if !rule.ports.is_empty() {
        let mut perhaps = None;
        for (at, known) in rule.ports.iter().enumerate() {
            match port_fits(network, known, destination, port) {
                Holds::Yes => {
                    at_port = Some(at);
                    break;
                }
                Holds::Perhaps(reason) => perhaps = perhaps.or(Some(reason)),
                Holds::No(()) => {}
            }
        }
        by_port = match (at_port, perhaps) {
            (Some(_), _) => Holds::Yes,
            (None, Some(reason)) => Holds::Perhaps(reason),
            (None, None) => return (Holds::No(Unmet::Ports(names(destination, port))), None, None),
        };
    }
    match (by_peer, by_port) {
        (Holds::Perhaps(reason), _) | (Holds::Yes, Holds::Perhaps(reason)) => (Holds::Perhaps(reason), None, None),
        _ => (Holds::Yes, at_peer, at_port),
    }
}

fn peer_fits(network: &Network, policy: &NetworkPolicy, peer: &Peer, other: &Party) -> Holds<PeerUnmet> {
    match (peer, other) {
        (Peer::Block { cidr, except }, Party::Address(address)) => block_holds(cidr, except, *address),
        (Peer::Pods { .. }, Party::Address(_)) => Holds::No(PeerUnmet::NotAPod),
        (Peer::Block { cidr, except }, Party::Pod(pod)) => {
            let (all, some) = if pod.addresses.is_empty() {
                let block = Addresses::net(cidr).difference(&Addresses::nets(except));
                let all = network.pods.as_ref().is_some_and(|pods| pods.is_subset(&block));
                (all, network.pods().intersects(&block))
            } else {
                let holds = |address: &IpAddr| matches!(block_holds(cidr, except, *address), Holds::Yes);
                (pod.addresses.iter().all(holds), pod.addresses.iter().any(holds))
            };
            match (all, some, network.blocks_match_pods) {
                (_, false, _) | (_, _, Some(false)) => Holds::No(PeerUnmet::NotAnAddress),
                (true, _, Some(true)) => Holds::Yes,
                (..) => Holds::Perhaps(Reason::BlockOverPod),
            }
        }
        (Peer::Pods { namespaces, pods }, Party::Pod(pod)) => {
            let mut perhaps = None;
            match namespaces {
                None if pod.namespace != policy.namespace => return Holds::No(PeerUnmet::OtherNamespace),
                None => {}
                Some(selector) => match namespace_holds(selector, pod) {
                    Holds::No(why) => return Holds::No(why),
                    Holds::Perhaps(reason) => perhaps = Some(reason),
                    Holds::Yes => {}
                },
            }
            match pods.as_ref().and_then(|selector| selector.unmet(&pod.labels)) {
                Some(unmet) => Holds::No(PeerUnmet::Pod(unmet.clone())),
                None => perhaps.map_or(Holds::Yes, Holds::Perhaps),
            }
        }
    }
}

fn block_holds(cidr: &IpNet, except: &[IpNet], address: IpAddr) -> Holds<PeerUnmet> {
    if !cidr.contains(&address) {
        return Holds::No(PeerUnmet::OutsideRange);
    }
    match except.iter().find(|except| except.contains(&address)) {
        Some(except) => Holds::No(PeerUnmet::Excepted(*except)),
        None => Holds::Yes,
    }
}

fn namespace_holds(selector: &Selector, pod: &Pod) -> Holds<PeerUnmet> {
    if let Some(labels) = &pod.namespace_labels {
        return selector.unmet(labels).map_or(Holds::Yes, |unmet| Holds::No(PeerUnmet::Namespace(unmet.clone())));
    }
    // Of its labels only the name is known.
    let (by_name, others): (Vec<&Requirement>, Vec<&Requirement>) =
        selector.0.iter().partition(|requirement| *super::labels::key(requirement) == NAMESPACE_NAME);
    let name = [(NAMESPACE_NAME, pod.namespace.clone())];
    match by_name.into_iter().find(|requirement| !requirement.matches(&name)) {
        Some(unmet) => Holds::No(PeerUnmet::Namespace(unmet.clone())),
        None if others.is_empty() => Holds::Yes,
        None => Holds::Perhaps(Reason::NamespaceLabels(pod.namespace.clone())),
    }
}

fn port_fits(network: &Network, known: &PolicyPort, destination: &Party, port: &Port) -> Holds<()> {
    if known.protocol != port.protocol {
        return Holds::No(());
    }
    let fits = match &known.port {
        None => Holds::Yes,
        Some(PortMatch::Numbers(low, _)) if *low == port.number => Holds::Yes,
        Some(PortMatch::Numbers(low, high)) if (*low..=*high).contains(&port.number) => match network.end_port {
            Some(true) => Holds::Yes,
            Some(false) => Holds::No(()),
            None => Holds::Perhaps(Reason::EndPort),
        },
        Some(PortMatch::Name(name)) if names(destination, port).contains(name) => Holds::Yes,
        Some(_) => Holds::No(()),
    };
    match (&fits, known.protocol, network.sctp) {
        (Holds::No(()), ..) | (_, Protocol::Tcp | Protocol::Udp, _) | (_, _, Some(true)) => fits,
        (_, Protocol::Sctp, Some(false)) => Holds::No(()),
        (_, Protocol::Sctp, None) => Holds::Perhaps(Reason::Sctp),
    }
}

/// What the destination calls a port.
fn names(destination: &Party, port: &Port) -> Vec<SmolStr> {
    let Party::Pod(pod) = destination else { return Vec::new() };
    let declared = pod.ports.iter().filter(|known| (known.protocol, known.number) == (port.protocol, port.number));
    let mut names: Vec<SmolStr> = declared.filter_map(|known| known.name.clone()).chain(port.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}
