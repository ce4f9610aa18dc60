//! Typed values straight to YAML, in block style. Every string that some YAML reader could take for something else is
//! quoted, so readers of YAML 1.1 and 1.2 agree on each.

use crate::yaml::{self, Node, Value};
use smol_str::SmolStr;
use xks_base::escape;
use xks_base::values::byte_set;

/// A value that is written as YAML.
pub trait Yaml {
    /// Whether an optional field with this value is left out.
    fn is_absent(&self) -> bool {
        false
    }

    /// Writes the value and the end of its last line. `indent` is the column of the key or dash that it belongs to.
    fn write(&self, at: At, indent: usize, out: &mut Vec<u8>);
}

/// What stands before a value on its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Nothing: it is the whole document.
    Root,
    /// `key:`
    Key,
    /// `- `
    Dash,
}

impl At {
    fn lead(self, out: &mut Vec<u8>) {
        if self == At::Key {
            out.push(b' ');
        }
    }
}

/// Writes a value as one YAML document, without `---`.
pub fn document(value: &impl Yaml, out: &mut Vec<u8>) {
    value.write(At::Root, 0, out);
}

/// A mapping that is being written. It is known to be empty only at its end: its first entry starts the lines.
pub struct Mapping {
    at: At,
    /// Where the keys stand.
    indent: usize,
    empty: bool,
}

impl Mapping {
    /// A mapping behind what `at` says, which stands in column `indent`.
    pub fn new(at: At, indent: usize) -> Mapping {
        Mapping { at, indent: if at == At::Root { indent } else { indent + INDENT }, empty: true }
    }

    /// Writes a field of the API, whose key comes with its colon and needs no quotes.
    pub fn field(&mut self, key: &'static str, value: &impl Yaml, out: &mut Vec<u8>) {
        self.next_line(out);
        out.extend_from_slice(key.as_bytes());
        value.write(At::Key, self.indent, out);
    }

    /// Writes an entry with any key.
    pub fn entry(&mut self, key: &str, value: &impl Yaml, out: &mut Vec<u8>) {
        self.next_line(out);
        scalar(key, out);
        out.push(b':');
        value.write(At::Key, self.indent, out);
    }

    fn next_line(&mut self, out: &mut Vec<u8>) {
        if self.empty && self.at == At::Key {
            out.push(b'\n');
        }
        if !self.empty || self.at == At::Key {
            pad(self.indent, out);
        }
        self.empty = false;
    }

    /// Ends the mapping.
    pub fn end(self, out: &mut Vec<u8>) {
        if self.empty {
            self.at.lead(out);
            out.extend_from_slice(b"{}\n");
        }
    }
}

/// How far the keys of a mapping stand in.
const INDENT: usize = 2;

fn pad(width: usize, out: &mut Vec<u8>) {
    const BLANKS: [u8; 32] = [b' '; 32];
    let end = out.len() + width;
    // Copies of one size need no call, and most lines need one.
    while out.len() < end {
        out.extend_from_slice(&BLANKS);
    }
    out.truncate(end);
}

/// Items stand under the first letter of their key, as `kubectl` writes them.
impl<T: Yaml> Yaml for Vec<T> {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, at: At, indent: usize, out: &mut Vec<u8>) {
        list(self, at, indent, out);
    }
}

fn list<T: Yaml>(items: &[T], at: At, indent: usize, out: &mut Vec<u8>) {
    if items.is_empty() {
        at.lead(out);
        out.extend_from_slice(b"[]\n");
        return;
    }
    if at == At::Key {
        out.push(b'\n');
    }
    let indent = if at == At::Dash { indent + INDENT } else { indent };
    for (index, item) in items.iter().enumerate() {
        if index > 0 || at == At::Key {
            pad(indent, out);
        }
        out.extend_from_slice(b"- ");
        item.write(At::Dash, indent, out);
    }
}

/// A value that was read, as the API server understands it.
impl Yaml for Node<'_> {
    fn write(&self, at: At, indent: usize, out: &mut Vec<u8>) {
        let word = |word: &str, out: &mut Vec<u8>| {
            at.lead(out);
            out.extend_from_slice(word.as_bytes());
            out.push(b'\n');
        };
        match &self.value {
            Value::Null => word("null", out),
            Value::Bool(text) => word(if yaml::is_true(text) { "true" } else { "false" }, out),
            Value::Number(text) => match yaml::number(text) {
                Some(number) => word(&number.to_string(), out),
                None => SmolStr::new(text).write(at, indent, out),
            },
            Value::Text(text) => SmolStr::new(text).write(at, indent, out),
            Value::List(items) => list(items, at, indent, out),
            Value::Map(entries) => {
                let mut mapping = Mapping::new(at, indent);
                entries.iter().for_each(|(key, value)| mapping.entry(key, value, out));
                mapping.end(out);
            }
        }
    }
}

impl<T: Yaml> Yaml for Option<T> {
    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn write(&self, at: At, indent: usize, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(at, indent, out),
            None => {
                at.lead(out);
                out.extend_from_slice(b"null\n");
            }
        }
    }
}

impl Yaml for SmolStr {
    fn is_absent(&self) -> bool {
        self.is_empty()
    }

    fn write(&self, at: At, _: usize, out: &mut Vec<u8>) {
        at.lead(out);
        scalar(self, out);
        out.push(b'\n');
    }
}

/// A word of the API, which needs no quotes.
impl Yaml for &'static str {
    fn write(&self, at: At, _: usize, out: &mut Vec<u8>) {
        debug_assert!(is_plain(self), "{self}");
        at.lead(out);
        out.extend_from_slice(self.as_bytes());
        out.push(b'\n');
    }
}

impl Yaml for u16 {
    fn write(&self, at: At, _: usize, out: &mut Vec<u8>) {
        at.lead(out);
        let mut digits = [0u8; 5];
        let mut start = digits.len();
        let mut rest = *self;
        loop {
            start -= 1;
            digits[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        out.extend_from_slice(&digits[start..]);
        out.push(b'\n');
    }
}

/// Bytes that stand in a plain scalar wherever they are.
static PLAIN: [bool; 256] = byte_set!(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'/' | b'_');

/// Whether a string can do without quotes for every reader: it starts with a letter or `/`, holds nothing but letters,
/// digits, `-`, `.`, `/` and `_`, and is no word that YAML 1.1 or 1.2 takes for a boolean or null. An IPv4 range, which
/// no reader takes for a number because of its `/`, can too.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return false };
    if !bytes.iter().all(|byte| PLAIN[*byte as usize]) {
        return false;
    }
    if first.is_ascii_alphabetic() || *first == b'/' {
        return bytes.len() > 5 || !is_reserved(text);
    }
    first.is_ascii_digit()
        && text.contains('/')
        && text.bytes().filter(|byte| *byte == b'.').count() == 3
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'/'))
}

fn is_reserved(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// Writes a string, quoted where it must be.
fn scalar(text: &str, out: &mut Vec<u8>) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for (at, c) in text.char_indices() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\r' => out.extend_from_slice(b"\\r"),
            // The file may come to stand in a log.
            '#' if escape::is_command(&text[at..]) => escaped(c, out),
            c if is_printable(c) => push_char(c, out),
            c => escaped(c, out),
        }
    }
    out.push(b'"');
}

/// Writes the text of a comment: what would end its line, or cannot stand in YAML, is escaped.
pub fn comment_text(text: &str, out: &mut Vec<u8>) {
    // Looking at all of them, many at a time, is faster than stopping at the first.
    if text.bytes().fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte) & (byte != b'#')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let text = escape::word(text);
    text.chars().for_each(|c| if is_printable(c) { push_char(c, out) } else { escaped(c, out) });
}

/// What may stand unescaped: printable, no line break in any version of YAML, no byte-order mark, no odd blank.
fn is_printable(c: char) -> bool {
    !escape::is_hidden(c)
        && matches!(c, ' '..='~' | '\u{a1}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

fn push_char(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn escaped(c: char, out: &mut Vec<u8>) {
    let code = c as u32;
    let text = match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    };
    out.extend_from_slice(text.as_bytes());
}
