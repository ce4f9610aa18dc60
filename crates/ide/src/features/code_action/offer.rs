//! A change that is offered, before it is an action.

use xks_core::diagnostics::Edit;
use xks_core::source::Span;

/// A change that is offered.
pub(super) struct Offer {
    pub(super) title: String,
    pub(super) edits: Vec<Edit>,
}

/// A cursor at either end of the words touches them.
pub(super) fn touches(words: Span, span: Span) -> bool {
    words.start <= span.end && span.start <= words.end
}
