//! Which blocks of many may share connections with a given one: those of the same namespaces are looked up by name, and where
//! these are many, those of the same pods by a label.

use super::Block;
use super::by_label::ByLabel;
use super::by_namespace::{ByNamespace, Pin};
use rustc_hash::FxHashMap;

/// With fewer blocks, looking at each is cheaper than looking them up.
const FEW: usize = 16;

/// From so many blocks on, many may be of one namespace.
const MANY: usize = 512;

/// So few that a better way to find them is not worth looking for.
const A_PART: usize = 128;

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
    /// By the labels of the pods at either end, where there are many blocks.
    labels: Option<[ByLabel<'a>; 2]>,
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
        let by_label = || [ByLabel::new(blocks.iter().map(Block::from)), ByLabel::new(blocks.iter().map(Block::to))];
        let labels = (blocks.len() > MANY).then(by_label);
        Lookup { froms, tos, pairs, labels }
    }

    /// The numbers of the blocks near one, in order; `None` when they may be all.
    fn near(&self, block: &Block) -> Option<Vec<u32>> {
        if let Some([from, to]) = &self.labels
            && let Some(found) = from.near(&block.from, A_PART).or_else(|| to.near(&block.to, A_PART))
        {
            return Some(found);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::addresses::Addresses;
    use crate::cluster::labels::Labelled;
    use crate::cluster::ports::Ports;
    use crate::cluster::relation::{End, Pods};
    use smol_str::{SmolStr, format_smolstr};
    use xks_base::values::label::Requirement;

    #[test]
    fn many_blocks_of_one_namespace_are_found_by_their_labels() {
        let namespace = SmolStr::new("a");
        let pods = |requirements: &[Requirement]| {
            End::Pods(Pods::within(&namespace, Labelled::selected(requirements).expect("a selector that is met")))
        };
        let one = |key: &str, number: usize| {
            pods(&[Requirement::In(
                SmolStr::new(key),
                vec![format_smolstr!("v{}", number % 300), format_smolstr!("w{number}")],
            )])
        };
        let block = |from: End, to: End| Block::new(from, to, Ports::all()).expect("all ports");
        let mut blocks: Vec<Block> = (0..MANY).map(|at| block(one("app", at), one("tier", at * 7))).collect();
        blocks.extend((0..MANY).map(|at| block(one("tier", at), one("app", at * 3))));
        blocks.push(block(pods(&[Requirement::NotIn(SmolStr::new("app"), vec![SmolStr::new("v5")])]), pods(&[])));
        blocks.push(block(End::Addresses(Addresses::all()), one("app", 5)));
        let asked = blocks.clone();
        let index = Index::new(&blocks, &asked);
        for block in &asked {
            let expected: Vec<&Block> = blocks.iter().filter(|other| block.may_intersect(other)).collect();
            assert_eq!(index.near(block), expected, "{block:?}");
        }
    }
}
