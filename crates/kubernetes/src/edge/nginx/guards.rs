//! The column `guards`: in which direction a change of an annotation protects, and in which it weakens.

use super::annotations::find;
use super::columns::{Direction, Guards, Presence};
use super::given::truth;
use super::holds::bytes;
use super::ranges;
use ipnet::IpNet;

/// What a change of an annotation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The controller reads the same.
    Same,
    /// It changes something, and nothing that protects.
    Neither,
    /// More is protected than before.
    Protects,
    /// Less is.
    Weakens,
    /// What protects is another, and which of the two is stronger cannot be told.
    Unknown,
}

impl Effect {
    /// The effect of the change back.
    pub fn reversed(self) -> Effect {
        match self {
            Effect::Protects => Effect::Weakens,
            Effect::Weakens => Effect::Protects,
            Effect::Same | Effect::Neither | Effect::Unknown => self,
        }
    }
}

/// What it does to change an annotation, given by its name or an alias. One that the controller does not know does nothing.
pub fn compare(name: &str, old: Option<&str>, new: Option<&str>) -> Effect {
    let Some(row) = find(name) else { return Effect::Same };
    if old == new {
        return Effect::Same;
    }
    match &row.guards {
        Guards::Neither => Effect::Neither,
        Guards::Allowed => ranges_of(old, All).compare(&ranges_of(new, All)),
        Guards::Exempt => ranges_of(old, Nobody).compare(&ranges_of(new, Nobody)),
        Guards::Denied => ranges_of(old, Nobody).compare(&ranges_of(new, Nobody)).reversed(),
        Guards::Value(presence) => match (old, new, presence) {
            (Some(_), Some(_), _) | (_, _, Presence::Unknown) => Effect::Unknown,
            (None, _, Presence::Protects) | (Some(_), None, Presence::Weakens) => Effect::Protects,
            (None, _, Presence::Weakens) | (Some(_), None, Presence::Protects) => Effect::Weakens,
        },
        Guards::Switch { r#true, absent } => {
            let read = |value: Option<&str>| value.and_then(truth).unwrap_or(*absent);
            match (read(old), read(new), r#true) {
                (false, false, _) | (true, true, _) => Effect::Same,
                (false, true, Direction::Protects) | (true, false, Direction::Weakens) => Effect::Protects,
                (false, true, Direction::Weakens) | (true, false, Direction::Protects) => Effect::Weakens,
            }
        }
        Guards::Order { strongest_first, absent } => {
            let place = |word: &str| strongest_first.iter().position(|words| words.iter().any(|known| known == word));
            // What is no word is ignored, as if it were absent.
            let read = |value: Option<&str>| value.and_then(place).or_else(|| place(absent)).unwrap_or_default();
            less(read(old), read(new))
        }
        Guards::Least { absent, zero_is_none } => {
            let number = |text: &str| bytes(text).or_else(|| text.parse().ok());
            let read = |value: Option<&str>| {
                let number = value.and_then(number).or_else(|| number(absent)).unwrap_or_default();
                if *zero_is_none && number <= 0 { i64::MAX } else { number }
            };
            less(read(old), read(new))
        }
        Guards::Fewer { absent } => {
            let read = |value: Option<&str>| {
                let mut items: Vec<String> =
                    value.unwrap_or(absent).split(',').map(|item| item.trim().to_string()).collect();
                items.retain(|item| !item.is_empty());
                items
            };
            let (old, new) = (read(old), read(new));
            let all = |items: &[String]| items.iter().any(|item| item == "*");
            let within = |one: &[String], other: &[String]| {
                all(other) || !all(one) && one.iter().all(|item| other.contains(item))
            };
            inclusion(within(&new, &old), within(&old, &new))
        }
    }
}

/// Less is stronger.
fn less<T: Ord>(old: T, new: T) -> Effect {
    match new.cmp(&old) {
        std::cmp::Ordering::Equal => Effect::Same,
        std::cmp::Ordering::Less => Effect::Protects,
        std::cmp::Ordering::Greater => Effect::Weakens,
    }
}

/// A smaller set is stronger: whether the new one lies in the old one, and the other way round.
fn inclusion(shrinks: bool, grows: bool) -> Effect {
    match (shrinks, grows) {
        (true, true) => Effect::Same,
        (true, false) => Effect::Protects,
        (false, true) => Effect::Weakens,
        (false, false) => Effect::Unknown,
    }
}

use Absent::{All, Nobody};

/// What a list of addresses is without the annotation.
#[derive(Clone, Copy)]
enum Absent {
    All,
    Nobody,
}

/// A set of addresses, smaller is stronger.
struct Ranges(Vec<IpNet>);

fn ranges_of(list: Option<&str>, absent: Absent) -> Ranges {
    let all = || vec![IpNet::default(), IpNet::V6(ipnet::Ipv6Net::default())];
    Ranges(match (list, absent) {
        // A list that cannot be read is answered with 503: nobody comes in, and everybody is kept out.
        (Some(list), All) => ranges(list),
        (Some(list), Nobody) => match ranges(list) {
            none if none.is_empty() => all(),
            some => some,
        },
        (None, All) => all(),
        (None, Nobody) => Vec::new(),
    })
}

impl Ranges {
    fn compare(&self, new: &Ranges) -> Effect {
        let (old, new) = (IpNet::aggregate(&self.0), IpNet::aggregate(&new.0));
        let within = |one: &[IpNet], other: &[IpNet]| one.iter().all(|net| other.iter().any(|wide| wide.contains(net)));
        inclusion(within(&new, &old), within(&old, &new))
    }
}

#[cfg(test)]
mod tests {
    use super::super::annotations;
    use super::*;
    use proptest::prelude::*;
    use smol_str::SmolStr;

    fn value() -> impl Strategy<Value = Option<String>> {
        let words = [
            "on",
            "off",
            "true",
            "false",
            "optional",
            "any",
            "all",
            "0",
            "1",
            "5",
            "1m",
            "8k",
            "10.0.0.0/8",
            "10.0.0.1/8",
            "0.0.0.0/0",
            "10.0.0.0/8,192.0.2.1",
            "*",
            "https://a.b",
            "https://a.b, https://c.d",
            "GET",
            "GET, PUT",
            "Lax",
            "None",
            "HTTPS",
            "HTTP",
            "shop/users",
            "x",
            "",
            "basic",
        ];
        prop_oneof![1 => Just(None), 6 => proptest::sample::select(words.to_vec()).prop_map(|word| Some(word.to_string()))]
    }

    fn name() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(annotations::names().collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_way_back_has_the_opposite_effect(name in name(), old in value(), new in value()) {
            let there = compare(name, old.as_deref(), new.as_deref());
            prop_assert_eq!(compare(name, new.as_deref(), old.as_deref()), there.reversed());
            prop_assert_eq!(compare(name, old.as_deref(), old.as_deref()), Effect::Same);
        }

        #[test]
        fn two_steps_in_one_direction_are_one(name in name(), a in value(), b in value(), c in value()) {
            let step = |one: &Option<String>, other: &Option<String>| compare(name, one.as_deref(), other.as_deref());
            let (first, second, both) = (step(&a, &b), step(&b, &c), step(&a, &c));
            if first == second && matches!(first, Effect::Protects | Effect::Weakens) {
                prop_assert_eq!(both, first);
            }
        }
    }

    #[test]
    fn each_row_guards_in_its_direction() {
        for row in annotations::rows() {
            let change = |old: Option<&str>, new: Option<&str>| compare(&row.name, old, new);
            let (weaker, stronger) = match &row.guards {
                Guards::Neither => {
                    assert_eq!(change(None, Some("x")), Effect::Neither, "{}", row.name);
                    continue;
                }
                Guards::Allowed => (None, Some("10.0.0.0/8")),
                Guards::Exempt => (Some("10.0.0.0/8"), None),
                Guards::Denied => (None, Some("10.0.0.0/8")),
                Guards::Value(Presence::Unknown) => {
                    assert_eq!(change(None, Some("x")), Effect::Unknown, "{}", row.name);
                    continue;
                }
                Guards::Value(Presence::Protects) => (None, Some("x")),
                Guards::Value(Presence::Weakens) => (Some("x"), None),
                Guards::Switch { r#true: Direction::Protects, .. } => (Some("false"), Some("true")),
                Guards::Switch { r#true: Direction::Weakens, .. } => (Some("true"), Some("false")),
                Guards::Order { strongest_first, absent } => {
                    assert!(strongest_first.iter().flatten().any(|word| word == absent), "{}", row.name);
                    let words: Vec<&str> = strongest_first.iter().flatten().map(SmolStr::as_str).collect();
                    assert!(
                        words.iter().all(|word| row.words.is_empty() || row.words.iter().any(|known| known == word))
                    );
                    (words.last().copied(), words.first().copied())
                }
                Guards::Least { .. } => (Some("100m"), Some("1")),
                Guards::Fewer { .. } => (Some("a, b"), Some("a")),
            };
            assert_eq!(change(weaker, stronger), Effect::Protects, "{}", row.name);
            assert_eq!(change(stronger, weaker), Effect::Weakens, "{}", row.name);
        }
    }

    #[test]
    fn what_the_controller_reads_alike_is_the_same() {
        assert_eq!(compare("ssl-redirect", None, Some("True")), Effect::Same);
        assert_eq!(compare("whitelist-source-range", Some("10.0.0.0/8"), Some("10.1.2.3/8")), Effect::Same);
        assert_eq!(compare("allowlist-source-range", Some("10.0.0.0/8"), Some("0.0.0.1/0,::/0")), Effect::Weakens);
        assert_eq!(compare("proxy-body-size", None, Some("1024k")), Effect::Same);
        assert_eq!(compare("proxy-body-size", Some("8m"), Some("0")), Effect::Weakens);
        assert_eq!(compare("limit-rps", Some("5"), Some("-1")), Effect::Weakens);
        assert_eq!(compare("auth-url", Some("https://a.b"), Some("https://c.d")), Effect::Unknown);
        assert_eq!(compare("cors-allow-origin", Some("https://a.b"), Some("https://a.b, *")), Effect::Weakens);
        assert_eq!(compare("no-such", None, Some("x")), Effect::Same);
    }
}
