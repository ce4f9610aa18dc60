//! Above statements: how many objects each becomes, and from how many tenants an app is reached.

use super::describe::is_app;
use super::{declared, preview};
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use serde_json::{Value, json};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use tower_lsp_server::gen_lsp_types::{CodeLens, Command, Range};
use xks::diagnostics::suggest::counted;
use xks::model::{End, Flow, Namespaces};
use xks::source::{FileId, Span};
use xks::syntax::ast::{Body, Name, Statement};

/// The lenses of a file.
pub(crate) fn lenses(snapshot: &Snapshot, file: FileId, settings: Settings) -> Vec<CodeLens> {
    let mut found = Vec::new();
    let objects = if settings.object_lenses { preview::objects(snapshot, file, None) } else { Vec::new() };
    for statement in declared::of_file(snapshot, file) {
        let range = snapshot.range(statement.span);
        let of_it = |origin: &Span| origin.file == file && origin.start == statement.span.start;
        let own: Vec<String> = objects
            .iter()
            .filter(|object| object.origins.iter().any(of_it))
            .map(|object| format!("{} {}", object.kind, object.name))
            .collect();
        if !own.is_empty() {
            let uri = &snapshot.document(file).uri;
            let arguments = vec![json!(uri), json!(range)];
            found.push(lens(range, counted(own.len(), "object"), own.join("\n"), "xks.openPreview", arguments));
        }
        if settings.reachability_lenses {
            found.extend(reached(snapshot, statement));
        }
    }
    found
}

/// From how many other tenants the apps of a statement are reached, or anything of a tenant.
fn reached(snapshot: &Snapshot, statement: &Statement) -> Vec<CodeLens> {
    let Some(own) = snapshot.index().tenant_of(statement.span.file) else { return Vec::new() };
    match &statement.body {
        Body::App(app) => {
            let several = app.names.len() > 1;
            app.names.iter().filter_map(|name| app_reached(snapshot, own, name, several)).collect()
        }
        Body::Tenant(tenant) => {
            let reaches = |end: &End| matches!(end, End::Pods(Namespaces::One(name, _), _) if name == own);
            let (tenants, _) = sources(snapshot, own, reaches);
            let title = title(tenants.len(), "nothing reaches this tenant from others");
            let range = snapshot.range(tenant.name.span);
            vec![lens(range, title, String::new(), "xks.openGraph", vec![json!(own.as_str())])]
        }
        _ => Vec::new(),
    }
}

fn app_reached(snapshot: &Snapshot, own: &SmolStr, name: &Name, several: bool) -> Option<CodeLens> {
    let (tenants, origins) = sources(snapshot, own, |end| is_app(end, own, &name.value));
    if tenants.is_empty() {
        return None;
    }
    let range = snapshot.range(name.span);
    let locations: Vec<Value> = origins.iter().map(|span| json!(snapshot.location(*span))).collect();
    let uri = &snapshot.document(name.span.file).uri;
    let arguments = vec![json!(uri), json!(range.start), json!(locations)];
    let names: Vec<&str> = tenants.iter().map(|name| name.as_str()).collect();
    // The lenses of one line stand in a row.
    let title =
        if several { format!("{}: {}", name.value, title(tenants.len(), "")) } else { title(tenants.len(), "") };
    Some(lens(range, title, names.join("\n"), "xks.showReferences", arguments))
}

/// The other tenants from which an end is reached, and the statements that open it. A flow counts once both of its halves
/// are written.
fn sources<'s>(
    snapshot: &'s Snapshot,
    own: &SmolStr,
    reaches: impl Fn(&End) -> bool,
) -> (BTreeSet<&'s SmolStr>, BTreeSet<Span>) {
    let (mut tenants, mut origins) = (BTreeSet::new(), BTreeSet::new());
    let flows = snapshot.analysis().workspaces.iter().flat_map(xks::model::Workspace::flows);
    let whole = |flow: &&Flow| flow.egress_in.is_some() && !flow.ingress_in.is_empty();
    for flow in flows.filter(whole).filter(|flow| reaches(&flow.to)) {
        if let End::Pods(Namespaces::One(name, _), _) = &flow.from
            && name != own
        {
            tenants.insert(name);
            origins.insert(flow.origin);
        }
    }
    (tenants, origins)
}

fn title(count: usize, nobody: &str) -> String {
    match count {
        0 => nobody.to_string(),
        count => format!("reachable from {}", counted(count, "tenant")),
    }
}

fn lens(range: Range, title: String, tooltip: String, command: &str, arguments: Vec<Value>) -> CodeLens {
    let tooltip = (!tooltip.is_empty()).then_some(tooltip);
    let command = Command { title, tooltip, command: command.to_string(), arguments: Some(arguments) };
    CodeLens { range, command: Some(command), data: None }
}
