//! What can be wrong with the text of a file, in words.

use xks_base::diagnostics::suggest::{listed, nearest};
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::source::Span;
use xks_base::values::Problem;

codes! {
    SYNTAX_ERROR = "syntax-error", Deny, "a statement is not written as the language has it";
    UNKNOWN_STATEMENT = "unknown-statement", Deny, "a line starts with a word that starts no statement";
    UNCLOSED_BRACE = "unclosed-brace", Deny, "a `{` has no `}`";
    STRAY_BRACE = "stray-brace", Deny, "a `}` closes nothing";
    TOO_MANY_ERRORS = "too-many-errors", Deny, "a file has more errors than are shown";
    MISPLACED_CLAUSE = "misplaced-clause", Deny, "a clause belongs to another statement";
    CLAUSE_TWICE = "clause-twice", Deny, "a clause is written twice";
    INVALID_NAME = "invalid-name", Deny, "a name breaks the rules of its kind";
    INVALID_PORT = "invalid-port", Deny, "a port is no number, range or name";
    INVALID_ADDRESS = "invalid-address", Deny, "an address or range is not one that Kubernetes takes";
    INVALID_LABEL = "invalid-label", Deny, "a label's key or value breaks Kubernetes' rules";
    LABEL_TWICE = "label-twice", Deny, "a label is given twice";
    INVALID_VALUE = "invalid-value", Deny, "a value is not what its place asks for";
    INVALID_DATE = "invalid-date", Deny, "a date is not a day of the calendar";
}

pub(super) fn unreadable(span: Span) -> Diagnostic {
    Diagnostic::new(&SYNTAX_ERROR, span, "this file cannot be read as statements")
}

/// What is asked of a cluster is one rule, without clauses.
pub fn not_a_question(span: Span) -> Diagnostic {
    Diagnostic::new(&SYNTAX_ERROR, span, "this is more than one question")
        .help("ask `PEER -> PEER[:PORTS]`, without clauses and further statements")
}

/// So many errors of a file are not shown, behind those that are.
pub fn too_many(span: Span, more: usize) -> Diagnostic {
    Diagnostic::new(
        &TOO_MANY_ERRORS,
        span,
        if more == 1 {
            "1 more error in this file is not shown".to_string()
        } else {
            format!("{more} more errors in this file are not shown")
        },
    )
    .note("the first ones often bring the others about: mend those and look again")
}

pub(super) fn expected(span: Span, what: &str, after: &str, found: &str) -> Diagnostic {
    let message =
        if after.is_empty() { format!("expected {what}") } else { format!("expected {what} after `{after}`") };
    let label = match found {
        "" => "the statement ends here".to_string(),
        _ => "this is not one".to_string(),
    };
    Diagnostic::new(&SYNTAX_ERROR, span, message).label(label)
}

pub(super) fn unexpected(span: Span, found: &str, after: &str, near: Option<&str>, help: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(&SYNTAX_ERROR, span, format!("unexpected `{found}` after `{after}`"))
        .label("not understood here");
    if near.is_some() { diagnostic.did_you_mean(near) } else { diagnostic.help(help) }
}

pub(super) fn unknown_statement(span: Span, word: &str, statements: &[&str], hint: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_STATEMENT, span, format!("no statement starts with `{word}`"));
    match (nearest(word, statements.iter().copied()), hint) {
        (Some(near), _) => diagnostic.did_you_mean(Some(near)),
        (None, Some(hint)) => diagnostic.help(hint),
        (None, None) => diagnostic.note(format!("statements start with {}", listed(statements, "or"))),
    }
}

pub(super) fn unclosed(open: Span, end: Span) -> Diagnostic {
    Diagnostic::new(&UNCLOSED_BRACE, open, "this `{` is never closed")
        .secondary(end, "a `}` is missing before here")
        .suggestion("close the block", end, "}\n")
        .help("write `}` behind the last line that belongs to it")
}

pub(super) fn stray(span: Span) -> Diagnostic {
    Diagnostic::new(&STRAY_BRACE, span, "this `}` closes nothing")
        .help("remove it, or write the `{` that it closes")
        .suggestion("remove it", span, "")
}

pub(super) fn misplaced(span: Span, clause: &str, statement: &str, owners: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(&MISPLACED_CLAUSE, span, format!("`{clause}` does not belong to `{statement}`"));
    if owners.is_empty() { diagnostic } else { diagnostic.note(format!("it is a clause of {}", listed(owners, "and"))) }
}

pub(super) fn clause_twice(span: Span, first: Span, clause: &str) -> Diagnostic {
    Diagnostic::new(&CLAUSE_TWICE, span, format!("`{clause}` is written twice in this statement"))
        .label("again here")
        .secondary(first, "first here")
        .help("keep one of them")
}

pub(super) fn label_twice(span: Span, first: Span, key: &str) -> Diagnostic {
    Diagnostic::new(&LABEL_TWICE, span, format!("the label `{key}` is given twice"))
        .label("again here")
        .secondary(first, "first here")
        .help("keep one of them: a label has one value")
}

pub(super) fn clauses_exclude(span: Span, first: Span, clause: &str, earlier: &str) -> Diagnostic {
    Diagnostic::new(&CLAUSE_TWICE, span, format!("`{earlier}` and `{clause}` exclude each other"))
        .label("against the first")
        .secondary(first, "first here")
        .help("keep one of them")
}

/// A value that breaks the rules of its kind: `code` says which kind, `what` names it ("a name", "a port").
pub fn invalid(
    code: &'static xks_base::diagnostics::Code,
    span: Span,
    text: &str,
    what: &str,
    problem: Problem,
) -> Diagnostic {
    let shown: String =
        if text.chars().count() > 60 { text.chars().take(57).chain("...".chars()).collect() } else { text.to_string() };
    let diagnostic = Diagnostic::new(code, span, format!("`{shown}` is not {what}")).label(problem.reason);
    match problem.meant {
        Some(meant) => diagnostic.help(format!("write `{meant}`")).suggestion(format!("write `{meant}`"), span, meant),
        None => diagnostic,
    }
}
