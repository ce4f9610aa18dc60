//! Objects to bytes: the files of each folder. Nothing here touches the disk.

use crate::lower::{Folder, Origin, Resource};
use serde::Serialize;
use smol_str::SmolStr;
use std::borrow::Cow;
use xks_analysis::model::Workspace;
use xks_base::escape;
use xks_base::source::{Sources, Span};
use xks_kubernetes::k8s::{self, yaml};
use xks_syntax::format::one_line;

/// What objects are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML documents, each under the statement it comes from.
    Yaml,
    /// A `List` a file.
    Json,
}

/// The files of a build.
#[derive(Debug, Default)]
pub struct OutputTree {
    /// Paths relative to the output folder, with `/`, and their bytes; sorted by path.
    pub files: Vec<(String, Vec<u8>)>,
}

/// The first line of every YAML file that the compiler writes.
pub const MARKER: &str = "# Written by xks; changes belong into the .xks files.\n";
/// The start of every JSON file that the compiler writes.
const JSON_HEAD: &str = "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [\n";
/// The label by which a JSON file is known to be ours, as the first object carries it.
const JSON_LABEL: &[u8] = b"\"app.kubernetes.io/managed-by\": \"xks\"";
const DOCUMENT: &str = "---\n";

/// Whether a file's bytes are those of one that the compiler wrote.
pub fn written_by_xks(bytes: &[u8]) -> bool {
    let labelled = |bytes: &[u8]| bytes.windows(JSON_LABEL.len()).take(2048).any(|window| window == JSON_LABEL);
    bytes.starts_with(MARKER.as_bytes()) || bytes.starts_with(JSON_HEAD.as_bytes()) && labelled(bytes)
}

impl OutputTree {
    /// Everything as one stream, for standard output, piece by piece: YAML documents, or one JSON `List`. What only
    /// kustomize reads is left out.
    pub fn stream(&self, format: Format) -> Vec<Cow<'_, [u8]>> {
        let objects = self.files.iter().filter(|(path, _)| !path.ends_with("kustomization.yaml"));
        match format {
            Format::Yaml => objects
                .map(|(_, bytes)| Cow::Borrowed(bytes.strip_prefix(MARKER.as_bytes()).unwrap_or(bytes)))
                .collect(),
            Format::Json => {
                let mut items = Vec::new();
                for (_, bytes) in objects {
                    items.extend(read_back(bytes));
                }
                vec![Cow::Owned(json_list(&items))]
            }
        }
    }
}

/// The objects of a file of ours: a JSON `List`, or an included file, which stays YAML in either format.
fn read_back(bytes: &[u8]) -> Vec<serde_json::Value> {
    if let Ok(mut list) = serde_json::from_slice::<serde_json::Value>(bytes) {
        return list.get_mut("items").and_then(|items| items.as_array_mut().map(std::mem::take)).unwrap_or_default();
    }
    std::str::from_utf8(bytes).ok().and_then(|text| xks_kubernetes::yaml::values(text).ok()).unwrap_or_default()
}

/// The files of one namespace, below `prefix`, which is empty or ends in `/`.
pub fn folder(sources: &Sources, workspace: &Workspace, folder: &Folder, prefix: &str, format: Format) -> Vec<Written> {
    let comments = Comments { sources, owners: &workspace.owners, tenant: folder.tenant.as_ref() };
    let base = format!("{prefix}{}/", folder.namespace);
    let ending = match format {
        Format::Yaml => "yaml",
        Format::Json => "json",
    };
    let mut files = Vec::with_capacity(6);
    let mut listed = Vec::with_capacity(files.capacity());
    for resources in folder.resources.chunk_by(|a, b| a.object.file() == b.object.file()) {
        let bytes = match format {
            Format::Yaml => yaml_documents(&comments, resources),
            Format::Json => json_list(&resources.iter().map(|resource| &resource.object).collect::<Vec<_>>()),
        };
        let of = resources.first().map(|resource| resource.object.file());
        let name = format!("{}.{ending}", of.map_or("", k8s::File::stem));
        files.push(Written { path: format!("{base}{name}"), bytes, of });
        listed.push(name);
    }
    for (stem, text) in &folder.includes {
        let name = format!("include-{stem}.yaml");
        files.push(Written::other(format!("{base}{name}"), format!("{MARKER}{}", included(text)).into_bytes()));
        listed.push(name);
    }
    if !folder.mesh.is_empty() {
        files.push(Written::other(format!("{base}mesh/kustomization.yaml"), mesh_component(&folder.mesh)));
    }
    let kustomization = kustomization("Kustomization", "v1beta1", &listed);
    files.push(Written::other(format!("{base}kustomization.yaml"), kustomization));
    files
}

/// A file of one namespace.
#[derive(Debug)]
pub struct Written {
    /// Its path relative to the output folder.
    pub path: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
    /// Which objects are in it; `None` where the compiler did not make them.
    pub of: Option<k8s::File>,
}

impl Written {
    fn other(path: String, bytes: Vec<u8>) -> Written {
        Written { path, bytes, of: None }
    }
}

/// A hand-written file as it stands in the output, behind the first line.
pub fn included(text: &str) -> String {
    let separator = if text.starts_with("---") { "" } else { DOCUMENT };
    format!("{separator}{}\n", text.trim_end())
}

fn yaml_documents(comments: &Comments<'_>, resources: &[Resource]) -> Vec<u8> {
    let mut out = Vec::with_capacity(MARKER.len() + resources.len() * 640);
    out.extend_from_slice(MARKER.as_bytes());
    resources.iter().for_each(|resource| yaml_document(comments, resource, &mut out));
    out
}

fn yaml_document(comments: &Comments<'_>, resource: &Resource, out: &mut Vec<u8>) {
    out.extend_from_slice(DOCUMENT.as_bytes());
    comments.write(&resource.origin, out);
    yaml::document(&resource.object, out);
}

/// A document of a file that a build writes.
#[derive(Debug)]
pub struct Document<'f> {
    /// The file's path in the output folder.
    pub path: String,
    /// The object that it holds.
    pub resource: &'f Resource,
    /// What stands in the file, from the line `---` on.
    pub text: String,
}

/// Those documents of a folder, below `prefix`, that come from the origins that are `wanted`.
pub fn documents<'f>(
    sources: &Sources,
    workspace: &Workspace,
    folder: &'f Folder,
    prefix: &str,
    wanted: impl Fn(&Origin) -> bool,
) -> Vec<Document<'f>> {
    let comments = Comments { sources, owners: &workspace.owners, tenant: folder.tenant.as_ref() };
    let chosen = folder.resources.iter().filter(|resource| wanted(&resource.origin));
    let document = |resource: &'f Resource| {
        let path = format!("{prefix}{}/{}.yaml", folder.namespace, resource.object.file().stem());
        let mut out = Vec::with_capacity(640);
        yaml_document(&comments, resource, &mut out);
        Document { path, resource, text: String::from_utf8_lossy(&out).into_owned() }
    };
    chosen.map(document).collect()
}

/// What stands above the objects of a folder.
struct Comments<'a> {
    sources: &'a Sources,
    owners: &'a [Option<SmolStr>],
    tenant: Option<&'a SmolStr>,
}

impl Comments<'_> {
    /// The statements that an object comes from, a line each, as the formatter writes them: neither their layout nor
    /// their line numbers show. One of another tenant says whose it is.
    fn write(&self, origin: &Origin, out: &mut Vec<u8>) {
        let mut line = |span: Option<Span>, text: &str| {
            out.extend_from_slice(b"# ");
            let owner = span.and_then(|span| self.owners.get(span.file.0 as usize)?.as_ref());
            if let Some(owner) = owner.filter(|owner| Some(*owner) != self.tenant) {
                out.extend_from_slice(owner.as_bytes());
                out.extend_from_slice(b": ");
            }
            yaml::comment_text(text, out);
            out.push(b'\n');
        };
        match origin {
            Origin::Tenant(name) => line(None, &format!("tenant {name}")),
            Origin::Statements(spans) if spans.len() == 1 => {
                line(Some(spans[0]), &one_line(self.sources.text(spans[0])))
            }
            Origin::Statements(spans) => {
                let mut lines: Vec<(Cow<'_, str>, Span)> =
                    spans.iter().map(|span| (one_line(self.sources.text(*span)), *span)).collect();
                lines.sort();
                lines.dedup_by(|a, b| a.0 == b.0 && a.1.file == b.1.file);
                lines.iter().for_each(|(text, span)| line(Some(*span), text));
            }
        }
    }
}

fn json_list<T: Serialize>(items: &[T]) -> Vec<u8> {
    let mut out = JSON_HEAD.as_bytes().to_vec();
    for (at, item) in items.iter().enumerate() {
        let text = serde_json::to_string_pretty(item).unwrap_or_default();
        out.extend_from_slice(b"    ");
        out.extend_from_slice(escape::json(&text).replace('\n', "\n    ").as_bytes());
        out.extend_from_slice(if at + 1 < items.len() { b",\n" } else { b"\n" });
    }
    out.extend_from_slice(b"  ]\n}\n");
    out
}

fn kustomization(kind: &str, version: &str, resources: &[String]) -> Vec<u8> {
    let mut out = format!("{MARKER}apiVersion: kustomize.config.k8s.io/{version}\nkind: {kind}\n");
    if resources.is_empty() {
        out.push_str("resources: []\n");
    } else {
        out.push_str("resources:\n");
        for resource in resources {
            out.push_str("- ");
            out.push_str(resource);
            out.push('\n');
        }
    }
    out.into_bytes()
}

/// A kustomize Component that takes workloads into the mesh. The annotation belongs on the pod template: on the
/// workload itself the injector does not see it.
fn mesh_component(workloads: &[Option<SmolStr>]) -> Vec<u8> {
    let mut out = format!("{MARKER}apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n");
    for workload in workloads {
        for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
            out.push_str(&format!("- target:\n    group: apps\n    version: v1\n    kind: {kind}\n"));
            if let Some(name) = workload {
                out.push_str(&format!("    name: ^{name}$\n"));
            }
            out.push_str("  patch: |\n");
            out.push_str(&format!("    apiVersion: apps/v1\n    kind: {kind}\n    metadata:\n      name: any\n"));
            out.push_str("    spec:\n      template:\n        metadata:\n          annotations:\n            linkerd.io/inject: enabled\n");
        }
    }
    out.into_bytes()
}
