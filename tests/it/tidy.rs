//! Rules of the code base that no compiler keeps.

use crate::fixture;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms, in the order in which they may use each other, each with its crate.
const ROOMS: [(&str, &str); 16] = [
    ("source", "base"),
    ("values", "base"),
    ("diagnostics", "base"),
    ("k8s", "kubernetes"),
    ("cluster", "kubernetes"),
    ("syntax", "syntax"),
    ("model", "analysis"),
    ("names", "analysis"),
    ("check", "analysis"),
    ("lints", "analysis"),
    ("lower", "output"),
    ("emit", "output"),
    ("prove", "output"),
    ("questions", "answers"),
    ("change", "answers"),
    ("graph", "graph"),
];

fn sources() -> Vec<PathBuf> {
    let is_rust = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "rs");
    ["src", "crates", "lsp/src", "lsp/tests", "tests/it", "benches"]
        .iter()
        .flat_map(|folder| fixture::files(&fixture::root().join(folder)))
        .filter(is_rust)
        .collect()
}

/// The room that a file belongs to: a room of its crate, or the room that is the whole crate.
fn room(path: &Path) -> Option<usize> {
    let below = path.strip_prefix(fixture::root().join("crates")).ok()?;
    let mut parts = below.components().map(|part| part.as_os_str().to_str().unwrap_or_default());
    let (own, first) = (parts.next()?, parts.nth(1)?);
    let name = first.strip_suffix(".rs").unwrap_or(first);
    let of_crate = |(room, owner): &(&str, &str)| *owner == own && (*room == name || *room == own);
    ROOMS.iter().position(of_crate)
}

/// How a file of one crate names a room.
fn named(own: &str, room: &str, owner: &str) -> String {
    match (own == owner, room == owner) {
        (true, true) => "crate::".to_string(),
        (true, false) => format!("crate::{room}::"),
        (false, true) => format!("xks_{owner}::"),
        (false, false) => format!("xks_{owner}::{room}::"),
    }
}

#[test]
fn a_room_uses_only_rooms_before_it() {
    let mut complaints = Vec::new();
    for path in sources() {
        let Some(own) = room(&path) else { continue };
        let text = fixture::read(&path);
        for (at, line) in text.lines().enumerate() {
            for (name, owner) in &ROOMS[own + 1..] {
                if line.contains(&named(ROOMS[own].1, name, owner)) {
                    complaints.push(format!(
                        "{}:{}: `{}` uses `{name}`, which comes later",
                        path.display(),
                        at + 1,
                        ROOMS[own].0
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
    let codes = xks_core::codes();
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
            if !about_layout && xks_core::syntax::format::format(&text) != text {
                complaints.push(format!("{} is not formatted", path.display()));
            }
        }
    }
    fixture::report(complaints);
}
