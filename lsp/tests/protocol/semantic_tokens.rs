//! `textDocument/semanticTokens/full`, `…/full/delta`, `…/range`

use crate::client::{Encoding, Options};
use crate::draw;
use crate::fixture::{Session, cases};
use serde_json::{Value, json};

/// The words with what they are: `web[class.declaration]`.
fn draw(session: &mut Session, data: &Value) -> String {
    let text = session.client.text(&session.path);
    let numbers: Vec<u64> = data.as_array().expect("data").iter().map(|n| n.as_u64().expect("a number")).collect();
    let (types, modifiers) = legend(session);
    let (mut line, mut column, mut end) = (0, 0, 0);
    let mut out = String::new();
    for token in numbers.chunks_exact(5) {
        line += token[0];
        column = if token[0] == 0 { column + token[1] } else { token[1] };
        let at = |column| json!({ "line": line, "character": column });
        let start = draw::offset(session.client.encoding, &text, &at(column));
        let stop = draw::offset(session.client.encoding, &text, &at(column + token[2]));
        assert!(end <= start && start < stop, "tokens overlap");
        let set = modifiers.iter().enumerate().filter(|(bit, _)| token[4] >> bit & 1 == 1);
        let set: String = set.map(|(_, name)| format!(".{name}")).collect();
        out += &format!("{}{}[{}{set}]", &text[end..start], &text[start..stop], types[token[3] as usize]);
        end = stop;
    }
    out + &text[end..]
}

fn legend(session: &Session) -> (Vec<String>, Vec<String>) {
    let legend = &session.client.capabilities["semanticTokensProvider"]["legend"];
    let names = |of: &str| {
        let names = legend[of].as_array().expect("a legend").iter();
        names.map(|name| name.as_str().expect("a name").to_string()).collect()
    };
    (names("tokenTypes"), names("tokenModifiers"))
}

#[test]
fn semantic_tokens() {
    cases("semantic_tokens", |session| {
        let params = json!({ "textDocument": session.document() });
        let answer = session.client.ask("textDocument/semanticTokens/full", params).expect("tokens");
        draw(session, &answer["data"])
    });
}

#[test]
fn a_delta_leads_to_the_same_tokens() {
    let text = "app web\nallow web -> internet:443 # why\nexpose web at a.example.com tls shared\n";
    let mut session = Session::start(text, &Options { encoding: Encoding::Utf16, ..Options::default() });
    let document = session.document();
    let full = |session: &mut Session| {
        session.client.ask("textDocument/semanticTokens/full", json!({ "textDocument": document })).expect("tokens")
    };
    let mut known = full(&mut session);
    for (bytes, with) in [(4..7, "shop"), (0..0, "# 😀\n"), (8..10, ""), (7..7, "app b; ")] {
        session.client.edit("shop.xks", bytes, with);
        let params = json!({ "textDocument": document, "previousResultId": known["resultId"] });
        let delta = session.client.ask("textDocument/semanticTokens/full/delta", params).expect("a delta");
        let mut data = known["data"].as_array().expect("data").clone();
        for edit in delta["edits"].as_array().expect("edits").iter().rev() {
            let start = edit["start"].as_u64().expect("a start") as usize;
            let gone = edit["deleteCount"].as_u64().expect("a count") as usize;
            let come = edit["data"].as_array().cloned().unwrap_or_default();
            data.splice(start..start + gone, come);
        }
        let fresh = full(&mut session);
        assert_eq!(json!(data), fresh["data"]);
        known = fresh;
    }
    let stale = json!({ "textDocument": document, "previousResultId": "no such" });
    let whole = session.client.ask("textDocument/semanticTokens/full/delta", stale).expect("tokens");
    assert_eq!(whole["data"], known["data"]);
    session.client.finish();
}

#[test]
fn a_range_has_the_tokens_that_touch_it() {
    let mut session = Session::start("app web\nal$0low web -> inter$0net\napp b\n", &Options::default());
    let params = json!({ "textDocument": session.document(), "range": session.range() });
    let answer = session.client.ask("textDocument/semanticTokens/range", params).expect("tokens");
    let drawn = draw(&mut session, &answer["data"]);
    assert_eq!(drawn, "app web\nallow[keyword] web[class] ->[operator] internet[keyword.defaultLibrary]\napp b\n");
    session.client.finish();
}
