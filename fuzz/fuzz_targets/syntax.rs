//! Any text is read and formatted without a panic; the formatter keeps what it says, and does nothing a second time.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xks_core::source::FileId;
use xks_core::syntax::{format::format, parse};

fuzz_target!(|text: &str| {
    let parsed = parse(FileId(0), text);
    for diagnostic in &parsed.diagnostics {
        assert!(text.get(diagnostic.primary.span.range()).is_some(), "{diagnostic:?}");
    }
    let once = format(text);
    assert_eq!(said(&once), said(text), "formatting drops, adds or moves characters");
    assert_eq!(format(&once), once, "formatting twice differs from formatting once");
    if parsed.diagnostics.is_empty() {
        let again = parse(FileId(0), &once);
        assert!(again.diagnostics.is_empty(), "formatting breaks a sound file: {:?}", again.diagnostics);
        assert_eq!(again.file.statements.len(), parsed.file.statements.len());
    }
});

/// What a text says: all of it but blanks and `;`.
fn said(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).chars().filter(|c| !c.is_whitespace() && *c != ';').collect()
}
