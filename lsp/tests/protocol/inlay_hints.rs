//! `textDocument/inlayHint`

use crate::client::Options;
use crate::draw;
use crate::fixture::{Session, cases};
use serde_json::json;

fn hints(session: &mut Session) -> String {
    let mut text = session.client.text(&session.path);
    let end = draw::position(session.client.encoding, &text, text.len());
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": end });
    let params = json!({ "textDocument": session.document(), "range": range });
    let answer = session.client.ask("textDocument/inlayHint", params).expect("hints");
    for hint in answer.as_array().expect("hints").iter().rev() {
        let at = draw::offset(session.client.encoding, &text, &hint["position"]);
        text.insert_str(at, &format!("‹{}›", hint["label"][0]["value"].as_str().expect("a label")));
    }
    text
}

#[test]
fn inlay_hints() {
    cases("inlay_hints", hints);
}

#[test]
fn hints_can_be_switched_off() {
    let text = "app web port http 80\nallow web -> web:http\nexpose web at a.example.com tls shared\n";
    let off = json!({ "initializationOptions": { "inlayHints": { "ports": false, "certificates": false } } });
    let mut session = Session::start(text, &Options { initialize: off, ..Options::default() });
    assert_eq!(hints(&mut session), text.replace("tls shared", "tls shared‹in shared-cert›"));
    session.client.finish();
}
