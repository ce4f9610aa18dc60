//! The YAML that a file, or some of its statements, becomes: a document of the scheme `xks-preview`, whose query names the
//! source and whose fragment the lines.

use crate::snapshot::{At, Snapshot};
use crate::world::World;
use percent_encoding::percent_decode_str;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tower_lsp_server::gen_lsp_types::{Location, Position, Range, TextDocumentPositionParams, Uri};
use xks_core::emit;
use xks_core::lower::Origin;
use xks_core::source::{FileId, Span};

/// The scheme of the documents.
pub(crate) const SCHEME: &str = "xks-preview";

/// An object that statements become.
pub(crate) struct Object {
    /// The environment, where the platform declares any.
    pub(crate) env: Option<SmolStr>,
    /// The file that a build writes it to, from the workspace root.
    pub(crate) path: String,
    /// `NetworkPolicy`, and its name.
    pub(crate) kind: &'static str,
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
pub(crate) struct Preview {
    pub(crate) text: String,
    /// The lines of each object.
    pub(crate) parts: Vec<(std::ops::Range<u32>, Vec<Span>)>,
}

/// The preview of a file, or of the statements that touch `within`.
pub(crate) fn preview(snapshot: &Snapshot, file: FileId, within: Option<Span>) -> Preview {
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

/// Where the objects of the statement at a place are in the preview of its file.
pub(crate) fn implementation(snapshot: &Snapshot, at: At) -> Option<Vec<Location>> {
    let statement = snapshot.statement(at)?.span;
    let uri = uri(snapshot, at.file);
    let parts = preview(snapshot, at.file, None).parts.into_iter();
    let of_it = parts
        .filter(|(_, origins)| origins.iter().any(|origin| origin.start == statement.start && origin.file == at.file));
    let places = of_it.map(|(lines, _)| {
        let start = Position { line: lines.start, character: 0 };
        let end = Position { line: lines.end, character: 0 };
        Location { uri: uri.clone(), range: Range { start, end } }
    });
    Some(places.collect())
}

/// The statements that a place in a preview comes from.
pub(crate) fn origins(world: &World, place: &TextDocumentPositionParams) -> Option<Vec<Location>> {
    let (snapshot, file, within) = find(world, &place.text_document.uri)?;
    let parts = preview(snapshot, file, within).parts;
    let (_, origins) = parts.into_iter().find(|(lines, _)| lines.contains(&place.position.line))?;
    Some(origins.into_iter().map(|span| snapshot.location(span)).collect())
}

/// The URI of a file's preview.
pub(crate) fn uri(snapshot: &Snapshot, file: FileId) -> Uri {
    let source = &snapshot.document(file).uri.0;
    let path =
        source.strip_prefix("file://").or_else(|| source.split_once(':').map(|(_, path)| path)).unwrap_or(source);
    let root = if path.starts_with('/') { "" } else { "/" };
    let query = percent_encoding::utf8_percent_encode(source, percent_encoding::NON_ALPHANUMERIC);
    Uri(format!("{SCHEME}:{root}{path}.yaml?{query}"))
}

/// The file that a preview is of, and its part.
pub(crate) fn find<'w>(world: &'w World, uri: &Uri) -> Option<(&'w Snapshot, FileId, Option<Span>)> {
    let rest = uri.0.strip_prefix(SCHEME)?.strip_prefix(':')?;
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let source = match rest.split_once('?') {
        Some((_, query)) => percent_decode_str(query).decode_utf8().ok()?.into_owned(),
        None => format!("file://{}", rest.strip_suffix(".yaml")?),
    };
    let (snapshot, file) = world.find(&Uri(source))?;
    Some((snapshot, file, lines(snapshot, file, fragment)))
}

/// The bytes of the lines `L3-L7`, counted from one.
fn lines(snapshot: &Snapshot, file: FileId, fragment: &str) -> Option<Span> {
    let fragment = percent_decode_str(fragment).decode_utf8().ok()?;
    let (first, last) = fragment.split_once('-').unwrap_or((&fragment, &fragment));
    let number = |text: &str| text.strip_prefix('L')?.parse::<usize>().ok()?.checked_sub(1);
    let (first, last) = (number(first)?, number(last)?);
    let source = snapshot.source(file);
    let starts = source.line_starts();
    let end = source.text.len();
    let start = starts.get(first).map_or(end, |&start| start as usize);
    // Without the line's end: the next statement starts there.
    let next = starts.get(last + 1).map_or(end, |&next| (next as usize).saturating_sub(1));
    Some(Span::new(file, start, next.max(start)))
}

/// The text of a document of our scheme.
pub(crate) fn content(world: &World, uri: &Uri) -> Option<String> {
    let (snapshot, file, within) = find(world, uri)?;
    Some(preview(snapshot, file, within).text)
}
