//! A strict, fast reader of the YAML that most programs write: block style, one entry a line, no anchors, tags or strings
//! over many lines. Policies come out directly, other kinds as the tree that [`super::manifests`] reads. It reads a document
//! as the general reader does or not at all: whatever is not plainly of the subset, or not plainly right, is left to that
//! one, which can say what is wrong.

mod lexer;
mod network_policy;

use super::objects::{NetworkPolicy, Place};
use crate::yaml::{Node, Value};
use lexer::{Lexer, Scalar};
use std::borrow::Cow;

/// How deep values may lie in each other; deeper ones are for the general reader.
const DEPTH: usize = 24;

/// A document of the subset.
pub(super) enum Document<'a> {
    /// A policy.
    Policy(NetworkPolicy),
    /// Anything else.
    Tree(Node<'a>),
}

/// Reads a document; `None` if it is not of the subset. The place is that of its text.
pub(super) fn document(text: &str, place: Place) -> Option<Document<'_>> {
    let mut lexer = Lexer::new(text, place.line)?;
    if let Some(start) = network_policy::start(&mut lexer) {
        return network_policy::network_policy(&mut lexer, start, place).map(Document::Policy);
    }
    let mut lexer = Lexer::new(text, place.line)?;
    let root = nested(&mut lexer, 0, DEPTH)?;
    (lexer.is_at_end() && matches!(root.value, Value::Map(_))).then_some(Document::Tree(root))
}

/// A mapping or list that starts at the lexer's place, which is at `column` or further right.
fn nested<'a>(lexer: &mut Lexer<'a>, column: usize, depth: usize) -> Option<Node<'a>> {
    if lexer.is_at_end() || lexer.column() < column || depth == 0 {
        return None;
    }
    if lexer.is_at_dash() { list(lexer, depth) } else { map(lexer, depth) }
}

fn map<'a>(lexer: &mut Lexer<'a>, depth: usize) -> Option<Node<'a>> {
    let (line, column) = (lexer.line(), lexer.column());
    let mut entries: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
    while !lexer.is_at_end() && lexer.column() == column && !lexer.is_at_dash() {
        let key = lexer.key()?;
        if entries.iter().any(|(known, _)| known == key) {
            return None;
        }
        let line = lexer.line();
        let node = match lexer.value()? {
            // A list may stand under the first letter of its key; a mapping stands further right.
            Scalar::Nested => nested(lexer, if lexer.is_at_dash() { column } else { column + 1 }, depth - 1)?,
            scalar => Node { line, value: self::scalar(scalar) },
        };
        entries.push((Cow::Borrowed(key), node));
    }
    ends(lexer, column).then_some(Node { line, value: Value::Map(entries) })
}

fn list<'a>(lexer: &mut Lexer<'a>, depth: usize) -> Option<Node<'a>> {
    let (line, column) = (lexer.line(), lexer.column());
    let mut items = Vec::new();
    while !lexer.is_at_end() && lexer.column() == column && lexer.dash() {
        let line = lexer.line();
        items.push(match lexer.item()? {
            Scalar::Nested => nested(lexer, column + 1, depth - 1)?,
            scalar => Node { line, value: self::scalar(scalar) },
        });
    }
    ends(lexer, column).then_some(Node { line, value: Value::List(items) })
}

/// Whether what follows a collection in a column belongs to one that is further left.
fn ends(lexer: &Lexer<'_>, column: usize) -> bool {
    lexer.is_at_end() || lexer.column() <= column
}

fn scalar(scalar: Scalar<'_>) -> Value<'_> {
    match scalar {
        Scalar::Text(text) => Value::Text(Cow::Borrowed(text)),
        Scalar::Number(text) => Value::Number(Cow::Borrowed(text)),
        Scalar::Bool(text) => Value::Bool(Cow::Borrowed(text)),
        Scalar::EmptyMap => Value::Map(Vec::new()),
        Scalar::EmptyList => Value::List(Vec::new()),
        Scalar::Null | Scalar::Nested => Value::Null,
    }
}
