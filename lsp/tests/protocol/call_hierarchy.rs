//! `textDocument/prepareCallHierarchy`, `callHierarchy/incomingCalls`, `callHierarchy/outgoingCalls`

use crate::fixture::{Session, cases};
use serde_json::{Value, json};

fn draw(session: &mut Session) -> String {
    let items = session.ask("textDocument/prepareCallHierarchy");
    let Some(item) = items.as_array().and_then(|items| items.first()).cloned() else { return "nothing\n".to_string() };
    let client = &mut session.client;
    let at = |item: &Value| json!({ "uri": item["uri"], "range": item["selectionRange"] });
    let mut out = format!("{} {}", item["name"].as_str().expect("a name"), client.draw_location(&at(&item)));
    for (method, end, title) in
        [("incoming", "from", "who may connect to it"), ("outgoing", "to", "what it may connect to")]
    {
        let calls = client.ask(&format!("callHierarchy/{method}Calls"), json!({ "item": item })).expect("calls");
        out += &format!("\n{title}\n");
        for call in calls.as_array().expect("calls") {
            let other = &call[end];
            let detail = other["detail"].as_str().unwrap_or_default();
            out += &format!(
                "- {} on {detail}: {}",
                other["name"].as_str().expect("a name"),
                client.draw_location(&at(other))
            );
            let caller = if end == "from" { other } else { &item };
            for range in call["fromRanges"].as_array().expect("ranges") {
                let place = client.draw_location(&json!({ "uri": caller["uri"], "range": range }));
                out += &format!("    {}\n", place.trim_end().replace('\n', "\n    "));
            }
        }
    }
    out
}

#[test]
fn connections() {
    cases("call_hierarchy", draw);
}
