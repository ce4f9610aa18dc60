//! Ends by the namespaces that they may be in.
//!
//! An end is in namespaces of a few names, in all but those of some names, or outside of the cluster. Ends of the second sort
//! are kept by the list of names that they leave out: in a large cluster thousands of them leave out every namespace that
//! there is, and none of those concerns a namespace that there is.

use super::End;
use crate::cluster::labels::{NAMESPACE_NAME, SettingList, Settings};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// How many names an end may list before it counts as one that may be in any namespace.
const NAMES: usize = 8;

/// Where an end is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Pin<'a> {
    /// In the namespace of this name.
    Namespace(&'a SmolStr),
    /// In a namespace that is not in this list of [`ByNamespace::lists`].
    Outside(u32),
    /// In any namespace.
    Anywhere,
    /// At addresses.
    Addresses,
}

/// The numbers of ends, by where they are.
pub(in crate::cluster) struct ByNamespace<'a> {
    at: FxHashMap<Pin<'a>, Vec<u32>>,
    /// The lists of names that ends leave out, each once, and whether they hold every name that an end is pinned to.
    lists: Vec<(&'a SettingList, bool)>,
}

impl<'a> ByNamespace<'a> {
    /// Ends, numbered from 0.
    pub(in crate::cluster) fn new(ends: impl Iterator<Item = &'a End>) -> ByNamespace<'a> {
        let mut by = ByNamespace { at: FxHashMap::default(), lists: Vec::new() };
        let mut names: Vec<&SmolStr> = Vec::new();
        for (number, end) in ends.enumerate() {
            for pin in by.add(end) {
                by.at.entry(pin).or_default().push(number as u32);
                names.extend(match pin {
                    Pin::Namespace(name) => Some(name),
                    _ => None,
                });
            }
        }
        names.sort_unstable();
        names.dedup();
        for (list, holds_all) in &mut by.lists {
            *holds_all = names.iter().all(|name| holds(list, name));
        }
        by
    }

    fn add(&mut self, end: &'a End) -> Vec<Pin<'a>> {
        if let Some(list) = left_out(end)
            && self.list(list).is_none()
        {
            self.lists.push((list, false));
        }
        self.pins(end)
    }

    fn list(&self, list: &SettingList) -> Option<u32> {
        self.lists.iter().position(|(known, _)| *known == list).map(|at| at as u32)
    }

    /// Where an end is.
    pub(super) fn pins<'b>(&self, end: &'b End) -> Vec<Pin<'b>> {
        let End::Pods(pods) = end else { return vec![Pin::Addresses] };
        if let Some(list) = left_out(end).and_then(|list| self.list(list)) {
            return vec![Pin::Outside(list)];
        }
        match pods.namespaces().names() {
            Some(names) if names.len() <= NAMES => names.map(Pin::Namespace).collect(),
            _ => vec![Pin::Anywhere],
        }
    }

    /// Where ends are that may share something with one; `None` when they may be anywhere.
    pub(super) fn near<'b>(&self, end: &'b End) -> Option<Vec<Pin<'b>>> {
        let mut near = self.pins(end);
        let lists = || (0u32..).zip(&self.lists);
        match *near.first()? {
            Pin::Addresses => {}
            Pin::Anywhere => return None,
            // Whatever two ends leave out, there are namespaces besides.
            Pin::Outside(own) => {
                if !self.lists.get(own as usize).is_some_and(|(_, holds_all)| *holds_all) {
                    return None;
                }
                near = lists().map(|(list, _)| Pin::Outside(list)).collect();
                near.push(Pin::Anywhere);
            }
            Pin::Namespace(_) => {
                let open = |list: &SettingList| {
                    near.iter().any(|pin| matches!(pin, Pin::Namespace(name) if !holds(list, name)))
                };
                let outside: Vec<Pin<'b>> =
                    lists().filter(|(_, (list, _))| open(list)).map(|(list, _)| Pin::Outside(list)).collect();
                near.extend(outside);
                near.push(Pin::Anywhere);
            }
        }
        Some(near)
    }

    /// The numbers of the ends that may take in pods of an end, in order; `None` when that may be any.
    pub(in crate::cluster) fn find(&self, end: &End) -> Option<Vec<u32>> {
        let near = self.near(end)?;
        let mut found: Vec<u32> = near.iter().filter_map(|pin| self.at.get(pin)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

/// The names that an end leaves out, where it is in every namespace but some.
fn left_out(end: &End) -> Option<&SettingList> {
    match end {
        End::Pods(pods) => match pods.namespaces().condition(&NAMESPACE_NAME) {
            Some(Settings::Except(list)) => Some(list),
            _ => None,
        },
        End::Addresses(_) => None,
    }
}

fn holds(list: &SettingList, name: &SmolStr) -> bool {
    list.binary_search_by(|setting| setting.as_ref().cmp(&Some(name))).is_ok()
}
