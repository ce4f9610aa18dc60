//! Every question at every place of the examples, and of texts cut short: there is always an answer. The language server's
//! tests put a part of the same questions through the protocol.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros, reason = "tests read files")]

use std::path::Path;
use std::sync::Arc;
use xks_core::source::{FileId, Source, Span};
use xks_core::syntax::MAX_FILE;
use xks_ide::features::{
    call_hierarchy, code_action, code_lens, completion, definition, diagnostics, folding, formatting, graph, hover,
    inlay_hints, links, preview, references, rename, semantic_tokens, signature_help, symbols,
};
use xks_ide::snapshot::{At, Listing, Snapshot};
use xks_ide::workspace::{Text, Workspace};

/// Asks all that can be asked about a place.
fn ask_at(snapshot: &Snapshot, at: At) {
    let span = Span { file: at.file, start: at.offset, end: at.offset };
    ask_about_a_name(snapshot, at);
    signature_help::signature_help(snapshot, at);
    folding::selection(snapshot, at);
    if let Some(found) = completion::completion(snapshot, at) {
        for item in found.items.iter().take(3) {
            item.about.as_ref().map(|about| completion::documentation(Some(snapshot), about));
        }
    }
    let hints = inlay_hints::Wanted { ports: true, certificates: true, secrets: true };
    inlay_hints::inlay_hints(snapshot, span, hints);
    semantic_tokens::tokens(snapshot, at.file, Some(span));
    code_action::code_actions(snapshot, span, |_| true);
    formatting::ranges(snapshot, at.file, &[span]);
    formatting::typed(snapshot, at, "}");
    formatting::typed(snapshot, at, "\n");
    preview::preview(snapshot, at.file, Some(span));
    preview::implementation(snapshot, at);
}

fn ask_about_a_name(snapshot: &Snapshot, at: At) {
    hover::hover(snapshot, at);
    definition::definition(snapshot, at);
    references::references(snapshot, at, true);
    references::highlight(snapshot, at);
    references::linked(snapshot, at);
    if let Some(item) = call_hierarchy::prepare(snapshot, at) {
        call_hierarchy::incoming(snapshot, &item.party);
        call_hierarchy::outgoing(snapshot, &item.party);
    }
    // A refusal is an answer.
    let _ = rename::prepare(snapshot, at);
    let _ = rename::rename(snapshot, at, "fresh", true);
}

/// Asks all that can be asked about a file.
fn ask_of(snapshot: &Snapshot, file: FileId) {
    diagnostics::of_file(snapshot, file, true);
    folding::folds(snapshot, file);
    formatting::document(snapshot, file);
    code_lens::lenses(snapshot, file, code_lens::Wanted { objects: true, reachability: true });
    links::links(snapshot, file);
    semantic_tokens::tokens(snapshot, file, None);
    symbols::outline(snapshot, file);
    symbols::search(snapshot, &snapshot.source(file).path);
    let _ = graph::page(snapshot, &snapshot.sources, None, None);
}

/// The borders of words, and one place in each of them.
fn places(text: &str) -> Vec<u32> {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let place = |at: &usize| {
        let mut before = text[..*at].chars().rev();
        let (last, other) = (before.next(), before.next());
        !word(text[*at..].chars().next()) || !word(last) || !word(other)
    };
    let boundaries = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    boundaries.filter(place).map(|at| at as u32).collect()
}

/// Every place where there is time, as `.ci/run` says with XKS_THOROUGH=1; else one in three.
fn stride() -> usize {
    if std::env::var_os("XKS_THOROUGH").is_some() { 1 } else { 3 }
}

fn text(path: &str, text: &str) -> Text {
    Text { source: Arc::new(Source::new(path, text)), address: path.into() }
}

fn example(name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    let (found, unreadable) = xks_disk::find(&root);
    assert!(unreadable.is_empty() && found.len() > 2);
    let read = |file: xks_disk::Found| text(&file.name, &xks_disk::read(&file.path, MAX_FILE).expect("a text"));
    let mut workspace = Workspace::new(Listing::default());
    workspace.replace(found.into_iter().map(read).collect(), |_| true);
    let snapshot = workspace.snapshot(|| None, |wanted| xks_disk::read_includes(&root, wanted, MAX_FILE));
    for file in (0..snapshot.sources.files().len()).map(|at| FileId(at as u32)) {
        ask_of(&snapshot, file);
        for offset in places(&snapshot.source(file).text).into_iter().step_by(stride()) {
            ask_at(&snapshot, At { file, offset });
        }
    }
}

#[test]
fn every_place_of_the_shop() {
    example("shop");
}

#[test]
fn every_place_of_the_guide() {
    example("guide");
}

#[test]
fn every_end_of_a_text_that_is_cut_short() {
    let whole = "tenant shop\napp web, api { port http 8080 }\nallow web -> payments/api:http because \"é😀\"\n\
                 expose web at web.${domain}/x tls shared { limit rps 10 }\nexport api:http to payments\n\
                 group all = web, payments/api\nplatform { env dev { domain = x.example.com } lint missing-tls deny }\n";
    let mut workspace = Workspace::new(Listing::default());
    workspace.put(text("payments.xks", "app api\n"));
    for end in whole.char_indices().map(|(at, _)| at).chain([whole.len()]) {
        workspace.put(text("shop.xks", &whole[..end]));
        let snapshot = workspace.snapshot(|| None, |_| xks_core::Manifests::default());
        let file = snapshot.file("shop.xks").expect("a file");
        ask_of(&snapshot, file);
        let line = whole[..end].rfind('\n').map_or(0, |at| at + 1);
        let boundaries: Vec<usize> = (line..=end).filter(|at| whole.is_char_boundary(*at)).collect();
        for offset in &boundaries[boundaries.len().saturating_sub(8)..] {
            ask_at(&snapshot, At { file, offset: *offset as u32 });
        }
    }
}
