//! What an editor waits for, measured through the protocol: the server as a process, over standard input and output.
//!
//! `cargo bench -p xks-lsp` prints a table. Times are from before a message is written until its answer is read and parsed.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a measurement runs programs, reads files and looks at the clock"
)]

#[allow(dead_code, reason = "the tests' client, of which a part is enough")]
#[path = "../tests/protocol/client.rs"]
mod client;
#[allow(dead_code, reason = "the same")]
#[path = "../tests/protocol/draw.rs"]
mod draw;
#[path = "../../benches/workload.rs"]
mod workload;

use client::{Client, Encoding, Options, write};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const TENANTS: usize = 1000;

/// The file that is typed in, in the middle of the others.
const FILE: &str = "tenants/t500.xks";

/// What is typed, one character after the other, and then deleted.
const TYPED: &str = "allow a7 -> t501/a1:8080 because \"the cart asks\"\n";

/// Seven more statements for each tenant: with those of the workload they are twenty.
fn more(tenant: usize) -> String {
    format!(
        "group backends = a5, a6\nports web = 80, 443\nallow backends -> 192.0.2.0/24:web\n\
         allow a9 -> 198.51.100.{}:5432 because \"orders\"\nallow a4 -> internet:443\n\
         service front port http 80 -> 8080 for a0\ncertificate mail names mail.t{tenant}.example.org\n",
        tenant % 250 + 1
    )
}

fn files() -> Vec<(String, String)> {
    let sources = workload::sources(TENANTS);
    let one = |source: &std::sync::Arc<xks_core::source::Source>| {
        let number = source.stem().strip_prefix('t').and_then(|number| number.parse().ok());
        let more = number.map_or(String::new(), more);
        (source.path.clone(), format!("{}{more}", source.text))
    };
    let files: Vec<(String, String)> = sources.files().iter().map(one).collect();
    let parsed = files.iter().map(|(_, text)| xks_core::syntax::parse(xks_core::source::FileId(0), text));
    let statements: usize = parsed.map(|parsed| parsed.file.statements.len()).sum();
    assert!(statements >= 20 * TENANTS, "{statements}");
    files
}

fn options() -> Options {
    Options { encoding: Encoding::Utf16, initialize: json!({}) }
}

/// Times, sorted.
struct Times(Vec<Duration>);

impl Times {
    fn of(mut times: Vec<Duration>) -> Times {
        times.sort();
        Times(times)
    }

    fn at(&self, share: f64) -> f64 {
        let at = ((self.0.len() - 1) as f64 * share).round() as usize;
        self.0[at].as_secs_f64() * 1000.0
    }

    fn row(&self, what: &str) {
        let (median, late, worst) = (self.at(0.5), self.at(0.99), self.at(1.0));
        println!("| {what} | {} | {median:.2} ms | {late:.2} ms | {worst:.2} ms |", self.0.len());
    }
}

/// The text that is typed in, and where.
struct Typing {
    path: &'static str,
    start: usize,
    typed: usize,
    deletes: bool,
}

impl Typing {
    fn new(path: &'static str, text: &str) -> Typing {
        Typing { path, start: text.len(), typed: 0, deletes: false }
    }

    /// One key.
    fn press(&mut self, client: &mut Client) {
        let end = self.start + self.typed;
        if self.deletes {
            client.edit(self.path, end - 1..end, "");
            self.typed -= 1;
        } else {
            client.edit(self.path, end..end, &TYPED[self.typed..=self.typed]);
            self.typed += 1;
        }
        self.deletes = if self.deletes { self.typed > 0 } else { self.typed == TYPED.len() };
    }
}

/// Between two keys: shorter than anybody types, and long enough that one is not measured along with the next.
const PAUSE: Duration = Duration::from_millis(50);

/// From a key until the findings of the text with it are there.
fn keystrokes(client: &mut Client, typing: &mut Typing, count: usize) -> Times {
    let one = |_| {
        std::thread::sleep(PAUSE);
        let start = Instant::now();
        typing.press(client);
        client.findings(typing.path);
        start.elapsed()
    };
    Times::of((0..count).map(one).collect())
}

/// From a question until its answer; `typing` has a key pressed right before each, whose findings nobody waits for.
fn answers(client: &mut Client, method: &str, mut typing: Option<&mut Typing>, count: usize) -> Times {
    let one = |turn: usize| {
        std::thread::sleep(PAUSE);
        if let Some(typing) = &mut typing {
            typing.press(client);
        }
        let text = client.text(FILE);
        let end = text.rfind("t501/").map_or(text.len(), |at| at + 2);
        let offset = if typing.is_some() { text.len() } else { end };
        // A hover asks about one statement after the other.
        let arrows: Vec<usize> = text.match_indices(" -> ").map(|(at, _)| at + 2).collect();
        let offset = if method.ends_with("hover") { arrows[turn % arrows.len()] } else { offset };
        let place = draw::position(client.encoding, &text, offset);
        let params = json!({ "textDocument": { "uri": client.uri(FILE) }, "position": place });
        let start = Instant::now();
        client.ask(method, params).expect("an answer");
        let took = start.elapsed();
        if let Some(typing) = &typing {
            client.findings(typing.path);
        }
        took
    };
    Times::of((0..count).map(one).collect())
}

/// From the start of the process until the findings of a file that is opened at once.
fn cold_start(root: &Path, text: &str) -> Duration {
    let start = Instant::now();
    let mut client = Client::at(root.to_path_buf(), &options());
    client.open(FILE, text);
    client.findings(FILE);
    let took = start.elapsed();
    client.finish();
    took
}

/// Resident memory, in MB.
fn memory(client: &Client) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: Option<f64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}

fn main() {
    // `cargo test --benches` only wants to know that it compiles.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let files = files();
    for (path, text) in &files {
        write(&root.join(path), text);
    }
    let text = files.iter().find(|(path, _)| path == FILE).map_or("", |(_, text)| text);
    println!("{TENANTS} tenants, {} files\n", files.len());
    println!("| from … to … | times | median | 99th percentile | worst |\n|---|---|---|---|---|");
    Times::of((0..9).map(|_| cold_start(&root, text)).collect()).row("start to first findings");

    let mut client = Client::at(root.clone(), &options());
    client.open(FILE, text);
    client.findings(FILE);
    let before = memory(&client);
    let mut typing = Typing::new(FILE, text);
    keystrokes(&mut client, &mut typing, 500).row("key to published findings");
    for (method, name) in [("textDocument/completion", "completion"), ("textDocument/hover", "hover")] {
        answers(&mut client, method, None, 100).row(name);
        answers(&mut client, method, Some(&mut typing), 100).row(&format!("{name}, right behind a key"));
    }
    let mut one = Client::with_files(&[], &options());
    let alone = workload::sources(1);
    let alone = format!("{}{}", alone.files().last().expect("a file").text, more(0));
    one.open("shop.xks", &alone);
    one.findings("shop.xks");
    let mut typing_alone = Typing::new("shop.xks", &alone);
    keystrokes(&mut one, &mut typing_alone, 500).row("key to published findings, one tenant");
    one.finish();

    println!("\n| edits | resident |\n|---|---|\n| 0 | {before:.0} MB |");
    let mut done = 700;
    println!("| {done} | {:.0} MB |", memory(&client));
    for goal in [5_000, 10_000] {
        // In bursts, as when a key is held down: most of these states are overtaken before they are analysed.
        for _ in (done..goal).step_by(10) {
            (0..10).for_each(|_| typing.press(&mut client));
            client.findings(FILE);
        }
        done = goal;
        println!("| {done} | {:.0} MB |", memory(&client));
    }
    assert!(client.ask("workspace/symbol", json!({ "query": "" })).is_ok_and(|found| found != Value::Null));
    client.finish();
}
