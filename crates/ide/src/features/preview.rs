//! The YAML that a file, or some of its statements, becomes.

use crate::snapshot::{At, Snapshot};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use xks_core::emit;
use xks_core::lower::Origin;
use xks_core::source::{FileId, Span};

/// An object that statements become.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    /// The environment, where the platform declares any.
    pub(crate) env: Option<SmolStr>,
    /// The file that a build writes it to, from the workspace root.
    pub(crate) path: String,
    /// `NetworkPolicy`.
    pub(crate) kind: &'static str,
    /// What it is called.
    pub(crate) name: SmolStr,
    /// The document, from the line `---` on.
    pub(crate) text: String,
    /// The statements that it comes from.
    pub(crate) origins: Vec<Span>,
}

/// What the statements of a file become that touch `within`, or all of them, in every environment and in the order of the
/// files that a build writes.
pub(crate) fn objects(snapshot: &Snapshot, file: FileId, within: Option<Span>) -> Vec<Object> {
    let analysis = snapshot.analysis();
    let touches = |span: &Span| {
        span.file == file && within.is_none_or(|within| span.start <= within.end && within.start <= span.end)
    };
    let mut found = Vec::new();
    for (at, workspace) in analysis.workspaces.iter().enumerate() {
        let owner = workspace.owners.get(file.0 as usize).and_then(Option::as_ref);
        let tenant = owner.and_then(|owner| workspace.tenants().find(|tenant| tenant.name == *owner));
        let mut namespaces: BTreeSet<&SmolStr> = tenant.iter().map(|tenant| &tenant.namespace).collect();
        for flow in workspace.flows().filter(|flow| touches(&flow.origin)) {
            namespaces.extend(flow.egress_in.iter().chain(&flow.ingress_in));
        }
        let base = format!("{}/{}", analysis.output(), workspace.folder());
        let wanted = |origin: &Origin| match origin {
            Origin::Statements(spans) => spans.iter().any(touches),
            Origin::Tenant(name) => within.is_none() && Some(name) == owner,
        };
        for folder in snapshot.lowered.folders(analysis, at, &namespaces) {
            for document in emit::documents(&snapshot.sources, workspace, &folder, &base, wanted) {
                found.push(Object {
                    env: workspace.env.clone(),
                    kind: document.resource.object.kind(),
                    name: document.resource.object.metadata().name.clone(),
                    origins: match &document.resource.origin {
                        Origin::Statements(spans) => spans.clone(),
                        Origin::Tenant(_) => Vec::new(),
                    },
                    path: document.path,
                    text: document.text,
                });
            }
        }
        let includes =
            tenant.iter().flat_map(|tenant| tenant.includes.iter().map(|include| (&tenant.namespace, include)));
        for (namespace, include) in includes.filter(|(_, include)| touches(&include.origin)) {
            found.push(Object {
                env: workspace.env.clone(),
                path: format!("{base}{namespace}/include-{}.yaml", include.name),
                kind: "included file",
                name: include.name.clone(),
                text: emit::included(&include.text),
                origins: vec![include.origin],
            });
        }
    }
    found
}

/// A preview, and where each object is in it.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The text.
    pub text: String,
    /// The lines of each object.
    pub parts: Vec<(std::ops::Range<u32>, Vec<Span>)>,
}

/// The preview of a file, or of the statements that touch `within`.
pub fn preview(snapshot: &Snapshot, file: FileId, within: Option<Span>) -> Preview {
    let mut text = String::new();
    let errors = snapshot.analysis().diagnostics.iter().filter(|found| found.is_error()).count();
    if errors > 0 {
        let (noun, they) = if errors == 1 { ("error", "it is") } else { ("errors", "they are") };
        let _ = writeln!(
            text,
            "# The workspace has {errors} {noun}: nothing is built until {they} mended. What is sound becomes this."
        );
    }
    let objects = objects(snapshot, file, within);
    if objects.is_empty() {
        let what = if within.is_some() { "This becomes" } else { "This file becomes" };
        let _ = writeln!(text, "# {what} no object.");
    }
    let mut parts = Vec::new();
    let mut path = "";
    let mut line = text.lines().count() as u32;
    for object in &objects {
        if object.path != path {
            path = &object.path;
            let _ = writeln!(text, "# {path}");
            line += 1;
        }
        let count = object.text.lines().count() as u32;
        parts.push((line..line + count, object.origins.clone()));
        text.push_str(&object.text);
        line += count;
    }
    Preview { text, parts }
}

/// The lines of the preview of its file that hold the objects of the statement at a place.
pub fn implementation(snapshot: &Snapshot, at: At) -> Option<Vec<std::ops::Range<u32>>> {
    let statement = snapshot.statement(at)?.span;
    let parts = preview(snapshot, at.file, None).parts.into_iter();
    let of_it = parts
        .filter(|(_, origins)| origins.iter().any(|origin| origin.start == statement.start && origin.file == at.file));
    Some(of_it.map(|(lines, _)| lines).collect())
}

/// The statements that a line of a preview comes from.
pub fn origins(snapshot: &Snapshot, file: FileId, within: Option<Span>, line: u32) -> Option<Vec<Span>> {
    let parts = preview(snapshot, file, within).parts;
    parts.into_iter().find(|(lines, _)| lines.contains(&line)).map(|(_, origins)| origins)
}

/// The bytes of some lines, counted from zero.
pub fn lines(snapshot: &Snapshot, file: FileId, first: usize, last: usize) -> Span {
    let source = snapshot.source(file);
    let starts = source.line_starts();
    let end = source.text.len();
    let start = starts.get(first).map_or(end, |&start| start as usize);
    // Without the line's end: the next statement starts there.
    let next = starts.get(last + 1).map_or(end, |&next| (next as usize).saturating_sub(1));
    Span::new(file, start, next.max(start))
}
