//! `tests/golden/FEATURE/*.xks` is a workspace, `expected/` beside it the tree that it becomes. `examples/*/` likewise, with
//! `generated/`.

use crate::fixture;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xks_core::emit::Format;
use xks_core::{Options, diagnostics::Level};

/// Each folder with a workspace of its own, and the name of the folder with what it becomes.
pub(crate) fn cases() -> Vec<(PathBuf, &'static str)> {
    let below = |folder: &str, expected| {
        let mut cases: Vec<(PathBuf, &str)> = std::fs::read_dir(fixture::root().join(folder))
            .unwrap_or_else(|error| panic!("{folder}: {error}"))
            .map(|entry| (entry.expect("an entry").path(), expected))
            .filter(|(path, _)| path.is_dir())
            .collect();
        cases.sort();
        cases
    };
    [below("tests/golden", "expected"), below("examples", "generated")].concat()
}

/// The workspace of a case.
pub(crate) fn workspace(case: &Path, expected: &str) -> fixture::Workspace {
    let out = case.join(expected);
    let relative =
        |path: &Path| path.strip_prefix(case).expect("a path below its case").to_string_lossy().replace('\\', "/");
    let files = fixture::files(case).into_iter().filter(|path| !path.starts_with(&out));
    fixture::analyzed(files.map(|path| (relative(&path), fixture::read(&path))).collect(), &Options::default())
}

#[test]
fn every_case_becomes_what_is_expected() {
    let mut complaints = Vec::new();
    for (case, expected) in cases() {
        let workspace = workspace(&case, expected);
        let Some(checked) = workspace.analysis.checked() else {
            complaints.push(format!("{} does not compile\n{}", case.display(), workspace.rendered()));
            continue;
        };
        if workspace.analysis.diagnostics.iter().any(|diagnostic| diagnostic.level >= Level::Warn) {
            complaints.push(format!("{} has warnings\n{}", case.display(), workspace.rendered()));
        }
        let mut tree: BTreeMap<PathBuf, String> = xks_core::build(&workspace.sources, &checked, None, Format::Yaml)
            .expect("a proved build")
            .files
            .into_iter()
            .map(|(path, bytes)| (case.join(expected).join(path), String::from_utf8(bytes).expect("YAML is UTF-8")))
            .collect();
        let out = case.join(expected);
        if expected == "generated" {
            // What the command builds in a repository says whose folder it is.
            let name = case.strip_prefix(fixture::root()).expect("a path below the root").to_string_lossy();
            tree.insert(out.join(".xks-output"), format!("{}\n", name.replace('\\', "/")));
        }
        for (path, text) in &tree {
            complaints.extend(fixture::expect(path, text).err());
        }
        let present = if out.is_dir() { fixture::files(&out) } else { Vec::new() };
        for path in present.iter().filter(|path| !tree.contains_key(*path)) {
            if fixture::bless() {
                std::fs::remove_file(path).expect("a file to remove");
            } else {
                complaints.push(format!("{} is no longer written", path.display()));
            }
        }
    }
    fixture::report(complaints);
}

#[test]
fn the_order_and_number_of_files_and_threads_change_nothing() {
    for (case, expected) in cases() {
        let workspace = workspace(&case, expected);
        let Some(checked) = workspace.analysis.checked() else { continue };
        let whole = xks_core::build(&workspace.sources, &checked, None, Format::Yaml).expect("a proved build");
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
        let alone =
            one.install(|| xks_core::build(&workspace.sources, &checked, None, Format::Yaml).expect("a proved build"));
        assert_eq!(whole.files, alone.files, "{}", case.display());
        let mut files: Vec<(String, String)> =
            workspace.sources.files().iter().map(|file| (file.path.clone(), file.text.clone())).collect();
        files.reverse();
        let includes =
            fixture::files(&case).into_iter().filter(|path| path.extension().is_some_and(|ending| ending != "xks"));
        files.extend(includes.map(|path| {
            (path.strip_prefix(&case).expect("below").to_string_lossy().into_owned(), fixture::read(&path))
        }));
        let reversed = fixture::analyzed(files, &Options::default());
        let checked = reversed.analysis.checked().expect("still sound");
        assert_eq!(
            whole.files,
            xks_core::build(&reversed.sources, &checked, None, Format::Yaml).expect("a proved build").files,
            "{}",
            case.display()
        );
    }
}
