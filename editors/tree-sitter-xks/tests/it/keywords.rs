//! Every keyword of the compiler is one for every editor.

use crate::fixture;

/// The words of the rules `kw_…` in `grammar/*.pest`.
fn keywords() -> Vec<String> {
    let files = fixture::files(&fixture::repository().join("grammar")).into_iter();
    let grammar: String = files.map(|path| fixture::read(&path)).collect();
    let rules = grammar.lines().filter(|line| line.starts_with("kw_"));
    rules.filter_map(|line| line.split('"').nth(1)).map(str::to_string).collect()
}

#[test]
fn every_keyword_of_the_compiler_is_one_for_every_editor() {
    let keywords = keywords();
    assert!(keywords.len() > 40, "only {keywords:?}");
    let editors = fixture::repository().join("editors");
    let language = tree_sitter::Language::from(tree_sitter_xks::LANGUAGE);
    let lists = ["vim/syntax/xks.vim", "emacs/xks-mode.el"].map(|file| (file, fixture::read(&editors.join(file))));
    let mut complaints = Vec::new();
    for keyword in &keywords {
        if language.id_for_node_kind(keyword, false) == 0 && language.id_for_node_kind(keyword, true) == 0 {
            complaints.push(format!("tree-sitter-xks/grammar.js does not know `{keyword}`"));
        }
        for (file, text) in &lists {
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            if !words.into_iter().any(|word| word == keyword) {
                complaints.push(format!("{file} does not know `{keyword}`"));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
