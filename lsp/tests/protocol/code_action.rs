//! `textDocument/codeAction`

use crate::client::{Options, write};
use crate::edit;
use crate::fixture::{Session, cases};
use serde_json::{Value, json};

fn ask(session: &mut Session, only: Option<&str>) -> Vec<Value> {
    let only = only.map_or(Value::Null, |only| json!([only]));
    let params = json!({
        "textDocument": session.document(),
        "range": session.range(),
        "context": { "diagnostics": [], "only": only },
    });
    let answer = session.client.ask("textDocument/codeAction", params).expect("actions");
    answer.as_array().expect("a list").clone()
}

fn draw(session: &mut Session) -> String {
    let mut out = String::new();
    let mut actions = ask(session, None);
    actions.extend(ask(session, Some("source")));
    for action in actions {
        let preferred = if action["isPreferred"] == true { ", preferred" } else { "" };
        let for_code = action["diagnostics"][0]["code"].as_str().map_or(String::new(), |code| format!(" for {code}"));
        let (title, kind) = (action["title"].as_str().expect("a title"), action["kind"].as_str().expect("a kind"));
        out += &format!("{title} [{kind}{preferred}]{for_code}\n");
        out += &format!("  {}\n", edit::draw(&session.client, &action["edit"]).trim_end().replace('\n', "\n  "));
    }
    if out.is_empty() { "nothing\n".to_string() } else { out }
}

#[test]
fn actions() {
    cases("code_action", draw);
}

#[test]
fn only_what_is_asked_for() {
    let text = "app web\nexpose w$0eb at web.example.com\nallow web -> ingres\n";
    let mut session = Session::start(text, &Options::default());
    let mut kinds = |only: &str| -> Vec<String> {
        let actions = ask(&mut session, Some(only));
        actions.iter().map(|action| action["kind"].as_str().expect("a kind").to_string()).collect()
    };
    assert!(kinds("quickfix").iter().all(|kind| kind == "quickfix"));
    assert!(!kinds("refactor").is_empty() && kinds("refactor").iter().all(|kind| kind == "refactor.rewrite"));
    assert_eq!(kinds("source"), ["source.sort"]);
    assert_eq!(kinds("source.fixAll"), [""; 0]);
    assert_eq!(kinds("refactor.inline"), [""; 0]);
    session.client.finish();
}

/// What is put in has the line ends of the file.
#[test]
fn windows_line_ends_stay() {
    let text = "platform {\r\n  ipv6 off\r\n}\r\napp web\r\nallow web -> ca$0rt:80, internet:53/udp\r\nexpose web at a.example.com\r\n";
    let mut session = Session::start(text, &Options::default());
    let actions = ask(&mut session, None);
    assert!(actions.iter().any(|action| action["title"] == "Declare `app cart`"), "{actions:?}");
    for action in &actions {
        for (path, text) in edit::apply(&session.client, &action["edit"]).texts {
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{path}: {text:?}");
        }
    }
    session.client.finish();
}

/// What a quick fix makes of a platform that is formatted is formatted.
#[test]
fn a_level_is_put_where_the_formatter_leaves_it() {
    let platforms = [
        "platform {\n  ipv6 off  # no v6 here\n}\n",
        "platform { ipv6 on }\n",
        "platform {\n  kubernetes 1.33\n\n  # Behind it.\n}\n",
        "platform { }\n",
    ];
    for platform in platforms {
        let text = format!("tenant shop\napp web\nexpose web at web.exam$0ple.com\n{platform}");
        let before = text.replace("$0", "");
        assert_eq!(xks_core::syntax::format::format(&before), before);
        let mut session = Session::start(&text, &Options::default());
        let actions = ask(&mut session, None);
        let title = "Allow `missing-tls` in the whole workspace";
        let action = actions.iter().find(|action| action["title"] == title).expect(title);
        let after = edit::apply(&session.client, &action["edit"]).texts.remove("shop.xks").expect("a text");
        assert_eq!(xks_core::syntax::format::format(&after), after);
        assert!(after.contains("lint missing-tls allow"), "{after}");
        assert!(!platform.contains("no v6 here") || after.contains("  ipv6 off  # no v6 here\n"), "{after}");
        session.client.finish();
    }
}

/// Sorting changes nothing that a build writes.
#[test]
fn sorting_keeps_the_meaning() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for example in ["shop", "guide"] {
        let root = examples.join(example);
        let sources = files(&root, "xks");
        assert!(sources.len() > 3, "{example}");
        let folder = tempfile::tempdir().expect("a folder");
        for path in sources.iter().chain(&files(&root, "yaml")) {
            let text = std::fs::read_to_string(root.join(path)).expect("a file");
            write(&folder.path().join(path), &text);
        }
        let built = |folder: &std::path::Path| {
            let (found, _) = xks_disk::find(folder);
            let read = |file: &xks_disk::Found| {
                let text = xks_disk::read(&file.path, usize::MAX >> 1).expect("a text");
                xks_core::source::Source::new(file.name.clone(), text)
            };
            let sources = xks_core::source::Sources::new(found.iter().map(read).collect());
            let parsed = xks_core::parse(&sources);
            let manifests = xks_disk::read_includes(folder, xks_core::includes(&sources, &parsed), usize::MAX >> 1);
            let analysis = xks_core::analyze(&sources, &parsed, &manifests, &xks_core::Options::default());
            let checked = analysis.checked().expect("no error");
            xks_core::build(&sources, &checked, None, xks_core::emit::Format::Yaml).expect("a proof").files
        };
        let before = built(folder.path());
        let mut session_root =
            crate::client::Client::at(folder.path().canonicalize().expect("a path"), &Options::default());
        let mut sorted = 0;
        for path in &sources {
            session_root.open(path, &std::fs::read_to_string(root.join(path)).expect("a file"));
            let start = json!({ "line": 0, "character": 0 });
            let params = json!({
                "textDocument": { "uri": session_root.uri(path) },
                "range": { "start": start, "end": start },
                "context": { "diagnostics": [], "only": ["source.sort"] },
            });
            let actions = session_root.ask("textDocument/codeAction", params).expect("actions");
            if let Some(action) = actions.as_array().expect("a list").first() {
                let outcome = edit::apply(&session_root, &action["edit"]);
                write(&folder.path().join(path), &outcome.texts[path.as_str()]);
                sorted += 1;
            }
        }
        assert!(sorted > 0, "every file of {example} is sorted already");
        let after = built(folder.path());
        assert_eq!(before.len(), after.len());
        for ((path, before), (same, after)) in before.iter().zip(&after) {
            assert_eq!((path, before), (same, after), "{example}");
        }
        session_root.finish();
    }
}

/// The files below a folder with that ending, without what a build wrote.
fn files(root: &std::path::Path, ending: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "generated") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path.strip_prefix(root).expect("a path below").to_str().expect("a name").to_string());
            }
        }
    }
    found.sort();
    found
}
