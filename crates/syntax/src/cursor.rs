//! What may stand at a place of a text that is being typed: the text before it is read with the same grammar, which says
//! what it expected where that text ends.

use super::clauses::{clause, clause_of, clauses_of, go_together};
use super::recover::{Wanted, stop, wanted};
use super::{Keyword, Pair, Parsed, is_block, tree};
use xks_grammar::Rule;

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'t> {
    /// What may stand there.
    pub slot: Slot,
    /// The keyword of the statement around it; empty between statements.
    pub statement: &'static str,
    /// The words before it: of the clause or fact that it is in, else of the statement.
    pub before: Vec<&'t str>,
    /// Where the word that is being typed starts; it goes on to the place.
    pub start: usize,
    /// The text of the statement before that word.
    pub text: &'t str,
    /// The clauses that the statement has before it.
    standing: Vec<&'static str>,
}

impl Place<'_> {
    /// The clauses that the statement takes besides those that it has.
    pub fn clauses(&self) -> Vec<&'static str> {
        let mut clauses = clauses(self.statement);
        clauses.retain(|one| self.standing.iter().all(|other| go_together(one, other)));
        clauses
    }
}

/// What may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A statement.
    Statement,
    /// A clause of the statement.
    Clause,
    /// A part of a statement or clause.
    Part(Wanted),
    /// A fact of `platform`.
    Fact,
    /// A word behind a fact's name.
    FactWord,
    /// The name of a value, in the braces of `env`.
    ValueName,
    /// The name of a value, behind `${`.
    Interpolation,
    /// Nothing that is known: the statement ends here, or cannot be understood.
    Nothing,
}

/// A character that no rule of the grammar takes, so that reading always stops at the end of the text.
const END: &str = "\0";

impl Parsed {
    /// What may stand at byte `offset` of the text that this was read from; `None` inside of comments, and of strings
    /// but a path's.
    pub fn place<'t>(&self, text: &'t str, offset: usize) -> Option<Place<'t>> {
        let before = text.get(..offset)?;
        let line = line_start(before);
        let quoted = match inside(&before[line..]) {
            Inside::Comment => return None,
            Inside::Words => false,
            Inside::String => true,
        };
        // A statement that starts before can be read without those above it.
        let statements = &self.file.statements;
        let value = before[line..].rfind("${").map(|at| line + at + 2).filter(|&at| !before[at..].contains('}'));
        if let Some(start) = value {
            let from = first_before(statements, start);
            let around = Around::new(&text[from..start - 2]);
            return Some(Place { slot: Slot::Interpolation, before: Vec::new(), ..around.place(start) });
        }
        let place = |start: usize| Around::new(&text[first_before(statements, start)..start]).place(start);
        if quoted {
            let start = before.rfind('"')? + 1;
            let place = place(start - 1);
            return (place.before == ["include"]).then_some(Place { start, ..place });
        }
        let start = word_start(before);
        if let Some(peer) = with_ports(&before[..start]).map(|end| word_start(&before[..end])) {
            let place = place(peer);
            if place.slot == Slot::Part(Wanted::Peer) {
                return Some(place);
            }
        }
        let place = place(start);
        // The word may start lines above, before parentheses that go over several.
        let word = &before[line_start(&before[..start])..start];
        let slot = if is_inside_word(word) { Slot::Nothing } else { place.slot };
        Some(Place { slot, ..place })
    }
}

/// Where the last line of a text starts.
fn line_start(text: &str) -> usize {
    text.rfind(['\n', '\r']).map_or(0, |at| at + 1)
}

/// What a word that is being typed does not hold.
const STOPS: [char; 11] = [' ', '\t', '\n', '\r', ',', ';', '{', '}', '(', ')', '"'];

/// Where the last word of a text starts. What stands in parentheses right before it belongs to it: `tenants(a=b)/api`.
fn word_start(text: &str) -> usize {
    let word = text.rfind(STOPS).map_or(0, |at| at + 1);
    let start = text[word..].rfind("->").map_or(word, |at| word + at + 2);
    match opening(&text[..start]) {
        Some(open) => word_start(&text[..open]),
        None => start,
    }
}

/// Where the parenthesis opens that a text ends with.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b')' => depth += 1,
            b'(' if depth == 1 => return Some(at),
            b'(' => depth -= 1,
            b'{' | b'}' | b';' => return None,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Where the ports start of a peer that a text ends with, if they go on: behind their comma stands no blank. The colons of
/// an IPv6 address without brackets start no ports.
fn with_ports(text: &str) -> Option<usize> {
    let list = text.strip_suffix(',')?;
    let is_port = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '+' | '.' | ',');
    let peer = list.trim_end_matches(is_port).strip_suffix(':')?;
    let address =
        peer.rsplit([' ', '\t', '\n', '\r', ',']).next().is_some_and(|word| word.contains(':') && !word.ends_with(']'));
    (!address && list.len() > peer.len() + 1).then_some(peer.len())
}

/// Whether the word at the end of a line's beginning goes on what stands before it: an interpolation or a string.
fn is_inside_word(line: &str) -> bool {
    let interpolated = || {
        let inner = line.strip_suffix('}')?;
        Some(!inner[inner.rfind("${")?..].contains('}'))
    };
    line.ends_with('"') || interpolated() == Some(true)
}

/// Where the last statement before `offset` starts.
fn first_before(statements: &[super::ast::Statement], offset: usize) -> usize {
    let after = statements.partition_point(|statement| (statement.span.start as usize) < offset);
    statements[..after].last().map_or(0, |statement| statement.span.start as usize)
}

enum Inside {
    Words,
    String,
    Comment,
}

/// Where the end of a line's beginning is. Strings and comments end with their line.
fn inside(line: &str) -> Inside {
    let mut quoted = false;
    let mut escaped = false;
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '#' if !quoted => return Inside::Comment,
            _ => {}
        }
    }
    if quoted { Inside::String } else { Inside::Words }
}

/// What is around the end of a text.
struct Around<'t> {
    slot: Slot,
    statement: &'static str,
    before: Vec<&'t str>,
    text: &'t str,
    standing: Vec<&'static str>,
}

impl<'t> Around<'t> {
    fn new(text: &'t str) -> Around<'t> {
        let Some(pairs) = tree(text) else { return Around::nothing("") };
        let Some(last) = pairs.filter(is_part).last().filter(|last| goes_on(text, last)) else {
            return Around::at(Slot::Statement, "");
        };
        let keyword = keyword(&last);
        let whole = &text[last.as_span().start()..];
        let standing =
            |pair: &Pair<'t, Rule>| pair.clone().into_inner().filter_map(|part| Some(clause_of(part.as_rule())?.word));
        let clauses = standing(&last);
        match open_block(&last) {
            Some(block) if block.as_rule() == Rule::fact_block => Around { text: whole, ..Around::facts(text, &block) },
            Some(block) => {
                let standing = clauses.chain(standing(&block)).collect();
                Around { standing, text: whole, ..Around::block(text, &block, keyword) }
            }
            None => Around { standing: clauses.collect(), text: whole, ..Around::line(whole, keyword) },
        }
    }

    fn nothing(statement: &'static str) -> Around<'t> {
        Around::at(Slot::Nothing, statement)
    }

    fn at(slot: Slot, statement: &'static str) -> Around<'t> {
        Around { slot, statement, before: Vec::new(), text: "", standing: Vec::new() }
    }

    /// The place behind the text, where a word starts.
    fn place(self, start: usize) -> Place<'t> {
        let Around { slot, statement, before, text, standing } = self;
        Place { slot, statement, before, start, text, standing }
    }

    /// In a statement's own words.
    fn line(text: &'t str, keyword: &'static str) -> Around<'t> {
        let Some(rule) = Keyword::of_word(keyword).map(Keyword::rule) else {
            // A clause by itself: its statement is still to be written.
            return Around::clause(text, "");
        };
        let read = |text: &str| {
            let whole = format!("{text}{END}");
            let (at, expected) = stop(rule, &whole);
            (at >= text.trim_end().len()).then_some(expected)
        };
        // What is wrong earlier says nothing about this place, if an arrow or a clause comes between.
        let arrow = || {
            let (head, tail) = text.rsplit_once("->")?;
            (head.len() > keyword.len()).then(|| read(&format!("{keyword} x ->{tail}")))?
        };
        if let Some(expected) = read(text).or_else(arrow) {
            return Around::from(&expected, text, keyword);
        }
        let clause = clause_start(text).map(|at| &text[at..]);
        clause.map_or_else(|| Around::nothing(keyword), |clause| Around::clause(clause, keyword))
    }

    /// In a clause, read behind a statement that is sound.
    fn clause(text: &'t str, keyword: &'static str) -> Around<'t> {
        let whole = format!("tenant t {text}{END}");
        let (at, expected) = stop(Rule::tenant, &whole);
        if at + END.len() < whole.trim_end().len() {
            return Around::nothing(keyword);
        }
        Around::from(&expected, text, keyword)
    }

    fn from(expected: &[Rule], text: &'t str, keyword: &'static str) -> Around<'t> {
        let words = clause_start(text).map_or(text, |at| &text[at..]);
        let before: Vec<&str> = words.split_ascii_whitespace().collect();
        // `tls secret` is a group by itself, but nobody means that one.
        let ends = !text.trim_end().ends_with(',') && before.last() != Some(&"secret");
        if expected.contains(&Rule::block) && ends {
            return Around { before, ..Around::at(Slot::Clause, keyword) };
        }
        let list = before.iter().rposition(|word| !word.ends_with(',')).unwrap_or(0);
        let goes_on = before.last().is_some_and(|last| last.ends_with(','));
        let previous = match (goes_on, list) {
            (true, list) => before.get(list).copied().unwrap_or_default(),
            (false, _) => before.last().copied().unwrap_or_default(),
        };
        let slot = wanted(expected, keyword, previous, text).map_or(Slot::Nothing, Slot::Part);
        Around { before, ..Around::at(slot, keyword) }
    }

    /// In the braces of a statement.
    fn block(text: &'t str, block: &Pair<'t, Rule>, keyword: &'static str) -> Around<'t> {
        let last = block.clone().into_inner().filter(is_part).last().filter(|last| goes_on(text, last));
        let Some(last) = last else { return Around::at(Slot::Clause, keyword) };
        let around = Around::clause(&text[last.as_span().start()..], keyword);
        // The next clause stands on the next line.
        if around.slot == Slot::Clause { Around { slot: Slot::Nothing, ..around } } else { around }
    }

    /// In the braces of `platform`.
    fn facts(text: &'t str, block: &Pair<'t, Rule>) -> Around<'t> {
        let statement = "platform";
        let last = block.clone().into_inner().filter(is_part).last().filter(|last| goes_on(text, last));
        let Some(last) = last else { return Around::at(Slot::Fact, statement) };
        let Some(values) = open_block(&last) else {
            let before = text[last.as_span().start()..].split([' ', '\t', ',']).filter(|word| !word.is_empty());
            return Around { before: before.collect(), ..Around::at(Slot::FactWord, statement) };
        };
        let last = values.into_inner().filter(is_part).last().filter(|last| goes_on(text, last));
        let slot = if last.is_none() { Slot::ValueName } else { Slot::Nothing };
        Around::at(slot, statement)
    }
}

fn is_part(pair: &Pair<'_, Rule>) -> bool {
    !matches!(pair.as_rule(), Rule::comment | Rule::EOI | Rule::unclosed | Rule::stray)
}

/// Whether the text behind a part still belongs to it: a list and parentheses go on in the next line.
fn goes_on(text: &str, part: &Pair<'_, Rule>) -> bool {
    let words = part.as_str().trim_end();
    words.ends_with(',')
        || words.matches('(').count() > words.matches(')').count()
        || open_block(part).is_some()
        || !text[part.as_span().end()..].contains(['\n', '\r', ';'])
}

/// The braces of a statement or fact, if they are not closed.
fn open_block<'t>(part: &Pair<'t, Rule>) -> Option<Pair<'t, Rule>> {
    let last = part.clone().into_inner().last().filter(|last| is_block(last.as_rule()))?;
    let open = last.clone().into_inner().any(|inner| inner.as_rule() == Rule::unclosed || open_block(&inner).is_some());
    open.then_some(last)
}

/// The keyword that a part starts with, if a statement starts so.
fn keyword(part: &Pair<'_, Rule>) -> &'static str {
    let first = part.as_str().trim_start().split(|c: char| !(c.is_alphanumeric() || c == '-')).next();
    first.and_then(Keyword::of_word).map_or("", Keyword::word)
}

/// Where the last clause of a statement starts. An app may be called like a clause, but stands before `at` or `->`.
fn clause_start(text: &str) -> Option<usize> {
    let last = text.split_ascii_whitespace().rfind(|word| clause(word).is_some())?;
    Some(last.as_ptr() as usize - text.as_ptr() as usize)
}

/// The statements, by their keywords.
pub fn statements() -> impl Iterator<Item = &'static str> {
    Keyword::ALL.iter().map(|keyword| keyword.word())
}

/// The clauses that a statement takes, its own first; of no statement, all of them.
pub fn clauses(statement: &str) -> Vec<&'static str> {
    if statement == "platform" { Vec::new() } else { clauses_of(statement) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xks_base::source::FileId;

    /// The place at the end of a text, with the words before it.
    fn at_end(text: &str) -> (Option<Slot>, String) {
        let parsed = crate::parse(FileId(0), text);
        let place = parsed.place(text, text.len());
        let before = place.as_ref().map_or(String::new(), |place| place.before.join(" "));
        (place.map(|place| place.slot), before)
    }

    #[test]
    fn what_may_stand_at_the_end() {
        use Slot::{Clause, Fact, FactWord, Interpolation, Nothing, Part, Statement, ValueName};
        let cases = [
            ("", Statement),
            ("app web\n", Statement),
            ("app web; ", Statement),
            ("app web\nal", Statement),
            ("tenant ", Part(Wanted::TenantName)),
            ("tenant t ", Clause),
            ("expose ", Part(Wanted::Target)),
            ("expose a ", Part(Wanted::At)),
            ("expose a at ", Part(Wanted::Host)),
            ("expose a at x.example.com, ", Part(Wanted::Host)),
            ("expose a at x.example.com ", Clause),
            ("expose a at x.example.com pri", Clause),
            ("expose a at x.example.com tls ", Part(Wanted::CertificateGroup)),
            ("expose a at x.example.com tls secret ", Part(Wanted::Secret)),
            ("expose a at x.example.com tls shared {\n  ", Clause),
            ("expose a at x.example.com tls shared {\n  limit ", Part(Wanted::LimitKind)),
            ("expose a at x.example.com tls shared {\n  limit rps ", Part(Wanted::Number)),
            ("expose a at x.example.com tls shared {\n  limit rps 5 ", Nothing),
            ("expose a at x.example.com { limit rps 5; nginx ", Part(Wanted::AnnotationName)),
            ("expose a at x.example.com { nginx proxy-body-size ", Part(Wanted::Value)),
            ("expose a at x.example.com { from 10.0.0.0/8, ", Part(Wanted::Range)),
            ("expose a at x.example.com { exact } ", Nothing),
            ("expose a at x.example.com { exact }\n", Statement),
            ("expose a at x.example.com backend ", Part(Wanted::Backend)),
            ("expose a at x.${", Interpolation),
            ("expose a at x redirect \"https://${do", Interpolation),
            ("allow ", Part(Wanted::Peer)),
            ("allow a ", Part(Wanted::Arrow)),
            ("allow a -> ", Part(Wanted::Peer)),
            ("allow a ->", Part(Wanted::Peer)),
            ("allow a -> b, ", Part(Wanted::Peer)),
            ("allow a -> b, # why\n  ", Part(Wanted::Peer)),
            ("allow a -> team/", Part(Wanted::Peer)),
            ("allow a -> team/b:ht", Part(Wanted::Peer)),
            ("allow a! b -> ", Part(Wanted::Peer)),
            ("allow a -> b ", Clause),
            ("allow a -> b:80 in ", Part(Wanted::Environment)),
            ("allow a -> b until ", Part(Wanted::Date)),
            ("allow pods(", Part(Wanted::Label)),
            ("export ", Part(Wanted::Peer)),
            ("export a ", Part(Wanted::To)),
            ("export a to ", Part(Wanted::Grantee)),
            ("export a to b, ", Part(Wanted::Grantee)),
            ("external x ", Part(Wanted::Arrow)),
            ("external x -> ", Part(Wanted::Remote)),
            ("certificate c issuer ", Part(Wanted::Issuer)),
            ("certificate c names ", Part(Wanted::HostName)),
            ("service s port ", Part(Wanted::PortName)),
            ("service s port http ", Part(Wanted::PortNumber)),
            ("service s for ", Part(Wanted::App)),
            ("app a mesh ", Part(Wanted::Mesh)),
            ("app ", Part(Wanted::AppName)),
            ("group g ", Part(Wanted::Equals)),
            ("group g = ", Part(Wanted::Peer)),
            ("include ", Part(Wanted::Quoted)),
            ("include \"", Part(Wanted::Quoted)),
            ("include \"m/a b", Part(Wanted::Quoted)),
            ("include \"a\"", Nothing),
            ("expose a at x.${d}", Nothing),
            ("allow a -> b:80,", Part(Wanted::Peer)),
            ("allow a -> tenants(a=b)/", Part(Wanted::Peer)),
            ("allow a -> tenants(a=b,\n  c=d)/", Part(Wanted::Peer)),
            ("platform ", Part(Wanted::Braces)),
            ("platform {\n  ", Fact),
            ("platform {\n  cni ", FactWord),
            ("platform {\n  cni calico\n  lint missing-tls ", FactWord),
            ("platform {\n  env dev { ", ValueName),
            ("platform {\n  env dev { a = ", Nothing),
            ("tls ", Part(Wanted::CertificateGroup)),
        ];
        let found = cases.iter().map(|(text, slot)| (text, at_end(text).0, Some(*slot)));
        let wrong: Vec<_> = found.filter(|(_, is, want)| is != want).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn nothing_in_comments_and_strings() {
        for text in ["# ", "app web # al", "allow a -> b because \"", "include \"a\" because \"b\\\" "] {
            assert_eq!(at_end(text).0, None, "{text}");
        }
    }

    #[test]
    fn the_clause_is_told() {
        assert_eq!(at_end("expose a at b { nginx proxy-body-size ").1, "nginx proxy-body-size");
        assert_eq!(at_end("platform { lint missing-tls ").1, "lint missing-tls");
        assert_eq!(at_end("allow a, b -> ").1, "allow a, b ->");
    }
}
