//! Cases of others, with what they expect: `tests/reach/SUITE/CASE/manifests.yaml` beside `truth.txt`, and `world.yaml` of the
//! suite read before. The truth was written by hand from its source, and is never rewritten.
//!
//! A truth has a section for each port, `TCP 80`. Its lines say `allow`, `deny` or `depends`, then `SOURCE -> DESTINATION`; of
//! those that fit a pair, the last one counts. An end is `namespace/workload`, an address, or `*` for every one or for every
//! workload of a namespace. `network calico` or `network cilium` before the first section says what is known of the network.
//! Every pair is asked: all workloads, `192.0.2.1`, and the addresses that the truth names.

use crate::fixture;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use xks_core::cluster::labels::{Labels, NAMESPACE_NAME};
use xks_core::cluster::network::{Network, Reading};
use xks_core::cluster::objects::Workload;
use xks_core::cluster::ports::{PROTOCOLS, Port, Ports};
use xks_core::cluster::reach::{ClassId, Reach};
use xks_core::cluster::relation::{Connection, End, Sample};
use xks_core::cluster::semantics::{Party, Verdict};
use xks_core::cluster::{Cluster, Facts, Permission, manifests};
use xks_core::values::port::Protocol;

/// `allow`, `deny` or `depends`, the source and the destination.
type Line = (String, String, String);

/// What a truth says.
struct Truth {
    network: Network,
    sections: Vec<(Protocol, u16, Vec<Line>)>,
    addresses: BTreeSet<IpAddr>,
}

fn truth(text: &str) -> Truth {
    let mut truth = Truth {
        network: Network::default(),
        sections: Vec::new(),
        addresses: BTreeSet::from(["192.0.2.1".parse().expect("an address")]),
    };
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["network", "calico"] => truth.network = Network::calico(),
            ["network", "cilium"] => truth.network = Network::cilium(),
            [verdict @ ("allow" | "deny" | "depends"), from, "->", to] => {
                truth.addresses.extend([from, to].iter().filter_map(|end| end.parse::<IpAddr>().ok()));
                let section = truth.sections.last_mut().expect("a section");
                section.2.push((verdict.to_string(), from.to_string(), to.to_string()));
            }
            [protocol, port] => {
                let protocol = PROTOCOLS.into_iter().find(|known| known.api() == protocol).expect("a protocol");
                truth.sections.push((protocol, port.parse().expect("a port"), Vec::new()));
            }
            _ => panic!("{line}"),
        }
    }
    truth
}

/// One end of a connection, as a truth names it.
#[derive(Clone)]
struct Named<'a> {
    name: String,
    workload: Option<&'a Workload>,
    party: Party,
}

impl Named<'_> {
    fn is(&self, pattern: &str) -> bool {
        let of_namespace =
            |namespace: &str| self.name.strip_prefix(namespace).is_some_and(|rest| rest.starts_with('/'));
        pattern == "*" || pattern == self.name || pattern.strip_suffix("/*").is_some_and(of_namespace)
    }

    /// As sets see it: by its labels alone.
    fn sample(&self, cluster: &Cluster) -> Sample {
        match (&self.party, self.workload) {
            (Party::Address(address), _) => Sample::Address(*address),
            (Party::Pod(pod), _) => {
                let by_name: Labels = vec![(NAMESPACE_NAME, pod.namespace.clone())];
                let namespace_labels = cluster.namespace(&pod.namespace).cloned().unwrap_or(by_name);
                Sample::Pod { namespace: pod.namespace.clone(), namespace_labels, labels: pod.labels.clone() }
            }
        }
    }
}

/// What the sets say of a case.
struct Sets<'a> {
    cluster: &'a Cluster,
    permission: Permission,
    reach: Reach,
}

/// Whether the sets agree with an answer. They know no addresses of pods, so that blocks over those are left out.
fn sets_agree(sets: &Sets<'_>, from: &Named<'_>, to: &Named<'_>, port: &Port, verdict: &Verdict) -> bool {
    let Sets { cluster, permission, reach } = sets;
    let name = |workload: &Workload| {
        let declared =
            workload.ports.iter().find(|known| (known.protocol, known.number) == (port.protocol, port.number));
        declared.and_then(|declared| declared.name.clone())
    };
    let port = Port { name: to.workload.and_then(name), ..port.clone() };
    let connection = Connection { from: from.sample(cluster), to: to.sample(cluster), port: port.clone() };
    let by_set = match verdict {
        Verdict::Allowed => permission.open.contains(&connection),
        Verdict::Denied => permission.closed.contains(&connection),
        Verdict::Depends(_) => return true,
    };
    let class = |named: &Named<'_>| {
        let at = cluster.objects().workloads.iter().position(|known| Some(known) == named.workload)?;
        let class = reach.classes().iter().position(|class| class.workloads.contains(&(at as u32)))?;
        Some(ClassId(class as u32))
    };
    let by_class = match (class(from), class(to), to.workload) {
        (Some(from), Some(to), Some(workload)) => {
            let known =
                workload.ports.iter().filter_map(|known| Some((known.name.as_deref()?, known.protocol, known.number)));
            let open = reach.between(from, to).at(known).contains(&Port { name: None, ..port });
            open == (*verdict == Verdict::Allowed)
        }
        _ => true,
    };
    by_set && by_class
}

fn complaints(case: &Path) -> Vec<String> {
    let world = fixture::read(&case.join("../world.yaml"));
    let text = fixture::read(&case.join("manifests.yaml"));
    let worlds = [("world.yaml", world.as_str())];
    let files = worlds.into_iter().filter(|(_, text)| !text.is_empty()).chain([("manifests.yaml", text.as_str())]);
    let objects = manifests::read(files);
    let refused = objects.faults.iter().filter(|fault| fault.refused);
    let mut complaints: Vec<String> = refused.map(|fault| format!("{}: {fault:?}", case.display())).collect();
    let truth = truth(&fixture::read(&case.join("truth.txt")));
    let cluster = Cluster::new(objects, Facts { network: truth.network.clone(), ..Facts::default() });
    let everything = End::everything();
    let permission = cluster.permitted(&everything, &everything, &Ports::all());
    let sets = Sets { cluster: &cluster, permission, reach: cluster.reach(Reading::Least) };
    let blocks_over_pods =
        text.contains("ipBlock") && cluster.objects().workloads.iter().any(|pod| !pod.addresses.is_empty());
    let workloads = cluster.objects().workloads.iter().map(|workload| Named {
        name: format!("{}/{}", workload.namespace, workload.name),
        workload: Some(workload),
        party: Party::Pod(cluster.pod(workload)),
    });
    let addresses = truth.addresses.iter().map(|address| Named {
        name: address.to_string(),
        workload: None,
        party: Party::Address(*address),
    });
    let ends: Vec<Named<'_>> = workloads.chain(addresses).collect();
    let mut asked = 0;
    for (protocol, number, lines) in &truth.sections {
        for from in &ends {
            for to in &ends {
                if from.name == to.name || from.workload.is_none() && to.workload.is_none() {
                    continue;
                }
                asked += 1;
                let port = Port { protocol: *protocol, number: *number, name: None };
                let expected =
                    lines.iter().rev().find(|(_, source, destination)| from.is(source) && to.is(destination));
                let expected = expected.map_or("nothing", |(verdict, ..)| verdict);
                let answer = cluster.answer(&from.party, &to.party, &port);
                let found = match answer.verdict {
                    Verdict::Allowed => "allow",
                    Verdict::Denied => "deny",
                    Verdict::Depends(_) => "depends",
                };
                if found != expected {
                    let pair = format!("{} -> {} on {port}", from.name, to.name);
                    complaints.push(format!("{}: {pair}: {found}, not {expected}: {answer:?}", case.display()));
                } else if !blocks_over_pods && !sets_agree(&sets, from, to, &port, &answer.verdict) {
                    complaints.push(format!(
                        "{}: {} -> {} on {port}: the sets differ",
                        case.display(),
                        from.name,
                        to.name
                    ));
                }
            }
        }
    }
    assert!(asked > 0, "{} asks nothing", case.display());
    complaints
}

#[test]
fn every_case_has_its_truth() {
    let files = fixture::files(&fixture::root().join("tests/reach"));
    let cases: Vec<&Path> =
        files.iter().filter(|path| path.ends_with("truth.txt")).filter_map(|path| path.parent()).collect();
    assert!(cases.len() > 100, "only {} cases", cases.len());
    fixture::report(cases.into_iter().flat_map(complaints).collect());
}
