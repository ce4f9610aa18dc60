//! What can be folded, and how a selection grows.

use crate::snapshot::{At, Snapshot};
use xks_core::source::{FileId, Span};
use xks_core::syntax::structure;

/// Lines that can be folded into the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The line that stays, from zero.
    pub first: u32,
    /// The last line that is hidden.
    pub last: u32,
    /// Whether it is a comment.
    pub comment: bool,
}

/// Braces, statements over several lines, and comments one below the other.
pub fn folds(snapshot: &Snapshot, file: FileId) -> Vec<Fold> {
    let source = snapshot.source(file);
    let folds = structure::folds(&source.text).into_iter();
    folds
        .filter_map(|fold| {
            let line = |offset: usize| source.line_of(offset as u32) as u32;
            let (first, end) = (line(fold.range.start), line(fold.range.end));
            // The line with the closing brace stays in sight.
            let closed = source.text[fold.range].ends_with('}');
            let last = if closed { end.saturating_sub(1) } else { end };
            (last > first).then_some(Fold { first, last, comment: fold.comment })
        })
        .collect()
}

/// From the word to the clause, the statement, its block and the file: each holds the one before.
pub fn selection(snapshot: &Snapshot, at: At) -> Vec<Span> {
    let text = &snapshot.source(at.file).text;
    let around = structure::around(text, at.offset as usize).into_iter();
    around.map(|range| Span::new(at.file, range.start, range.end)).collect()
}
