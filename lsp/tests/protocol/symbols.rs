//! `textDocument/documentSymbol`, `workspace/symbol`

use crate::client::{Encoding, Options};
use crate::fixture::{Session, cases, cases_with};
use serde_json::{Value, json};

const KINDS: [&str; 27] = [
    "",
    "file",
    "module",
    "namespace",
    "package",
    "class",
    "method",
    "property",
    "field",
    "constructor",
    "enum",
    "interface",
    "function",
    "variable",
    "constant",
    "string",
    "number",
    "boolean",
    "array",
    "object",
    "key",
    "null",
    "enum member",
    "struct",
    "event",
    "operator",
    "type parameter",
];

fn kind(symbol: &Value) -> &'static str {
    KINDS[symbol["kind"].as_u64().expect("a kind") as usize]
}

fn outline(session: &mut Session) -> String {
    let document = session.document();
    let answer =
        session.client.ask("textDocument/documentSymbol", json!({ "textDocument": document })).expect("symbols");
    let text = session.client.text(&session.path);
    let mut out = String::new();
    draw(session, &text, &answer, &(0..text.len()), 0, &mut out);
    out
}

fn draw(
    session: &Session,
    text: &str,
    symbols: &Value,
    within: &std::ops::Range<usize>,
    depth: usize,
    out: &mut String,
) {
    for symbol in symbols.as_array().expect("symbols") {
        let bytes = |range: &Value| crate::draw::bytes(session.client.encoding, text, range);
        let (whole, name) = (bytes(&symbol["range"]), bytes(&symbol["selectionRange"]));
        assert!(whole.start <= name.start && name.end <= whole.end, "{symbol}");
        assert!(within.start <= whole.start && whole.end <= within.end, "{symbol}");
        let detail = symbol["detail"].as_str().map_or(String::new(), |detail| format!(" ({detail})"));
        let indent = "  ".repeat(depth);
        let name = &text[name];
        *out += &format!("{indent}{} {}{detail} at {name:?}\n", kind(symbol), symbol["name"].as_str().expect("a name"));
        if symbol["children"].is_array() {
            draw(session, text, &symbol["children"], &whole, depth + 1, out);
        }
    }
}

#[test]
fn outlines() {
    cases("symbols", outline);
}

#[test]
fn flat_outlines_hold_the_same_names() {
    let flat = json!({ "capabilities": { "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": false } } } });
    let mut session =
        Session::start("app web, api {\n  port http 80\n}\n", &Options { encoding: Encoding::Utf8, initialize: flat });
    let document = session.document();
    let answer =
        session.client.ask("textDocument/documentSymbol", json!({ "textDocument": document })).expect("symbols");
    let names: Vec<&str> =
        answer.as_array().expect("symbols").iter().map(|one| one["name"].as_str().expect("a name")).collect();
    assert_eq!(names, ["web, api", "http"]);
    assert_eq!(answer[0]["containerName"], "shop");
    session.client.finish();
}

/// The first line of a case says what is searched for.
fn search(session: &mut Session) -> String {
    let text = session.client.text(&session.path);
    let query = text.lines().next().and_then(|line| line.strip_prefix("# search")).expect("a line `# search …`").trim();
    let answer = session.client.ask("workspace/symbol", json!({ "query": query })).expect("symbols");
    let one = |symbol: &Value| {
        let (name, container) =
            (symbol["name"].as_str().expect("a name"), symbol["containerName"].as_str().unwrap_or("-"));
        format!("{} {name} in {container}: {}", kind(symbol), session.client.draw_location(&symbol["location"]))
    };
    answer.as_array().expect("symbols").iter().map(one).collect()
}

#[test]
fn searches() {
    cases_with("workspace_symbols", json!({}), search);
}
