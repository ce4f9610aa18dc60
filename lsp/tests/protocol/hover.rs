//! `textDocument/hover`

use crate::fixture::cases;

#[test]
fn hover() {
    cases("hover", |session| {
        let answer = session.ask("textDocument/hover");
        let Some(text) = answer["contents"]["value"].as_str() else { return "nothing\n".to_string() };
        let range = session.client.draw(&session.path.clone(), &answer["range"]);
        format!("{range}\n{}\n", session.without_root(text))
    });
}
