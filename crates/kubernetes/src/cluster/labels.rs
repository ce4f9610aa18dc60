//! Sets of labelled things: what a label selector describes, closed under intersection and difference.
//!
//! A label has a value or is absent, and either is a *setting* of its key. A [`Labelled`] asks of some keys that their
//! settings be among a few, or be none of a few; things that meet all of that are in the set.

use smol_str::SmolStr;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;
use xks_base::values::label::Requirement;

/// The label that the API server sets on every namespace to its name, and that nobody can change.
pub const NAMESPACE_NAME: SmolStr = SmolStr::new_static("kubernetes.io/metadata.name");

/// The value of a label, or that it is absent.
pub type Setting = Option<SmolStr>;

/// The labels of one thing, sorted by key.
pub type Labels = Vec<(SmolStr, SmolStr)>;

/// The value of a label.
pub fn value<'a>(labels: &'a [(SmolStr, SmolStr)], key: &str) -> Option<&'a SmolStr> {
    labels.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok().map(|at| &labels[at].1)
}

/// Settings, sorted and without duplicates. A list that names every namespace of a cluster is shared by thousands of sets:
/// such a one is equal to itself at a glance.
#[derive(Clone, Debug)]
pub struct SettingList(Arc<[Setting]>);

impl PartialEq for SettingList {
    fn eq(&self, other: &SettingList) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for SettingList {}

impl Hash for SettingList {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl PartialOrd for SettingList {
    fn partial_cmp(&self, other: &SettingList) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SettingList {
    fn cmp(&self, other: &SettingList) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl Deref for SettingList {
    type Target = [Setting];

    fn deref(&self) -> &[Setting] {
        &self.0
    }
}

impl FromIterator<Setting> for SettingList {
    fn from_iter<I: IntoIterator<Item = Setting>>(settings: I) -> SettingList {
        let mut settings: Vec<Setting> = settings.into_iter().collect();
        settings.sort_unstable();
        settings.dedup();
        SettingList(settings.into())
    }
}

impl SettingList {
    fn one(setting: Setting) -> SettingList {
        SettingList(Arc::new([setting]))
    }

    fn is_subset(&self, other: &SettingList) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.len() <= other.len() && self.found_in(other).all(|found| found)
    }

    /// Whether a setting is in both. It takes no longer than the shorter list.
    fn meets(&self, other: &SettingList) -> bool {
        let (short, long) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        short.found_in(long).any(|found| found)
    }

    /// Whether each of these settings is in a longer list. What is behind the last one is all that is looked at for the
    /// next, near its start first: two long lists are gone through side by side.
    fn found_in(&self, long: &SettingList) -> impl Iterator<Item = bool> {
        let mut rest: &[Setting] = long;
        self.iter().map(move |setting| {
            let mut reach = 1;
            while reach < rest.len() && rest[reach] < *setting {
                reach *= 2;
            }
            let found = rest[..rest.len().min(reach + 1)].binary_search(setting);
            rest = &rest[found.unwrap_or_else(|at| at)..];
            found.is_ok()
        })
    }
}

/// A set of settings of one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Settings {
    /// These.
    Among(SettingList),
    /// All but these.
    Except(SettingList),
}

use Settings::{Among, Except};

impl Settings {
    /// What one requirement of a selector says of its key.
    pub fn of(requirement: &Requirement) -> Settings {
        let list = |values: &[SmolStr]| values.iter().cloned().map(Some).collect();
        match requirement {
            Requirement::In(_, values) => Among(list(values)),
            Requirement::NotIn(_, values) => Except(list(values)),
            Requirement::Exists(_) => Except(SettingList::one(None)),
            Requirement::Absent(_) => Among(SettingList::one(None)),
        }
    }

    /// Just one setting.
    pub fn just(setting: Setting) -> Settings {
        Among(SettingList::one(setting))
    }

    /// Where its list is, and whether it leaves that out: equal for no two sets that differ.
    pub(super) fn place(&self) -> (usize, bool) {
        match self {
            Among(few) => (few.0.as_ptr().addr(), false),
            Except(few) => (few.0.as_ptr().addr(), true),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Among(few) if few.is_empty())
    }

    fn is_all(&self) -> bool {
        matches!(self, Except(few) if few.is_empty())
    }

    /// Whether a setting is in the set.
    pub fn contains(&self, setting: &Setting) -> bool {
        match self {
            Among(few) => few.binary_search(setting).is_ok(),
            Except(few) => few.binary_search(setting).is_err(),
        }
    }

    pub(super) fn contains_value(&self, value: Option<&SmolStr>) -> bool {
        let found = |few: &[Setting]| few.binary_search_by(|setting| setting.as_ref().cmp(&value)).is_ok();
        match self {
            Among(few) => found(few),
            Except(few) => !found(few),
        }
    }

    fn complement(&self) -> Settings {
        match self {
            Among(few) => Except(few.clone()),
            Except(few) => Among(few.clone()),
        }
    }

    fn intersection(&self, other: &Settings) -> Settings {
        match (self, other) {
            (Among(a), Among(b)) if a.len() > b.len() => other.intersection(self),
            (Among(few), set) if self.is_subset(set) => Among(few.clone()),
            (set, Among(few)) if other.is_subset(set) => Among(few.clone()),
            (Among(few), set) | (set, Among(few)) => {
                Among(few.iter().filter(|setting| set.contains(setting)).cloned().collect())
            }
            (Except(a), Except(b)) if b.is_subset(a) => Except(a.clone()),
            (Except(a), Except(b)) if a.is_subset(b) => Except(b.clone()),
            (Except(a), Except(b)) => Except(a.iter().chain(b.iter()).cloned().collect()),
        }
    }

    fn union(&self, other: &Settings) -> Settings {
        self.complement().intersection(&other.complement()).complement()
    }

    pub(super) fn intersects(&self, other: &Settings) -> bool {
        match (self, other) {
            (Among(a), Among(b)) => a.meets(b),
            (Among(few), Except(others)) | (Except(others), Among(few)) => !few.is_subset(others),
            (Except(_), Except(_)) => true, // there are ever more values
        }
    }

    fn is_subset(&self, other: &Settings) -> bool {
        match (self, other) {
            (Among(a), Among(b)) => a.is_subset(b),
            (Among(few), Except(others)) => !few.meets(others),
            (Except(_), Among(_)) => false,
            (Except(a), Except(b)) => b.is_subset(a),
        }
    }

    /// A setting of the set: absent where that is one of them, else the first, else a value that no list holds.
    fn sample(&self) -> Option<Setting> {
        match self {
            Among(few) => few.first().cloned(),
            Except(few) if few.binary_search(&None).is_err() => Some(None),
            Except(few) => {
                let fresh =
                    |at: usize| Some(if at == 0 { SmolStr::new("any") } else { smol_str::format_smolstr!("any-{at}") });
                (0..=few.len()).map(fresh).find(|setting| few.binary_search(setting).is_err())
            }
        }
    }
}

/// The things whose labels meet every one of some conditions, at most one for each key. It is never empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labelled {
    /// Sorted by key; none is met by every setting or by no setting.
    conditions: Vec<(SmolStr, Settings)>,
}

impl Labelled {
    /// Everything.
    pub fn all() -> Labelled {
        Labelled::default()
    }

    /// Every namespace there can be: each has its name for a label.
    pub fn every_namespace() -> Labelled {
        Labelled { conditions: vec![(NAMESPACE_NAME, Except(SettingList::one(None)))] }
    }

    /// The namespace of a name.
    pub fn namespace(name: &SmolStr) -> Labelled {
        Labelled { conditions: vec![(NAMESPACE_NAME, Among(SettingList::one(Some(name.clone()))))] }
    }

    /// The namespaces of some names; `None` if there are none.
    pub fn namespaces(names: impl IntoIterator<Item = SmolStr>) -> Option<Labelled> {
        let names: SettingList = names.into_iter().map(Some).collect();
        (!names.is_empty()).then(|| Labelled { conditions: vec![(NAMESPACE_NAME, Among(names))] })
    }

    /// Every namespace but those of some names.
    pub fn namespaces_except(names: impl IntoIterator<Item = SmolStr>) -> Labelled {
        let names = std::iter::once(None).chain(names.into_iter().map(Some)).collect();
        Labelled { conditions: vec![(NAMESPACE_NAME, Except(names))] }
    }

    /// What a selector describes; `None` if nothing can meet it.
    pub fn selected<'a>(requirements: impl IntoIterator<Item = &'a Requirement>) -> Option<Labelled> {
        let mut set = Labelled::all();
        for requirement in requirements {
            set = set.with(key(requirement), &Settings::of(requirement))?;
        }
        Some(set)
    }

    /// The namespaces that a selector describes; `None` if none can meet it.
    pub fn selected_namespaces<'a>(requirements: impl IntoIterator<Item = &'a Requirement>) -> Option<Labelled> {
        Labelled::selected(requirements)?.intersection(&Labelled::every_namespace())
    }

    /// What meets one more condition; `None` if nothing does.
    pub fn with(&self, key: &SmolStr, settings: &Settings) -> Option<Labelled> {
        if settings.is_all() {
            return Some(self.clone());
        }
        let mut conditions = self.conditions.clone();
        match conditions.binary_search_by(|(known, _)| known.cmp(key)) {
            Ok(at) => {
                conditions[at].1 = conditions[at].1.intersection(settings);
                if conditions[at].1.is_empty() {
                    return None;
                }
            }
            Err(_) if settings.is_empty() => return None,
            Err(at) => conditions.insert(at, (key.clone(), settings.clone())),
        }
        Some(Labelled { conditions })
    }

    /// What is asked of a key, if anything is.
    pub fn condition(&self, key: &str) -> Option<&Settings> {
        self.conditions.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok().map(|at| &self.conditions[at].1)
    }

    /// What is asked of each key, sorted by key.
    pub fn conditions(&self) -> &[(SmolStr, Settings)] {
        &self.conditions
    }

    /// The same without what is asked of a key.
    pub fn without(&self, key: &str) -> Labelled {
        let others = self.conditions.iter().filter(|(known, _)| known != key);
        Labelled { conditions: others.cloned().collect() }
    }

    /// The names of the namespaces in it, where only a few can be.
    pub fn names(&self) -> Option<impl ExactSizeIterator<Item = &SmolStr>> {
        match self.condition(&NAMESPACE_NAME) {
            Some(Among(names)) => {
                Some(names.iter().map(|name| name.as_ref().unwrap_or(const { &SmolStr::new_static("") })))
            }
            _ => None,
        }
    }

    /// What is in this set or in the other, which asks for the same of every key but this one.
    pub(super) fn union_of(&self, other: &Labelled, key: &SmolStr) -> Labelled {
        let rest = self.without(key);
        match (self.condition(key), other.condition(key)) {
            (Some(here), Some(there)) => rest.with(key, &here.union(there)).unwrap_or(rest),
            _ => rest,
        }
    }

    /// Whether everything is in it.
    pub fn is_all(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether something with these labels is in it.
    pub fn contains(&self, labels: &[(SmolStr, SmolStr)]) -> bool {
        self.conditions.iter().all(|(key, settings)| settings.contains_value(value(labels, key)))
    }

    /// What is in both; `None` if nothing is.
    pub fn intersection(&self, other: &Labelled) -> Option<Labelled> {
        if other.is_all() || self == other {
            return Some(self.clone());
        }
        if self.is_all() {
            return Some(other.clone());
        }
        let mut conditions = Vec::with_capacity(self.conditions.len() + other.conditions.len());
        for (key, here, there) in pairs(self, other) {
            let settings = match (here, there) {
                (Some(here), Some(there)) => here.intersection(there),
                (Some(one), None) | (None, Some(one)) => one.clone(),
                (None, None) => continue,
            };
            if settings.is_empty() {
                return None;
            }
            conditions.push((key.clone(), settings));
        }
        Some(Labelled { conditions })
    }

    /// Whether something can be in both.
    pub fn intersects(&self, other: &Labelled) -> bool {
        pairs(self, other).all(|(_, here, there)| match (here, there) {
            (Some(here), Some(there)) => here.intersects(there),
            _ => true,
        })
    }

    /// Whether all of it is in the other.
    pub fn is_subset(&self, other: &Labelled) -> bool {
        pairs(self, other).all(|(_, here, there)| match (here, there) {
            (Some(here), Some(there)) => here.is_subset(there),
            (None, Some(_)) => false,
            (_, None) => true,
        })
    }

    /// What is in this set and not in the other, as sets of which no two share anything.
    pub fn difference(&self, other: &Labelled) -> Vec<Labelled> {
        let mut out = Vec::new();
        let mut rest = self.clone();
        for (key, settings) in &other.conditions {
            out.extend(rest.with(key, &settings.complement()));
            match rest.with(key, settings) {
                Some(inside) => rest = inside,
                None => return out,
            }
        }
        out
    }

    /// Labels of something in the set, the fewest.
    pub fn sample(&self) -> Labels {
        let settings = self.conditions.iter().map(|(key, settings)| (key, settings.sample().flatten()));
        settings.filter_map(|(key, value)| Some((key.clone(), value?))).collect()
    }
}

/// The key that a requirement is about.
pub fn key(requirement: &Requirement) -> &SmolStr {
    match requirement {
        Requirement::In(key, _) | Requirement::NotIn(key, _) | Requirement::Exists(key) | Requirement::Absent(key) => {
            key
        }
    }
}

/// What two sets ask of each key that one of them mentions, in order.
fn pairs<'a>(
    left: &'a Labelled,
    right: &'a Labelled,
) -> impl Iterator<Item = (&'a SmolStr, Option<&'a Settings>, Option<&'a Settings>)> {
    let (mut left, mut right) = (left.conditions.iter().peekable(), right.conditions.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (left.peek(), right.peek()) {
            (Some((here, _)), Some((there, _))) => here.cmp(there),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let here = if order.is_le() { left.next() } else { None };
        let there = if order.is_ge() { right.next() } else { None };
        let key = here.or(there).map(|(key, _)| key)?;
        Some((key, here.map(|(_, settings)| settings), there.map(|(_, settings)| settings)))
    })
}

/// What is in a set and in none of the others, as sets of which no two share anything.
pub fn remainder<'a>(set: Labelled, others: impl IntoIterator<Item = &'a Labelled>) -> Vec<Labelled> {
    // Most of very many say nothing but a few values of one label. They are one set, and taken away at once.
    let mut of_one: BTreeMap<&SmolStr, Vec<Setting>> = BTreeMap::new();
    let mut all: Vec<Cow<'a, Labelled>> = Vec::new();
    for other in others {
        match &other.conditions[..] {
            [(key, Among(few))] => of_one.entry(key).or_default().extend(few.iter().cloned()),
            _ => all.push(Cow::Borrowed(other)),
        }
    }
    let joined = |(key, values): (&SmolStr, Vec<Setting>)| {
        let settings = Among(values.into_iter().collect());
        Cow::Owned(Labelled { conditions: vec![(key.clone(), settings)] })
    };
    all.extend(of_one.into_iter().map(joined));
    all.iter().fold(vec![set], |rest, other| rest.iter().flat_map(|part| part.difference(other)).collect())
}

/// `app=foo, tier in (a, b), !legacy`; `everything` where nothing is asked.
impl fmt::Display for Labelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("everything");
        }
        for (at, (key, settings)) in self.conditions.iter().enumerate() {
            f.write_str(if at > 0 { ", " } else { "" })?;
            let list = |few: &[Setting]| few.iter().flatten().map(SmolStr::as_str).collect::<Vec<_>>().join(", ");
            match settings {
                Among(few) => match &few[..] {
                    [None] => write!(f, "!{key}")?,
                    [Some(value)] => write!(f, "{key}={value}")?,
                    [None, ..] => write!(f, "{key} in ({}) or absent", list(few))?,
                    _ => write!(f, "{key} in ({})", list(few))?,
                },
                Except(few) => match &few[..] {
                    [None] => write!(f, "{key}")?,
                    [Some(value)] => write!(f, "{key}!={value}")?,
                    [None, ..] => write!(f, "{key}, {key} not in ({})", list(few))?,
                    _ => write!(f, "{key} not in ({})", list(few))?,
                },
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels() -> impl Strategy<Value = Labels> {
        let value = || prop::option::of(prop::sample::select(vec!["x", "y", "z"]));
        (value(), value(), value()).prop_map(|(a, b, c)| {
            let settings = [("a", a), ("b", b), ("c", c)];
            settings.into_iter().filter_map(|(key, value)| Some((key.into(), value?.into()))).collect()
        })
    }

    fn requirement() -> impl Strategy<Value = Requirement> {
        let values = prop::collection::vec(prop::sample::select(vec!["x", "y", "z"]), 1..3);
        (prop::sample::select(vec!["a", "b", "c"]), values, 0..4).prop_map(|(key, values, operator)| {
            let (key, values) = (key.into(), values.into_iter().map(SmolStr::new).collect());
            match operator {
                0 => Requirement::In(key, values),
                1 => Requirement::NotIn(key, values),
                2 => Requirement::Exists(key),
                _ => Requirement::Absent(key),
            }
        })
    }

    fn requirements() -> impl Strategy<Value = Vec<Requirement>> {
        prop::collection::vec(requirement(), 0..4)
    }

    proptest! {
        #[test]
        fn a_set_holds_what_its_selector_matches(requirements in requirements(), labels in labels()) {
            let matches = requirements.iter().all(|requirement| requirement.matches(&labels));
            let set = Labelled::selected(&requirements);
            prop_assert_eq!(set.is_some_and(|set| set.contains(&labels)), matches);
        }

        #[test]
        fn operations_are_those_of_sets(a in requirements(), b in requirements(), labels in labels()) {
            let (Some(a), Some(b)) = (Labelled::selected(&a), Labelled::selected(&b)) else { return Ok(()) };
            let (x, y) = (a.contains(&labels), b.contains(&labels));
            let both = a.intersection(&b);
            prop_assert_eq!(a.intersects(&b), both.is_some());
            prop_assert_eq!(both.is_some_and(|both| both.contains(&labels)), x && y);
            let difference = a.difference(&b);
            let parts = difference.iter().filter(|part| part.contains(&labels)).count();
            prop_assert_eq!(parts, usize::from(x && !y));
            prop_assert_eq!(a.is_subset(&b), difference.is_empty());
        }

        #[test]
        fn a_remainder_is_in_none_of_the_others(
            set in requirements(),
            others in prop::collection::vec(requirements(), 0..5),
            labels in labels(),
        ) {
            let Some(set) = Labelled::selected(&set) else { return Ok(()) };
            let others: Vec<Labelled> = others.iter().filter_map(Labelled::selected).collect();
            let expected = set.contains(&labels) && !others.iter().any(|other| other.contains(&labels));
            let parts = remainder(set, &others);
            prop_assert_eq!(parts.iter().filter(|part| part.contains(&labels)).count(), usize::from(expected));
        }

        #[test]
        fn a_sample_is_in_the_set(a in requirements(), b in requirements()) {
            let (Some(a), Some(b)) = (Labelled::selected(&a), Labelled::selected(&b)) else { return Ok(()) };
            prop_assert!(a.contains(&a.sample()));
            for part in a.difference(&b) {
                let sample = part.sample();
                prop_assert!(a.contains(&sample) && !b.contains(&sample), "{sample:?}");
            }
        }
    }

    #[test]
    fn a_namespace_always_has_its_name() {
        assert_eq!(Labelled::selected_namespaces([&Requirement::Absent(NAMESPACE_NAME)]), None);
        let any = Labelled::selected_namespaces([&Requirement::Exists(NAMESPACE_NAME)]).unwrap();
        assert_eq!(any, Labelled::every_namespace());
        let others = Labelled::every_namespace().difference(&Labelled::namespace(&"shop".into()));
        assert_eq!(others, [Labelled::namespaces_except(["shop".into()])]);
    }

    #[test]
    fn sets_can_be_read() {
        let set = |requirements: &[Requirement]| Labelled::selected(requirements).unwrap().to_string();
        let (a, x, y): (SmolStr, SmolStr, SmolStr) = ("a".into(), "x".into(), "y".into());
        assert_eq!(set(&[]), "everything");
        assert_eq!(set(&[Requirement::In(a.clone(), vec![x.clone()])]), "a=x");
        assert_eq!(set(&[Requirement::In(a.clone(), vec![x.clone(), y.clone()])]), "a in (x, y)");
        assert_eq!(set(&[Requirement::NotIn(a.clone(), vec![x.clone(), y])]), "a not in (x, y)");
        assert_eq!(set(&[Requirement::Exists(a.clone()), Requirement::Absent("b".into())]), "a, !b");
        assert_eq!(set(&[Requirement::Exists(a.clone()), Requirement::NotIn(a, vec![x])]), "a, a not in (x)");
    }
}
