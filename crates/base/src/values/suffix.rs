//! Public suffixes: the names under which others register their domains, such as `com` and `co.uk`.
//!
//! The rules are those of the Public Suffix List (publicsuffix.org, Mozilla Public License 2.0) in their ASCII form, one a
//! line, the labels of each from the last to the first (`uk.co`), sorted by bytes; taken from the crate `psl` 2.1.247.
//! They are data rather than that crate because its generated code takes longer to compile than all of this crate.

use std::cmp::Ordering;
use std::sync::LazyLock;

/// The rules.
const RULES: &str = include_str!("suffixes.txt");

/// Where each rule ends.
static ENDS: LazyLock<Vec<u32>> = LazyLock::new(|| RULES.match_indices('\n').map(|(at, _)| at as u32).collect());

/// The public suffix that a name ends in, `None` if no rule is about its last label. `name` is in lower case.
///
/// Source: publicsuffix.org, "Format", the algorithm: the rule with the most labels decides, and an exception before all.
pub(super) fn public_suffix(name: &str) -> Option<&str> {
    let mut key = String::with_capacity(name.len() + ".*".len());
    let mut suffix = None;
    let mut start = name.len();
    // From the last label to the first, as long as there are rules that go on.
    for label in name.rsplit('.') {
        let first = key.is_empty();
        if !first && exists(&mut key, ".!", label) {
            return Some(&name[start..]);
        }
        let wild = !first && exists(&mut key, ".*", "");
        start -= label.len() + usize::from(!first);
        key.push_str(if first { "" } else { "." });
        key.push_str(label);
        if wild || rule(first_from(&key)) == Some(&key) {
            suffix = Some(&name[start..]);
        }
        key.push('.');
        let goes_on = rule(first_from(&key)).is_some_and(|next| next.starts_with(&key));
        key.pop();
        if !goes_on {
            break;
        }
    }
    suffix
}

/// The domain that somebody registered: the public suffix and one label before it; without a rule, the last two labels.
/// `None` for a name that is no longer than its suffix.
pub(super) fn registered_domain(name: &str) -> Option<&str> {
    let suffix = public_suffix(name).or_else(|| name.rsplit('.').next())?;
    let before = name.strip_suffix(suffix)?.strip_suffix('.')?;
    Some(&name[before.rfind('.').map_or(0, |dot| dot + 1)..])
}

/// Whether there is the rule that starts with `key`, which is left as it is.
fn exists(key: &mut String, mark: &str, label: &str) -> bool {
    let length = key.len();
    key.push_str(mark);
    key.push_str(label);
    let found = rule(first_from(key)) == Some(key);
    key.truncate(length);
    found
}

/// The place of the first rule that is not before `wanted`.
fn first_from(wanted: &str) -> usize {
    let (mut low, mut high) = (0, ENDS.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match rule(middle).map(|rule| rule.cmp(wanted)) {
            Some(Ordering::Less) => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

fn rule(at: usize) -> Option<&'static str> {
    let end = *ENDS.get(at)? as usize;
    let start = at.checked_sub(1).map_or(0, |before| ENDS[before] as usize + 1);
    RULES.get(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_wildcards_and_exceptions_are_found() {
        let suffixes = [
            ("com", Some("com")),
            ("a.b.example.com", Some("com")),
            ("shop.example.co.uk", Some("co.uk")),
            ("a.b.ck", Some("b.ck")),
            ("b.ck", Some("b.ck")),
            ("www.ck", Some("ck")),
            ("a.www.ck", Some("ck")),
            ("city.kobe.jp", Some("kobe.jp")),
            ("a.b.kobe.jp", Some("b.kobe.jp")),
            ("user.github.io", Some("github.io")),
            ("localhost", None),
            ("db.internal", None),
            ("", None),
            ("xn--p1ai", Some("xn--p1ai")),
        ];
        for (name, suffix) in suffixes {
            assert_eq!(public_suffix(name), suffix, "{name}");
        }
        assert_eq!(registered_domain("a.b.example.co.uk"), Some("example.co.uk"));
        assert_eq!(registered_domain("a.db.internal"), Some("db.internal"));
        assert_eq!(registered_domain("com"), None);
        assert_eq!(registered_domain("a.www.ck"), Some("www.ck"));
    }

    #[test]
    fn every_rule_is_found() {
        assert!(RULES.lines().is_sorted_by(|a, b| a < b));
        assert!(RULES.ends_with('\n') && RULES.is_ascii());
        for (at, rule) in RULES.lines().enumerate() {
            assert_eq!(first_from(rule), at, "{rule}");
            let name: Vec<&str> = rule.rsplit('.').collect();
            let name = name.join(".");
            match name.strip_prefix('!') {
                Some(exception) => {
                    assert_eq!(public_suffix(exception), exception.split_once('.').map(|(_, rest)| rest), "{rule}");
                }
                None => {
                    let name = name.replace('*', "any");
                    assert_eq!(public_suffix(&name), Some(name.as_str()), "{rule}");
                    let below = format!("a.{name}");
                    let deeper = exists(&mut rule.to_string(), ".*", "") || exists(&mut rule.to_string(), ".", "a");
                    assert!(deeper || public_suffix(&below) == Some(name.as_str()), "{below}");
                }
            }
        }
    }
}
