//! The evaluator of NetworkPolicy against one that is as simple as can be: it reads the objects as JSON, and asks of every
//! concrete pod, address and port of a small world. What the sets say has to be what it says, one by one.

use proptest::prelude::*;
use serde_json::{Value, json};
use smol_str::SmolStr;
use std::net::IpAddr;
use std::sync::LazyLock;
use xks_core::cluster::labels::Labels;
use xks_core::cluster::network::{Network, Reading};
use xks_core::cluster::objects::Direction;
use xks_core::cluster::ports::{Port, Ports};
use xks_core::cluster::relation::{Connection, End, Relation, Sample};
use xks_core::cluster::semantics::{Party, Verdict};
use xks_core::cluster::{Cluster, Facts, manifests};
use xks_core::values::port::Protocol;

/// A thing that connects or is connected to.
#[derive(Clone, Debug)]
enum Thing {
    Pod { namespace: &'static str, labels: Value },
    Address(&'static str),
}

/// The namespaces of the world, with their labels. The third is in no manifest.
fn namespaces() -> [(&'static str, Value); 4] {
    let labels = |name: &str, more: &[(&str, &str)]| {
        let mut labels = json!({ "kubernetes.io/metadata.name": name });
        for (key, value) in more {
            labels[*key] = json!(value);
        }
        labels
    };
    [
        ("a", labels("a", &[("team", "x")])),
        ("b", labels("b", &[("team", "y"), ("tier", "t")])),
        ("c", labels("c", &[])),
        ("d", labels("d", &[("team", "x")])),
    ]
}

fn things() -> Vec<Thing> {
    let mut things = Vec::new();
    for (namespace, _) in namespaces() {
        for app in [None, Some("p"), Some("q"), Some("other")] {
            for tier in [None, Some("t")] {
                let mut labels = json!({});
                for (key, value) in [("app", app), ("tier", tier)] {
                    if let Some(value) = value {
                        labels[key] = json!(value);
                    }
                }
                things.push(Thing::Pod { namespace, labels });
            }
        }
    }
    things
        .extend(["10.0.0.1", "10.0.1.1", "10.9.9.9", "192.0.2.1", "2001:db8::1", "2001:db8:1::1"].map(Thing::Address));
    things
}

/// Protocol, number and name. The pods call their ports so, all alike.
const PORTS: [(&str, u16, Option<&str>); 7] = [
    ("TCP", 80, Some("http")),
    ("TCP", 81, None),
    ("TCP", 443, Some("https")),
    ("TCP", 9000, None),
    ("UDP", 53, Some("dns")),
    ("UDP", 80, None),
    ("SCTP", 7, None),
];

mod brute_force {
    use super::*;

    /// What hangs on the network plugin.
    #[derive(Clone, Copy, Debug)]
    pub(super) struct Plugin {
        pub(super) blocks_match_pods: bool,
        pub(super) end_port: bool,
        pub(super) sctp: bool,
    }

    fn selects(selector: &Value, labels: &Value) -> bool {
        let plain = selector["matchLabels"].as_object().into_iter().flatten();
        let expressions = selector["matchExpressions"].as_array().into_iter().flatten();
        plain.into_iter().all(|(key, value)| labels.get(key) == Some(value))
            && expressions.into_iter().all(|expression| {
                let found = labels.get(expression["key"].as_str().unwrap());
                let listed = |found: &Value| expression["values"].as_array().unwrap().contains(found);
                match expression["operator"].as_str().unwrap() {
                    "In" => found.is_some_and(listed),
                    "NotIn" => !found.is_some_and(listed),
                    "Exists" => found.is_some(),
                    "DoesNotExist" => found.is_none(),
                    other => panic!("{other}"),
                }
            })
    }

    fn covers(block: &Value, address: &str) -> bool {
        let within = |net: &Value| {
            let net: ipnet::IpNet = net.as_str().unwrap().parse().unwrap();
            net.contains(&address.parse::<IpAddr>().unwrap())
        };
        within(&block["cidr"]) && !block["except"].as_array().into_iter().flatten().any(within)
    }

    fn is_peer(plugin: Plugin, peer: &Value, own: &str, thing: &Thing) -> bool {
        match thing {
            Thing::Address(address) => peer.get("ipBlock").is_some_and(|block| covers(block, address)),
            Thing::Pod { namespace, labels } => {
                if peer.get("ipBlock").is_some() {
                    return plugin.blocks_match_pods; // every block of the world covers some address that a pod may have
                }
                let known = namespaces();
                let (_, namespace_labels) = known.iter().find(|(name, _)| name == namespace).unwrap();
                let right_namespace = match peer.get("namespaceSelector") {
                    Some(selector) => selects(selector, namespace_labels),
                    None => *namespace == own,
                };
                right_namespace && peer.get("podSelector").is_none_or(|selector| selects(selector, labels))
            }
        }
    }

    fn is_port(
        plugin: Plugin,
        known: &Value,
        destination: &Thing,
        (protocol, number, name): (&str, u16, Option<&str>),
    ) -> bool {
        let wanted = known.get("protocol").map_or("TCP", |protocol| protocol.as_str().unwrap());
        if wanted != protocol || protocol == "SCTP" && !plugin.sctp {
            return false;
        }
        match known.get("port") {
            None => true,
            Some(Value::String(wanted)) => matches!(destination, Thing::Pod { .. }) && name == Some(wanted),
            Some(low) => {
                let low = low.as_u64().unwrap();
                let high = known.get("endPort").filter(|_| plugin.end_port).map_or(low, |high| high.as_u64().unwrap());
                (low..=high).contains(&u64::from(number))
            }
        }
    }

    /// Whether the policies for `own` let it connect to, or be connected to by, `other`.
    pub(super) fn side(
        plugin: Plugin,
        policies: &[Value],
        ingress: bool,
        own: &Thing,
        other: &Thing,
        port: (&str, u16, Option<&str>),
    ) -> bool {
        let Thing::Pod { namespace, labels } = own else { return true };
        let (kind, field, peers) = if ingress { ("Ingress", "ingress", "from") } else { ("Egress", "egress", "to") };
        let destination = if ingress { own } else { other };
        let mut isolated = false;
        for policy in policies.iter().filter(|policy| policy["metadata"]["namespace"] == *namespace) {
            let spec = &policy["spec"];
            let for_this = match spec.get("policyTypes").and_then(Value::as_array).filter(|types| !types.is_empty()) {
                Some(types) => types.contains(&json!(kind)),
                None => ingress || spec["egress"].as_array().is_some_and(|rules| !rules.is_empty()),
            };
            if !for_this || !selects(&spec["podSelector"], labels) {
                continue;
            }
            isolated = true;
            for rule in spec[field].as_array().into_iter().flatten() {
                let list = |field: &str| rule[field].as_array().filter(|list| !list.is_empty()).cloned();
                let by_peer =
                    list(peers).is_none_or(|list| list.iter().any(|peer| is_peer(plugin, peer, namespace, other)));
                let by_port =
                    list("ports").is_none_or(|list| list.iter().any(|known| is_port(plugin, known, destination, port)));
                if by_peer && by_port {
                    return true;
                }
            }
        }
        !isolated
    }
}

use brute_force::Plugin;

fn selector() -> impl Strategy<Value = Value> {
    let key = || prop::sample::select(vec!["app", "tier", "team"]);
    let value = || prop::sample::select(vec!["p", "q", "t", "x", "y"]);
    let expression =
        (key(), prop::collection::vec(value(), 1..3), 0..4).prop_map(|(key, values, operator)| match operator {
            0 => json!({ "key": key, "operator": "In", "values": values }),
            1 => json!({ "key": key, "operator": "NotIn", "values": values }),
            2 => json!({ "key": key, "operator": "Exists" }),
            _ => json!({ "key": key, "operator": "DoesNotExist" }),
        });
    let labels = || prop::option::of((key(), value()));
    let pinned = prop::sample::select(vec!["a", "b", "c", "d"]);
    prop_oneof![
        2 => Just(json!({})),
        4 => (key(), value()).prop_map(|(key, value)| json!({ "matchLabels": { key: value } })),
        2 => pinned.prop_map(|name| json!({ "matchLabels": { "kubernetes.io/metadata.name": name } })),
        3 => (labels(), prop::collection::vec(expression, 1..3)).prop_map(|(labels, expressions)| match labels {
            Some((key, value)) => json!({ "matchLabels": { key: value }, "matchExpressions": expressions }),
            None => json!({ "matchExpressions": expressions }),
        }),
    ]
}

fn peer() -> impl Strategy<Value = Value> {
    let block = prop::sample::select(vec![
        json!({ "cidr": "10.0.0.0/8" }),
        json!({ "cidr": "10.0.0.0/16", "except": ["10.0.1.0/24"] }),
        json!({ "cidr": "0.0.0.0/0", "except": ["192.0.2.0/24", "10.9.0.0/16"] }),
        json!({ "cidr": "fc00::/7" }),
        json!({ "cidr": "::/0", "except": ["2001:db8::/48"] }),
    ]);
    prop_oneof![
        2 => selector().prop_map(|pods| json!({ "podSelector": pods })),
        2 => selector().prop_map(|namespaces| json!({ "namespaceSelector": namespaces })),
        2 => (selector(), selector()).prop_map(|(n, p)| json!({ "namespaceSelector": n, "podSelector": p })),
        2 => block.prop_map(|block| json!({ "ipBlock": block })),
    ]
}

fn policy_port() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!({ "port": 80 }),
        json!({ "protocol": "TCP" }),
        json!({ "port": "http", "protocol": "TCP" }),
        json!({ "port": "dns", "protocol": "UDP" }),
        json!({ "port": "dns" }),
        json!({ "port": 80, "endPort": 443 }),
        json!({ "port": 1, "endPort": 65535, "protocol": "UDP" }),
        json!({ "port": 7, "protocol": "SCTP" }),
    ])
}

/// A rule whose lists may be missing, empty or filled.
fn rule(peers: &'static str) -> impl Strategy<Value = Value> {
    let list = |item: BoxedStrategy<Value>| prop::option::of(prop::collection::vec(item, 0..3));
    (list(peer().boxed()), list(policy_port().boxed())).prop_map(move |(by_peer, ports)| {
        let mut rule = json!({});
        if let Some(list) = by_peer {
            rule[peers] = json!(list);
        }
        if let Some(list) = ports {
            rule["ports"] = json!(list);
        }
        rule
    })
}

fn policy() -> impl Strategy<Value = Value> {
    let rules = |peers| prop::option::of(prop::collection::vec(rule(peers), 0..3));
    let types = prop::option::of(prop::sample::subsequence(vec!["Ingress", "Egress"], 0..=2));
    let namespace = prop::sample::select(vec!["a", "b", "c", "d"]);
    (namespace, selector(), types, rules("from"), rules("to")).prop_map(|(namespace, pods, types, ingress, egress)| {
        let mut spec = json!({ "podSelector": pods });
        for (field, value) in [("policyTypes", json!(types)), ("ingress", json!(ingress)), ("egress", json!(egress))] {
            if !value.is_null() {
                spec[field] = value;
            }
        }
        let metadata = json!({ "namespace": namespace, "name": "policy" });
        json!({ "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec })
    })
}

fn policies() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(policy(), 1..5)
}

/// The cluster: the policies, and the namespaces but for one, whose labels the facts give.
fn cluster(policies: &[Value], network: Network) -> Cluster {
    let mut items = policies.to_vec();
    let mut facts = Facts { network, ..Facts::default() };
    for (name, labels) in namespaces() {
        if name == "c" {
            facts.namespaces.insert(name.into(), sorted(&labels));
        } else {
            items.push(
                json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name, "labels": labels } }),
            );
        }
    }
    let list = json!({ "apiVersion": "v1", "kind": "List", "items": items }).to_string();
    let objects = manifests::read([("policies.json", list.as_str())]);
    assert!(objects.faults.iter().all(|fault| !fault.refused), "{:?}\n{list}", objects.faults);
    assert_eq!(objects.policies.len(), policies.len());
    Cluster::new(objects, facts)
}

fn sorted(labels: &Value) -> Labels {
    let pairs = labels.as_object().unwrap().iter();
    let mut labels: Labels = pairs.map(|(key, value)| (key.into(), value.as_str().unwrap().into())).collect();
    labels.sort();
    labels
}

fn sample(thing: &Thing) -> Sample {
    match thing {
        Thing::Address(address) => Sample::Address(address.parse().unwrap()),
        Thing::Pod { namespace, labels } => {
            let known = namespaces();
            let (_, namespace_labels) = known.iter().find(|(name, _)| name == namespace).unwrap();
            Sample::Pod {
                namespace: SmolStr::new(namespace),
                namespace_labels: sorted(namespace_labels),
                labels: sorted(labels),
            }
        }
    }
}

fn port((protocol, number, name): (&str, u16, Option<&str>), destination: &Thing) -> Port {
    let protocol = match protocol {
        "TCP" => Protocol::Tcp,
        "UDP" => Protocol::Udp,
        _ => Protocol::Sctp,
    };
    let name = name.filter(|_| matches!(destination, Thing::Pod { .. }));
    Port { protocol, number, name: name.map(SmolStr::new) }
}

type Case = (Thing, Thing, (&'static str, u16, Option<&'static str>), Connection);

/// Every connection of the world that a pod takes part in: 9,664 of them.
static CONNECTIONS: LazyLock<Vec<Case>> = LazyLock::new(connections);

/// Some of the connections, spread over all of them.
fn some_connections() -> impl Strategy<Value = Vec<&'static Case>> {
    (0..STEP).prop_map(|first| CONNECTIONS.iter().skip(first).step_by(STEP).collect())
}

/// No divisor of the numbers of things and ports.
const STEP: usize = 41;

fn connections() -> Vec<Case> {
    let things = things();
    let mut out = Vec::new();
    for from in &things {
        for to in &things {
            if matches!((from, to), (Thing::Address(_), Thing::Address(_))) {
                continue;
            }
            for number in PORTS {
                let connection = Connection { from: sample(from), to: sample(to), port: port(number, to) };
                out.push((from.clone(), to.clone(), number, connection));
            }
        }
    }
    out
}

fn known_network() -> impl Strategy<Value = (Network, Plugin)> {
    (any::<bool>(), any::<bool>()).prop_map(|(end_port, sctp)| {
        let network = Network {
            blocks_match_pods: Some(false),
            end_port: Some(end_port),
            sctp: Some(sctp),
            ..Network::default()
        };
        (network, Plugin { blocks_match_pods: false, end_port, sctp })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fixture::cases(1024)))]

    #[test]
    fn answers_are_those_of_brute_force(policies in policies(), (network, plugin) in known_network(), some in some_connections()) {
        let cluster = cluster(&policies, network);
        let everything = End::everything();
        let permission = cluster.permitted(&everything, &everything, &Ports::all());
        let sides = ["a", "b", "c", "d"].map(|namespace| {
            [Direction::Egress, Direction::Ingress].map(|direction| {
                cluster.permits(&namespace.into(), direction, Reading::Least)
            })
        });
        for (from, to, number, connection) in some {
            let egress = brute_force::side(plugin, &policies, false, from, to, *number);
            let ingress = brute_force::side(plugin, &policies, true, to, from, *number);
            let answer = cluster.answer(&cluster.party(&connection.from), &cluster.party(&connection.to), &connection.port);
            let wanted = if egress && ingress { Verdict::Allowed } else { Verdict::Denied };
            prop_assert_eq!(&answer.verdict, &wanted, "{}\n{:#?}\n{:#?}", connection, answer, policies);
            prop_assert_eq!(permission.open.contains(connection), egress && ingress, "open: {}", connection);
            prop_assert_eq!(permission.closed.contains(connection), !(egress && ingress), "closed: {}", connection);
            prop_assert!(!permission.doubtful.contains(connection), "doubtful: {}", connection);
            for (name, [sends, takes]) in ["a", "b", "c", "d"].iter().zip(&sides) {
                if matches!(from, Thing::Pod { namespace, .. } if namespace == name) {
                    prop_assert_eq!(sends.contains(connection), egress, "sends: {}", connection);
                }
                if matches!(to, Thing::Pod { namespace, .. } if namespace == name) {
                    prop_assert_eq!(takes.contains(connection), ingress, "takes: {}", connection);
                }
            }
        }
    }

    /// Where the network is not known, an answer is certain exactly if it is the same for all networks.
    #[test]
    fn an_answer_depends_when_networks_differ(policies in policies(), some in some_connections()) {
        let cluster = cluster(&policies, Network::default());
        let everything = End::everything();
        let permission = cluster.permitted(&everything, &everything, &Ports::all());
        let least = Plugin { blocks_match_pods: false, end_port: false, sctp: false };
        let most = Plugin { blocks_match_pods: true, end_port: true, sctp: true };
        for (from, to, number, connection) in some {
            let open = |plugin| {
                brute_force::side(plugin, &policies, false, from, to, *number)
                    && brute_force::side(plugin, &policies, true, to, from, *number)
            };
            let answer = cluster.answer(&cluster.party(&connection.from), &cluster.party(&connection.to), &connection.port);
            let found = match &answer.verdict {
                Verdict::Allowed => (true, true),
                Verdict::Denied => (false, false),
                Verdict::Depends(_) => (false, true),
            };
            prop_assert_eq!(found, (open(least), open(most)), "{}\n{:#?}\n{:#?}", connection, answer, policies);
            let sets = (permission.open.contains(connection), permission.doubtful.contains(connection));
            prop_assert_eq!(sets, (open(least), open(most) && !open(least)), "{}", connection);
        }
    }

    /// Each block of a set has a sample, and one connection at a time the answer is that of the set.
    #[test]
    fn samples_of_sets_have_the_answer_of_the_set(policies in policies()) {
        let cluster = cluster(&policies, Network::default());
        let everything = End::everything();
        let permission = cluster.permitted(&everything, &everything, &Ports::all());
        for (relation, wanted) in [(&permission.open, "open"), (&permission.doubtful, "doubtful"), (&permission.closed, "closed")] {
            for block in relation.blocks() {
                let sample = block.sample();
                prop_assert!(relation.contains(&sample));
                let no_pod = matches!((&sample.from, &sample.to), (Sample::Address(_), Sample::Address(_)));
                let (from, to) = (cluster.party(&sample.from), cluster.party(&sample.to));
                // A pod that the sample describes could be the other end itself; it has no name, so it is not.
                let answer = cluster.answer(&from, &to, &sample.port);
                let found = match answer.verdict {
                    Verdict::Allowed => "open",
                    Verdict::Denied => "closed",
                    Verdict::Depends(_) if no_pod => "open",
                    Verdict::Depends(_) => "doubtful",
                };
                prop_assert_eq!(found, wanted, "{} of {}", sample, block);
            }
        }
    }

    /// Two sets of policies let the same through or differ in a connection that can be named.
    #[test]
    fn a_difference_has_a_counterexample(first in policies(), second in policies(), some in some_connections()) {
        let plugin = Plugin { blocks_match_pods: false, end_port: true, sctp: true };
        let relations = [&first, &second].map(|policies| {
            let cluster = cluster(policies, Network::default());
            cluster.permits(&"a".into(), Direction::Egress, Reading::Specification)
        });
        let [one, other] = &relations;
        let open = |policies: &[Value], (from, to, number, _): &(Thing, Thing, _, Connection)| {
            brute_force::side(plugin, policies, false, from, to, *number)
        };
        let mut differ = false;
        for connection in some.into_iter().filter(|(from, ..)| matches!(from, Thing::Pod { namespace: "a", .. })) {
            let (x, y) = (open(&first, connection), open(&second, connection));
            differ |= x != y;
            prop_assert_eq!(one.difference(other).contains(&connection.3), x && !y);
            prop_assert_eq!(one.intersection(other).contains(&connection.3), x && y);
        }
        // The world has a thing of each sort that these policies tell apart, but not of each port and address.
        prop_assert!(!differ || !one.same(other));
        for (here, there) in [(one, other), (other, one)] {
            if let Some(sample) = here.counterexample(there) {
                prop_assert!(here.contains(&sample) && !there.contains(&sample), "{}", sample);
            }
            prop_assert_eq!(here.is_subset(there), here.difference(there).is_empty());
            let merged = here.clone().merged();
            prop_assert!(merged.same(here) && merged.blocks().len() <= here.blocks().len().max(1));
        }
    }
}

#[test]
fn a_policy_without_pods_says_nothing() {
    let none = Relation::default();
    assert!(none.is_empty() && none.sample().is_none() && none.same(&Relation::default()));
    assert!(matches!(
        cluster(&[], Network::default())
            .answer(
                &Party::Address("192.0.2.1".parse().unwrap()),
                &Party::Address("192.0.2.2".parse().unwrap()),
                &Port { protocol: Protocol::Tcp, number: 80, name: None },
            )
            .verdict,
        Verdict::Depends(_)
    ));
}
