//! `xks can` and `xks who` as people and pipelines use them.
//!
//! `tests/questions/CASE/` holds manifests in `manifests/` or a workspace in `workspace/`, and `answers.txt`: behind each line
//! `$ xks …` stands what the command prints, and its exit status if that is not 0.

use crate::fixture;
use std::path::Path;
use std::process::Command;

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
