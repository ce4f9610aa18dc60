//! `never` and `expect`, which are resolved but not proved yet.

use super::Facts;
use crate::diagnostics::{Diagnostic, codes};
use crate::source::Span;

codes! {
    NOT_PROVED = "not-proved", Warn (lint), "an invariant is not yet proved";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for invariant in &facts.checked.workspace.invariants {
        let word = if invariant.never { "never" } else { "expect" };
        let keyword = Span { end: invariant.origin.start + word.len() as u32, ..invariant.origin };
        let message = format!("this `{word}` is not yet proved");
        out.push(
            Diagnostic::new(&NOT_PROVED, keyword, message)
                .note("its names are checked; whether the policies keep it is not"),
        );
    }
}
