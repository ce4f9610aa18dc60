//! Any workspace compiles or is reported, without a panic and twice the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xks_core::Options;
use xks_core::diagnostics::{apply_fixes, render::render};
use xks_core::emit::Format;
use xks_fuzz::{Written, is_chosen};

fuzz_target!(|text: &str| {
    let first = compile(text, Format::Yaml);
    if is_chosen(text) {
        assert_eq!(compile(text, Format::Yaml), first, "a second run differs");
        compile(text, Format::Json);
    }
});

/// Paths and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// What is reported and what is built.
fn compile(text: &str, format: Format) -> (String, Option<Files>) {
    let Written { sources, manifests } = Written::new(text);
    let parsed = xks_core::parse(&sources);
    xks_core::includes(&sources, &parsed);
    let analysis = xks_core::analyze(&sources, &parsed, &manifests, &Options { today: None });
    let built = analysis.checked().map(|checked| xks_core::build(&sources, &checked, None, format).expect("a proof"));
    let broken = built.iter().flat_map(|tree| analysis.broken(&sources, &parsed, tree));
    let found: Vec<_> = analysis.diagnostics.iter().cloned().chain(broken).collect();
    apply_fixes(&found, |id| sources.get(id).text.clone());
    (found.iter().map(|diagnostic| render(&sources, diagnostic, false)).collect(), built.map(|tree| tree.files))
}
