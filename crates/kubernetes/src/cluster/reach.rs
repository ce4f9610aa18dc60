//! Who reaches whom in the whole cluster, all at once.
//!
//! The answer is one [`Relation`] over whatever pods there may be, whose size grows with the policies, never with the pairs
//! of pods. [`Reach`] adds the pods that there are: those that no block tells apart are a class, and a block leads from
//! classes to classes.

use super::Cluster;
use super::labels::{Labelled, NAMESPACE_NAME};
use super::network::Reading;
use super::objects::{Direction, Workload};
use super::ports::Ports;
use super::relation::{Block, ByNamespace, End, Pods, Relation};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_base::parallel;

/// A class: its index in [`Reach::classes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// Workloads of one namespace whose pods reach the same and are reached by the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Their namespace.
    pub namespace: SmolStr,
    /// Their indices in [`Objects::workloads`](super::objects::Objects::workloads).
    pub workloads: Vec<u32>,
}

/// The blocks at whose source, and those at whose destination, pods are.
type Signature = (Vec<u32>, Vec<u32>);

/// Who reaches whom.
#[derive(Debug)]
pub struct Reach {
    relation: Relation,
    classes: Vec<Class>,
    /// The classes at both ends of each block.
    ends: Vec<(Vec<ClassId>, Vec<ClassId>)>,
}

/// With fewer namespaces or workloads, one core is enough.
const FEW: usize = 16;

impl Cluster {
    /// Every connection that the policies of both sides permit, of pods of any kind, whether or not there are any yet.
    pub fn reachable(&self, reading: Reading) -> Relation {
        let namespaces: Vec<&SmolStr> = self.protected().collect();
        let side = |direction| {
            let of = |namespace: &&SmolStr| self.permits(namespace, direction, reading);
            let permits = parallel::map(&namespaces, FEW, of);
            let mut all: Relation = permits.iter().flat_map(Relation::blocks).cloned().collect();
            // Where there are no policies, everything is open.
            for (own, other) in self.free.iter().flat_map(|free| End::everything().map(|other| (free.clone(), other))) {
                all.extend(match direction {
                    Direction::Egress => Block::new(own, other, Ports::all()),
                    Direction::Ingress => Block::new(other, own, Ports::all()),
                });
            }
            all.merged()
        };
        let (sent, taken) =
            parallel::both(namespaces.len(), FEW, || side(Direction::Egress), || side(Direction::Ingress));
        let mut out = sent.intersection(&taken);
        // What leaves the cluster, and what comes into it, is up to one side.
        out.extend(sent.blocks().iter().filter(|block| matches!(block.to(), End::Addresses(_))).cloned());
        out.extend(taken.blocks().iter().filter(|block| matches!(block.from(), End::Addresses(_))).cloned());
        out.merged()
    }

    /// The same, with the pods that there are.
    pub fn reach(&self, reading: Reading) -> Reach {
        Reach::new(self, self.reachable(reading))
    }
}

impl Reach {
    fn new(cluster: &Cluster, relation: Relation) -> Reach {
        let (froms, tos) = (Side::new(relation.blocks(), Block::from), Side::new(relation.blocks(), Block::to));
        let workloads = &cluster.objects().workloads;
        let signature = |workload: &Workload| (froms.of(cluster, workload), tos.of(cluster, workload));
        let signatures = parallel::map(workloads, FEW, signature);
        let mut grouped: BTreeMap<(&SmolStr, &Signature), Vec<u32>> = BTreeMap::new();
        for (at, (workload, signature)) in workloads.iter().zip(&signatures).enumerate() {
            grouped.entry((&workload.namespace, signature)).or_default().push(at as u32);
        }
        let mut ends = vec![(Vec::new(), Vec::new()); relation.blocks().len()];
        let mut classes = Vec::with_capacity(grouped.len());
        for ((namespace, (from, to)), workloads) in grouped {
            let id = ClassId(classes.len() as u32);
            classes.push(Class { namespace: namespace.clone(), workloads });
            from.iter().for_each(|block| ends[*block as usize].0.push(id));
            to.iter().for_each(|block| ends[*block as usize].1.push(id));
        }
        Reach { relation, classes, ends }
    }

    /// Every connection that is open, of whatever pods there may be.
    pub fn relation(&self) -> &Relation {
        &self.relation
    }

    /// The classes, sorted by namespace.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// What is open, block by block: the classes that connect, those that are connected to, and the block. An end that is
    /// addresses, or of which there are no pods yet, has no classes.
    pub fn edges(&self) -> impl Iterator<Item = (&[ClassId], &[ClassId], &Block)> {
        self.ends.iter().zip(self.relation.blocks()).map(|((from, to), block)| (&from[..], &to[..], block))
    }

    /// The ports on which the pods of one class reach those of another.
    pub fn between(&self, from: ClassId, to: ClassId) -> Ports {
        let joins = |(froms, tos): (&[ClassId], &[ClassId])| {
            froms.binary_search(&from).is_ok() && tos.binary_search(&to).is_ok()
        };
        let blocks = self.edges().filter(|(froms, tos, _)| joins((froms, tos)));
        blocks.fold(Ports::default(), |all, (.., block)| all.union(block.ports()))
    }
}

/// One end of every block.
struct Side<'a> {
    ends: Vec<&'a End>,
    by_namespace: ByNamespace<'a>,
}

impl<'a> Side<'a> {
    fn new(blocks: &'a [Block], end: impl Fn(&'a Block) -> &'a End) -> Side<'a> {
        let ends: Vec<&End> = blocks.iter().map(end).collect();
        Side { by_namespace: ByNamespace::new(ends.iter().copied(), std::iter::empty()), ends }
    }

    /// The blocks at whose end the pods of a workload are.
    fn of(&self, cluster: &Cluster, workload: &Workload) -> Vec<u32> {
        let name = [(NAMESPACE_NAME, workload.namespace.clone())];
        let labels = cluster.namespace(&workload.namespace).map_or(&name[..], |labels| &labels[..]);
        let own = End::Pods(Pods::within(&workload.namespace, Labelled::all()));
        let near = self.by_namespace.find(&own).unwrap_or_else(|| (0..self.ends.len() as u32).collect());
        let within = |at: &u32| match self.ends.get(*at as usize) {
            Some(End::Pods(pods)) => pods.namespaces().contains(labels) && pods.labels().contains(&workload.labels),
            _ => false,
        };
        near.into_iter().filter(within).collect()
    }
}
