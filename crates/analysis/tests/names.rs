//! The index of names, of texts that cannot be read.

use std::sync::Arc;
use xks_analysis::names::uses::{FileNames, Index};
use xks_base::source::{FileId, Source};

/// The names that are found in a line behind a few declarations.
fn names_in(line: &str) -> Vec<String> {
    let text = format!("tenant shop\napp a, b, é port http 80\n{line}");
    let source = Source::new("shop.xks", text.as_str());
    let parsed = xks_syntax::parse(FileId(0), &text);
    assert!(!parsed.broken.is_empty(), "{line:?} can be read");
    let index = Index::new(vec![Arc::new(FileNames::new(&source, &parsed))]);
    let in_line = index.in_file(FileId(0)).filter(|found| found.span.start as usize >= text.len() - line.len());
    in_line.map(|found| text[found.span.range()].to_string()).collect()
}

#[test]
fn names_of_a_broken_line_leave_out_strings_and_comments() {
    assert_eq!(names_in("allow a->shop/b:http,é \"no a\" # b"), ["a", "shop", "b", "http", "é"]);
    assert_eq!(names_in("allow b -> \"a"), ["b"]);
    assert_eq!(names_in("allow a -> c d"), ["a"], "what nothing declares is no name");
}
