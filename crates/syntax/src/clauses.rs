//! Clauses: which there are, which statement takes which, and the ones that any statement takes.

use super::{Keyword, Pair, Reader, Rule, Wanted, ast, errors};
use xks_base::source::{Span, Spanned};
use xks_base::values::label;

/// A clause, as one row of [`CLAUSES`]: what reading, explaining, completing and formatting know of it.
pub(super) struct Clause {
    /// The word that it starts with.
    pub(super) word: &'static str,
    pub(super) rule: Rule,
    /// The statements that take it.
    pub(super) owners: Owners,
    /// What it settles, once for a statement; `None` if it may be repeated.
    settles: Option<&'static str>,
    /// The rule of what stands behind the word, and what that is called; `None` if nothing does.
    takes: Option<(Rule, Wanted)>,
    /// How it may be written.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read and print every clause by it"))]
    pub(super) example: &'static str,
}

/// The statements that take a clause.
#[derive(Clone, Copy)]
pub(super) enum Owners {
    /// All that take clauses.
    All,
    Only(&'static [Keyword]),
}

impl Owners {
    /// Their words; of a clause of all statements, none.
    pub(super) fn words(self) -> Vec<&'static str> {
        match self {
            Owners::All => Vec::new(),
            Owners::Only(keywords) => keywords.iter().map(|keyword| keyword.word()).collect(),
        }
    }
}

const APP_AND_SERVICE: Owners = Owners::Only(&[Keyword::App, Keyword::Service]);
const APP_AND_TENANT: Owners = Owners::Only(&[Keyword::App, Keyword::Tenant]);
const CERTIFICATE: Owners = Owners::Only(&[Keyword::Certificate]);
const EXPOSE: Owners = Owners::Only(&[Keyword::Expose]);
const SERVICE: Owners = Owners::Only(&[Keyword::Service]);
const TENANT: Owners = Owners::Only(&[Keyword::Tenant]);

/// A clause of one word.
const fn alone(word: &'static str, rule: Rule, owners: Owners, settles: &'static str) -> Clause {
    Clause { word, rule, owners, settles: Some(settles), takes: None, example: word }
}

/// A clause that is written once in a statement.
const fn once(
    word: &'static str,
    rule: Rule,
    owners: Owners,
    settles: &'static str,
    takes: (Rule, Wanted),
    example: &'static str,
) -> Clause {
    Clause { word, rule, owners, settles: Some(settles), takes: Some(takes), example }
}

/// A clause that may be written several times.
const fn repeated(
    word: &'static str,
    rule: Rule,
    owners: Owners,
    takes: (Rule, Wanted),
    example: &'static str,
) -> Clause {
    Clause { word, rule, owners, settles: None, takes: Some(takes), example }
}

/// Each clause, by its word.
#[rustfmt::skip]
pub(super) const CLAUSES: &[Clause] = &[
    once("backend", Rule::backend, EXPOSE, "backend", (Rule::protocol, Wanted::Backend), "backend https"),
    once("because", Rule::because, Owners::All, "because", (Rule::string, Wanted::Quoted), "because \"x\""),
    alone("exact", Rule::exact, EXPOSE, "exact"),
    once("for", Rule::for_app, SERVICE, "for", (Rule::word, Wanted::App), "for a"),
    repeated("from", Rule::from, EXPOSE, (Rule::bare, Wanted::Range), "from 10.0.0.0/8"),
    once("host-header", Rule::host_header, EXPOSE, "host-header", (Rule::bare, Wanted::HostName), "host-header a.example.com"),
    repeated("in", Rule::in_env, Owners::All, (Rule::word, Wanted::Environment), "in dev"),
    alone("isolated", Rule::isolated, TENANT, "isolated"),
    once("issuer", Rule::issuer, CERTIFICATE, "issuer", (Rule::dotted, Wanted::Issuer), "issuer a"),
    repeated("labels", Rule::labels, APP_AND_TENANT, (Rule::label_key, Wanted::LabelPair), "labels a=b"),
    repeated("limit", Rule::limit, EXPOSE, (Rule::limit_kind, Wanted::LimitKind), "limit rps 5"),
    once("mesh", Rule::mesh, APP_AND_TENANT, "mesh", (Rule::word, Wanted::Mesh), "mesh linkerd"),
    repeated("names", Rule::names, CERTIFICATE, (Rule::bare, Wanted::HostName), "names a.example.com"),
    once("namespace", Rule::namespace, TENANT, "namespace", (Rule::dotted, Wanted::Name), "namespace a"),
    repeated("nginx", Rule::nginx, EXPOSE, (Rule::word, Wanted::AnnotationName), "nginx a b"),
    alone("no-tls", Rule::no_tls, EXPOSE, "tls"),
    repeated("port", Rule::port_clause, APP_AND_SERVICE, (Rule::word, Wanted::PortName), "port a 80"),
    alone("private", Rule::private, EXPOSE, "access"),
    alone("public", Rule::public, EXPOSE, "access"),
    once("redirect", Rule::redirect, EXPOSE, "redirect", (Rule::bare, Wanted::Url), "redirect /a"),
    once("rewrite", Rule::rewrite, EXPOSE, "rewrite", (Rule::bare, Wanted::Path), "rewrite /a"),
    once("secret", Rule::secret, CERTIFICATE, "secret", (Rule::dotted, Wanted::Secret), "secret a"),
    once("timeout", Rule::timeout, EXPOSE, "timeout", (Rule::number, Wanted::Seconds), "timeout 30s"),
    once("tls", Rule::tls, EXPOSE, "tls", (Rule::word, Wanted::CertificateGroup), "tls a"),
    once("until", Rule::until, Owners::All, "until", (Rule::date, Wanted::Date), "until 2027-01-31"),
    once("verify", Rule::verify, EXPOSE, "verify", (Rule::word, Wanted::Secret), "verify a"),
];

/// The clause that starts with a word.
pub(super) fn clause(word: &str) -> Option<&'static Clause> {
    CLAUSES.iter().find(|clause| clause.word == word)
}

/// The clause that a part of a statement is.
pub(super) fn clause_of(rule: Rule) -> Option<&'static Clause> {
    CLAUSES.iter().find(|clause| clause.rule == rule)
}

/// The clauses that a statement takes, its own first.
pub(super) fn clauses_of(statement: &str) -> Vec<&'static str> {
    let is_own = |clause: &&Clause| match clause.owners {
        Owners::All => false,
        Owners::Only(owners) => owners.iter().any(|owner| owner.word() == statement),
    };
    let own = CLAUSES.iter().filter(is_own);
    let common = CLAUSES.iter().filter(|clause| matches!(clause.owners, Owners::All));
    own.chain(common).map(|clause| clause.word).collect()
}

/// What a clause lacks of which only the word is written, as the grammar expected it.
pub(super) fn wanted_behind(word: &str, expected: &[Rule]) -> Option<Wanted> {
    let (rule, wanted) = clause(word)?.takes?;
    expected.contains(&rule).then_some(wanted)
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
        statement: Keyword,
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
        statement: Keyword,
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
                    let owners = clause_of(pair.as_rule()).map_or_else(Vec::new, |clause| clause.owners.words());
                    let span = self.span(&pair);
                    self.report(errors::misplaced(span, keyword, statement.word(), &owners));
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

    /// The start of a statement, which clauses may follow.
    fn head(keyword: Keyword) -> Option<&'static str> {
        Some(match keyword {
            Keyword::Allow => "allow a -> b",
            Keyword::App => "app a",
            Keyword::Certificate => "certificate a",
            Keyword::Expect => "expect a -> b",
            Keyword::Export => "export a to b",
            Keyword::Expose => "expose a at a.example.com",
            Keyword::External => "external a -> a.example.com",
            Keyword::Group => "group a = b",
            Keyword::Include => "include \"a\"",
            Keyword::Never => "never a -> b",
            Keyword::Platform => return None,
            Keyword::Ports => "ports a = 80",
            Keyword::Service => "service a",
            Keyword::Tenant => "tenant a",
        })
    }

    /// The codes of what is wrong with a text.
    fn findings(text: &str) -> Vec<&'static str> {
        let parsed = crate::parse(FileId(0), text);
        parsed.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect()
    }

    #[test]
    fn rows_are_sorted_and_start_with_their_word() {
        assert!(CLAUSES.is_sorted_by_key(|clause| clause.word));
        for clause in CLAUSES {
            assert_eq!(clause.example.split(' ').next(), Some(clause.word));
        }
    }

    #[test]
    fn each_statement_takes_its_clauses_and_no_others() {
        for keyword in Keyword::ALL {
            let Some(head) = head(*keyword) else { continue };
            let taken = clauses_of(keyword.word());
            for clause in CLAUSES {
                let wanted: &[&str] = if taken.contains(&clause.word) { &[] } else { &["misplaced-clause"] };
                for text in [format!("{head} {}", clause.example), format!("{head} {{ {} }}", clause.example)] {
                    assert_eq!(findings(&text), wanted, "{text}");
                }
            }
        }
    }

    #[test]
    fn each_clause_is_read_and_printed() {
        for keyword in Keyword::ALL {
            let Some(head) = head(*keyword) else { continue };
            for clause in CLAUSES.iter().filter(|clause| clauses_of(keyword.word()).contains(&clause.word)) {
                let text = format!("{head} {}", clause.example);
                let parsed = crate::parse(FileId(0), &text);
                let printed: Vec<String> = parsed.file.statements.iter().map(crate::print::one_line).collect();
                assert_eq!(printed, [text]);
            }
        }
    }

    #[test]
    fn what_goes_together_is_what_the_reader_takes() {
        for keyword in Keyword::ALL {
            let Some(head) = head(*keyword) else { continue };
            let taken = clauses_of(keyword.word());
            let own = || CLAUSES.iter().filter(|clause| taken.contains(&clause.word));
            for (one, other) in own().flat_map(|one| own().map(move |other| (one, other))) {
                let text = format!("{head} {} {}", one.example, other.example);
                assert_eq!(findings(&text).is_empty(), go_together(one.word, other.word), "{text}");
            }
        }
    }

    #[test]
    fn what_stands_behind_each_word_is_what_the_grammar_expects() {
        for clause in CLAUSES {
            let (_, expected) = crate::recover::stop(clause.rule, &format!("{} \0", clause.word));
            assert_eq!(
                wanted_behind(clause.word, &expected),
                clause.takes.map(|(_, wanted)| wanted),
                "{}",
                clause.word
            );
        }
    }
}
