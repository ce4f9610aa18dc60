//! The command as people and pipelines use it: exit codes, streams, and what happens to files.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn xks(folder: &Path, arguments: &[&str]) -> Output {
    xks_with(folder, arguments, "")
}

fn xks_with(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_xks"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    child.stdin.take().expect("an input").write_all(input.as_bytes()).expect("input is taken");
    child.wait_with_output().expect("the command ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A workspace of these files in a folder of its own.
fn workspace(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

const SOUND: &[(&str, &str)] = &[
    ("tenants/source.xks", "tenant source\napp foo\nallow foo -> destination/bar:http\n"),
    ("tenants/destination.xks", "tenant destination\napp bar { port http 8080 }\nexport bar:http to source\n"),
];
const BROKEN: &[(&str, &str)] = &[("shop.xks", "expose web at\nallow web -> internet\n")];

#[test]
fn a_build_writes_what_check_then_finds_in_place() {
    let folder = workspace(SOUND);
    let at = folder.path();
    assert_eq!(xks(at, &["build", "--check"]).status.code(), Some(1), "nothing is written yet");
    assert!(!at.join("generated").exists(), "`--check` writes nothing");
    assert_eq!(xks(at, &["build"]).status.code(), Some(0));
    assert!(at.join("generated/source/networkpolicies.yaml").is_file());
    assert!(at.join("generated/destination/kustomization.yaml").is_file());
    assert_eq!(xks(at, &["build", "--check"]).status.code(), Some(0));

    std::fs::write(at.join("tenants/source.xks"), "tenant source\napp foo\n").expect("a file");
    std::fs::write(at.join("tenants/destination.xks"), "tenant destination\napp bar { port http 8080 }\n")
        .expect("a file");
    let difference = xks(at, &["build", "--check"]);
    assert_eq!(difference.status.code(), Some(1));
    assert!(text(&difference.stdout).contains("-  name: allow-foo-to-destination-bar"), "{}", text(&difference.stdout));
}

#[test]
fn stale_files_go_and_foreign_ones_stay() {
    let folder = workspace(SOUND);
    let at = folder.path();
    assert_eq!(xks(at, &["build"]).status.code(), Some(0));
    std::fs::write(at.join("generated/source/notes.yaml"), "mine: true\n").expect("a file");
    std::fs::remove_file(at.join("tenants/destination.xks")).expect("it was there");
    std::fs::write(at.join("tenants/source.xks"), "tenant source\n").expect("a file");
    assert_eq!(xks(at, &["build"]).status.code(), Some(0));
    assert!(!at.join("generated/destination").exists(), "the folder of a tenant that is gone goes");
    assert!(at.join("generated/source/notes.yaml").is_file(), "what somebody else wrote stays");
}

#[test]
fn a_file_of_somebody_else_is_never_overwritten() {
    let folder = workspace(SOUND);
    let mine = folder.path().join("generated/source/networkpolicies.yaml");
    std::fs::create_dir_all(mine.parent().expect("a parent")).expect("a folder");
    std::fs::write(&mine, "mine: true\n").expect("a file");
    let output = xks(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("networkpolicies.yaml"), "{}", text(&output.stderr));
    assert_eq!(std::fs::read_to_string(&mine).expect("still there"), "mine: true\n");
    assert!(!folder.path().join("generated/destination").exists(), "nothing else was written");
}

#[test]
fn errors_write_nothing_and_exit_with_one() {
    let folder = workspace(BROKEN);
    let output = xks(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("expected a host after `at`"));
    assert!(!folder.path().join("generated").exists());
    assert_eq!(xks(folder.path(), &["check"]).status.code(), Some(1));
}

#[test]
fn wrong_use_exits_with_two() {
    let folder = workspace(SOUND);
    for wrong in [
        &["build", "--nope"][..],
        &["build", "--env", "prod"],
        &["frobnicate"],
        &["explain", "no-such-code"],
        &["check", "-", "--fix"],
    ] {
        let output = xks(folder.path(), wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", text(&output.stderr));
    }
}

#[test]
fn bad_input_is_an_error_that_names_the_file() {
    let folder = workspace(&[
        ("sound.xks", "tenant sound\n"),
        ("empty.xks", ""),
        ("marked.xks", "\u{feff}tenant marked\r\napp x\r\n"),
    ]);
    assert_eq!(xks(folder.path(), &["check"]).status.code(), Some(0), "empty files, marks and CRLF are sound");
    std::fs::write(folder.path().join("latin.xks"), b"tenant caf\xe9\n").expect("a file");
    std::fs::create_dir(folder.path().join("folder.xks")).expect("a folder");
    let output = xks(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    for name in ["latin.xks", "folder.xks"] {
        assert!(text(&output.stdout).contains(name), "{name}: {}", text(&output.stdout));
    }
    for command in ["check", "build", "graph"] {
        let output = xks(folder.path(), &[command, "latin.xks"]);
        assert_eq!(output.status.code(), Some(1), "{command}: a file that cannot be read alone");
    }
    assert!(!folder.path().join("generated").exists(), "nothing is built of it");
    for command in ["check", "build", "fmt", "graph"] {
        let output = xks(folder.path(), &[command, "missing"]);
        assert_eq!(output.status.code(), Some(2), "{command}: a path that is not there is wrong use");
        assert!(text(&output.stderr).contains("missing"), "{command}");
    }
}

#[test]
fn an_output_that_cannot_be_is_an_error() {
    let folder = workspace(SOUND);
    std::fs::write(folder.path().join("generated"), "a file\n").expect("a file");
    let output = xks(folder.path(), &["build"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("generated"));
    assert_eq!(std::fs::read_to_string(folder.path().join("generated")).expect("still there"), "a file\n");
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = workspace(&[]);
    let output = xks_with(folder.path(), &["build", "-", "--tenant", "shop"], "allow web -> internet:443\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("---\n# allow web -> internet:443\napiVersion: networking.k8s.io/v1\n"));
    let output = xks_with(folder.path(), &["fmt", "-"], "allow   web->internet ; app  web");
    assert_eq!(text(&output.stdout), "allow web -> internet\napp web\n");
}

#[test]
fn formatting_checks_and_rewrites() {
    let folder = workspace(&[("shop.xks", "allow   web ->internet\n")]);
    let check = xks(folder.path(), &["fmt", "--check"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(text(&check.stdout).contains("shop.xks"));
    assert_eq!(xks(folder.path(), &["fmt"]).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(folder.path().join("shop.xks")).expect("a file"), "allow web -> internet\n");
    assert_eq!(xks(folder.path(), &["fmt", "--check"]).status.code(), Some(0));
}

#[test]
fn safe_fixes_are_applied_and_the_rest_is_reported() {
    let files = [
        ("shop.xks", "tenant shop\napp web\nallow web -> ledger/api:80\n"),
        (
            "ledger.xks",
            "tenant ledger\napp api port http 8080\nservice api port http 80 -> 8080\nexport api:http to shop\n",
        ),
    ];
    let folder = workspace(&files);
    let output = xks(folder.path(), &["check", "--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let mended = std::fs::read_to_string(folder.path().join("shop.xks")).expect("a file");
    assert_eq!(mended, "tenant shop\napp web\nallow web -> ledger/api:8080\n");
}

#[test]
fn reports_are_what_their_readers_take() {
    let folder = workspace(BROKEN);
    let github = text(&xks(folder.path(), &["check", "--format", "github"]).stdout);
    assert!(github.contains("::error file=shop.xks,line=1,"), "{github}");
    let azure = text(&xks(folder.path(), &["check", "--format", "azure"]).stdout);
    assert!(azure.contains("##vso[task.logissue type=error;sourcepath=shop.xks;linenumber=1;"), "{azure}");
    for format in ["json", "sarif"] {
        let output = xks(folder.path(), &["check", "--format", format]);
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(value.to_string().contains("syntax-error"), "{value}");
    }
}

#[test]
fn json_holds_the_same_objects_as_yaml() {
    let folder = workspace(SOUND);
    let json = xks(folder.path(), &["build", "-o", "-", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let yaml = xks(folder.path(), &["build", "-o", "-"]);
    let documents: Vec<serde_json::Value> = serde_saphyr::from_multiple(&text(&yaml.stdout)).expect("YAML");
    assert_eq!(list["items"].as_array().expect("items"), &documents);
    assert_eq!(documents.len(), 4);
}

#[test]
fn included_objects_are_in_every_format() {
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";
    let folder = workspace(&[("shop.xks", "include \"settings.yaml\"\n"), ("settings.yaml", manifest)]);
    for format in ["yaml", "json"] {
        let output = xks(folder.path(), &["build", "-o", "-", "--format", format]);
        assert!(text(&output.stdout).contains("ConfigMap"), "{format}: {}", text(&output.stdout));
    }
}

#[test]
fn every_code_is_explained_and_the_start_compiles() {
    let folder = workspace(&[]);
    for code in xks_core::codes() {
        let output = xks(folder.path(), &["explain", code.name]);
        assert!(text(&output.stdout).contains(code.name), "{}", code.name);
    }
    assert_eq!(xks(folder.path(), &["init"]).status.code(), Some(0));
    let check = xks(folder.path(), &["check"]);
    assert!(text(&check.stdout).contains("no findings"), "{}", text(&check.stdout));
    assert_eq!(xks(folder.path(), &["fmt", "--check"]).status.code(), Some(0));
    assert_eq!(xks(folder.path(), &["build"]).status.code(), Some(0));
    assert_eq!(xks(folder.path(), &["init"]).status.code(), Some(1), "nothing is overwritten");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(!xks(folder.path(), &["completions", shell]).stdout.is_empty(), "{shell}");
    }
}

#[test]
fn colour_is_for_terminals() {
    let folder = workspace(BROKEN);
    assert!(!text(&xks(folder.path(), &["check"]).stdout).contains('\u{1b}'));
    assert!(text(&xks(folder.path(), &["--color", "always", "check"]).stdout).contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn the_server_is_looked_for_beside_the_program_and_on_the_path() {
    // On the file system of the program, for a link to it; and nothing that is run is written by this process, whose other
    // threads start programs meanwhile, which would then hold it open.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let program = folder.path().join("xks");
    std::fs::hard_link(env!("CARGO_BIN_EXE_xks"), &program).expect("a link");
    let run = || Command::new(&program).arg("lsp").env("PATH", folder.path().join("bin")).output().expect("a run");
    let alone = run();
    assert_eq!(alone.status.code(), Some(1));
    assert!(text(&alone.stderr).contains("there is no `xks-lsp`"), "{}", text(&alone.stderr));
    for (place, answer) in [("bin", "path"), (".", "beside")] {
        let script = format!(
            "mkdir -p {place} && printf '#!/bin/sh\necho {answer}\nexit 7\n' >{place}/xks-lsp && chmod +x {place}/xks-lsp"
        );
        let made = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).status().expect("a shell");
        assert!(made.success());
        let found = run();
        assert_eq!((found.status.code(), text(&found.stdout).trim()), (Some(7), answer));
    }
}

#[test]
fn very_many_policies_of_a_namespace_are_answered_for() {
    let policy = |number: usize| {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{number}, namespace: a}}\nspec:\n  \
             podSelector: {{matchLabels: {{app: w{number}}}}}\n  ingress: [{{from: [{{podSelector: {{matchLabels: {{app: \
             v{number}}}}}}}], ports: [{{port: {}}}]}}]\n",
            number + 1
        )
    };
    let folder = workspace(&[("m/all.yaml", &(0..3_000).map(policy).collect::<String>())]);
    let output = xks(folder.path(), &["who", "a/*", "--manifests", "m"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0));
    assert!(shown.contains("note[too-many-rows]: ") && shown.contains("a/p1\n"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 2_000), "no list is shown to its end");
    let one = text(&xks(folder.path(), &["who", "a/pods(app=w7)", "--manifests", "m"]).stdout);
    assert!(one.contains("a/v7 on TCP 8") && !one.contains("too-many-rows"), "{one}");
}

#[test]
fn very_many_mistakes_are_counted_and_not_all_shown() {
    let unknown: String = (0..5_000).map(|number| format!("allow nope{number} -> internet:443\n")).collect();
    let folder = workspace(&[
        ("unknown.xks", &format!("app web\n{unknown}")),
        ("broken.xks", &"wrong line here\n".repeat(50_000)),
        ("sound.xks", "app web\nallow web -> internet:443\n"),
    ]);
    let output = xks(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    assert!(shown.lines().count() < 3_000, "{}", shown.lines().count());
    assert!(shown.contains("49900 more errors in this file are not shown"), "{shown}");
    for format in ["json", "sarif", "github", "azure"] {
        let output = xks(folder.path(), &["check", "--format", format]);
        assert!(text(&output.stdout).lines().count() < 20_000, "{format}");
    }
    std::fs::remove_file(folder.path().join("broken.xks")).expect("it was there");
    let shown = text(&xks(folder.path(), &["check"]).stdout).to_string();
    assert!(shown.contains("4900 more errors in this file are not shown") && shown.contains("5000 errors"), "{shown}");
}
