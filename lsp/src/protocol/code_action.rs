//! Code actions.

use super::diagnostics;
use super::edits::workspace_edit;
use crate::view::View;
use std::borrow::Cow;
use tower_lsp_server::gen_lsp_types::{CodeAction, CodeActionContext, CodeActionKind, CodeActionResponse};
use xks_core::source::Span;
use xks_ide::features::code_action::{self, Action, Kind};

/// Every kind there is.
const KINDS: [Kind; 4] = [Kind::QuickFix, Kind::Rewrite, Kind::FixAll, Kind::Sort];

/// The names of the kinds.
pub(crate) fn kinds() -> Vec<CodeActionKind> {
    KINDS.map(name).to_vec()
}

fn name(kind: Kind) -> CodeActionKind {
    match kind {
        Kind::QuickFix => CodeActionKind::QuickFix,
        Kind::Rewrite => CodeActionKind::RefactorRewrite,
        Kind::FixAll => CodeActionKind::SourceFixAll,
        Kind::Sort => CodeActionKind::Custom(Cow::Borrowed("source.sort")),
    }
}

/// What can be done about some words.
pub(crate) fn code_actions(view: &View, span: Span, context: &CodeActionContext) -> Vec<CodeActionResponse> {
    // What concerns the whole file is offered only to who asks for it, not at every word.
    let wants = |kind: Kind| match &context.only {
        Some(only) => only.iter().any(|one| covers(one, &name(kind))),
        None => !covers(&CodeActionKind::Source, &name(kind)),
    };
    let actions = code_action::code_actions(&view.snapshot, span, wants).into_iter();
    actions.map(|action| CodeActionResponse::CodeAction(one(view, action))).collect()
}

fn one(view: &View, action: Action<'_>) -> CodeAction {
    CodeAction {
        title: xks_core::escape::word(&action.title).into_owned(),
        kind: Some(name(action.kind)),
        diagnostics: action.mends.map(|found| vec![diagnostics::one(view, found)]),
        is_preferred: action.preferred.then_some(true),
        edit: Some(workspace_edit(view, action.edits, Vec::new())),
        ..CodeAction::default()
    }
}

/// Whether `wanted` is `kind` or a kind above it: `source` asks for `source.fixAll` too.
fn covers(wanted: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let name = |kind: &CodeActionKind| {
        serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
    };
    let (wanted, kind) = (name(wanted), name(kind));
    wanted.is_empty() || kind.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
