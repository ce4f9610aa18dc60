//! The column `needs`: the annotations without which another does nothing.

use super::annotations::{Kind, Row, find};
use super::columns::{Condition, Direction, Guards, Need, Presence};
use super::given::Given;
use smol_str::{SmolStr, format_smolstr};

fn holds(condition: &Condition, given: Given<'_>) -> bool {
    match condition {
        Condition::Set(name) => given.value(name).is_some_and(|value| !value.trim().is_empty()),
        Condition::True(name) => given.is_true(name),
        Condition::Positive(name) => given.positive(name).is_some(),
        Condition::Word(name, words) => given.value(name).is_some_and(|value| words.contains(value)),
    }
}

/// A condition in as few words as it takes.
pub fn told(condition: &Condition) -> SmolStr {
    match condition {
        Condition::Set(name) | Condition::Positive(name) => name.clone(),
        Condition::True(_) | Condition::Word(..) => shown(condition),
    }
}

/// What to write so that a condition holds, if that is clear.
pub fn written(condition: &Condition) -> Option<SmolStr> {
    match condition {
        Condition::Set(name) => find(name)?.words.first().map(|word| format_smolstr!("{name} {word}")),
        Condition::Positive(_) => None,
        Condition::True(name) => Some(format_smolstr!("{name} true")),
        Condition::Word(name, words) => words.first().map(|word| format_smolstr!("{name} {word}")),
    }
}

/// What to write so that a condition holds, with a word for what is not known.
pub fn shown(condition: &Condition) -> SmolStr {
    written(condition).unwrap_or_else(|| {
        let word = match find(condition.name()).map(|row| row.kind) {
            Some(Kind::Int) => "NUMBER",
            Some(Kind::Url) => "URL",
            Some(Kind::SecretRef) => "NAMESPACE/SECRET",
            Some(_) | None => "VALUE",
        };
        format_smolstr!("{} {word}", condition.name())
    })
}

/// An annotation that does nothing, and the first thing that it lacks.
pub struct Missing<'a> {
    /// The annotation.
    pub row: &'static Row,
    /// Its key as written.
    pub key: &'a SmolStr,
    /// What is missing.
    pub need: &'static Need,
}

/// The annotations that do nothing for want of others.
pub fn missing<'a>(given: Given<'a>) -> impl Iterator<Item = Missing<'a>> {
    given.known().filter_map(move |(row, key, value)| {
        let applies =
            |need: &&Need| (need.when.is_empty() || need.when.contains(value)) && !need.unless.contains(value);
        let need = row.needs.iter().filter(applies).find(|need| !need.any.iter().any(|one| holds(one, given)))?;
        Some(Missing { row, key, need })
    })
}

/// A protection that requests over TLS pass by.
pub struct Void<'a> {
    /// The annotation that protects.
    pub key: &'a SmolStr,
    /// The one that hands TLS on unopened.
    pub by: &'a SmolStr,
}

/// The protections of a host whose TLS the controller hands on unopened: it sees no request, and checks nothing of it.
pub fn passed_through<'a>(given: Given<'a>) -> impl Iterator<Item = Void<'a>> {
    let by = given.entry("ssl-passthrough").filter(|_| given.is_true("ssl-passthrough")).map(|(key, _)| key);
    given.known().filter(|(row, ..)| is_of_requests(row)).filter_map(move |(_, key, _)| Some(Void { key, by: by? }))
}

/// Whether an annotation protects by looking at requests. A redirect to TLS works over HTTP, where it is asked for.
fn is_of_requests(row: &Row) -> bool {
    match &row.guards {
        Guards::Allowed | Guards::Denied | Guards::Value(Presence::Protects) | Guards::Least { .. } => true,
        Guards::Switch { r#true: Direction::Protects, .. } => !row.name.ends_with("ssl-redirect"),
        // What else has an order or a list is nothing without these, or says how the backend is asked.
        Guards::Switch { .. } | Guards::Value(_) | Guards::Order { .. } | Guards::Fewer { .. } => false,
        Guards::Exempt | Guards::Neither => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::annotations;
    use super::*;

    fn lacking(given: &[(&str, &str)]) -> Vec<String> {
        let given: Vec<_> = given.iter().map(|(key, value)| (SmolStr::new(key), SmolStr::new(value))).collect();
        missing(Given::new(&given))
            .map(|missing| format!("{} {}", missing.row.name, missing.need.any[0].name()))
            .collect()
    }

    /// A value of the row that the controller takes.
    fn value(row: &Row, need: &Need) -> SmolStr {
        let tries = [
            "true",
            "1",
            "on",
            "/x",
            "$host",
            "a",
            "a/b",
            "https://a.example.com",
            "10m",
            "8k",
            "X-A",
            "GET",
            "10.0.0.0/8",
            "CN=a",
            "None",
            "basic",
            "404",
            "301",
        ];
        let words = need.when.iter().chain(&row.words).map(SmolStr::as_str);
        let found = words.chain(tries).find(|value| annotations::check(row, value).is_ok());
        SmolStr::new(found.unwrap_or_else(|| panic!("{}: no value", row.name)))
    }

    #[test]
    fn each_row_has_its_needs() {
        for row in annotations::rows() {
            for need in &row.needs {
                assert!(!need.any.is_empty());
                for one in &need.any {
                    assert!(find(one.name()).is_some_and(|other| other.name == *one.name() && other.name != row.name));
                }
                if row.kind == annotations::Kind::Snippet {
                    continue;
                }
                let alone = [(row.name.clone(), value(row, need))];
                assert!(missing(Given::new(&alone)).any(|missing| missing.row.name == row.name), "{}", row.name);
            }
        }
    }

    #[test]
    fn what_looks_at_requests_is_void_where_tls_is_handed_on() {
        let void = |given: &[(&str, &str)]| {
            let given: Vec<_> = given.iter().map(|(key, value)| (SmolStr::new(key), SmolStr::new(value))).collect();
            passed_through(Given::new(&given)).map(|void| void.key.to_string()).collect::<Vec<_>>()
        };
        let all = [
            ("ssl-passthrough", "true"),
            ("whitelist-source-range", "10.0.0.0/8"),
            ("auth-url", "https://a.example.com"),
            ("limit-rps", "5"),
            ("proxy-ssl-secret", "a/b"),
            ("force-ssl-redirect", "true"),
            ("backend-protocol", "HTTPS"),
            ("app-root", "/x"),
        ];
        assert_eq!(void(&all), ["whitelist-source-range", "auth-url", "limit-rps", "proxy-ssl-secret"]);
        assert!(void(&all[1..]).is_empty());
        assert!(void(&[("ssl-passthrough", "false"), ("limit-rps", "5")]).is_empty());
    }

    #[test]
    fn what_is_needed_may_be_one_of_several() {
        assert_eq!(lacking(&[("auth-secret", "users")]), ["auth-secret auth-type"]);
        assert!(lacking(&[("auth-secret", "users"), ("auth-type", "basic")]).is_empty());
        assert_eq!(lacking(&[("proxy-ssl-verify", "on")]), ["proxy-ssl-verify proxy-ssl-secret"]);
        assert_eq!(
            lacking(&[("limit-burst-multiplier", "2"), ("limit-rps", "0")]),
            ["limit-burst-multiplier limit-rps"]
        );
        assert!(lacking(&[("limit-burst-multiplier", "2"), ("limit-rpm", "5")]).is_empty());
        assert_eq!(lacking(&[("canary", "true")]), ["canary canary-by-header"]);
        assert!(lacking(&[("canary", "false")]).is_empty());
        assert!(lacking(&[("proxy-redirect-from", "off")]).is_empty());
        assert_eq!(lacking(&[("cors-max-age", "5"), ("enable-cors", "false")]), ["cors-max-age enable-cors"]);
    }
}
