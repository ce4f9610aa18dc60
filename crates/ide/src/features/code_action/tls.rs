//! Giving an exposure a certificate, and choosing its controller.

use super::offer::Offer;
use crate::snapshot::Snapshot;
use std::collections::BTreeMap;
use xks_core::diagnostics::Edit;
use xks_core::source::Span;
use xks_core::syntax::ast::{Body, Expose, Statement, Tls};
use xks_core::values::access::Access;

/// How many certificate groups are offered: those that the tenant uses most.
const MOST: usize = 3;

/// What an `expose` could say besides.
pub(super) fn offers(snapshot: &Snapshot, statement: &Statement) -> Vec<Offer> {
    let Body::Expose(expose) = &statement.body else { return Vec::new() };
    let mut offers = Vec::new();
    if !matches!(expose.tls.as_ref().map(|tls| &tls.value), Some(Tls::Group(_) | Tls::Secret(_))) {
        for group in groups(snapshot, statement) {
            let (title, text) = (format!("Add `tls {group}`"), format!("tls {group}"));
            offers.push(Offer { title, edits: vec![put(expose, expose.tls.as_ref().map(|tls| tls.span), &text)] });
        }
    }
    let private = expose.access.is_some_and(|access| access.value == Access::Private);
    let word = if private { "public" } else { "private" };
    let platform = snapshot.analysis().workspaces.first().map(|workspace| &workspace.platform);
    if private || platform.is_none_or(|platform| platform.private_class.is_some()) {
        let edits = vec![put(expose, expose.access.as_ref().map(|access| access.span), word)];
        offers.push(Offer { title: format!("Make it {word}"), edits });
    }
    offers
}

/// A clause in the place of another, or behind the hosts.
fn put(expose: &Expose, old: Option<Span>, text: &str) -> Edit {
    match old {
        Some(span) => Edit { span, text: text.to_string() },
        None => {
            let last = expose.addresses.last().map_or(expose.target.span, |address| address.span);
            Edit { span: last.after(), text: format!(" {text}") }
        }
    }
}

/// The tenant's certificate groups, the ones in use most first; without any, the name that one would take.
fn groups(snapshot: &Snapshot, statement: &Statement) -> Vec<String> {
    let index = snapshot.index();
    let Some(tenant) = index.tenant_of(statement.span.file) else { return Vec::new() };
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    let files = index.files_of(tenant).iter().flat_map(|file| &snapshot.parsed[file.0 as usize].file.statements);
    for statement in files {
        match &statement.body {
            Body::Expose(expose) => {
                if let Some(Tls::Group(group)) = expose.tls.as_ref().map(|tls| &tls.value) {
                    *uses.entry(&group.value).or_default() += 1;
                }
            }
            Body::Certificate(certificate) => {
                uses.entry(&certificate.name.value).or_default();
            }
            _ => {}
        }
    }
    let mut groups: Vec<(&str, usize)> = uses.into_iter().collect();
    groups.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    match groups.as_slice() {
        [] => vec!["shared".to_string()],
        some => some.iter().take(MOST).map(|(group, _)| group.to_string()).collect(),
    }
}
