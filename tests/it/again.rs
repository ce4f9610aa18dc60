//! An analysis that starts from one before comes to what one that starts from nothing comes to.

use crate::laws::programs;
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::Arc;
use xks_core::source::{FileId, Source, Sources};
use xks_core::syntax::Parsed;
use xks_core::{Analysis, Manifests, Options, Previous};

/// A workspace that changes, and what is known of it.
struct Changing {
    files: Vec<Arc<Source>>,
    parsed: Vec<Arc<Parsed>>,
    analysis: Analysis,
}

fn analyze(files: &[Arc<Source>], parsed: &[Arc<Parsed>], before: Option<Previous<'_>>) -> Analysis {
    let options = Options { today: Some("2026-01-31".parse().expect("a date")) };
    xks_core::analyze_again(&Sources::shared(files.to_vec()), parsed, &Manifests::new(), &options, before)
}

fn read(at: usize, source: &Source) -> Arc<Parsed> {
    Arc::new(xks_core::syntax::parse(FileId(at as u32), &source.text))
}

impl Changing {
    fn new(mut files: Vec<(String, String)>) -> Changing {
        files.sort();
        let files: Vec<Arc<Source>> = files.into_iter().map(|(path, text)| Arc::new(Source::new(path, text))).collect();
        let parsed: Vec<Arc<Parsed>> = files.iter().enumerate().map(|(at, source)| read(at, source)).collect();
        let analysis = analyze(&files, &parsed, None);
        Changing { files, parsed, analysis }
    }

    /// Gives files other texts. Says what an analysis from nothing comes to, and what the one from before does.
    fn change(&mut self, texts: Vec<(usize, String)>) -> (String, String) {
        let changed: Vec<FileId> = texts.iter().map(|(at, _)| FileId(*at as u32)).collect();
        for (at, text) in texts {
            self.files[at] = Arc::new(Source::new(self.files[at].path.clone(), text));
            self.parsed[at] = read(at, &self.files[at]);
        }
        let before = Previous { analysis: &self.analysis, changed: &changed };
        let again = analyze(&self.files, &self.parsed, Some(before));
        let anew = analyze(&self.files, &self.parsed, None);
        let shown = |analysis: &Analysis| format!("{:#?}\n{:#?}", analysis.diagnostics, analysis.workspaces);
        let both = (shown(&anew), shown(&again));
        self.analysis = again;
        both
    }
}

/// Pieces that matter to others than the tenant in whose file they stand.
const PIECES: &[&str] = &[
    "",
    "}",
    "app foo, app-two, extra { port http 9090 }",
    "group all = foo, app-two",
    "ports http = 80",
    "export * to *",
    "export foo to source, destination",
    "allow foo -> destination/foo:http, source/all",
    "allow team-3/foo -> *",
    "allow */foo -> foo",
    "tenant source isolated",
    "tenant destination namespace elsewhere",
    "tenant destination mesh linkerd",
    "tenant team-3 labels tier=gold",
    "allow foo -> tenants(tier=gold)/foo",
    "external db -> 192.0.2.7:5432",
    "service foo port http 80 -> 8080",
    "expose foo at shared.example.com no-tls",
    "platform { lint missing-tls deny }",
    "never internet -> *",
];

fn edits() -> impl Strategy<Value = Vec<(Index, Index, Index, u8)>> {
    proptest::collection::vec((any::<Index>(), any::<Index>(), any::<Index>(), any::<u8>()), 1..10)
}

/// A text with a line removed, a line of another place added, or one of [`PIECES`].
fn edited(text: &str, all: &[Arc<Source>], (line, other, kind): (Index, Index, u8)) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = line.index(lines.len() + 1);
    match kind % 4 {
        0 if at < lines.len() => {
            lines.remove(at);
        }
        1 => {
            let theirs: Vec<&str> = all.iter().flat_map(|source| source.text.lines()).collect();
            lines.insert(at, if theirs.is_empty() { "" } else { theirs[other.index(theirs.len())] });
        }
        _ => lines.insert(at, PIECES[other.index(PIECES.len())]),
    }
    lines.iter().flat_map(|line| [*line, "\n"]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::fixture::cases(256), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_analysis_from_one_before_comes_to_the_same(program in programs(), edits in edits()) {
        let mut workspace = Changing::new(program.files(crate::laws::Layout::Mixed));
        for (file, line, other, kind) in edits {
            let at = file.index(workspace.files.len());
            let mut texts = vec![(at, edited(&workspace.files[at].text, &workspace.files, (line, other, kind)))];
            let second = other.index(workspace.files.len());
            if kind >= 192 && second != at {
                texts.push((second, edited(&workspace.files[second].text, &workspace.files, (other, line, kind / 4))));
            }
            let (anew, again) = workspace.change(texts);
            prop_assert_eq!(anew, again);
        }
    }
}

#[test]
fn only_those_whom_a_change_concerns_are_checked_again() {
    let text = |tenant: &str, body: &str| (format!("{tenant}.xks"), format!("tenant {tenant}\n{body}"));
    let mut workspace = Changing::new(vec![
        text("caller", "allow web -> named/api:8080\n"),
        text("named", "app api port http 8080\nexport api to caller\n"),
        text("other", "app web port http 8080\nexpose web at www.example.com tls shared\n"),
    ]);
    let was = workspace.analysis.workspaces[0].tenants.clone();
    let named = format!("{}# more\n", workspace.files[1].text);
    let (anew, again) = workspace.change(vec![(1, named)]);
    assert_eq!(anew, again);
    let is = &workspace.analysis.workspaces[0].tenants;
    let same: Vec<bool> = was.iter().zip(is).map(|(was, is)| Arc::ptr_eq(was, is)).collect();
    assert_eq!(same, [false, false, true], "of caller, named and other");
}
