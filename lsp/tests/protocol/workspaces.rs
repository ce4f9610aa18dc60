//! Which files belong together: folders, files without one, files that are ignored or cannot be read.

use crate::client::{Client, Encoding, Options, uri, write};
use serde_json::{Value, json};

const SHOP: &str = "app web\nallow web -> payments/api\n";
const PAYMENTS: &str = "app api\nexport api to shop\n";

fn client(files: &[(&str, &str)], folders: &[&str]) -> Client {
    let files: Vec<(String, String)> = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.keep().canonicalize().expect("a path");
    for (path, text) in &files {
        write(&root.join(path), text);
    }
    let folders: Vec<Value> =
        folders.iter().map(|name| json!({ "uri": uri(&root.join(name)), "name": name })).collect();
    Client::at(root, &Options { encoding: Encoding::Utf8, initialize: json!({ "workspaceFolders": folders }) })
}

fn codes(client: &mut Client) -> Vec<(String, String)> {
    let report = client.ask("workspace/diagnostic", json!({ "previousResultIds": [] })).expect("a report");
    let mut found = Vec::new();
    for item in report["items"].as_array().expect("items") {
        let path = client.path(item["uri"].as_str().expect("a URI")).to_string();
        for one in item["items"].as_array().expect("findings") {
            found.push((path.clone(), one["code"].as_str().expect("a code").to_string()));
        }
    }
    found
}

fn done(client: Client) {
    let root = client.root.clone();
    client.finish();
    std::fs::remove_dir_all(root).expect("a folder to remove");
}

#[test]
fn folders_are_workspaces_of_their_own() {
    let mut client = client(&[("a/shop.xks", SHOP), ("b/payments.xks", PAYMENTS), ("b/shop.xks", SHOP)], &["a", "b"]);
    assert_eq!(codes(&mut client), [("a/shop.xks".to_string(), "foreign-tenant".to_string())]);
    let folder = |client: &Client, name: &str| json!({ "uri": client.uri(name), "name": name });
    let (a, b) = (folder(&client, "a"), folder(&client, "b"));
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [], "removed": [a] } }));
    assert_eq!(codes(&mut client), []);
    client.open("b/payments.xks", "app api\n");
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [a], "removed": [b] } }));
    let expected = [("a/shop.xks".to_string(), "foreign-tenant".to_string())];
    assert_eq!(codes(&mut client), expected, "what is open stays, as a workspace of its own");
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": { "added": [b], "removed": [a] } }));
    assert_eq!(codes(&mut client), [("b/shop.xks".to_string(), "not-exported".to_string())], "still as it is open");
    done(client);
}

#[test]
fn a_folder_within_another_is_part_of_it() {
    let mut client = client(&[("shop.xks", SHOP), ("in/payments.xks", PAYMENTS)], &["in", ""]);
    assert_eq!(codes(&mut client), []);
    done(client);
}

#[test]
fn a_file_without_a_folder_stands_alone() {
    let mut client = client(&[("shop.xks", SHOP), ("payments.xks", PAYMENTS)], &[]);
    assert_eq!(codes(&mut client), []);
    client.open("shop.xks", SHOP);
    assert_eq!(client.findings("shop.xks")[0]["code"], "foreign-tenant");
    client.close("shop.xks");
    client.findings_of("shop.xks", 0);
    client.open("new.xks", "allow a ->\n");
    assert_eq!(client.findings("new.xks")[0]["code"], "syntax-error", "a file that is not on the disk yet");
    done(client);
}

#[test]
fn what_was_never_saved_stands_alone() {
    let mut client = client(&[("payments.xks", PAYMENTS)], &[""]);
    let uri = "untitled:Untitled-1";
    let document =
        json!({ "uri": uri, "languageId": "xks", "version": 1, "text": "app web\nallow web -> payments/api\n" });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let document = json!({ "uri": uri });
    let place = json!({ "textDocument": document, "position": { "line": 1, "character": 7 } });
    let found = client.ask("textDocument/definition", place).expect("an answer");
    assert_eq!(found[0]["uri"], uri);
    assert_eq!(codes(&mut client), [(uri.to_string(), "foreign-tenant".to_string())], "it is not in the folder");
    let change = json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "text": "app web\n" }] });
    client.notify("textDocument/didChange", change);
    assert_eq!(codes(&mut client), []);
    client.notify("textDocument/didClose", json!({ "textDocument": document }));
    let place = json!({ "textDocument": document, "position": { "line": 0, "character": 5 } });
    assert_eq!(client.ask("textDocument/definition", place).expect("an answer"), Value::Null);
    done(client);
}

#[test]
fn what_is_ignored_stands_alone_too() {
    let files = [("shop.xks", SHOP), ("old/payments.xks", PAYMENTS), (".gitignore", "old\n")];
    let mut client = client(&files, &[""]);
    assert_eq!(codes(&mut client), [("shop.xks".to_string(), "foreign-tenant".to_string())]);
    client.open("old/payments.xks", "app api\nallow api ->\n");
    assert_eq!(client.findings("old/payments.xks")[0]["code"], "syntax-error");
    client.findings_of("shop.xks", 1);
    std::fs::remove_file(client.root.join(".gitignore")).expect("a file");
    client.close("old/payments.xks");
    client.watched(&[(".gitignore", 3)]);
    assert_eq!(codes(&mut client), []);
    done(client);
}

#[test]
fn a_new_file_counts_before_it_is_saved() {
    let mut client = client(&[("shop.xks", SHOP)], &[""]);
    client.open("payments.xks", PAYMENTS);
    assert_eq!(codes(&mut client), []);
    client.close("payments.xks");
    assert_eq!(codes(&mut client), [("shop.xks".to_string(), "foreign-tenant".to_string())]);
    done(client);
}

#[test]
fn nothing_is_judged_while_a_file_cannot_be_read() {
    let mut client = client(&[("shop.xks", SHOP), ("half.xks", "allow a ->\n")], &[""]);
    std::fs::write(client.root.join("payments.xks"), b"app \xff\n").expect("a file");
    client.watched(&[("payments.xks", 1)]);
    let expected = [("half.xks", "syntax-error"), ("payments.xks", "unreadable-file")];
    assert_eq!(codes(&mut client), expected.map(|(path, code)| (path.to_string(), code.to_string())));
    client.open("payments.xks", PAYMENTS);
    let expected = [("half.xks".to_string(), "syntax-error".to_string())];
    assert_eq!(codes(&mut client), expected, "what is open can be read");
    done(client);
}

#[test]
fn manifests_are_read_from_the_disk() {
    let mut client = client(&[("shop.xks", "include \"m/extra.yaml\"\n")], &[""]);
    assert_eq!(codes(&mut client), [("shop.xks".to_string(), "include-missing".to_string())]);
    write(&client.root.join("m/extra.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n");
    client.watched(&[("m/extra.yaml", 1)]);
    assert_eq!(codes(&mut client), []);
    write(&client.root.join("m/extra.yaml"), "kind: [\n");
    client.watched(&[("m/extra.yaml", 2)]);
    assert_eq!(codes(&mut client), [("shop.xks".to_string(), "include-invalid".to_string())]);
    done(client);
}

#[test]
fn a_folder_that_is_deleted_takes_its_files_along() {
    let mut client = client(&[("shop.xks", SHOP), ("teams/eu/payments.xks", PAYMENTS)], &[""]);
    assert_eq!(codes(&mut client), []);
    std::fs::rename(client.root.join("teams"), client.root.join(".teams")).expect("a folder");
    client.watched(&[("teams", 3)]);
    assert_eq!(codes(&mut client), [("shop.xks".to_string(), "foreign-tenant".to_string())]);
    std::fs::rename(client.root.join(".teams"), client.root.join("teams")).expect("a folder");
    client.watched(&[("teams", 1)]);
    assert_eq!(codes(&mut client), []);
    done(client);
}

#[test]
fn a_root_that_is_not_there_hides_nothing() {
    let mut client = client(&[("beside.xks", SHOP)], &["gone"]);
    client.open("gone/shop.xks", SHOP);
    assert_eq!(client.findings("gone/shop.xks")[0]["code"], "foreign-tenant");
    assert_eq!(codes(&mut client), [("gone/shop.xks".to_string(), "foreign-tenant".to_string())]);
    done(client);
}

#[test]
fn folders_that_move_take_their_files_along() {
    let mut client = client(&[("shop.xks", SHOP), ("teams/payments.xks", PAYMENTS)], &[""]);
    assert_eq!(codes(&mut client), []);
    std::fs::rename(client.root.join("teams"), client.root.join(".teams")).expect("a folder");
    let files = json!([{ "oldUri": client.uri("teams"), "newUri": client.uri(".teams") }]);
    client.notify("workspace/didRenameFiles", json!({ "files": files }));
    assert_eq!(codes(&mut client), [("shop.xks".to_string(), "foreign-tenant".to_string())]);
    done(client);
}

const OWNED: &str = "platform { tenants from \"tenants/*\" }\n";

/// As `git init` makes it, as far as it matters here.
const REPOSITORY: (&str, &str) = (".git/HEAD", "ref: refs/heads/main\n");

fn found(path: &str, code: &str) -> (String, String) {
    (path.to_string(), code.to_string())
}

#[test]
fn a_folder_within_an_owned_workspace_is_a_part_of_it() {
    let files = [
        REPOSITORY,
        ("net/platform.xks", OWNED),
        ("net/tenants/shop/web.xks", SHOP),
        ("net/tenants/payments.xks", PAYMENTS),
        ("net/tenants/audit/log.xks", "tenant shop\napp log\n"),
    ];
    let mut client = client(&files, &["net/tenants/shop"]);
    assert_eq!(codes(&mut client), [found("net/tenants/audit/log.xks", "not-your-file")]);
    client.open("net/tenants/payments.xks", "app api\n");
    let expected =
        [found("net/tenants/audit/log.xks", "not-your-file"), found("net/tenants/shop/web.xks", "not-exported")];
    assert_eq!(codes(&mut client), expected);
    done(client);
}

#[test]
fn a_folder_above_several_workspaces_has_several() {
    let files = [
        REPOSITORY,
        ("a/platform.xks", OWNED),
        ("a/tenants/shop.xks", SHOP),
        ("a/tenants/payments.xks", PAYMENTS),
        ("b/platform.xks", OWNED),
        ("b/tenants/shop.xks", SHOP),
        ("c/other.xks", "app x\nallow x ->\n"),
    ];
    let mut client = client(&files, &[""]);
    assert_eq!(
        codes(&mut client),
        [found("b/tenants/shop.xks", "unknown-tenant"), found("c/other.xks", "syntax-error")]
    );
    // What the platform says may make one workspace of them.
    write(&client.root.join("platform.xks"), "platform { tenants from \"c/*\" }\n");
    client.watched(&[("platform.xks", 1)]);
    let codes = codes(&mut client);
    assert!(codes.contains(&found("a/platform.xks", "platform-elsewhere")), "{codes:?}");
    done(client);
}

#[test]
fn a_file_of_an_owned_workspace_brings_it_along() {
    let files =
        [REPOSITORY, ("platform.xks", OWNED), ("tenants/shop/web.xks", SHOP), ("tenants/payments.xks", PAYMENTS)];
    let mut client = client(&files, &[]);
    client.open("tenants/shop/web.xks", SHOP);
    assert_eq!(codes(&mut client), []);
    done(client);
}

#[test]
fn a_file_that_cannot_be_read_is_its_tenants_alone() {
    let files = [("platform.xks", OWNED), ("tenants/shop.xks", "app web\nallow wbe -> internet\n")];
    let mut client = client(&files, &[""]);
    std::fs::create_dir(client.root.join("tenants/audit")).expect("a folder");
    std::fs::write(client.root.join("tenants/audit/log.xks"), b"app \xff\n").expect("a file");
    client.watched(&[("tenants/audit/log.xks", 1)]);
    assert_eq!(
        codes(&mut client),
        [found("tenants/shop.xks", "unknown-app"), found("tenants/audit/log.xks", "unreadable-file")]
    );
    done(client);
}

#[cfg(unix)]
#[test]
fn a_link_counts_where_it_leads() {
    let files =
        [("platform.xks", OWNED), ("tenants/shop/web.xks", "app web\n"), ("tenants/payments/notes.txt", "app x\n")];
    let mut client = client(&files, &[""]);
    let link = client.root.join("tenants/shop/notes.xks");
    std::os::unix::fs::symlink("../payments/notes.txt", link).expect("a link");
    client.watched(&[("tenants/shop/notes.xks", 1)]);
    assert_eq!(codes(&mut client), [], "it speaks for payments");
    client.open("tenants/shop/notes.xks", "tenant shop\napp x\n");
    assert_eq!(codes(&mut client), [found("tenants/shop/notes.xks", "not-your-file")]);
    done(client);
}
