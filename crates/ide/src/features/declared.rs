//! What tenants declare, read off their statements.

use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::{self, Body, Statement};
use xks_core::syntax::format::one_line;

/// The statements of a tenant, in the order of files and lines.
pub(crate) fn statements<'s>(snapshot: &'s Snapshot, tenant: &str) -> impl Iterator<Item = &'s Statement> {
    let files = snapshot.index().files_of(tenant).iter();
    files.flat_map(|file| &snapshot.parsed[file.0 as usize].file.statements)
}

/// The statements that declare an app: one in each environment.
pub(crate) fn apps<'s>(
    snapshot: &'s Snapshot,
    tenant: &str,
    name: &str,
) -> impl Iterator<Item = (&'s Statement, &'s ast::App)> {
    statements(snapshot, tenant).filter_map(move |statement| match &statement.body {
        Body::App(app) if app.names.iter().any(|one| one.value == name) => Some((statement, app)),
        _ => None,
    })
}

/// The first statement that declares an app.
pub(crate) fn app<'s>(snapshot: &'s Snapshot, tenant: &str, name: &str) -> Option<&'s ast::App> {
    apps(snapshot, tenant, name).next().map(|(_, app)| app)
}

/// The statement that declares a service.
pub(crate) fn service<'s>(snapshot: &'s Snapshot, tenant: &str, name: &str) -> Option<&'s ast::Service> {
    statements(snapshot, tenant).find_map(|statement| match &statement.body {
        Body::Service(service) if service.name.value == name => Some(service),
        _ => None,
    })
}

/// The service that an `expose` of this name leads to: of that name, or for the app of that name.
pub(crate) fn service_of<'s>(snapshot: &'s Snapshot, tenant: &str, name: &str) -> Option<&'s ast::Service> {
    let for_app = || {
        statements(snapshot, tenant).find_map(|statement| match &statement.body {
            Body::Service(service) if service.app.as_ref().is_some_and(|app| app.value == name) => Some(service),
            _ => None,
        })
    };
    service(snapshot, tenant, name).or_else(for_app)
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

/// The numbers of a port, for a statement that holds in `envs`, or everywhere if there are none: `8080`, or `8080 in dev,
/// 9090 in prod`.
pub(crate) fn numbers(snapshot: &Snapshot, symbol: &Symbol, envs: &[ast::Name]) -> Option<String> {
    let (tenant, owner) = (symbol.tenant.as_ref()?, symbol.owner.as_ref()?);
    let ports = |statement: &'_ Statement| -> Vec<String> {
        let ports = match &statement.body {
            Body::App(app) if symbol.kind == Kind::Port && app.names.iter().any(|name| name.value == *owner) => {
                &app.ports
            }
            Body::Service(service) if symbol.kind == Kind::ServicePort && service.name.value == *owner => {
                &service.ports
            }
            _ => return Vec::new(),
        };
        ports.iter().filter(|port| port.name.value == symbol.name).map(number).collect()
    };
    let meets =
        |statement: &&Statement| envs.is_empty() || envs.iter().any(|env| statement.is_in(Some(env.value.as_str())));
    let found = statements(snapshot, tenant).filter(meets).flat_map(|statement| {
        let its: Vec<SmolStr> = statement.tags.envs.iter().map(|env| env.value.clone()).collect();
        ports(statement).into_iter().map(move |number| (its.clone(), number))
    });
    let found: Vec<(Vec<SmolStr>, String)> = found.collect();
    (!found.is_empty()).then(|| in_envs(found))
}

/// Values, each with the environments that it holds in if not in all: of several, which is where.
pub(crate) fn in_envs(values: Vec<(Vec<SmolStr>, String)>) -> String {
    let mut each: Vec<(String, Vec<SmolStr>)> = Vec::new();
    for (envs, value) in values {
        match each.iter_mut().find(|(known, _)| *known == value) {
            Some((_, its)) => its.extend(envs),
            None => each.push((value, envs)),
        }
    }
    let several = each.len() > 1;
    let one = |(value, envs): (String, Vec<SmolStr>)| {
        if several && !envs.is_empty() { format!("{value} in {}", envs.join(", ")) } else { value }
    };
    each.into_iter().map(one).collect::<Vec<_>>().join(", ")
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
    let line = snapshot.source(span.file).line_of(span.start) + 1;
    format!("[{}]({}#L{line})", link_text(snapshot, span), snapshot.address(span.file))
}

/// A place in words: `shop.xks:3`.
pub(crate) fn link_text(snapshot: &Snapshot, span: Span) -> String {
    let source = snapshot.source(span.file);
    format!("{}:{}", source.path, source.line_of(span.start) + 1)
}

/// The statements of a file.
pub(crate) fn of_file(snapshot: &Snapshot, file: FileId) -> &[Statement] {
    &snapshot.parsed[file.0 as usize].file.statements
}
