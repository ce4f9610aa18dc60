//! Reading manifests: `tests/manifests/CASE.*` is a file of some origin, and `CASE.txt` beside it what was read of it. What
//! the fast reader reads is what the general one reads.

use crate::{fixture, laws};
use proptest::prelude::*;
use std::fmt::Write;
use xks_core::cluster::manifests::{self, Reader};
use xks_core::cluster::objects::Objects;
use xks_core::emit::Format;

/// What was read, as people check it.
fn summary(objects: &Objects) -> String {
    let mut out = String::new();
    for fault in &objects.faults {
        let kind = if fault.refused { "refused" } else { "warning" };
        let object = if fault.object.is_empty() { String::new() } else { format!("{}: ", fault.object) };
        writeln!(out, "{kind} {}: {object}{}", objects.place(fault.place), fault.rule).unwrap();
    }
    for (kind, count) in &objects.others {
        writeln!(out, "{count} of kind {kind}").unwrap();
    }
    for namespace in &objects.namespaces {
        writeln!(out, "{} {namespace:?}", objects.place(namespace.place)).unwrap();
    }
    let lists = [
        objects.workloads.iter().map(|object| (object.place, format!("{object:?}"))).collect::<Vec<_>>(),
        objects.services.iter().map(|object| (object.place, format!("{object:?}"))).collect(),
        objects.endpoints.iter().map(|object| (object.place, format!("{object:?}"))).collect(),
        objects.ingresses.iter().map(|object| (object.place, format!("{object:?}"))).collect(),
        objects.policies.iter().map(|object| (object.place, format!("{object:?}"))).collect(),
    ];
    for (place, object) in lists.into_iter().flatten() {
        writeln!(out, "{} {object}", objects.place(place)).unwrap();
    }
    out
}

#[test]
fn every_file_is_read_as_expected() {
    let mut complaints = Vec::new();
    let mut cases = 0;
    for path in fixture::files(&fixture::root().join("tests/manifests")) {
        if path.extension().is_some_and(|ending| ending == "txt") {
            continue;
        }
        cases += 1;
        let (name, text) = (path.file_name().expect("a name").to_string_lossy(), fixture::read(&path));
        let read = [Reader::General, Reader::Fast].map(|reader| manifests::read_by(reader, [(&*name, &*text)]));
        if read[0] != read[1] {
            complaints.push(format!("{}: the readers differ\n{}", path.display(), summary(&read[1])));
        }
        complaints.extend(fixture::expect(&path.with_extension("txt"), &summary(&read[0])).err());
    }
    assert!(cases > 10, "only {cases} files");
    fixture::report(complaints);
}

/// The files of objects in the golden trees and the examples.
fn written() -> Vec<(String, String)> {
    let root = fixture::root();
    let files = ["tests/golden", "examples"].iter().flat_map(|folder| fixture::files(&root.join(folder)));
    let written = files.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).filter(|path| {
        path.components().any(|part| matches!(part.as_os_str().to_str(), Some("expected" | "generated")))
    });
    written.map(|path| (path.display().to_string(), fixture::read(&path))).collect()
}

/// Reads each file by itself: those of different trees hold objects of the same names.
fn read(reader: Reader, files: &[(String, String)]) -> Objects {
    let mut objects = Objects::default();
    for (path, text) in files {
        objects.append(manifests::read_by(reader, [(path.as_str(), text.as_str())]));
    }
    objects
}

/// Of what the compiler writes, the fast reader reads all policies, and all else but strings with escapes.
#[test]
fn what_is_written_is_read_fast() {
    let files = written();
    let fast = read(Reader::Strict, &files);
    let general = read(Reader::General, &files);
    assert!(general.policies.len() > 300, "only {} policies", general.policies.len());
    assert!(general.ingresses.len() > 50 && general.services.len() > 20, "too few of the others");
    assert_eq!(fast.policies.len(), general.policies.len());
    let unread: Vec<&str> = fast
        .faults
        .iter()
        .map(|fault| files[fault.place.file as usize].0.as_str())
        .filter(|path| !path.contains("include-"))
        .collect();
    assert!(unread.iter().all(|path| path.contains("mesh/") || path.contains("yaml-words")), "{unread:#?}");
    assert_eq!(read(Reader::Fast, &files), general);
    assert!(general.faults.iter().all(|fault| !fault.refused), "{}", summary(&general));
}

/// A line, and what may become of it.
fn altered(lines: &[&str], at: usize, how: usize) -> String {
    let mut lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    let at = at % lines.len();
    let line = lines[at].clone();
    match how {
        0 => drop(lines.remove(at)),
        1 => lines[at] = format!(" {line}"),
        2 => lines[at] = line.strip_prefix("  ").unwrap_or(&line).to_string(),
        3 => lines.insert(at, line),
        4 => lines[at] = line.replacen("- ", "  ", 1),
        5 => lines[at] = line.replacen(':', "", 1),
        6 => lines[at] = line.replacen(": ", ": on", 1),
        7 => lines[at] = line.replacen(": ", ": '", 1),
        8 => lines[at] = line.replace(':', ": "),
        9 => lines[at] = line.replace('\n', " # c\n"),
        10 => lines[at] = line.replacen(": ", ": 0", 1),
        11 => lines[at] = format!("\n  # c\n{line}"),
        12 => lines[at] = line.replacen("- ", "- - ", 1),
        13 => lines[at] = line.replace('\n', "\r\n"),
        14 => lines[at] = line.replacen("app", "<<", 1),
        15 => lines[at] = line.split(": ").next().map_or(String::new(), |key| format!("{}\n", key.trim_end())),
        16 => lines[at] = line.replacen('p', "\u{e9}", 1),
        17 => lines[at] = line.replacen(": ", ": &a ", 1),
        18 => lines[at] = line.replacen(": ", ": {}\n", 1),
        19 => lines[at] = line.replacen(": ", ": |\n", 1),
        20 => lines[at] = format!("{}\t\n", line.trim_end()),
        21 => lines[at] = line.replacen(": ", ": -", 1),
        _ => lines[at] = line.replacen(": ", ":\n", 1),
    }
    lines.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fixture::cases(2048)))]

    /// Slips of all sorts: the fast reader reads what the general one reads, or leaves it alone.
    #[test]
    fn readers_agree_on_altered_documents(pick in any::<prop::sample::Index>(), at in 0usize..200, how in 0usize..23) {
        static FILES: std::sync::LazyLock<Vec<(String, String)>> = std::sync::LazyLock::new(written);
        let (path, text) = pick.get(&FILES);
        let lines: Vec<&str> = text.lines().collect();
        let text = altered(&lines, at, how);
        let files = [(path.clone(), text)];
        let (fast, general) = (read(Reader::Fast, &files), read(Reader::General, &files));
        prop_assert_eq!(summary(&fast), summary(&general), "{}", files[0].1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fixture::cases(64)))]

    #[test]
    fn readers_agree_on_random_workspaces(program in laws::programs()) {
        let files = laws::built(program.files(laws::Layout::Line), Format::Yaml)?;
        let files: Vec<(String, String)> =
            files.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).expect("UTF-8"))).collect();
        let (strict, general) = (read(Reader::Strict, &files), read(Reader::General, &files));
        prop_assert_eq!(&strict.policies, &general.policies);
        prop_assert_eq!(read(Reader::Fast, &files), general);
    }
}
