//! `textDocument/prepareRename`, `textDocument/rename`, `workspace/willRenameFiles`

use crate::client::{Client, Encoding, Options};
use crate::edit;
use crate::fixture::{Session, cases, split};
use serde_json::{Value, json};

/// The first line of a case says the new name.
fn rename(session: &mut Session) -> String {
    let text = session.client.text(&session.path);
    let new = text.lines().find_map(|line| line.strip_prefix("# to ")).expect("a line `# to NAME`").to_string();
    let place = session.place();
    match session.client.ask("textDocument/prepareRename", place.clone()) {
        Err(error) => return format!("cannot be renamed: {}\n", error["message"].as_str().expect("a message")),
        Ok(Value::Null) => return "nothing to rename\n".to_string(),
        Ok(prepared) => {
            let path = session.path.clone();
            let bytes = crate::draw::bytes(session.client.encoding, &text, &prepared["range"]);
            assert_eq!(prepared["placeholder"], text[bytes], "{}", session.client.draw(&path, &prepared["range"]));
        }
    }
    let mut params = place;
    params["newName"] = json!(new);
    match session.client.ask("textDocument/rename", params) {
        Ok(edit) => edit::draw(&session.client, &edit),
        Err(error) => {
            assert_eq!(error["code"], -32803);
            format!("refused: {}\n", error["message"].as_str().expect("a message"))
        }
    }
}

#[test]
fn names_are_renamed_everywhere() {
    cases("rename", rename);
}

const SHOP: &str = "\
#- shop.xks
app web
allow web -> payments/api
#- payments.xks
app api
export api to shop
";

#[test]
fn a_client_that_renames_no_files_has_the_name_written_into_the_file() {
    let initialize = json!({ "capabilities": { "workspace": { "workspaceEdit": { "documentChanges": false } } } });
    let options = Options { encoding: Encoding::Utf16, initialize };
    let mut session = Session::start(&SHOP.replace("payments/", "pay$0ments/"), &options);
    let mut params = session.place();
    params["newName"] = json!("billing");
    let edit = session.client.ask("textDocument/rename", params).expect("an edit");
    let outcome = edit::apply(&session.client, &edit);
    assert_eq!(outcome.texts["payments.xks"], "tenant billing\napp api\nexport api to shop\n");
    assert_eq!(outcome.texts["shop.xks"], "app web\nallow web -> billing/api\n");
    session.client.finish();
}

#[test]
fn what_files_are_called_is_followed() {
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n";
    let text = format!("{SHOP}#- extra/more.xks\ntenant shop\ninclude \"m/x.yaml\"\n#- extra/m/x.yaml\n{manifest}");
    let mut client = Client::with_files(&split(&text), &Options::default());
    let mut ask = |renames: &[(&str, &str)]| {
        let files: Vec<Value> =
            renames.iter().map(|(old, new)| json!({ "oldUri": client.uri(old), "newUri": client.uri(new) })).collect();
        let edit = client.ask("workspace/willRenameFiles", json!({ "files": files })).expect("an edit");
        if edit.is_null() { "nothing\n".to_string() } else { edit::draw(&client, &edit) }
    };
    let moved = "extra/more.xks\n  - include \"m/x.yaml\"\n  + include \"";
    assert_eq!(ask(&[("extra/m/x.yaml", "extra/m/y.yaml")]), format!("{moved}m/y.yaml\"\n"));
    assert_eq!(ask(&[("extra/more.xks", "more.xks")]), format!("{moved}extra/m/x.yaml\"\n"));
    assert_eq!(ask(&[("extra/m", "m")]), format!("{moved}../m/x.yaml\"\n"));
    assert_eq!(ask(&[("extra", "other")]), "nothing\n");
    let renamed = "shop.xks\n  - allow web -> payments/api\n  + allow web -> billing/api\n";
    assert_eq!(ask(&[("payments.xks", "billing.xks")]), renamed);
    assert_eq!(ask(&[("payments.xks", "Not a name.xks")]), "nothing\n");
    client.finish();
}
