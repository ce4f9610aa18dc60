//! The annotations of one Ingress, read as the controller reads them.

use super::annotations::{self, Row};
use smol_str::SmolStr;

/// The annotations of an Ingress, keys without the prefix.
#[derive(Clone, Copy)]
pub struct Given<'a>(&'a [(SmolStr, SmolStr)]);

impl<'a> Given<'a> {
    /// Annotations by key, without the prefix, and value.
    pub fn new(given: &'a [(SmolStr, SmolStr)]) -> Given<'a> {
        Given(given)
    }

    /// The value of an annotation. Its name goes before its older aliases, as in the controller.
    pub fn value(&self, key: &str) -> Option<&'a SmolStr> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The key that an annotation is read from, and its value.
    pub fn entry(&self, key: &str) -> Option<(&'a SmolStr, &'a SmolStr)> {
        let exactly = |wanted: &str| self.0.iter().find(|(key, _)| key == wanted).map(|(key, value)| (key, value));
        match annotations::find(key) {
            None => exactly(key),
            Some(row) => exactly(&row.name).or_else(|| row.aliases.iter().find_map(|alias| exactly(alias))),
        }
    }

    /// The annotations that are read, each with its row and value. What the controller does not know is left out, and so
    /// is an older name beside the newer one.
    pub fn known(self) -> impl Iterator<Item = (&'static Row, &'a SmolStr, &'a SmolStr)> {
        self.0.iter().filter_map(move |(key, value)| {
            let row = annotations::find(key)?;
            let (read, _) = self.entry(&row.name)?;
            (read == key).then_some((row, key, value))
        })
    }

    /// A number above zero.
    pub fn positive(&self, key: &str) -> Option<u32> {
        self.value(key)?.parse().ok().filter(|number| *number > 0)
    }

    /// Whether a switch is on.
    pub fn is_true(&self, key: &str) -> bool {
        self.value(key).is_some_and(|word| truth(word) == Some(true))
    }
}

/// Source: Go's `strconv.ParseBool`, which the controller asks.
pub(super) fn truth(word: &str) -> Option<bool> {
    match word {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
