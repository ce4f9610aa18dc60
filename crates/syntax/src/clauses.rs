//! Clauses: which there are, which statement takes which, and the ones that any statement takes.

use super::{Pair, Reader, Rule, ast, errors};
use xks_base::source::{Span, Spanned};
use xks_base::values::label;

/// A clause.
pub(super) struct Clause {
    /// The word that it starts with.
    pub(super) word: &'static str,
    pub(super) rule: Rule,
    /// What it settles, once for a statement; `None` if it may be repeated.
    settles: Option<&'static str>,
    /// The statements that take it; none means all of them.
    pub(super) owners: &'static [&'static str],
}

const fn once(word: &'static str, rule: Rule, settles: &'static str, owners: &'static [&'static str]) -> Clause {
    Clause { word, rule, settles: Some(settles), owners }
}

const fn repeated(word: &'static str, rule: Rule, owners: &'static [&'static str]) -> Clause {
    Clause { word, rule, settles: None, owners }
}

/// Each clause. `because`, `until` and `in` go with all statements.
const CLAUSES: &[Clause] = &[
    once("backend", Rule::backend, "backend", &["expose"]),
    once("because", Rule::because, "because", &[]),
    once("exact", Rule::exact, "exact", &["expose"]),
    once("for", Rule::for_app, "for", &["service"]),
    repeated("from", Rule::from, &["expose"]),
    once("host-header", Rule::host_header, "host-header", &["expose"]),
    repeated("in", Rule::in_env, &[]),
    once("isolated", Rule::isolated, "isolated", &["tenant"]),
    once("issuer", Rule::issuer, "issuer", &["certificate"]),
    repeated("labels", Rule::labels, &["app", "tenant"]),
    repeated("limit", Rule::limit, &["expose"]),
    once("mesh", Rule::mesh, "mesh", &["app", "tenant"]),
    repeated("names", Rule::names, &["certificate"]),
    once("namespace", Rule::namespace, "namespace", &["tenant"]),
    repeated("nginx", Rule::nginx, &["expose"]),
    once("no-tls", Rule::no_tls, "tls", &["expose"]),
    repeated("port", Rule::port_clause, &["app", "service"]),
    once("private", Rule::private, "access", &["expose"]),
    once("public", Rule::public, "access", &["expose"]),
    once("redirect", Rule::redirect, "redirect", &["expose"]),
    once("rewrite", Rule::rewrite, "rewrite", &["expose"]),
    once("secret", Rule::secret, "secret", &["certificate"]),
    once("tls", Rule::tls, "tls", &["expose"]),
    once("until", Rule::until, "until", &[]),
    once("verify", Rule::verify, "verify", &["expose"]),
];

/// The clause that starts with a word.
pub(super) fn clause(word: &str) -> Option<&'static Clause> {
    CLAUSES.iter().find(|clause| clause.word == word)
}

/// The clause that a part of a statement is.
pub(super) fn clause_of(pair: &Pair<'_, Rule>) -> Option<&'static Clause> {
    CLAUSES.iter().find(|clause| clause.rule == pair.as_rule())
}

/// The clauses that a statement takes, its own first.
pub(super) fn clauses_of(statement: &str) -> Vec<&'static str> {
    let own = CLAUSES.iter().filter(|clause| clause.owners.contains(&statement));
    let common = CLAUSES.iter().filter(|clause| clause.owners.is_empty());
    own.chain(common).map(|clause| clause.word).collect()
}

/// Whether a statement that has one clause takes another besides.
pub(super) fn go_together(one: &str, other: &str) -> bool {
    let settles = |word| clause(word).and_then(|clause| clause.settles);
    settles(one).is_none() || settles(one) != settles(other)
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
                    let problem = xks_base::values::Problem::new("say why in a few words");
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
                    Err(problem) => {
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
                    let owners = clause(keyword).map_or(&[][..], |clause| clause.owners);
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
                self.report(if earlier != keyword && !go_together(earlier, keyword) {
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
        parse: impl Fn(&str) -> Result<T, xks_base::values::Problem>,
        code: &'static xks_base::diagnostics::Code,
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

#[cfg(test)]
mod tests {
    use super::*;
    use xks_base::source::FileId;

    /// Each clause as it may be written.
    const WRITTEN: &[&str] = &[
        "backend https",
        "because \"x\"",
        "exact",
        "for a",
        "from 10.0.0.0/8",
        "host-header a.example.com",
        "in dev",
        "isolated",
        "issuer a",
        "labels a=b",
        "limit rps 5",
        "mesh linkerd",
        "names a.example.com",
        "namespace a",
        "nginx a b",
        "no-tls",
        "port a 80",
        "private",
        "public",
        "redirect /a",
        "rewrite /a",
        "secret a",
        "tls a",
        "until 2027-01-31",
        "verify a",
    ];

    #[test]
    fn what_goes_together_is_what_the_reader_takes() {
        let word = |written: &'static str| written.split(' ').next().unwrap_or_default();
        assert!(WRITTEN.iter().map(|written| word(written)).eq(CLAUSES.iter().map(|clause| clause.word)));
        let heads = ["tenant a", "app a", "service a", "expose a at a.example.com", "certificate a"];
        for head in heads {
            let taken = clauses_of(head.split(' ').next().unwrap_or_default());
            let own = || WRITTEN.iter().filter(|written| taken.contains(&word(written)));
            for (one, other) in own().flat_map(|one| own().map(move |other| (one, other))) {
                let text = format!("{head} {one} {other}");
                let parsed = crate::parse(FileId(0), &text);
                assert_eq!(parsed.diagnostics.is_empty(), go_together(word(one), word(other)), "{text}");
            }
        }
    }
}
