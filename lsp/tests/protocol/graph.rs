//! `xks/graph`

use crate::client::{Client, Encoding, Options, uri, write};
use serde_json::{Value, json};

const SHOP: &str = "app web\nallow web -> payments/api\n";
const PAYMENTS: &str = "app api\nexport api to shop\n";

fn html(answer: &Value) -> &str {
    answer["html"].as_str().expect("a page")
}

#[test]
fn of_a_workspace_and_of_a_tenant() {
    let files = [("shop.xks", SHOP), ("payments.xks", PAYMENTS), ("stock.xks", "app counter\n")];
    let files = files.map(|(path, text)| (path.to_string(), text.to_string()));
    let mut client = Client::with_files(&files, &Options::default());
    let whole = client.ask("xks/graph", json!({})).expect("a graph");
    assert!(html(&whole).contains("nonce=\"__NONCE__\"") && html(&whole).contains("counter"));
    assert_eq!((whole.get("env"), whole.get("envs")), (None, None));
    let uri = client.uri("shop.xks");
    let one = client.ask("xks/graph", json!({ "uri": uri, "tenant": "payments" })).expect("a graph");
    assert!(html(&one).contains("api") && !html(&one).contains("counter"));
    let error = client.ask("xks/graph", json!({ "tenant": "nobody" })).expect_err("an error");
    assert_eq!(error["message"], "there is no tenant `nobody`");
    // What is typed counts at once, and what is broken does not keep the rest from being drawn.
    client.open("shop.xks", SHOP);
    client.edit("shop.xks", 0..0, "app newcomer\nallow web ->\n");
    let fresh = client.ask("xks/graph", json!({ "uri": uri })).expect("a graph");
    assert!(html(&fresh).contains("newcomer"));
    client.finish();
}

#[test]
fn of_an_environment() {
    let files = [
        ("platform.xks", "platform { env dev { domain = dev.example.com }; env prod { domain = example.com } }\n"),
        ("shop.xks", "app web\nallow web -> 192.0.2.1 in dev\n"),
    ];
    let files = files.map(|(path, text)| (path.to_string(), text.to_string()));
    let mut client = Client::with_files(&files, &Options::default());
    let first = client.ask("xks/graph", json!({})).expect("a graph");
    assert_eq!((&first["env"], &first["envs"]), (&json!("dev"), &json!(["dev", "prod"])));
    assert!(html(&first).contains("192.0.2.1"));
    let second = client.ask("xks/graph", json!({ "env": "prod" })).expect("a graph");
    assert_eq!(second["env"], "prod");
    assert!(!html(&second).contains("192.0.2.1"));
    assert!(client.ask("xks/graph", json!({ "env": "qa" })).is_err());
    client.finish();
}

/// A path below the client's first folder is named from there; any other one is whole.
#[test]
fn of_several_folders_and_of_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    write(&root.join("b/shop.xks"), SHOP);
    write(&root.join("a/shop.xks"), SHOP);
    let folders = json!([{ "uri": uri(&root.join("b")), "name": "b" }, { "uri": uri(&root.join("a")), "name": "a" }]);
    let options = Options { encoding: Encoding::Utf8, initialize: json!({ "workspaceFolders": folders }) };
    let mut client = Client::at(root.clone(), &options);
    let whole = |name: &str| root.join(name).to_str().expect("a path").to_string();
    let ask =
        |client: &mut Client, name: &str| client.ask("xks/graph", json!({ "uri": client.uri(name) })).expect("a graph");
    assert!(!html(&ask(&mut client, "b/shop.xks")).contains(&whole("b/shop.xks")));
    assert!(html(&ask(&mut client, "a/shop.xks")).contains(&whole("a/shop.xks")));
    client.finish();
    let options = Options { encoding: Encoding::Utf8, initialize: json!({ "workspaceFolders": [] }) };
    let mut client = Client::at(root.clone(), &options);
    assert_eq!(client.ask("xks/graph", json!({})).expect("an answer"), Value::Null);
    client.open("a/shop.xks", SHOP);
    assert!(html(&ask(&mut client, "a/shop.xks")).contains(&whole("a/shop.xks")));
    client.finish();
}
