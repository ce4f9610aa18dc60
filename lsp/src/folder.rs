//! One workspace as it changes: what lies on the disk, and over it what the editor has open. Only the file that changes
//! is read anew.

use crate::client::Abilities;
use crate::invariants::Broken;
use crate::known::Known;
use crate::position::Encoding;
use crate::snapshot::{Document, Snapshot, name_below};
use crate::uri;
use rayon::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::{LanguageKind, TextDocumentContentChangeEvent, TextDocumentItem};
use xks_core::names::uses::FileNames;
use xks_core::source::{FileId, Source, Sources};
use xks_core::syntax::{MAX_FILE, Parsed};
use xks_core::{Manifests, Options};
use xks_disk::Unreadable;

/// A workspace: a folder with all its files, or one file that lies in no folder of the editor.
pub(crate) struct Workspace {
    /// The folder that paths start from.
    pub(crate) root: PathBuf,
    /// The name of the only file.
    lone: Option<String>,
    /// Sorted by path: a file's [`FileId`] is its index.
    files: Vec<File>,
    manifests: Arc<Manifests>,
    /// Whether what `include` names may have changed on the disk.
    stale_manifests: bool,
    unreadable: Arc<Vec<Unreadable>>,
    /// What `never` and `expect` came to when they were last held.
    held: Vec<Broken>,
    /// The state as others see it; `None` after a change.
    picture: Option<Arc<Snapshot>>,
    known: Arc<Known>,
    client: Arc<Abilities>,
}

/// A file, read.
#[derive(Clone)]
struct File {
    source: Arc<Source>,
    parsed: Arc<Parsed>,
    names: Arc<FileNames>,
    document: Arc<Document>,
}

/// A file before it is read.
struct Text {
    source: Arc<Source>,
    document: Arc<Document>,
}

impl Workspace {
    /// A folder, with what lies in it.
    pub(crate) fn folder(root: PathBuf, client: Arc<Abilities>) -> Workspace {
        let mut workspace = Workspace::empty(root, None, client);
        workspace.rescan();
        workspace
    }

    /// A file by itself.
    pub(crate) fn file(path: &Path, client: Arc<Abilities>) -> Option<Workspace> {
        let name = path.file_name()?.to_str()?.to_string();
        Some(Workspace::empty(path.parent()?.to_path_buf(), Some(name), client))
    }

    fn empty(root: PathBuf, lone: Option<String>, client: Arc<Abilities>) -> Workspace {
        Workspace {
            root,
            lone,
            files: Vec::new(),
            manifests: Arc::default(),
            stale_manifests: false,
            unreadable: Arc::default(),
            held: Vec::new(),
            picture: None,
            known: Arc::default(),
            client,
        }
    }

    /// Whether this is the workspace that a picture was made of.
    pub(crate) fn is_of(&self, snapshot: &Snapshot) -> bool {
        self.root == snapshot.root && self.lone == snapshot.lone
    }

    /// Takes over what `never` and `expect` come to.
    pub(crate) fn hold(&mut self, found: Vec<Broken>) {
        if self.held.is_empty() && found.is_empty() {
            return;
        }
        self.held = found;
        if let Some(picture) = &self.picture {
            let broken = self.held.iter().filter_map(|found| found.within(picture)).collect();
            self.picture = Some(Arc::new(picture.with_broken(broken)));
        }
    }

    /// Whether it is one file that nobody has open any more.
    pub(crate) fn is_over(&self) -> bool {
        self.lone.is_some() && self.files.iter().all(|file| file.document.version.is_none())
    }

    /// What the editor has open here.
    pub(crate) fn open_documents(&self) -> Vec<TextDocumentItem> {
        let item = |file: &File| {
            let language_id = LanguageKind::Custom("xks".into());
            let (uri, text) = (file.document.uri.clone(), file.source.text.clone());
            file.document.version.map(|version| TextDocumentItem { uri, language_id, version, text })
        };
        self.files.iter().filter_map(item).collect()
    }

    /// The name of a path in this workspace, if the workspace may hold it.
    pub(crate) fn name_of(&self, path: &Path) -> Option<String> {
        let name = name_below(&self.root, path)?;
        self.lone.as_ref().is_none_or(|lone| *lone == name).then_some(name)
    }

    /// Whether the workspace holds a file of that name, be it one that cannot be read from the disk.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_ok() || self.unreadable.iter().any(|problem| problem.path == name)
    }

    /// Whether a file lies below a folder of that name.
    pub(crate) fn holds_below(&self, name: &str) -> bool {
        let below = |path: &str| path.strip_prefix(name).is_some_and(|rest| name.is_empty() || rest.starts_with('/'));
        let unreadable = self.unreadable.iter().any(|problem| below(&problem.path));
        unreadable || self.files.iter().any(|file| below(&file.source.path))
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.files.binary_search_by(|file| file.source.path.as_str().cmp(name))
    }

    /// Takes over a document that the editor has opened.
    pub(crate) fn open(&mut self, name: String, item: TextDocumentItem) {
        let document = Document { uri: item.uri, version: Some(item.version) };
        if self.unreadable.iter().any(|problem| problem.path == name) {
            Arc::make_mut(&mut self.unreadable).retain(|problem| problem.path != name);
        }
        self.put(Text { source: Arc::new(Source::new(name, item.text)), document: Arc::new(document) });
    }

    /// Applies the changes of a document that is open. Those of an older version come too late.
    pub(crate) fn change(&mut self, name: &str, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let Ok(at) = self.find(name) else { return };
        let file = &self.files[at];
        if file.document.version.is_none_or(|known| version < known) {
            return;
        }
        let text = edited(&file.source, self.client.encoding, changes);
        let document = Document { uri: file.document.uri.clone(), version: Some(version) };
        self.put(Text { source: Arc::new(Source::new(name, text)), document: Arc::new(document) });
    }

    /// Gives a document back to the disk.
    pub(crate) fn close(&mut self, name: &str) {
        let path = self.root.join(name);
        match xks_disk::read(&path, MAX_FILE) {
            Ok(text) if self.lone.is_none() => {
                let document = Document { uri: uri::from_path(&path), version: None };
                self.put(Text { source: Arc::new(Source::new(name, text)), document: Arc::new(document) });
            }
            _ => {
                self.rebuild(Vec::new(), |file| file.source.path != name);
                self.rescan(); // if it is there, this says why it cannot be read
            }
        }
    }

    /// Takes over what a file on the disk holds now, unless the editor has it open. Says whether that was possible without
    /// looking at the whole folder.
    pub(crate) fn reread(&mut self, name: &str) -> bool {
        let Ok(at) = self.find(name) else { return false };
        if self.files[at].document.version.is_some() {
            return true;
        }
        let Ok(text) = xks_disk::read(&self.root.join(name), MAX_FILE) else { return false };
        let document = Arc::clone(&self.files[at].document);
        self.put(Text { source: Arc::new(Source::new(name, text)), document });
        true
    }

    /// Looks at the whole folder again: files may have come, gone or changed.
    pub(crate) fn rescan(&mut self) {
        self.manifests_changed();
        if self.lone.is_some() {
            return;
        }
        let (found, mut unreadable) = xks_disk::find(&self.root);
        // A folder that is not there holds nothing that could not be read.
        unreadable.retain(|problem| problem.path != "." || self.root.exists());
        let is_open = |name: &str| self.find(name).is_ok_and(|at| self.files[at].document.version.is_some());
        let read: Vec<Result<Text, Unreadable>> = found
            .into_par_iter()
            .filter(|file| !is_open(&file.name))
            .map(|file| match xks_disk::read(&file.path, MAX_FILE) {
                Ok(text) => {
                    let document = Document { uri: uri::from_path(&file.path), version: None };
                    let known = self.find(&file.name).ok().map(|at| &self.files[at].source);
                    let source = match known.filter(|known| known.text == text) {
                        Some(known) => Arc::clone(known),
                        None => Arc::new(Source::new(file.name, text)),
                    };
                    Ok(Text { source, document: Arc::new(document) })
                }
                Err(reason) => Err(Unreadable { path: file.name, reason }),
            })
            .collect();
        let mut texts = Vec::with_capacity(read.len());
        for one in read {
            match one {
                Ok(text) => texts.push(text),
                Err(problem) => unreadable.push(problem),
            }
        }
        unreadable.sort();
        self.unreadable = Arc::new(unreadable);
        self.rebuild(texts, |file| file.document.version.is_some());
    }

    /// What `include` names is to be read again.
    pub(crate) fn manifests_changed(&mut self) {
        self.stale_manifests = true;
        self.picture = None;
    }

    /// Puts a file in the place of one of the same name, or among the others.
    fn put(&mut self, text: Text) {
        match self.find(&text.source.path) {
            Ok(at) => {
                self.files[at] = read(FileId(at as u32), text);
                self.picture = None;
            }
            Err(_) => self.rebuild(vec![text], |_| true),
        }
    }

    /// Adds files, which others of that name make way for, and keeps some of the old ones. Only those whose text or index
    /// changes are read.
    fn rebuild(&mut self, added: Vec<Text>, keep: impl Fn(&File) -> bool) {
        let is_added = |path: &str| added.iter().any(|text| text.source.path == path);
        let kept = self.files.iter().filter(|file| keep(file) && !is_added(&file.source.path));
        let mut texts: Vec<Text> =
            kept.map(|file| Text { source: Arc::clone(&file.source), document: Arc::clone(&file.document) }).collect();
        texts.extend(added);
        texts.sort_by(|a, b| a.source.path.cmp(&b.source.path));
        let reuse = |(at, text): (usize, Text)| match self.files.get(at) {
            Some(file) if Arc::ptr_eq(&file.source, &text.source) => File { document: text.document, ..file.clone() },
            _ => read(FileId(at as u32), text),
        };
        self.files = texts.into_par_iter().enumerate().map(reuse).collect();
        self.picture = None;
    }

    /// The workspace as it is now.
    pub(crate) fn snapshot(&mut self) -> Arc<Snapshot> {
        if let Some(picture) = &self.picture {
            return Arc::clone(picture);
        }
        let sources = Sources::shared(self.files.iter().map(|file| Arc::clone(&file.source)).collect());
        let parsed: Vec<_> = self.files.iter().map(|file| Arc::clone(&file.parsed)).collect();
        self.read_manifests(xks_core::includes(&sources, &parsed));
        let mut picture = Snapshot {
            root: self.root.clone(),
            lone: self.lone.clone(),
            sources,
            parsed,
            documents: self.files.iter().map(|file| Arc::clone(&file.document)).collect(),
            names: self.files.iter().map(|file| Arc::clone(&file.names)).collect(),
            manifests: Arc::clone(&self.manifests),
            unreadable: Arc::clone(&self.unreadable),
            options: Options { today: Some(xks_disk::today()) },
            client: Arc::clone(&self.client),
            index: Arc::default(),
            analysis: Arc::default(),
            known: Arc::clone(&self.known),
            lowered: Arc::default(),
            broken: Vec::new(),
        };
        picture.broken = self.held.iter().filter_map(|found| found.within(&picture)).collect();
        let picture = Arc::new(picture);
        self.picture = Some(Arc::clone(&picture));
        picture
    }

    fn read_manifests(&mut self, wanted: Vec<String>) {
        if !self.stale_manifests && wanted.iter().eq(self.manifests.keys()) {
            return;
        }
        self.manifests = Arc::new(xks_disk::read_includes(&self.root, wanted, MAX_FILE));
        self.stale_manifests = false;
    }
}

/// Reads a file. Should the compiler panic on it, the file says nothing, and the server goes on with the text it has.
fn read(id: FileId, text: Text) -> File {
    let read = |content: &str| {
        let parsed = xks_core::syntax::parse(id, content);
        let names = FileNames::new(&text.source, &parsed);
        (parsed, names)
    };
    let (parsed, names) = catch_unwind(AssertUnwindSafe(|| read(&text.source.text))).unwrap_or_else(|_| read(""));
    File { source: text.source, parsed: Arc::new(parsed), names: Arc::new(names), document: text.document }
}

/// A text after the changes, each of which counts in the text that the one before has left.
fn edited(source: &Source, encoding: Encoding, changes: Vec<TextDocumentContentChangeEvent>) -> String {
    let mut text = source.text.clone();
    for change in changes {
        match change {
            TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                let before = Source::new("", text);
                let bytes = encoding.bytes(&before, part.range);
                text = before.text;
                text.replace_range(bytes, &part.text);
            }
        }
    }
    text
}
