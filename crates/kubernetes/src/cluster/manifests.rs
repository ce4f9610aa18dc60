//! Reads manifests of any origin: YAML or JSON, many documents or lists in a file, kinds of all sorts.

mod certificate;
mod ingress;
mod network_policy;
mod object;
mod service;
mod workload;

use super::fast_yaml::{self, Document};
use super::objects::{self, EnginePolicy, Fault, Named, Objects, Place};
use crate::kinds::{self, Standing};
use crate::yaml::{self, Node};
use memchr::{memchr_iter, memmem};
use object::Object;
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// How many bytes are read one after the other before it pays to use all cores.
const SMALL: usize = 64 * 1024;

/// How documents are read. Both give the same objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// By the fast reader where that can, by the general one where not.
    Fast,
    /// All by the general reader.
    General,
    /// All by the fast reader: what it cannot read is a fault.
    Strict,
}

/// Reads files, given as path and text.
pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Objects {
    read_by(Reader::Fast, files)
}

/// Reads files by the reader of choice.
pub fn read_by<'a>(reader: Reader, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Objects {
    let mut objects = Objects::default();
    let mut parts = Vec::new();
    for (at, (path, text)) in files.into_iter().enumerate() {
        objects.files.push(path.to_string());
        let start = parts.len();
        parts.extend(split(text).into_iter().map(|(document, line, text)| Part {
            file: at as u32,
            document,
            line,
            text,
        }));
        if parts.len() == start {
            objects.faults.push(Fault {
                place: Place { file: at as u32, document: 0, line: 1 },
                object: String::new(),
                rule: "there is no Kubernetes object in it".to_string(),
                refused: true,
            });
        }
    }
    let few = parts.iter().map(|part| part.text.len()).sum::<usize>() < SMALL;
    let read: Vec<Objects> = if few {
        vec![many(&parts, reader)]
    } else {
        let share = parts.len().div_ceil(rayon::current_num_threads() * 4).max(1);
        parts.par_chunks(share).map(|parts| many(parts, reader)).collect()
    };
    for part in read {
        objects.absorb(part, 0);
    }
    twice(&mut objects);
    objects.faults.sort_by_key(|fault| fault.place);
    objects
}

/// Of objects of the same kind and name the last one counts, as it does when they are applied in turn.
fn twice(objects: &mut Objects) {
    let mut found = Vec::new();
    found.extend(all_but_last(&mut objects.namespaces));
    found.extend(all_but_last(&mut objects.workloads));
    found.extend(all_but_last(&mut objects.services));
    found.extend(all_but_last(&mut objects.ingresses));
    found.extend(all_but_last(&mut objects.policies));
    for (place, object, later) in found {
        let rule = format!("it stands again at {}, and that one counts", objects.place(later));
        objects.faults.push(Fault { place, object, rule, refused: false });
    }
}

/// Takes out what stands again later: its place, its name, and where it stands again.
fn all_but_last<T: Named>(objects: &mut Vec<T>) -> Vec<(Place, String, Place)> {
    let identity = |object: &T| (object.kind(), object.namespace().clone(), object.name().clone());
    let mut seen = FxHashSet::with_capacity_and_hasher(objects.len(), FxBuildHasher);
    if objects.iter().all(|object| seen.insert((object.kind(), object.namespace().as_str(), object.name().as_str()))) {
        return Vec::new();
    }
    let last: FxHashMap<_, Place> = objects.iter().map(|object| (identity(object), object.place())).collect();
    let mut out = Vec::new();
    objects.retain(|object| {
        // A prefix for the name that the API server is to make up names nothing twice.
        let later = last.get(&identity(object));
        let Some(later) = later.filter(|later| **later != object.place() && !object.name().ends_with('-')) else {
            return true;
        };
        out.push((object.place(), objects::title(object.kind(), object.namespace(), object.name()), *later));
        false
    });
    out
}

/// One document of a file.
struct Part<'a> {
    file: u32,
    document: u32,
    /// The line that its text starts on.
    line: u32,
    text: &'a str,
}

/// The documents of a file that are not empty, each with its number and first line. `---` at the start of a line ends a
/// document wherever it stands, even in a string.
pub fn split(text: &str) -> Vec<(u32, u32, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.as_bytes();
    // Directives (`%YAML 1.1`) stand before the `---` of the document that they are for.
    let whole = text.starts_with('%') || memmem::find(bytes, b"\n%").is_some();
    let is_marker = |at: &usize| matches!(bytes.get(at + 3), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
    let markers = memmem::find_iter(bytes, b"\n---").map(|at| at + 1).filter(|at| !whole && is_marker(at));
    let mut out = Vec::new();
    let (mut start, mut line) = (0, 1);
    for stop in markers.chain([text.len()]) {
        let part = text.get(start..stop).unwrap_or_default();
        if !is_empty(part) {
            out.push((out.len() as u32, line, part));
        }
        line += memchr_iter(b'\n', part.as_bytes()).count() as u32;
        start = stop;
    }
    out
}

/// Whether a document is nothing but comments and markers.
fn is_empty(document: &str) -> bool {
    let mut lines = document.as_bytes().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.all(|line| matches!(line, [] | [b'#', ..] | b"---" | b"..."))
}

fn many(parts: &[Part<'_>], reader: Reader) -> Objects {
    let mut out = Objects::default();
    for part in parts {
        document(part, reader, &mut out);
    }
    out
}

fn document(part: &Part<'_>, reader: Reader, out: &mut Objects) {
    let place = |line| Place { file: part.file, document: part.document, line };
    if reader != Reader::General {
        match fast_yaml::document(part.text, place(part.line)) {
            Some(Document::Policy(policy)) => return out.policies.push(policy),
            Some(Document::Tree(root)) => return tree(&root, place(root.line), out),
            None => {}
        }
    }
    if reader == Reader::Strict {
        let rule = "the fast reader does not read it".to_string();
        return out.faults.push(Fault { place: place(part.line), object: String::new(), rule, refused: true });
    }
    let (roots, unreadable) = yaml::documents(part.text, part.line);
    for root in &roots {
        tree(root, place(root.line), out);
    }
    if let Some(unreadable) = unreadable {
        let rule = format!("it is not YAML: {}", unreadable.why);
        out.faults.push(Fault { place: place(unreadable.line), object: String::new(), rule, refused: true });
    }
}

/// Reads an object, or the objects of a list.
fn tree(root: &Node<'_>, place: Place, out: &mut Objects) {
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        let kind = node.get("kind").and_then(Node::as_str).unwrap_or_default();
        match node.get("items") {
            Some(items) if kind.ends_with("List") => waiting.extend(items.items().iter().rev()),
            _ => object(node, Place { line: node.line, ..place }, out),
        }
    }
}

fn object(node: &Node<'_>, place: Place, out: &mut Objects) {
    let Some(object) = Object::new(node, place, &mut out.faults) else { return };
    match (object.group, object.kind) {
        ("", "Namespace") => out.namespaces.push(workload::namespace(&object)),
        ("", "Service") => out.services.push(service::service(&object)),
        ("", "Endpoints") => out.endpoints.push(service::endpoints(&object)),
        ("discovery.k8s.io", "EndpointSlice") => out.endpoints.push(service::endpoint_slice(&object)),
        ("networking.k8s.io", "Ingress") => out.ingresses.push(ingress::ingress(&object)),
        ("networking.k8s.io", "NetworkPolicy") => out.policies.push(network_policy::network_policy(&object)),
        ("cert-manager.io", "Certificate") => out.certificates.push(certificate::certificate(&object)),
        (group, kind) if kinds::is_policy(group) => {
            let of_cluster = matches!(kinds::standing(group, kind), Standing::Never(_));
            out.engine_policies.push(EnginePolicy {
                group: group.into(),
                kind: kind.into(),
                namespace: (!of_cluster).then(|| object.namespace.into()),
                name: object.name.into(),
                may_open: group != "policy.linkerd.io",
                place: object.place,
            });
        }
        (group, kind) => match objects::WorkloadKind::of(kind).filter(|_| matches!(group, "" | "apps" | "batch")) {
            Some(kind) => out.workloads.push(workload::workload(&object, kind)),
            None => *out.others.entry(kind.into()).or_default() += 1,
        },
    }
}
