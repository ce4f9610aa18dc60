//! Requests at every place of the examples, and at every position of texts cut short: there is always an answer. At each
//! place some are put through the protocol, and at the next place others; `crates/ide/tests/everywhere.rs` asks everything
//! everywhere, without a protocol between.

use crate::client::{Client, Encoding, Options};
use crate::draw;
use serde_json::{Value, json};
use std::path::Path;

/// What can be asked about a place.
const AT: &[&str] = &[
    "textDocument/completion",
    "textDocument/declaration",
    "textDocument/definition",
    "textDocument/documentHighlight",
    "textDocument/hover",
    "textDocument/implementation",
    "textDocument/linkedEditingRange",
    "textDocument/prepareCallHierarchy",
    "textDocument/prepareRename",
    "textDocument/signatureHelp",
];

/// What can be asked about a document.
const OF: &[&str] = &[
    "textDocument/codeLens",
    "textDocument/diagnostic",
    "textDocument/documentLink",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/semanticTokens/full",
];

/// How many questions wait for answers at a time.
const IN_FLIGHT: usize = 200;

/// At so many places in a row each request is put once.
const SPREAD: usize = 4;

/// Asks at these bytes of an open document, each time a part of what can be asked. Errors are answers only to what may be
/// refused.
fn ask_at(client: &mut Client, path: &str, offsets: &[usize]) {
    let text = client.text(path);
    let uri = client.uri(path);
    let mut asked: Vec<(String, usize, i64)> = Vec::new();
    let settle = |client: &mut Client, asked: &mut Vec<(String, usize, i64)>| {
        for (method, offset, id) in asked.drain(..) {
            if let Err(error) = client.answer(id) {
                let refused = method.ends_with("ename") && error["code"] == -32803;
                assert!(refused, "{method} at {offset} of {path}: {error}");
            }
        }
    };
    for (turn, &offset) in offsets.iter().enumerate() {
        let position = draw::position(client.encoding, &text, offset);
        let document = json!({ "uri": uri });
        let place = json!({ "textDocument": document, "position": position });
        let range = json!({ "start": position, "end": position });
        let options = json!({ "tabSize": 2, "insertSpaces": true });
        let others: [(&str, Value); 9] = [
            ("textDocument/selectionRange", json!({ "textDocument": document, "positions": [position] })),
            ("textDocument/inlayHint", json!({ "textDocument": document, "range": range })),
            ("textDocument/semanticTokens/range", json!({ "textDocument": document, "range": range })),
            ("textDocument/rangeFormatting", json!({ "textDocument": document, "range": range, "options": options })),
            (
                "textDocument/onTypeFormatting",
                json!({ "textDocument": document, "position": position, "ch": "}", "options": options }),
            ),
            (
                "textDocument/onTypeFormatting",
                json!({ "textDocument": document, "position": position, "ch": "\n", "options": options }),
            ),
            ("xks/preview", json!({ "uri": uri, "range": range })),
            (
                "textDocument/references",
                json!({ "textDocument": document, "position": position, "context": { "includeDeclaration": true } }),
            ),
            (
                "textDocument/codeAction",
                json!({
                    "textDocument": document,
                    "range": range,
                    "context": { "diagnostics": [], "only": ["quickfix", "refactor"] },
                }),
            ),
        ];
        let all = AT.iter().map(|method| (*method, place.clone())).chain(others);
        for (method, params) in all.skip((turn + text.len()) % SPREAD).step_by(SPREAD) {
            asked.push((method.to_string(), offset, client.post(method, params)));
        }
        if asked.len() >= IN_FLIGHT {
            settle(client, &mut asked);
        }
    }
    settle(client, &mut asked);
}

/// Asks what leads on from an answer: items to look at more closely, calls, previews, what has changed since.
fn ask_on(client: &mut Client, path: &str, offsets: &[usize]) {
    let text = client.text(path);
    let document = json!({ "uri": client.uri(path) });
    let sound = |client: &mut Client, method: &str, params: Value| {
        client.ask(method, params).unwrap_or_else(|error| panic!("{method} of {path}: {error}"))
    };
    for method in OF {
        sound(client, method, json!({ "textDocument": document }));
    }
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    sound(client, "textDocument/formatting", json!({ "textDocument": document, "options": options }));
    let known = sound(client, "textDocument/semanticTokens/full", json!({ "textDocument": document }));
    let since = json!({ "textDocument": document, "previousResultId": known["resultId"] });
    sound(client, "textDocument/semanticTokens/full/delta", since);
    sound(client, "workspace/symbol", json!({ "query": path }));
    sound(client, "xks/graph", document.clone());
    for &offset in offsets {
        let place = json!({ "textDocument": document, "position": draw::position(client.encoding, &text, offset) });
        let list = sound(client, "textDocument/completion", place.clone());
        for item in list["items"].as_array().into_iter().flatten().take(3) {
            sound(client, "completionItem/resolve", item.clone());
        }
        for item in sound(client, "textDocument/prepareCallHierarchy", place.clone()).as_array().into_iter().flatten() {
            sound(client, "callHierarchy/incomingCalls", json!({ "item": item }));
            sound(client, "callHierarchy/outgoingCalls", json!({ "item": item }));
        }
        let implementation = sound(client, "textDocument/implementation", place);
        let preview = json!({ "uri": implementation[0]["uri"] });
        if !preview["uri"].is_null() {
            let text = sound(client, "workspace/textDocumentContent", preview.clone());
            assert!(text["text"].as_str().is_some_and(|text| text.contains("kind:")), "{text}");
        }
        for place in implementation.as_array().into_iter().flatten() {
            assert_eq!(place["uri"], preview["uri"], "a file has one preview");
            let back = json!({ "textDocument": preview, "position": place["range"]["start"] });
            assert!(!sound(client, "textDocument/definition", back).is_null());
        }
    }
}

/// The borders of words, and one place in each of them.
fn places(text: &str) -> Vec<usize> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let is_word = |at: usize| chars.get(at).is_some_and(|(_, c)| c.is_alphanumeric());
    let border =
        |at: usize| at == 0 || !is_word(at) || !is_word(at - 1) || at >= 2 && is_word(at - 1) && !is_word(at - 2);
    let mut found: Vec<usize> = (0..chars.len()).filter(|&at| border(at)).map(|at| chars[at].0).collect();
    // Nobody names the place between CR and LF.
    found.retain(|&at| !text[..at].ends_with('\r'));
    found.push(text.len());
    found
}

fn boundaries(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

/// The files of an example.
fn example(name: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name);
    let (found, unreadable) = xks_disk::find(&root);
    assert!(unreadable.is_empty() && found.len() > 2);
    let mut files: Vec<(String, String)> = found
        .into_iter()
        .map(|file| (file.name, xks_disk::read(&file.path, xks_core::syntax::MAX_FILE).expect("a text")))
        .collect();
    for entry in std::fs::read_dir(root.join("manifests")).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let name = format!("manifests/{}", path.file_name().and_then(|name| name.to_str()).expect("a name"));
        files.push((name, std::fs::read_to_string(&path).expect("a text")));
    }
    files.sort();
    files
}

#[test]
fn every_place_of_the_examples() {
    for (name, encoding) in [("shop", Encoding::Utf16), ("guide", Encoding::Utf8)] {
        let files = example(name);
        let mut client = Client::with_files(&files, &Options { encoding, ..Options::default() });
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".xks")) {
            client.open(path, text);
            let places = places(text);
            ask_at(&mut client, path, &places);
            let some: Vec<usize> = places.into_iter().step_by(7).collect();
            ask_on(&mut client, path, &some);
        }
        client.finish();
    }
}

#[test]
fn every_end_of_a_text_that_is_cut_short() {
    let text = "tenant shop\napp web, api { port http 8080 }\nallow web -> payments/api:http because \"é😀\"\n\
                expose web at web.${domain}/x tls shared { limit rps 10 }\nexport api:http to payments\n\
                group all = web, payments/api\nplatform { env dev { domain = x.example.com } lint missing-tls deny }\n";
    let files = [("shop.xks".to_string(), String::new()), ("payments.xks".to_string(), "app api\n".to_string())];
    for encoding in [Encoding::Utf8, Encoding::Utf16] {
        let mut client = Client::with_files(&files, &Options { encoding, ..Options::default() });
        client.open("shop.xks", "");
        for end in boundaries(text) {
            let length = client.text("shop.xks").len();
            client.edit("shop.xks", 0..length, &text[..end]);
            let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
            let line: Vec<usize> = boundaries(text).into_iter().filter(|at| (start..=end).contains(at)).collect();
            let last = line.len().saturating_sub(8);
            ask_at(&mut client, "shop.xks", &line[last..]);
        }
        client.finish();
    }
}

/// A rename is tried at every name of one file.
#[test]
fn every_name_of_a_file_can_be_renamed_or_is_refused() {
    let files = example("shop");
    let mut client = Client::with_files(&files, &Options::default());
    let (path, text) = files.iter().find(|(path, _)| path.ends_with("payments.xks")).expect("a file");
    client.open(path, text);
    let mut renamed = 0;
    for offset in boundaries(text) {
        let starts_word = |at: usize| text[at..].starts_with(|c: char| c.is_alphanumeric());
        if !starts_word(offset) || offset > 0 && starts_word(offset - 1) {
            continue;
        }
        let params = json!({
            "textDocument": { "uri": client.uri(path) },
            "position": draw::position(client.encoding, text, offset),
            "newName": "fresh",
        });
        match client.ask("textDocument/rename", params) {
            Ok(edit) if !edit.is_null() => {
                crate::edit::apply(&client, &edit);
                renamed += 1;
            }
            Ok(_) => {}
            Err(error) => assert_eq!(error["code"], -32803),
        }
    }
    assert!(renamed > 10, "{renamed}");
    client.finish();
}
