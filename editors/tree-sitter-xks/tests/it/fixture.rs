//! What the tests read: every xks text of the repository.

use std::path::{Path, PathBuf};

/// A text and where it stands.
pub(crate) struct Text {
    pub(crate) place: String,
    pub(crate) text: String,
}

/// This package's folder.
pub(crate) fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The repository's folder.
pub(crate) fn repository() -> PathBuf {
    package().join("../..")
}

/// Whether expectations are to be rewritten.
pub(crate) fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// A parser of xks.
pub(crate) fn parser() -> tree_sitter::Parser {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_xks::LANGUAGE.into()).expect("a language of this version of tree-sitter");
    parser
}

/// The tree of a text.
pub(crate) fn parse(text: &str) -> tree_sitter::Tree {
    parser().parse(text, None).expect("a tree, for nothing stops the parser")
}

/// Every xks text: sources of examples and golden cases, each file in the workspaces of `tests/ui`, the blocks of the
/// documentation, and this package's own cases.
pub(crate) fn texts() -> Vec<Text> {
    let root = repository();
    let mut found = Vec::new();
    for folder in ["examples", "tests/golden", "tests/ui", "docs", "editors/tree-sitter-xks/test"] {
        for path in files(&root.join(folder)) {
            let place = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("xks") => found.extend(split(&place, &read(&path))),
                Some("txt") => {
                    let text = read(&path);
                    let cases = crate::corpus::cases(&text).into_iter();
                    found.extend(cases.map(|case| Text { place: case.name.to_string(), text: case.text.to_string() }));
                }
                Some("md") => found.extend(blocks(&read(&path)).flat_map(|block| split(&place, &block))),
                _ => {}
            }
        }
    }
    found.extend(blocks(&read(&root.join("README.md"))).flat_map(|block| split("README.md", &block)));
    found
}

/// All files below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A file's text.
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a workspace in one text: a line `#- PATH` starts one.
fn split(place: &str, text: &str) -> Vec<Text> {
    let mut found = Vec::new();
    let mut name = String::from("shop.xks");
    let mut lines = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("#- ").map(str::trim_end) {
            Some(header) if !header.starts_with("today ") => {
                found.push((std::mem::replace(&mut name, header.to_string()), std::mem::take(&mut lines)));
            }
            _ => lines.push_str(line),
        }
    }
    found.push((name, lines));
    found.retain(|(name, text)| name.ends_with(".xks") && !text.is_empty());
    found.into_iter().map(|(name, text)| Text { place: format!("{place} ({name})"), text }).collect()
}

/// The `xks` blocks of a page.
fn blocks(page: &str) -> impl Iterator<Item = String> {
    page.split("```xks\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_string())
}
