//! The picture as a page that answers questions: one file, which asks no other.

mod data;

use super::{Graph, svg};
use xks_base::escape;

/// What stands in the page where a nonce goes. Whoever shows the page replaces every one by a nonce of its own.
pub const NONCE: &str = "__NONCE__";

/// The page under a title, with [`NONCE`] in place of the nonce that its content security policy asks for.
///
/// In a webview of Visual Studio Code, a click on a place posts `{ type: "open", file, line, column }`, with the path from the
/// workspace root, and line and column from 1.
pub fn html(graph: &Graph, title: &str) -> String {
    let mut out = String::new();
    let mut rest = include_str!("html/page.html");
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(before, slot)| Some((before, slot.split_once("}}")?)))
    {
        out.push_str(before);
        match name {
            "title" => out.push_str(&without_nonce(escape::xml(title), "&#95;")),
            "summary" => out.push_str(&without_nonce(escape::xml(&graph.summary()), "&#95;")),
            "picture-style" => out.push_str(&svg::style()),
            "style" => out.push_str(include_str!("html/page.css")),
            "picture" => out.push_str(&without_nonce(svg::fragment(graph), "&#95;")),
            "legend" => out.push_str(&without_nonce(svg::legend(graph), "&#95;")),
            "data" => out.push_str(&without_nonce(escape::json_in_script(&data::json(graph)), "\\u005f")),
            "script" => out.push_str(include_str!("html/page.js")),
            _ => {}
        }
        rest = after;
    }
    out + rest
}

/// Text of the workspace that looks like the place of a nonce must not become one. An entity or escape of `_` reads the same.
fn without_nonce(text: String, underscore: &str) -> String {
    match text.contains(NONCE) {
        true => text.replace(NONCE, &format!("{underscore}{}", &NONCE[1..])),
        false => text,
    }
}
