//! Sorting the statements of a file: by kind, then by what they say. What a file means does not depend on the order, and
//! comments stay with the statement that they stand above or behind. Those at either end of the file stay there.

use super::offer::Offer;
use crate::snapshot::Snapshot;
use xks_core::diagnostics::Edit;
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::Body;
use xks_core::syntax::format::format;
use xks_core::syntax::parse;

/// The offer, unless the file is sorted or has a part that cannot be read.
pub(super) fn offer(snapshot: &Snapshot, file: FileId) -> Option<Offer> {
    let text = &snapshot.source(file).text;
    let sorted = sorted(text).filter(|sorted| sorted != text)?;
    let span = Span::new(file, 0, text.len());
    Some(Offer { title: "Sort and group the statements".to_string(), edits: vec![Edit { span, text: sorted }] })
}

/// A statement with the comments that belong to it.
struct Chunk<'t> {
    kind: usize,
    key: &'t str,
    text: &'t str,
}

fn sorted(text: &str) -> Option<String> {
    // In the one style every statement starts a line of its own.
    let text = format(text);
    let parsed = parse(FileId(0), &text);
    if !parsed.broken.is_empty() || parsed.diagnostics.iter().any(|found| found.is_error()) {
        return None;
    }
    let statements = &parsed.file.statements;
    let first = statements.first()?;
    let head = header(&text[..first.span.start as usize]);
    let foot = footer(&text, statements.last()?.span.end as usize);
    let mut start = head;
    let mut chunks = Vec::with_capacity(statements.len());
    for (at, statement) in statements.iter().enumerate() {
        let next = statements.get(at + 1).map_or(foot, |next| next.span.start as usize);
        let behind = &text[statement.span.end as usize..next];
        let line_end = behind.find('\n').map_or(behind.len(), |end| end + 1);
        let end = statement.span.end as usize + line_end;
        chunks.push(Chunk {
            kind: order(&statement.body),
            key: &text[statement.span.range()],
            text: text[start..end].trim_matches('\n'),
        });
        start = end;
    }
    chunks.sort_by(|a, b| (a.kind, a.key).cmp(&(b.kind, b.key)));
    let mut out = text[..head].trim_end().to_string();
    let mut last = None;
    for chunk in &chunks {
        if !out.is_empty() {
            // Groups stand apart, and so do statements of several lines.
            let apart = last.is_none_or(|kind| kind != chunk.kind) || chunk.text.contains('\n');
            out.push_str(if apart { "\n\n" } else { "\n" });
        }
        out.push_str(chunk.text);
        last = Some(chunk.kind);
    }
    let foot = text[foot..].trim_matches('\n');
    if !foot.is_empty() {
        out.push_str("\n\n");
        out.push_str(foot);
    }
    out.push('\n');
    Some(format(&out))
}

/// The end of the comment that a file starts with, if an empty line follows it: it speaks of the whole file.
fn header(before: &str) -> usize {
    before.find("\n\n").map_or(0, |at| at + 1)
}

/// Where the comments start that a file ends with: below the line that the last statement ends on.
fn footer(text: &str, last: usize) -> usize {
    text[last..].find('\n').map_or(text.len(), |end| last + end + 1)
}

fn order(body: &Body) -> usize {
    match body {
        Body::Platform(_) => 0,
        Body::Tenant(_) => 1,
        Body::App(_) => 2,
        Body::Service(_) => 3,
        Body::External(_) => 4,
        Body::Group(_) => 5,
        Body::Ports(_) => 6,
        Body::Certificate(_) => 7,
        Body::Expose(_) => 8,
        Body::Allow(_) => 9,
        Body::Export(_) => 10,
        Body::Never(_) => 11,
        Body::Expect(_) => 12,
        Body::Include(_) => 13,
    }
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn comments_go_along() {
        let text = "\
# The shop.

allow web -> api # why
# Above the app.
app web, api # behind it

# Alone.

tenant shop
# At the end.
";
        let wanted = "\
# The shop.

# Alone.

tenant shop

# Above the app.
app web, api  # behind it

allow web -> api  # why

# At the end.
";
        assert_eq!(sorted(text).as_deref(), Some(wanted));
    }

    #[test]
    fn what_is_sorted_stays_as_it_is() {
        let parts = [
            "# One.\n",
            "\n",
            "allow web -> api # why\n",
            "app web, api\n",
            "tenant shop\n",
            "expose web at a.example.com no-tls {\n  # In it.\n  limit rps 5\n} # behind it\n",
            "# Two.\n",
        ];
        // Every text of four parts.
        for number in 0..parts.len().pow(4) {
            let at = |digit: u32| parts[number / parts.len().pow(digit) % parts.len()];
            let text = [0, 1, 2, 3].map(at).concat();
            let Some(once) = sorted(&text) else { continue };
            assert_eq!(sorted(&once).as_deref(), Some(&*once), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_alone() {
        assert_eq!(sorted("allow web ->\napp web\n"), None);
        assert_eq!(sorted(""), None);
    }
}
