//! `NetworkPolicy`

use super::super::Found;
use super::super::structure::whole;
use super::selector;
use crate::yaml::{Node, Value};
use ipnet::IpNet;
use xks_base::values::address;

pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, spec: Option<&'n Node<'n>>) {
    let Some(spec) = spec else {
        // The API server takes it: a policy of no rules for every pod.
        return found.ignored(node, "has no `spec`, so it selects every pod and lets nothing in");
    };
    selector::check(found, spec.get("podSelector"));
    let types = spec.get("policyTypes").map_or(&[][..], Node::items);
    types.iter().for_each(|word| super::word(found, Some(word), &["Ingress", "Egress"]));
    if let Some(written) = spec.get("policyTypes").filter(|_| types.len() > 2) {
        found.refuse(written, "has more than two");
    }
    for (field, peers, direction) in [("ingress", "from", "Ingress"), ("egress", "to", "Egress")] {
        let rules = spec.get(field).map_or(&[][..], Node::items);
        if let Some(written) = spec.get(field).filter(|_| !rules.is_empty())
            && !types.is_empty()
            && !types.iter().any(|word| word.as_str() == Some(direction))
        {
            found.ignored(written, format!("is ignored, since `policyTypes` lacks {direction}"));
        }
        for rule in rules {
            rule.get("ports").map_or(&[][..], Node::items).iter().for_each(|port| self::port(found, port));
            rule.get(peers).map_or(&[][..], Node::items).iter().for_each(|peer| self::peer(found, peer));
        }
    }
}

fn port<'n>(found: &mut Found<'n>, port: &'n Node<'n>) {
    super::word(found, port.get("protocol"), super::PROTOCOLS);
    super::port_or_name(found, port.get("port"));
    super::port_number(found, port.get("endPort"));
    let Some(end) = port.get("endPort") else { return };
    match (port.get("port").and_then(whole), whole(end)) {
        (Some(low), Some(high)) if high < low => found.refuse(end, format!("is {high}, less than `port`")),
        (None, _) => found.refuse(end, "needs a `port` beside it that is a number"),
        _ => {}
    }
}

fn peer<'n>(found: &mut Found<'n>, peer: &'n Node<'n>) {
    const KEYS: [&str; 3] = ["podSelector", "namespaceSelector", "ipBlock"];
    selector::check(found, peer.get("podSelector"));
    selector::check(found, peer.get("namespaceSelector"));
    let Some(block) = peer.get("ipBlock") else {
        if KEYS.iter().all(|key| peer.get(key).is_none()) && matches!(peer.value, Value::Map(_) | Value::Null) {
            let empty = KEYS.iter().find(|key| peer.entry(key).is_some());
            found.refuse(
                peer,
                match empty {
                    Some(key) => {
                        format!("has no value for `{key}`, which counts as missing; write `{{}}` to select all")
                    }
                    None => "has none of `podSelector`, `namespaceSelector` and `ipBlock`".to_string(),
                },
            );
        }
        return;
    };
    if peer.get("podSelector").or_else(|| peer.get("namespaceSelector")).is_some() {
        found.refuse(block, "cannot stand beside a selector");
    }
    let cidr = range(found, block.get("cidr"));
    for except in block.get("except").map_or(&[][..], Node::items) {
        if let (Some(cidr), Some(net)) = (cidr, range(found, Some(except)))
            && (!cidr.contains(&net) || cidr == net)
        {
            found.refuse(except, format!("is {net}, which is not a part of `cidr`"));
        }
    }
}

/// A range. One with bits beyond its prefix is refused since Kubernetes 1.36 only; older clusters hold such policies, which
/// count.
fn range<'n>(found: &mut Found<'n>, node: Option<&'n Node<'n>>) -> Option<IpNet> {
    let (node, text) = node.and_then(|node| Some((node, node.as_str()?)))?;
    if text.contains('/')
        && let Ok(net) = address::range(text)
    {
        return Some(net);
    }
    match text.parse::<IpNet>() {
        Ok(net) => {
            found.strict(node, format!("is `{text}`, which Kubernetes 1.36 refuses; write `{}`", net.trunc()));
            Some(net.trunc())
        }
        Err(_) => {
            let help = match text.parse::<std::net::IpAddr>() {
                Ok(ip) => format!("; write `{}`", IpNet::from(ip)),
                Err(_) => String::new(),
            };
            found.refuse(node, format!("is `{text}`, which is not a range of addresses{help}"));
            None
        }
    }
}
