//! Typed objects straight to YAML: a serializer that writes block style as it goes. Every string that some YAML reader
//! could take for something else is quoted, so readers of YAML 1.1 and 1.2 agree on each.

use serde::Serialize;
use serde::ser::{self, Impossible};
use std::fmt;

/// Writes a value as one YAML document, without `---`.
pub fn write<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    let start = out.len();
    let mut writer = Writer { out, indent: 0, at: At::Root };
    if value.serialize(&mut writer).is_err() {
        // Only a value that no object of ours holds (a float, a map with structured keys) can end here.
        out.truncate(start);
    }
}

/// Where the next value goes.
#[derive(Clone, Copy, PartialEq)]
enum At {
    /// At the start of the document.
    Root,
    /// Behind `key:`.
    Key,
    /// Behind `- `.
    Dash,
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// Where the keys of the mapping that is being written stand.
    indent: usize,
    at: At,
}

impl Writer<'_> {
    fn pad(&mut self, width: usize) {
        const BLANKS: &[u8] = b"                                                                ";
        let mut left = width;
        while left > 0 {
            let some = left.min(BLANKS.len());
            self.out.extend_from_slice(&BLANKS[..some]);
            left -= some;
        }
    }

    fn lead(&mut self) {
        if self.at == At::Key {
            self.out.push(b' ');
        }
    }

    fn plain(&mut self, text: &str) {
        self.lead();
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(b'\n');
    }

    fn number(&mut self, number: u64) {
        self.lead();
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
        self.out.push(b'\n');
    }
}

/// Bytes that stand in a plain scalar wherever they are.
const PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'.' | b'/' | b'_');
        byte += 1;
    }
    table
};

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
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\r' => out.extend_from_slice(b"\\r"),
            c if is_printable(c) => push_char(c, out),
            c => escape(c, out),
        }
    }
    out.push(b'"');
}

/// Writes the text of a comment: what would end its line, or cannot stand in YAML, is escaped.
pub fn comment_text(text: &str, out: &mut Vec<u8>) {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for c in text.chars() {
        if is_printable(c) { push_char(c, out) } else { escape(c, out) }
    }
}

/// What may stand unescaped: printable, no line break in any version of YAML, no byte-order mark, no odd blank.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a1}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

fn push_char(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn escape(c: char, out: &mut Vec<u8>) {
    let code = c as u32;
    let text = match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    };
    out.extend_from_slice(text.as_bytes());
}

/// What an object of ours never is.
#[derive(Debug)]
pub struct Unsupported;

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind of value that no Kubernetes object holds")
    }
}

impl std::error::Error for Unsupported {}

impl ser::Error for Unsupported {
    fn custom<T: fmt::Display>(_: T) -> Unsupported {
        Unsupported
    }
}

impl<'w, 'a> ser::Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = Block<'w, 'a>;
    type SerializeTuple = Impossible<(), Unsupported>;
    type SerializeTupleStruct = Impossible<(), Unsupported>;
    type SerializeTupleVariant = Impossible<(), Unsupported>;
    type SerializeMap = Block<'w, 'a>;
    type SerializeStruct = Block<'w, 'a>;
    type SerializeStructVariant = Impossible<(), Unsupported>;

    fn serialize_bool(self, value: bool) -> Result<(), Unsupported> {
        self.plain(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Unsupported> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Unsupported> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Unsupported> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Unsupported> {
        self.number(value);
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Unsupported> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Unsupported> {
        self.plain(&value.to_string());
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_char(self, value: char) -> Result<(), Unsupported> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Unsupported> {
        self.lead();
        scalar(value, self.out);
        self.out.push(b'\n');
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_none(self) -> Result<(), Unsupported> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unsupported> {
        self.plain("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unsupported> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unsupported> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Block<'w, 'a>, Unsupported> {
        Ok(Block::new(self))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Block<'w, 'a>, Unsupported> {
        Ok(Block::new(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Block<'w, 'a>, Unsupported> {
        Ok(Block::new(self))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unsupported> {
        Err(Unsupported)
    }
}

/// A mapping or sequence being written. An empty one is only known at its end: its first entry starts the lines.
struct Block<'w, 'a> {
    writer: &'w mut Writer<'a>,
    /// Where the block stands.
    at: At,
    /// Where keys stood outside it.
    outer: usize,
    empty: bool,
}

impl<'w, 'a> Block<'w, 'a> {
    fn new(writer: &'w mut Writer<'a>) -> Block<'w, 'a> {
        let (at, outer) = (writer.at, writer.indent);
        Block { writer, at, outer, empty: true }
    }

    /// Starts the line of the next key.
    fn key_line(&mut self) {
        if self.empty {
            self.empty = false;
            match self.at {
                At::Root => return,
                At::Dash => {
                    self.writer.indent = self.outer + 2;
                    return;
                }
                At::Key => {
                    self.writer.indent = self.outer + 2;
                    self.writer.out.push(b'\n');
                }
            }
        }
        self.writer.pad(self.writer.indent);
    }

    fn entry<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        self.writer.out.push(b':');
        self.writer.at = At::Key;
        value.serialize(&mut *self.writer)
    }

    fn close(self, empty: &str) {
        self.writer.indent = self.outer;
        if self.empty {
            self.writer.at = self.at;
            self.writer.plain(empty);
        }
    }
}

impl ser::SerializeStruct for Block<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Unsupported> {
        self.key_line();
        self.writer.out.extend_from_slice(key.as_bytes()); // a field of the API: letters only
        self.entry(value)
    }

    fn end(self) -> Result<(), Unsupported> {
        self.close("{}");
        Ok(())
    }
}

impl ser::SerializeMap for Block<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unsupported> {
        self.key_line();
        key.serialize(Key(self.writer.out))
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        self.entry(value)
    }

    fn end(self) -> Result<(), Unsupported> {
        self.close("{}");
        Ok(())
    }
}

impl ser::SerializeSeq for Block<'_, '_> {
    type Ok = ();
    type Error = Unsupported;

    /// Items stand under the first letter of their key, as `kubectl` writes them.
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unsupported> {
        if self.empty {
            self.empty = false;
            if self.at == At::Key {
                self.writer.out.push(b'\n');
            }
            if self.at == At::Dash {
                self.writer.indent = self.outer + 2;
            } else {
                self.writer.pad(self.writer.indent);
            }
        } else {
            self.writer.pad(self.writer.indent);
        }
        self.writer.out.extend_from_slice(b"- ");
        self.writer.at = At::Dash;
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Unsupported> {
        self.close("[]");
        Ok(())
    }
}

/// Writes the key of a map, which is a string.
struct Key<'a>(&'a mut Vec<u8>);

macro_rules! not_a_key {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method(self, _: $type) -> Result<(), Unsupported> { Err(Unsupported) })*
    };
}

impl ser::Serializer for Key<'_> {
    type Ok = ();
    type Error = Unsupported;
    type SerializeSeq = Impossible<(), Unsupported>;
    type SerializeTuple = Impossible<(), Unsupported>;
    type SerializeTupleStruct = Impossible<(), Unsupported>;
    type SerializeTupleVariant = Impossible<(), Unsupported>;
    type SerializeMap = Impossible<(), Unsupported>;
    type SerializeStruct = Impossible<(), Unsupported>;
    type SerializeStructVariant = Impossible<(), Unsupported>;

    fn serialize_str(self, value: &str) -> Result<(), Unsupported> {
        scalar(value, self.0);
        Ok(())
    }

    not_a_key! {
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8],
    }

    fn serialize_none(self) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unsupported> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unsupported> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unsupported> {
        Err(Unsupported)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Unsupported> {
        Err(Unsupported)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unsupported> {
        Err(Unsupported)
    }
}
