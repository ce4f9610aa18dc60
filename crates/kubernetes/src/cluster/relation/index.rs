//! Which blocks of many may share connections with a given one: those of the same namespaces are looked up by name.

use super::Block;
use super::by_namespace::{ByNamespace, Pin};
use rustc_hash::FxHashMap;

/// With fewer blocks, looking at each is cheaper than looking them up.
const FEW: usize = 16;

/// Blocks by the namespaces of their ends.
pub(super) struct Index<'a> {
    blocks: &'a [Block],
    /// None where there are few blocks.
    lookup: Option<Lookup<'a>>,
}

struct Lookup<'a> {
    froms: ByNamespace<'a>,
    tos: ByNamespace<'a>,
    pairs: FxHashMap<(Pin<'a>, Pin<'a>), Vec<u32>>,
}

impl<'a> Index<'a> {
    /// Blocks, and those that will be looked up among them.
    pub(super) fn new(blocks: &'a [Block], asked: &'a [Block]) -> Index<'a> {
        Index { blocks, lookup: (blocks.len() > FEW).then(|| Lookup::new(blocks, asked)) }
    }

    /// The blocks that may share connections with one, in order.
    pub(super) fn near(&self, block: &Block) -> Vec<&'a Block> {
        let found = self.lookup.as_ref().and_then(|lookup| lookup.near(block));
        let may = |other: &&'a Block| block.may_intersect(other);
        match found {
            Some(found) => found.into_iter().filter_map(|at| self.blocks.get(at as usize)).filter(may).collect(),
            None => self.blocks.iter().filter(may).collect(),
        }
    }
}

impl<'a> Lookup<'a> {
    fn new(blocks: &'a [Block], asked: &'a [Block]) -> Lookup<'a> {
        let froms = ByNamespace::new(blocks.iter().map(Block::from), asked.iter().map(Block::from));
        let tos = ByNamespace::new(blocks.iter().map(Block::to), asked.iter().map(Block::to));
        let mut pairs: FxHashMap<(Pin<'a>, Pin<'a>), Vec<u32>> = FxHashMap::default();
        for (at, block) in blocks.iter().enumerate() {
            for from in froms.pins(&block.from) {
                for to in tos.pins(&block.to) {
                    pairs.entry((from, to)).or_default().push(at as u32);
                }
            }
        }
        Lookup { froms, tos, pairs }
    }

    /// The numbers of the blocks near one, in order; `None` when they may be all.
    fn near(&self, block: &Block) -> Option<Vec<u32>> {
        let (froms, tos) = match (self.froms.near(&block.from), self.tos.near(&block.to)) {
            (Some(froms), Some(tos)) => (froms, tos),
            (Some(froms), None) => return Some(self.froms.at(&froms)),
            (None, Some(tos)) => return Some(self.tos.at(&tos)),
            (None, None) => return None,
        };
        if froms.len().min(tos.len()) > FEW {
            let (froms, tos) = (self.froms.at(&froms), self.tos.at(&tos));
            return Some(if froms.len() < tos.len() { froms } else { tos });
        }
        let pairs = froms.iter().flat_map(|from| tos.iter().map(move |to| (*from, *to)));
        let mut found: Vec<u32> = pairs.filter_map(|pair| self.pairs.get(&pair)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}
