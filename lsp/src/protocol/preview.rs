//! Previews of what files become: documents of the scheme `xks-preview`, whose query names the source and whose fragment the
//! lines.

use crate::snapshots::Snapshots;
use crate::view::View;
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::{Location, Position, Range, TextDocumentPositionParams, Uri};
use xks_core::source::{FileId, Span};
use xks_ide::features::preview;
use xks_ide::snapshot::{At, Snapshot};

/// The scheme of the documents.
pub(crate) const SCHEME: &str = "xks-preview";

/// Where the objects of the statement at a place are in the preview of its file.
pub(crate) fn implementation(view: &View, at: At) -> Option<Vec<Location>> {
    let parts = preview::implementation(&view.snapshot, at)?;
    let uri = uri(view, at.file);
    let line = |line: u32| Position { line, character: 0 };
    let one = |lines: std::ops::Range<u32>| Location {
        uri: uri.clone(),
        range: Range { start: line(lines.start), end: line(lines.end) },
    };
    Some(parts.into_iter().map(one).collect())
}

/// The statements that a place in a preview comes from.
pub(crate) fn origins(snapshots: &Snapshots, place: &TextDocumentPositionParams) -> Option<Vec<Location>> {
    let (view, file, within) = find(snapshots, &place.text_document.uri)?;
    Some(view.locations(preview::origins(&view.snapshot, file, within, place.position.line)?))
}

/// The text of a document of our scheme, and the state that it shows.
pub(crate) fn content<'s>(snapshots: &'s Snapshots, uri: &Uri) -> Option<(&'s Arc<Snapshot>, String)> {
    let (view, file, within) = find(snapshots, uri)?;
    Some((&view.snapshot, preview::preview(&view.snapshot, file, within).text))
}

/// The URI of a file's preview.
fn uri(view: &View, file: FileId) -> Uri {
    let source = view.snapshot.address(file);
    let path =
        source.strip_prefix("file://").or_else(|| source.split_once(':').map(|(_, path)| path)).unwrap_or(source);
    let root = if path.starts_with('/') { "" } else { "/" };
    let query = percent_encoding::utf8_percent_encode(source, percent_encoding::NON_ALPHANUMERIC);
    Uri(format!("{SCHEME}:{root}{path}.yaml?{query}"))
}

/// The file that a preview is of, and its part.
fn find<'w>(snapshots: &'w Snapshots, uri: &Uri) -> Option<(&'w View, FileId, Option<Span>)> {
    let rest = uri.0.strip_prefix(SCHEME)?.strip_prefix(':')?;
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let source = match rest.split_once('?') {
        Some((_, query)) => percent_decode_str(query).decode_utf8().ok()?.into_owned(),
        None => format!("file://{}", rest.strip_suffix(".yaml")?),
    };
    let (view, file) = snapshots.find(&Uri(source))?;
    Some((view, file, lines(view, file, fragment)))
}

/// The bytes of the lines `L3-L7`, counted from one.
fn lines(view: &View, file: FileId, fragment: &str) -> Option<Span> {
    let fragment = percent_decode_str(fragment).decode_utf8().ok()?;
    let (first, last) = fragment.split_once('-').unwrap_or((&fragment, &fragment));
    let number = |text: &str| text.strip_prefix('L')?.parse::<usize>().ok()?.checked_sub(1);
    Some(preview::lines(&view.snapshot, file, number(first)?, number(last)?))
}
