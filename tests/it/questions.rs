//! `xks can` and `xks who` as people and pipelines use them.
//!
//! `tests/questions/CASE/` holds manifests in `manifests/` or a workspace in `workspace/`, and `answers.txt`: behind each line
//! `$ xks …` stands what the command prints, and its exit status if that is not 0.

use crate::fixture;
use std::path::Path;
use std::process::Command;
use xks_core::cluster::network::Reading;
use xks_core::cluster::relation::Relation;
use xks_core::questions::can::{Answer, Verdict, can};
use xks_core::source::{FileId, Source, Sources};

fn run(folder: &Path, arguments: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_xks"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the command starts");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    if output.status.code() != Some(0) {
        text.push_str(&format!("[exit status {}]\n", output.status.code().expect("it ends by itself")));
    }
    text
}

/// The words of a command line, where quotes hold some together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_string());
        } else {
            words.extend(part.split_whitespace().map(str::to_string));
        }
    }
    words
}

#[test]
fn every_question_has_its_answer() {
    let mut complaints = Vec::new();
    let folder = fixture::root().join("tests/questions");
    let cases = fixture::files(&folder).into_iter().filter(|path| path.ends_with("answers.txt"));
    for path in cases {
        let expected = fixture::read(&path);
        let mut actual = String::new();
        for line in expected.lines().filter(|line| line.starts_with("$ xks ")) {
            actual.push_str(line);
            actual.push('\n');
            actual.push_str(&run(path.parent().expect("a folder"), &words(&line["$ xks ".len()..])));
            actual.push('\n');
        }
        assert!(!actual.is_empty(), "{} asks nothing", path.display());
        complaints.extend(fixture::expect(&path, &actual).err());
    }
    fixture::report(complaints);
}

/// What a workspace answers, and all that it permits.
fn answered(files: &[(String, String)], question: &str) -> (Answer, Relation) {
    let mut sources = Sources::new(files.iter().map(|(path, text)| Source::new(path, text.as_str())).collect());
    let parsed = xks_core::parse(&sources);
    let analysis = xks_core::analyze(&sources, &parsed, &xks_core::Manifests::new(), &xks_core::Options::default());
    let found: Vec<_> = analysis.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect();
    let checked = analysis.checked().unwrap_or_else(|| panic!("{files:?}: {found:?}"));
    let tree = xks_core::build(&sources, &checked, None, xks_core::emit::Format::Yaml).expect("a build that is proved");
    let file: FileId = sources.append(Source::new("question", question));
    let answer = xks_core::ask(&sources, &parsed, &analysis.workspaces[0], &tree, |subject| {
        let asked = xks_core::questions::question(subject, None, file, question).expect("a sound question");
        (can(subject, &asked), subject.cluster.reachable(Reading::Specification))
    });
    answer.expect("something was built")
}

#[test]
fn the_edits_allow_what_was_asked_and_nothing_else() {
    let shop = "tenant shop isolated\napp web, bot\napp api { port http 8080; port metrics 9090 }\n";
    let payments = "tenant payments isolated\napp ledger { port http 8080; port admin 9000 }\n";
    let cases = [
        ("", "", "shop/web -> shop/api:http", 1),
        ("", "", "shop/web -> internet:443", 1),
        ("", "", "shop/web -> 198.51.100.0/24:5000/udp", 1),
        ("", "", "shop/bot -> shop/*", 1),
        ("", "", "shop/pods(tier=front) -> shop/api:metrics", 1),
        ("", "", "internet -> shop/api:8080", 1),
        ("", "", "shop/web -> payments/ledger:admin", 2),
        ("allow web -> api:http\n", "", "shop/web -> shop/api:metrics", 1),
        ("allow web, bot -> api:http\n", "", "shop/web -> shop/api:metrics", 1),
        ("allow web -> api:http\n", "", "shop/web -> shop/api", 1),
        ("allow web -> payments/ledger:http\n", "export ledger:http to shop\n", "shop/web -> payments/ledger:admin", 2),
        ("", "export ledger:http to shop\n", "shop/web -> payments/ledger:http", 1),
        ("", "export ledger to *", "shop/web -> payments/ledger", 1),
    ];
    for (own, theirs, question, count) in cases {
        let mut files = vec![
            ("payments.xks".to_string(), format!("{payments}{theirs}")),
            ("shop.xks".to_string(), format!("{shop}{own}")),
        ];
        let (before, permitted) = answered(&files, question);
        assert_eq!(before.verdict, Verdict::Denied, "{question}");
        assert_eq!(before.edits.len(), count, "{question}: {:?}", before.edits);
        for edit in &before.edits {
            let (_, text) = files.iter_mut().find(|(path, _)| *path == edit.path).expect("a file of the workspace");
            text.replace_range(edit.start as usize..edit.end as usize, &edit.text);
        }
        let (after, now) = answered(&files, question);
        assert_eq!(after.verdict, Verdict::Allowed, "{question}: {files:?}");
        assert!(permitted.is_subset(&now), "{question}: something is closed");
        let opened = now.difference(&permitted);
        assert_eq!(opened.counterexample(&before.closed_set), None, "{question}: more is open");
        assert_eq!(before.closed_set.counterexample(&opened), None, "{question}: less is open");
    }
}
