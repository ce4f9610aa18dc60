//! Renaming, in every file. What the new name would come to is analysed before anything changes: a rename that brings an
//! error, or makes a name mean something else, is refused with the reason.

use super::declared;
use crate::edits::in_place;
use crate::snapshot::{At, Snapshot, of_tenants};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;
use xks_core::diagnostics::{Diagnostic, Edit};
use xks_core::names::uses::{FileNames, Index, Kind, Occurrence, Symbol};
use xks_core::source::{FileId, Source, Sources, Span};
use xks_core::syntax::Parsed;
use xks_core::syntax::ast::{Body, Peer, PeerKind, Selection};
use xks_core::values::label::Requirement;
use xks_core::values::{name, port};

/// What a rename changes. The texts change before the files get their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rename {
    /// The changes of texts.
    pub edits: Vec<Edit>,
    /// The files that are called otherwise afterwards, each with its path from the root of the workspace.
    pub files: Vec<(FileId, String)>,
}

/// The words that a rename at a place would change with what they say now, or why there can be none.
///
/// # Errors
/// It is none of the user's names.
pub fn prepare(snapshot: &Snapshot, at: At) -> Result<Option<(Span, SmolStr)>, String> {
    let Some(found) = snapshot.index().at(at.file, at.offset) else { return Ok(None) };
    renamable(&found.symbol)?;
    Ok(Some((found.span, found.symbol.name)))
}

/// The changes of a rename, or why there can be none. A tenant takes its file along if `renames_files`.
///
/// # Errors
/// It is none of the user's names, the new one is no name, or what is written would mean something else or be wrong.
pub fn rename(snapshot: &Snapshot, at: At, new: &str, renames_files: bool) -> Result<Option<Rename>, String> {
    let Some(found) = snapshot.index().at(at.file, at.offset) else { return Ok(None) };
    let symbol = found.symbol;
    renamable(&symbol)?;
    valid(symbol.kind, new)?;
    if symbol.name == new {
        return Ok(Some(Rename::default()));
    }
    let change = Change::new(snapshot, symbol, SmolStr::new(new), renames_files);
    change.check(snapshot)?;
    Ok(Some(Rename { edits: in_place(snapshot, change.edits), files: change.files.into_iter().collect() }))
}

fn renamable(symbol: &Symbol) -> Result<(), String> {
    let why = match symbol.kind {
        Kind::Host => "a host is an address, not a name that this workspace gives",
        Kind::Annotation => "the controller gives annotations their names",
        Kind::Lint | Kind::BuiltIn => "this name belongs to the language",
        _ => return Ok(()),
    };
    Err(format!("`{}` cannot be renamed: {why}", symbol.name))
}

fn valid(kind: Kind, new: &str) -> Result<(), String> {
    let parsed = match kind {
        Kind::Service | Kind::External => name::service(new),
        Kind::Port | Kind::ServicePort | Kind::PortSet => port::name(new),
        Kind::Secret | Kind::Issuer => name::subdomain(new),
        _ => name::label(new),
    };
    parsed.map(|_| ()).map_err(|problem| match problem.meant {
        Some(meant) => format!("`{new}` is not a name: {}; write `{meant}`", problem.reason),
        None => format!("`{new}` is not a name: {}", problem.reason),
    })
}

struct Change {
    old: Symbol,
    new: Symbol,
    /// The places that name it.
    places: Vec<Occurrence>,
    edits: Vec<Edit>,
    /// What each file is called afterwards, if not as before.
    files: BTreeMap<FileId, String>,
}

impl Change {
    fn new(snapshot: &Snapshot, old: Symbol, name: SmolStr, renames_files: bool) -> Change {
        let places = snapshot.index().occurrences(&old);
        let edits = places.iter().map(|place| Edit { span: place.span, text: name.to_string() }).collect();
        let new = Symbol { name, ..old.clone() };
        let mut change = Change { old, new, places, edits, files: BTreeMap::new() };
        match change.old.kind {
            Kind::Tenant => change.rename_files(snapshot, renames_files),
            Kind::App | Kind::Service => change.keep_services(snapshot),
            _ => {}
        }
        change
    }

    /// A tenant that no statement names is called like its file.
    fn rename_files(&mut self, snapshot: &Snapshot, possible: bool) {
        let index = snapshot.index();
        for &file in index.files_of(&self.old.name).iter().filter(|file| !index.says_tenant(**file)) {
            if !possible {
                let text = format!("tenant {}\n", self.new.name);
                let start = if snapshot.source(file).text.starts_with('\u{feff}') { 3 } else { 0 };
                self.edits.push(Edit { span: Span::new(file, start, start), text });
                continue;
            }
            let path = format!("{}{}.xks", snapshot.source(file).folder(), self.new.name);
            self.files.insert(file, path);
        }
    }

    /// A service without `for` leads to the app of its own name; when one of the two is renamed, it says so.
    fn keep_services(&mut self, snapshot: &Snapshot) {
        let Some(tenant) = &self.old.tenant else { return };
        let app = if self.old.kind == Kind::App { &self.new.name } else { &self.old.name };
        for file in snapshot.index().files_of(tenant) {
            for statement in &snapshot.parsed[file.0 as usize].file.statements {
                let Body::Service(service) = &statement.body else { continue };
                if service.app.is_none() && service.name.value == self.old.name {
                    self.edits.push(Edit { span: service.name.span.after(), text: format!(" for {app}") });
                }
            }
        }
    }

    /// Words such as `*/db` and `pods(app=db)`, which take in an app by its name and would lose it.
    fn named_for_all(&self, snapshot: &Snapshot) -> Option<String> {
        if self.old.kind != Kind::App || self.old.tenant.is_none() {
            return None;
        }
        let everywhere = Symbol { tenant: None, ..self.old.clone() };
        let place = |span: Span| format!("in {}", declared::link_text(snapshot, span));
        if let Some(found) = snapshot.index().occurrences(&everywhere).first() {
            return Some(format!("a peer {}", place(found.span)));
        }
        let workspace = snapshot.analysis().workspaces.first()?;
        let value = |requirement: &Requirement| match requirement {
            Requirement::In(key, values) | Requirement::NotIn(key, values) => {
                *key == workspace.platform.app_label && values.contains(&self.old.name)
            }
            Requirement::Exists(_) | Requirement::Absent(_) => false,
        };
        let by_label =
            |peer: &&Peer| matches!(&peer.kind, PeerKind::Pods(_, Selection::Labelled(all)) if all.iter().any(value));
        let mut peers = snapshot
            .parsed
            .iter()
            .flat_map(|parsed| &parsed.file.statements)
            .flat_map(|statement| statement.body.peers());
        peers.find(by_label).map(|peer| format!("a selector {}", place(peer.span)))
    }

    /// Analyses the workspace as it would be.
    fn check(&self, snapshot: &Snapshot) -> Result<(), String> {
        let index = snapshot.index();
        if let Some(words) = self.named_for_all(snapshot) {
            return Err(format!(
                "`{}` cannot be renamed here: {words} stands for every app of that name",
                self.old.name
            ));
        }
        let is_tenant = self.new.kind == Kind::Tenant && !index.files_of(&self.new.name).is_empty();
        if is_tenant || !index.occurrences(&self.new).is_empty() {
            return Err(format!("`{}` is taken", self.new.name));
        }
        let path = |file: FileId| self.files.get(&file).map_or(snapshot.source(file).path.as_str(), String::as_str);
        let mut order: Vec<FileId> = snapshot.sources.ids().collect();
        order.sort_by_key(|file| path(*file));
        if order.windows(2).any(|pair| path(pair[0]) == path(pair[1])) {
            return Err(format!("there is a file `{}.xks` already", self.new.name));
        }
        let text = |file: FileId| edited(&snapshot.source(file).text, file, &self.edits);
        let files = order.iter().map(|&file| Arc::new(Source::new(path(file), text(file)))).collect();
        let sources = Sources::shared(files);
        let parsed = xks_core::parse(&sources);
        let after = xks_core::analyze(&sources, &parsed, &snapshot.manifests, &snapshot.options);
        if let Some(error) = brought(&snapshot.analysis().diagnostics, &after.diagnostics) {
            return Err(format!("`{}` brings an error: {}", self.new.name, error.message));
        }
        let read = |(source, parsed): (&Arc<Source>, &Parsed)| Arc::new(FileNames::new(source, parsed));
        let after = Index::new(of_tenants(sources.files().iter().zip(&parsed).map(read).collect(), &sources, &parsed));
        for place in &self.places {
            let Some(file) = order.iter().position(|file| *file == place.span.file) else { continue };
            let found = after.at(FileId(file as u32), shifted(place.span, &self.edits));
            if found.is_none_or(|found| found.symbol != self.new) {
                let path = &snapshot.source(place.span.file).path;
                return Err(format!("`{}` would mean something else in {path}", self.new.name));
            }
        }
        Ok(())
    }
}

/// A text after those of the edits that are its own.
fn edited(text: &str, file: FileId, edits: &[Edit]) -> String {
    let mut own: Vec<&Edit> = edits.iter().filter(|edit| edit.span.file == file).collect();
    own.sort();
    let mut text = text.to_string();
    for edit in own.iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    text
}

/// Where a span starts after the edits.
fn shifted(span: Span, edits: &[Edit]) -> u32 {
    let before =
        edits.iter().filter(|edit| edit.span.file == span.file && edit.span.end <= span.start && edit.span != span);
    let grown: i64 = before.map(|edit| edit.text.len() as i64 - i64::from(edit.span.end - edit.span.start)).sum();
    (i64::from(span.start) + grown) as u32
}

/// An error of a code that was found less often before.
fn brought<'d>(before: &[Diagnostic], after: &'d [Diagnostic]) -> Option<&'d Diagnostic> {
    let count = |all: &[Diagnostic], code: &str| all.iter().filter(|one| one.code.name == code).count();
    after.iter().filter(|one| one.is_error()).find(|one| count(after, one.code.name) > count(before, one.code.name))
}
