//! `textDocument/documentLink`

use crate::fixture::cases;
use serde_json::json;

#[test]
fn links() {
    cases("links", |session| {
        let params = json!({ "textDocument": session.document() });
        let answer = session.client.ask("textDocument/documentLink", params).expect("links");
        let links = answer.as_array().expect("links");
        let drawn = links.iter().map(|link| {
            let target = session.without_root(link["target"].as_str().expect("a target"));
            format!("{}  {target}\n", session.client.draw(&session.path, &link["range"]))
        });
        let drawn: String = drawn.collect();
        if drawn.is_empty() { "an empty list\n".to_string() } else { drawn }
    });
}
