//! `tests/border`: whoever may write one folder cannot touch anybody else's.

#[path = "../border/evil.rs"]
mod evil;

use crate::fixture;
use crate::repository::{git, write};
use evil::{Files, Read};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The workspace that cases add to.
fn base() -> Files {
    evil::files(include_str!("../border/base.xks"))
}

/// A folder for each kind of attack: `hostile.xks` is what evil adds to the base or replaces in it, `refused.txt` the errors
/// that must stop it, each as `CODE PATH:LINE`; `honest.xks` must stay without an error.
#[test]
fn each_attack_is_refused_where_it_is_written() {
    let mut complaints = Vec::new();
    let mut cases = 0;
    let folder = fixture::root().join("tests/border");
    for case in fixture::files(&folder).iter().filter(|path| path.ends_with("hostile.xks")) {
        cases += 1;
        let folder = case.parent().expect("a folder");
        let shown = folder.display();
        let read = |name: &str| read(&fixture::read(&folder.join(name)));
        let hostile = read("hostile.xks");
        let errors = errors(&hostile);
        for wanted in fixture::read(&folder.join("refused.txt")).lines().filter(|line| !line.trim().is_empty()) {
            if !errors.iter().any(|found| found == wanted) {
                complaints.push(format!("{shown}: not refused: {wanted}; found {errors:?}"));
            }
        }
        if errors.is_empty() {
            complaints.push(format!("{shown}: nothing is refused"));
        }
        // Nobody else is held up by it.
        for found in errors.iter().filter(|found| !found.contains(" tenants/evil/")) {
            if !fixture::read(&folder.join("refused.txt")).contains(found.as_str()) {
                complaints.push(format!("{shown}: somebody else's error: {found}"));
            }
        }
        let honest = errors_of(&read("honest.xks"));
        if !honest.is_empty() {
            complaints.push(format!("{shown}: an honest tenant is refused: {honest:?}"));
        }
    }
    assert!(cases > 10, "{cases} cases");
    fixture::report(complaints);
}

/// A folder for each attack that takes a repository to see: what happens in it, step by step, is in `story.txt`.
///
/// ```text
/// #- PATH            a file with the lines that follow
/// #+ PATH            the lines that follow, at its end
/// #x PATH            it is removed
/// #s PATH ~OLD~NEW~  a text in it is another one
/// #> PATH TARGET     a link
/// #h PATH HEX        a file of these bytes
/// #commit            all of it, with what `build --keep-going` writes
/// #lose PATH         the object of a committed file is gone from the repository
/// #back              all is as it was committed last
/// #git ARGUMENTS
/// $ ARGUMENTS => STATUS: WORDS | not WORDS
/// ```
///
/// The last is `xks`, the status that it ends with, and what it says or does not say. Before the first step the base is
/// committed, on the branch `main`.
#[test]
fn each_story_ends_as_it_should() {
    let stories: Vec<PathBuf> = fixture::files(&fixture::root().join("tests/border"))
        .into_iter()
        .filter(|path| path.ends_with("story.txt"))
        .collect();
    assert!(stories.len() > 10, "{} stories", stories.len());
    let all = std::sync::Mutex::new(stories.iter());
    let complaints = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                loop {
                    let next = all.lock().expect("no panic").next();
                    let Some(story) = next else { break };
                    let found = told(story);
                    complaints.lock().expect("no panic").extend(found);
                }
            });
        }
    });
    fixture::report(complaints.into_inner().expect("no panic"));
}

/// Tells a story; what went otherwise.
fn told(story: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    for (path, text) in base() {
        write(at, &path, text);
    }
    commit(at);
    let text = fixture::read(story);
    let (mut complaints, mut checked, mut open) = (Vec::new(), 0, None);
    for (number, line) in text.lines().enumerate() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let path = || at.join(rest);
        let two = || rest.split_once(' ').expect("a path and what it is");
        match word {
            "#-" => write(at, rest, ""),
            "#x" => std::fs::remove_file(path()).expect("a file"),
            "#s" => {
                let (path, edit) = two();
                let edit: Vec<String> = edit.split('~').map(|text| text.replace("\\n", "\n")).collect();
                let old = fixture::read(&at.join(path));
                assert!(old.contains(&edit[1]), "{}:{}: `{}` is not there", story.display(), number + 1, edit[1]);
                write(at, path, old.replace(&edit[1], &edit[2]));
            }
            "#>" => link(two().1, &at.join(two().0)),
            "#h" => {
                let bytes = two()
                    .1
                    .as_bytes()
                    .chunks(2)
                    .map(|hex| u8::from_str_radix(std::str::from_utf8(hex).expect("hex"), 16).expect("hex"));
                write(at, two().0, bytes.collect::<Vec<u8>>());
            }
            "#commit" => commit(at),
            "#lose" => {
                let object = git(at, &["rev-parse", &format!("HEAD:{rest}")]);
                let file = at.join(".git/objects").join(&object[..2]).join(&object[2..]);
                std::fs::remove_file(file).expect("a loose object");
            }
            "#back" => {
                git(at, &["reset", "--quiet", "--hard"]);
                git(at, &["clean", "--quiet", "-ffdx"]);
            }
            "#git" => drop(git(at, &rest.split(' ').collect::<Vec<_>>())),
            "$" => {
                checked += 1;
                let (arguments, wanted) = rest.split_once(" => ").expect("a status");
                let wrong = run(at, arguments, wanted);
                complaints.extend(wrong.map(|wrong| format!("{}:{}: {wrong}", story.display(), number + 1)));
            }
            _ if open.is_some() && !line.starts_with('#') => {
                let path: &String = open.as_ref().expect("a file");
                let old = fixture::read(&at.join(path));
                write(at, path, format!("{old}{line}\n"));
            }
            "" | "#" | "#+" => {}
            _ => panic!("{}:{}: no step is called {word}", story.display(), number + 1),
        }
        if line.starts_with(['#', '$']) {
            open = matches!(word, "#-" | "#+").then(|| rest.to_string());
        }
    }
    if checked < 2 {
        complaints.push(format!("{}: a story says what is refused, and what is not", story.display()));
    }
    complaints
}

fn commit(at: &Path) {
    let output = xks(at, &["build", "--keep-going"]);
    assert!(output.status.success(), "{}", said(&output));
    git(at, &["add", "--all"]);
    git(at, &["commit", "--quiet", "--allow-empty", "--message", "one"]);
}

fn xks(at: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xks")).args(arguments).current_dir(at).output().expect("xks runs")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// Runs `xks`; what is not as wanted.
fn run(at: &Path, arguments: &str, wanted: &str) -> Option<String> {
    let output = xks(at, &arguments.split(' ').collect::<Vec<_>>());
    let (status, words) = wanted.split_once(':').unwrap_or((wanted, ""));
    let text = said(&output);
    let is_said = |word: &str| match word.strip_prefix("not ") {
        Some(word) => !text.contains(word),
        None => text.contains(word),
    };
    let missing = words.split(" | ").map(str::trim).find(|word| !is_said(word));
    let right = output.status.code().map(|code| code.to_string()).as_deref() == Some(status);
    (!right || missing.is_some())
        .then(|| format!("`{arguments}` ended with {:?}; wanted {wanted}; {missing:?}\n{text}", output.status.code()))
}

#[cfg(unix)]
fn link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).expect("a link");
}

#[cfg(windows)]
fn link(target: &str, path: &Path) {
    std::os::windows::fs::symlink_file(target, path).expect("a link");
}

fn read(text: &str) -> Read {
    let mut files: Files = base();
    files.extend(evil::files(text));
    Read::new(&files)
}

/// The errors, each as `CODE PATH:LINE`.
fn errors(read: &Read) -> Vec<String> {
    let errors = read.analysis.diagnostics.iter().filter(|found| found.is_error());
    let place = |found: &xks_core::diagnostics::Diagnostic| {
        let source = read.sources.get(found.primary.span.file);
        format!("{} {}:{}", found.code.name, source.path, source.position(found.primary.span.start).0)
    };
    errors.map(place).collect()
}

fn errors_of(read: &Read) -> Vec<String> {
    let errors = read.analysis.diagnostics.iter().filter(|found| found.is_error());
    errors.map(|found| format!("{}: {}", found.code.name, found.message)).collect()
}

#[test]
fn the_workspace_that_evil_lives_in_is_sound() {
    for workspace in [base(), evil::world()] {
        let found = errors_of(&Read::new(&workspace));
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn evil_gets_some_changes_through() {
    // Else the law below would hold of nothing.
    let mut bytes = 7u64;
    let passed = (0..400).filter(|_| {
        let tried: Vec<u8> = (0..60)
            .map(|_| {
                bytes = bytes.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (bytes >> 33) as u8
            })
            .collect();
        evil::law(&tried).expect("the law")
    });
    let passed = passed.count();
    assert!(passed > 10, "{passed} of 400");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(fixture::cases(8000)))]

    #[test]
    fn no_change_of_one_tenant_touches_another(bytes in proptest::collection::vec(any::<u8>(), 4..80)) {
        evil::law(&bytes).map_err(TestCaseError::fail)?;
    }
}
