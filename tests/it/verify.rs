//! `xks verify`: a folder that somebody has been at.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SHOP: &str =
    "tenant shop\napp web, api { port http 8080 }\nallow web -> internet:443\nexpose web at shop.example.com no-tls\n";

fn xks(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xks"));
    let output = command.args(arguments).current_dir(folder).env_remove("CLICOLOR_FORCE").output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

/// A workspace and what it was built to.
fn built() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("shop.xks"), SHOP).expect("a file");
    let (status, text) = xks(folder.path(), &["build"]);
    assert_eq!(status, Some(0), "{text}");
    folder
}

fn change(folder: &TempDir, file: &str, change: impl FnOnce(String) -> String) {
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).expect("a file");
    let changed = change(text.clone());
    assert_ne!(text, changed);
    std::fs::write(path, changed).expect("a file");
}

const POLICIES: &str = "generated/shop/networkpolicies.yaml";

/// Verifies: the exit status, and that each of these stands in the report.
fn verified(folder: &TempDir, status: i32, words: &[&str]) {
    let (exit, text) = xks(folder.path(), &["verify", "generated"]);
    assert_eq!(exit, Some(status), "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
}

#[test]
fn what_was_built_is_equal() {
    verified(&built(), 0, &["EQUAL  generated is what the sources say"]);
}

#[test]
fn other_bytes_for_the_same_objects_are_no_difference() {
    let folder = built();
    change(&folder, POLICIES, |text| format!("{text}# seen by security\n"));
    verified(&folder, 0, &["EQUAL", POLICIES, "the bytes differ, nothing else"]);
}

#[test]
fn what_was_edited_by_hand_is_named_with_what_it_does() {
    let folder = built();
    change(&folder, POLICIES, |text| text.replace("port: 443", "port: 8443"));
    let words = ["1 edited", "what is permitted is MIXED", "NetworkPolicy shop/allow-web-to-internet", POLICIES];
    verified(&folder, 1, &words);
    let words = ["the sources say: allow web -> internet:443", "port: 443 -> 8443", "opens a pod app=web in shop -> "];
    verified(&folder, 1, &words);
}

#[test]
fn a_change_that_lets_nobody_through_is_told_from_one_that_does() {
    let folder = built();
    // Other labels of an object are nothing that policies look at.
    change(&folder, POLICIES, |text| text.replacen("managed-by: xks", "managed-by: hand", 1));
    verified(&folder, 1, &["1 edited", "the same connections are permitted", "who reaches whom stays the same"]);
}

#[test]
fn what_was_written_for_other_statements_is_stale() {
    let folder = built();
    let sources =
        SHOP.replace("internet:443", "internet:80").replace("no-tls\n", "no-tls\nallow web -> 192.0.2.1:22\n");
    std::fs::write(folder.path().join("shop.xks"), sources).expect("a file");
    let words = ["1 stale", "written for: allow web -> internet:443", "now it says: allow web -> internet:80"];
    verified(&folder, 1, &words);
    verified(&folder, 1, &["1 missing", "the sources say: allow web -> 192.0.2.1:22"]);
    std::fs::write(folder.path().join("shop.xks"), "tenant shop\napp web, api { port http 8080 }\n").expect("a file");
    verified(&folder, 1, &["stale", "no statement makes it now", "opens new public host shop.example.com"]);
}

#[test]
fn what_xks_did_not_write_is_foreign() {
    let folder = built();
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: extra, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [{}]}\n";
    std::fs::write(folder.path().join("generated/shop/extra.yaml"), policy).expect("a file");
    let words =
        ["1 foreign", "NetworkPolicy shop/extra", "generated/shop/extra.yaml", "what is permitted is WIDER", "opens "];
    verified(&folder, 1, &words);
}

#[test]
fn what_cannot_be_read_is_named_with_its_line() {
    let folder = built();
    change(&folder, POLICIES, |text| text.replace("port: 443", "port: 70000"));
    verified(&folder, 1, &["1 unreadable", POLICIES, "a port is a number from 1 to 65535"]);
}

#[test]
fn what_kustomize_leaves_out_counts() {
    let folder = built();
    change(&folder, "generated/shop/kustomization.yaml", |text| text.replace("- networkpolicies.yaml\n", ""));
    verified(&folder, 1, &["Kustomization shop/kustomization.yaml", "networkpolicies.yaml"]);
}

#[test]
fn each_environment_is_verified_on_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let platform = "platform {\n  env dev { port = 8080 }\n  env prod { port = 443 }\n}\n";
    std::fs::write(folder.path().join("platform.xks"), platform).expect("a file");
    let shop = "tenant shop\nallow web -> internet:80 in dev\nallow web -> internet:443 in prod\n";
    std::fs::write(folder.path().join("shop.xks"), shop).expect("a file");
    assert_eq!(xks(folder.path(), &["build"]).0, Some(0));
    verified(&folder, 0, &["EQUAL"]);
    change(&folder, "generated/prod/shop/networkpolicies.yaml", |text| text.replace("port: 443", "port: 80"));
    verified(&folder, 1, &["generated/prod/shop/networkpolicies.yaml", "443 -> 80"]);
    let (status, text) = xks(folder.path(), &["verify", "generated", "--env", "dev"]);
    assert_eq!(status, Some(0), "{text}");
    let (status, text) = xks(folder.path(), &["verify", "generated", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((status, &report["equal"]), (Some(1), &false.into()));
    assert_eq!(report["objects"][0]["state"], "edited");
    assert_eq!(report["objects"][0]["environment"], "prod");
    assert_eq!(report["objects"][0]["fields"][0]["found"], 80);
}

#[test]
fn wrong_use_is_told_from_a_difference() {
    let folder = built();
    let status = |arguments: &[&str]| xks(folder.path(), arguments).0;
    assert_eq!(status(&["verify", "no-such"]), Some(2));
    assert_eq!(status(&["verify", "shop.xks"]), Some(2));
    assert_eq!(status(&["verify", "generated", "no-such"]), Some(2));
    assert_eq!(status(&["verify", "generated", "--env", "prod"]), Some(2));
    std::fs::write(folder.path().join("shop.xks"), "tenant shop\nallow web ->\n").expect("a file");
    assert_eq!(status(&["verify", "generated"]), Some(1));
}
