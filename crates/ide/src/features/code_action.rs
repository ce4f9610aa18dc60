//! Code actions: the fixes of findings, rewritings of a statement, and what concerns the whole file.

mod annotation;
mod levels;
mod sort;
mod tls;

use crate::edits::workspace_edit;
use crate::features::diagnostics;
use crate::snapshot::{At, Snapshot};
use tower_lsp_server::gen_lsp_types::{CodeAction, CodeActionContext, CodeActionKind, CodeActionResponse};
use xks_core::diagnostics::{Diagnostic, Edit, Safety, safe_edits};
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::Statement;

/// Sorting the statements of a file, which no editor does unasked.
pub(crate) const SORT: CodeActionKind = CodeActionKind::Custom(std::borrow::Cow::Borrowed("source.sort"));

/// Every kind there is.
pub(crate) fn kinds() -> Vec<CodeActionKind> {
    vec![CodeActionKind::QuickFix, CodeActionKind::RefactorRewrite, CodeActionKind::SourceFixAll, SORT]
}

/// A change that is offered.
pub(crate) struct Offer {
    title: String,
    edits: Vec<Edit>,
}

/// What can be done about a range of a file.
pub(crate) fn code_actions(
    snapshot: &Snapshot,
    file: FileId,
    span: Span,
    context: &CodeActionContext,
) -> Vec<CodeActionResponse> {
    // What concerns the whole file is offered only to who asks for it, not at every word.
    let wants = |kind: &CodeActionKind| match &context.only {
        Some(only) => only.iter().any(|one| covers(one, kind)),
        None => !covers(&CodeActionKind::Source, kind),
    };
    let mut actions: Vec<CodeAction> = Vec::new();
    let found: Vec<&Diagnostic> = snapshot.findings(file).filter(|found| touches(found.primary.span, span)).collect();
    if wants(&CodeActionKind::QuickFix) {
        for found in &found {
            actions.extend(fixes(snapshot, found));
        }
        for found in &found {
            actions.extend(levels::offer(snapshot, found).map(|offer| CodeAction {
                diagnostics: Some(vec![diagnostics::one(snapshot, found)]),
                ..action(snapshot, CodeActionKind::QuickFix, offer)
            }));
        }
    }
    if wants(&CodeActionKind::RefactorRewrite)
        && let Some(statement) = snapshot.statement(At { file, offset: span.start })
    {
        let mut offers = rewritings(snapshot, statement, span);
        offers.retain(|offer| actions.iter().all(|action| action.title != offer.title));
        actions.extend(offers.into_iter().map(|offer| action(snapshot, CodeActionKind::RefactorRewrite, offer)));
    }
    if wants(&CodeActionKind::SourceFixAll) {
        let edits = safe_edits(snapshot.findings(file));
        if !edits.is_empty() {
            let offer = Offer { title: "Apply every fix that is safe".to_string(), edits };
            actions.push(action(snapshot, CodeActionKind::SourceFixAll, offer));
        }
    }
    if wants(&SORT) {
        actions.extend(sort::offer(snapshot, file).map(|offer| action(snapshot, SORT, offer)));
    }
    actions.into_iter().map(CodeActionResponse::CodeAction).collect()
}

/// Whether `wanted` is `kind` or a kind above it: `source` asks for `source.fixAll` too.
fn covers(wanted: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let name = |kind: &CodeActionKind| {
        serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
    };
    let (wanted, kind) = (name(wanted), name(kind));
    wanted.is_empty() || kind.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A cursor at either end of the words touches them.
fn touches(words: Span, span: Span) -> bool {
    words.start <= span.end && span.start <= words.end
}

fn fixes(snapshot: &Snapshot, found: &Diagnostic) -> Vec<CodeAction> {
    let best = found.fixes.iter().position(|fix| fix.safety == Safety::Safe);
    let one = |(at, fix): (usize, &xks_core::diagnostics::Fix)| {
        let offer = Offer { title: upper_first(&fix.title), edits: fix.edits.clone() };
        CodeAction {
            diagnostics: Some(vec![diagnostics::one(snapshot, found)]),
            is_preferred: (best == Some(at)).then_some(true),
            ..action(snapshot, CodeActionKind::QuickFix, offer)
        }
    };
    found.fixes.iter().enumerate().map(one).collect()
}

fn rewritings(snapshot: &Snapshot, statement: &Statement, span: Span) -> Vec<Offer> {
    let mut offers = annotation::offers(snapshot, statement, span);
    offers.extend(tls::offers(snapshot, statement));
    offers
}

fn action(snapshot: &Snapshot, kind: CodeActionKind, offer: Offer) -> CodeAction {
    CodeAction {
        title: offer.title,
        kind: Some(kind),
        edit: Some(workspace_edit(snapshot, offer.edits, Vec::new())),
        ..CodeAction::default()
    }
}

/// Fixes are titled as they are within a sentence; actions stand alone.
fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
