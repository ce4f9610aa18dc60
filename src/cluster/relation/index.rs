//! Which blocks of many may share connections with a given one: those of the same namespaces are looked up by name.

use super::{Block, End};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// With fewer blocks, looking at each is cheaper than looking them up.
const FEW: usize = 16;

/// How many names a set of namespaces may list before it counts as one that may be anywhere.
const NAMES: usize = 8;

/// What is known of an end without looking at it closely.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Pin<'a> {
    /// Pods of the namespace of this name.
    Namespace(&'a SmolStr),
    /// Pods of any namespace.
    Anywhere,
    /// Addresses.
    Addresses,
}

/// Blocks by the namespaces of their ends.
pub(super) struct Index<'a> {
    blocks: &'a [Block],
    /// Empty where there are few blocks.
    pairs: FxHashMap<(Pin<'a>, Pin<'a>), Vec<u32>>,
    froms: FxHashMap<Pin<'a>, Vec<u32>>,
    tos: FxHashMap<Pin<'a>, Vec<u32>>,
}

/// Where blocks that share something with an end are to be found.
fn pins(end: &End) -> Vec<Pin<'_>> {
    match end {
        End::Addresses(_) => vec![Pin::Addresses],
        End::Pods(pods) => match pods.namespaces().names() {
            Some(names) if names.len() <= NAMES => names.map(Pin::Namespace).collect(),
            _ => vec![Pin::Anywhere],
        },
    }
}

impl<'a> Index<'a> {
    pub(super) fn new(blocks: &'a [Block]) -> Index<'a> {
        let mut index =
            Index { blocks, pairs: FxHashMap::default(), froms: FxHashMap::default(), tos: FxHashMap::default() };
        if blocks.len() <= FEW {
            return index;
        }
        for (at, block) in blocks.iter().enumerate() {
            let (froms, tos) = (pins(&block.from), pins(&block.to));
            for from in &froms {
                index.froms.entry(*from).or_default().push(at as u32);
                for to in &tos {
                    index.pairs.entry((*from, *to)).or_default().push(at as u32);
                }
            }
            for to in tos {
                index.tos.entry(to).or_default().push(at as u32);
            }
        }
        index
    }

    /// The blocks that may share connections with one, in order.
    pub(super) fn near(&self, block: &Block) -> Vec<&'a Block> {
        let all = || self.blocks.iter().filter(|other| block.may_intersect(other)).collect();
        if self.blocks.len() <= FEW {
            return all();
        }
        let (froms, tos) = (self.keys(&block.from), self.keys(&block.to));
        let mut found: Vec<u32> = match (&froms, &tos) {
            (Some(froms), Some(tos)) => {
                let pairs = froms.iter().flat_map(|from| tos.iter().map(move |to| (*from, *to)));
                pairs.filter_map(|pair| self.pairs.get(&pair)).flatten().copied().collect()
            }
            (Some(froms), None) => froms.iter().filter_map(|from| self.froms.get(from)).flatten().copied().collect(),
            (None, Some(tos)) => tos.iter().filter_map(|to| self.tos.get(to)).flatten().copied().collect(),
            (None, None) => return all(),
        };
        found.sort_unstable();
        found.dedup();
        let found = found.into_iter().filter_map(|at| self.blocks.get(at as usize));
        found.filter(|other| block.may_intersect(other)).collect()
    }

    /// The pins of ends that may share something with an end; `None` when it may be any pods.
    fn keys<'b>(&self, end: &'b End) -> Option<Vec<Pin<'b>>> {
        let mut pins = pins(end);
        match pins.first()? {
            Pin::Anywhere => None,
            Pin::Addresses => Some(pins),
            Pin::Namespace(_) => {
                pins.push(Pin::Anywhere);
                Some(pins)
            }
        }
    }
}
