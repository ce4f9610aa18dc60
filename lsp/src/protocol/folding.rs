//! What can be folded, and how a selection grows.

use crate::view::View;
use tower_lsp_server::gen_lsp_types::{FoldingRange, FoldingRangeKind, SelectionRange};
use xks_core::source::FileId;
use xks_ide::features::folding::{self, Fold};
use xks_ide::snapshot::At;

/// What can be folded.
pub(crate) fn folds(view: &View, file: FileId) -> Vec<FoldingRange> {
    let one = |fold: Fold| FoldingRange {
        start_line: fold.first,
        end_line: fold.last,
        kind: fold.comment.then_some(FoldingRangeKind::Comment),
        ..FoldingRange::default()
    };
    folding::folds(&view.snapshot, file).into_iter().map(one).collect()
}

/// From the word outwards.
pub(crate) fn selection(view: &View, at: At) -> SelectionRange {
    let outwards = folding::selection(&view.snapshot, at).into_iter();
    let grown = outwards.rev().fold(None, |parent: Option<SelectionRange>, span| {
        Some(SelectionRange { range: view.range(span), parent: parent.map(Box::new) })
    });
    grown.unwrap_or_default()
}
