//! Clauses: which there are, which statement takes which, and the ones that any statement takes.

use super::{Pair, Reader, Rule, ast, errors};
use crate::source::{Span, Spanned};
use crate::values::label;

/// Each clause, with the statements that take it. `because`, `until` and `in` go with all of them.
pub(super) const CLAUSES: &[(&str, &[&str])] = &[
    ("backend", &["expose"]),
    ("because", &[]),
    ("exact", &["expose"]),
    ("for", &["service"]),
    ("from", &["expose"]),
    ("host-header", &["expose"]),
    ("in", &[]),
    ("isolated", &["tenant"]),
    ("issuer", &["certificate"]),
    ("labels", &["app", "tenant"]),
    ("limit", &["expose"]),
    ("mesh", &["app", "tenant"]),
    ("names", &["certificate"]),
    ("namespace", &["tenant"]),
    ("nginx", &["expose"]),
    ("no-tls", &["expose"]),
    ("port", &["app", "service"]),
    ("private", &["expose"]),
    ("public", &["expose"]),
    ("redirect", &["expose"]),
    ("rewrite", &["expose"]),
    ("secret", &["certificate"]),
    ("tls", &["expose"]),
    ("until", &[]),
    ("verify", &["expose"]),
];

/// The clauses that a statement takes, its own first.
pub(super) fn clauses_of(statement: &str) -> Vec<&'static str> {
    let own = CLAUSES.iter().filter(|(_, owners)| owners.contains(&statement));
    let common = CLAUSES.iter().filter(|(_, owners)| owners.is_empty());
    own.chain(common).map(|(clause, _)| *clause).collect()
}

impl<'a> Reader<'a> {
    /// Reads what follows a statement's subject. `own` takes each clause that is not common to all statements and gives
    /// it back if it is not the statement's.
    pub(super) fn clauses(
        &mut self,
        statement: &'static str,
        pairs: impl Iterator<Item = Pair<'a, Rule>>,
        mut own: impl FnMut(&mut Self, Pair<'a, Rule>) -> Result<(), Pair<'a, Rule>>,
    ) -> ast::Tags {
        let mut tags = ast::Tags::default();
        for pair in pairs {
            if pair.as_rule() == Rule::block {
                let open = self.span(&pair);
                for inner in pair.into_inner() {
                    match inner.as_rule() {
                        Rule::comment => {}
                        Rule::unclosed => self.unclosed(open, &inner),
                        Rule::broken => self.broken_clause(&inner, statement),
                        _ => self.clause(statement, inner, &mut tags, &mut own),
                    }
                }
            } else {
                self.clause(statement, pair, &mut tags, &mut own);
            }
        }
        tags
    }

    fn clause(
        &mut self,
        statement: &'static str,
        pair: Pair<'a, Rule>,
        tags: &mut ast::Tags,
        own: &mut impl FnMut(&mut Self, Pair<'a, Rule>) -> Result<(), Pair<'a, Rule>>,
    ) {
        match pair.as_rule() {
            Rule::because => {
                let span = self.span(&pair);
                let text = self.text_of(last(pair));
                if text.value.trim().is_empty() {
                    let problem = crate::values::Problem::new("say why in a few words");
                    self.report(errors::invalid(&errors::INVALID_VALUE, text.span, "", "a reason", problem));
                }
                self.once(&mut tags.because, text, span, "because");
            }
            Rule::until => {
                let span = self.span(&pair);
                let word = last(pair);
                let at = self.span(&word);
                match word.as_str().parse() {
                    Ok(date) => self.once(&mut tags.until, Spanned::new(date, at), span, "until"),
                    Err(_) => {
                        let problem = crate::values::Problem::new("a date is YYYY-MM-DD, a day of the calendar");
                        self.report(errors::invalid(&errors::INVALID_DATE, at, word.as_str(), "a date", problem));
                    }
                }
            }
            Rule::in_env => {
                for word in pair.into_inner().filter(|word| word.as_rule() == Rule::word) {
                    let name = self.name(word, "an environment's name");
                    tags.envs.push(name);
                }
            }
            _ => {
                if let Err(pair) = own(self, pair) {
                    let keyword = pair.clone().into_inner().next().map_or(pair.as_str(), |first| first.as_str());
                    let owners =
                        CLAUSES.iter().find(|(clause, _)| *clause == keyword).map_or(&[][..], |(_, owners)| owners);
                    let span = self.span(&pair);
                    self.report(errors::misplaced(span, keyword, statement, owners));
                }
            }
        }
    }

    /// Keeps the first of two clauses and reports the second.
    pub(super) fn once<T: Placed>(&mut self, slot: &mut Option<T>, value: T, clause: Span, keyword: &str) {
        match slot {
            None => *slot = Some(value),
            Some(first) => {
                let first = first.place();
                let earlier = self.text[first.range()]
                    .split(|c: char| !(c.is_alphanumeric() || c == '-'))
                    .next()
                    .unwrap_or_default();
                let exclusive = ["public", "private", "tls", "no-tls"];
                self.report(if earlier != keyword && exclusive.contains(&earlier) {
                    errors::clauses_exclude(clause, first, keyword, earlier)
                } else {
                    errors::clause_twice(clause, first, keyword)
                });
            }
        }
    }

    pub(super) fn unclosed(&mut self, block: Span, at: &Pair<'a, Rule>) {
        let open = Span { end: block.start + 1, ..block };
        let end = self.span(at);
        self.report(errors::unclosed(open, end));
    }

    /// `labels k=v, …`
    pub(super) fn labels(&mut self, pair: Pair<'a, Rule>) -> Vec<ast::Label> {
        let mut found: Vec<ast::Label> = Vec::new();
        for pair in pair.into_inner().filter(|pair| pair.as_rule() == Rule::label) {
            let Some(label) = self.label(pair) else { continue };
            match found.iter().find(|first| first.key.value == label.key.value) {
                Some(first) => self.report(errors::label_twice(label.key.span, first.key.span, &label.key.value)),
                None => found.push(label),
            }
        }
        found
    }

    fn label(&mut self, pair: Pair<'a, Rule>) -> Option<ast::Label> {
        let mut parts = pair.into_inner();
        let (key, value) = (parts.next()?, parts.next()?);
        let key = self.parsed(&key, key.as_str(), "a label's key", label::key, &errors::INVALID_LABEL)?;
        let text = self.text_of(value.clone());
        let value = self.parsed(&value, &text.value, "a label's value", label::value, &errors::INVALID_LABEL)?;
        Some(ast::Label { key, value })
    }

    /// Parses a word into a value, or reports why it is none.
    pub(super) fn parsed<T>(
        &mut self,
        pair: &Pair<'a, Rule>,
        text: &str,
        what: &str,
        parse: impl Fn(&str) -> Result<T, crate::values::Problem>,
        code: &'static crate::diagnostics::Code,
    ) -> Option<Spanned<T>> {
        let span = self.span(pair);
        match parse(text) {
            Ok(value) => Some(Spanned::new(value, span)),
            Err(problem) => {
                self.report(errors::invalid(code, span, text, what, problem));
                None
            }
        }
    }
}

/// The last child: the value behind a keyword.
pub(super) fn last(pair: Pair<'_, Rule>) -> Pair<'_, Rule> {
    let whole = pair.clone();
    pair.into_inner().last().unwrap_or(whole)
}

/// What knows where it stands.
pub(super) trait Placed {
    fn place(&self) -> Span;
}

impl<T> Placed for Spanned<T> {
    fn place(&self) -> Span {
        self.span
    }
}

impl Placed for Span {
    fn place(&self) -> Span {
        *self
    }
}
