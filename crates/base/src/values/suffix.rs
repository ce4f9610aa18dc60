//! Public suffixes: the names under which others register their domains, such as `com` and `co.uk`.
//!
//! The rules are those of the Public Suffix List (publicsuffix.org, Mozilla Public License 2.0), in their ASCII form, one a
//! line, sorted by bytes; a test holds them against the crate `psl`. They are data rather than that crate because its
//! generated code takes as long to compile as all of this crate.

/// The rules.
const RULES: &str = include_str!("suffixes.txt");

/// The public suffix that a name ends in, `None` if no rule is about its last label. `name` is in lower case.
///
/// Source: publicsuffix.org, "Format", the algorithm: the rule with the most labels decides, and an exception before all.
pub(super) fn public_suffix(name: &str) -> Option<&str> {
    let starts = || std::iter::once(0).chain(name.match_indices('.').map(|(at, _)| at + 1));
    let behind_label = |start: usize| name[start..].find('.').map(|dot| start + dot + 1);
    let mut suffix = None;
    // From the whole name to its last label, so that the first rule found has the most labels.
    for start in starts() {
        let tail = &name[start..];
        if is_rule("!", tail) {
            return behind_label(start).map(|behind| &name[behind..]);
        }
        let below_wildcard = behind_label(start).is_some_and(|behind| is_rule("*.", &name[behind..]));
        if suffix.is_none() && (is_rule("", tail) || below_wildcard) {
            suffix = Some(tail);
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

/// Whether `mark` and `tail` are a rule.
fn is_rule(mark: &str, tail: &str) -> bool {
    let wanted = || mark.bytes().chain(tail.bytes());
    let (mut low, mut high) = (0, RULES.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = RULES[..middle].rfind('\n').map_or(0, |end| end + 1);
        let end = RULES[middle..].find('\n').map_or(RULES.len(), |end| middle + end);
        match RULES[start..end].bytes().cmp(wanted()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
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
    fn the_rules_are_sorted() {
        assert!(RULES.lines().is_sorted_by(|a, b| a < b));
        assert!(RULES.ends_with('\n') && RULES.is_ascii());
        for rule in RULES.lines() {
            assert!(is_rule("", rule), "{rule}");
        }
    }
}
