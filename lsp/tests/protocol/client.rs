//! A client: starts the server, speaks to it, and answers what it asks.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Longer than the server ever takes on a busy machine; only a server that hangs is found by it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What columns are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16,
}

pub(crate) struct Client {
    pub(crate) child: Child,
    input: Option<ChildStdin>,
    incoming: Receiver<Value>,
    next_id: i64,
    pub(crate) encoding: Encoding,
    /// The folder that the workspace lies in.
    pub(crate) root: PathBuf,
    /// What the client holds open: the version and the text.
    pub(crate) open: BTreeMap<String, (i32, String)>,
    /// The last findings of each file, as they were pushed, with the version they are for.
    pub(crate) pushed: BTreeMap<String, (Option<i64>, Value)>,
    /// Answers that nobody has waited for yet.
    answers: BTreeMap<i64, Value>,
    /// What the server says that it can.
    pub(crate) capabilities: Value,
    /// What the server asked for, by method.
    pub(crate) asked: Vec<(String, Value)>,
    /// The URIs of the folders that the workspace lay in before.
    left: Vec<String>,
    /// Keeps the folder until the test is over.
    folder: Option<tempfile::TempDir>,
}

/// How a session begins.
pub(crate) struct Options {
    pub(crate) encoding: Encoding,
    /// Merged into the parameters of `initialize`.
    pub(crate) initialize: Value,
}

impl Default for Options {
    fn default() -> Options {
        Options { encoding: Encoding::Utf8, initialize: json!({}) }
    }
}

impl Client {
    /// Writes the files into a new folder and opens a session there.
    pub(crate) fn with_files(files: &[(String, String)], options: &Options) -> Client {
        let (folder, root) = new_folder(files);
        let mut client = Client::at(root, options);
        client.folder = Some(folder);
        client
    }

    /// Writes the files into a new folder and goes on there in the same session, as when somebody opens another folder.
    pub(crate) fn moved(mut self, files: &[(String, String)]) -> Client {
        while let Some(path) = self.open.keys().next().cloned() {
            self.close(&path);
        }
        let (folder, root) = new_folder(files);
        let old = uri(&std::mem::replace(&mut self.root, root));
        let named = |uri: &str| json!([{ "uri": uri, "name": "workspace" }]);
        let event = json!({ "added": named(&uri(&self.root)), "removed": named(&old) });
        self.notify("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
        self.left.push(old);
        self.pushed.clear();
        self.asked.clear();
        self.folder = Some(folder);
        self
    }

    /// Opens a session in a folder.
    pub(crate) fn at(root: PathBuf, options: &Options) -> Client {
        let mut client = Client::unstarted(root, options.encoding);
        let encoding = match options.encoding {
            Encoding::Utf8 => json!(["utf-8", "utf-16"]),
            Encoding::Utf16 => json!(["utf-16"]),
        };
        let mut params = json!({
            "processId": std::process::id(),
            "rootUri": null,
            "workspaceFolders": [{ "uri": uri(&client.root), "name": "workspace" }],
            "capabilities": {
                "general": { "positionEncodings": encoding },
                "textDocument": {
                    "publishDiagnostics": {
                        "relatedInformation": true,
                        "tagSupport": { "valueSet": [1, 2] },
                        "codeDescriptionSupport": true,
                        "dataSupport": true,
                        "versionSupport": true,
                    },
                    "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
                },
                "workspace": {
                    "workspaceFolders": true,
                    "didChangeWatchedFiles": { "dynamicRegistration": true },
                    "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] },
                },
            },
        });
        merge(&mut params, &options.initialize);
        let answer = client.ask("initialize", params).expect("an answer to `initialize`");
        client.capabilities = answer["capabilities"].clone();
        client.notify("initialized", json!({}));
        client
    }

    /// Starts the server without a word.
    pub(crate) fn unstarted(root: PathBuf, encoding: Encoding) -> Client {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xks-lsp"));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("the server");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let (messages, incoming) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read_message(&mut output) {
                if messages.send(message).is_err() {
                    return;
                }
            }
        });
        Client {
            input: child.stdin.take(),
            child,
            incoming,
            next_id: 0,
            encoding,
            root,
            open: BTreeMap::new(),
            pushed: BTreeMap::new(),
            answers: BTreeMap::new(),
            capabilities: Value::Null,
            asked: Vec::new(),
            left: Vec::new(),
            folder: None,
        }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        uri(&self.root.join(path))
    }

    /// The path below the root that a URI names, or the URI.
    pub(crate) fn path<'u>(&self, uri: &'u str) -> &'u str {
        let root = self::uri(&self.root);
        uri.strip_prefix(&root).map_or(uri, |rest| rest.trim_start_matches('/'))
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.post(method, params);
        self.answer(id)
    }

    /// Asks without waiting.
    pub(crate) fn post(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// Waits for the answer to a question; answers come in any order.
    pub(crate) fn answer(&mut self, id: i64) -> Result<Value, Value> {
        loop {
            if let Some(mut message) = self.answers.remove(&id) {
                return match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].take()),
                };
            }
            let message = self.receive();
            self.take(message);
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub(crate) fn open(&mut self, path: &str, text: &str) {
        let uri = self.uri(path);
        self.open.insert(path.to_string(), (1, text.to_string()));
        let item = json!({ "uri": uri, "languageId": "xks", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": item }));
    }

    /// Replaces bytes of an open document.
    pub(crate) fn edit(&mut self, path: &str, bytes: std::ops::Range<usize>, with: &str) {
        let uri = self.uri(path);
        let encoding = self.encoding;
        let (version, text) = self.open.get_mut(path).expect("an open document");
        *version += 1;
        let range = json!({
            "start": crate::draw::position(encoding, text, bytes.start),
            "end": crate::draw::position(encoding, text, bytes.end),
        });
        text.replace_range(bytes, with);
        let params = json!({
            "textDocument": { "uri": uri, "version": *version },
            "contentChanges": [{ "range": range, "text": with }],
        });
        self.notify("textDocument/didChange", params);
    }

    pub(crate) fn close(&mut self, path: &str) {
        self.open.remove(path);
        let uri = self.uri(path);
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// Tells of files that changed on the disk: 1 created, 2 changed, 3 deleted.
    pub(crate) fn watched(&mut self, changes: &[(&str, i32)]) {
        let changes: Vec<Value> =
            changes.iter().map(|(path, kind)| json!({ "uri": self.uri(path), "type": kind })).collect();
        self.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    }

    /// Waits until the findings of the newest version of an open document have been pushed.
    pub(crate) fn findings(&mut self, path: &str) -> Value {
        let version = i64::from(self.open.get(path).expect("an open document").0);
        loop {
            if let Some((Some(known), found)) = self.pushed.get(path)
                && *known == version
            {
                return found.clone();
            }
            let message = self.receive();
            self.take(message);
        }
    }

    /// Waits until the last findings of a file are as many as wanted.
    pub(crate) fn findings_of(&mut self, path: &str, count: usize) -> Value {
        self.findings_where(path, |found| found.as_array().is_some_and(|found| found.len() == count))
    }

    /// Waits until the last findings of a file are such.
    pub(crate) fn findings_where(&mut self, path: &str, such: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Some((_, found)) = self.pushed.get(path).filter(|(_, found)| such(found)) {
                return found.clone();
            }
            let message = self.receive();
            self.take(message);
        }
    }

    /// Takes what has arrived, until a request of the server's with that method is there.
    pub(crate) fn wait_for(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.asked.iter().position(|(name, _)| name == method) {
                return self.asked.remove(at).1;
            }
            let message = self.receive();
            self.take(message);
        }
    }

    /// Ends the session as the protocol wants it, and the server's exit status with it.
    pub(crate) fn finish(mut self) {
        self.ask("shutdown", Value::Null).expect("an answer to `shutdown`");
        self.notify("exit", Value::Null);
        assert_eq!(self.exit_code(), Some(0));
    }

    /// Closes the server's standard input.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Waits for the server to end.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let until = std::time::Instant::now() + PATIENCE;
        while std::time::Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        panic!("the server does not end");
    }

    pub(crate) fn send(&mut self, message: Value) {
        let text = message.to_string();
        self.send_raw(&format!("Content-Length: {}\r\n\r\n{text}", text.len()));
    }

    pub(crate) fn send_raw(&mut self, text: &str) {
        let input = self.input.as_mut().expect("the server's input");
        input.write_all(text.as_bytes()).expect("a server that listens");
    }

    fn receive(&mut self) -> Value {
        match self.incoming.recv_timeout(PATIENCE) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => panic!("the server does not answer"),
            Err(RecvTimeoutError::Disconnected) => panic!("the server has ended"),
        }
    }

    /// Takes a message.
    fn take(&mut self, message: Value) {
        if let (Some(id), None) = (message["id"].as_i64(), message.get("method")) {
            self.answers.insert(id, message);
            return;
        }
        let method = message["method"].as_str().unwrap_or_default().to_string();
        let params = message["params"].clone();
        if method == "textDocument/publishDiagnostics" {
            let uri = params["uri"].as_str().expect("a URI");
            if self.left.iter().any(|folder| uri.starts_with(folder)) {
                return;
            }
            let path = self.path(uri).to_string();
            self.pushed.insert(path, (params["version"].as_i64(), params["diagnostics"].clone()));
            return;
        }
        if let Some(id) = message.get("id") {
            self.send(json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
        self.asked.push((method, params));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A new folder with some files, and its path.
fn new_folder(files: &[(String, String)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    // The folder itself may be a link; the server compares what it is told.
    let root = folder.path().canonicalize().expect("a path");
    for (path, text) in files {
        write(&root.join(path), text);
    }
    (folder, root)
}

pub(crate) fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// The URI of a path, in the plainest way that is right for the paths of tests.
pub(crate) fn uri(path: &Path) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let escaped = path.to_str().expect("a path").chars().map(|c| {
        if plain(c) {
            return c.to_string();
        }
        c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect()
    });
    format!("file://{}", escaped.collect::<String>())
}

fn read_message(output: &mut impl std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            header => {
                let value = header.strip_prefix("Content-Length: ").expect("nothing but messages on standard output");
                length = value.parse().expect("a length");
            }
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("JSON"))
}

/// Overlays one JSON object with another.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
