//! `test/corpus/*.txt`, in the form of `tree-sitter test`: a name between lines of `=`, a text, `---`, its tree.

use crate::fixture;

/// A case: its name, its text and its tree as written.
pub(crate) struct Case<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
    tree: &'a str,
}

/// The cases of a file.
pub(crate) fn cases(file: &str) -> Vec<Case<'_>> {
    let mut parts = file.split("================\n").skip(1);
    let mut found = Vec::new();
    while let (Some(name), Some(body)) = (parts.next(), parts.next()) {
        let (text, tree) = body.split_once("\n---\n").expect("a line `---`");
        found.push(Case { name: name.trim(), text: text.strip_prefix('\n').unwrap_or(text), tree: tree.trim() });
    }
    found
}

#[test]
fn every_tree_is_as_written() {
    let mut complaints = Vec::new();
    for path in fixture::files(&fixture::package().join("test/corpus")) {
        let file = fixture::read(&path);
        let mut blessed = Vec::new();
        for case in cases(&file) {
            let tree = indented(&fixture::parse(case.text).root_node().to_sexp());
            if words(&tree) != words(case.tree) {
                complaints.push(format!("{}: {}\n{tree}", path.display(), case.name));
            }
            let line = "================";
            blessed.push(format!("{line}\n{}\n{line}\n\n{}\n---\n\n{tree}\n", case.name, case.text));
        }
        assert!(!blessed.is_empty(), "{} has no case", path.display());
        if fixture::bless() {
            std::fs::write(&path, blessed.join("\n")).expect("a file to write");
            complaints.clear();
        }
    }
    assert!(complaints.is_empty(), "{} trees differ:\n\n{}", complaints.len(), complaints.join("\n\n"));
}

/// A tree with each node on a line of its own.
fn indented(tree: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    for word in tree.split(' ') {
        let starts_line = word.ends_with(':') || word.starts_with('(') && !text.ends_with(": ");
        if starts_line && !text.is_empty() {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.push_str(&"  ".repeat(depth));
        }
        text.push_str(word);
        text.push(' ');
        depth += word.matches('(').count();
        depth -= word.matches(')').count();
    }
    text.trim_end().to_string()
}

/// What counts of a tree.
fn words(tree: &str) -> Vec<&str> {
    tree.split_whitespace().collect()
}
