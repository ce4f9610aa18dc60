//! What a broken part should have been: it is read once more as the statement that its first word starts, and the
//! grammar says where it stopped and what it expected there.

use super::clauses::{Owners, clause, clauses_of, wanted_behind};
use super::{Keyword, Pair, Reader, errors};
use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};
use xks_base::diagnostics::suggest::nearest;
use xks_base::source::Span;
use xks_grammar::{Grammar, Rule};

/// The longest broken part that is read again; of a longer one only the start is looked at.
const LONGEST: usize = 4096;

impl<'a> Reader<'a> {
    /// A part of a file that is no statement.
    pub(super) fn broken_statement(&mut self, pair: &Pair<'a, Rule>) {
        let (text, start) = trimmed(pair);
        let word = first_word(text);
        let span = Span::new(self.id, start, start + word.len().max(1).min(text.len()));
        match Keyword::of_word(word) {
            Some(keyword) => self.explain(text, start, keyword.rule(), keyword.word()),
            None => {
                let words: Vec<&str> = Keyword::ALL.iter().map(|keyword| keyword.word()).collect();
                let hint = clause(word).map(|clause| match clause.owners {
                    Owners::Only(owners) => {
                        let owner = owners.first().map_or("", |owner| owner.word());
                        format!("`{word}` is a clause of `{owner}`: write it on that line, or in its braces")
                    }
                    Owners::All => format!("`{word}` is a clause: write it behind a statement, or in its braces"),
                });
                let word = if word.is_empty() { &text[..text.chars().next().map_or(0, char::len_utf8)] } else { word };
                let span = Span { end: span.start + word.len() as u32, ..span };
                self.report(errors::unknown_statement(span, &clip(word), &words, hint));
            }
        }
    }

    /// A line in the braces of `statement` that is no clause.
    pub(super) fn broken_clause(&mut self, pair: &Pair<'a, Rule>, statement: Keyword) {
        let statement = statement.word();
        let (text, start) = trimmed(pair);
        let word = first_word(text);
        let clauses = clauses_of(statement);
        if clause(word).is_some() {
            return self.explain(text, start, Rule::clause, statement);
        }
        let shown = if word.is_empty() { text } else { word };
        let span = Span::new(self.id, start, start + shown.len());
        let help = format!("`{statement}` takes {}", xks_base::diagnostics::suggest::listed(&clauses, "and"));
        self.report(errors::unexpected(span, &clip(shown), "{", nearest(word, clauses.iter().copied()), &help));
    }

    /// A line of `platform` that is no fact.
    pub(super) fn broken_fact(&mut self, pair: &Pair<'a, Rule>) {
        let (text, start) = trimmed(pair);
        self.explain(text, start, Rule::fact, "platform");
    }

    /// A line of an environment that sets no value.
    pub(super) fn broken_value(&mut self, pair: &Pair<'a, Rule>) {
        let (text, start) = trimmed(pair);
        self.explain(text, start, Rule::assign, "env");
    }

    fn explain(&mut self, text: &str, start: usize, rule: Rule, statement: &str) {
        let mut clipped = text.len().min(LONGEST);
        while !text.is_char_boundary(clipped) {
            clipped -= 1;
        }
        let text = &text[..clipped];
        let (at, expected) = stop(rule, text);
        let at = at + (text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len());
        let before = text[..at].trim_end();
        let previous = before.rsplit([' ', '\t', '\n', '\r', ',']).next().unwrap_or(before);
        let previous = if before.ends_with(',') { "," } else { previous };
        let found = found_word(&text[at..]);
        let span = match found {
            "" => Span::new(self.id, start + before.len(), start + before.len()),
            found => Span::new(self.id, start + at, start + at + found.len()),
        };
        let another = previous.ends_with(',').then_some("another one");
        let what = another.or_else(|| wanted(&expected, statement, previous, before).map(Wanted::words));
        let diagnostic = match what {
            Some(what) => {
                let diagnostic = errors::expected(span, what, &clip(previous), found);
                let diagnostic = match slip(previous, found, what) {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                };
                if what == Wanted::Arrow.words() && matches!(found, "=>" | "→" | ">" | "-" | "to") {
                    diagnostic.safe_fix("write `->`", span, "->")
                } else {
                    diagnostic
                }
            }
            None => {
                let clauses = clauses_of(statement);
                let near = nearest(found, clauses.iter().copied());
                let help = match statement {
                    _ if previous.contains("kubernetes.io/") => {
                        "leave the prefix out: `nginx proxy-body-size 8m`".to_string()
                    }
                    _ if found.starts_with(':') => {
                        "a port stands close behind its peer: `api:8080`; a blank behind a comma starts the next one"
                            .to_string()
                    }
                    "allow" | "never" | "expect" if found.bytes().all(|byte| byte.is_ascii_digit()) => {
                        format!("a port follows its peer with a colon: `{previous}:{found}`")
                    }
                    "platform" | "env" => "write one fact on a line".to_string(),
                    _ => format!(
                        "end the line, or write one of {}",
                        xks_base::diagnostics::suggest::listed(&clauses, "and")
                    ),
                };
                errors::unexpected(span, &clip(found), &clip(previous), near, &help)
            }
        };
        self.report(diagnostic);
    }
}

/// What to write instead of the commonest slips.
fn slip(previous: &str, found: &str, wanted: &str) -> Option<String> {
    let quoted = wanted == "a text in quotes";
    match (previous, found) {
        (_, "to" | "=>" | "→" | "<-" | ">" | "-") if wanted == "`->`" => {
            Some("rules go from left to right: `allow web -> api`".to_string())
        }
        (_, "on" | "under" | "as") if wanted == "`at`" => Some("write `expose APP at HOST`".to_string()),
        ("because" | "include", found) if quoted => {
            Some(format!("write `{previous} \"{}\"`", found.trim_matches(['\'', '"'])))
        }
        (number, _) if wanted == "a port" && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(format!("a port has a name before its number: `port http {number}`"))
        }
        _ => None,
    }
}

/// Where a text stops being what the rule says, and what the grammar expected there; nothing if it is a whole one.
pub(super) fn stop(rule: Rule, text: &str) -> (usize, Vec<Rule>) {
    match Grammar::parse(rule, text) {
        Ok(mut pairs) => (pairs.next().map_or(0, |pair| pair.as_span().end()), Vec::new()),
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            let expected = match error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives,
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            (at, expected)
        }
    }
}

/// What may be missing in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names, and the words for them, say it")]
pub enum Wanted {
    Arrow,
    At,
    Equals,
    To,
    Label,
    LabelValue,
    Peer,
    /// One end's ports, behind a colon.
    Port,
    Grantee,
    Target,
    Quoted,
    Host,
    Remote,
    Range,
    HostName,
    Path,
    Url,
    Value,
    TenantName,
    AppName,
    Environment,
    AnnotationName,
    CertificateGroup,
    PortName,
    /// The number behind a port's name.
    PortNumber,
    Mesh,
    App,
    Issuer,
    Secret,
    Name,
    LimitKind,
    Number,
    Seconds,
    Date,
    Backend,
    LabelPair,
    Braces,
    FactName,
}

impl Wanted {
    /// In the user's words.
    fn words(self) -> &'static str {
        match self {
            Wanted::Arrow => "`->`",
            Wanted::At => "`at`",
            Wanted::Equals => "`=`",
            Wanted::To => "`to`",
            Wanted::Label => "a label",
            Wanted::LabelValue => "a label's value",
            Wanted::Peer => "a peer, such as `foo`, `team/foo`, `internet` or `10.0.0.0/8`,",
            Wanted::Port | Wanted::PortNumber => "a port",
            Wanted::Grantee => "a tenant, or `*` for all of them,",
            Wanted::Target => "an app, service or external",
            Wanted::Quoted => "a text in quotes",
            Wanted::Host | Wanted::HostName => "a host",
            Wanted::Remote => "a host name or an address",
            Wanted::Range => "a range of addresses",
            Wanted::Path => "a path",
            Wanted::Url => "a URL",
            Wanted::Value => "a value",
            Wanted::TenantName => "a tenant's name",
            Wanted::AppName => "an app's name",
            Wanted::Environment => "an environment",
            Wanted::AnnotationName => "an annotation's name, such as `proxy-body-size`,",
            Wanted::CertificateGroup => "a certificate group, or `secret NAME`,",
            Wanted::PortName => "a port's name",
            Wanted::Mesh => "`linkerd`",
            Wanted::App => "an app",
            Wanted::Issuer | Wanted::Secret | Wanted::Name => "a name",
            Wanted::LimitKind => "`connections` or `rps`",
            Wanted::Number => "a number",
            Wanted::Seconds => "a time in seconds, such as `30s`,",
            Wanted::Date => "a date, such as `2027-01-31`,",
            Wanted::Backend => "`http`, `https`, `grpc` or `grpcs`",
            Wanted::LabelPair => "a label, such as `team=web`,",
            Wanted::Braces => "`{`",
            Wanted::FactName => "a fact's name",
        }
    }
}

/// What the grammar wanted; `None` when the statement could have ended there. `previous` is the word before, or before the
/// list that goes on.
pub(super) fn wanted(expected: &[Rule], statement: &str, previous: &str, before: &str) -> Option<Wanted> {
    let has = |rule| expected.contains(&rule);
    let list = matches!(before.split_whitespace().next(), Some("allow" | "never" | "expect" | "group" | "export"));
    let what = if has(Rule::arrow) {
        Wanted::Arrow
    } else if has(Rule::kw_at) {
        Wanted::At
    } else if has(Rule::eq) {
        Wanted::Equals
    } else if has(Rule::kw_to) {
        Wanted::To
    } else if has(Rule::requirement) || has(Rule::label_key) && before.ends_with(['(', ',', '!']) {
        Wanted::Label
    } else if has(Rule::label_value) {
        Wanted::LabelValue
    } else if list && (has(Rule::peer) || has(Rule::atom) || has(Rule::place)) {
        Wanted::Peer
    } else if has(Rule::port_list) {
        Wanted::Port
    } else if has(Rule::grantee) {
        Wanted::Grantee
    } else if has(Rule::target) || has(Rule::place) {
        Wanted::Target
    } else if let Some(wanted) = wanted_behind(previous, expected) {
        wanted
    } else if has(Rule::string) && !has(Rule::bare) && !has(Rule::bare_list) {
        Wanted::Quoted
    } else if has(Rule::bare) || has(Rule::bare_list) {
        match (statement, previous) {
            ("expose", "at") | ("export", _) => Wanted::Host,
            ("external", _) => Wanted::Remote,
            _ => Wanted::Value,
        }
    } else if has(Rule::word) || has(Rule::dotted) {
        match (statement, previous) {
            ("tenant", "tenant") => Wanted::TenantName,
            ("app", "app") => Wanted::AppName,
            (_, "secret") => Wanted::Secret,
            _ => Wanted::Name,
        }
    } else if has(Rule::port_number) || has(Rule::port_target) || has(Rule::port_entry) {
        Wanted::PortNumber
    } else if has(Rule::number) {
        Wanted::Number
    } else if has(Rule::label) {
        Wanted::LabelPair
    } else if has(Rule::fact_block) {
        Wanted::Braces
    } else if has(Rule::fact_name) {
        Wanted::FactName
    } else {
        return None;
    };
    Some(what)
}

/// A part without the blanks around it, and where it starts in the file.
fn trimmed<'a>(pair: &Pair<'a, Rule>) -> (&'a str, usize) {
    let text = pair.as_str();
    let trimmed = text.trim_start();
    (trimmed.trim_end(), pair.as_span().start() + text.len() - trimmed.len())
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// The word at the start of `text`, up to a blank or separator; a separator is a word by itself.
fn found_word(text: &str) -> &str {
    let stops = [' ', '\t', '\n', '\r', ';', '{', '}', ',', '#', '"'];
    match text.find(stops) {
        Some(0) if text.starts_with(['\n', '\r']) => "",
        Some(0) => &text[..1],
        Some(end) => &text[..end],
        None => text,
    }
}

fn clip(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_string() } else { text.chars().take(37).chain("...".chars()).collect() }
}
