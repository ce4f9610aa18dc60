//! `textDocument/publishDiagnostics`, `textDocument/diagnostic`, `workspace/diagnostic`

use crate::client::Client;
use crate::fixture::{Session, cases, cases_with};
use serde_json::{Value, json};

/// The findings of all files, drawn.
fn draw(client: &Client, files: impl Iterator<Item = (String, Value)>) -> String {
    let mut out = String::new();
    for (path, found) in files {
        for one in found.as_array().expect("a list") {
            let level =
                ["error", "warning", "information", "hint"][one["severity"].as_u64().expect("a level") as usize - 1];
            out += &format!("{level}[{}] {}", one["code"].as_str().expect("a code"), client.draw(&path, &one["range"]));
            out += &format!("  {}\n", one["message"].as_str().expect("a message").replace('\n', "\n  "));
            for related in one["relatedInformation"].as_array().into_iter().flatten() {
                let at = client.draw_location(&related["location"]).replace('\n', "\n  ");
                out += &format!("  {}\n  {}\n", related["message"].as_str().expect("a message"), at.trim_end());
            }
        }
    }
    if out.is_empty() { "nothing\n".to_string() } else { out }
}

fn pushed(session: &mut Session) -> String {
    let path = session.path.clone();
    session.client.findings(&path);
    // Those of the other files come right before or behind; an answer stands behind them all.
    session.client.ask("workspace/diagnostic", json!({ "previousResultIds": [] })).expect("an answer");
    draw(&session.client, session.client.pushed.iter().map(|(path, (_, found))| (path.clone(), found.clone())))
}

fn pulled(session: &mut Session) -> String {
    let params = json!({ "previousResultIds": [] });
    let report = session.client.ask("workspace/diagnostic", params).expect("a report");
    let items = report["items"].as_array().expect("items");
    let files = items.iter().map(|item| {
        let path = session.client.path(item["uri"].as_str().expect("a URI")).to_string();
        (path, item["items"].clone())
    });
    draw(&session.client, files.collect::<Vec<_>>().into_iter())
}

#[test]
fn findings_are_pushed() {
    cases("diagnostics", pushed);
}

#[test]
fn findings_are_pulled() {
    cases_with("diagnostics", json!({ "initializationOptions": { "diagnostics": "pull" } }), pulled);
}

#[test]
fn what_is_known_is_not_sent_again() {
    let mut session = Session::start("app web\nallow wbe -> internet\n", &crate::client::Options::default());
    let document = session.document();
    let first = session.client.ask("textDocument/diagnostic", json!({ "textDocument": document })).expect("a report");
    assert_eq!(first["kind"], "full");
    assert_eq!(first["items"].as_array().expect("items").len(), 1);
    let again = json!({ "textDocument": document, "previousResultId": first["resultId"] });
    let second = session.client.ask("textDocument/diagnostic", again.clone()).expect("a report");
    assert_eq!(second, json!({ "kind": "unchanged", "resultId": first["resultId"] }));
    session.client.edit("shop.xks", 14..17, "web");
    let third = session.client.ask("textDocument/diagnostic", again).expect("a report");
    assert_eq!((&third["kind"], &third["items"]), (&json!("full"), &json!([])));
    session.client.finish();
}
