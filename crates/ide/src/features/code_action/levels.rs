//! Setting the level of a lint for the whole workspace.

use super::offer::Offer;
use crate::snapshot::Snapshot;
use xks_core::diagnostics::{Diagnostic, Edit, Level};
use xks_core::source::Span;
use xks_core::syntax::ast::{Body, Fact, Platform};
use xks_core::syntax::format::format;

/// The offer to hear no more of a lint. Only where there is a `platform` to say so in: which file it belongs into
/// otherwise is not for us to say.
pub(super) fn offer(snapshot: &Snapshot, found: &Diagnostic) -> Option<Offer> {
    // What is denied by default guards others.
    if !found.code.lint || found.code.level == Level::Deny {
        return None;
    }
    let (span, platform) = snapshot.parsed.iter().flat_map(|parsed| &parsed.file.statements).find_map(|statement| {
        match &statement.body {
            Body::Platform(platform) => Some((statement.span, platform)),
            _ => None,
        }
    })?;
    let name = found.code.name;
    let edit = match level(platform, name) {
        Some(written) => Edit { span: written, text: "allow".to_string() },
        None => add(snapshot, span, &format!("lint {name} allow"))?,
    };
    Some(Offer { title: format!("Allow `{name}` in the whole workspace"), edits: vec![edit] })
}

/// Where the level of a lint is written.
fn level(platform: &Platform, name: &str) -> Option<Span> {
    let is_it = |fact: &&Fact| fact.name.value == "lint" && fact.items.first().is_some_and(|item| item.value == name);
    platform.facts.iter().find(is_it)?.items.get(1).map(|level| level.span)
}

/// A fact more on a line of its own, and the platform as the formatter writes it.
fn add(snapshot: &Snapshot, whole: Span, fact: &str) -> Option<Edit> {
    let open = snapshot.sources.text(whole).strip_suffix('}')?.trim_end();
    let text = format(&format!("{open}\n  {fact}\n}}"));
    Some(Edit { span: whole, text: text.trim_end().to_string() })
}
