//! The labels that select pods and tenants: keys, and behind a key its values.

use super::items::{ItemKind, Items};
use super::selected;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_core::names::uses::Kind;
use xks_core::syntax::ast::{Body, Label};
use xks_core::syntax::cursor::Place;

/// What may stand in `pods(…)` and `tenants(…)`.
pub(super) fn labels(items: &mut Items<'_>, place: &Place<'_>) {
    let Some((opener, typed)) = opener(place.text) else { return };
    // In `key in (…)` stand values; the key stands before it.
    let words: Vec<&str> = opener.split_ascii_whitespace().collect();
    let (opener, key) = match words.as_slice() {
        [.., key, "not", "in"] | [.., key, "in"] => match self::opener(opener) {
            Some((outer, _)) => (outer, Some(key.rsplit(['(', ',']).next().unwrap_or(key))),
            None => return,
        },
        _ => (opener, None),
    };
    let known = if opener.ends_with("tenants") {
        of_tenants(items)
    } else if opener.ends_with("pods") {
        of_pods(items)
    } else {
        return;
    };
    let word = items.typed();
    let key = key.or_else(|| {
        let (key, value) = word.split_once('=')?;
        items.behind(word.len() - value.len());
        Some(key.trim_end_matches('!'))
    });
    // With a blank before `=` the key is a word by itself.
    let apart = || typed.trim_end().strip_suffix(['=']).map(|before| before.trim_end_matches(['!', ' ']));
    let key = key.or_else(|| apart()?.rsplit([' ', ',', '(']).next());
    match key {
        Some(key) => {
            for value in known.get(key).into_iter().flatten() {
                items.word(value, ItemKind::Value, "");
            }
        }
        None => {
            if word.starts_with('!') {
                items.behind(1);
            }
            for key in known.keys() {
                items.word(key, ItemKind::Property, "");
            }
        }
    }
}

/// What stands before the parenthesis that a text is inside of, and what stands in it.
fn opener(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b')' => depth += 1,
            b'(' if depth == 0 => return Some((&text[..at], &text[at + 1..])),
            b'(' => depth -= 1,
            _ => {}
        }
    }
    None
}

type Known = BTreeMap<SmolStr, BTreeSet<SmolStr>>;

fn add(known: &mut Known, labels: &[Label]) {
    for label in labels {
        known.entry(label.key.value.clone()).or_default().insert(label.value.value.clone());
    }
}

/// The labels that the workspace's apps state, and the one that names an app.
fn of_pods(items: &Items<'_>) -> Known {
    let mut known = Known::new();
    let by_name = known.entry(selected::platform(items.snapshot).app_label).or_default();
    by_name.extend(items.snapshot.index().declared(None, Kind::App).into_iter().cloned());
    for statement in items.snapshot.parsed.iter().flat_map(|parsed| &parsed.file.statements) {
        if let Body::App(app) = &statement.body {
            add(&mut known, &app.labels);
        }
    }
    known
}

/// The labels that tenants state of their namespaces.
fn of_tenants(items: &Items<'_>) -> Known {
    let mut known = Known::new();
    for statement in items.snapshot.parsed.iter().flat_map(|parsed| &parsed.file.statements) {
        if let Body::Tenant(tenant) = &statement.body {
            add(&mut known, &tenant.labels);
        }
    }
    known
}
