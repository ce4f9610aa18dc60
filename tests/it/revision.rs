//! Older states of a workspace: folders and git revisions, as `xks graph --diff` takes them.

use crate::repository::{git, write};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn xks(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xks")).args(arguments).current_dir(folder).output().expect("xks runs")
}

/// What the picture says about the comparison, or the error.
fn compared(folder: &Path, arguments: &[&str]) -> String {
    let output = xks(folder, &[&["graph", "--format", "svg"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let svg = String::from_utf8_lossy(&output.stdout).into_owned();
    match svg.split_once("<desc id=\"summary\">").and_then(|(_, rest)| rest.split_once("</desc>")) {
        Some((summary, _)) => format!("{summary}{said}"),
        None => format!("{}: {said}", output.status.code().expect("an exit status")),
    }
}

const BEFORE: &str = "tenant shop\napp web\nallow web -> 203.0.113.1:443\n";
const AFTER: &str = "tenant shop\napp web\nallow web -> 203.0.113.1:443\nallow web -> 203.0.113.2:443\n";

/// A repository with a workspace in a folder of it, changed since the one commit.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    write(at, "net/tenants/shop.xks", BEFORE);
    write(at, "net/.hidden/other.xks", "tenant other\napp ghost\n");
    write(at, "elsewhere.xks", "not a statement\n");
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "one"]);
    write(at, "net/tenants/shop.xks", AFTER);
    folder
}

#[test]
fn a_revision_is_read_below_the_workspace_only() {
    let repository = repository();
    let at = repository.path();
    let expected = "since HEAD \u{b7} 1 opened \u{b7} 0 closed \u{b7} 0 on other ports or conditions";
    assert_eq!(compared(at, &["net", "--diff", "HEAD"]), expected);
    assert_eq!(compared(&at.join("net"), &["--diff", "HEAD"]), expected, "from inside");
    assert_eq!(compared(at, &["net/tenants/shop.xks", "--diff", "HEAD"]), expected, "one file");
    assert_eq!(compared(at, &["net", "--diff", "main"]), expected.replace("HEAD", "main"));
    git(at, &["commit", "--quiet", "--all", "--message", "two"]);
    assert!(compared(at, &["net", "--diff", "HEAD"]).contains("0 opened"));
    assert_eq!(compared(at, &["net", "--diff", "HEAD~1"]), expected.replace("HEAD", "HEAD~1"));
}

#[test]
fn included_files_and_links_come_from_the_revision_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    write(at, "shop.xks", "tenant shop\napp web\ninclude \"extra.yaml\"\n");
    write(at, "extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n");
    write(at, "parts/ledger.xks", "tenant ledger\napp api\n");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("parts/audit.txt", at.join("audit.xks")).expect("a link");
        write(at, "parts/audit.txt", "tenant audit\napp log\n");
    }
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "--message", "one"]);
    assert!(compared(at, &["--diff", "HEAD"]).starts_with("since HEAD \u{b7} 0 opened \u{b7} 0 closed"));
    // Gone from the disk, but not from the revision.
    std::fs::remove_file(at.join("extra.yaml")).expect("a file");
    write(at, "shop.xks", "tenant shop\napp web\nallow web -> 203.0.113.1:443\n");
    assert!(compared(at, &["--diff", "HEAD"]).starts_with("since HEAD \u{b7} 1 opened \u{b7} 0 closed"));
    #[cfg(unix)]
    {
        let page = xks(at, &["graph", "--diff", "HEAD", "--format", "dot"]);
        assert!(String::from_utf8_lossy(&page.stdout).contains("audit/log"), "the link is followed");
        std::fs::remove_file(at.join("audit.xks")).expect("a link");
        std::os::unix::fs::symlink("../outside.xks", at.join("audit.xks")).expect("a link");
        git(at, &["add", "audit.xks"]);
        git(at, &["commit", "--quiet", "--message", "two"]);
        std::fs::remove_file(at.join("audit.xks")).expect("a link");
        let said = compared(at, &["--diff", "HEAD"]);
        assert!(said.contains("cannot read `audit.xks`: it is a link that leads out of the workspace"), "{said}");
    }
}

#[test]
fn a_folder_is_an_older_state_too() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "old/shop.xks", BEFORE);
    write(folder.path(), "new/shop.xks", AFTER);
    assert!(compared(folder.path(), &["new", "--diff", "old"]).starts_with("since old \u{b7} 1 opened"));
    assert!(
        compared(folder.path(), &["old", "--diff", "./new/"])
            .starts_with("since ./new/ \u{b7} 0 opened \u{b7} 1 closed")
    );
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let repository = repository();
    let at = repository.path();
    let said = compared(at, &["net", "--diff", "no-such"]);
    assert!(
        said.starts_with("2: error: `no-such` is neither a folder nor a revision of the git repository of `net`"),
        "{said}"
    );
    let outside = tempfile::tempdir().expect("a folder");
    write(outside.path(), "shop.xks", BEFORE);
    let said = compared(outside.path(), &["--diff", "main"]);
    assert!(said.contains("is in no git repository"), "{said}");
    let said = compared(at, &["net", "--diff", "./no-such"]);
    assert!(said.contains("there is no such file or folder"), "{said}");
    let said = compared(at, &["net", "--diff=--all"]);
    assert!(said.starts_with("2: error: `--all` is neither a folder nor a git revision"), "{said}");
    // Both a branch and a folder.
    git(at, &["branch", "net"]);
    let said = compared(at, &["net", "--diff", "net"]);
    assert!(said.starts_with("2: error: `net` is a folder and a git revision"), "{said}");
    assert!(compared(at, &["net", "--diff", "net^0"]).starts_with("since net^0 \u{b7} 1 opened"));
    // The older state has an error.
    write(at, "net/tenants/shop.xks", "tenant shop\nallow web ->\n");
    git(at, &["commit", "--quiet", "--all", "--message", "broken"]);
    write(at, "net/tenants/shop.xks", AFTER);
    let said = compared(at, &["net", "--diff", "HEAD"]);
    assert!(said.starts_with("1: ") && said.contains("`HEAD` has errors"), "{said}");
    // A workspace that was not there yet.
    std::fs::create_dir(at.join("fresh")).expect("a folder");
    write(at, "fresh/shop.xks", AFTER);
    let said = compared(at, &["fresh", "--diff", "HEAD"]);
    assert!(said.contains("there is no `.xks` file below `fresh` in `HEAD`"), "{said}");
}

#[test]
fn without_git_only_folders_can_be_compared() {
    let repository = repository();
    let output = Command::new(env!("CARGO_BIN_EXE_xks"))
        .args(["graph", "net", "--diff", "HEAD"])
        .current_dir(repository.path())
        .env("PATH", "")
        .output()
        .expect("xks runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`git` is not installed"));
}

#[test]
fn pictures_are_written_where_they_are_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "shop.xks", AFTER);
    for (name, start) in
        [("a.svg", "<svg "), ("a.html", "<!DOCTYPE html>"), ("a.dot", "// Written"), ("a.mmd", "---\ntitle")]
    {
        assert_eq!(xks(at, &["graph", "-o", name]).status.code(), Some(0), "{name}");
        let text = std::fs::read_to_string(at.join(name)).expect("a file");
        assert!(text.starts_with(start), "{name}: {text:.40}");
        assert!(!text.contains("__NONCE__"), "{name}");
        assert_eq!(xks(at, &["graph", "-o", name]).status.code(), Some(0), "{name} once more");
        assert_eq!(std::fs::read_to_string(at.join(name)).expect("a file"), text, "the same bytes");
    }
    for wrong in [
        &["graph", "-o", "a.png"][..],
        &["graph", "--tenant", "shpo"],
        &["graph", "--env", "prod"],
        &["graph", "-", "--tenant", "shop", "--diff", "HEAD"],
        &["graph", "-"],
    ] {
        assert_eq!(xks(at, wrong).status.code(), Some(2), "{wrong:?}");
    }
    assert_eq!(xks(at, &["graph", "-o", "no/such/folder.svg"]).status.code(), Some(1));
    write(at, "shop.xks", "platform {\n  env dev {\n    a = b\n  }\n  env prod {\n    a = c\n  }\n}\napp web\n");
    let several = xks(at, &["graph"]);
    assert_eq!(several.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&several.stderr).contains("`dev` or `prod`"));
    assert_eq!(xks(at, &["graph", "--env", "dev"]).status.code(), Some(0));
    write(at, "shop.xks", "allow web ->\n");
    assert_eq!(xks(at, &["graph"]).status.code(), Some(1));
}

#[test]
fn the_closest_ignore_file_decides() {
    let file = |folder: &str, text: &str| (folder.to_string(), text.to_string());
    let files = [file("", "*.xks\n!keep.xks\n/out/\n"), file("a/b", "!*.xks\n"), file("out", "!*\n")];
    let ignored = xks_disk::Ignored::new(files);
    for (path, expected) in [
        ("shop.xks", true),
        ("a/shop.xks", true),
        ("a/keep.xks", false),
        ("a/b/shop.xks", false),
        ("a/b.yaml", false),
        ("out/keep.xks", true),
        ("a/out/keep.xks", false),
    ] {
        assert_eq!(ignored.holds(path), expected, "{path}");
    }
}
