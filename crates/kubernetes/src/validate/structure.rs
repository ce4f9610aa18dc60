//! Holds an object to the fields and types of its kind.

use super::Found;
use super::schema::{self, Field, Held, Origin, Type};
use crate::yaml::{Node, Value, integer};
use std::fmt::Write;
use xks_base::diagnostics::suggest::nearest;

/// Checks a value. Null counts as missing, as it does for the API server.
pub(super) fn check<'n>(found: &mut Found<'n>, node: &'n Node<'n>, wanted: &'static Type) {
    if matches!(node.value, Value::Null) {
        return;
    }
    match wanted {
        Type::Any => {}
        Type::Object(origin, fields) => object(found, node, *origin, fields),
        Type::List(items, keys) => list(found, node, *items, keys),
        Type::Map(values) => match &node.value {
            Value::Map(entries) => entries.iter().for_each(|(_, value)| check(found, value, schema::get(*values))),
            _ => found.refuse(node, is_not(node, "a mapping")),
        },
        Type::Text(held) => match node.as_str() {
            Some(text) => self::held(found, node, text, held),
            None => found.refuse(node, not_text(node)),
        },
        Type::Int { min, max } => match whole(node) {
            Some(number) if (*min..=*max).contains(&number) => {}
            Some(_) => found.refuse(node, is_not(node, &format!("a whole number from {min} to {max}"))),
            None => found.refuse(node, is_not(node, "a whole number")),
        },
        Type::Number if matches!(node.value, Value::Number(_)) => {}
        Type::Number => found.refuse(node, is_not(node, "a number")),
        Type::Bool if matches!(node.value, Value::Bool(_)) => {}
        Type::Bool => found.refuse(
            node,
            match node.as_str() {
                Some(text @ ("true" | "false")) => format!("is the text `\"{text}\"`; write `{text}` without quotes"),
                _ => is_not(node, "`true` or `false`"),
            },
        ),
        Type::IntOrString => match &node.value {
            Value::Text(_) => {}
            _ if whole(node).is_some_and(|number| i32::try_from(number).is_ok()) => {}
            _ => found.refuse(node, is_not(node, "a whole number or a string")),
        },
        Type::Quantity => match &node.value {
            Value::Number(text) | Value::Text(text) if is_quantity(text) => {}
            _ => found.refuse(node, is_not(node, "a quantity like `500m`, `1` or `2Gi`")),
        },
        Type::Time if node.as_str().is_some_and(is_time) => {}
        Type::Time => found.refuse(node, is_not(node, "a time like `2026-01-31T12:00:00Z`")),
        Type::Bytes if node.as_str().is_some_and(is_base64) => {}
        Type::Bytes => found.refuse(node, is_not(node, "base64")),
    }
}

fn object<'n>(found: &mut Found<'n>, node: &'n Node<'n>, origin: Origin, fields: &'static [Field]) {
    let Value::Map(entries) = &node.value else {
        return found.refuse(node, is_not(node, "a mapping"));
    };
    for (key, value) in entries {
        // The status of an object, which has a version of its own API, is for controllers to write.
        if key == "status" && node.entry("apiVersion").is_some() {
            continue;
        }
        match fields.binary_search_by(|field| field.name.cmp(key)) {
            Ok(at) => {
                if origin != Origin::Kubernetes {
                    // Here null in a list is no empty string.
                    let nulls = value.items().iter().filter(|item| matches!(item.value, Value::Null));
                    nulls.for_each(|item| found.refuse(item, "is null"));
                }
                check(found, value, schema::get(fields[at].kind));
            }
            Err(_) if origin == Origin::Open => {}
            Err(_) => {
                let mut why = "is no field that the API server knows".to_string();
                if let Some(near) = nearest(key, fields.iter().map(|field| field.name)) {
                    let _ = write!(why, "; did you mean `{near}`?");
                }
                found.strict(value, why);
            }
        }
    }
    for field in fields.iter().filter(|field| field.required) {
        match node.get(field.name) {
            None => found.lacks(node, field.name, "is missing"),
            // Go does not tell an empty string from none.
            Some(value) if origin == Origin::Kubernetes && value.as_str() == Some("") => {
                found.refuse(value, "is empty")
            }
            Some(_) => {}
        }
    }
}

fn list<'n>(found: &mut Found<'n>, node: &'n Node<'n>, items: usize, keys: &[&str]) {
    let Value::List(values) = &node.value else {
        return found.refuse(node, is_not(node, "a list"));
    };
    for value in values {
        match (schema::get(items), &value.value) {
            // Null is an object of empty fields.
            (Type::Object(_, fields), Value::Null) if fields.iter().any(|field| field.required) => {
                found.refuse(value, "is empty");
            }
            (Type::Text(held), _) if value.as_str() == Some("") && !held.values.is_empty() => {
                found.refuse(value, "is empty");
            }
            (wanted, _) => check(found, value, wanted),
        }
    }
    if keys.is_empty() {
        return;
    }
    let key =
        |item: &Node<'_>| -> Vec<Option<String>> { keys.iter().map(|key| item.get(key).map(Node::describe)).collect() };
    let mut seen = rustc_hash::FxHashSet::default();
    for item in values {
        if !seen.insert(key(item)) {
            let by = keys.join("` and `");
            found.strict(item, format!("has the same `{by}` as one before it"));
        }
    }
}

fn held<'n>(found: &mut Found<'n>, node: &'n Node<'n>, text: &str, held: &Held) {
    let length = text.chars().count();
    if !held.values.is_empty() && !held.values.iter().any(|value| value == text) {
        let values: Vec<&str> = held.values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
        found.refuse(node, format!("is `{text}`; it is {}", one_of(&values)));
    } else if length < held.min {
        found.refuse(node, format!("needs at least {} character(s)", held.min));
    } else if held.max.is_some_and(|max| length > max) {
        found.refuse(node, format!("has {length} characters; {} is the most", held.max.unwrap_or_default()));
    } else if let Some(pattern) = held.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
        found.refuse(node, format!("is `{text}`, which does not match `{pattern}`"));
    }
}

/// `A`, `A or B`, `A, B or C`.
pub(super) fn one_of(values: &[&str]) -> String {
    match values {
        [] => String::new(),
        [one] => (*one).to_string(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What a value is and is not.
pub(super) fn is_not(node: &Node<'_>, wanted: &str) -> String {
    format!("is {}, not {wanted}", node.describe())
}

fn not_text(node: &Node<'_>) -> String {
    match &node.value {
        Value::Bool(text) | Value::Number(text) => {
            format!("is {}, not a string; write it in quotes: `\"{text}\"`", node.describe())
        }
        _ => is_not(node, "a string"),
    }
}

/// The whole number that a value is.
pub(super) fn whole(node: &Node<'_>) -> Option<i64> {
    match &node.value {
        Value::Number(text) => integer(text),
        _ => None,
    }
}

/// Whether a text is a quantity (`k8s.io/apimachinery/pkg/api/resource`).
pub(super) fn is_quantity(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let sound = number.bytes().any(|byte| byte.is_ascii_digit()) && number.matches('.').count() <= 1;
    let exponent = suffix.strip_prefix(['e', 'E']).map(|digits| digits.strip_prefix(['+', '-']).unwrap_or(digits));
    sound
        && (matches!(suffix, "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E")
            || matches!(suffix, "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei")
            || exponent.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())))
}

/// Whether a text is a time of RFC 3339.
fn is_time(text: &str) -> bool {
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                wanted => byte == wanted,
            })
    };
    let Some((start, rest)) = text.split_at_checked(19) else { return false };
    let fraction = rest.strip_prefix('.').map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = fraction.filter(|zone| zone.len() + 1 < rest.len()).unwrap_or(rest);
    shape(start, "0000-00-00T00:00:00") && (zone == "Z" || shape(zone, "+00:00") || shape(zone, "-00:00"))
}

/// Whether a text is base64 with its padding, perhaps over several lines.
fn is_base64(text: &str) -> bool {
    let letters: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let padding = letters.iter().rev().take_while(|byte| **byte == b'=').count();
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    letters.len().is_multiple_of(4) && padding <= 2 && letters[..letters.len() - padding].iter().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_those_of_kubernetes() {
        for sound in ["1", "500m", "2Gi", "0.5", ".5", "1.", "-1", "+3k", "1e3", "1E-3", "12E"] {
            assert!(is_quantity(sound), "{sound}");
        }
        for wrong in ["", "1 Gi", "1gi", "1KB", "1..5", "e3", "1e", "1e3.5", "one", "1Gi "] {
            assert!(!is_quantity(wrong), "{wrong}");
        }
    }

    #[test]
    fn times_and_bytes_have_their_form() {
        assert!(is_time("2026-01-31T12:00:00Z") && is_time("2026-01-31T12:00:00.123+01:00"));
        assert!(!is_time("2026-01-31") && !is_time("2026-01-31T12:00:00") && !is_time("2026-01-31T12:00:00.Z"));
        assert!(is_base64("") && is_base64("YQ==") && is_base64("YWJj\nYWJj"));
        assert!(!is_base64("YQ") && !is_base64("Y===") && !is_base64("a b="));
    }
}
