//! `textDocument/completion`, `completionItem/resolve`

use crate::fixture::cases_with;
use serde_json::{Value, json};

fn name_of(kind: &Value) -> &'static str {
    let names = [
        "text",
        "method",
        "function",
        "constructor",
        "field",
        "variable",
        "class",
        "interface",
        "module",
        "property",
        "unit",
        "value",
        "enum",
        "keyword",
        "snippet",
        "colour",
        "file",
        "reference",
        "folder",
        "enum member",
        "constant",
        "struct",
        "event",
        "operator",
        "type parameter",
    ];
    names[kind.as_u64().expect("a kind") as usize - 1]
}

#[test]
fn completion() {
    let snippets = json!({
        "capabilities": { "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } },
    });
    cases_with("completion", snippets, |session| {
        let answer = session.ask("textDocument/completion");
        let Some(items) = answer["items"].as_array() else { return "nothing\n".to_string() };
        let mut out = String::new();
        for item in items {
            let label = item["label"].as_str().expect("a label");
            out += &format!("{label}  ({})", name_of(&item["kind"]));
            out += &item["detail"].as_str().map_or(String::new(), |detail| format!("  {detail}"));
            let text = item["textEdit"]["newText"].as_str().expect("a text");
            out += &if text == label { String::new() } else { format!("  => {}", text.replace('\n', "\\n")) };
            out += "\n";
        }
        let Some(first) = items.first() else { return "an empty list\n".to_string() };
        out += &format!("\n{}", session.client.draw(&session.path.clone(), &first["textEdit"]["range"]));
        let resolved = session.client.ask("completionItem/resolve", first.clone()).expect("an item");
        if let Some(text) = resolved["documentation"]["value"].as_str() {
            out += &format!("\n{}\n", session.without_root(text));
        }
        out
    });
}

#[test]
fn a_client_without_snippets_gets_words() {
    let mut session = crate::fixture::Session::start("al$0\n", &crate::client::Options::default());
    let answer = session.ask("textDocument/completion");
    for item in answer["items"].as_array().expect("items") {
        assert_eq!(item["label"], item["textEdit"]["newText"]);
    }
    session.client.finish();
}

/// Of a thousand tenants those come that go with the word, and the client is told to ask again.
#[test]
fn of_very_many_names_those_that_go_with_the_word() {
    let text: String = (0..1000).map(|number| format!("#- t{number}.xks\napp web\n")).collect();
    let mut session = crate::fixture::Session::start(
        &format!("{text}#- shop.xks\napp web\nallow web -> T99$0\n"),
        &crate::client::Options::default(),
    );
    let answer = session.ask("textDocument/completion");
    let labels: Vec<&str> =
        answer["items"].as_array().expect("items").iter().filter_map(|item| item["label"].as_str()).collect();
    assert_eq!(labels.len(), 28, "{labels:?}");
    assert!(labels.contains(&"t99/") && labels.contains(&"t199/") && labels.contains(&"t990/"));
    assert_eq!(answer["isIncomplete"], true);
    session.client.finish();
}
