//! Every request at every position of the shop example, and at every position of texts cut short: there is always an answer.

use crate::client::{Client, Encoding, Options};
use crate::draw;
use serde_json::{Value, json};
use std::path::Path;

/// What can be asked about a place.
const AT: &[&str] = &[
    "textDocument/declaration",
    "textDocument/definition",
    "textDocument/documentHighlight",
    "textDocument/linkedEditingRange",
    "textDocument/prepareCallHierarchy",
    "textDocument/prepareRename",
];

/// How many questions wait for answers at a time.
const IN_FLIGHT: usize = 200;

/// Asks everything at these bytes of an open document. Errors are answers only to what may be refused.
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
    for &offset in offsets {
        let position = draw::position(client.encoding, &text, offset);
        let document = json!({ "uri": uri });
        for method in AT {
            let params = json!({ "textDocument": document, "position": position });
            asked.push((method.to_string(), offset, client.post(method, params)));
        }
        let others: [(&str, Value); 2] = [
            (
                "textDocument/references",
                json!({ "textDocument": document, "position": position, "context": { "includeDeclaration": true } }),
            ),
            (
                "textDocument/codeAction",
                json!({
                    "textDocument": document,
                    "range": { "start": position, "end": position },
                    "context": { "diagnostics": [], "only": ["quickfix", "refactor"] },
                }),
            ),
        ];
        for (method, params) in others {
            asked.push((method.to_string(), offset, client.post(method, params)));
        }
        if asked.len() >= IN_FLIGHT {
            settle(client, &mut asked);
        }
    }
    settle(client, &mut asked);
}

fn boundaries(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

/// The files of the shop.
fn shop() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop");
    let (found, unreadable) = xks_disk::find(&root);
    assert!(unreadable.is_empty() && found.len() > 5);
    let mut files: Vec<(String, String)> = found
        .into_iter()
        .map(|file| (file.name, xks_disk::read(&file.path, xks::syntax::MAX_FILE).expect("a text")))
        .collect();
    let manifests = root.join("manifests");
    for entry in std::fs::read_dir(manifests).expect("manifests") {
        let path = entry.expect("an entry").path();
        let name = format!("manifests/{}", path.file_name().and_then(|name| name.to_str()).expect("a name"));
        files.push((name, std::fs::read_to_string(&path).expect("a text")));
    }
    files.sort();
    files
}

#[test]
fn every_position_of_the_shop() {
    let files = shop();
    let mut client = Client::with_files(&files, &Options { encoding: Encoding::Utf16, ..Options::default() });
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".xks")) {
        client.open(path, text);
        ask_at(&mut client, path, &boundaries(text));
        let document = json!({ "textDocument": { "uri": client.uri(path) } });
        assert!(client.ask("textDocument/documentSymbol", document).is_ok());
    }
    client.finish();
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
    let files = shop();
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
