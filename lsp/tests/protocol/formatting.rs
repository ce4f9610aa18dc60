//! `textDocument/formatting`, `…/rangeFormatting`, `…/onTypeFormatting`

use crate::fixture::{Session, cases};
use serde_json::{Value, json};

fn options() -> Value {
    json!({ "tabSize": 2, "insertSpaces": true })
}

fn format(session: &mut Session) -> Value {
    let params = json!({ "textDocument": session.document(), "options": options() });
    session.client.ask("textDocument/formatting", params).expect("edits")
}

#[test]
fn documents() {
    cases("formatting", |session| {
        let edits = format(session);
        let formatted = session.edited(&edits);
        let all = session.client.text(&session.path).len();
        let path = session.path.clone();
        session.client.edit(&path, 0..all, &formatted);
        assert_eq!(format(session), json!([]), "formatted again, it changes again");
        formatted
    });
}

#[test]
fn ranges() {
    cases("formatting_range", |session| {
        let range = session.range();
        let params = json!({ "textDocument": session.document(), "range": range, "options": options() });
        let edits = session.client.ask("textDocument/rangeFormatting", params).expect("edits");
        let several = json!({ "textDocument": session.document(), "ranges": [range], "options": options() });
        assert_eq!(session.client.ask("textDocument/rangesFormatting", several).expect("edits"), edits);
        session.edited(&edits)
    });
}

#[test]
fn as_it_is_typed() {
    cases("formatting_typed", |session| {
        let text = session.client.text(&session.path);
        let typed = if text[..session.cursors[0]].ends_with('}') { "}" } else { "\n" };
        let mut params = session.place();
        params["ch"] = json!(typed);
        params["options"] = options();
        let edits = session.client.ask("textDocument/onTypeFormatting", params).expect("edits");
        session.edited(&edits)
    });
}
