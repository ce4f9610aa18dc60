//! Any text is read and formatted without a panic; the formatter keeps what it says, and does nothing a second time. What is
//! printed of a sound one reads as the same tree.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xks_core::source::FileId;
use xks_core::syntax::{Parsed, format::format, parse, print};

fuzz_target!(|text: &str| {
    let parsed = parse(FileId(0), text);
    for diagnostic in &parsed.diagnostics {
        assert!(text.get(diagnostic.primary.span.range()).is_some(), "{diagnostic:?}");
    }
    let once = format(text);
    assert_eq!(said(&once), said(text), "formatting drops, adds or moves characters");
    assert_eq!(format(&once), once, "formatting twice differs from formatting once");
    if parsed.diagnostics.is_empty() {
        let lines = printed(&parsed);
        assert_eq!(printed(&sound(&once)), lines, "formatting changes what is said");
        assert_eq!(printed(&sound(&lines.join("\n"))), lines, "what is printed reads as another tree");
    }
});

/// What is read of a text that has to be sound.
fn sound(text: &str) -> Parsed {
    let parsed = parse(FileId(0), text);
    assert!(parsed.diagnostics.is_empty(), "{text} is unsound: {:?}", parsed.diagnostics);
    parsed
}

/// The statements, each on a line.
fn printed(parsed: &Parsed) -> Vec<String> {
    parsed.file.statements.iter().map(print::one_line).collect()
}

/// What a text says: all of it but blanks and `;`.
fn said(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).chars().filter(|c| !c.is_whitespace() && *c != ';').collect()
}
