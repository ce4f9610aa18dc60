//! What tenants declare, read off their statements.

use crate::snapshot::Snapshot;
use xks::source::{FileId, Span};
use xks::syntax::ast::{self, Body, Statement};
use xks::syntax::format::one_line;

/// The statements of a tenant, in the order of files and lines.
pub(crate) fn statements<'s>(snapshot: &'s Snapshot, tenant: &str) -> impl Iterator<Item = &'s Statement> {
    let files = snapshot.index().files_of(tenant).iter();
    files.flat_map(|file| &snapshot.parsed[file.0 as usize].file.statements)
}

/// The statement that declares an app.
pub(crate) fn app<'s>(snapshot: &'s Snapshot, tenant: &str, name: &str) -> Option<&'s ast::App> {
    statements(snapshot, tenant).find_map(|statement| match &statement.body {
        Body::App(app) if app.names.iter().any(|one| one.value == name) => Some(app),
        _ => None,
    })
}

/// The statement that declares a service.
pub(crate) fn service<'s>(snapshot: &'s Snapshot, tenant: &str, name: &str) -> Option<&'s ast::Service> {
    statements(snapshot, tenant).find_map(|statement| match &statement.body {
        Body::Service(service) if service.name.value == name => Some(service),
        _ => None,
    })
}

/// A port with its protocols: `8080`, `53/tcp+udp`.
pub(crate) fn number(port: &ast::Port) -> String {
    let words: Vec<&str> = port.protocols.iter().map(|protocol| protocol.word()).collect();
    match (words.as_slice(), &port.target) {
        ([] | ["tcp"], None) => port.number.value.to_string(),
        ([] | ["tcp"], Some(target)) => format!("{} -> {}", port.number.value, target.value),
        (words, _) => format!("{}/{}", port.number.value, words.join("+")),
    }
}

/// The statement around a place, on one line.
pub(crate) fn line_at(snapshot: &Snapshot, span: Span) -> Option<String> {
    let statements = &snapshot.parsed[span.file.0 as usize].file.statements;
    let after = statements.partition_point(|statement| statement.span.start <= span.start);
    let statement = statements[..after].last().filter(|statement| span.start <= statement.span.end)?;
    Some(one_line(snapshot.sources.text(statement.span)).into_owned())
}

/// A link to a place: `[shop.xks:3](file:///…#L3)`.
pub(crate) fn link(snapshot: &Snapshot, span: Span) -> String {
    let source = snapshot.source(span.file);
    let line = source.line_of(span.start) + 1;
    format!("[{}:{line}]({}#L{line})", source.path, snapshot.document(span.file).uri.0)
}

/// The statements of a file.
pub(crate) fn of_file(snapshot: &Snapshot, file: FileId) -> &[Statement] {
    &snapshot.parsed[file.0 as usize].file.statements
}
