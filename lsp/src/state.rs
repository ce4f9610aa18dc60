//! The one thread that owns the documents. It applies events in the order in which the client sent them, so that a request
//! sees every change before it and none behind it.

use crate::client::Abilities;
use crate::folder::Folder;
use crate::latest::Latest;
use crate::publish::Publisher;
use crate::snapshots::Snapshots;
use crate::uri;
use crate::view::View;
use crate::workers::Workers;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use tower_lsp_server::gen_lsp_types::{
    DidChangeTextDocumentParams, DidOpenTextDocumentParams, FileChangeType, FileEvent, Uri, WorkspaceFoldersChangeEvent,
};
use xks_core::model::PLATFORM_FILE;
use xks_ide::invariants::Broken;
use xks_ide::paths::name_below;

/// What the client tells or asks.
pub(crate) enum Event {
    /// The session begins, in these folders.
    Start(Arc<Abilities>, Vec<Uri>),
    /// The client is ready to be told things.
    Ready,
    Folders(WorkspaceFoldersChangeEvent),
    Open(DidOpenTextDocumentParams),
    Change(DidChangeTextDocumentParams),
    Close(Uri),
    /// A document was saved.
    Save,
    /// Files changed on the disk.
    Watched(Vec<FileEvent>),
    /// Files may have come or gone on the disk.
    Moved,
    /// What `never` and `expect` come to in a workspace.
    Held(Arc<View>, Vec<Broken>),
    /// The client shows a preview, which may be of an older state by now.
    Shown,
    /// A question about the state at this point.
    Read(Box<dyn FnOnce(&Snapshots) + Send>),
    /// The session is over.
    End,
}

/// Handles events until the session is over.
pub(crate) fn run(events: &Receiver<Event>, publisher: Publisher, invariants: Latest<Arc<Snapshots>>) {
    let mut state = State {
        client: None,
        ready: false,
        changed: false,
        stale: false,
        folders: Vec::new(),
        workspaces: Vec::new(),
        workers: Workers::new(),
        publisher,
        invariants,
    };
    while let Ok(first) = events.recv() {
        // What has queued up meanwhile comes first: only the newest state is worth an analysis.
        for event in std::iter::once(first).chain(std::iter::from_fn(|| events.try_recv().ok())) {
            if matches!(event, Event::End) {
                return;
            }
            state.handle(event);
        }
        state.offer();
    }
}

struct State {
    client: Option<Arc<Abilities>>,
    /// Whether the client may be told things.
    ready: bool,
    /// Whether there is something that nobody has looked at yet. Questions change nothing.
    changed: bool,
    /// Whether `never` and `expect` are to be held anew.
    stale: bool,
    /// The editor's folders, also those that lie in others.
    folders: Vec<PathBuf>,
    workspaces: Vec<Folder>,
    workers: Workers,
    publisher: Publisher,
    invariants: Latest<Arc<Snapshots>>,
}

impl State {
    fn handle(&mut self, event: Event) {
        self.changed |= !matches!(event, Event::Read(_));
        self.stale |= !matches!(event, Event::Change(_) | Event::Held(..) | Event::Shown | Event::Read(_));
        match event {
            Event::Start(client, folders) => {
                self.client = Some(client);
                self.folders = folders.iter().filter_map(uri::to_path).collect();
            }
            Event::Ready => {
                self.ready = true;
                self.arrange();
            }
            Event::Folders(change) => {
                let gone: Vec<PathBuf> = change.removed.iter().filter_map(|folder| uri::to_path(&folder.uri)).collect();
                self.folders.retain(|folder| !gone.contains(folder));
                self.folders.extend(change.added.iter().filter_map(|folder| uri::to_path(&folder.uri)));
                self.arrange();
            }
            Event::Open(params) => self.open(params),
            Event::Change(params) => {
                let DidChangeTextDocumentParams { text_document, content_changes } = params;
                if let Some((workspace, name)) = self.find(&text_document.text_document_identifier.uri) {
                    workspace.change(&name, text_document.version, content_changes);
                }
            }
            Event::Close(uri) => {
                if let Some((workspace, name)) = self.find(&uri) {
                    workspace.close(&name);
                }
                self.workspaces.retain(|workspace| !workspace.is_over());
            }
            Event::Save | Event::Shown | Event::End => {}
            Event::Watched(events) => self.watched(&events),
            Event::Moved => {
                self.workspaces.iter_mut().for_each(Folder::rescan);
                self.rearrange();
            }
            Event::Held(view, found) => {
                let mut workspaces = self.workspaces.iter_mut();
                if let Some(workspace) = workspaces.find(|workspace| workspace.is_of(&view)) {
                    workspace.hold(found);
                }
            }
            Event::Read(work) => {
                let snapshots = self.snapshots();
                self.workers.run(Box::new(move || work(&snapshots)));
            }
        }
    }

    /// The workspace that holds a file.
    fn find(&mut self, uri: &Uri) -> Option<(&mut Folder, String)> {
        let path = uri::to_path(uri)?;
        self.workspaces.iter_mut().find_map(|workspace| {
            let name = workspace.name_of(&path)?;
            workspace.has(&name).then_some((workspace, name))
        })
    }

    fn open(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let (Some(client), Some(path)) = (self.client.clone(), uri::to_path(&item.uri)) else { return };
        for workspace in &mut self.workspaces {
            let Some(name) = workspace.name_of(&path) else { continue };
            // A file that is on the disk and still not found is ignored, as the command line ignores it.
            if !workspace.has(&name) && path.exists() {
                workspace.rescan();
            }
            if workspace.has(&name) || !path.exists() {
                workspace.open(name, item);
                return;
            }
        }
        // A file of a workspace that states who may write what means nothing without it.
        if let Some(around) = xks_disk::around(&path)
            && self.workspaces.iter().all(|workspace| workspace.root != around.root)
        {
            let mut workspace = Folder::whole(around.root, Vec::new(), Arc::clone(&client));
            if let Some(name) = workspace.name_of(&path).filter(|name| workspace.has(name)) {
                workspace.open(name, item);
                self.workspaces.push(workspace);
                return;
            }
        }
        if let Some(mut workspace) = Folder::file(&path, client)
            && let Some(name) = workspace.name_of(&path)
        {
            workspace.open(name, item);
            self.workspaces.push(workspace);
        }
    }

    fn watched(&mut self, events: &[FileEvent]) {
        for workspace in &mut self.workspaces {
            let mut rescan = false;
            for event in events {
                let Some(path) = uri::to_path(&event.uri) else { continue };
                let Some(name) = name_below(&workspace.root, &path) else { continue };
                if !is_source(&path) {
                    workspace.manifests_changed();
                    // Of a folder that goes or comes, some clients tell nothing but that.
                    let folder = match event.kind {
                        FileChangeType::Deleted => workspace.holds_below(&name),
                        FileChangeType::Created => path.is_dir(),
                        FileChangeType::Changed | FileChangeType::Custom(_) => false,
                    };
                    rescan |= folder || path.file_name().is_some_and(|name| name == ".gitignore");
                } else if event.kind != FileChangeType::Changed || !workspace.reread(&name) {
                    rescan = true;
                }
            }
            if rescan {
                workspace.rescan();
            }
        }
        let is_platform = |event: &FileEvent| {
            uri::to_path(&event.uri).is_some_and(|path| path.file_name().is_some_and(|name| name == PLATFORM_FILE))
        };
        if events.iter().any(is_platform) {
            self.rearrange();
        }
    }

    /// The root of each workspace, and the roots of those below it: the workspace around a folder that states who may write
    /// what, those of that kind below a folder, and each folder by itself that lies in no other.
    fn layout(&self) -> Vec<(PathBuf, Vec<PathBuf>)> {
        let around = |folder: &PathBuf| xks_disk::around(folder).map_or_else(|| folder.clone(), |found| found.root);
        let folders: Vec<PathBuf> = self.folders.iter().map(around).collect();
        let mut outermost = folders.clone();
        outermost.retain(|folder| !folders.iter().any(|other| other != folder && folder.starts_with(other)));
        outermost.sort();
        outermost.dedup();
        let mut layout = Vec::new();
        for folder in outermost {
            let below: Vec<PathBuf> = xks_disk::below(&folder).into_iter().filter(|root| *root != folder).collect();
            layout.extend(below.iter().map(|root| (root.clone(), Vec::new())));
            layout.push((folder, below));
        }
        layout
    }

    /// Makes the workspaces, and finds a place for what is open.
    fn arrange(&mut self) {
        let Some(client) = self.client.clone() else { return };
        self.publisher.reads(&client);
        let layout = self.layout();
        let old = std::mem::take(&mut self.workspaces);
        let open: Vec<_> = old.iter().flat_map(Folder::open_documents).collect();
        let whole = |(root, without)| Folder::whole(root, without, Arc::clone(&client));
        self.workspaces = layout.into_iter().map(whole).collect();
        for text_document in open {
            self.open(DidOpenTextDocumentParams { text_document });
        }
    }

    /// Makes the workspaces anew if what the platforms state has made others of them.
    fn rearrange(&mut self) {
        let layout = self.layout();
        let whole: Vec<&Folder> = self.workspaces.iter().filter(|workspace| !workspace.is_lone()).collect();
        let same = whole.len() == layout.len()
            && whole.iter().zip(&layout).all(|(workspace, (root, without))| workspace.is_whole(root, without));
        if !same {
            self.arrange();
        }
    }

    /// Has the newest state looked at.
    fn offer(&mut self) {
        if !self.ready || !std::mem::take(&mut self.changed) {
            return;
        }
        let snapshots = self.snapshots();
        if std::mem::take(&mut self.stale) {
            self.invariants.offer(Arc::clone(&snapshots));
        }
        self.publisher.offer(snapshots);
    }

    fn snapshots(&mut self) -> Arc<Snapshots> {
        let workspaces = self.workspaces.iter_mut().map(Folder::view).collect();
        Arc::new(Snapshots { workspaces, first: self.folders.first().cloned() })
    }
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "xks")
}
