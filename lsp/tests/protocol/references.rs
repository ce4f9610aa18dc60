//! `textDocument/references`, `textDocument/documentHighlight`, `textDocument/linkedEditingRange`

use crate::fixture::{Session, cases};
use serde_json::{Value, json};

fn draw(session: &mut Session) -> String {
    let mut params = session.place();
    params["context"] = json!({ "includeDeclaration": true });
    let all = session.client.ask("textDocument/references", params.clone()).expect("an answer");
    params["context"] = json!({ "includeDeclaration": false });
    let uses = session.client.ask("textDocument/references", params).expect("an answer");
    let count = |answer: &Value| answer.as_array().map_or(0, Vec::len);
    let mut out =
        format!("{}of {} places {} are uses\n", session.client.draw_locations(&all), count(&all), count(&uses));
    let path = session.path.clone();
    for found in session.ask("textDocument/documentHighlight").as_array().into_iter().flatten() {
        let kind = ["", "text", "read", "write"][found["kind"].as_u64().expect("a kind") as usize];
        out += &format!("{kind} {}", session.client.draw(&path, &found["range"]));
    }
    let linked = session.ask("textDocument/linkedEditingRange");
    let ranges = linked["ranges"].as_array().map_or(0, Vec::len);
    out += &format!("{ranges} places change together\n");
    out
}

#[test]
fn references() {
    cases("references", draw);
}
