//! Workspaces written as one text, and expectations that `BLESS=1 cargo test` rewrites.
//!
//! A line `#- PATH` starts a file of that path; a text without one is the file `shop.xks`. `#- today DATE` sets the day
//! that `until` is compared with. Files that do not end in `.xks` are ones that `include` names.

use std::path::{Path, PathBuf};
use xks_core::source::{Source, Sources};
use xks_core::{Analysis, Manifests, Options, diagnostics::render::render};

/// A workspace in memory, analysed.
pub(crate) struct Workspace {
    pub(crate) sources: Sources,
    pub(crate) analysis: Analysis,
}

/// Reads a workspace from one text.
pub(crate) fn workspace(text: &str) -> Workspace {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut options = Options::default();
    for line in text.split_inclusive('\n') {
        match line.trim_end().strip_prefix("#- ") {
            Some(header) => match header.strip_prefix("today ") {
                Some(date) => options.today = Some(date.parse().expect("a date")),
                None => files.push((header.to_string(), String::new())),
            },
            None if files.is_empty() => files.push(("shop.xks".to_string(), line.to_string())),
            None => files.last_mut().expect("a file").1.push_str(line),
        }
    }
    analyzed(files, &options)
}

/// Analyses files given as path and text.
pub(crate) fn analyzed(files: Vec<(String, String)>, options: &Options) -> Workspace {
    let (programs, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| path.ends_with(".xks"));
    let sources = Sources::new(programs.into_iter().map(|(path, text)| Source::new(path, text)).collect());
    let manifests: Manifests = others.into_iter().map(|(path, text)| (path, Ok(text))).collect();
    let parsed = xks_core::parse(&sources);
    let mut analysis = xks_core::analyze(&sources, &parsed, &manifests, options);
    if let (Some(checked), true) = (analysis.checked(), analysis.has_invariants()) {
        let tree =
            xks_core::build(&sources, &checked, None, xks_core::emit::Format::Yaml).expect("a build that is proved");
        let broken = analysis.broken(&sources, &parsed, &tree);
        analysis.diagnostics.extend(broken);
        analysis.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
    }
    Workspace { sources, analysis }
}

impl Workspace {
    /// The findings as a terminal shows them, without colour.
    pub(crate) fn rendered(&self) -> String {
        self.analysis.diagnostics.iter().map(|diagnostic| render(&self.sources, diagnostic, false)).collect()
    }

    /// The findings of one code as a terminal shows them.
    pub(crate) fn rendered_only(&self, code: &str) -> String {
        let of_code = self.analysis.diagnostics.iter().filter(|diagnostic| diagnostic.code.name == code);
        of_code.map(|diagnostic| render(&self.sources, diagnostic, false)).collect()
    }

    /// The names of the codes that were raised, sorted, each once.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.analysis.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

/// Whether expectations are to be rewritten.
pub(crate) fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// Whether there is time for all that laws are held to: `.ci/run` says so with XKS_THOROUGH=1.
pub(crate) fn thorough() -> bool {
    std::env::var_os("XKS_THOROUGH").is_some()
}

/// How many cases a law is held to that deserves `enough`: a quarter in between, all where there is time, or as many as
/// PROPTEST_CASES says.
pub(crate) fn cases(enough: u32) -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok());
    wanted.unwrap_or(if thorough() { enough } else { enough / 4 })
}

/// The package's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file's text; empty if there is none.
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// All files below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Compares a text with the expectation in a file, or writes it there under `BLESS=1`. Returns what differs.
pub(crate) fn expect(path: &Path, actual: &str) -> Result<(), String> {
    let expected = read(path);
    if expected == actual {
        return Ok(());
    }
    if bless() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder to write to");
        std::fs::write(path, actual).expect("a file to write");
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&expected, actual).unified_diff().header("expected", "actual").to_string();
    Err(format!("{} differs; `BLESS=1 cargo test` rewrites it\n{diff}", path.display()))
}

/// Fails with all complaints at once.
pub(crate) fn report(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{} complaints:\n\n{}", complaints.len(), complaints.join("\n\n"));
}
