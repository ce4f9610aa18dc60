//! Labels and selectors on them (Kubernetes `labels.Requirement`).

use super::Problem;
use smol_str::SmolStr;
use std::fmt;

/// Parses a label key: a name of at most 63 characters, perhaps behind `DNS-SUBDOMAIN/`.
///
/// # Errors
/// Says which rule is broken.
pub fn key(text: &str) -> Result<SmolStr, Problem> {
    if is_key(text) {
        return Ok(SmolStr::new(text));
    }
    let name = match text.split_once('/') {
        Some((prefix, name)) => {
            super::name::subdomain(prefix).map_err(|p| Problem::new(format!("prefix `{prefix}`: {}", p.reason)))?;
            name
        }
        None => text,
    };
    Err(if name.is_empty() { Problem::new("a label's key has a name") } else { misshapen(name) })
}

/// Whether a text is the key of a label.
pub fn is_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.iter().position(|byte| *byte == b'/') {
        Some(slash) => super::name::is_subdomain(&bytes[..slash]) && is_shaped(&bytes[slash + 1..]),
        None => is_shaped(bytes),
    }
}

/// Parses a label value: at most 63 of letters, digits, `-`, `_` and `.`, or nothing.
///
/// # Errors
/// Says which rule is broken.
pub fn value(text: &str) -> Result<SmolStr, Problem> {
    if is_value(text) { Ok(SmolStr::new(text)) } else { Err(misshapen(text)) }
}

/// Whether a text is the value of a label.
pub fn is_value(text: &str) -> bool {
    text.is_empty() || is_shaped(text.as_bytes())
}

fn is_shaped(bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    bytes.len() <= 63
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
        && bytes.iter().all(|byte| INNER[*byte as usize])
}

/// Bytes that stand within a label.
static INNER: [bool; 256] = byte_set!(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.');

/// What is wrong with the name in a key or with a value.
fn misshapen(text: &str) -> Problem {
    let inner = |c: char| u8::try_from(c).is_ok_and(|byte| INNER[byte as usize]);
    if let Some(bad) = text.chars().find(|&c| !inner(c)) {
        return Problem::new(if bad == ' ' {
            "a blank cannot stand in a label".to_string()
        } else {
            format!("`{bad}` cannot stand in a label")
        });
    }
    if text.len() > 63 {
        return Problem::new(format!("it is {} characters long, and 63 is the most", text.len()));
    }
    Problem::new("a label starts and ends with a letter or digit")
}

/// What a selector asks of one label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Requirement {
    /// `k=v`, `k in (a, b)`: the values, sorted.
    In(SmolStr, Vec<SmolStr>),
    /// `k != v`, `k not in (a, b)`: the values, sorted.
    NotIn(SmolStr, Vec<SmolStr>),
    /// `k`.
    Exists(SmolStr),
    /// `!k`.
    Absent(SmolStr),
}

impl Requirement {
    /// The label that it asks for.
    pub fn key(&self) -> &SmolStr {
        match self {
            Requirement::In(key, _)
            | Requirement::NotIn(key, _)
            | Requirement::Exists(key)
            | Requirement::Absent(key) => key,
        }
    }

    /// Whether `labels` meet it.
    pub fn matches(&self, labels: &[(SmolStr, SmolStr)]) -> bool {
        self.met_by(labels.iter().find(|(key, _)| key == self.key()).map(|(_, value)| value.as_str()))
    }

    /// Whether this value of its label meets it; `None` where there is no such label.
    pub fn met_by(&self, value: Option<&str>) -> bool {
        match self {
            Requirement::In(_, values) => value.is_some_and(|value| values.iter().any(|wanted| wanted == value)),
            Requirement::NotIn(_, values) => value.is_none_or(|value| values.iter().all(|unwanted| unwanted != value)),
            Requirement::Exists(_) => value.is_some(),
            Requirement::Absent(_) => value.is_none(),
        }
    }
}

impl fmt::Display for Requirement {
    /// As the language writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Requirement::In(key, values) => match &values[..] {
                [value] => write!(f, "{key}={}", written(value)),
                values => write!(f, "{key} in ({})", list(values)),
            },
            Requirement::NotIn(key, values) => match &values[..] {
                [value] => write!(f, "{key}!={}", written(value)),
                values => write!(f, "{key} not in ({})", list(values)),
            },
            Requirement::Exists(key) => f.write_str(key),
            Requirement::Absent(key) => write!(f, "!{key}"),
        }
    }
}

/// A label's value as the language writes it: only no value at all needs quotes.
pub fn written(value: &str) -> &str {
    if value.is_empty() { "\"\"" } else { value }
}

fn list(values: &[SmolStr]) -> String {
    values.iter().map(|value| written(value)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_follow_kubernetes() {
        assert!(
            key("app").is_ok() && key("app.kubernetes.io/name").is_ok() && value("").is_ok() && value("A_b.c").is_ok()
        );
        for bad in ["", "/a", "a/", "A/b c", "-a", "a-"] {
            assert!(key(bad).is_err(), "{bad}");
        }
        assert!(value("a b").is_err() && value(&"a".repeat(64)).is_err());
    }
}
