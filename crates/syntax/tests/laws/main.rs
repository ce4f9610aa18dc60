//! Laws that hold for every tree and every text.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test may ask for its size and say how long it took"
)]

mod texts;
mod trees;

use proptest::prelude::*;
use xks_base::source::FileId;
use xks_syntax::ast::Statement;
use xks_syntax::format::{format, pieces};
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

/// What a text says: all of it but blanks and `;`.
fn written(text: &str) -> String {
    let is_said = |c: &char| !c.is_whitespace() && *c != ';';
    text.strip_prefix('\u{feff}').unwrap_or(text).chars().filter(is_said).collect()
}

/// The trees of a text, and the codes of what is wrong with it.
fn understood(text: &str) -> (Vec<String>, Vec<&'static str>) {
    let parsed = parse(FileId(0), text);
    let codes = parsed.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
    (parsed.file.statements.iter().map(said).collect(), codes)
}

/// Whether a part of a file was not understood: where it ends is then a guess.
fn is_guess(codes: &[&str]) -> bool {
    ["syntax-error", "unknown-statement", "stray-brace", "unclosed-brace"].iter().any(|code| codes.contains(code))
}

/// The laws of the formatter; `Err` says which one a text breaks.
fn formats(text: &str) -> Result<(), String> {
    let parts = pieces(text);
    let once: String = parts.iter().map(|part| part.text.as_str()).collect();
    let ends: Vec<usize> = parts.iter().flat_map(|part| [part.range.start, part.range.end]).collect();
    let laws = [
        ("the parts leave a gap", ends.is_sorted() && ends.first() == Some(&0) && ends.last() == Some(&text.len())),
        ("characters are dropped, added or moved", written(&once) == written(text)),
        ("no line end", once.is_empty() || once.ends_with('\n')),
        ("twice differs from once", format(&once) == once),
    ];
    for (law, holds) in laws {
        if !holds {
            return Err(format!("{law}: {text:?} to {once:?} to {:?}", format(&once)));
        }
    }
    let (before, after) = (understood(text), understood(&once));
    match is_guess(&before.1) {
        true if after.1.is_empty() => Err(format!("hides what is wrong: {text:?} to {once:?}")),
        false if before != after => Err(format!("says something else: {text:?} to {once:?}")),
        _ => Ok(()),
    }
}

/// The seeds of a run whose texts break a law, with what they break; at most a few.
fn hunt(seeds: std::ops::Range<u64>) -> Vec<String> {
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let one = |thread: u64| {
        let of_thread = seeds.clone().filter(move |seed| seed % threads == thread);
        let broken = of_thread.filter_map(|seed| Some(format!("{seed}: {}", formats(&texts::text(seed)).err()?)));
        broken.take(10).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(move || one(thread))).collect();
        running.into_iter().flat_map(|run| run.join().expect("a hunt")).collect()
    })
}

#[test]
fn formatting_keeps_its_laws() {
    let broken = hunt(0..if std::env::var_os("XKS_THOROUGH").is_some() { 4_000 } else { 1_000 });
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// `XKS_TEXTS=10000000 XKS_SEED=1 cargo test --release -p xks-syntax --test laws -- --ignored --nocapture`
#[test]
#[ignore = "as long as one likes"]
fn formatting_keeps_its_laws_for_as_many_texts_as_one_likes() {
    let number =
        |name: &str, without: u64| std::env::var(name).map_or(without, |value| value.parse().expect("a number"));
    let (count, seed) = (number("XKS_TEXTS", 1_000_000), number("XKS_SEED", 1));
    let started = std::time::Instant::now();
    let sound = (seed..seed + 1_000).filter(|seed| understood(&texts::text(*seed)).1.is_empty()).count();
    let broken = hunt(seed..seed + count);
    println!("{count} texts from seed {seed}, about {sound} in 1000 of them sound: {:?}", started.elapsed());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
