//! Formatting: of a document, of ranges, and of what has just been finished. It reads the text and nothing else.

use crate::snapshot::{At, Snapshot};
use xks_core::diagnostics::Edit;
use xks_core::source::{FileId, Span};
use xks_core::syntax::format::{Piece, pieces};

/// The whole document.
pub fn document(snapshot: &Snapshot, file: FileId) -> Vec<Edit> {
    edits(snapshot, file, |_| true)
}

/// The statements that touch some spans.
pub fn ranges(snapshot: &Snapshot, file: FileId, spans: &[Span]) -> Vec<Edit> {
    let text = &snapshot.source(file).text;
    edits(snapshot, file, |piece| {
        let words = words(text, piece);
        spans.iter().any(|span| words.start <= span.end as usize && span.start as usize <= words.end)
    })
}

/// What ends where something was typed: behind a `}`, the statement that it closes; behind a line end, what stands on the
/// line before. What is still open is left alone.
pub fn typed(snapshot: &Snapshot, at: At, typed: &str) -> Vec<Edit> {
    let text = &snapshot.source(at.file).text;
    let before = text.get(..at.offset as usize).unwrap_or_default();
    let end = match typed {
        "}" => before.len(),
        _ => before.trim_end_matches([' ', '\t']).trim_end_matches(['\n', '\r']).trim_end_matches([' ', '\t']).len(),
    };
    // A comma there leaves a list open, and the brace of `${name}` closes nothing.
    let value =
        typed == "}" && before.rfind("${").is_some_and(|start| before[start..].find('}') == Some(end - start - 1));
    if value || before[..end].ends_with(',') {
        return Vec::new();
    }
    // The line end that the file still lacks would move the cursor.
    edits(snapshot, at.file, |piece| {
        let words = words(text, piece);
        words.end == end && !words.is_empty()
    })
}

/// The bytes of a piece without the blanks around it.
fn words(text: &str, piece: &Piece) -> std::ops::Range<usize> {
    let whole = &text[piece.range.clone()];
    let start = piece.range.start + whole.len() - whole.trim_start().len();
    start..(start + whole.trim().len())
}

/// The changes that format some pieces, each as small as it can be at its ends.
fn edits(snapshot: &Snapshot, file: FileId, wanted: impl Fn(&Piece) -> bool) -> Vec<Edit> {
    let text = &snapshot.source(file).text;
    let different = |piece: &Piece| text[piece.range.clone()] != piece.text;
    let changed = pieces(text).into_iter().filter(|piece| different(piece) && wanted(piece));
    changed.map(|piece| edit(file, &text[piece.range.clone()], &piece)).collect()
}

fn edit(file: FileId, old: &str, piece: &Piece) -> Edit {
    let same = |(a, b): &(char, char)| a == b;
    let head: usize = old.chars().zip(piece.text.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    // No position can be named between CR and LF.
    let head = if old[..head].ends_with('\r') { head - 1 } else { head };
    let (old_rest, new_rest) = (&old[head..], &piece.text[head..]);
    let tails = old_rest.chars().rev().zip(new_rest.chars().rev());
    let tail: usize = tails.take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let tail = if old_rest[old_rest.len() - tail..].starts_with('\n') { tail - 1 } else { tail };
    let span = Span::new(file, piece.range.start + head, piece.range.end - tail);
    Edit { span, text: new_rest[..new_rest.len() - tail].to_string() }
}
