//! Texts in Markdown, and what a hover says.

use crate::view::View;
use tower_lsp_server::gen_lsp_types::{Contents, Hover, MarkupContent, MarkupKind};
use xks_core::escape::lines;
use xks_ide::features::hover;
use xks_ide::snapshot::At;

/// A text in Markdown.
pub(crate) fn markdown(value: String) -> MarkupContent {
    MarkupContent { kind: MarkupKind::Markdown, value: lines(&value).into_owned() }
}

/// What stands at a place.
pub(crate) fn hover(view: &View, at: At) -> Option<Hover> {
    let answer = hover::hover(&view.snapshot, at)?;
    Some(Hover { contents: Contents::MarkupContent(markdown(answer.markdown)), range: Some(view.range(answer.span)) })
}
