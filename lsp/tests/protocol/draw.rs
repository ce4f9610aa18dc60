//! Positions, and drawings of what an answer points at.

use crate::client::{Client, Encoding};
use serde_json::{Value, json};

/// Where each line starts, and its text without its end. LF, CRLF and CR end a line.
pub(crate) fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut start = 0;
    while let Some(end) = text[start..].find(['\n', '\r']).map(|end| start + end) {
        lines.push((start, &text[start..end]));
        start = end + if text[end..].starts_with("\r\n") { 2 } else { 1 };
    }
    lines.push((start, &text[start..]));
    lines
}

/// The position of a byte.
pub(crate) fn position(encoding: Encoding, text: &str, offset: usize) -> Value {
    let lines = lines(text);
    let line = lines.iter().rposition(|(start, _)| *start <= offset).expect("a line");
    let before = &text[lines[line].0..offset];
    let character = match encoding {
        Encoding::Utf8 => before.len(),
        Encoding::Utf16 => before.encode_utf16().count(),
    };
    json!({ "line": line, "character": character })
}

/// The byte at a position, which must be inside the text.
pub(crate) fn offset(encoding: Encoding, text: &str, position: &Value) -> usize {
    let line = position["line"].as_u64().expect("a line") as usize;
    let character = position["character"].as_u64().expect("a column") as usize;
    let lines = lines(text);
    let (start, line) = lines.get(line).unwrap_or_else(|| panic!("{position} is not in {text:?}"));
    let mut units = 0;
    for (at, c) in line.char_indices() {
        if units == character {
            return start + at;
        }
        units += match encoding {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        };
    }
    assert_eq!(units, character, "{position} is not in {text:?}");
    start + line.len()
}

/// The bytes of a range.
pub(crate) fn bytes(encoding: Encoding, text: &str, range: &Value) -> std::ops::Range<usize> {
    offset(encoding, text, &range["start"])..offset(encoding, text, &range["end"])
}

impl Client {
    /// The text of a file: as it is open, else as it lies on the disk.
    pub(crate) fn text(&self, path: &str) -> String {
        match self.open.get(path) {
            Some((_, text)) => text.clone(),
            None => std::fs::read_to_string(self.root.join(path)).unwrap_or_default(),
        }
    }

    /// A range with the line it starts in, and carets under it.
    pub(crate) fn draw(&self, path: &str, range: &Value) -> String {
        let text = self.text(path);
        let bytes = bytes(self.encoding, &text, range);
        let start = text[..bytes.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line = text[..start].matches('\n').count() + 1;
        let indent = " ".repeat(text[start..bytes.start].chars().count());
        let under = text[bytes.start..bytes.end.min(end).max(bytes.start)].chars().count();
        let marks = match under {
            0 => "|".to_string(),
            count => "^".repeat(count),
        };
        let more = if bytes.end > end { "…" } else { "" };
        format!("{path}:{line}\n  {}\n  {indent}{marks}{more}\n", text[start..end].trim_end_matches('\r'))
    }

    /// A location, drawn.
    pub(crate) fn draw_location(&self, location: &Value) -> String {
        let path = self.path(location["uri"].as_str().expect("a URI")).to_string();
        self.draw(&path, &location["range"])
    }

    /// Locations, drawn one below the other.
    pub(crate) fn draw_locations(&self, answer: &Value) -> String {
        match answer {
            Value::Null => "nothing\n".to_string(),
            Value::Array(locations) if locations.is_empty() => "an empty list\n".to_string(),
            Value::Array(locations) => locations.iter().map(|location| self.draw_location(location)).collect(),
            location => self.draw_location(location),
        }
    }
}
