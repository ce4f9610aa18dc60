//! The one style. Only blanks, line ends and `;` between words change; words, their order and comments never do.
//!
//! Where a broken part ends is a guess, which other blanks could turn into another one: a file with broken parts is read
//! again as it would be written, and stays as it is unless the same was understood.

use super::clauses;
use super::{Pair, Pairs, is_block, tree};
use std::borrow::Cow;
use std::ops::Range;
use xks_base::values::byte_set;
use xks_grammar::Rule;

/// A list goes on in the next line when this one would grow longer, in characters; a block leaves the line likewise.
pub(super) const WIDTH: usize = 100;

/// Formats a file. Broken parts stay as they are; line ends follow the first one of the file.
pub fn format(text: &str) -> String {
    joined(&pieces(text))
}

fn joined(pieces: &[Piece]) -> String {
    let mut out = String::with_capacity(pieces.iter().map(|piece| piece.text.len()).sum());
    pieces.iter().for_each(|piece| out.push_str(&piece.text));
    out
}

/// A part of a file, and how it is formatted. The parts of a file stand one behind the other and are all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// A statement, a comment or a broken part, with the blanks and line ends before it; the last one is the end of the file.
    pub range: Range<usize>,
    /// What is to stand there.
    pub text: String,
}

/// Formats a file part by part.
pub fn pieces(text: &str) -> Vec<Piece> {
    let as_it_is = |text: String, range| vec![Piece { range, text }];
    let whole = 0..text.len();
    let Some(pairs) = tree(text) else { return as_it_is(text.to_string(), whole) };
    let wanted = styled(text, pairs.clone());
    if !rules(&pairs).any(|rule| matches!(rule, Rule::broken | Rule::stray | Rule::unclosed)) {
        return wanted;
    }
    let out = joined(&wanted);
    let settled =
        |again: &Pairs<'_, Rule>| rules(again).eq(rules(&pairs)) && joined(&styled(&out, again.clone())) == out;
    if tree(&out).is_some_and(|again| settled(&again)) {
        return wanted;
    }
    if text.ends_with('\n') { as_it_is(text.to_string(), whole) } else { as_it_is(format(&format!("{text}\n")), whole) }
}

/// What the parts of a file are taken for, in order.
fn rules<'a>(pairs: &Pairs<'a, Rule>) -> impl Iterator<Item = Rule> + use<'a> {
    pairs.clone().flatten().map(|pair| pair.as_rule())
}

/// The parts of a file in the one style.
fn styled(text: &str, pairs: Pairs<'_, Rule>) -> Vec<Piece> {
    let windows = xks_base::source::has_windows_ends(text);
    let line_end = if windows { "\r\n" } else { "\n" };
    let settled = |out: &str| {
        if !windows && !out.contains('\r') {
            return out.to_string();
        }
        out.replace("\r\n", "\n").replace('\r', "\n").replace('\n', line_end)
    };
    let mut pieces = Vec::new();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut start = 0;
    let mut end = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    for pair in pairs {
        let span = pair.as_span();
        let gap = &text[end..span.start()];
        let breaks = line_ends(gap);
        let done = out.len();
        match pair.as_rule() {
            Rule::EOI => break,
            Rule::comment if breaks == 0 && !out.is_empty() => {
                out.push_str("  ");
                out.push_str(pair.as_str().trim_end_matches(BLANKS));
            }
            rule => {
                next_line(&mut out, breaks > 1);
                match rule {
                    Rule::comment | Rule::stray => out.push_str(pair.as_str().trim_end_matches(BLANKS)),
                    Rule::broken => broken(&mut out, pair.as_str().trim_end_matches(BLANKS), gap),
                    _ => statement(&mut out, &pair, text),
                }
            }
        }
        // The blanks behind it belong to what comes next, as the text has them.
        end = span.end();
        let words = span.start() + pair.as_str().trim_end_matches(BLANKS).len();
        pieces.push(Piece { range: start..words, text: settled(&out[done..]) });
        start = words;
    }
    let last = if out.is_empty() { "" } else { line_end };
    pieces.push(Piece { range: start..text.len(), text: last.to_string() });
    pieces
}

/// What the grammar takes for blanks and line ends: other characters that look like blanks are words.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// A statement on one line, as it stands above the objects that come from it. `text` is the words of the statement.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if is_canonical(text) {
        return Cow::Borrowed(text);
    }
    let Some(pair) = tree(text).and_then(|mut pairs| pairs.next()) else { return Cow::Borrowed(text) };
    let mut line = String::with_capacity(text.len());
    for token in tokens(&pair, text).iter().filter(|token| !token.is_comment()) {
        if token.starts_clause && !line.ends_with('{') {
            line.push(';');
        }
        token.write(&mut line);
    }
    Cow::Owned(line)
}

/// Bytes of words, which may stand anywhere.
static WORDS: [bool; 256] =
    byte_set!(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'/' | b':' | b'*' | b'_' | b'-');

/// Whether the words stand on one line with single blanks already, as most do: those need no second reading.
fn is_canonical(text: &str) -> bool {
    let bytes = text.as_bytes();
    let next = |at: usize| bytes.get(at + 1).copied().unwrap_or(b' ');
    let mut others = bytes.iter().enumerate().filter(|(_, byte)| !WORDS[**byte as usize]);
    others.all(|(at, byte)| match byte {
        b'>' => at > 1 && bytes[at - 1] == b'-' && bytes[at - 2] == b' ' && next(at) == b' ',
        b' ' => at > 0 && bytes.get(at + 1).is_some_and(|next| !matches!(next, b' ' | b',' | b';')),
        b',' => next(at) == b' ',
        // `{ a; b }`: one line, and no `;` before the end.
        b'{' => at > 0 && bytes[at - 1] == b' ' && next(at) == b' ',
        b';' => next(at) == b' ' && bytes.get(at + 2).is_some_and(|next| *next != b'}'),
        b'}' => at + 1 == bytes.len() && bytes[at - 1] == b' ' && bytes[at - 2] != b'{',
        _ => false,
    })
}

/// Writes a broken part as it is, with the blanks before it if it starts a line.
fn broken(out: &mut String, words: &str, gap: &str) {
    if out.is_empty() || out.ends_with('\n') {
        out.push_str(gap.rsplit(['\n', '\r', ';']).next().unwrap_or_default());
    }
    out.push_str(words);
}

/// Ends the line, and leaves one blank line if there was one.
fn next_line(out: &mut String, blank: bool) {
    if out.is_empty() {
        return;
    }
    out.push('\n');
    if blank && !out.ends_with("{\n") {
        out.push('\n');
    }
}

/// Writes a statement, without the line end behind it.
fn statement(out: &mut String, pair: &Pair<'_, Rule>, text: &str) {
    let tokens = tokens(pair, text);
    let braces = |brace| tokens.iter().filter(|token| token.is_mark(brace)).count();
    if braces("{") != braces("}") {
        // A block that is never closed: where it ends is a guess that its author has to make.
        out.push_str(pair.as_str().trim_end_matches(BLANKS));
        return;
    }
    let mut line = Line { start: out.len(), indent: 0 };
    let mut blocks: Vec<bool> = Vec::new(); // of each open block, whether its clauses have lines of their own
    let mut after_comma = false;
    let mut after_comment = false;
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at..];
        let own_lines = blocks.last() == Some(&true);
        if token.is_comment() {
            if token.breaks == 0 {
                out.push_str("  ");
            } else {
                let between_clauses = own_lines && !after_comma;
                line.open(out, between_clauses && token.breaks > 1, !between_clauses);
            }
            out.push_str(token.text.trim_end_matches(BLANKS));
            after_comment = true;
            continue;
        }
        if token.is_mark("}") {
            if blocks.pop() == Some(true) {
                line.indent -= INDENT;
                line.open(out, false, false);
            }
        } else if token.starts_clause && own_lines {
            line.open(out, token.breaks > 1, false);
        } else if token.starts_clause && !out.ends_with('{') {
            out.push(';');
        } else if after_comment || after_comma && line.width(out) + item_width(rest) > WIDTH {
            line.open(out, false, true);
        }
        token.write(out);
        after_comma = token.is_mark(",");
        after_comment = false;
        if token.is_mark("{") {
            let own = breaks_in(rest) || line.width(out) + block_width(rest) > WIDTH;
            line.indent += if own { INDENT } else { 0 };
            blocks.push(own);
        }
    }
}

/// How far a block, and the rest of a list, stand in.
const INDENT: usize = 2;

/// The line being written at the end of the output.
struct Line {
    start: usize,
    indent: usize,
}

impl Line {
    /// Starts the next line, behind a blank one if there was one; `goes_on` sets it in under the one it belongs to.
    fn open(&mut self, out: &mut String, blank: bool, goes_on: bool) {
        next_line(out, blank);
        self.start = out.len();
        let indent = self.indent + if goes_on { INDENT } else { 0 };
        out.extend(std::iter::repeat_n(' ', indent));
    }

    fn width(&self, out: &str) -> usize {
        out[self.start..].chars().count()
    }
}

/// Whether the block that starts here was written over several lines, or has a comment in it, which needs them.
fn breaks_in(tokens: &[Token<'_>]) -> bool {
    tokens.get(1).is_some_and(|first| first.breaks > 0 && !first.is_mark("}"))
        || of_block(tokens).any(Token::is_comment)
}

/// The width of the block that starts here, behind its brace, on one line.
fn block_width(tokens: &[Token<'_>]) -> usize {
    of_block(tokens).skip(1).map(|token| token.width() + usize::from(token.starts_clause)).sum()
}

/// The words from `{` to the `}` that closes it.
fn of_block<'a, 'b>(tokens: &'b [Token<'a>]) -> impl Iterator<Item = &'b Token<'a>> {
    let mut depth = 0;
    tokens.iter().take_while(move |token| {
        let inside = depth > 0 || token.is_mark("{");
        depth += i32::from(token.is_mark("{")) - i32::from(token.is_mark("}"));
        inside
    })
}

/// The width of what stands up to the next comma, at which a line may end, or to the clause behind the list.
fn item_width(tokens: &[Token<'_>]) -> usize {
    let mut width = 0;
    for (at, token) in tokens.iter().enumerate() {
        let clause = clauses::clause(token.text).is_some();
        if at > 0 && (token.is_mark("{") || clause || token.starts_clause || token.is_comment()) {
            break;
        }
        width += token.width();
        if token.is_mark(",") {
            break;
        }
    }
    width
}

/// What a token is by the grammar. A word may look like a mark: `nginx key ,`.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    Mark,
    Comment,
}

/// A word, a punctuation mark or a comment.
struct Token<'a> {
    text: &'a str,
    kind: Kind,
    /// Line ends before it.
    breaks: usize,
    /// Whether it starts a clause, a fact or a value in braces.
    starts_clause: bool,
    /// Whether it stands close to the one before.
    tight: bool,
}

impl Token<'_> {
    fn is_comment(&self) -> bool {
        self.kind == Kind::Comment
    }

    fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    fn width(&self) -> usize {
        self.text.chars().count() + usize::from(!self.tight)
    }

    fn write(&self, out: &mut String) {
        if !self.tight && !out.is_empty() && !out.ends_with([' ', '\n']) {
            out.push(' ');
        }
        out.push_str(self.text);
    }
}

/// The words of a statement: the leaves of its tree, and the punctuation between them.
fn tokens<'a>(pair: &Pair<'a, Rule>, text: &'a str) -> Vec<Token<'a>> {
    let mut collector = Collector { text, end: pair.as_span().start(), tokens: Vec::with_capacity(16) };
    collector.node(pair.clone(), Spacing::Words, Spacing::Words, false);
    collector.tokens
}

/// How the words of a node stand together.
#[derive(Clone, Copy, PartialEq)]
enum Spacing {
    /// Apart.
    Words,
    /// As written, for the grammar lets no blank in: `team/foo:80`.
    Close,
    /// In the parentheses of a selector: `(k=v, k in (a, b), !k)`.
    Selector,
}

struct Collector<'a> {
    text: &'a str,
    /// Where the last token ends.
    end: usize,
    tokens: Vec<Token<'a>>,
}

impl<'a> Collector<'a> {
    /// Adds the words of a node: the first stands to the one before as `lead` says, the others as `spacing` says
    /// unless the node has its own way.
    fn node(&mut self, pair: Pair<'a, Rule>, lead: Spacing, spacing: Spacing, starts_clause: bool) {
        let rule = pair.as_rule();
        let span = pair.as_span();
        let block = is_block(rule);
        let inner = match rule {
            Rule::atom | Rule::target | Rule::dns_name | Rule::ingress_side | Rule::label => Spacing::Close,
            Rule::requirements => Spacing::Selector,
            _ => spacing,
        };
        let mut children = pair.clone().into_inner().peekable();
        if children.peek().is_none() && !block {
            let kind = match rule {
                Rule::comment => Kind::Comment,
                // It has no words of its own.
                Rule::fact_comma => Kind::Mark,
                _ => Kind::Word,
            };
            self.push(span.start(), span.as_str().trim_end_matches(BLANKS), kind, lead, starts_clause);
            self.end = span.end();
            return;
        }
        let mut lead = lead;
        let mut first = true;
        for child in children {
            let before = self.tokens.len();
            self.punctuation(child.as_span().start(), if first { lead } else { inner });
            if self.tokens.len() > before {
                lead = inner;
            }
            let starts = if block { child.as_rule() != Rule::comment } else { first && starts_clause };
            // `app.` is a fact of no meaning, and `app .` would start a statement.
            let next = if child.as_rule() == Rule::fact_name { Spacing::Close } else { inner };
            self.node(child, lead, inner, starts);
            lead = next;
            first = false;
        }
        self.punctuation(span.end(), inner);
    }

    /// The marks between the last token and byte `to`. A `;` goes: the line end or the writer says the same.
    fn punctuation(&mut self, to: usize, spacing: Spacing) {
        let from = self.end;
        if from >= to {
            return;
        }
        let gap = &self.text[from..to];
        for (at, mark) in gap.match_indices(|c: char| !matches!(c, ' ' | '\t' | '\n' | '\r' | ';')) {
            self.push(from + at, mark, Kind::Mark, spacing, false);
        }
    }

    fn push(&mut self, start: usize, word: &'a str, kind: Kind, spacing: Spacing, starts_clause: bool) {
        if word.is_empty() {
            return;
        }
        let breaks = line_ends(self.text.get(self.end..start).unwrap_or_default());
        let last = self.tokens.last().map_or("", |token| token.text);
        let tight = kind != Kind::Comment
            && match spacing {
                _ if kind == Kind::Mark && matches!(word, "," | ")" | ";") => true,
                Spacing::Words => false,
                Spacing::Close => self.end == start && last != ",",
                Spacing::Selector if word == "(" => last != "in",
                Spacing::Selector => {
                    matches!(word, "=" | "!") && last != "," && last != "(" || matches!(last, "(" | "=" | "!")
                }
            };
        self.tokens.push(Token { text: word, kind, breaks, starts_clause, tight });
        self.end = start + word.len();
    }
}

fn line_ends(gap: &str) -> usize {
    let bytes = gap.as_bytes();
    (0..bytes.len()).filter(|&at| bytes[at] == b'\n' || bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n')).count()
}
