//! The output folder: whose it is, what may lie in it, and what becomes of it when a build is interrupted or not alone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// How often a build is killed.
const KILLS: u64 = 12;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xks"));
    command.args(arguments).current_dir(folder).env_remove("CLICOLOR_FORCE");
    command
}

fn xks(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = command(folder, arguments).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

/// Runs, and holds the exit status and what is said.
fn says(folder: &Path, arguments: &[&str], status: i32, words: &[&str]) {
    let (exit, text) = xks(folder, arguments);
    assert_eq!(exit, Some(status), "{arguments:?}: {text}");
    for word in words {
        assert!(text.contains(word), "{arguments:?}: `{word}` is not in:\n{text}");
    }
}

/// A repository with the workspace `net`, of the tenants `shop` and `pay`.
fn repository() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let net = folder.path().join("net");
    fs::create_dir_all(folder.path().join(".git")).expect("a folder");
    fs::create_dir_all(net.join("tenants")).expect("a folder");
    for name in ["shop", "pay"] {
        fs::write(net.join(format!("tenants/{name}.xks")), statements(name, 443)).expect("a file");
    }
    (folder, net)
}

fn statements(name: &str, port: u64) -> String {
    format!("tenant {name}\napp web\nallow web -> internet:{port}\n")
}

/// The files below a folder, with what they hold.
fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry")) {
        if entry.path().is_dir() {
            files.extend(tree(&entry.path()));
        } else {
            files.insert(entry.path(), fs::read_to_string(entry.path()).expect("a file"));
        }
    }
    files
}

#[test]
fn a_folder_remembers_its_workspace_and_refuses_another() {
    let (_folder, net) = repository();
    says(&net, &["build"], 0, &["`generated/.xks-output` says whose folder this is"]);
    let memory = net.join("generated/.xks-output");
    assert_eq!(fs::read_to_string(&memory).expect("a file"), "net\n");
    let built = tree(&net.join("generated"));
    says(&net, &["build"], 0, &["nothing to change"]);
    for refused in [
        &["build", "tenants", "-o", "generated"][..],
        &["build", "--check", "tenants", "-o", "generated"],
        &["verify", "generated", "tenants"],
    ] {
        says(&net, refused, 1, &["error[other-workspace]", "the output of another workspace, `net`"]);
    }
    assert_eq!(tree(&net.join("generated")), built);
    says(&net, &["build", "--adopt", "tenants", "-o", "generated"], 0, &["says whose folder this is"]);
    assert_eq!(fs::read_to_string(&memory).expect("a file"), "net/tenants\n");
    says(&net, &["build"], 1, &["another workspace, `net/tenants`", "--adopt"]);
}

#[test]
fn a_folder_from_before_is_up_to_date_without_a_memory_and_gets_one() {
    let (_folder, net) = repository();
    says(&net, &["build"], 0, &[]);
    fs::remove_file(net.join("generated/.xks-output")).expect("it was there");
    says(&net, &["build", "--check"], 0, &["up to date"]);
    assert!(!net.join("generated/.xks-output").exists(), "`--check` writes nothing");
    says(&net, &["build"], 0, &["nothing to change", "says whose folder this is"]);
    assert!(net.join("generated/.xks-output").is_file());
}

#[test]
fn outside_the_repository_nothing_is_remembered() {
    let (_folder, net) = repository();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let path = elsewhere.path().to_string_lossy().into_owned();
    says(&net, &["build", "-o", &path], 0, &["wrote 4 files"]);
    assert!(!elsewhere.path().join(".xks-output").exists());
}

#[test]
fn a_part_removes_nothing_and_only_the_whole_may_adopt() {
    let (_folder, net) = repository();
    says(&net, &["build"], 0, &[]);
    let built = tree(&net.join("generated"));
    says(&net, &["build", "tenants/pay.xks", "-o", "generated"], 0, &["nothing to change"]);
    let mut piped = command(&net, &["build", "-", "--tenant", "pay", "-o", "generated"]);
    let status = piped.stdin(File::open(net.join("tenants/pay.xks")).expect("a file")).status().expect("it runs");
    assert!(status.success());
    assert_eq!(tree(&net.join("generated")), built, "the other tenant's files stay");
    says(&net, &["build", "tenants/pay.xks", "-o", "generated", "--adopt"], 2, &["the whole workspace"]);
    says(&net, &["build", "-o", "-", "--adopt"], 2, &["standard output"]);
    // What no part may remove goes with the whole.
    fs::remove_file(net.join("tenants/pay.xks")).expect("it was there");
    says(&net, &["build"], 0, &["2 removed"]);
    assert!(!net.join("generated/pay").exists());
}

#[test]
fn what_is_nobodys_fails_the_checks_and_stays() {
    for (path, shown) in [
        ("kustomization.yml", "generated/kustomization.yml"),
        ("nobody/policy.yaml", "generated/nobody/"),
        ("shop/.argocd-source.yaml", "generated/shop/.argocd-source.yaml"),
        (".sourceignore", "generated/.sourceignore"),
        ("shop/README", "generated/shop/README"),
    ] {
        let (_folder, net) = repository();
        says(&net, &["build"], 0, &[]);
        let file = net.join("generated").join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(&file, "{}\n").expect("a file");
        says(
            &net,
            &["build", "--check"],
            1,
            &["error[foreign-file]", shown, "move it out of `generated`, or remove it"],
        );
        says(&net, &["verify", "generated"], 1, &["foreign[foreign-file]", shown, "or remove it"]);
        says(&net, &["build"], 0, &["warning[foreign-file]", shown]);
        assert!(file.is_file(), "what somebody else wrote stays");
        // Of a part only the part's own folder counts.
        let expected = i32::from(path.starts_with("shop/"));
        says(&net, &["build", "--check", "tenants/shop.xks", "-o", "generated"], expected, &[]);
        says(&net, &["build", "--check", "tenants/pay.xks", "-o", "generated"], 0, &[]);
    }
}

#[test]
fn manifests_from_elsewhere_are_verified_object_by_object() {
    let (_folder, net) = repository();
    let stream = command(&net, &["build", "-o", "-"]).output().expect("it runs").stdout;
    fs::create_dir(net.join("dump")).expect("a folder");
    fs::write(net.join("dump/all.yaml"), stream).expect("a file");
    let (_, text) = xks(&net, &["verify", "dump"]);
    assert!(!text.contains("foreign"), "{text}");
}

#[test]
fn another_build_is_waited_for() {
    let (_folder, net) = repository();
    says(&net, &["build"], 0, &[]);
    fs::write(net.join("tenants/shop.xks"), statements("shop", 8443)).expect("a file");
    let held = File::open(net.join("generated")).expect("a folder");
    held.lock().expect("the lock of a build");
    let mut waiting = command(&net, &["build"]).stderr(Stdio::piped()).spawn().expect("it starts");
    // Its first words are that it waits.
    let mut said = [0; 7];
    std::io::Read::read_exact(waiting.stderr.as_mut().expect("a pipe"), &mut said).expect("it says something");
    assert_eq!(&said, b"waiting");
    assert!(waiting.try_wait().expect("a status").is_none(), "it waits");
    says(&net, &["build", "--check"], 1, &["8443", "would change"]);
    drop(held);
    assert!(waiting.wait().expect("it ends").success());
    says(&net, &["build", "--check"], 0, &["up to date"]);
}

#[test]
fn builds_side_by_side_come_to_one_of_them() {
    let (_folder, net) = repository();
    let start = |_| command(&net, &["build"]).stderr(Stdio::null()).spawn().expect("it starts");
    let builds: Vec<_> = (0..4).map(start).collect();
    for mut build in builds {
        assert!(build.wait().expect("it ends").success());
    }
    says(&net, &["build", "--check"], 0, &["up to date"]);
}

#[test]
fn a_killed_build_leaves_whole_files_and_the_next_one_clears_up() {
    let (_folder, net) = repository();
    for number in 0..60 {
        fs::write(net.join(format!("tenants/t{number}.xks")), statements(&format!("t{number}"), 80)).expect("a file");
    }
    says(&net, &["build"], 0, &[]);
    let mut states = vec![tree(&net.join("generated"))];
    for number in 0..60 {
        fs::write(net.join(format!("tenants/t{number}.xks")), statements(&format!("t{number}"), 81)).expect("a file");
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    says(&net, &["build", "-o", &elsewhere.path().to_string_lossy()], 0, &[]);
    let moved = |(path, text): (PathBuf, String)| {
        (net.join("generated").join(path.strip_prefix(elsewhere.path()).expect("a path below")), text)
    };
    states.push(tree(elsewhere.path()).into_iter().map(moved).collect());
    for kill in 0..KILLS {
        let mut build = command(&net, &["build"]).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(std::time::Duration::from_millis(3 * kill));
        build.kill().expect("a signal");
        build.wait().expect("it ends");
        let visible =
            |path: &Path| !path.components().any(|part| part.as_os_str().to_string_lossy().starts_with(".xks-"));
        for (path, text) in tree(&net.join("generated")).into_iter().filter(|(path, _)| visible(path)) {
            assert!(states.iter().any(|state| state.get(&path) == Some(&text)), "{} is half-written", path.display());
        }
    }
    fs::create_dir_all(net.join("generated/.xks-tmp-dead/new")).expect("a folder");
    fs::create_dir_all(net.join(".xks-tmp-dead/old")).expect("a folder");
    fs::write(net.join("tenants/.xks-tmp-dead"), "half of i").expect("a file");
    says(&net, &["build"], 0, &[]);
    says(&net, &["build", "--check"], 0, &["up to date"]);
    for folder in [net.clone(), net.join("generated"), net.join("tenants")] {
        let names = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
        let left: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with(".xks-tmp-")).collect();
        assert!(left.is_empty(), "{}: {left:?}", folder.display());
    }
}
