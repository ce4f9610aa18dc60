//! The grammar finds an error in a text exactly when the compiler's own grammar does.

use crate::fixture;
use std::collections::BTreeSet;
use std::ops::Range;
use xks_core::source::{Source, Sources};

/// The codes of what the grammar cannot read. All others are about what the words mean.
const SYNTAX: [&str; 4] = ["stray-brace", "syntax-error", "unclosed-brace", "unknown-statement"];

/// What the compiler says to a text's syntax.
fn compiler_objects(text: &str) -> bool {
    let sources = Sources::new(vec![Source::new("shop.xks".to_string(), text.to_string())]);
    let parsed = xks_core::parse(&sources);
    parsed.iter().flat_map(|file| &file.diagnostics).any(|finding| SYNTAX.contains(&finding.code.name))
}

/// The difference between the two, as a complaint.
fn difference(parser: &mut tree_sitter::Parser, place: &str, text: &str) -> Option<String> {
    let tree = parser.parse(text, None).expect("a tree");
    let (editor, compiler) = (tree.root_node().has_error(), compiler_objects(text));
    (editor != compiler).then(|| {
        let who = if editor { "the editor's grammar" } else { "the compiler" };
        format!("{place}: only {who} objects to\n{text}\n{}", tree.root_node().to_sexp())
    })
}

#[test]
fn every_text_of_the_repository_is_read_as_the_compiler_reads_it() {
    let mut parser = fixture::parser();
    let texts = fixture::texts();
    let complaints: Vec<String> =
        texts.iter().filter_map(|text| difference(&mut parser, &text.place, &text.text)).collect();
    assert!(complaints.is_empty(), "{} complaints:\n\n{}", complaints.len(), complaints.join("\n\n"));
    let broken = texts.iter().filter(|text| compiler_objects(&text.text)).count();
    assert!(broken > 10 && texts.len() - broken > 300, "{broken} broken of {} texts", texts.len());
}

/// Slips of the pen: a word left out, written twice, exchanged with the next or run together with it, and marks that came in.
/// Of the marks each word gets two, in turn.
#[test]
fn slips_are_read_as_the_compiler_reads_them() {
    let mut parser = fixture::parser();
    let mut marks = MARKS.iter().cycle();
    let mut complaints = Vec::new();
    let mut shapes = BTreeSet::new();
    let statements = fixture::texts().into_iter().flat_map(|text| statements(&text.text));
    for text in statements.filter(|text| shapes.insert(shape(text))) {
        for slip in slips(&text, &mut marks).iter().filter(|slip| !is_known_difference(slip)) {
            complaints.extend(difference(&mut parser, &text, slip));
        }
    }
    assert!(complaints.is_empty(), "{} complaints:\n\n{}", complaints.len(), complaints.join("\n\n"));
    assert!(shapes.len() > 200, "only {} statements", shapes.len());
}

const MARKS: [&str; 22] = [
    ";", "; ", "\n", ",", ", ", "{", "}", "{ ", "\"", "#", "->", "-> ", "=", "(", ")", ":", ": ", "/", "x", "-", "- ",
    "${",
];

/// The statements of a text, each with its line end.
fn statements(text: &str) -> Vec<String> {
    let tree = fixture::parse(text);
    let root = tree.root_node();
    let mut cursor = root.walk();
    root.named_children(&mut cursor)
        .filter(|node| node.kind() != "comment" && !node.has_error())
        .map(|node| format!("{}\n", &text[node.byte_range()]))
        .collect()
}

/// The nodes and marks of a statement without its names and numbers: others like it have the same slips.
fn shape(text: &str) -> String {
    fixture::parse(text).root_node().to_sexp() + &text.replace(|c: char| c.is_alphanumeric() || c == ' ', "")
}

fn slips<'m>(text: &str, marks: &mut impl Iterator<Item = &'m &'m str>) -> Vec<String> {
    let words = words(text);
    let mut found = Vec::new();
    for (at, range) in words.iter().enumerate() {
        let (before, word, after) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
        found.push(format!("{before}{after}"));
        found.push(format!("{before}{word} {word}{after}"));
        found.extend(marks.take(2).map(|mark| format!("{before}{mark}{word}{after}")));
        if let Some(next) = words.get(at + 1) {
            let (between, rest) = (&text[range.end..next.start], &text[next.end..]);
            let next = &text[next.clone()];
            found.push(format!("{before}{next}{between}{word}{rest}"));
            found.push(format!("{before}{word}{next}{rest}"));
        }
    }
    found
}

/// Runs of letters and digits, and every other mark by itself.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, mark) in text.char_indices().filter(|(_, mark)| *mark != ' ') {
        let letter = mark.is_alphanumeric();
        match found.last_mut() {
            Some(last) if letter && in_word && last.end == at => last.end += mark.len_utf8(),
            _ => found.push(at..at + mark.len_utf8()),
        }
        in_word = letter;
    }
    found
}

/// Whether a line in `platform` starts with a statement's keyword that something touches, or a group is called `secret-`: see
/// `grammar.js`.
fn is_known_difference(text: &str) -> bool {
    let starts = |line: &str| {
        let line = line.trim_start();
        let end = line.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(line.len());
        STATEMENTS.contains(&&line[..end]) && line[end..].starts_with(|c| !" \t\n\r;{}(,#\"".contains(c))
    };
    text.contains("tls secret-") || text.starts_with("platform") && text.split(['\n', ';', '{']).any(starts)
}

const STATEMENTS: [&str; 14] = [
    "allow",
    "app",
    "certificate",
    "expect",
    "export",
    "expose",
    "external",
    "group",
    "include",
    "never",
    "platform",
    "ports",
    "service",
    "tenant",
];
