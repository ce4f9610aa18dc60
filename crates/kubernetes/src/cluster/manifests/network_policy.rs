//! `NetworkPolicy`, with what the API server fills in.

use super::super::objects::{Direction, NetworkPolicy, NumberOrName, Peer, PolicyPort, PortMatch, Rule};
use super::object::{self, Object, list, selector, texts};
use crate::yaml::Node;
use ipnet::IpNet;

pub(super) fn network_policy(object: &Object<'_>) -> NetworkPolicy {
    let spec = object.node.get("spec");
    let pods = selector(spec, "podSelector").unwrap_or_default();
    let ingress = rules(spec, Direction::Ingress);
    let egress = rules(spec, Direction::Egress);
    let types = texts(spec, "policyTypes");
    let named = |word: &str| types.iter().any(|known| known == word);
    let (for_ingress, for_egress) =
        if types.is_empty() { (true, !egress.is_empty()) } else { (named("Ingress"), named("Egress")) };
    NetworkPolicy {
        namespace: object.namespace.into(),
        name: object.name.into(),
        pods,
        ingress: for_ingress.then_some(ingress),
        egress: for_egress.then_some(egress),
        place: object.place,
    }
}

fn rules(spec: Option<&Node<'_>>, direction: Direction) -> Vec<Rule> {
    let (field, peers) = match direction {
        Direction::Ingress => ("ingress", "from"),
        Direction::Egress => ("egress", "to"),
    };
    let Some(spec) = spec else { return Vec::new() };
    let rules = spec.get(field).map_or(&[][..], Node::items).iter();
    rules
        .map(|rule| Rule {
            peers: list(Some(rule), peers).iter().filter_map(peer).collect(),
            ports: list(Some(rule), "ports").iter().map(port).collect(),
            line: rule.line,
        })
        .collect()
}

fn peer(peer: &Node<'_>) -> Option<Peer> {
    let Some(block) = peer.get("ipBlock") else {
        let (namespaces, pods) = (selector(Some(peer), "namespaceSelector"), selector(Some(peer), "podSelector"));
        return Some(Peer::Pods { namespaces, pods });
    };
    // Clusters before Kubernetes 1.36 take bits beyond the prefix, and pass over them.
    let range = |node: &Node<'_>| node.as_str()?.parse::<IpNet>().ok().map(|net| net.trunc());
    let except = list(Some(block), "except").iter().filter_map(range).collect();
    Some(Peer::Block { cidr: range(block.get("cidr")?)?, except })
}

fn port(port: &Node<'_>) -> PolicyPort {
    let matched = object::port_or_name(port, "port").map(|written| match written {
        NumberOrName::Number(low) => PortMatch::Numbers(low, object::port(port, "endPort").unwrap_or(low)),
        NumberOrName::Name(name) => PortMatch::Name(name),
    });
    PolicyPort { protocol: object::protocol(port), port: matched }
}
