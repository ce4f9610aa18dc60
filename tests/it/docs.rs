//! `docs/errors/CODE.md`: the first `xks` block raises exactly that code and renders as the `text` block behind it; the
//! last one compiles without a finding. Every other `xks` block of the documentation compiles too.

use crate::fixture;

/// The fenced blocks of a page: language, text, and the bytes of the text.
fn blocks(page: &str) -> Vec<(&str, &str, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in page.split_inclusive('\n') {
        if let Some(language) = line.strip_prefix("```") {
            match open.take() {
                None => open = Some((language.trim(), at + line.len())),
                Some((language, start)) => found.push((language, &page[start..at], start..at)),
            }
        }
        at += line.len();
    }
    found
}

#[test]
fn every_page_of_a_code_is_true() {
    let mut complaints = Vec::new();
    for code in xks_core::codes() {
        let path = fixture::root().join("docs/errors").join(format!("{}.md", code.name));
        let page = fixture::read(&path);
        let blocks = blocks(&page);
        let examples: Vec<&str> =
            blocks.iter().filter(|(language, ..)| *language == "xks").map(|(_, text, _)| *text).collect();
        let text = blocks.iter().find(|(language, ..)| *language == "text");
        let ([failing, .., mended], Some((_, expected, place))) = (examples.as_slice(), text) else {
            complaints.push(format!(
                "{}: a page has an `xks` block that fails, its `text`, and an `xks` block that is mended",
                path.display()
            ));
            continue;
        };
        for heading in [format!("# {}", code.name).as_str(), "## Example", "## Mended"] {
            if !page.lines().any(|line| line == heading) {
                complaints.push(format!("{}: no heading `{heading}`", path.display()));
            }
        }
        if code.lint && !page.contains(&format!("lint {} ", code.name)) {
            complaints.push(format!("{}: does not say how `platform` sets its level", path.display()));
        }
        let failing = fixture::workspace(failing);
        // Too many errors come of other errors; the page shows the one that says so.
        let alone = code.name != "too-many-errors";
        if alone && failing.codes() != [code.name] || !failing.codes().contains(&code.name) {
            complaints.push(format!(
                "{}: the example raises {:?}\n{}",
                path.display(),
                failing.codes(),
                failing.rendered()
            ));
        }
        let mended = fixture::workspace(mended);
        if !mended.codes().is_empty() {
            complaints.push(format!(
                "{}: the mended example raises {:?}\n{}",
                path.display(),
                mended.codes(),
                mended.rendered()
            ));
        }
        let mut blessed = page.clone();
        let rendered = failing.rendered_only(code.name);
        blessed.replace_range(place.clone(), &rendered);
        if *expected != rendered {
            complaints.extend(fixture::expect(&path, &blessed).err());
        }
    }
    fixture::report(complaints);
}

#[test]
fn no_page_is_left_over() {
    let codes: Vec<&str> = xks_core::codes().iter().map(|code| code.name).collect();
    let pages = fixture::files(&fixture::root().join("docs/errors"));
    let stems = pages.iter().filter_map(|page| page.file_stem()?.to_str());
    let left: Vec<&str> = stems.filter(|stem| !codes.contains(stem)).collect();
    assert!(left.is_empty(), "pages without a code: {left:?}");
}

#[test]
fn every_example_in_the_documentation_compiles() {
    let mut complaints = Vec::new();
    let pages = fixture::files(&fixture::root().join("docs")).into_iter().chain([fixture::root().join("README.md")]);
    for path in pages.filter(|path| {
        path.extension().is_some_and(|ending| ending == "md")
            && !path.components().any(|part| part.as_os_str() == "errors")
    }) {
        for (_, text, _) in blocks(&fixture::read(&path)).into_iter().filter(|(language, ..)| *language == "xks") {
            let workspace = fixture::workspace(text);
            if workspace.analysis.checked().is_none() {
                complaints.push(format!(
                    "{}: an example does not compile\n{text}\n{}",
                    path.display(),
                    workspace.rendered()
                ));
            }
        }
    }
    fixture::report(complaints);
}
