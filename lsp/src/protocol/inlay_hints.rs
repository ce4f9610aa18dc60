//! What a name stands for, behind it.

use super::markdown::markdown;
use crate::view::View;
use tower_lsp_server::gen_lsp_types::{InlayHint, InlayHintKind, InlayHintLabelPart, Label};
use xks_core::source::Span;
use xks_ide::features::inlay_hints::{self, Hint, Wanted};

/// The hints in a part of a file.
pub(crate) fn inlay_hints(view: &View, within: Span, wanted: Wanted) -> Vec<InlayHint> {
    inlay_hints::inlay_hints(&view.snapshot, within, wanted).into_iter().map(|hint| one(view, hint)).collect()
}

fn one(view: &View, hint: Hint) -> InlayHint {
    let part = InlayHintLabelPart {
        value: xks_core::escape::word(&hint.words).into_owned(),
        tooltip: (!hint.tooltip.is_empty()).then(|| markdown(hint.tooltip).into()),
        location: hint.leads.map(|span| view.location(span)),
        command: None,
    };
    InlayHint {
        position: view.range(hint.place).start,
        label: Label::InlayHintLabelPartList(vec![part]),
        kind: Some(InlayHintKind::Type),
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}
