//! Ends by one label of their pods. Of thousands of policies in one namespace most select one app each: those of other apps
//! share nothing with it, and are not looked at.

use super::End;
use crate::cluster::labels::{Setting, Settings};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// How many values an end may list of a label to be found by each of them.
const VALUES: usize = 4;

/// The numbers of ends, by the first label that they list values of.
pub(super) struct ByLabel<'a> {
    keys: BTreeMap<&'a str, Values<'a>>,
    /// Those without such a label.
    rest: Vec<u32>,
}

#[derive(Default)]
struct Values<'a> {
    at: FxHashMap<&'a Setting, Vec<u32>>,
    all: Vec<u32>,
}

impl<'a> ByLabel<'a> {
    /// Ends, numbered from 0.
    pub(super) fn new(ends: impl Iterator<Item = &'a End>) -> ByLabel<'a> {
        let mut by = ByLabel { keys: BTreeMap::new(), rest: Vec::new() };
        for (number, end) in (0..).zip(ends) {
            let Some((key, few)) = conditions(end).find_map(|(key, settings)| Some((key, few(settings)?))) else {
                by.rest.push(number);
                continue;
            };
            let values = by.keys.entry(key).or_default();
            values.all.push(number);
            few.iter().for_each(|setting| values.at.entry(setting).or_default().push(number));
        }
        by
    }

    /// The numbers of the ends that may share pods with one, in order; `None` if there are more than `most`.
    pub(super) fn near(&self, end: &End, most: usize) -> Option<Vec<u32>> {
        let mut lists: Vec<&[u32]> = vec![&self.rest];
        for (key, values) in &self.keys {
            let condition = conditions(end).find(|(name, _)| name == key).and_then(|(_, settings)| few(settings));
            match condition {
                Some(few) => lists.extend(few.iter().filter_map(|setting| values.at.get(setting)).map(Vec::as_slice)),
                None => lists.push(&values.all),
            }
        }
        if lists.iter().map(|list| list.len()).sum::<usize>() > most {
            return None;
        }
        let mut near = lists.concat();
        near.sort_unstable();
        near.dedup();
        Some(near)
    }
}

/// What an end says of the labels of pods.
fn conditions(end: &End) -> impl Iterator<Item = (&str, &Settings)> {
    let labels = match end {
        End::Pods(pods) => pods.labels().conditions(),
        End::Addresses(_) => &[],
    };
    labels.iter().map(|(key, settings)| (key.as_str(), settings))
}

/// The values of a condition that lists a few.
fn few(settings: &Settings) -> Option<&[Setting]> {
    match settings {
        Settings::Among(few) => Some(&few[..]).filter(|few| few.len() <= VALUES),
        Settings::Except(_) => None,
    }
}
