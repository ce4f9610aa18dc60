//! Cases: `CAPABILITY/CASE.xks` is a workspace in one text, split at lines `#- PATH` (without one it is the file
//! `shop.xks`); `$0` marks the cursor, and two marks a range. `CASE.txt` beside it is what the answer looks like, in every
//! encoding.

use crate::client::{Client, Encoding, Options};
use crate::draw;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A case, open in the editor.
pub(crate) struct Session {
    pub(crate) client: Client,
    /// The file with the cursor, else the first one.
    pub(crate) path: String,
    /// The cursors in that file.
    pub(crate) cursors: Vec<usize>,
}

impl Session {
    /// Starts a server in the workspace and opens the file that the cursor is in.
    pub(crate) fn start(text: &str, options: &Options) -> Session {
        Session::open(text, |files| Client::with_files(files, options))
    }

    /// Opens the file that the cursor is in, with a client for the workspace.
    fn open(text: &str, client: impl FnOnce(&[(String, String)]) -> Client) -> Session {
        let mut files = split(text);
        let at = files.iter().position(|(_, text)| text.contains("$0")).unwrap_or(0);
        let mut cursors = Vec::new();
        while let Some(cursor) = files[at].1.find("$0") {
            files[at].1.replace_range(cursor..cursor + 2, "");
            cursors.push(cursor);
        }
        let (path, text) = files[at].clone();
        let mut client = client(&files);
        client.open(&path, &text);
        Session { client, path, cursors }
    }

    /// The document with the cursor.
    pub(crate) fn document(&self) -> Value {
        json!({ "uri": self.client.uri(&self.path) })
    }

    /// The document and the cursor, as most requests want them.
    pub(crate) fn place(&self) -> Value {
        let text = self.client.text(&self.path);
        let position = draw::position(self.client.encoding, &text, self.cursors[0]);
        json!({ "textDocument": self.document(), "position": position })
    }

    /// From the first cursor to the last; without one, the whole text.
    pub(crate) fn range(&self) -> Value {
        let text = self.client.text(&self.path);
        let at = |cursor: usize| draw::position(self.client.encoding, &text, cursor);
        let last = self.cursors.last().copied().unwrap_or(text.len());
        json!({ "start": at(self.cursors.first().copied().unwrap_or(0)), "end": at(last) })
    }

    /// A text of the server's without the folder that this case happens to lie in.
    pub(crate) fn without_root(&self, text: &str) -> String {
        text.replace(&crate::client::uri(&self.client.root), "file:///workspace")
    }

    /// The text of the document after some edits, which must not overlap.
    pub(crate) fn edited(&self, edits: &Value) -> String {
        let mut text = self.client.text(&self.path);
        let edits = edits.as_array().expect("edits").iter();
        let mut edits: Vec<(std::ops::Range<usize>, &str)> = edits
            .map(|edit| {
                let bytes = draw::bytes(self.client.encoding, &text, &edit["range"]);
                (bytes, edit["newText"].as_str().expect("a text"))
            })
            .collect();
        edits.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
        assert!(edits.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start), "{edits:?} overlap");
        for (bytes, new) in edits.into_iter().rev() {
            text.replace_range(bytes, new);
        }
        text
    }

    /// Asks at the cursor; an error fails the test.
    pub(crate) fn ask(&mut self, method: &str) -> Value {
        let place = self.place();
        self.client.ask(method, place).unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}

/// The files of a workspace in one text.
pub(crate) fn split(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.trim_end().strip_prefix("#- "), files.last_mut()) {
            (Some(path), _) => files.push((path.to_string(), String::new())),
            (None, None) => files.push(("shop.xks".to_string(), line.to_string())),
            (None, Some((_, text))) => text.push_str(line),
        }
    }
    files
}

/// Runs each case of a capability in each encoding, those of one encoding in one session, and compares what `ask` makes of
/// the answer with what is expected.
pub(crate) fn cases(capability: &str, ask: impl Fn(&mut Session) -> String) {
    cases_with(capability, json!({}), ask);
}

/// The same, with something added to what the client says of itself.
pub(crate) fn cases_with(capability: &str, initialize: Value, ask: impl Fn(&mut Session) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol").join(capability);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xks"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no case in {}", folder.display());
    let mut clients = [Encoding::Utf8, Encoding::Utf16]
        .map(|encoding| Client::with_files(&[], &Options { encoding, initialize: initialize.clone() }));
    let mut complaints = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a case");
        let mut answers = Vec::new();
        clients = clients.map(|client| {
            let mut session = Session::open(&text, |files| client.moved(files));
            answers.push(ask(&mut session));
            session.client
        });
        if answers[0] != answers[1] {
            complaints.push(format!("{}: UTF-8\n{}\nUTF-16\n{}", path.display(), answers[0], answers[1]));
        }
        complaints.extend(expect(&path.with_extension("txt"), &answers[0]).err());
    }
    clients.into_iter().for_each(Client::finish);
    assert!(complaints.is_empty(), "{} complaints:\n\n{}", complaints.len(), complaints.join("\n\n"));
}

/// Compares a text with the expectation in a file, or writes it there under `BLESS=1`.
fn expect(path: &Path, actual: &str) -> Result<(), String> {
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, actual).expect("a file to write");
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&expected, actual).unified_diff().header("expected", "actual").to_string();
    Err(format!("{} differs; `BLESS=1 cargo test` rewrites it\n{diff}", path.display()))
}
