//! From `nginx KEY VALUE` to the clause that says the same.

use super::offer::{Offer, touches};
use crate::snapshot::Snapshot;
use xks_core::diagnostics::Edit;
use xks_core::source::Span;
use xks_core::syntax::ast::{Annotation, Body, Expose, Statement};

/// An offer for each such annotation that the cursor is in.
pub(super) fn offers(snapshot: &Snapshot, statement: &Statement, span: Span) -> Vec<Offer> {
    let Body::Expose(expose) = &statement.body else { return Vec::new() };
    let text = &snapshot.source(statement.span.file).text;
    let one = |annotation: &Annotation| {
        let before = text.get(..annotation.key.span.start as usize)?.trim_end();
        let keyword = before.strip_suffix("nginx")?.len() as u32;
        let words = Span { start: keyword, ..annotation.key.span.to(annotation.value.span) };
        let clause = clause(expose, annotation).filter(|_| touches(words, span))?;
        let title = format!("Write the clause `{clause}`");
        Some(Offer { title, edits: vec![Edit { span: words, text: clause }] })
    };
    expose.annotations.iter().filter_map(one).collect()
}

/// The clause that sets the annotation to the value, unless the statement has that clause already.
fn clause(expose: &Expose, annotation: &Annotation) -> Option<String> {
    let value = annotation.value.value.as_str();
    let whole = |text: &str| text.parse::<u32>().is_ok_and(|number| number > 0 && !text.starts_with('0'));
    let one_word =
        || !value.is_empty() && !value.contains(char::is_whitespace) && !value.contains(['"', '{', '}', ';', '#']);
    let clause = match annotation.key.value.as_str() {
        "limit-connections" if whole(value) && expose.limits.is_empty() => format!("limit connections {value}"),
        "limit-rps" if whole(value) && expose.limits.is_empty() => format!("limit rps {value}"),
        "backend-protocol" if expose.backend.is_none() && matches!(value, "HTTP" | "HTTPS" | "GRPC" | "GRPCS") => {
            format!("backend {}", value.to_ascii_lowercase())
        }
        "rewrite-target" if expose.rewrite.is_none() && one_word() => format!("rewrite {value}"),
        "upstream-vhost" if expose.host_header.is_none() && one_word() => format!("host-header {value}"),
        "permanent-redirect" if expose.redirect.is_none() && one_word() => format!("redirect {value}"),
        "whitelist-source-range" | "allowlist-source-range" if expose.from.is_empty() => {
            let ranges: Vec<&str> = value.split(',').map(str::trim).collect();
            let sound = ranges.iter().all(|range| xks_core::values::address::range(range).is_ok());
            sound.then(|| format!("from {}", ranges.join(", ")))?
        }
        _ => return None,
    };
    Some(clause)
}
