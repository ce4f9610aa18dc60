//! What can be folded, and how a selection grows.

use crate::snapshot::{At, Snapshot};
use tower_lsp_server::gen_lsp_types::{FoldingRange, FoldingRangeKind, Range, SelectionRange};
use xks_core::source::{FileId, Span};
use xks_core::syntax::structure;

/// Braces, statements over several lines, and comments one below the other.
pub(crate) fn folds(snapshot: &Snapshot, file: FileId) -> Vec<FoldingRange> {
    let source = snapshot.source(file);
    let folds = structure::folds(&source.text).into_iter();
    folds
        .filter_map(|fold| {
            let range = snapshot.range(Span::new(file, fold.range.start, fold.range.end));
            // The line with the closing brace stays in sight.
            let closed = source.text[fold.range].ends_with('}');
            let end_line = if closed { range.end.line.saturating_sub(1) } else { range.end.line };
            (end_line > range.start.line).then(|| FoldingRange {
                start_line: range.start.line,
                end_line,
                kind: fold.comment.then_some(FoldingRangeKind::Comment),
                ..FoldingRange::default()
            })
        })
        .collect()
}

/// From the word to the clause, the statement, its block and the file.
pub(crate) fn selection(snapshot: &Snapshot, at: At) -> SelectionRange {
    let text = &snapshot.source(at.file).text;
    let mut grown: Option<SelectionRange> = None;
    for range in structure::around(text, at.offset as usize).into_iter().rev() {
        let range: Range = snapshot.range(Span::new(at.file, range.start, range.end));
        grown = Some(SelectionRange { range, parent: grown.map(Box::new) });
    }
    grown.unwrap_or_default()
}
