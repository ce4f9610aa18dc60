//! Any workspace compiles or is reported, without a panic and twice the same. A line `#- PATH` starts a file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xks_core::diagnostics::{apply_fixes, render::render};
use xks_core::emit::Format;
use xks_core::source::{Source, Sources};
use xks_core::{Manifests, Options};

fuzz_target!(|text: &str| {
    let first = compile(text);
    assert_eq!(compile(text), first, "a second run differs");
});

/// What is reported and what is built.
fn compile(text: &str) -> (String, Vec<(String, Vec<u8>)>) {
    let mut files = vec![("shop.xks".to_string(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.trim_end().strip_prefix("#- ") {
            Some(path) => files.push((path.to_string(), String::new())),
            None => files.last_mut().expect("a file").1.push_str(line),
        }
    }
    let (programs, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| path.ends_with(".xks"));
    let manifests: Manifests = others.into_iter().map(|(path, text)| (path, Ok(text))).collect();
    let sources = Sources::new(programs.into_iter().map(|(path, text)| Source::new(path, text)).collect());
    let parsed = xks_core::parse(&sources);
    xks_core::includes(&sources, &parsed);
    let analysis = xks_core::analyze(&sources, &parsed, &manifests, &Options { today: None });
    let report = analysis.diagnostics.iter().map(|diagnostic| render(&sources, diagnostic, false)).collect();
    apply_fixes(&analysis.diagnostics, |id| sources.get(id).text.clone());
    let mut built = Vec::new();
    if let Some(checked) = analysis.checked() {
        for format in [Format::Yaml, Format::Json] {
            let tree = xks_core::build(&sources, &checked, None, format).expect("a proved build");
            built.push(("-".to_string(), tree.stream(format).concat()));
            built.extend(tree.files);
        }
    }
    (report, built)
}
