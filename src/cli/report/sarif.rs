//! Findings as SARIF 2.1.0, which code scanning services read.
//!
//! See: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html>

use super::Report;
use crate::cli::codes;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use xks_core::diagnostics::{Code, Diagnostic, Fix, Level};
use xks_core::escape;
use xks_core::source::{FileId, Span};

/// The log, with a line end behind it.
pub(in crate::cli) fn write(report: &Report<'_>) -> String {
    let codes = codes::all();
    let index: BTreeMap<&str, usize> = codes.iter().enumerate().map(|(at, code)| (code.name, at)).collect();
    let unreadable = report.workspace.unreadable.iter().map(|problem| {
        let mut text = problem.message.clone();
        if let Some(help) = &problem.help {
            text.push_str("\nhelp: ");
            text.push_str(help);
        }
        // A whole file, or a folder: there is no region to name.
        let location =
            json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&report.reported(&problem.path)) } } });
        result(problem.code, problem.code.level, &text, location, &index)
    });
    let shown = report.shown();
    let found = shown.iter().map(|diagnostic| finding(report, diagnostic, &index));
    let results: Vec<Value> = unreadable.chain(found).collect();
    super::pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "xks",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
                },
            },
            "columnKind": "unicodeCodePoints",
            "newlineSequences": ["\r\n", "\n", "\r"],
            "results": results,
        }],
    }))
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.name,
        "shortDescription": { "text": code.summary },
        "help": { "text": code.page, "markdown": code.page },
        "defaultConfiguration": { "level": level(code.level) },
    })
}

fn result(code: &Code, weight: Level, text: &str, location: Value, index: &BTreeMap<&str, usize>) -> Value {
    let mut result = json!({ "ruleId": code.name });
    if let Some(&at) = index.get(code.name) {
        result["ruleIndex"] = json!(at);
    }
    result["level"] = json!(level(weight));
    result["message"] = json!({ "text": escape::lines(text) });
    result["locations"] = json!([location]);
    result
}

fn finding(report: &Report<'_>, diagnostic: &Diagnostic, index: &BTreeMap<&str, usize>) -> Value {
    let place = location(report, diagnostic.primary.span, &diagnostic.primary.text);
    let mut result = result(diagnostic.code, diagnostic.level, &text(diagnostic), place, index);
    let related: Vec<Value> =
        diagnostic.secondary.iter().map(|label| location(report, label.span, &label.text)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    // SARIF wants at least one change in a fix.
    let fixes: Vec<Value> =
        diagnostic.fixes.iter().filter(|fix| !fix.edits.is_empty()).map(|fix| change(report, fix)).collect();
    if !fixes.is_empty() {
        result["fixes"] = Value::Array(fixes);
    }
    result
}

/// The message with its reasons and its way out; the labels have places of their own.
fn text(diagnostic: &Diagnostic) -> String {
    let notes = diagnostic.notes.iter().map(|note| format!("\nnote: {note}"));
    let help = diagnostic.help.iter().map(|help| format!("\nhelp: {help}"));
    std::iter::once(diagnostic.message.clone()).chain(notes).chain(help).collect()
}

fn location(report: &Report<'_>, span: Span, text: &str) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&report.path(span.file)) },
            "region": region(report, span),
        },
    });
    if !text.is_empty() {
        location["message"] = json!({ "text": escape::lines(text) });
    }
    location
}

fn region(report: &Report<'_>, span: Span) -> Value {
    let at = report.region(span);
    json!({
        "startLine": at.start_line,
        "startColumn": at.start_column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    })
}

fn change(report: &Report<'_>, fix: &Fix) -> Value {
    let mut files: BTreeMap<FileId, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        files.entry(edit.span.file).or_default().push(json!({
            "deletedRegion": region(report, edit.span),
            "insertedContent": { "text": edit.text },
        }));
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(|(file, replacements)| {
            json!({ "artifactLocation": { "uri": uri(&report.path(file)) }, "replacements": replacements })
        })
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
        Level::Allow => "none",
    }
}

/// A path as a URI reference: what RFC 3986 does not let stand in a path segment is percent-encoded, and a `:` too,
/// since before the first `/` it would end a scheme.
pub(in crate::cli) fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("a b/ä%.xks"), "a%20b/%C3%A4%25.xks");
        assert_eq!(uri("/x/a:b"), "file:///x/a%3Ab");
    }
}
