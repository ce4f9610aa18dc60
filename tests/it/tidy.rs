//! Rules of the code base that no compiler keeps.

use crate::fixture;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms of the library, in the order in which they may use each other.
const ROOMS: [&str; 16] = [
    "source",
    "diagnostics",
    "values",
    "syntax",
    "model",
    "names",
    "check",
    "lints",
    "k8s",
    "lower",
    "emit",
    "graph",
    "cluster",
    "prove",
    "questions",
    "change",
];

fn sources() -> Vec<PathBuf> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs");
    ["src", "disk/src", "lsp/src", "lsp/tests", "tests/it", "benches"]
        .iter()
        .flat_map(|folder| fixture::files(&fixture::root().join(folder)))
        .filter(is_rust)
        .collect()
}

/// The room that a file of `src` belongs to.
fn room(path: &Path) -> Option<usize> {
    let below = path.strip_prefix(fixture::root().join("src")).ok()?;
    let first = below.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    ROOMS.iter().position(|room| *room == name)
}

#[test]
fn a_room_uses_only_rooms_before_it() {
    let mut complaints = Vec::new();
    for path in sources() {
        let Some(own) = room(&path) else { continue };
        let text = fixture::read(&path);
        for (at, line) in text.lines().enumerate() {
            for (later, name) in ROOMS.iter().enumerate().filter(|(later, _)| *later > own) {
                if line.contains(&format!("crate::{name}::")) {
                    complaints.push(format!(
                        "{}:{}: `{}` uses `{name}`, which comes later ({later})",
                        path.display(),
                        at + 1,
                        ROOMS[own]
                    ));
                }
            }
        }
    }
    fixture::report(complaints);
}

#[test]
fn nothing_is_left_to_do() {
    let words = ["TODO", "FIXME", "XXX", "todo!", "unimplemented!", "dbg!("];
    let mut complaints = Vec::new();
    for path in sources().into_iter().filter(|path| !path.ends_with("tidy.rs")) {
        for (at, line) in fixture::read(&path).lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                complaints.push(format!("{}:{}: {word}", path.display(), at + 1));
            }
        }
    }
    fixture::report(complaints);
}

#[test]
fn codes_are_unique_readable_names() {
    let codes = xks::codes();
    let names: BTreeSet<&str> = codes.iter().map(|code| code.name).collect();
    assert_eq!(names.len(), codes.len(), "a code is declared twice");
    for code in codes {
        assert!(code.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", code.name);
        assert!(
            code.summary.chars().next().is_some_and(|c| !c.is_ascii_uppercase()),
            "{}: {}",
            code.name,
            code.summary
        );
        assert!(!code.summary.ends_with('.'), "{}: {}", code.name, code.summary);
    }
}

#[test]
fn links_in_the_documentation_lead_somewhere() {
    let root = fixture::root();
    let pages = fixture::files(&root.join("docs")).into_iter().chain(
        ["README.md", "CHANGELOG.md", "examples/guide/README.md", "examples/shop/README.md"]
            .map(|page| root.join(page)),
    );
    let mut complaints = Vec::new();
    for page in pages.filter(|page| page.extension().is_some_and(|ending| ending == "md")) {
        let text = fixture::read(&page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or(target);
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            if !page.parent().expect("a folder").join(path).exists() {
                complaints.push(format!("{}: `{target}` leads nowhere", page.display()));
            }
        }
    }
    fixture::report(complaints);
}

#[test]
fn every_source_of_examples_and_golden_cases_is_formatted() {
    let mut complaints = Vec::new();
    for folder in ["examples", "tests/golden"] {
        for path in fixture::files(&fixture::root().join(folder))
            .iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "xks"))
        {
            // Some golden cases are about layout itself.
            let about_layout = path.components().any(|part| {
                matches!(
                    part.as_os_str().to_str(),
                    Some("byte-order-mark" | "crlf" | "braces-or-one-line" | "stem-is-the-tenant")
                )
            });
            let text = fixture::read(path);
            if !about_layout && xks::syntax::format::format(&text) != text {
                complaints.push(format!("{} is not formatted", path.display()));
            }
        }
    }
    fixture::report(complaints);
}
