//! Every query compiles, and says something about the texts of the repository.

use crate::fixture;
use std::path::PathBuf;
use tree_sitter::{Query, QueryCursor, StreamingIterator as _};

/// The queries of the grammar and those of editors that want their own.
fn files() -> Vec<PathBuf> {
    let editors = fixture::repository().join("editors");
    let folders = ["tree-sitter-xks/queries", "helix/queries/xks", "zed/languages/xks"];
    let files = folders.iter().flat_map(|folder| fixture::files(&editors.join(folder)));
    files.filter(|path| path.extension().is_some_and(|ending| ending == "scm")).collect()
}

#[test]
fn every_pattern_of_every_query_matches_somewhere() {
    let texts = fixture::texts();
    let trees: Vec<_> = texts.iter().map(|text| (fixture::parse(&text.text), text.text.as_bytes())).collect();
    let mut complaints = Vec::new();
    for path in files() {
        let source = fixture::read(&path);
        let query = match Query::new(&tree_sitter_xks::LANGUAGE.into(), &source) {
            Ok(query) => query,
            Err(error) => {
                complaints.push(format!("{}: {error}", path.display()));
                continue;
            }
        };
        let mut unused: Vec<bool> = vec![true; query.pattern_count()];
        for (tree, text) in &trees {
            let mut cursor = QueryCursor::new();
            let mut matches = cursor.matches(&query, tree.root_node(), *text);
            while let Some(found) = matches.next() {
                unused[found.pattern_index] = false;
            }
        }
        for (pattern, _) in unused.iter().enumerate().filter(|(_, unused)| **unused) {
            let range = query.start_byte_for_pattern(pattern)..query.end_byte_for_pattern(pattern);
            complaints.push(format!("{}: matches nowhere: {}", path.display(), source[range].trim()));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
