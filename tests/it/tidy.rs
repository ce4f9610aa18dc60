//! Rules of the code base that no compiler keeps.

use crate::fixture;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms, in the order in which they may use each other, each with its crate.
const ROOMS: [(&str, &str); 24] = [
    ("escape", "base"),
    ("parallel", "base"),
    ("source", "base"),
    ("values", "base"),
    ("diagnostics", "base"),
    ("yaml", "kubernetes"),
    ("edge", "kubernetes"),
    ("k8s", "kubernetes"),
    ("cluster", "kubernetes"),
    ("grammar", "grammar"),
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
    ("core", "core"),
    ("disk", "disk"),
    ("ide", "ide"),
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

/// The room that a path of a file of one crate leads to: `crate::check::…`, `xks_analysis::check::…`. A path to the root of
/// a crate that has several rooms leads to none of them.
fn target(own: &str, path: &str) -> Option<usize> {
    let (owner, rest) = match path.strip_prefix("crate::") {
        Some(rest) => (own, rest),
        None => path.strip_prefix("xks_")?.split_once("::")?,
    };
    let first = rest.split("::").next().unwrap_or_default();
    let of_crate = |(room, of): &(&str, &str)| *of == owner && (*room == first || *room == owner);
    ROOMS.iter().position(of_crate)
}

#[test]
fn a_room_uses_only_rooms_before_it() {
    let mut complaints = Vec::new();
    let mut arrows = 0;
    for path in sources() {
        let Some(own) = room(&path) else { continue };
        let crate_of = ROOMS[own].1;
        for used in paths(&code(&path)) {
            // Within the crate's root, what is not a room is an item of the root: it may stand above no room.
            let root = used.strip_prefix("crate::").is_some_and(|item| item.starts_with(char::is_uppercase));
            if root && ROOMS.iter().filter(|(_, of)| *of == crate_of).count() > 1 {
                complaints.push(format!("{}: `{used}` leads to the root of the crate", path.display()));
            }
            let Some(later) = target(crate_of, &used) else { continue };
            arrows += 1;
            if later > own {
                let (name, later) = (ROOMS[own].0, ROOMS[later].0);
                complaints.push(format!("{}: `{name}` uses `{later}` (`{used}`), which comes later", path.display()));
            }
        }
    }
    assert!(arrows > 500, "only {arrows} imports were seen");
    fixture::report(complaints);
}

/// The code of a file, less comments and unit tests.
fn code(path: &Path) -> String {
    let text = fixture::read(path);
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The paths in a piece of code that start at a crate, a parent or the module itself; those in braces one by one.
fn paths(code: &str) -> Vec<String> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut found = Vec::new();
    for (at, _) in code.match_indices("::") {
        let start = code[..at].rfind(|c: char| !is_path(c)).map_or(0, |before| before + 1);
        // Only the first `::` of a path counts; the rest of it is behind.
        if code[start..at].contains(':') {
            continue;
        }
        let head = &code[start..at];
        if !(matches!(head, "crate" | "super" | "self") || head.starts_with("xks_")) {
            continue;
        }
        let end = code[at..].find(|c: char| !is_path(c)).map_or(code.len(), |length| at + length);
        let path = &code[start..end];
        match code[end..].strip_prefix('{').filter(|_| path.ends_with("::")).and_then(|rest| rest.split(';').next()) {
            Some(list) => found.extend(items(list).into_iter().map(|item| format!("{path}{item}"))),
            None => found.push(path.trim_end_matches(':').to_string()),
        }
    }
    found
}

/// The paths in a list in braces, one level deep.
fn items(list: &str) -> Vec<&str> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    list.split(|c: char| !is_path(c)).map(|item| item.trim_end_matches(':')).filter(|item| !item.is_empty()).collect()
}

/// The modules of a package's folder of sources, by path.
fn modules(folder: &Path) -> BTreeMap<Vec<String>, String> {
    let files = fixture::files(folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let module = |path: PathBuf| {
        let below = path.strip_prefix(folder).expect("a file of the folder").with_extension("");
        let mut parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        parts.retain(|part| part != "lib" && part != "main");
        (parts, code(&path))
    };
    files.map(module).collect()
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let root = fixture::root();
    let mut packages = vec![root.join("src"), root.join("lsp/src")];
    packages.extend(ROOMS.iter().map(|(_, owner)| root.join("crates").join(owner).join("src")));
    packages.dedup();
    let mut complaints = Vec::new();
    for package in packages {
        let modules = modules(&package);
        let mut uses: BTreeMap<&Vec<String>, BTreeSet<&Vec<String>>> = BTreeMap::new();
        for (module, text) in &modules {
            for path in paths(text) {
                let mut place = module.clone();
                let mut parts = path.split("::").peekable();
                while let Some(step) = parts.next_if(|part| matches!(*part, "crate" | "super" | "self")) {
                    match step {
                        "crate" => place.clear(),
                        "super" => drop(place.pop()),
                        _ => {}
                    }
                }
                place.extend(parts.map(str::to_string));
                if path.starts_with("xks_") {
                    continue;
                }
                let known = (0..=place.len()).rev().find_map(|length| modules.get_key_value(&place[..length]));
                // A module and those within it are one room.
                let other = known
                    .map(|(other, _)| other)
                    .filter(|other| !other.starts_with(module) && !module.starts_with(other));
                uses.entry(module).or_default().extend(other);
            }
        }
        // What is left when modules that use nothing more are taken away, again and again, are circles.
        loop {
            let done: Vec<&Vec<String>> =
                uses.iter().filter(|(_, used)| used.is_empty()).map(|(module, _)| *module).collect();
            let unknown: BTreeSet<&Vec<String>> =
                uses.values().flatten().filter(|used| !uses.contains_key(*used)).copied().collect();
            if done.is_empty() && unknown.is_empty() {
                break;
            }
            uses.retain(|module, _| !done.contains(module));
            uses.values_mut().for_each(|used| used.retain(|other| !done.contains(other) && !unknown.contains(other)));
        }
        if !uses.is_empty() {
            let circle: Vec<String> = uses.keys().map(|module| module.join("::")).collect();
            complaints.push(format!("{}: a circle of imports among {}", package.display(), circle.join(", ")));
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

/// A crate without unit tests is not compiled for them (`test = false`); one that is written there would never run.
#[test]
fn no_unit_test_stands_where_none_is_run() {
    let root = fixture::root();
    let mut complaints = Vec::new();
    let mut quiet = 0;
    for owner in ROOMS.iter().map(|(_, owner)| owner).collect::<BTreeSet<_>>() {
        let package = root.join("crates").join(owner);
        let manifest = fixture::read(&package.join("Cargo.toml"));
        if !manifest.contains("[lib]\ntest = false\n") {
            continue;
        }
        quiet += 1;
        for path in fixture::files(&package.join("src")) {
            if fixture::read(&path).contains("#[test]") {
                complaints
                    .push(format!("{}: `test = false` in its Cargo.toml keeps its tests from running", path.display()));
            }
        }
    }
    assert!(quiet > 2, "only {quiet} crates without unit tests were seen");
    fixture::report(complaints);
}

/// What `grammar/generated.rs` holds in full, where there is time for the generator.
#[test]
fn the_parser_is_of_the_grammar_as_it_is() {
    let read = |file: &str| fixture::read(&fixture::root().join("grammar").join(file));
    let grammar: String = ["lexical.pest", "peer.pest", "clause.pest", "xks.pest"].map(read).concat();
    let made_of = xks_core::values::object_name::with_hash("grammar", &grammar);
    let parser = fixture::read(&fixture::root().join("crates/grammar/src/generated.rs"));
    let hint = "the grammar has changed: `BLESS=1 cargo test -p xks-grammar-generator` writes its parser";
    assert!(parser.starts_with(&format!("// Generated of {made_of},")), "{hint}");
}
