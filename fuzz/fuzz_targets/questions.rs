//! Any question about a workspace is answered or refused, without a panic; an answer agrees with itself.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xks_core::diagnostics::{Diagnostic, render::render};
use xks_core::emit::Format;
use xks_core::questions::can::{Verdict, can};
use xks_core::questions::who::who;
use xks_core::questions::{Subject, Target, peer, question};
use xks_core::source::{FileId, Source, Sources};
use xks_core::syntax::ast::File;
use xks_core::{Options, names, prove};
use xks_fuzz::Written;

fuzz_target!(|text: &str| WORKSPACE.with(|workspace| ask(workspace, text)));

thread_local! {
    /// It is compiled once: what is tried is the reading of questions and the answering.
    static WORKSPACE: &'static Workspace = Box::leak(Box::new(workspace()));
}

/// Those that the questions of `tests/questions` are about, and so the seeds.
const FILES: &str = concat!(
    "#- ledger.xks\n",
    include_str!("../../tests/questions/edits/workspace/ledger.xks"),
    "#- shop.xks\n",
    include_str!("../../tests/questions/edits/workspace/shop.xks"),
    "#- meshed.xks\n",
    include_str!("../../tests/questions/edits/workspace/meshed.xks"),
    "#- destination.xks\n",
    include_str!("../../tests/questions/workspace/workspace/destination.xks"),
    "#- source.xks\n",
    include_str!("../../tests/questions/workspace/workspace/source.xks"),
);

struct Workspace {
    sources: &'static Sources,
    subject: Subject<'static>,
}

/// Asks whether something may reach something else if there is an arrow, and otherwise who has to do with a peer.
fn ask(Workspace { sources, subject }: &Workspace, text: &str) {
    let file = FileId(sources.files().len() as u32);
    let refused = if text.contains("->") {
        question(subject, Some("shop"), file, text).map(|asked| {
            let answer = can(subject, &asked);
            let agrees = match answer.verdict {
                Verdict::Allowed => answer.closed.is_empty() && answer.doubtful.is_empty(),
                Verdict::Depends => answer.closed.is_empty() && !answer.doubtful.is_empty(),
                // Nothing is closed in front of a host that nobody serves.
                Verdict::Denied => !answer.closed.is_empty() || matches!(asked.to, Target::Host(_)),
            };
            assert!(agrees, "{answer:?}");
        })
    } else {
        peer(subject, None, file, text).map(|asked| drop(who(subject, &asked)))
    };
    if let Err(findings) = refused {
        show(sources, text, &findings);
    }
}

/// What is wrong with a question is shown beneath it.
fn show(sources: &Sources, text: &str, findings: &[Diagnostic]) {
    assert!(!findings.is_empty(), "refused without a reason");
    let mut sources = sources.clone();
    sources.append(Source::new("question", text));
    for finding in findings {
        render(&sources, finding, false);
    }
}

/// The workspace, and what is to be known about it to answer, as `xks_core::ask` puts it together.
fn workspace() -> Workspace {
    let Written { sources, manifests } = Written::new(FILES);
    let sources: &Sources = Box::leak(Box::new(sources));
    let parsed = Box::leak(Box::new(xks_core::parse(sources)));
    let options = Options { today: None };
    let analysis = Box::leak(Box::new(xks_core::analyze(sources, parsed.as_slice(), &manifests, &options)));
    let checked = analysis.checked().unwrap_or_else(|| panic!("{:?}", analysis.diagnostics));
    let tree = xks_core::build(sources, &checked, None, Format::Yaml).expect("a proof");
    let model = analysis.in_env(None).expect("a model");
    let files: Vec<&File> = parsed.iter().map(|parsed| &parsed.file).collect();
    let owners = names::owners(sources, &files, &model.platform, &mut Vec::new());
    let subject = Subject {
        cluster: Box::leak(Box::new(prove::observed(
            model,
            tree.files.iter().map(|(path, bytes)| (&**path, &bytes[..])),
        ))),
        names: Box::leak(Box::new(names::declare(&files, &owners, &model.platform.ownership, None, None, &mut Vec::new()))),
        platform: &model.platform,
        env: None,
        workspace: Some((sources, model)),
    };
    Workspace { sources, subject }
}
