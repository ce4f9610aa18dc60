//! `textDocument/foldingRange`, `textDocument/selectionRange`

use crate::fixture::cases;
use serde_json::json;

#[test]
fn folding() {
    cases("folding", |session| {
        let params = json!({ "textDocument": session.document() });
        let answer = session.client.ask("textDocument/foldingRange", params).expect("folds");
        let text = session.client.text(&session.path);
        let lines: Vec<&str> = text.lines().collect();
        let mut out = String::new();
        for fold in answer.as_array().expect("folds") {
            let line = |end: &str| fold[end].as_u64().expect("a line") as usize;
            let (start, end) = (line("startLine"), line("endLine"));
            out += &format!("{}-{} {}: {}\n", start + 1, end + 1, fold["kind"], lines[start]);
        }
        if out.is_empty() { "nothing\n".to_string() } else { out }
    });
}

#[test]
fn selection() {
    cases("selection", |session| {
        let place = session.place();
        let params = json!({ "textDocument": session.document(), "positions": [place["position"]] });
        let answer = session.client.ask("textDocument/selectionRange", params).expect("ranges");
        let mut grown = &answer[0];
        let mut out = String::new();
        while grown.is_object() {
            out += &session.client.draw(&session.path.clone(), &grown["range"]);
            grown = &grown["parent"];
        }
        out
    });
}
