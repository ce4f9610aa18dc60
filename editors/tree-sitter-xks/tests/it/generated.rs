//! The parser is what the generator makes of the grammar. Its version is pinned in `Cargo.toml`.

use crate::fixture;
use std::path::Path;
use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The newest format of parsers that Emacs 29 and 30 and Neovim 0.9 and 0.10 load, and all newer ones do.
const FORMAT: usize = 14;

/// What the generator writes below `src`.
const FILES: [&str; 6] = [
    "grammar.json",
    "node-types.json",
    "parser.c",
    "tree_sitter/alloc.h",
    "tree_sitter/array.h",
    "tree_sitter/parser.h",
];

/// Compares `src` with what a grammar becomes.
fn check(grammar: &Path, files: &[&str]) {
    let package = fixture::package();
    let folder = tempfile::tempdir().expect("a folder");
    let mut findings = Vec::new();
    generate_parser_in_directory(
        package.clone(),
        Some(folder.path()),
        Some(package.join(grammar)),
        FORMAT,
        None,
        None,
        true,
        OptLevel::default(),
        &mut findings,
    )
    .unwrap_or_else(|error| panic!("{}: {error}", grammar.display()));
    assert!(findings.is_empty(), "the generator warns: {findings:?}");
    for file in files {
        let (committed, generated) = (package.join("src").join(file), fixture::read(&folder.path().join(file)));
        if fixture::bless() {
            std::fs::create_dir_all(committed.parent().expect("a folder")).expect("a folder to write to");
            std::fs::write(&committed, generated).expect("a file to write");
        } else {
            assert!(
                fixture::read(&committed) == generated,
                "src/{file} is not what {} becomes; `BLESS=1 cargo test -p tree-sitter-xks -- --ignored` generates it",
                grammar.display()
            );
        }
    }
}

#[test]
fn the_parser_is_that_of_grammar_json() {
    check(Path::new("src/grammar.json"), &FILES[1..]);
}

mod oracles {
    #[test]
    #[ignore = "asks Node"]
    fn node_reads_grammar_js_as_grammar_json() {
        super::check(std::path::Path::new("grammar.js"), &super::FILES);
    }
}
