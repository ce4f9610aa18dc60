//! How a session begins and ends.

use crate::client::{Client, Encoding, Options, write};
use crate::fixture::Session;
use serde_json::json;

#[test]
fn exit_without_shutdown_is_an_error() {
    let mut client = Client::with_files(&[], &Options::default());
    client.notify("exit", json!(null));
    assert_eq!(client.exit_code(), Some(1));
}

#[test]
fn the_end_of_input_ends_the_server() {
    let mut client = Client::with_files(&[], &Options::default());
    client.hang_up();
    assert_eq!(client.exit_code(), Some(1));
    let mut client = Client::unstarted("/".into(), Encoding::Utf8);
    client.hang_up();
    assert_eq!(client.exit_code(), Some(1));
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let mut session = Session::start("app web\n", &Options::default());
    for uri in ["git:/shop.xks", "file:///no/such.xks", "nonsense"] {
        let item = json!({ "uri": uri, "languageId": "xks", "version": 1, "text": "nonsense" });
        session.client.notify("textDocument/didOpen", json!({ "textDocument": item }));
        let place = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 0 } });
        assert!(session.client.ask("textDocument/definition", place).is_ok(), "{uri}");
        session.client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }
    session.client.finish();
}

#[test]
fn what_cannot_be_read_does_not_end_the_server() {
    let mut session = Session::start("app web\n", &Options::default());
    for noise in [
        "nonsense\r\n\r\n",
        "Content-Length: 5\r\n\r\n{\"a\":",
        "Content-Length: 2\r\n\r\n{}",
        "Content-Length: many\r\n\r\n",
        "Content-Type: a/b; charset=latin-1\r\nContent-Length: 4\r\n\r\nnull",
        "no end of line",
    ] {
        session.client.send_raw(noise);
        let document = json!({ "textDocument": session.document() });
        let outline = session.client.ask("textDocument/documentSymbol", document).expect("an answer");
        assert_eq!(outline[0]["name"], "web", "after {noise:?}");
    }
    session.client.finish();
}

#[test]
fn files_that_change_on_the_disk_count() {
    let mut session = Session::start("app web\nallow web -> payments/api\n", &Options::default());
    let client = &mut session.client;
    let watchers = client.wait_for("client/registerCapability");
    assert_eq!(watchers["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    client.findings_of("shop.xks", 1); // a tenant that is not in the workspace

    let path = client.root.join("payments.xks");
    write(&path, "app api\nexport api to shop\n");
    client.watched(&[("payments.xks", 1)]);
    client.findings_of("shop.xks", 0);

    write(&path, "app api\n");
    client.watched(&[("payments.xks", 2)]);
    assert_eq!(client.findings_of("shop.xks", 1)[0]["code"], "not-exported");

    // What is open counts as it is open, until it is closed.
    client.open("payments.xks", "app api\nexport api to shop\n");
    client.findings_of("shop.xks", 0);
    client.close("payments.xks");
    client.findings_of("shop.xks", 1);

    write(&client.root.join(".gitignore"), "payments.xks\n");
    client.watched(&[(".gitignore", 1)]);
    client.findings_where("shop.xks", |found| found[0]["code"] == "foreign-tenant");

    std::fs::remove_file(&path).expect("a file");
    client.watched(&[("payments.xks", 3)]);
    session.client.finish();
}

#[cfg(unix)]
#[test]
fn the_server_does_not_outlive_its_client() {
    let mut parent = std::process::Command::new("sleep").arg("600").spawn().expect("a process");
    let initialize = json!({ "processId": parent.id() });
    let mut client = Client::with_files(&[], &Options { encoding: Encoding::Utf8, initialize });
    assert!(client.ask("workspace/symbol", json!({ "query": "" })).is_ok());
    parent.kill().expect("an end");
    parent.wait().expect("an end");
    assert_eq!(client.exit_code(), Some(1));
}

#[test]
fn an_unknown_request_and_wrong_parameters_are_errors() {
    let mut client = Client::with_files(&[], &Options::default());
    assert_eq!(client.ask("xks/noSuchThing", json!({})).expect_err("an error")["code"], -32601);
    assert_eq!(client.ask("textDocument/definition", json!({ "a": 1 })).expect_err("an error")["code"], -32602);
    client.notify("xks/noSuchThing", json!({}));
    client.notify("textDocument/didOpen", json!([]));
    client.finish();
}

#[test]
fn the_server_says_how_it_fares() {
    let initialize = json!({ "capabilities": { "experimental": { "serverStatusNotification": true } } });
    let files = [("shop.xks".to_string(), "app web\n".to_string())];
    let mut client = Client::with_files(&files, &Options { encoding: Encoding::Utf8, initialize });
    let mut status = || {
        let status = client.wait_for("experimental/serverStatus");
        (status["health"].as_str().expect("a word").to_string(), status["quiescent"].as_bool().expect("a word"))
    };
    assert_eq!(status(), ("ok".to_string(), false), "it reads");
    assert_eq!(status(), ("ok".to_string(), true));
    std::fs::write(client.root.join("bad.xks"), b"app \xff\n").expect("a file");
    client.watched(&[("bad.xks", 1)]);
    assert_eq!(client.wait_for("experimental/serverStatus")["health"], "warning");
    client.finish();
}

#[test]
fn pages_of_codes_are_documents() {
    let mut session = Session::start("allow web ->\n", &Options::default());
    let found = session.client.findings("shop.xks");
    let uri = &found[0]["codeDescription"]["href"];
    let page = session.client.ask("workspace/textDocumentContent", json!({ "uri": uri })).expect("a page");
    assert!(page["text"].as_str().expect("a text").starts_with("# syntax-error\n"), "{page}");
    session.client.finish();
}

#[test]
fn a_client_that_pulls_is_told_when_another_file_changes() {
    let initialize = json!({
        "initializationOptions": { "diagnostics": "pull" },
        "capabilities": { "workspace": { "diagnostics": { "refreshSupport": true } } },
    });
    let files =
        [("shop.xks", "app web\nallow web -> payments/api\n"), ("payments.xks", "app api\nexport api to shop\n")];
    let files = files.map(|(path, text)| (path.to_string(), text.to_string()));
    let mut client = Client::with_files(&files, &Options { encoding: Encoding::Utf8, initialize });
    client.open("payments.xks", &files[1].1);
    client.edit("payments.xks", 0..8, "app api\n");
    client.edit("payments.xks", 8..26, "");
    client.wait_for("workspace/diagnostic/refresh");
    assert_eq!(client.pushed.len(), 0);
    client.finish();
}
