//! What each word is: by the grammar, and by what it names.

use super::declared;
use crate::snapshot::Snapshot;
use std::collections::BTreeMap;
use tower_lsp_server::gen_lsp_types::{
    Range, SemanticToken, SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaResponse, SemanticTokensEdit,
    SemanticTokensLegend,
};
use xks_core::names::uses::{Kind, Occurrence, Role};
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::Body;
use xks_core::syntax::structure::{Word, WordKind, words};
use xks_core::values::access::Access;

/// The types, in the order of [`Type`].
const TYPES: &[&str] = &[
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
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

/// The modifiers; each is a bit.
const MODIFIERS: &[&str] = &["declaration", "public", "private", "deprecated", "defaultLibrary"];
const DECLARATION: u32 = 1;
const PUBLIC: u32 = 1 << 1;
const PRIVATE: u32 = 1 << 2;
const DEPRECATED: u32 = 1 << 3;
const BUILT_IN: u32 = 1 << 4;

/// The names of types and modifiers.
pub(crate) fn legend() -> SemanticTokensLegend {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect();
    SemanticTokensLegend { token_types: names(TYPES), token_modifiers: names(MODIFIERS) }
}

struct Token {
    start: usize,
    end: usize,
    kind: Type,
    modifiers: u32,
}

/// The tokens of a file, or of a part of it.
pub(crate) fn tokens(snapshot: &Snapshot, file: FileId, within: Option<Span>) -> Vec<SemanticToken> {
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
    let (mut line, mut column) = (0, 0);
    let mut tokens = Vec::with_capacity(all.len());
    let wanted = |token: &&Token| {
        within.is_none_or(|within| token.start < within.end as usize && (within.start as usize) < token.end)
    };
    let mut positions = snapshot.client.encoding.positions(source);
    for token in all.iter().filter(wanted) {
        let start = positions.at(token.start as u32);
        let range = Range { start, end: positions.at(token.end as u32) };
        if range.start.line != range.end.line || range.start == range.end {
            continue;
        }
        let same_line = range.start.line == line;
        tokens.push(SemanticToken {
            delta_line: range.start.line - line,
            delta_start: if same_line { range.start.character - column } else { range.start.character },
            length: range.end.character - range.start.character,
            token_type: token.kind as u32,
            token_modifiers_bitset: token.modifiers,
        });
        (line, column) = (range.start.line, range.start.character);
    }
    tokens
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

/// The tokens that each client was sent last, by document, so that only what changes is sent.
#[derive(Default)]
pub(crate) struct Sent {
    documents: BTreeMap<String, (u64, Vec<SemanticToken>)>,
    last: u64,
}

impl Sent {
    /// All tokens of a document.
    pub(crate) fn full(&mut self, uri: &str, data: Vec<SemanticToken>) -> SemanticTokens {
        self.last += 1;
        self.documents.insert(uri.to_string(), (self.last, data.clone()));
        SemanticTokens { result_id: Some(self.last.to_string()), data }
    }

    /// What has changed since an answer, or all if that is no longer known.
    pub(crate) fn delta(&mut self, uri: &str, since: &str, data: Vec<SemanticToken>) -> SemanticTokensDeltaResponse {
        let known = self.documents.get(uri).filter(|(id, _)| id.to_string() == since);
        let edits = known.map(|(_, old)| difference(old, &data));
        let full = self.full(uri, data);
        match edits {
            Some(edits) => SemanticTokensDelta { result_id: full.result_id, edits }.into(),
            None => full.into(),
        }
    }

    /// Forgets a document.
    pub(crate) fn close(&mut self, uri: &str) {
        self.documents.remove(uri);
    }
}

/// One edit from the first token that differs to the last; it counts numbers, five for each token.
fn difference(old: &[SemanticToken], new: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tails = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tails.take_while(|(a, b)| a == b).count();
    let (gone, come) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if gone.is_empty() && come.is_empty() {
        return Vec::new();
    }
    let numbers = come.iter().flat_map(|token| {
        [token.delta_line, token.delta_start, token.length, token.token_type, token.token_modifiers_bitset]
    });
    vec![SemanticTokensEdit {
        start: head as u32 * 5,
        delete_count: gone.len() as u32 * 5,
        data: Some(numbers.collect()),
    }]
}
