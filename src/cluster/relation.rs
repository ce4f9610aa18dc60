//! Sets of connections, as unions of blocks: from whom, to whom, on which ports. What policies permit is one, and what
//! somebody means to permit is another; they can be compared.

use super::addresses::Addresses;
use super::labels::{Labelled, Labels, NAMESPACE_NAME, value};
use super::ports::{Port, Ports};
use smol_str::SmolStr;
use std::fmt;
use std::net::IpAddr;

/// The pods with some labels in the namespaces with some labels, whether or not there are any yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pods {
    namespaces: Labelled,
    labels: Labelled,
}

impl Pods {
    /// The pods with these labels in these namespaces.
    pub fn new(namespaces: &Labelled, labels: Labelled) -> Option<Pods> {
        Some(Pods { namespaces: namespaces.intersection(&Labelled::every_namespace())?, labels })
    }

    /// The pods with these labels in one namespace.
    pub fn within(namespace: &SmolStr, labels: Labelled) -> Pods {
        Pods { namespaces: Labelled::namespace(namespace), labels }
    }

    /// Every pod of every namespace.
    pub fn all() -> Pods {
        Pods { namespaces: Labelled::every_namespace(), labels: Labelled::all() }
    }

    /// Their namespaces; each has [`NAMESPACE_NAME`].
    pub fn namespaces(&self) -> &Labelled {
        &self.namespaces
    }

    /// Their labels.
    pub fn labels(&self) -> &Labelled {
        &self.labels
    }

    fn intersection(&self, other: &Pods) -> Option<Pods> {
        let namespaces = self.namespaces.intersection(&other.namespaces)?;
        Some(Pods { namespaces, labels: self.labels.intersection(&other.labels)? })
    }

    fn difference(&self, other: &Pods) -> Vec<Pods> {
        let Some(shared) = self.namespaces.intersection(&other.namespaces) else { return vec![self.clone()] };
        let elsewhere = self.namespaces.difference(&other.namespaces).into_iter();
        let elsewhere = elsewhere.map(|namespaces| Pods { namespaces, labels: self.labels.clone() });
        let others = self.labels.difference(&other.labels).into_iter();
        elsewhere.chain(others.map(|labels| Pods { namespaces: shared.clone(), labels })).collect()
    }
}

/// One end of connections: pods of the cluster, or addresses outside of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Pods.
    Pods(Pods),
    /// Addresses that are not those of pods; at least one.
    Addresses(Addresses),
}

impl End {
    /// Every pod, and every address.
    pub fn everything() -> [End; 2] {
        [End::Pods(Pods::all()), End::Addresses(Addresses::all())]
    }

    /// Addresses; `None` if there are none.
    pub fn addresses(addresses: Addresses) -> Option<End> {
        (!addresses.is_empty()).then_some(End::Addresses(addresses))
    }

    /// What is in both.
    pub fn intersection(&self, other: &End) -> Option<End> {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => here.intersection(there).map(End::Pods),
            (End::Addresses(here), End::Addresses(there)) => End::addresses(here.intersection(there)),
            _ => None,
        }
    }

    /// Whether something can be in both.
    pub fn intersects(&self, other: &End) -> bool {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => {
                here.namespaces.intersects(&there.namespaces) && here.labels.intersects(&there.labels)
            }
            (End::Addresses(here), End::Addresses(there)) => here.intersects(there),
            _ => false,
        }
    }

    /// Whether all of it is in the other.
    pub fn is_subset(&self, other: &End) -> bool {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => {
                here.namespaces.is_subset(&there.namespaces) && here.labels.is_subset(&there.labels)
            }
            (End::Addresses(here), End::Addresses(there)) => here.is_subset(there),
            _ => false,
        }
    }

    /// What is in this end and not in the other, as ends of which no two share anything.
    pub fn difference(&self, other: &End) -> Vec<End> {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => here.difference(there).into_iter().map(End::Pods).collect(),
            (End::Addresses(here), End::Addresses(there)) => {
                End::addresses(here.difference(there)).into_iter().collect()
            }
            _ => vec![self.clone()],
        }
    }

    fn sample(&self) -> Sample {
        match self {
            End::Pods(pods) => {
                let namespace_labels = pods.namespaces.sample();
                let namespace = value(&namespace_labels, &NAMESPACE_NAME).cloned().unwrap_or_default();
                Sample::Pod { namespace, namespace_labels, labels: pods.labels.sample() }
            }
            // No set of addresses in an `End` is empty.
            End::Addresses(addresses) => Sample::Address(addresses.sample().unwrap_or(IpAddr::V4([0, 0, 0, 0].into()))),
        }
    }
}

/// Connections from some to some on some ports; never none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    from: End,
    to: End,
    ports: Ports,
}

impl Block {
    /// The connections from `from` to `to` on `ports`; `None` if there are none. The ports of an address have no names.
    pub fn new(from: End, to: End, ports: Ports) -> Option<Block> {
        let ports = if matches!(to, End::Addresses(_)) { ports.unnamed() } else { ports };
        (!ports.is_empty()).then_some(Block { from, to, ports })
    }

    /// Who connects.
    pub fn from(&self) -> &End {
        &self.from
    }

    /// To whom.
    pub fn to(&self) -> &End {
        &self.to
    }

    /// On which ports of the destination.
    pub fn ports(&self) -> &Ports {
        &self.ports
    }

    /// The connections of both.
    pub fn intersection(&self, other: &Block) -> Option<Block> {
        if !self.may_intersect(other) {
            return None;
        }
        let (from, to) = (self.from.intersection(&other.from)?, self.to.intersection(&other.to)?);
        Block::new(from, to, self.ports.intersection(&other.ports))
    }

    fn may_intersect(&self, other: &Block) -> bool {
        self.from.intersects(&other.from) && self.to.intersects(&other.to)
    }

    /// Whether all of its connections are in the other.
    pub fn is_subset(&self, other: &Block) -> bool {
        self.from.is_subset(&other.from) && self.to.is_subset(&other.to) && self.ports.is_subset(&other.ports)
    }

    /// The connections of this block that are not in the other, as blocks of which no two share any.
    pub fn difference(&self, other: &Block) -> Vec<Block> {
        let Some(shared) = self.intersection(other) else { return vec![self.clone()] };
        let mut out = Vec::new();
        for from in self.from.difference(&other.from) {
            out.push(Block { from, to: self.to.clone(), ports: self.ports.clone() });
        }
        for to in self.to.difference(&other.to) {
            out.push(Block { from: shared.from.clone(), to, ports: self.ports.clone() });
        }
        out.extend(Block::new(shared.from, shared.to, self.ports.difference(&other.ports)));
        out
    }

    /// One of its connections.
    pub fn sample(&self) -> Connection {
        // No set of ports in a block is empty.
        let port =
            self.ports.sample().unwrap_or(Port { protocol: crate::values::port::Protocol::Tcp, number: 1, name: None });
        Connection { from: self.from.sample(), to: self.to.sample(), port }
    }
}

/// A set of connections.
#[derive(Clone, Debug, Default)]
pub struct Relation {
    blocks: Vec<Block>,
}

impl FromIterator<Block> for Relation {
    fn from_iter<I: IntoIterator<Item = Block>>(blocks: I) -> Relation {
        Relation { blocks: blocks.into_iter().collect() }
    }
}

impl Extend<Block> for Relation {
    fn extend<I: IntoIterator<Item = Block>>(&mut self, blocks: I) {
        self.blocks.extend(blocks);
    }
}

impl Relation {
    /// Every connection from one of some ends to one of some.
    pub fn between(from: &[End], to: &[End], ports: &Ports) -> Relation {
        from.iter()
            .flat_map(|from| to.iter().filter_map(|to| Block::new(from.clone(), to.clone(), ports.clone())))
            .collect()
    }

    /// The blocks that it is the union of. They may share connections; the same set may be written in many ways.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Whether it has no connection.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The connections of both.
    pub fn intersection(&self, other: &Relation) -> Relation {
        self.blocks.iter().flat_map(|here| other.blocks.iter().filter_map(|there| here.intersection(there))).collect()
    }

    /// The connections of this relation that are not in the other.
    pub fn difference(&self, other: &Relation) -> Relation {
        self.blocks.iter().flat_map(|block| less(block, &other.blocks)).collect()
    }

    /// Whether all of its connections are in the other.
    pub fn is_subset(&self, other: &Relation) -> bool {
        self.blocks.iter().all(|block| less(block, &other.blocks).is_empty())
    }

    /// A connection of this relation that the other lacks, if there is one.
    pub fn beyond(&self, other: &Relation) -> Option<Connection> {
        self.blocks.iter().find_map(|block| less(block, &other.blocks).first().map(Block::sample))
    }

    /// Whether both hold the same connections.
    pub fn same(&self, other: &Relation) -> bool {
        self.is_subset(other) && other.is_subset(self)
    }

    /// One of its connections.
    pub fn sample(&self) -> Option<Connection> {
        self.blocks.first().map(Block::sample)
    }

    /// Whether a connection is one of them.
    pub fn contains(&self, connection: &Connection) -> bool {
        self.blocks.iter().any(|block| connection.is_in(block))
    }

    /// The same connections in fewer blocks: none lies within another, and those that differ in one part are one.
    #[must_use]
    pub fn merged(mut self) -> Relation {
        self.blocks.sort_unstable();
        self.blocks.dedup();
        // By ports, then by addresses: what a policy lists apart comes together.
        self.blocks = fold(self.blocks, |last, next| {
            (last.from == next.from && last.to == next.to)
                .then(|| Block { ports: last.ports.union(&next.ports), ..next.clone() })
        });
        self.blocks.sort_unstable_by(|a, b| (&a.from, &a.ports, &a.to).cmp(&(&b.from, &b.ports, &b.to)));
        self.blocks = fold(self.blocks, |last, next| match (&last.to, &next.to) {
            (End::Addresses(here), End::Addresses(there)) if last.from == next.from && last.ports == next.ports => {
                Some(Block { to: End::Addresses(here.union(there)), ..next.clone() })
            }
            _ => None,
        });
        self.blocks.sort_unstable_by(|a, b| (&a.to, &a.ports, &a.from).cmp(&(&b.to, &b.ports, &b.from)));
        self.blocks = fold(self.blocks, |last, next| match (&last.from, &next.from) {
            (End::Addresses(here), End::Addresses(there)) if last.to == next.to && last.ports == next.ports => {
                Some(Block { from: End::Addresses(here.union(there)), ..next.clone() })
            }
            _ => None,
        });
        let mut kept: Vec<Block> = Vec::with_capacity(self.blocks.len());
        for (at, block) in self.blocks.iter().enumerate() {
            let within = |other: &Block| block.is_subset(other);
            if !kept.iter().any(within) && !self.blocks[at + 1..].iter().any(within) {
                kept.push(block.clone());
            }
        }
        kept.sort_unstable();
        Relation { blocks: kept }
    }
}

/// Joins neighbours that can be one.
fn fold(blocks: Vec<Block>, join: impl Fn(&Block, &Block) -> Option<Block>) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match out.last_mut() {
            Some(last) => match join(last, &block) {
                Some(joined) => *last = joined,
                None => out.push(block),
            },
            None => out.push(block),
        }
    }
    out
}

/// What is left of a block without others.
fn less(block: &Block, others: &[Block]) -> Vec<Block> {
    let near: Vec<&Block> = others.iter().filter(|other| block.may_intersect(other)).collect();
    if near.iter().any(|other| block.is_subset(other)) {
        return Vec::new();
    }
    near.into_iter()
        .fold(vec![block.clone()], |rest, other| rest.iter().flat_map(|part| part.difference(other)).collect())
}

/// One end of one connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// A pod, with just the labels that matter.
    Pod {
        /// The name of its namespace.
        namespace: SmolStr,
        /// The labels of its namespace, its name among them.
        namespace_labels: Labels,
        /// The labels of the pod.
        labels: Labels,
    },
    /// An address outside of the cluster.
    Address(IpAddr),
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// Who connects.
    pub from: Sample,
    /// To whom.
    pub to: Sample,
    /// On which port of the destination.
    pub port: Port,
}

impl Connection {
    fn is_in(&self, block: &Block) -> bool {
        let within = |sample: &Sample, end: &End| match (sample, end) {
            (Sample::Pod { namespace_labels, labels, .. }, End::Pods(pods)) => {
                pods.namespaces.contains(namespace_labels) && pods.labels.contains(labels)
            }
            (Sample::Address(address), End::Addresses(addresses)) => addresses.contains(*address),
            _ => false,
        };
        within(&self.from, &block.from) && within(&self.to, &block.to) && block.ports.contains(&self.port)
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sample::Address(address) => write!(f, "{address}"),
            Sample::Pod { namespace, namespace_labels, labels } => {
                let words = |labels: &[(SmolStr, SmolStr)]| {
                    let shown = labels.iter().filter(|(key, _)| *key != NAMESPACE_NAME);
                    shown.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
                };
                match words(labels) {
                    none if none.is_empty() => write!(f, "a pod without labels in {namespace}")?,
                    some => write!(f, "a pod {some} in {namespace}")?,
                }
                match words(namespace_labels) {
                    none if none.is_empty() => Ok(()),
                    some => write!(f, " (a namespace {some})"),
                }
            }
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} on {}", self.from, self.to, self.port)
    }
}

/// `the pods app=foo in shop`, `10.0.0.0/8`.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Addresses(addresses) => write!(f, "{addresses}"),
            End::Pods(pods) => {
                match pods.labels.is_all() {
                    true => f.write_str("every pod in ")?,
                    false => write!(f, "the pods {} in ", pods.labels)?,
                }
                let names =
                    pods.namespaces.names().map(|names| names.map(SmolStr::as_str).collect::<Vec<_>>().join(", "));
                let rest = pods.namespaces.without(&NAMESPACE_NAME);
                match (names, rest.is_all()) {
                    (Some(names), true) => f.write_str(&names),
                    (Some(names), false) => write!(f, "{names} (where the namespace is {rest})"),
                    (None, true) if pods.namespaces == Labelled::every_namespace() => f.write_str("every namespace"),
                    (None, _) => write!(f, "the namespaces {}", pods.namespaces),
                }
            }
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} on {}", self.from, self.to, self.ports)
    }
}
