//! That the proof of a build can fail: every way of altering what was emitted that changes what is permitted is caught.

use crate::fixture::{self, Workspace};
use serde_json::{Value, json};
use smol_str::SmolStr;
use xks_core::emit::Format;
use xks_core::prove::Proof;

/// A workspace in which every part of every policy matters: no rule is covered by another one.
const WORKSPACE: &str = r#"
#- platform.xks
platform {
  dns addresses 169.254.20.10
  ingress-pods public app.kubernetes.io/instance=ingress-nginx
  ingress-pods private app.kubernetes.io/instance=ingress-nginx-private
  mesh linkerd
}
#- source.xks
tenant source isolated
app foo, two
app api { port http 8080; port admin 9090; port dns 5353/udp }
expose api:http at api.example.com no-tls
expose two:8080 at two.example.com private no-tls
allow foo -> destination/bar:http
allow foo -> api:http, api:admin
allow two -> 10.0.0.0/8 except 10.1.0.0/16 except 10.2.0.0/16
allow two -> 192.0.2.0/24:8000-9000
allow foo -> internet:443
allow pods(tier in (a, b), zone, !debug) -> api:dns
allow tenants(team=obs)/prometheus -> foo:9100
#- destination.xks
tenant destination isolated mesh linkerd labels team=obs
app bar { port http 8080 }
app prometheus
export bar:http to source
allow prometheus -> source/foo:9100
"#;

/// A changed output: what was done to it, and the namespace and policies after that.
struct Mutant {
    what: String,
    namespace: String,
    policies: Vec<Value>,
}

/// The policies of each namespace, as they were emitted.
fn emitted(workspace: &Workspace) -> Vec<(String, Vec<Value>)> {
    let checked = workspace.analysis.checked().unwrap_or_else(|| panic!("{}", workspace.rendered()));
    let tree = xks_core::build(&workspace.sources, &checked, None, Format::Yaml).expect("a proved build");
    let policies = tree.files.iter().filter(|(path, _)| path.ends_with("/networkpolicies.yaml"));
    policies
        .map(|(path, bytes)| {
            let all: Vec<Value> = serde_saphyr::from_slice_multiple(bytes).expect("YAML");
            let namespace = path.split('/').next().expect("a folder").to_string();
            (namespace, all.into_iter().filter(|document| !document.is_null()).collect())
        })
        .collect()
}

/// Whether the proof accepts these policies of a namespace.
fn accepts(proof: &Proof<'_>, namespace: &str, policies: &[Value]) -> bool {
    let text: String = policies.iter().map(|policy| format!("---\n{policy:#}\n")).collect();
    proof.namespace(&SmolStr::new(namespace), [("networkpolicies.yaml", text.as_bytes())]).is_ok()
}

/// The places in a value, as JSON pointers.
fn pointers(value: &Value, at: String, out: &mut Vec<String>) {
    out.push(at.clone());
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            pointers(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| pointers(value, format!("{at}/{index}"), out));
        }
        _ => {}
    }
}

/// What can be done at one place of a policy: what it is called, and the value that comes there; `None` removes it.
fn alterations(pointer: &str, value: &Value) -> Vec<(&'static str, Option<Value>)> {
    let key = pointer.rsplit('/').next().unwrap_or_default();
    let in_list = key.parse::<usize>().is_ok();
    let parent = pointer.rsplit('/').nth(1).unwrap_or_default();
    match (key, value) {
        ("namespace", _) if parent == "metadata" => vec![("swaps the namespace", Some(json!("elsewhere")))],
        ("podSelector", Value::Object(labels)) if !labels.is_empty() => vec![("empties a selector", Some(json!({})))],
        ("namespaceSelector", _) => {
            vec![("takes pods of the own namespace", None), ("takes every namespace", Some(json!({})))]
        }
        ("from" | "to", _) => vec![("lets everybody", Some(json!([])))],
        ("ports", _) => vec![("opens every port", None)],
        ("port", Value::Number(number)) => {
            let next = number.as_u64().expect("a port") + 1;
            vec![("moves a port", Some(json!(next))), ("opens every port of the protocol", None)]
        }
        ("endPort", Value::Number(number)) => {
            vec![("widens a range", Some(json!(number.as_u64().expect("a port") + 1))), ("loses a range", None)]
        }
        ("protocol", Value::String(text)) => {
            vec![("changes a protocol", Some(json!(if text == "TCP" { "UDP" } else { "TCP" })))]
        }
        ("policyTypes", Value::Array(types)) if types.len() == 1 => {
            let other = if types[0] == "Egress" { "Ingress" } else { "Egress" };
            vec![("governs the other direction", Some(json!([other])))]
        }
        ("policyTypes", Value::Array(types)) => {
            vec![("drops a direction", Some(json!(types[..1]))), ("drops the other one", Some(json!(types[1..])))]
        }
        ("except", _) => vec![("loses its exceptions", None)],
        ("cidr", Value::String(text)) => {
            let (address, length) = text.split_once('/').expect("a range");
            let wider = length.parse::<u8>().expect("a length");
            let wider = if wider == 0 { format!("{address}/1") } else { format!("{address}/{}", wider - 1) };
            let net: ipnet::IpNet = wider.parse().expect("a range");
            vec![("changes a range", Some(json!(net.trunc().to_string())))]
        }
        ("operator", Value::String(text)) => {
            let other = match text.as_str() {
                "In" => "NotIn",
                "NotIn" => "In",
                "Exists" => "DoesNotExist",
                _ => "Exists",
            };
            vec![("turns an operator around", Some(json!(other)))]
        }
        (_, Value::String(_)) if parent == "matchLabels" => vec![("changes a label", Some(json!("other")))],
        _ if in_list
            && ["ingress", "egress", "from", "to", "ports", "except", "values", "matchExpressions"]
                .contains(&parent) =>
        {
            vec![("drops an item", None)]
        }
        _ => Vec::new(),
    }
}

fn altered(policy: &Value, pointer: &str, new: Option<Value>) -> Value {
    let mut policy = policy.clone();
    if let Some(new) = new {
        *policy.pointer_mut(pointer).expect("a place") = new;
        return policy;
    }
    let (parent, key) = pointer.rsplit_once('/').expect("a parent");
    match policy.pointer_mut(parent).expect("a parent") {
        Value::Array(items) => drop(items.remove(key.parse().expect("an index"))),
        Value::Object(entries) => drop(entries.shift_remove(key)),
        other => panic!("{other} holds nothing"),
    }
    policy
}

fn mutants(all: &[(String, Vec<Value>)]) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (namespace, policies) in all {
        let mut add = |what: String, policies: Vec<Value>| {
            mutants.push(Mutant { what, namespace: namespace.clone(), policies });
        };
        for (at, policy) in policies.iter().enumerate() {
            let name = policy["metadata"]["name"].as_str().expect("a name");
            let others = || policies.iter().enumerate().filter(move |(index, _)| *index != at).map(|(_, p)| p.clone());
            add(format!("{namespace}/{name}: is lost"), others().collect());
            let mut places = Vec::new();
            pointers(policy, String::new(), &mut places);
            for pointer in places {
                for (what, new) in alterations(&pointer, policy.pointer(&pointer).expect("a place")) {
                    let changed = altered(policy, &pointer, new);
                    add(format!("{namespace}/{name}: {what} at {pointer}"), others().chain([changed]).collect());
                }
            }
        }
    }
    mutants
}

#[test]
fn every_mutant_of_the_output_is_caught() {
    let workspace = fixture::workspace(WORKSPACE);
    let all = emitted(&workspace);
    let proof = Proof::new(&workspace.analysis.workspaces[0]);
    for (namespace, policies) in &all {
        assert!(accepts(&proof, namespace, policies), "{namespace}: what was emitted is proved, read as JSON too");
    }
    let mutants = mutants(&all);
    assert!(mutants.len() > 200, "only {} mutants", mutants.len());
    let alive = mutants.iter().filter(|mutant| accepts(&proof, &mutant.namespace, &mutant.policies));
    fixture::report(alive.map(|mutant| mutant.what.clone()).collect());
}

#[test]
fn policies_written_another_way_are_proved_by_what_they_permit() {
    let workspace = fixture::workspace(WORKSPACE);
    let proof = Proof::new(&workspace.analysis.workspaces[0]);
    for (namespace, policies) in emitted(&workspace) {
        // One peer a rule, label equality as an expression, and a port range cut in two: other rules, the same connections.
        let mut rewritten = policies.clone();
        for policy in &mut rewritten {
            for direction in ["ingress", "egress"] {
                let other = if direction == "ingress" { "from" } else { "to" };
                let Some(rules) = policy["spec"][direction].as_array() else { continue };
                let mut single = Vec::new();
                for rule in rules {
                    for peer in rule[other].as_array().expect("peers") {
                        let mut rule = rule.clone();
                        rule[other] = json!([peer]);
                        single.push(rule);
                    }
                }
                single.reverse();
                policy["spec"][direction] = json!(single);
            }
            if let Some(app) = policy["spec"]["podSelector"]["matchLabels"]["app"].as_str().map(str::to_string) {
                policy["spec"]["podSelector"] =
                    json!({ "matchExpressions": [{ "key": "app", "operator": "In", "values": [app, app] }] });
            }
        }
        rewritten.reverse();
        assert!(accepts(&proof, &namespace, &rewritten), "{namespace}");
        // The same policy once more, narrower: it adds nothing.
        let mut narrower = policies.iter().find(|policy| policy["spec"]["egress"].is_array()).expect("egress").clone();
        narrower["metadata"]["name"] = json!("again");
        narrower["spec"]["podSelector"]["matchLabels"]["only"] = json!("some");
        rewritten.push(narrower);
        assert!(accepts(&proof, &namespace, &rewritten), "{namespace}, with a policy that adds nothing");
    }
}

#[test]
fn a_difference_names_the_statement_and_a_connection() {
    let workspace = fixture::workspace(WORKSPACE);
    let proof = Proof::new(&workspace.analysis.workspaces[0]);
    let all = emitted(&workspace);
    let (namespace, policies) = all.iter().find(|(namespace, _)| namespace == "source").expect("a namespace");
    let without: Vec<&Value> =
        policies.iter().filter(|policy| policy["metadata"]["name"] != "allow-foo-to-destination-bar").collect();
    assert_eq!(without.len() + 1, policies.len());
    let text: String = without.iter().map(|policy| format!("---\n{policy}\n")).collect();
    let difference =
        proof.namespace(&SmolStr::new(namespace), [("p.yaml", text.as_bytes())]).expect_err("a policy is missing");
    let statement = workspace.sources.text(difference.origin.expect("a statement"));
    assert_eq!(statement, "allow foo -> destination/bar:http");
    assert_eq!(
        difference.to_string(),
        "the egress policies of `source` do not let through: a pod app=foo in source -> a pod app=bar in destination on TCP 8080"
    );
    let unread = proof.namespace(&SmolStr::new("source"), [("p.yaml", &b"kind: [NetworkPolicy"[..])]);
    assert!(unread.expect_err("no YAML").to_string().contains("cannot be read back"));
}
