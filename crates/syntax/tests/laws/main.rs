//! Laws that hold for every tree and every text.

mod trees;

use proptest::prelude::*;
use xks_base::source::FileId;
use xks_syntax::ast::Statement;
use xks_syntax::format::format;
use xks_syntax::{Keyword, parse, print};

/// 256 cases a law, or as many as PROPTEST_CASES says.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, max_local_rejects: u32::MAX, ..ProptestConfig::default() }
}

/// A statement without its places: what Debug shows of it, spans left out.
fn said(statement: &Statement) -> String {
    let shown = format!("{statement:?}");
    let (mut out, mut rest) = (String::with_capacity(shown.len()), shown.as_str());
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' => quoted(rest),
            _ => span(rest).unwrap_or_else(|| {
                out.push(first);
                first.len_utf8()
            }),
        };
        if first == '"' {
            out.push_str(&rest[..taken]);
        }
        rest = &rest[taken..];
    }
    out
}

/// How long the string is that a text starts with.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let ends = |byte: u8| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    };
    text.bytes().skip(1).position(ends).map_or(text.len(), |end| end + 2)
}

/// How long the span is that a text starts with.
fn span(text: &str) -> Option<usize> {
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut at = number(text);
    for mark in [":", ".."] {
        let next = text.get(at..)?.strip_prefix(mark)?;
        at += mark.len() + number(next);
    }
    (at > 4).then_some(at)
}

/// What a text says, statement by statement.
fn read(text: &str) -> Result<Vec<String>, TestCaseError> {
    let parsed = parse(FileId(0), text);
    prop_assert!(parsed.diagnostics.is_empty(), "{:?} is unsound: {:?}", text, parsed.diagnostics);
    Ok(parsed.file.statements.iter().map(said).collect())
}

fn prints(statement: &Statement) -> Result<(), TestCaseError> {
    let wanted = [said(statement)];
    let styled = print::statement(statement);
    prop_assert_eq!(read(&styled)?, &wanted[..], "{:?}", styled);
    prop_assert_eq!(format(&styled), format!("{styled}\n"));
    let line = print::one_line(statement);
    prop_assert_eq!(read(&line)?, &wanted[..], "{:?}", line);
    prop_assert!(!line.contains(['\n', '\r']), "{:?}", line);
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_printed_reads_as_the_same_tree(statements in trees::one_of_each()) {
        for statement in statements {
            prints(&statement)?;
        }
    }
}

#[test]
fn there_are_trees_of_every_statement() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let statements = trees::one_of_each().new_tree(&mut runner).expect("trees").current();
    let mut keywords: Vec<Keyword> = statements.iter().map(|statement| statement.body.keyword()).collect();
    keywords.sort();
    assert_eq!(keywords, Keyword::ALL);
}
