//! Sets of connections, as unions of blocks: from whom, to whom, on which ports. What policies permit is one, and what
//! somebody means to permit is another; they can be compared.

mod block;
mod by_label;
mod by_namespace;
mod end;
mod index;
mod sample;

pub use block::Block;
pub(super) use by_namespace::ByNamespace;
pub use end::{End, Pods};
pub use sample::{Connection, Sample};

use super::ports::Ports;
use index::Index;
use xks_base::parallel;

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
        let index = Index::new(&other.blocks, &self.blocks);
        let shared = |block: &Block| -> Vec<Block> {
            index.near(block).into_iter().filter_map(|other| block.intersection(other)).collect()
        };
        each(&self.blocks, shared).into_iter().flatten().collect()
    }

    /// For each of some blocks, its connections that are in this relation too.
    pub(super) fn shared_with(&self, asked: &[&Block]) -> Vec<Vec<Block>> {
        if asked.len() <= A_FEW {
            let shared = |block: &&Block| self.blocks.iter().filter_map(|other| block.intersection(other)).collect();
            return asked.iter().map(shared).collect();
        }
        let asked: Vec<Block> = asked.iter().map(|block| (*block).clone()).collect();
        let index = Index::new(&self.blocks, &asked);
        each(&asked, |block| index.near(block).into_iter().filter_map(|other| block.intersection(other)).collect())
    }

    /// The connections of this relation that are not in the other.
    pub fn difference(&self, other: &Relation) -> Relation {
        let index = Index::new(&other.blocks, &self.blocks);
        each(&self.blocks, |block| less(block, &index)).into_iter().flatten().collect()
    }

    /// Whether all of its connections are in the other.
    pub fn is_subset(&self, other: &Relation) -> bool {
        let index = Index::new(&other.blocks, &self.blocks);
        self.blocks.iter().all(|block| less(block, &index).is_empty())
    }

    /// A connection of this relation that the other lacks, if there is one.
    pub fn counterexample(&self, other: &Relation) -> Option<Connection> {
        let index = Index::new(&other.blocks, &self.blocks);
        self.blocks.iter().find_map(|block| less(block, &index).first().map(Block::sample))
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
        self.blocks.iter().any(|block| block.holds(connection))
    }

    /// The same connections in as few blocks as can be, to be shown: also those in some namespaces and in all but some are one.
    #[must_use]
    pub fn condensed(self) -> Relation {
        let blocks = self.merged().blocks;
        Relation { blocks: gathered(&blocks, true) }.merged()
    }

    /// The same connections in fewer blocks: none lies within another, and those that differ in one part only are one.
    #[must_use]
    pub fn merged(mut self) -> Relation {
        self.blocks.sort_unstable();
        self.blocks = self.blocks.chunk_by(|a, b| a.from == b.from && a.to == b.to).map(same_ends).collect();
        self.blocks = gathered(&self.blocks, false);
        let index = Index::new(&self.blocks, &[]);
        // Of two that say the same, the first stays; after the above there are no two.
        let within =
            |block: &Block| index.near(block).into_iter().any(|other| block != other && block.is_subset(other));
        let needless = each(&self.blocks, within);
        let mut kept: Vec<Block> = self
            .blocks
            .iter()
            .zip(needless)
            .filter(|(_, needless)| !needless)
            .map(|(block, _)| block.clone())
            .collect();
        kept.sort_unstable();
        Relation { blocks: kept }
    }
}

/// So few blocks are held against all others sooner than looked up among them.
const A_FEW: usize = 16;

/// With fewer blocks, one core is enough.
const FEW: usize = 256;

/// What each block gives, in order.
fn each<T: Send>(blocks: &[Block], what: impl Fn(&Block) -> T + Send + Sync) -> Vec<T> {
    parallel::map(blocks, FEW, what)
}

/// Blocks with the same ends as one; there is at least one.
fn same_ends(blocks: &[Block]) -> Block {
    let ports = blocks[1..].iter().fold(blocks[0].ports.clone(), |all, block| all.union(&block.ports));
    Block { ports, ..blocks[0].clone() }
}

/// Joins blocks that differ in one end only, where that can be one: it is addresses, or pods with the same labels in
/// namespaces that are given by name. First those that lead to several ends, then those that come from several.
fn gathered(blocks: &[Block], across: bool) -> Vec<Block> {
    let to = |to, from, ports| Block { from, to, ports };
    let from = |from, to, ports| Block { from, to, ports };
    let blocks = joined(blocks, across, |block| &block.to, |block| &block.from, to);
    joined(&blocks, across, |block| &block.from, |block| &block.to, from)
}

fn joined(
    blocks: &[Block],
    across: bool,
    joined: impl Fn(&Block) -> &End,
    fixed: impl Fn(&Block) -> &End,
    make: impl Fn(End, End, Ports) -> Block,
) -> Vec<Block> {
    let mut keyed: Vec<_> =
        blocks.iter().map(|block| ((fixed(block), &block.ports, joined(block).shape(across)), block)).collect();
    keyed.sort_unstable();
    let groups = keyed.chunk_by(|(a, _), (b, _)| a == b);
    groups
        .flat_map(|group| {
            let (fixed, ports, _) = &group[0].0;
            let ends: Vec<&End> = group.iter().map(|(_, block)| joined(block)).collect();
            match End::joined(&ends) {
                Some(end) => vec![make(end, (*fixed).clone(), (*ports).clone())],
                None => group.iter().map(|(_, block)| (*block).clone()).collect(),
            }
        })
        .collect()
}

/// What is left of a block without the blocks of an index.
fn less(block: &Block, others: &Index<'_>) -> Vec<Block> {
    let near = others.near(block);
    if near.iter().any(|other| block.is_subset(other)) {
        return Vec::new();
    }
    let without = |rest: Vec<Block>, other: &Block| rest.iter().flat_map(|part| part.difference(other)).collect();
    near.into_iter().fold(vec![block.clone()], without)
}
