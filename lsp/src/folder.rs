//! One workspace as it changes: what lies on the disk, and over it what the editor has open.

use crate::client::Abilities;
use crate::uri;
use crate::view::{View, plain};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::{LanguageKind, TextDocumentContentChangeEvent, TextDocumentItem, Uri};
use xks_core::source::Source;
use xks_core::syntax::MAX_FILE;
use xks_disk::Unreadable;
use xks_ide::invariants::Broken;
use xks_ide::paths::name_below;
use xks_ide::position::{Encoding, Range};
use xks_ide::snapshot::Listing;
use xks_ide::workspace::{Text, Workspace};

/// A workspace: a folder with all its files, or one file that lies in no folder of the editor.
pub(crate) struct Folder {
    /// The folder that paths start from.
    pub(crate) root: PathBuf,
    /// The name of the only file.
    lone: Option<String>,
    /// The workspaces below, whose files are not this one's.
    without: Vec<PathBuf>,
    /// Where the files lead that are links, from the root.
    links: BTreeMap<String, String>,
    /// What the files say.
    workspace: Workspace,
    /// The names of the files that the editor has open, with its versions.
    open: BTreeMap<String, i32>,
    unreadable: Arc<Vec<Unreadable>>,
    /// The state as others see it; `None` after a change.
    view: Option<Arc<View>>,
    client: Arc<Abilities>,
}

impl Folder {
    /// A folder, with what lies in it, but not in some folders below.
    pub(crate) fn whole(root: PathBuf, without: Vec<PathBuf>, client: Arc<Abilities>) -> Folder {
        let mut folder = Folder { without, ..Folder::empty(root, None, client) };
        folder.rescan();
        folder
    }

    /// A file by itself.
    pub(crate) fn file(path: &Path, client: Arc<Abilities>) -> Option<Folder> {
        let name = path.file_name()?.to_str()?.to_string();
        Some(Folder::empty(path.parent()?.to_path_buf(), Some(name), client))
    }

    fn empty(root: PathBuf, lone: Option<String>, client: Arc<Abilities>) -> Folder {
        let above = root.clone();
        let listing = Listing::new(move |folder| xks_disk::manifests_in(&above.join(folder)));
        Folder {
            root,
            lone,
            without: Vec::new(),
            links: BTreeMap::new(),
            workspace: Workspace::new(listing),
            open: BTreeMap::new(),
            unreadable: Arc::default(),
            view: None,
            client,
        }
    }

    /// Whether this is the workspace that is viewed.
    pub(crate) fn is_of(&self, view: &View) -> bool {
        self.root == view.root && self.lone == view.lone
    }

    /// Takes over what `never` and `expect` come to.
    pub(crate) fn hold(&mut self, found: Vec<Broken>) {
        self.workspace.hold(found);
        self.view = None;
    }

    /// Whether this is the workspace of a folder, less what lies in some folders below.
    pub(crate) fn is_whole(&self, root: &Path, without: &[PathBuf]) -> bool {
        self.lone.is_none() && self.root == root && self.without == without
    }

    /// Whether it is one file, in no folder of the editor.
    pub(crate) fn is_lone(&self) -> bool {
        self.lone.is_some()
    }

    /// Whether it is one file that nobody has open any more.
    pub(crate) fn is_over(&self) -> bool {
        self.lone.is_some() && self.open.is_empty()
    }

    /// What the editor has open here.
    pub(crate) fn open_documents(&self) -> Vec<TextDocumentItem> {
        let item = |(name, version): (&String, &i32)| {
            let file = self.workspace.find(name)?;
            Some(TextDocumentItem {
                uri: Uri(self.workspace.address(file).to_string()),
                language_id: LanguageKind::Custom("xks".into()),
                version: *version,
                text: self.workspace.source(file).text.clone(),
            })
        };
        self.open.iter().filter_map(item).collect()
    }

    /// The name of a path in this workspace, if the workspace may hold it.
    pub(crate) fn name_of(&self, path: &Path) -> Option<String> {
        let name = name_below(&self.root, path).filter(|_| self.holds(path))?;
        self.lone.as_ref().is_none_or(|lone| *lone == name).then_some(name)
    }

    /// Whether a path lies in no workspace below.
    fn holds(&self, path: &Path) -> bool {
        !self.without.iter().any(|other| path.starts_with(other))
    }

    /// A text of this workspace.
    fn text_of(&self, name: &str, text: String) -> Source {
        Source::new(name, text).leading_to(self.links.get(name).cloned())
    }

    fn tell_unreadable(&mut self) {
        self.workspace.set_unreadable(self.unreadable.iter().map(|problem| problem.path.clone()).collect());
    }

    /// Whether the workspace holds a file of that name, be it one that cannot be read from the disk.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.workspace.find(name).is_some() || self.unreadable.iter().any(|problem| problem.path == name)
    }

    /// Whether a file lies below a folder of that name.
    pub(crate) fn holds_below(&self, name: &str) -> bool {
        let below = |path: &str| path.strip_prefix(name).is_some_and(|rest| name.is_empty() || rest.starts_with('/'));
        let unreadable = self.unreadable.iter().any(|problem| below(&problem.path));
        unreadable || self.workspace.texts().any(|text| below(&text.source.path))
    }

    /// Takes over a document that the editor has opened.
    pub(crate) fn open(&mut self, name: String, item: TextDocumentItem) {
        if self.unreadable.iter().any(|problem| problem.path == name) {
            Arc::make_mut(&mut self.unreadable).retain(|problem| problem.path != name);
            self.tell_unreadable();
        }
        self.open.insert(name.clone(), item.version);
        let source = Arc::new(self.text_of(&name, item.text));
        self.put(Text { source, address: item.uri.0.into() });
    }

    /// Applies the changes of a document that is open. Those of an older version come too late.
    pub(crate) fn change(&mut self, name: &str, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let Some(file) = self.workspace.find(name) else { return };
        let Some(known) = self.open.get_mut(name).filter(|known| version >= **known) else { return };
        *known = version;
        let text = edited(self.workspace.source(file), self.client.encoding, changes);
        let address = Arc::clone(self.workspace.address(file));
        self.put(Text { source: Arc::new(self.text_of(name, text)), address });
    }

    /// Gives a document back to the disk.
    pub(crate) fn close(&mut self, name: &str) {
        self.open.remove(name);
        let path = self.root.join(name);
        match xks_disk::read(&path, MAX_FILE) {
            Ok(text) if self.lone.is_none() => {
                let address = uri::from_path(&path).0.into();
                self.put(Text { source: Arc::new(self.text_of(name, text)), address });
            }
            _ => {
                self.workspace.replace(Vec::new(), |path| path != name);
                self.view = None;
                self.rescan(); // if it is there, this says why it cannot be read
            }
        }
    }

    /// Takes over what a file on the disk holds now, unless the editor has it open. Says whether that was possible without
    /// looking at the whole folder.
    pub(crate) fn reread(&mut self, name: &str) -> bool {
        let Some(file) = self.workspace.find(name) else { return false };
        if self.open.contains_key(name) {
            return true;
        }
        let Ok(text) = xks_disk::read(&self.root.join(name), MAX_FILE) else { return false };
        let address = Arc::clone(self.workspace.address(file));
        self.put(Text { source: Arc::new(self.text_of(name, text)), address });
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
        unreadable.retain(|problem| self.holds(&self.root.join(&problem.path)));
        let link = |file: &xks_disk::Found| Some((file.name.clone(), file.real.clone()?));
        self.links = found.iter().filter_map(link).collect();
        let read: Vec<Result<Text, Unreadable>> = found
            .into_par_iter()
            .filter(|file| self.holds(&file.path))
            .filter(|file| !self.open.contains_key(&file.name))
            .map(|file| match xks_disk::read(&file.path, MAX_FILE) {
                Ok(text) => {
                    let known = self.workspace.find(&file.name).map(|id| self.workspace.source(id));
                    let source = match known.filter(|known| known.text == text && known.real == file.real) {
                        Some(known) => Arc::clone(known),
                        None => Arc::new(Source::new(file.name, text).leading_to(file.real)),
                    };
                    Ok(Text { source, address: uri::from_path(&file.path).0.into() })
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
        self.tell_unreadable();
        self.workspace.replace(texts, |path| self.open.contains_key(path));
        self.view = None;
    }

    /// What `include` names is to be read again.
    pub(crate) fn manifests_changed(&mut self) {
        self.workspace.manifests_changed();
        self.view = None;
    }

    fn put(&mut self, text: Text) {
        self.workspace.put(text);
        self.view = None;
    }

    /// The workspace as it is now.
    pub(crate) fn view(&mut self) -> Arc<View> {
        if let Some(view) = &self.view {
            return Arc::clone(view);
        }
        let root = &self.root;
        let manifests = |wanted| xks_disk::read_includes(root, wanted, MAX_FILE);
        let snapshot = self.workspace.snapshot(|| Some(xks_disk::today()), manifests);
        let version = |(name, version): (&String, &i32)| Some((self.workspace.find(name)?, *version));
        let view = Arc::new(View {
            root: self.root.clone(),
            lone: self.lone.clone(),
            snapshot,
            versions: self.open.iter().filter_map(version).collect(),
            unreadable: Arc::clone(&self.unreadable),
            client: Arc::clone(&self.client),
        });
        self.view = Some(Arc::clone(&view));
        view
    }
}

/// A text after the changes, each of which counts in the text that the one before has left.
fn edited(source: &Source, encoding: Encoding, changes: Vec<TextDocumentContentChangeEvent>) -> String {
    let mut text = source.text.clone();
    for change in changes {
        match change {
            TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => text = whole.text,
            TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                let before = Source::new("", text);
                let range = Range { start: plain(part.range.start), end: plain(part.range.end) };
                let bytes = encoding.bytes(&before, range);
                text = before.text;
                text.replace_range(bytes, &part.text);
            }
        }
    }
    text
}
