//! `textDocument/codeLens`

use crate::client::Options;
use crate::fixture::{Session, cases};
use serde_json::json;

#[test]
fn code_lens() {
    cases("code_lens", |session| {
        let params = json!({ "textDocument": session.document() });
        let answer = session.client.ask("textDocument/codeLens", params).expect("lenses");
        let mut out = String::new();
        for lens in answer.as_array().expect("lenses") {
            let command = &lens["command"];
            out += &session.client.draw(&session.path.clone(), &lens["range"]);
            out += &format!("  {} -> {}\n", command["title"], command["command"].as_str().expect("a command"));
            for line in command["tooltip"].as_str().unwrap_or_default().lines() {
                out += &format!("    {line}\n");
            }
            for place in command["arguments"][2].as_array().into_iter().flatten() {
                out += &format!("    {}\n", session.client.draw_location(place).trim_end().replace('\n', "\n    "));
            }
        }
        if out.is_empty() { "nothing\n".to_string() } else { out }
    });
}

#[test]
fn lenses_can_be_switched_off() {
    let off = json!({ "initializationOptions": { "codeLens": { "objects": false, "reachability": false } } });
    let mut session = Session::start("tenant shop\napp web\n", &Options { initialize: off, ..Options::default() });
    let params = json!({ "textDocument": session.document() });
    assert_eq!(session.client.ask("textDocument/codeLens", params.clone()).expect("lenses"), json!([]));
    let on = json!({ "settings": { "xks": { "codeLens": { "objects": true, "reachability": false } } } });
    session.client.notify("workspace/didChangeConfiguration", on);
    session.client.wait_for("workspace/codeLens/refresh");
    let lenses = session.client.ask("textDocument/codeLens", params).expect("lenses");
    assert_eq!(lenses[0]["command"]["title"], "1 object");
    session.client.finish();
}
