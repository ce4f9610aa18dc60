//! Ends by the namespaces that they may be in.
//!
//! An end is in namespaces of a few names, or of a long list of names, or in all but those of a list, or outside of the
//! cluster. In a large cluster thousands of ends share a list that holds every namespace there is, so lists are compared
//! with each other once, and not for each two ends.

use super::End;
use crate::cluster::labels::{NAMESPACE_NAME, Settings};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// How many names an end may list before the list is looked up instead of each name.
const NAMES: usize = 8;

/// How many lists are told apart.
const LISTS: usize = 64;

/// Where an end is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Pin<'a> {
    /// In the namespace of this name.
    Namespace(&'a SmolStr),
    /// In a namespace of this list of [`ByNamespace::lists`].
    Listed(u32),
    /// In any namespace.
    Anywhere,
    /// At addresses.
    Addresses,
}

/// The numbers of ends, by where they are.
pub(in crate::cluster) struct ByNamespace<'a> {
    at: FxHashMap<Pin<'a>, Vec<u32>>,
    lists: Vec<List<'a>>,
    numbers: FxHashMap<&'a Settings, u32>,
    /// Hashing a long list takes long; most are met again at the same place.
    numbers_by_place: FxHashMap<(usize, bool), u32>,
}

/// A list that ends share.
struct List<'a> {
    settings: &'a Settings,
    /// Where ends are that may share something with one that is in it.
    near: Vec<Pin<'a>>,
}

impl<'a> ByNamespace<'a> {
    /// Ends, numbered from 0, and those that will be looked up among them.
    pub(in crate::cluster) fn new(
        ends: impl Iterator<Item = &'a End> + Clone,
        asked: impl Iterator<Item = &'a End>,
    ) -> ByNamespace<'a> {
        let mut by = ByNamespace {
            at: FxHashMap::default(),
            lists: Vec::new(),
            numbers: FxHashMap::default(),
            numbers_by_place: FxHashMap::default(),
        };
        ends.clone().chain(asked).filter_map(list).for_each(|list| by.add(list));
        let mut names: Vec<&SmolStr> = Vec::new();
        for (number, end) in ends.enumerate() {
            for pin in by.pins(end) {
                by.at.entry(pin).or_default().push(number as u32);
                names.extend(if let Pin::Namespace(name) = pin { Some(name) } else { None });
            }
        }
        names.sort_unstable();
        names.dedup();
        let near = by.lists.iter().map(|list| by.near_list(list.settings, &names)).collect::<Vec<_>>();
        by.lists.iter_mut().zip(near).for_each(|(list, near)| list.near = near);
        by
    }

    fn add(&mut self, settings: &'a Settings) {
        if self.numbers_by_place.contains_key(&settings.place()) {
            return;
        }
        let next = self.lists.len() as u32;
        let number = match self.numbers.get(settings) {
            Some(number) => *number,
            None if self.lists.len() == LISTS => return,
            None => {
                self.lists.push(List { settings, near: Vec::new() });
                self.numbers.insert(settings, next);
                next
            }
        };
        self.numbers_by_place.insert(settings.place(), number);
    }

    fn near_list(&self, settings: &Settings, names: &[&'a SmolStr]) -> Vec<Pin<'a>> {
        let named = names.iter().filter(|name| settings.contains_value(Some(name))).map(|name| Pin::Namespace(name));
        let lists = (0u32..).zip(&self.lists).filter(|(_, other)| settings.intersects(other.settings));
        named.chain(lists.map(|(number, _)| Pin::Listed(number))).chain([Pin::Anywhere]).collect()
    }

    /// Where an end is.
    pub(super) fn pins<'b>(&self, end: &'b End) -> Vec<Pin<'b>> {
        let End::Pods(pods) = end else { return vec![Pin::Addresses] };
        if let Some(list) = list(end) {
            return vec![self.numbers_by_place.get(&list.place()).map_or(Pin::Anywhere, |number| Pin::Listed(*number))];
        }
        pods.namespaces().names().map_or_else(|| vec![Pin::Anywhere], |names| names.map(Pin::Namespace).collect())
    }

    /// Where ends are that may share something with one; `None` when they may be anywhere.
    pub(super) fn near<'b>(&'b self, end: &'b End) -> Option<Vec<Pin<'b>>> {
        let mut near = self.pins(end);
        match *near.first()? {
            Pin::Addresses => {}
            Pin::Anywhere => return None,
            Pin::Listed(number) => return self.lists.get(number as usize).map(|list| list.near.clone()),
            Pin::Namespace(_) => {
                let holds_one = |list: &List<'_>| {
                    near.iter()
                        .any(|pin| matches!(pin, Pin::Namespace(name) if list.settings.contains_value(Some(name))))
                };
                let lists: Vec<Pin<'b>> = (0u32..)
                    .zip(&self.lists)
                    .filter(|(_, list)| holds_one(list))
                    .map(|(number, _)| Pin::Listed(number))
                    .collect();
                near.extend(lists);
                near.push(Pin::Anywhere);
            }
        }
        Some(near)
    }

    /// The numbers of the ends at some places, in order.
    pub(super) fn at(&self, pins: &[Pin<'_>]) -> Vec<u32> {
        let mut found: Vec<u32> = pins.iter().filter_map(|pin| self.at.get(pin)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The numbers of the ends that may take in pods of an end, in order; `None` when that may be any.
    pub(in crate::cluster) fn find(&self, end: &End) -> Option<Vec<u32>> {
        self.near(end).map(|pins| self.at(&pins))
    }
}

/// The list of namespaces that an end is in, or that it leaves out, if it is not short.
fn list(end: &End) -> Option<&Settings> {
    let End::Pods(pods) = end else { return None };
    match pods.namespaces().condition(&NAMESPACE_NAME)? {
        Settings::Among(names) if names.len() <= NAMES => None,
        list => Some(list),
    }
}
