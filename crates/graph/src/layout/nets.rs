//! Lines that are drawn as one.
//!
//! A net stands for every pair of one of its sources and one of its targets, so that nothing is read out of it that is
//! not there.

use std::collections::{BTreeMap, BTreeSet};

/// Sources and targets, each of the ones connected with each of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Net<S, T> {
    pub(super) sources: Vec<S>,
    pub(super) targets: Vec<T>,
}

impl<S: Clone, T: Clone> Net<S, T> {
    /// Each pair that is connected.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (S, T)> {
        self.sources.iter().flat_map(|source| self.targets.iter().map(move |target| (source.clone(), target.clone())))
    }
}

/// Deals pairs out to nets: targets with the same several sources first, then what is left to its busier end.
pub(super) fn nets<S: Ord + Clone, T: Ord + Clone>(pairs: &BTreeSet<(S, T)>) -> Vec<Net<S, T>> {
    let mut sources_of: BTreeMap<&T, Vec<&S>> = BTreeMap::new();
    for (source, target) in pairs {
        sources_of.entry(target).or_default().push(source);
    }
    let mut targets_of: BTreeMap<&[&S], Vec<&T>> = BTreeMap::new();
    for (target, sources) in &sources_of {
        targets_of.entry(sources).or_default().push(target);
    }
    let mut nets = Vec::new();
    let mut done: BTreeSet<&T> = BTreeSet::new();
    for (sources, targets) in targets_of.iter().filter(|(sources, targets)| sources.len() > 1 && targets.len() > 1) {
        done.extend(targets);
        nets.push(Net {
            sources: sources.iter().map(|&source| source.clone()).collect(),
            targets: targets.iter().map(|&target| target.clone()).collect(),
        });
    }
    let left: Vec<(&S, &T)> = pairs.iter().map(|(s, t)| (s, t)).filter(|(_, target)| !done.contains(target)).collect();
    let mut out: BTreeMap<&S, usize> = BTreeMap::new();
    for (source, _) in &left {
        *out.entry(source).or_default() += 1;
    }
    let mut from: BTreeMap<&S, Vec<&T>> = BTreeMap::new();
    let mut to: BTreeMap<&T, Vec<&S>> = BTreeMap::new();
    for (source, target) in left {
        if out[source] > sources_of[target].len() {
            from.entry(source).or_default().push(target);
        } else {
            to.entry(target).or_default().push(source);
        }
    }
    nets.extend(from.into_iter().map(|(source, targets)| Net {
        sources: vec![source.clone()],
        targets: targets.into_iter().cloned().collect(),
    }));
    nets.extend(to.into_iter().map(|(target, sources)| Net {
        sources: sources.into_iter().cloned().collect(),
        targets: vec![target.clone()],
    }));
    nets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nets_say_every_pair_once_and_no_other(pairs in prop::collection::btree_set((0..8u8, 0..8u8), 0..40)) {
            let mut covered: Vec<(u8, u8)> = nets(&pairs).iter().flat_map(Net::pairs).collect();
            covered.sort_unstable();
            prop_assert_eq!(covered, pairs.into_iter().collect::<Vec<_>>());
        }
    }
}
