//! Changes that the server proposes, carried out.

use crate::client::Client;
use crate::draw;
use serde_json::Value;
use std::collections::BTreeMap;

/// The files after a change, and the names of those that are renamed.
pub(crate) struct Outcome {
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) renamed: Vec<(String, String)>,
}

/// Carries out a change on copies of the texts.
pub(crate) fn apply(client: &Client, edit: &Value) -> Outcome {
    let mut outcome = Outcome { texts: BTreeMap::new(), renamed: Vec::new() };
    let path = |uri: &Value| client.path(uri.as_str().expect("a URI")).to_string();
    for change in edit["documentChanges"].as_array().into_iter().flatten() {
        if change["kind"] == "rename" {
            outcome.renamed.push((path(&change["oldUri"]), path(&change["newUri"])));
            continue;
        }
        let document = &change["textDocument"];
        let path = path(&document["uri"]);
        let version = client.open.get(&path).map(|(version, _)| i64::from(*version));
        assert_eq!(document["version"].as_i64(), version, "{path}");
        let text = edited(client, &client.text(&path), change["edits"].as_array().expect("edits"));
        assert!(outcome.texts.insert(path.clone(), text).is_none(), "{path} twice");
    }
    for (uri, edits) in edit["changes"].as_object().into_iter().flatten() {
        let path = client.path(uri).to_string();
        let text = edited(client, &client.text(&path), edits.as_array().expect("edits"));
        outcome.texts.insert(path, text);
    }
    outcome
}

/// A text after edits, which must not overlap.
pub(crate) fn edited(client: &Client, text: &str, edits: &[Value]) -> String {
    let mut all: Vec<(std::ops::Range<usize>, &str)> = edits
        .iter()
        .map(|edit| (draw::bytes(client.encoding, text, &edit["range"]), edit["newText"].as_str().expect("a text")))
        .collect();
    all.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
    for pair in all.windows(2) {
        assert!(pair[0].0.end <= pair[1].0.start, "edits overlap: {pair:?}");
    }
    let mut text = text.to_string();
    for (bytes, new) in all.iter().rev() {
        text.replace_range(bytes.clone(), new);
    }
    text
}

/// The lines that a change takes away and puts in, file by file.
pub(crate) fn draw(client: &Client, edit: &Value) -> String {
    let outcome = apply(client, edit);
    let mut out = String::new();
    for (path, text) in &outcome.texts {
        out += &format!("{path}\n");
        for change in similar::TextDiff::from_lines(client.text(path), text.clone()).iter_all_changes() {
            let sign = match change.tag() {
                similar::ChangeTag::Equal => continue,
                similar::ChangeTag::Delete => '-',
                similar::ChangeTag::Insert => '+',
            };
            out += &format!("  {sign} {}\n", change.value().trim_end_matches(['\n', '\r']));
        }
    }
    for (old, new) in &outcome.renamed {
        out += &format!("{old} becomes {new}\n");
    }
    if out.is_empty() { "nothing\n".to_string() } else { out }
}
