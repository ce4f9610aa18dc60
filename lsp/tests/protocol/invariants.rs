//! `never` and `expect`, held when files are opened and saved.

use crate::client::{Client, Encoding, Options};
use serde_json::{Value, json};

const SHOP: &str = "app web\nallow web -> payments/api\nnever web -> payments/api\n";
const PAYMENTS: &str = "app api, ledger\nexport api to shop\nexpect shop/web -> ledger\n";

fn client(initialize: Value) -> Client {
    let files =
        [("shop.xks", SHOP), ("payments.xks", PAYMENTS)].map(|(path, text)| (path.to_string(), text.to_string()));
    Client::with_files(&files, &Options { encoding: Encoding::Utf16, initialize })
}

fn has(found: &Value, code: &str) -> bool {
    found.as_array().is_some_and(|found| found.iter().any(|one| one["code"] == code))
}

fn saved(client: &mut Client, path: &str) {
    let uri = client.uri(path);
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
}

#[test]
fn they_are_held_on_opening_and_saving_and_follow_their_statements() {
    let mut client = client(json!({}));
    client.findings_where("payments.xks", |found| has(found, "broken-expect"));
    let found = client.findings_where("shop.xks", |found| has(found, "broken-never"));
    let broken = &found.as_array().expect("findings")[0];
    assert_eq!(client.draw("shop.xks", &broken["range"]).lines().nth(1), Some("  never web -> payments/api"));
    assert_eq!(broken["relatedInformation"][0]["location"]["uri"], client.uri("shop.xks"), "what opens the way");

    client.open("shop.xks", SHOP);
    client.edit("shop.xks", 0..0, "# 😀 é\n");
    let found = client.findings("shop.xks");
    assert!(has(&found, "broken-never"), "it moves along: {found}");
    assert_eq!(found[0]["range"]["start"]["line"], 3);

    // What opens the way is another statement now, so nothing is known until the file is saved.
    let at = client.text("shop.xks").find("/api\n").expect("a place") + 4;
    client.edit("shop.xks", at..at, ":80");
    assert!(!has(&client.findings("shop.xks"), "broken-never"));
    saved(&mut client, "shop.xks");
    client.findings_where("shop.xks", |found| has(found, "broken-never"));
    client.finish();
}

#[test]
fn nothing_is_known_while_there_are_errors() {
    let mut client = client(json!({}));
    client.findings_where("shop.xks", |found| has(found, "broken-never"));
    client.open("shop.xks", SHOP);
    client.edit("shop.xks", SHOP.len()..SHOP.len(), "allow web ->\n");
    saved(&mut client, "shop.xks");
    client.findings_where("shop.xks", |found| has(found, "syntax-error") && !has(found, "broken-never"));
    client.finish();
}

#[test]
fn they_are_pulled_too_and_can_be_mended() {
    let mut client = client(json!({
        "initializationOptions": { "diagnostics": "pull" },
        "capabilities": { "workspace": { "diagnostics": { "refreshSupport": true } } },
    }));
    client.wait_for("workspace/diagnostic/refresh");
    let document = json!({ "uri": client.uri("payments.xks") });
    let report = client.ask("textDocument/diagnostic", json!({ "textDocument": document })).expect("a report");
    assert!(has(&report["items"], "broken-expect"), "{report}");
    let range = &report["items"][0]["range"];
    let params =
        json!({ "textDocument": document, "range": range, "context": { "diagnostics": [], "only": ["quickfix"] } });
    let actions = client.ask("textDocument/codeAction", params).expect("actions");
    assert!(actions.as_array().is_some_and(|actions| !actions.is_empty()), "{report}");
    client.finish();
}
