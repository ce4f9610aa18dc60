//! A request sees every change before it and none behind it, however many there are; what is slow holds up nothing.

use crate::client::{Client, Options};
use crate::fixture::Session;
use serde_json::{Value, json};

/// The names in the outline of a file.
fn names(answer: &Value) -> Vec<&str> {
    answer.as_array().expect("symbols").iter().map(|one| one["name"].as_str().expect("a name")).collect()
}

#[test]
fn changes_and_requests_keep_their_order() {
    let mut session = Session::start("app a0\n", &Options::default());
    let document = json!({ "textDocument": session.document() });
    let client = &mut session.client;
    let mut asked = Vec::new();
    for count in 1..=500 {
        let end = client.text("shop.xks").len();
        client.edit("shop.xks", end..end, &format!("app a{count}\n"));
        if count % 7 == 0 {
            asked.push((count, client.post("textDocument/documentSymbol", document.clone())));
        }
    }
    for (count, id) in asked {
        let answer = client.answer(id).expect("symbols");
        assert_eq!(names(&answer).len(), count + 1, "asked behind {count} changes");
    }
    let answer = client.ask("textDocument/diagnostic", document).expect("a report");
    assert_eq!(answer["items"], json!([]));
    session.client.finish();
}

/// The framework answers so many requests at a time; typing goes on behind more of them.
#[test]
fn many_requests_in_flight_do_not_hold_up_a_change() {
    let text: String = (0..100).map(|at| format!("app a{at}\nallow a{at} -> nobody{at}\n")).collect();
    let mut session = Session::start(&text, &Options::default());
    let document = json!({ "textDocument": session.document() });
    let client = &mut session.client;
    let flood: Vec<i64> = (0..400)
        .map(|at| match at % 3 {
            0 => client.post("workspace/diagnostic", json!({ "previousResultIds": [] })),
            1 => client.post("workspace/symbol", json!({ "query": "" })),
            _ => client.post("textDocument/diagnostic", document.clone()),
        })
        .collect();
    client.edit("shop.xks", 0..0, "app first\n");
    let behind = client.post("textDocument/documentSymbol", document);
    for id in flood {
        assert!(client.answer(id).is_ok());
    }
    assert_eq!(names(&client.answer(behind).expect("symbols"))[0], "first");
    session.client.finish();
}

#[test]
fn changes_that_queue_up_are_analysed_once_they_are_all_there() {
    let mut session = Session::start("app web\n", &Options::default());
    let client = &mut session.client;
    client.findings("shop.xks");
    for c in "allow wbe -> internet\n".chars() {
        let end = client.text("shop.xks").len();
        client.edit("shop.xks", end..end, &c.to_string());
    }
    let found = client.findings("shop.xks");
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["code"], "unknown-app");
    session.client.finish();
}

#[test]
fn a_change_of_an_older_version_and_one_out_of_bounds() {
    let mut session = Session::start("app web\n", &Options::default());
    let uri = session.client.uri("shop.xks");
    let client = &mut session.client;
    let mut change = |version: i32, range: Value, text: &str| {
        let params = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "range": range, "text": text }],
        });
        client.notify("textDocument/didChange", params);
        let document = json!({ "textDocument": { "uri": uri } });
        let answer = client.ask("textDocument/documentSymbol", document).expect("symbols");
        names(&answer).join(" ")
    };
    let range = |from: [u32; 2], to: [u32; 2]| json!({ "start": { "line": from[0], "character": from[1] }, "end": { "line": to[0], "character": to[1] } });
    assert_eq!(change(7, range([99, 99], [199, 0]), "app api\n"), "web api");
    assert_eq!(change(6, range([0, 0], [9, 0]), ""), "web api", "an older version");
    assert_eq!(change(8, range([0, 99], [0, 0]), " port http 80"), "web api", "an inverted range is an empty one");
    assert_eq!(client_whole(client, &uri), "all");
    session.client.finish();
}

/// Replaces a whole document.
fn client_whole(client: &mut Client, uri: &str) -> String {
    let params = json!({ "textDocument": { "uri": uri, "version": 9 }, "contentChanges": [{ "text": "app all\n" }] });
    client.notify("textDocument/didChange", params);
    let answer = client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).expect("symbols");
    names(&answer).join(" ")
}

#[test]
fn what_is_taken_back_is_answered_all_the_same() {
    let mut session = Session::start("app web\nallow web -> internet\n", &Options::default());
    let document = json!({ "textDocument": session.document() });
    for _ in 0..50 {
        let id = session.client.post("workspace/diagnostic", json!({ "previousResultIds": [] }));
        session.client.notify("$/cancelRequest", json!({ "id": id }));
        if let Err(error) = session.client.answer(id) {
            assert_eq!(error["code"], -32800);
        }
    }
    assert!(session.client.ask("textDocument/documentSymbol", document).is_ok());
    session.client.finish();
}
