//! The shape of a text as the grammar has it, sound or not: what each word is, what encloses a place, what can be folded.

use super::clauses::clause_of;
use super::format::BLANKS;
use super::{Keyword, Pair, is_block, tree};
use std::ops::Range;
use xks_base::values::host::split_port;
use xks_grammar::Rule;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is by the grammar alone.
    pub kind: WordKind,
}

/// What a word is by the grammar alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum WordKind {
    Keyword,
    /// A word out of a few that a clause takes.
    Choice,
    Operator,
    Number,
    /// A host, a path, a value, a text in quotes.
    Text,
    /// The key of a label, an annotation or a fact.
    Key,
    /// What the language gives no meaning: a name that is declared or used.
    Name,
    Comment,
}

/// The words of a text, in order; of a broken part, the keyword and nothing else.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::with_capacity(text.len() / 6);
    for pair in tree(text).into_iter().flatten() {
        collect(pair, Rule::file, 0, &mut found);
    }
    found
}

/// Adds the words of the child number `at` of `parent`.
fn collect(pair: Pair<'_, Rule>, parent: Rule, at: usize, found: &mut Vec<Word>) {
    let (rule, span, range) = (pair.as_rule(), pair.as_span(), trimmed(&pair));
    let mut children = pair.into_inner().peekable();
    if children.peek().is_some() {
        children.enumerate().for_each(|(at, child)| {
            let inside = if rule == Rule::nginx && at == 1 { Rule::label } else { rule };
            collect(child, inside, at, found);
        });
        return;
    }
    let text = &span.as_str()[..range.len()];
    if (rule, parent) == (Rule::bare, Rule::external) {
        return remote(text, range, found);
    }
    let kind = match rule {
        Rule::arrow | Rule::eq => WordKind::Operator,
        Rule::number | Rule::port_number | Rule::port_target | Rule::port_entry | Rule::date | Rule::address6 => {
            WordKind::Number
        }
        Rule::port_list if text.starts_with(|c: char| c.is_ascii_digit()) => WordKind::Number,
        Rule::side | Rule::limit_kind | Rule::protocol => WordKind::Choice,
        Rule::string | Rule::bare | Rule::bare_list | Rule::label_value | Rule::fact_item | Rule::dns_host => {
            WordKind::Text
        }
        Rule::label_key | Rule::fact_name => WordKind::Key,
        Rule::word if matches!(parent, Rule::label | Rule::assign) => WordKind::Key,
        Rule::place if text.ends_with('*') => WordKind::Operator,
        Rule::place if text.contains('.') && text.starts_with(|c: char| c.is_ascii_digit()) => WordKind::Number,
        Rule::comment => WordKind::Comment,
        Rule::broken => {
            let word = text.split([' ', '\t', ';', '{']).next().unwrap_or_default();
            if Keyword::of_word(word).is_some() {
                found.push(Word { range: range.start..range.start + word.len(), kind: WordKind::Keyword });
            }
            return;
        }
        _ if at == 0 && starts_with_keyword(parent) || INNER_KEYWORDS.contains(&rule) => WordKind::Keyword,
        _ => WordKind::Name,
    };
    if !range.is_empty() {
        found.push(Word { range, kind });
    }
}

/// Keywords that stand within a statement, a clause or a peer.
const INNER_KEYWORDS: [Rule; 10] = [
    Rule::kw_at,
    Rule::kw_dns,
    Rule::kw_except,
    Rule::kw_in,
    Rule::kw_ingress,
    Rule::kw_not,
    Rule::kw_secret,
    Rule::kw_to,
    Rule::kw_host,
    Rule::kw_publish,
];

/// Whether a rule's first word is its keyword.
fn starts_with_keyword(rule: Rule) -> bool {
    Keyword::of_rule(rule).is_some() || clause_of(rule).is_some()
}

/// The words of `HOST:PORT`.
fn remote(text: &str, range: Range<usize>, found: &mut Vec<Word>) {
    let (host, port) = split_port(text);
    let port = port.filter(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let end = port.map_or(range.end, |port| range.end - port.len() - ":".len());
    let kind = if host.parse::<std::net::IpAddr>().is_ok() { WordKind::Number } else { WordKind::Text };
    if end > range.start {
        found.push(Word { range: range.start..end, kind });
    }
    found.extend(port.map(|_| Word { range: end + ":".len()..range.end, kind: WordKind::Number }));
}

/// What encloses byte `offset`, from the word to the file, each larger than the one before.
pub fn around(text: &str, offset: usize) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(8);
    found.push(0..text.len());
    let mut pairs = tree(text);
    while let Some(inner) = pairs {
        let holds = |pair: &Pair<'_, Rule>| {
            let range = trimmed(pair);
            range.start <= offset && offset <= range.end && !range.is_empty()
        };
        let mut touching = inner.filter(holds);
        // At the border of two words, the one that starts there.
        let Some(pair) = touching.next().map(|first| touching.last().unwrap_or(first)) else { break };
        let range = trimmed(&pair);
        if found.last() != Some(&range) {
            found.push(range);
        }
        pairs = Some(pair.into_inner());
    }
    found.reverse();
    found
}

fn trimmed(pair: &Pair<'_, Rule>) -> Range<usize> {
    let span = pair.as_span();
    span.start()..span.start() + span.as_str().trim_end_matches(BLANKS).len()
}

/// A part that can be folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Its bytes: of braces, from one to the other.
    pub range: Range<usize>,
    /// Whether it is comments, one below the other.
    pub comment: bool,
}

/// What can be folded, in the order of the text.
pub fn folds(text: &str) -> Vec<Fold> {
    let mut found = Vec::new();
    let mut comments: Option<Range<usize>> = None;
    for pair in tree(text).into_iter().flatten() {
        let range = trimmed(&pair);
        let own_line = text[..range.start].rsplit(['\n', '\r']).next().is_none_or(|before| before.trim().is_empty());
        if pair.as_rule() == Rule::comment && own_line {
            let goes_on = comments.as_ref().is_some_and(|run| text[run.end..range.start].trim().is_empty());
            match &mut comments {
                Some(run) if goes_on => run.end = range.end,
                _ => found.extend(comments.replace(range).map(|range| Fold { range, comment: true })),
            }
            continue;
        }
        found.extend(comments.take().map(|range| Fold { range, comment: true }));
        blocks(pair, &mut found);
    }
    found.extend(comments.map(|range| Fold { range, comment: true }));
    found.retain(|fold| text[fold.range.clone()].contains(['\n', '\r']));
    found
}

/// The braces within a part; else the part, if it is one statement over several lines.
fn blocks(pair: Pair<'_, Rule>, found: &mut Vec<Fold>) {
    let before = found.len();
    let whole = trimmed(&pair);
    for inner in pair.into_inner() {
        if is_block(inner.as_rule()) {
            found.push(Fold { range: trimmed(&inner), comment: false });
            inner.into_inner().for_each(|part| inner_blocks(part, found));
        }
    }
    if found.len() == before {
        found.push(Fold { range: whole, comment: false });
    }
}

fn inner_blocks(pair: Pair<'_, Rule>, found: &mut Vec<Fold>) {
    let braces = pair.into_inner().filter(|inner| inner.as_rule() == Rule::env_block);
    found.extend(braces.map(|inner| Fold { range: trimmed(&inner), comment: false }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clauses::CLAUSES;

    #[test]
    fn each_word_is_told() {
        let text = "expose web:80 at a.example.com tls shared { nginx proxy-body-size 8m } # why\nallow a ->";
        let found: Vec<String> =
            words(text).into_iter().map(|word| format!("{}={:?}", &text[word.range], word.kind)).collect();
        assert_eq!(
            found.join(" "),
            "expose=Keyword web=Name 80=Number at=Keyword a.example.com=Text tls=Keyword shared=Name nginx=Keyword \
             proxy-body-size=Key 8m=Text # why=Comment allow=Keyword"
        );
    }

    #[test]
    fn no_word_is_empty() {
        for text in ["external a -> :80", "external a -> :", "app a {}", "platform {", "allow a ->"] {
            assert!(words(text).iter().all(|word| !word.range.is_empty()), "{text}");
        }
    }

    #[test]
    fn every_keyword_of_the_grammar_is_one() {
        let told = |text: &str, keyword: &str| {
            words(text).iter().any(|word| &text[word.range.clone()] == keyword && word.kind == WordKind::Keyword)
        };
        let inner = INNER_KEYWORDS.map(|rule| format!("{rule:?}"));
        for rule in Rule::all_rules().iter().map(|rule| format!("{rule:?}")).filter(|rule| rule.starts_with("kw_")) {
            let word = rule["kw_".len()..].replace('_', "-");
            let of_clause = CLAUSES.iter().find(|clause| clause.word == word);
            let known = match of_clause {
                Some(clause) => told(&format!("tenant a {}", clause.example), &word),
                None => Keyword::of_word(&word).is_some() || inner.contains(&rule),
            };
            assert!(known, "{word}");
        }
    }

    #[test]
    fn selections_grow_from_the_word_to_the_file() {
        let text = "app x\nexpose web at a.example.com tls shared\n";
        let found: Vec<&str> =
            around(text, text.find("shared").unwrap_or(0) + 2).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["shared", "tls shared", "expose web at a.example.com tls shared", text]);
        assert!(around("", 0).iter().eq([&(0..0)]));
    }

    #[test]
    fn braces_and_runs_of_comments_fold() {
        let text = "# a\n# b\n\nplatform {\n  env dev {\n    a = b\n  }\n}\napp x { port http 80 }\n# c\n";
        let found: Vec<(&str, bool)> =
            folds(text).into_iter().map(|fold| (text[fold.range].lines().next().unwrap_or(""), fold.comment)).collect();
        assert_eq!(found, [("# a", true), ("{", false), ("{", false)]);
    }
}
