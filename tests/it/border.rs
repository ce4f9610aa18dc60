//! `tests/border`: whoever may write one folder cannot touch anybody else's.

#[path = "../border/evil.rs"]
mod evil;

use crate::fixture;
use evil::{Files, Read};
use proptest::prelude::*;

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

fn read(text: &str) -> Read {
    let mut files: Files = evil::base();
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
    let found = errors_of(&Read::new(&evil::base()));
    assert!(found.is_empty(), "{found:?}");
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
