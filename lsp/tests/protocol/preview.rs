//! `workspace/textDocumentContent`, `xks/preview`, `textDocument/implementation` and `textDocument/definition` between a source
//! and its preview.

use crate::client::{Client, Options, uri};
use crate::fixture::{Session, cases};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The URI as VS Code writes it: everything in the query is escaped.
fn preview_of(client: &Client, path: &str, fragment: &str) -> String {
    let source = client.uri(path);
    let query: String = source
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") })
        .collect();
    let whole = source.strip_prefix("file://").expect("a file");
    format!("xks-preview:{whole}.yaml?{query}{fragment}")
}

fn content(client: &mut Client, uri: &str) -> String {
    let answer = client.ask("workspace/textDocumentContent", json!({ "uri": uri })).expect("a document");
    answer["text"].as_str().expect("a text").to_string()
}

#[test]
fn preview() {
    cases("preview", |session| {
        let path = session.path.clone();
        let text = session.client.text(&path);
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        let fragment = match session.cursors.as_slice() {
            [] => String::new(),
            [first, .., last] => format!("#L{}-L{}", line(*first), line(*last)),
            [only] => format!("#L{}-L{}", line(*only), line(*only)),
        };
        let uri = preview_of(&session.client, &path, &fragment);
        let text = content(&mut session.client, &uri);
        if fragment.is_empty() {
            let params = json!({ "uri": session.client.uri(&path) });
            assert_eq!(session.client.ask("xks/preview", params).expect("a preview")["text"], json!(text));
        }
        text
    });
}

#[test]
fn implementation_leads_into_the_preview_and_definition_back() {
    cases("implementation", |session| {
        let answer = session.ask("textDocument/implementation");
        let mut out = String::new();
        for place in answer.as_array().expect("places") {
            let text = content(&mut session.client, place["uri"].as_str().expect("a URI"));
            let line = |end: &str| place["range"][end]["line"].as_u64().expect("a line") as usize;
            let shown: Vec<&str> = text.lines().skip(line("start")).take(line("end") - line("start")).collect();
            out += &format!("{}\n", shown.join("\n"));
            let params = json!({ "textDocument": { "uri": place["uri"] }, "position": place["range"]["start"] });
            let back = session.client.ask("textDocument/definition", params).expect("places");
            out += &session.client.draw_locations(&back);
        }
        out
    });
}

#[test]
fn a_preview_is_refreshed_when_it_changes() {
    let mut session = Session::start("app web, api\nallow web -> api:80\n", &Options::default());
    let uri = preview_of(&session.client, "shop.xks", "");
    let before = content(&mut session.client, &uri);
    session.client.edit("shop.xks", 31..32, "1");
    assert_eq!(session.client.wait_for("workspace/textDocumentContent/refresh")["uri"], json!(uri));
    let after = content(&mut session.client, &uri);
    assert!(before.contains("port: 80\n") && after.contains("port: 81\n"), "{before}{after}");
    for other in ["xks-preview:/no/such.xks.yaml", "xks-preview:nonsense?%ff", "xks-preview:"] {
        assert_eq!(content(&mut session.client, other), "", "{other}");
    }
    session.client.finish();
}

/// The documents of a YAML file.
fn documents(text: &str) -> impl Iterator<Item = String> {
    let kept = text.split_inclusive('\n').filter(|line| !line.starts_with("# generated/"));
    let text: String = kept.collect();
    text.split("---\n").skip(1).map(str::to_string).collect::<Vec<_>>().into_iter()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            files(&entry, found);
        } else {
            found.push(entry);
        }
    }
}

#[test]
fn previews_of_all_files_are_what_a_build_writes() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").canonicalize().expect("the examples");
    for example in std::fs::read_dir(examples).expect("examples").map(|entry| entry.expect("an entry").path()) {
        if !example.join("generated").is_dir() {
            continue;
        }
        let mut paths = Vec::new();
        files(&example, &mut paths);
        let mut client = Client::at(example.clone(), &Options::default());
        let (mut built, mut shown) = (BTreeSet::new(), BTreeSet::new());
        for path in paths {
            let name = path.strip_prefix(&example).expect("below").to_str().expect("a path");
            let text = std::fs::read_to_string(&path).expect("a text");
            if name.ends_with(".xks") {
                let source = uri(&path);
                let answer: Value = client.ask("xks/preview", json!({ "uri": source })).expect("a preview");
                shown.extend(documents(answer["text"].as_str().expect("a text")));
            } else if name.starts_with("generated/") && !name.contains("kustomization") {
                built.extend(documents(&text));
            }
        }
        assert!(!built.is_empty(), "{}", example.display());
        let lacking: Vec<_> = built.difference(&shown).chain(shown.difference(&built)).collect();
        assert!(
            lacking.is_empty(),
            "{}: {}",
            example.display(),
            lacking.iter().map(|one| one.as_str()).collect::<String>()
        );
        client.finish();
    }
}
