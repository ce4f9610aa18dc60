//! `queries/highlights.scm` colours every keyword, and no token twice; `test/highlight/*.xks` says how, in the form of
//! `tree-sitter test`: a comment points at what stands above it. Helix and Zed get copies with the names that they know.

use crate::fixture;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use tree_sitter::{Node, Query, QueryCursor, StreamingIterator as _, Tree};

/// The captures of Neovim that another editor knows by another name.
const HELIX: [(&str, &str); 5] = [
    ("character.special", "operator"),
    ("module", "namespace"),
    ("number", "constant.numeric"),
    ("property", "variable.other.member"),
    ("string.escape", "constant.character.escape"),
];
const ZED: [(&str, &str); 3] =
    [("character.special", "operator"), ("module", "type"), ("string.special.url", "link_uri")];

/// A node that is coloured, and how.
struct Colour {
    node: usize,
    range: Range<usize>,
    name: String,
}

fn query() -> Query {
    Query::new(&tree_sitter_xks::LANGUAGE.into(), tree_sitter_xks::HIGHLIGHTS_QUERY).expect("a query")
}

fn colours(query: &Query, tree: &Tree, text: &str) -> Vec<Colour> {
    let mut cursor = QueryCursor::new();
    let mut captures = cursor.captures(query, tree.root_node(), text.as_bytes());
    let mut found = Vec::new();
    while let Some((matched, at)) = captures.next() {
        let capture = matched.captures()[*at];
        let name = query.capture_names()[capture.index as usize].to_string();
        found.push(Colour { node: capture.node.id(), range: capture.node.byte_range(), name });
    }
    found
}

/// The tokens of a tree.
fn tokens<'tree>(node: Node<'tree>, found: &mut Vec<Node<'tree>>) {
    if node.child_count() == 0 {
        found.push(node);
    }
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        tokens(child, found);
    }
}

#[test]
fn every_word_has_one_colour() {
    let query = query();
    let mut complaints = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for text in fixture::texts() {
        let tree = fixture::parse(&text.text);
        let colours = colours(&query, &tree, &text.text);
        let mut names: BTreeMap<usize, &str> = BTreeMap::new();
        for Colour { node, range, name } in &colours {
            if let Some(other) = names.insert(*node, name).filter(|other| other != name) {
                complaints.insert(format!("`{}` is @{name} and @{other}", &text.text[range.clone()]));
            }
        }
        let mut found = Vec::new();
        tokens(tree.root_node(), &mut found);
        for token in found {
            seen.insert(token.kind().to_string());
            let word = &text.text[token.byte_range()];
            let is_blank = word.trim().is_empty();
            let is_broken = token.is_error() || token.parent().is_some_and(|parent| parent.is_error());
            let within = |range: &Range<usize>| range.start <= token.start_byte() && token.end_byte() <= range.end;
            if !is_blank && !is_broken && !colours.iter().any(|colour| within(&colour.range)) {
                let parent = token.parent().map_or("nothing", |parent| parent.kind());
                complaints.insert(format!("{}: `{word}` in {parent} has no colour", text.place));
            }
        }
    }
    let language = tree_sitter::Language::from(tree_sitter_xks::LANGUAGE);
    for id in 0..u16::try_from(language.node_kind_count()).expect("few kinds") {
        let kind = language.node_kind_for_id(id).unwrap_or_default();
        if !language.node_kind_is_named(id) && language.node_kind_is_visible(id) && !seen.contains(kind) {
            complaints.insert(format!("no text of the repository holds `{kind}`"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn colours_are_as_marked() {
    let query = query();
    let mut complaints = Vec::new();
    let mut marks = 0;
    for path in fixture::files(&fixture::package().join("test/highlight")) {
        let text = fixture::read(&path);
        let colours = colours(&query, &fixture::parse(&text), &text);
        let mut line_start = 0;
        let mut above = 0;
        for line in text.split_inclusive('\n') {
            let pointer = line.strip_prefix('#').and_then(|rest| rest.trim_start().split_once(' '));
            match pointer.filter(|(mark, _)| *mark == "<-" || mark.bytes().all(|byte| byte == b'^')) {
                None => above = line_start,
                Some((mark, expected)) => {
                    marks += 1;
                    let column = if mark == "<-" { 0 } else { line.find('^').unwrap_or_default() };
                    let at = above + column;
                    let around = colours.iter().filter(|colour| colour.range.contains(&at));
                    let inner = around.min_by_key(|colour| colour.range.len());
                    let actual = inner.map_or("nothing", |colour| &colour.name);
                    if actual != expected.trim() {
                        let word = text[at..].split_whitespace().next().unwrap_or_default();
                        complaints.push(format!("{}: {word} is {actual}, not {}", path.display(), expected.trim()));
                    }
                }
            }
            line_start += line.len();
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(marks > 50, "only {marks} marks");
}

#[test]
fn helix_and_zed_have_the_same_colours() {
    let editors = fixture::repository().join("editors");
    for (folder, names) in [("helix/queries/xks", &HELIX[..]), ("zed/languages/xks", &ZED[..])] {
        let path = editors.join(folder).join("highlights.scm");
        let head = "; Written from editors/tree-sitter-xks/queries/highlights.scm by `BLESS=1 cargo test`.\n\n";
        let copy = format!("{head}{}", renamed(tree_sitter_xks::HIGHLIGHTS_QUERY, names));
        if fixture::bless() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to write to");
            std::fs::write(&path, copy).expect("a file to write");
        } else {
            assert!(fixture::read(&path) == copy, "{} is out of date: BLESS=1 cargo test", path.display());
        }
    }
}

/// A query without its opening comment and with other names of captures.
fn renamed(query: &str, names: &[(&str, &str)]) -> String {
    let patterns = query.trim_start_matches(|c| c != '\n').split_once("\n\n").map_or(query, |(_, rest)| rest);
    let mut parts = patterns.split('@');
    let mut copy = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let end = part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let name = names.iter().find(|(own, _)| *own == name).map_or(name, |(_, other)| other);
        copy.push_str(&format!("@{name}{rest}"));
    }
    copy
}
