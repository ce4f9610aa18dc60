//! Thousands of random edits: at every step the server knows what a compiler that starts from nothing would find.

use crate::client::{Client, Encoding, Options, write};
use crate::draw;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use xks_core::source::{Source, Sources};

/// What is typed, pasted and deleted: statements, halves of them, and characters that break things.
const PIECES: &[&str] = &[
    "app web, api { port http 8080 }\n",
    "app ledger port grpc 9000\n",
    "allow web -> payments/api:http\n",
    "allow api -> internet:443\n",
    "allow ",
    "export api:http to shop\n",
    "export * to *\n",
    "expose web at web.example.com tls shared\n",
    "expose api at ${domain}/x no-tls {\n",
    "tenant shop\n",
    "tenant payments isolated\n",
    "group all = web, api, payments/api\n",
    "ports some = 80, 443\n",
    "external bank -> bank.example.com:443\n",
    "certificate shared names a.example.com\n",
    "platform { env dev { domain = dev.example.com } }\n",
    "platform { lint missing-tls deny }\n",
    "include \"extra.yaml\"\n",
    "never internet -> api\n",
    "service web port http 80 -> 8080\n",
    "->",
    " because \"é😀\"",
    "}",
    "{",
    "\"",
    "# ",
    "\n",
    "\r\n",
    "\r",
    "😀",
    "é",
    ":",
    ",",
    " ",
    "\u{feff}",
    "web",
    "payments/",
];

const FILES: [&str; 4] = ["shop.xks", "payments.xks", "platform.xks", "deep/er/more.xks"];

/// A small generator of numbers, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// What there is: in the editor, and on the disk.
struct Workspace {
    client: Client,
    disk: BTreeMap<String, String>,
}

impl Workspace {
    fn text(&self, path: &str) -> Option<String> {
        self.client.open.get(path).map(|(_, text)| text.clone()).or_else(|| self.disk.get(path).cloned())
    }

    fn step(&mut self, random: &mut Random) {
        let path = FILES[random.below(FILES.len())];
        let is_open = self.client.open.contains_key(path);
        match random.below(40) {
            0 if is_open => self.client.close(path),
            1 if !is_open => {
                let exists = self.disk.contains_key(path);
                let text = PIECES[random.below(PIECES.len())].repeat(random.below(3));
                write(&self.client.root.join(path), &text);
                self.disk.insert(path.to_string(), text);
                self.client.watched(&[(path, if exists { 2 } else { 1 })]);
            }
            2 if self.disk.len() > 1 && self.disk.remove(path).is_some() => {
                std::fs::remove_file(self.client.root.join(path)).expect("a file");
                self.client.watched(&[(path, 3)]);
            }
            _ if !is_open => {
                let text = self.disk.get(path).cloned().unwrap_or_default();
                self.client.open(path, &text);
            }
            _ => self.edit(path, random),
        }
    }

    fn edit(&mut self, path: &str, random: &mut Random) {
        let text = self.client.text(path);
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let at = random.below(boundaries.len());
        let start = boundaries[at];
        // No editor names the place between CR and LF.
        if text[..start].ends_with('\r') {
            return;
        }
        let deleted = if random.below(3) == 0 || text.len() > 2000 { random.below(60) } else { 0 };
        let mut end = boundaries[(at + deleted).min(boundaries.len() - 1)];
        if text[..end].ends_with('\r') {
            end -= 1;
        }
        let with = if random.below(5) == 0 { "" } else { PIECES[random.below(PIECES.len())] };
        self.client.edit(path, start..end.max(start), with);
    }

    /// The findings as the server has them: code, file and bytes.
    fn served(&mut self) -> Vec<(String, String, usize, usize)> {
        let report = self.client.ask("workspace/diagnostic", json!({ "previousResultIds": [] })).expect("a report");
        let mut found = Vec::new();
        for item in report["items"].as_array().expect("items") {
            let path = self.client.path(item["uri"].as_str().expect("a URI")).to_string();
            let text = self.text(&path).unwrap_or_else(|| panic!("{path} does not exist"));
            for one in item["items"].as_array().expect("findings") {
                let bytes = draw::bytes(self.client.encoding, &text, &one["range"]);
                let code = one["code"].as_str().expect("a code").to_string();
                // These come later than an analysis, and not for each edit.
                if !code.starts_with("broken-") {
                    found.push((path.clone(), code, bytes.start, bytes.end));
                }
            }
        }
        found.sort();
        found
    }

    /// The same from the compiler, which knows nothing of what was before.
    fn fresh(&self) -> Vec<(String, String, usize, usize)> {
        let paths: std::collections::BTreeSet<&String> = self.client.open.keys().chain(self.disk.keys()).collect();
        let source = |path: &&String| Source::new(path.as_str(), self.text(path).unwrap_or_default());
        let sources = Sources::new(paths.iter().map(source).collect());
        let parsed = xks_core::parse(&sources);
        let included = xks_core::includes(&sources, &parsed);
        let manifests = xks_disk::read_includes(&self.client.root, included, xks_core::syntax::MAX_FILE);
        let analysis = xks_core::analyze(&sources, &parsed, &manifests, &xks_core::Options::default());
        let one = |found: &xks_core::diagnostics::Diagnostic| {
            let span = found.primary.span;
            let path = sources.get(span.file).path.clone();
            (path, found.code.name.to_string(), span.start as usize, span.end as usize)
        };
        let mut found: Vec<_> = analysis.diagnostics.iter().map(one).collect();
        found.sort();
        found
    }

    /// What a server that has just started says about a place.
    fn compare_with_a_new_server(&mut self, random: &mut Random) {
        let mut other =
            Client::at(self.client.root.clone(), &Options { encoding: self.client.encoding, ..Options::default() });
        for (path, (_, text)) in &self.client.open {
            other.open(path, text);
        }
        for path in FILES {
            let Some(text) = self.text(path) else { continue };
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let at = starts.get(random.below(starts.len())).copied().unwrap_or_default();
            if text[..at].ends_with('\r') {
                continue;
            }
            let document = json!({ "uri": self.client.uri(path) });
            let place = json!({
                "textDocument": document,
                "position": draw::position(self.client.encoding, &text, at),
                "context": { "includeDeclaration": true },
            });
            for (method, params) in [
                ("textDocument/documentSymbol", json!({ "textDocument": document })),
                ("textDocument/definition", place.clone()),
                ("textDocument/references", place.clone()),
                ("textDocument/documentHighlight", place),
            ] {
                let ours: Result<Value, Value> = self.client.ask(method, params.clone());
                assert_eq!(ours, other.ask(method, params), "{method} at {at} of {path}:\n{text}");
            }
        }
        other.finish();
    }
}

fn run(encoding: Encoding, seed: u64, steps: usize) {
    let options = Options { encoding, ..Options::default() };
    let files = [
        ("shop.xks", "app web\nallow web -> payments/api\n"),
        ("extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n"),
    ];
    let files = files.map(|(path, text)| (path.to_string(), text.to_string()));
    let disk = BTreeMap::from([files[0].clone()]);
    let mut workspace = Workspace { client: Client::with_files(&files, &options), disk };
    let mut random = Random(seed);
    let mut with_findings = 0;
    for step in 0..steps {
        workspace.step(&mut random);
        if step % 5 == 0 {
            let (served, fresh) = (workspace.served(), workspace.fresh());
            assert_eq!(served, fresh, "seed {seed}, step {step}, {:#?}", workspace.client.open);
            with_findings += usize::from(!fresh.is_empty());
        }
        if step % 200 == 199 {
            workspace.compare_with_a_new_server(&mut random);
        }
    }
    assert!(with_findings > steps / 50, "the edits hardly ever broke anything");
    workspace.client.finish();
}

/// A quarter of what `.ci/run` has time for.
fn steps() -> usize {
    if std::env::var_os("XKS_THOROUGH").is_some() { 3000 } else { 750 }
}

#[test]
fn random_edits_in_utf_8() {
    run(Encoding::Utf8, 0x9e37_79b9_7f4a_7c15, steps());
}

#[test]
fn random_edits_in_utf_16() {
    run(Encoding::Utf16, 0x2545_f491_4f6c_dd1d, steps());
}
