//! What each word is: by the grammar, and by what it names.

use super::declared;
use crate::position::Encoding;
use crate::snapshot::Snapshot;
use xks_core::names::uses::{Kind, Occurrence, Role};
use xks_core::source::{FileId, Source, Span};
use xks_core::syntax::ast::Body;
use xks_core::syntax::structure::{Word, WordKind, words};
use xks_core::values::access::Access;

/// What the types are called, in the order of [`Type`].
pub const TYPES: &[&str] = &[
    "keyword",
    "namespace",
    "class",
    "type",
    "enumMember",
    "variable",
    "property",
    "string",
    "number",
    "operator",
    "comment",
];

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Type {
    Keyword,
    Tenant,
    App,
    Certificate,
    Port,
    Value,
    Property,
    Text,
    Number,
    Operator,
    Comment,
}

/// What the modifiers are called; each is a bit.
pub const MODIFIERS: &[&str] = &["declaration", "public", "private", "deprecated", "defaultLibrary"];
const DECLARATION: u32 = 1;
const PUBLIC: u32 = 1 << 1;
const PRIVATE: u32 = 1 << 2;
const DEPRECATED: u32 = 1 << 3;
const BUILT_IN: u32 = 1 << 4;

/// A word, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its first byte.
    pub start: usize,
    /// The byte behind its last.
    pub end: usize,
    /// What it is.
    pub kind: Type,
    /// The modifiers that it has, a bit for each of [`MODIFIERS`].
    pub modifiers: u32,
}

/// The tokens of a file, or of a part of it.
pub fn tokens(snapshot: &Snapshot, file: FileId, within: Option<Span>) -> Vec<Token> {
    let source = snapshot.source(file);
    let part = within.unwrap_or(Span::new(file, 0, source.text.len()));
    let names: Vec<Token> = snapshot.index().within(part).map(|name| named(snapshot, &name)).collect();
    let mut all = Vec::with_capacity(names.len() * 2);
    let mut next = 0;
    let touches = |word: &Word| word.range.start <= part.end as usize && part.start as usize <= word.range.end;
    for word in words(&source.text).into_iter().filter(touches) {
        // A name is a word or a part of one: `team/app:80` has three.
        let mut start = word.range.start;
        while let Some(name) = names.get(next).filter(|name| name.start < word.range.end) {
            if name.start >= word.range.start {
                all.extend(by_grammar(start, name.start, word.kind));
                start = name.end;
            }
            next += 1;
        }
        all.extend(by_grammar(start, word.range.end, word.kind));
    }
    all.extend(names);
    all.sort_by_key(|token| token.start);
    all.dedup_by(|b, a| b.start < a.end);
    all.retain(|token| {
        within.is_none_or(|within| token.start < within.end as usize && (within.start as usize) < token.end)
    });
    all
}

/// Tokens as editors take them, five numbers for each: lines and columns from the token before, the length, the type and
/// the modifiers. What does not stand on one line is left out.
pub fn encoded(source: &Source, tokens: &[Token], encoding: Encoding) -> Vec<[u32; 5]> {
    let (mut line, mut column) = (0, 0);
    let mut numbers = Vec::with_capacity(tokens.len());
    let mut positions = encoding.positions(source);
    for token in tokens {
        let (start, end) = (positions.at(token.start as u32), positions.at(token.end as u32));
        if start.line != end.line || start == end {
            continue;
        }
        let columns = if start.line == line { start.character - column } else { start.character };
        let length = end.character - start.character;
        numbers.push([start.line - line, columns, length, token.kind as u32, token.modifiers]);
        (line, column) = (start.line, start.character);
    }
    numbers
}

fn by_grammar(start: usize, end: usize, kind: WordKind) -> Option<Token> {
    let kind = match kind {
        WordKind::Keyword | WordKind::Choice => Type::Keyword,
        WordKind::Operator => Type::Operator,
        WordKind::Number => Type::Number,
        WordKind::Text => Type::Text,
        WordKind::Key => Type::Property,
        WordKind::Comment => Type::Comment,
        WordKind::Name => return None,
    };
    (start < end).then_some(Token { start, end, kind, modifiers: 0 })
}

fn named(snapshot: &Snapshot, name: &Occurrence) -> Token {
    let kind = match name.symbol.kind {
        Kind::Tenant => Type::Tenant,
        Kind::App | Kind::Service | Kind::External | Kind::Group => Type::App,
        Kind::Port | Kind::ServicePort | Kind::PortSet => Type::Port,
        Kind::Certificate | Kind::Secret | Kind::Issuer => Type::Certificate,
        Kind::Environment | Kind::Value => Type::Value,
        Kind::Host => Type::Text,
        Kind::Annotation | Kind::Lint => Type::Property,
        Kind::BuiltIn => Type::Keyword,
    };
    let mut modifiers = if name.role == Role::Declaration { DECLARATION } else { 0 };
    match name.symbol.kind {
        Kind::Host => modifiers |= access(snapshot, name.span),
        Kind::BuiltIn => modifiers |= BUILT_IN,
        Kind::Annotation => {
            let row = xks_core::edge::nginx::annotations::find(&name.symbol.name);
            if row.is_some_and(|row| row.name != name.symbol.name) {
                modifiers |= DEPRECATED;
            }
        }
        _ => {}
    }
    Token { start: name.span.start as usize, end: name.span.end as usize, kind, modifiers }
}

/// Who reaches the host that an `expose` names.
fn access(snapshot: &Snapshot, host: Span) -> u32 {
    let statements = declared::of_file(snapshot, host.file);
    let after = statements.partition_point(|statement| statement.span.start <= host.start);
    match statements[..after].last().map(|statement| &statement.body) {
        Some(Body::Expose(expose)) => match expose.access.as_ref().map(|access| access.value) {
            Some(Access::Private) => PRIVATE,
            Some(Access::Public) | None => PUBLIC,
        },
        _ => 0,
    }
}
