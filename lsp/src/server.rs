//! The routes. A handler pushes an event before it waits for anything, so that events queue in the order in which the client
//! sent them; it never asks the client while it is asked. (The framework runs handlers side by side: one that waits first
//! is overtaken, and one that asks the client may wait for an answer that stands behind it in the queue.)

use crate::capabilities::{capabilities, watchers};
use crate::client::Abilities;
use crate::features;
use crate::parent;
use crate::publish::Publisher;
use crate::snapshot::{At, Snapshot};
use crate::state::{self, Event};
use crate::world::World;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use tokio::sync::oneshot;
use tower_lsp_server::gen_lsp_types::*;
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp_server::{Client, LanguageServer, LspService};
use xks::source::FileId;

/// How many requests may be answered at a time. Each only waits for a worker, and with few of them a change would have to
/// wait for slow requests before it.
const CONCURRENCY: usize = 256;

/// What the protocol calls `RequestFailed`.
const REQUEST_FAILED: i64 = -32803;

/// Serves until the client ends the session; says whether it did so in order.
pub(crate) fn run() -> std::io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let orderly = Arc::new(AtomicBool::new(false));
    let (events, queue) = channel();
    let handle = runtime.handle().clone();
    let (service, socket) = LspService::new(|client| {
        let publisher = Publisher::new(client.clone(), handle);
        std::thread::spawn(move || state::run(&queue, publisher));
        Server { client, events, abilities: OnceLock::new(), orderly: Arc::clone(&orderly) }
    });
    let (input, output) = (tokio::io::stdin(), tokio::io::stdout());
    let server = tower_lsp_server::Server::new(input, output, socket).concurrency_level(CONCURRENCY);
    runtime.block_on(server.serve(service));
    Ok(orderly.load(Ordering::Relaxed))
}

struct Server {
    client: Client,
    events: Sender<Event>,
    abilities: OnceLock<Arc<Abilities>>,
    orderly: Arc<AtomicBool>,
}

impl Server {
    fn push(&self, event: Event) {
        // The other end is gone only when the process is about to end.
        let _ = self.events.send(event);
    }

    /// Asks a worker about the state at this point. A panic costs the answer, nothing else; a request that the client has
    /// taken back is not begun.
    async fn read<T: Send + 'static>(&self, work: impl FnOnce(&World) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.push(Event::Read(Box::new(move |world| {
            if reply.is_closed() {
                return;
            }
            let done = catch_unwind(AssertUnwindSafe(|| work(world)));
            let _ = reply.send(done.unwrap_or_else(|_| Err(Error::internal_error())));
        })));
        answer.await.unwrap_or_else(|_| Err(Error::internal_error()))
    }

    /// Asks about a file; what is not ours has no answer.
    async fn of<T: Send + 'static>(
        &self,
        document: TextDocumentIdentifier,
        feature: impl FnOnce(&Snapshot, FileId) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        self.read(move |world| Ok(world.find(&document.uri).and_then(|(snapshot, file)| feature(snapshot, file)))).await
    }

    /// Asks about a place in a file; what is not ours has no answer.
    async fn at<T: Send + 'static>(
        &self,
        place: TextDocumentPositionParams,
        feature: impl FnOnce(&Snapshot, At) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let position = place.position;
        self.of(place.text_document, move |snapshot, file| feature(snapshot, snapshot.at(file, position))).await
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let abilities = Arc::clone(self.abilities.get_or_init(|| Arc::new(Abilities::new(&params))));
        if let Some(id) = params.process_id {
            parent::watch(id);
        }
        let capabilities = capabilities(&abilities);
        self.push(Event::Start(abilities, folders(params)));
        Ok(InitializeResult {
            capabilities,
            server_info: Some(ServerInfo {
                name: "xks-lsp".to_string(),
                version: Some(env!("CARGO_PKG_VERSION").to_string()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        if self.abilities.get().is_some_and(|abilities| abilities.watches_files) {
            let client = self.client.clone();
            tokio::spawn(async move {
                // A client that refuses tells of no changes on the disk, which does no harm to what is open.
                let _ = client.register_capability(vec![watchers()]).await;
            });
        }
    }

    async fn shutdown(&self) -> Result<()> {
        self.orderly.store(true, Ordering::Relaxed);
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.push(Event::Open(params));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.push(Event::Change(params));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.push(Event::Close(params.text_document.uri));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.push(Event::Folders(params.event));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.push(Event::Watched(params.changes));
    }

    async fn did_create_files(&self, _: CreateFilesParams) {
        self.push(Event::Moved);
    }

    async fn did_rename_files(&self, _: RenameFilesParams) {
        self.push(Event::Moved);
    }

    async fn did_delete_files(&self, _: DeleteFilesParams) {
        self.push(Event::Moved);
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReport> {
        self.read(move |world| {
            let nothing = || RelatedFullDocumentDiagnosticReport::default().into();
            Ok(world.find(&params.text_document.uri).map_or_else(nothing, |(snapshot, file)| {
                features::diagnostics::pull(snapshot, file, params.previous_result_id.as_deref())
            }))
        })
        .await
    }

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReport> {
        self.read(move |world| Ok(features::diagnostics::pull_all(world.snapshots(), &params.previous_result_ids)))
            .await
    }

    async fn goto_definition(&self, params: DefinitionParams) -> Result<Option<DefinitionResponse>> {
        let found = self.at(params.text_document_position_params, features::definition::definition).await?;
        Ok(found.map(|places| Definition::LocationList(places).into()))
    }

    async fn goto_declaration(&self, params: DeclarationParams) -> Result<Option<DeclarationResponse>> {
        let found = self.at(params.text_document_position_params, features::definition::definition).await?;
        Ok(found.map(|places| Declaration::LocationList(places).into()))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let declarations = params.context.include_declaration;
        let feature = move |snapshot: &_, at| features::references::references(snapshot, at, declarations);
        self.at(params.text_document_position_params, feature).await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        self.at(params.text_document_position_params, features::references::highlight).await
    }

    async fn linked_editing_range(&self, params: LinkedEditingRangeParams) -> Result<Option<LinkedEditingRanges>> {
        self.at(params.text_document_position_params, features::references::linked).await
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResult>> {
        self.at(params, |snapshot, at| features::rename::prepare(snapshot, at).transpose())
            .await?
            .transpose()
            .map_err(refused)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let new = params.new_name;
        let feature = move |snapshot: &_, at| features::rename::rename(snapshot, at, &new).transpose();
        self.at(params.text_document_position_params, feature).await?.transpose().map_err(refused)
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        self.read(move |world| {
            let mut edits =
                world.workspaces.iter().map(|snapshot| features::rename_files::edits(snapshot, &params.files));
            Ok(edits.find_map(|edit| edit))
        })
        .await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.of(params.text_document, |snapshot, file| Some(features::symbols::outline(snapshot, file))).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        self.read(move |world| Ok(Some(features::symbols::search(world.snapshots(), &params.query).into()))).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        self.at(params.text_document_position_params, features::call_hierarchy::prepare).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let document = TextDocumentIdentifier { uri: params.item.uri.clone() };
        self.of(document, move |snapshot, _| features::call_hierarchy::incoming(snapshot, &params.item)).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let document = TextDocumentIdentifier { uri: params.item.uri.clone() };
        self.of(document, move |snapshot, _| features::call_hierarchy::outgoing(snapshot, &params.item)).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<Vec<CodeActionResponse>>> {
        self.of(params.text_document, move |snapshot, file| {
            let span = snapshot.span(file, params.range);
            Some(features::code_action::code_actions(snapshot, file, span, &params.context))
        })
        .await
    }

    async fn text_document_content(&self, params: TextDocumentContentParams) -> Result<TextDocumentContentResult> {
        let text = features::pages::content(&params.uri).unwrap_or_default().to_string();
        Ok(TextDocumentContentResult { text })
    }
}

/// A request that cannot be met, with a reason that the client shows.
fn refused(reason: String) -> Error {
    Error { code: ErrorCode::ServerError(REQUEST_FAILED), message: reason.into(), data: None }
}

/// The folders that the client has open: in the words of today, or of long ago.
fn folders(params: InitializeParams) -> Vec<Uri> {
    #[allow(deprecated, reason = "older clients say it so")]
    let old = params.root_uri;
    match params.workspace_folders_initialize_params.workspace_folders {
        Some(WorkspaceFolders::WorkspaceFolderList(folders)) => folders.into_iter().map(|folder| folder.uri).collect(),
        Some(WorkspaceFolders::Null) | None => old.into_iter().collect(),
    }
}
