//! What a cluster permits: Kubernetes objects, read from manifests, and NetworkPolicy evaluated over them. It knows
//! nothing of the language, and works on anybody's manifests.
//!
//! [`manifests::read`] makes [`objects::Objects`] of texts, and [`Cluster::new`] joins them with what is known besides: the
//! labels of namespaces that nobody wrote down, the addresses and gaps of the network. A cluster answers in two ways that
//! share nothing but the objects:
//!
//! - [`Cluster::answer`] takes two concrete ends and a port, and says what each side's policies have to say about that
//!   connection: [`semantics`].
//! - [`Cluster::permits`] and [`Cluster::permitted`] work on sets ([`relation::Relation`]): whatever pods there may be, with
//!   these labels in those namespaces. Sets can be compared, and give a sample, which the first way then explains.

pub mod addresses;
pub mod claims;
mod fast_yaml;
pub mod intervals;
pub mod labels;
pub mod manifests;
pub mod network;
pub mod objects;
pub mod policy;
pub mod ports;
pub mod reach;
pub mod relation;
pub mod semantics;

use labels::{Labelled, Labels, NAMESPACE_NAME, Settings};
use network::{Network, Reading};
use objects::{Direction, NetworkPolicy, Objects, Workload};
use ports::Ports;
use relation::{Block, End, Pods, Relation, Sample};
use semantics::{Party, Pod};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What is known of a cluster besides its manifests.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The labels of namespaces that the manifests may lack. Those in the manifests count before these.
    pub namespaces: BTreeMap<SmolStr, Labels>,
    /// The network.
    pub network: Network,
}

/// A policy: its index in [`Objects::policies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId(pub u32);

/// A cluster. A namespace that is not in the manifests nor in the facts exists all the same: it has its name for a label,
/// and what other labels it has is open.
#[derive(Debug)]
pub struct Cluster {
    objects: Objects,
    network: Network,
    /// The policies of each namespace that has any.
    policies: BTreeMap<SmolStr, Policies>,
    /// The labels of the namespaces that are known.
    namespaces: BTreeMap<SmolStr, Labels>,
    /// The known namespaces by label.
    by_label: BTreeMap<(SmolStr, SmolStr), Vec<SmolStr>>,
    /// All but the known namespaces.
    unknown: Settings,
    /// The pods of the namespaces that have no policies.
    free: Vec<End>,
    /// The namespaces that have policies and are not known.
    unheard: Vec<SmolStr>,
}

/// The policies of a namespace.
#[derive(Debug, Default)]
struct Policies {
    ids: Vec<PolicyId>,
    /// What they let through, by direction and reading, once somebody has asked.
    permits: [[OnceLock<Relation>; 3]; 2],
}

/// A part of what was asked for, and whether it is open.
#[derive(Clone, Debug, Default)]
pub struct Permission {
    /// What the policies permit on every network plugin that is in question.
    pub open: Relation,
    /// What they permit on some; [`Cluster::answer`] tells why.
    pub doubtful: Relation,
    /// What they do not permit.
    pub closed: Relation,
}

impl Cluster {
    /// Joins manifests and facts.
    pub fn new(objects: Objects, facts: Facts) -> Cluster {
        let mut policies: BTreeMap<SmolStr, Policies> = BTreeMap::new();
        for (at, policy) in objects.policies.iter().enumerate() {
            policies.entry(policy.namespace.clone()).or_default().ids.push(PolicyId(at as u32));
        }
        let mut namespaces: BTreeMap<SmolStr, Labels> = BTreeMap::new();
        for (name, labels) in facts.namespaces {
            let mut labels: Labels = labels.into_iter().filter(|(key, _)| *key != NAMESPACE_NAME).collect();
            labels.push((NAMESPACE_NAME, name.clone()));
            labels.sort();
            namespaces.insert(name, labels);
        }
        namespaces.extend(objects.namespaces.iter().map(|known| (known.name.clone(), known.labels.clone())));
        let mut by_label: BTreeMap<(SmolStr, SmolStr), Vec<SmolStr>> = BTreeMap::new();
        for (name, labels) in &namespaces {
            for label in labels.iter().filter(|(key, _)| *key != NAMESPACE_NAME) {
                by_label.entry(label.clone()).or_default().push(name.clone());
            }
        }
        let known = std::iter::once(None).chain(namespaces.keys().cloned().map(Some)); // sorted, as keys are
        let unknown = Settings::Except(known.collect());
        let unheard = policies.keys().filter(|name| !namespaces.contains_key(*name)).cloned().collect();
        let (network, free) = (facts.network, Vec::new());
        let mut cluster = Cluster { objects, network, policies, namespaces, by_label, unknown, free, unheard };
        cluster.free = cluster.all_but(|name| cluster.policies.contains_key(name), cluster.policies.keys());
        cluster
    }

    /// The pods of every namespace but some: those of known ones, and those of all others there can be. The latter are told
    /// by the very list that tells them where a selector is settled, so that both are compared at a glance.
    pub fn all_but<'n>(&self, out: impl Fn(&str) -> bool, names: impl Iterator<Item = &'n SmolStr>) -> Vec<End> {
        let known = Labelled::namespaces(self.namespaces.keys().filter(|name| !out(name)).cloned());
        let others = Labelled::every_namespace().with(&NAMESPACE_NAME, &self.unknown);
        let unheard: Vec<SmolStr> = names.filter(|name| !self.namespaces.contains_key(*name)).cloned().collect();
        let others = match unheard.is_empty() {
            true => others,
            false => others.and_then(|others| others.intersection(&Labelled::namespaces_except(unheard))),
        };
        let pods = |namespaces: Labelled| Pods::new(&namespaces, Labelled::all()).map(End::Pods);
        known.into_iter().chain(others).filter_map(pods).collect()
    }

    /// The objects that were read.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// What is known of the network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// A policy.
    pub fn policy(&self, id: PolicyId) -> &NetworkPolicy {
        &self.objects.policies[id.0 as usize]
    }

    /// The policies of a namespace.
    pub fn policies(&self, namespace: &str) -> impl Iterator<Item = (PolicyId, &NetworkPolicy)> {
        self.policies.get(namespace).into_iter().flat_map(|own| &own.ids).map(|id| (*id, self.policy(*id)))
    }

    /// The namespaces that have policies, sorted.
    pub fn protected(&self) -> impl Iterator<Item = &SmolStr> {
        self.policies.keys()
    }

    /// The labels of a namespace, its name among them, if they are known.
    pub fn namespace(&self, name: &str) -> Option<&Labels> {
        self.namespaces.get(name)
    }

    /// The pods that a workload makes.
    pub fn pod(&self, workload: &Workload) -> Pod {
        Pod {
            name: Some(workload.name.clone()),
            namespace: workload.namespace.clone(),
            namespace_labels: self.namespace(&workload.namespace).cloned(),
            labels: workload.labels.clone(),
            ports: workload.ports.clone(),
            host_network: workload.host_network,
            addresses: workload.addresses.clone(),
        }
    }

    /// The end of a connection that a sample is.
    pub fn party(&self, sample: &Sample) -> Party {
        match sample {
            Sample::Address(address) => Party::Address(*address),
            Sample::Pod { namespace, namespace_labels, labels } => Party::Pod(Pod {
                name: None,
                namespace: namespace.clone(),
                namespace_labels: Some(self.namespace(namespace).unwrap_or(namespace_labels).clone()),
                labels: labels.clone(),
                ports: Vec::new(),
                host_network: false,
                addresses: Vec::new(),
            }),
        }
    }

    /// The same namespaces, as far as can be by their names: of known ones their labels are known. What is left are those
    /// whose labels are open.
    pub fn settle(&self, namespaces: &Labelled) -> Vec<Labelled> {
        let rest = namespaces.without(&NAMESPACE_NAME);
        if rest.is_all() {
            return vec![namespaces.clone()];
        }
        let mut out = Vec::new();
        if let Some(names) = namespaces.names() {
            let (known, unknown): (Vec<&SmolStr>, Vec<&SmolStr>) =
                names.partition(|name| self.namespaces.contains_key(name.as_str()));
            let meets = |name: &&SmolStr| self.namespace(name).is_some_and(|labels| rest.contains(labels));
            out.extend(Labelled::namespaces(known.into_iter().filter(meets).cloned()));
            let unknown = Labelled::namespaces(unknown.into_iter().cloned());
            out.extend(unknown.and_then(|unknown| unknown.intersection(&rest)));
            return out;
        }
        let meets = |labels: &Labels| namespaces.contains(labels);
        // A label that has to have one of a few values leads to the namespaces that have it.
        let few = rest.conditions().iter().find_map(|(key, settings)| match settings {
            Settings::Among(few) if few.iter().all(Option::is_some) => Some((key, few)),
            _ => None,
        });
        let known: Vec<SmolStr> = match few {
            Some((key, few)) => {
                let labelled =
                    few.iter().flatten().filter_map(|value| self.by_label.get(&(key.clone(), value.clone())));
                labelled.flatten().filter(|name| self.namespace(name).is_some_and(meets)).cloned().collect()
            }
            None => self.namespaces.iter().filter(|(_, labels)| meets(labels)).map(|(name, _)| name.clone()).collect(),
        };
        out.extend(Labelled::namespaces(known));
        out.extend(namespaces.with(&NAMESPACE_NAME, &self.unknown));
        out
    }

    /// An end with its namespaces settled.
    fn settle_end(&self, end: &End) -> Vec<End> {
        match end {
            End::Addresses(_) => vec![end.clone()],
            End::Pods(pods) => {
                let settled = self.settle(pods.namespaces());
                settled.iter().filter_map(|names| Pods::new(names, pods.labels().clone())).map(End::Pods).collect()
            }
        }
    }

    /// What the policies of a namespace let through in a direction, whatever the other side's policies say. Of egress, the
    /// sources are the pods of the namespace; of ingress, the destinations are.
    pub fn permits(&self, namespace: &SmolStr, direction: Direction, reading: Reading) -> Relation {
        let policies = self.policies(namespace).map(|(_, policy)| policy);
        self.settled(&policy::permits(policies, namespace, direction, &self.network, reading))
    }

    /// The same connections, with the namespaces of their ends settled.
    pub fn settled(&self, relation: &Relation) -> Relation {
        let mut out = Relation::default();
        for block in relation.blocks() {
            let (from, to) = (self.settle_end(block.from()), self.settle_end(block.to()));
            out.extend(from.iter().flat_map(|from| {
                to.iter().filter_map(|to| Block::new(from.clone(), to.clone(), block.ports().clone()))
            }));
        }
        out
    }

    /// Which of the connections from `from` to `to` on `ports` the policies of both sides permit.
    pub fn permitted(&self, from: &[End], to: &[End], ports: &Ports) -> Permission {
        let settled = |ends: &[End]| ends.iter().flat_map(|end| self.settle_end(end)).collect::<Vec<_>>();
        let asked = Relation::between(&settled(from), &settled(to), ports);
        let open = self.filter(&asked, Reading::Least);
        let possible = self.filter(&asked, Reading::Most);
        let doubtful = possible.difference(&open);
        let closed = asked.difference(&possible);
        Permission { open, doubtful, closed }
    }

    /// The connections that the policies of both sides permit.
    pub fn filter(&self, asked: &Relation, reading: Reading) -> Relation {
        let sent = self.filter_side(asked, Direction::Egress, reading);
        self.filter_side(&sent, Direction::Ingress, reading)
    }

    fn filter_side(&self, asked: &Relation, direction: Direction, reading: Reading) -> Relation {
        // What each block shares with each namespace that it concerns is found for all blocks at once.
        let mut out: Vec<Vec<Block>> = vec![Vec::new(); asked.blocks().len()];
        let mut concerned: BTreeMap<&SmolStr, Vec<usize>> = BTreeMap::new();
        let mut open: Vec<(usize, Block)> = Vec::new();
        for (at, block) in asked.blocks().iter().enumerate() {
            let own = match direction {
                Direction::Egress => block.from(),
                Direction::Ingress => block.to(),
            };
            let End::Pods(pods) = own else {
                out[at].push(block.clone());
                continue;
            };
            let namespaces = pods.namespaces();
            let within = |name: &&SmolStr| {
                namespaces.condition(&NAMESPACE_NAME).is_none_or(|names| names.contains_value(Some(name)))
            };
            let (names, free): (Vec<&SmolStr>, Vec<End>) = match namespaces.names() {
                Some(names) => {
                    let (protected, free): (Vec<_>, Vec<_>) = names.partition(|name| self.policies.contains_key(*name));
                    let free = Labelled::namespaces(free.into_iter().cloned());
                    let free = free.and_then(|free| Pods::new(&free, Labelled::all())).map(End::Pods);
                    (protected, free.into_iter().collect())
                }
                // What selectors reach besides known namespaces.
                None if namespaces.condition(&NAMESPACE_NAME).map(Settings::place) == Some(self.unknown.place()) => {
                    (self.unheard.iter().collect(), self.free.clone())
                }
                None => (self.policies.keys().filter(within).collect(), self.free.clone()),
            };
            for (name, _) in names.iter().filter_map(|name| self.policies.get_key_value(name.as_str())) {
                concerned.entry(name).or_default().push(at);
            }
            // Where there are no policies, everything is open.
            for own in free.iter().filter_map(|free| own.intersection(free)) {
                let block = match direction {
                    Direction::Egress => Block::new(own, block.to().clone(), block.ports().clone()),
                    Direction::Ingress => Block::new(block.from().clone(), own, block.ports().clone()),
                };
                open.extend(block.map(|block| (at, block)));
            }
        }
        for (name, places) in concerned {
            let Some(policies) = self.policies.get(name) else { continue };
            let known = &policies.permits[direction as usize][reading as usize];
            let relation = known.get_or_init(|| self.permits(name, direction, reading));
            let blocks: Vec<&Block> = places.iter().map(|at| &asked.blocks()[*at]).collect();
            for (at, shared) in places.into_iter().zip(relation.shared_with(&blocks)) {
                out[at].extend(shared);
            }
        }
        open.into_iter().for_each(|(at, block)| out[at].push(block));
        out.into_iter().flatten().collect()
    }

    /// What the policies have to say about one connection.
    pub fn answer(&self, from: &Party, to: &Party, port: &ports::Port) -> semantics::Answer {
        semantics::answer(self, from, to, port)
    }
}
