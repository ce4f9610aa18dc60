//! `NetworkPolicy`, with what the API server checks and what it fills in.

use super::super::objects::{Direction, NetworkPolicy, NumberOrName, Peer, PolicyPort, PortMatch, Rule};
use super::object::Object;
use crate::yaml::{Node, Value};
use ipnet::IpNet;
use xks_base::values::{address, name};

pub(super) fn network_policy(object: &mut Object<'_>) -> Option<NetworkPolicy> {
    object.metadata(name::subdomain);
    if (object.group, object.version) != ("networking.k8s.io", "v1") {
        object.refuse(object.node, "its `apiVersion` no longer exists; write networking.k8s.io/v1");
    }
    let spec = object.map(Some(object.node), "spec");
    object.fields(Some(object.node), &["apiVersion", "kind", "metadata", "spec", "status"]);
    object.fields(spec, &["podSelector", "policyTypes", "ingress", "egress"]);
    let pods = object.selector(spec, "podSelector").unwrap_or_default();
    let ingress = rules(object, spec, Direction::Ingress);
    let egress = rules(object, spec, Direction::Egress);
    let types = object.texts(spec, "policyTypes");
    for wrong in types.iter().filter(|word| !matches!(word.as_str(), "Ingress" | "Egress")) {
        let at = spec.and_then(|spec| spec.get("policyTypes")).unwrap_or(object.node);
        object.refuse(at, format!("`policyTypes` holds `{wrong}`; it holds Ingress, Egress or both"));
    }
    if types.len() > 2 {
        let at = spec.and_then(|spec| spec.get("policyTypes")).unwrap_or(object.node);
        object.refuse(at, "`policyTypes` holds at most two");
    }
    let named = |word: &str| types.iter().any(|known| known == word);
    let (for_ingress, for_egress) =
        if types.is_empty() { (true, !egress.is_empty()) } else { (named("Ingress"), named("Egress")) };
    for (field, word, rules, counts) in
        [("ingress", "Ingress", &ingress, for_ingress), ("egress", "Egress", &egress, for_egress)]
    {
        if !counts && !rules.is_empty() {
            let at = spec.and_then(|spec| spec.get(field)).unwrap_or(object.node);
            object.warn(at, format!("its `{field}` rules are ignored: `policyTypes` lacks {word}"));
        }
    }
    object.done(NetworkPolicy {
        namespace: object.namespace.into(),
        name: object.name.into(),
        pods,
        ingress: for_ingress.then_some(ingress),
        egress: for_egress.then_some(egress),
        place: object.place,
    })
}

fn rules<'n>(object: &mut Object<'n>, spec: Option<&'n Node<'n>>, direction: Direction) -> Vec<Rule> {
    let (field, peers) = match direction {
        Direction::Ingress => ("ingress", "from"),
        Direction::Egress => ("egress", "to"),
    };
    let mut out = Vec::new();
    for rule in object.list(spec, field) {
        if !matches!(rule.value, Value::Map(_) | Value::Null) {
            object.refuse(rule, format!("a rule of `{field}` is {}, not a mapping", rule.describe()));
            continue;
        }
        object.fields(Some(rule), &[peers, "ports"]);
        let mut read = Rule { peers: Vec::new(), ports: Vec::new(), line: rule.line };
        for peer in object.list(Some(rule), peers) {
            read.peers.extend(self::peer(object, peer));
        }
        for port in object.list(Some(rule), "ports") {
            read.ports.extend(self::port(object, port));
        }
        out.push(read);
    }
    out
}

fn peer<'n>(object: &mut Object<'n>, peer: &'n Node<'n>) -> Option<Peer> {
    object.fields(Some(peer), &["namespaceSelector", "podSelector", "ipBlock"]);
    let namespaces = object.selector(Some(peer), "namespaceSelector");
    let pods = object.selector(Some(peer), "podSelector");
    match (object.map(Some(peer), "ipBlock"), &namespaces, &pods) {
        (None, None, None) => {
            let null =
                ["namespaceSelector", "podSelector", "ipBlock"].into_iter().find(|key| peer.entry(key).is_some());
            object.refuse(
                peer,
                match null {
                    Some(key) => {
                        format!("a peer has no value for `{key}`, which counts as missing; `{{}}` selects all")
                    }
                    None => "a peer has none of `podSelector`, `namespaceSelector` and `ipBlock`".to_string(),
                },
            );
            None
        }
        (None, ..) => Some(Peer::Pods { namespaces, pods }),
        (Some(block), None, None) => self::block(object, block),
        (Some(block), ..) => {
            object.refuse(block, "a peer has `ipBlock` beside a selector; it has one or the other");
            None
        }
    }
}

fn block<'n>(object: &mut Object<'n>, block: &'n Node<'n>) -> Option<Peer> {
    object.fields(Some(block), &["cidr", "except"]);
    let Some(written) = block.get("cidr") else {
        object.refuse(block, "`ipBlock` has no `cidr`");
        return None;
    };
    let cidr = range(object, written);
    let mut except = Vec::new();
    for node in object.list(Some(block), "except") {
        let Some(net) = range(object, node) else { continue };
        if cidr.is_some_and(|cidr| !cidr.contains(&net) || cidr == net) {
            object.refuse(node, format!("`except` holds {net}, which is not a part of `cidr`"));
        }
        except.push(net);
    }
    Some(Peer::Block { cidr: cidr?, except })
}

/// A range. One with bits beyond its prefix is refused since Kubernetes 1.36 only; older clusters hold such policies.
fn range(object: &mut Object<'_>, node: &Node<'_>) -> Option<IpNet> {
    let text = node.as_str().unwrap_or_default();
    let strict = if text.contains('/') { address::range(text).ok() } else { None };
    if strict.is_some() {
        return strict;
    }
    let loose = text.parse::<IpNet>().ok();
    match loose {
        Some(net) => object.warn(node, format!("Kubernetes 1.36 refuses {text}; write {}", net.trunc())),
        None => object.refuse(node, format!("{} is not a range of addresses", node.describe())),
    }
    loose.map(|net| net.trunc())
}

fn port<'n>(object: &mut Object<'n>, port: &'n Node<'n>) -> Option<PolicyPort> {
    object.fields(Some(port), &["protocol", "port", "endPort"]);
    let protocol = object.protocol(port)?;
    let number = object.port_or_name(port, "port");
    let end = object.port(port, "endPort");
    let matched = match (number, end, port.get("endPort")) {
        (Some(NumberOrName::Number(low)), Some(high), Some(node)) => {
            if high < low {
                object.refuse(node, format!("`endPort` is {high}, less than `port`"));
            }
            Some(PortMatch::Numbers(low, high))
        }
        (_, Some(_), Some(node)) => {
            object.refuse(node, "`endPort` needs a `port` that is a number");
            None
        }
        (Some(NumberOrName::Number(number)), ..) => Some(PortMatch::Numbers(number, number)),
        (Some(NumberOrName::Name(name)), ..) => Some(PortMatch::Name(name)),
        (None, ..) => None,
    };
    Some(PolicyPort { protocol, port: matched })
}
