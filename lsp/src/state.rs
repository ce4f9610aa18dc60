//! The one thread that owns the documents. It applies events in the order in which the client sent them, so that a request
//! sees every change before it and none behind it.

use crate::client::Abilities;
use crate::invariants::Broken;
use crate::latest::Latest;
use crate::publish::Publisher;
use crate::snapshot::{Snapshot, name_below};
use crate::uri;
use crate::workers::Workers;
use crate::workspace::Workspace;
use crate::world::World;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use tower_lsp_server::gen_lsp_types::{
    DidChangeTextDocumentParams, DidOpenTextDocumentParams, FileChangeType, FileEvent, Uri, WorkspaceFoldersChangeEvent,
};

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
    Held(Arc<Snapshot>, Vec<Broken>),
    /// A question about the state at this point.
    Read(Box<dyn FnOnce(&World) + Send>),
}

/// Handles events until nobody can send any more.
pub(crate) fn run(events: &Receiver<Event>, publisher: Publisher, keeper: Latest<Arc<World>>) {
    let mut state = State {
        client: None,
        ready: false,
        stale: false,
        folders: Vec::new(),
        workspaces: Vec::new(),
        workers: Workers::new(),
        publisher,
        keeper,
    };
    while let Ok(first) = events.recv() {
        state.handle(first);
        // What has queued up meanwhile comes first: only the newest state is worth an analysis.
        while let Ok(next) = events.try_recv() {
            state.handle(next);
        }
        state.offer();
    }
}

struct State {
    client: Option<Arc<Abilities>>,
    /// Whether the client may be told things.
    ready: bool,
    /// Whether `never` and `expect` are to be held anew.
    stale: bool,
    /// The editor's folders, also those that lie in others.
    folders: Vec<PathBuf>,
    workspaces: Vec<Workspace>,
    workers: Workers,
    publisher: Publisher,
    keeper: Latest<Arc<World>>,
}

impl State {
    fn handle(&mut self, event: Event) {
        self.stale |= !matches!(event, Event::Change(_) | Event::Held(..) | Event::Read(_));
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
            Event::Save => {}
            Event::Watched(events) => self.watched(&events),
            Event::Moved => self.workspaces.iter_mut().for_each(Workspace::rescan),
            Event::Held(snapshot, found) => {
                let mut workspaces = self.workspaces.iter_mut();
                if let Some(workspace) = workspaces.find(|workspace| workspace.is_of(&snapshot)) {
                    workspace.hold(found);
                }
            }
            Event::Read(work) => {
                let world = self.world();
                self.workers.run(Box::new(move || work(&world)));
            }
        }
    }

    /// The workspace that holds a file.
    fn find(&mut self, uri: &Uri) -> Option<(&mut Workspace, String)> {
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
        if let Some(mut workspace) = Workspace::file(&path, client)
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
    }

    /// Makes a workspace of each folder that lies in no other, and finds a place for what is open.
    fn arrange(&mut self) {
        let Some(client) = self.client.clone() else { return };
        self.publisher.reads(&client);
        let outermost =
            |folder: &PathBuf| !self.folders.iter().any(|other| other != folder && folder.starts_with(other));
        let mut wanted: Vec<PathBuf> = self.folders.iter().filter(|folder| outermost(folder)).cloned().collect();
        wanted.sort();
        wanted.dedup();
        let old = std::mem::take(&mut self.workspaces);
        let open: Vec<_> = old.iter().flat_map(Workspace::open_documents).collect();
        self.workspaces = wanted.into_iter().map(|root| Workspace::folder(root, Arc::clone(&client))).collect();
        for text_document in open {
            self.open(DidOpenTextDocumentParams { text_document });
        }
    }

    /// Has the newest state looked at.
    fn offer(&mut self) {
        if !self.ready {
            return;
        }
        let world = self.world();
        if std::mem::take(&mut self.stale) {
            self.keeper.offer(Arc::clone(&world));
        }
        self.publisher.offer(world);
    }

    fn world(&mut self) -> Arc<World> {
        let workspaces = self.workspaces.iter_mut().map(Workspace::snapshot).collect();
        Arc::new(World { workspaces, first: self.folders.first().cloned() })
    }
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "xks")
}
