//! Reads manifests of any origin: YAML or JSON, many documents or lists in a file, kinds of all sorts.

mod ingress;
mod network_policy;
mod object;
mod service;
mod workload;

use super::objects::{Fault, Objects, Place};
use super::yaml::{self, Node};
use object::Object;
use rayon::prelude::*;

/// How many bytes are read one after the other before it pays to use all cores.
const SMALL: usize = 64 * 1024;

/// Reads files, given as path and text.
pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Objects {
    let mut objects = Objects::default();
    let mut parts = Vec::new();
    for (at, (path, text)) in files.into_iter().enumerate() {
        objects.files.push(path.to_string());
        let start = parts.len();
        parts.extend(split(text).map(|(document, line, text)| Part { file: at as u32, document, line, text }));
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
        vec![many(&parts)]
    } else {
        parts.par_chunks(parts.len().div_ceil(rayon::current_num_threads() * 4).max(1)).map(many).collect()
    };
    for part in read {
        take(&mut objects, part);
    }
    objects.faults.sort_by_key(|fault| fault.place);
    objects
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
fn split(text: &str) -> impl Iterator<Item = (u32, u32, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let ends = |line: &str| {
        line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
    };
    // Directives (`%YAML 1.1`) stand before the `---` of the document that they are for.
    let whole = text.lines().any(|line| line.starts_with('%'));
    let mut starts = vec![(0, 1)];
    let mut at = 0;
    for (line, number) in text.split_inclusive('\n').zip(1u32..) {
        if !whole && ends(line) && at > 0 {
            starts.push((at, number));
        }
        at += line.len();
    }
    let stops: Vec<usize> = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]).collect();
    let parts =
        starts.into_iter().zip(stops).map(|((start, line), stop)| (line, text.get(start..stop).unwrap_or_default()));
    let mut number = 0;
    parts.filter_map(move |(line, part)| {
        let is_marker = |line: &str| {
            let line = line.trim_end();
            line.is_empty() || line.trim_start().starts_with('#') || line == "---" || line == "..."
        };
        if part.lines().all(is_marker) {
            return None;
        }
        number += 1;
        Some((number - 1, line, part))
    })
}

fn many(parts: &[Part<'_>]) -> Objects {
    let mut out = Objects::default();
    for part in parts {
        document(part, &mut out);
    }
    out
}

/// Adds what was read of other documents of the same files.
fn take(objects: &mut Objects, mut part: Objects) {
    objects.namespaces.append(&mut part.namespaces);
    objects.workloads.append(&mut part.workloads);
    objects.services.append(&mut part.services);
    objects.endpoints.append(&mut part.endpoints);
    objects.ingresses.append(&mut part.ingresses);
    objects.policies.append(&mut part.policies);
    objects.faults.append(&mut part.faults);
    for (kind, count) in part.others {
        *objects.others.entry(kind).or_default() += count;
    }
}

fn document(part: &Part<'_>, out: &mut Objects) {
    let (roots, unreadable) = yaml::documents(part.text, part.line);
    let place = |line| Place { file: part.file, document: part.document, line };
    for root in &roots {
        objects(root, place(root.line), out);
    }
    if let Some(unreadable) = unreadable {
        let rule = format!("it is not YAML: {}", unreadable.why);
        out.faults.push(Fault { place: place(unreadable.line), object: String::new(), rule, refused: true });
    }
}

/// Reads an object, or the objects of a list.
fn objects(root: &Node<'_>, place: Place, out: &mut Objects) {
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
    let Some(mut object) = Object::new(node, place, &mut out.faults) else { return };
    match (object.group, object.kind) {
        ("", "Namespace") => {
            if let Some(namespace) = workload::namespace(&mut object) {
                out.namespaces.push(namespace);
            }
        }
        ("", "Service") => {
            if let Some(service) = service::service(&mut object) {
                out.services.push(service);
            }
        }
        ("", "Endpoints") => {
            if let Some(endpoints) = service::endpoints(&mut object) {
                out.endpoints.push(endpoints);
            }
        }
        ("discovery.k8s.io", "EndpointSlice") => {
            if let Some(endpoints) = service::endpoint_slice(&mut object) {
                out.endpoints.push(endpoints);
            }
        }
        ("networking.k8s.io" | "extensions", "Ingress") => {
            if let Some(ingress) = ingress::ingress(&mut object) {
                out.ingresses.push(ingress);
            }
        }
        ("networking.k8s.io" | "extensions", "NetworkPolicy") => {
            if let Some(policy) = network_policy::network_policy(&mut object) {
                out.policies.push(policy);
            }
        }
        ("" | "apps" | "batch" | "extensions", kind) if super::objects::WorkloadKind::of(kind).is_some() => {
            if let Some(workload) = workload::workload(&mut object) {
                out.workloads.push(workload);
            }
        }
        (_, kind) => *out.others.entry(kind.into()).or_default() += 1,
    }
}
