//! From text to statements: [`parse`] reads a file whatever it holds, [`format::format`] writes it in the one style.

pub mod ast;
mod clauses;
pub mod cursor;
pub mod errors;
pub mod format;
mod keyword;
mod peer;
pub mod print;
mod recover;
pub mod reference;
mod statements;
pub mod structure;

use pest::Parser as _;
use pest::iterators::{Pair, Pairs};
use xks_base::diagnostics::Diagnostic;
use xks_base::source::{FileId, Span};
use xks_grammar::{Grammar, Rule};

pub use keyword::Keyword;
pub use recover::Wanted;

/// What a file says: every sound statement, and what is wrong with the others.
#[derive(Debug)]
pub struct Parsed {
    /// The statements, in order.
    pub file: ast::File,
    /// Syntax errors and wrong values.
    pub diagnostics: Vec<Diagnostic>,
    /// The parts that are no statements, for an editor to make the best of.
    pub broken: Vec<Span>,
}

/// The most bytes that a file may have: spans count in 32 bits, and no hand-written file comes near.
pub const MAX_FILE: usize = 64 << 20;

/// The most findings of one file that are shown: a file of noise does not drown what is wrong elsewhere.
pub const MAX_ERRORS_PER_FILE: usize = 100;

/// Reads a file. Never fails: what cannot be read is in the diagnostics.
pub fn parse(id: FileId, text: &str) -> Parsed {
    let mut reader = Reader { id, text, diagnostics: Vec::new(), more: 0, broken: Vec::new() };
    let mut statements = Vec::new();
    match tree(text) {
        Some(pairs) => {
            statements.reserve_exact(pairs.len());
            for pair in pairs {
                statements.extend(reader.item(pair));
            }
        }
        None => reader.diagnostics.push(errors::unreadable(Span::new(id, 0, 0))),
    }
    if reader.diagnostics.len() + reader.more > MAX_ERRORS_PER_FILE {
        reader.diagnostics.sort_by_key(|d| d.primary.span);
        let more = reader.diagnostics.len() + reader.more - MAX_ERRORS_PER_FILE;
        reader.diagnostics.truncate(MAX_ERRORS_PER_FILE);
        let last = reader.diagnostics[MAX_ERRORS_PER_FILE - 1].primary.span;
        reader.diagnostics.push(errors::too_many(last.after(), more));
    }
    Parsed { file: ast::File { id, statements }, diagnostics: reader.diagnostics, broken: reader.broken }
}

/// The nodes of a file: statements, comments and the parts that are neither. `None` only if the grammar refuses a
/// text, which it is written not to do.
fn tree(text: &str) -> Option<Pairs<'_, Rule>> {
    let file = Grammar::parse(Rule::file, text).ok()?.next()?;
    file.into_inner().next().map(Pair::into_inner)
}

/// Whether a rule reads what stands in braces.
const fn is_block(rule: Rule) -> bool {
    matches!(rule, Rule::block | Rule::fact_block | Rule::env_block)
}

/// Turns pairs of one file into statements.
struct Reader<'a> {
    id: FileId,
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
    /// How many broken statements there are besides, of which nothing is said.
    more: usize,
    broken: Vec<Span>,
}

impl<'a> Reader<'a> {
    fn span(&self, pair: &Pair<'a, Rule>) -> Span {
        let span = pair.as_span();
        Span::new(self.id, span.start(), span.end())
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
