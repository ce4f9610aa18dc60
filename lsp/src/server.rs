//! The routes. A handler pushes an event before it waits for anything, so that events queue in the order in which the client
//! sent them; it never asks the client while it is asked. (The framework runs handlers side by side: one that waits first
//! is overtaken, and one that asks the client may wait for an answer that stands behind it in the queue.)

use crate::capabilities::{capabilities, watchers};
use crate::client::Abilities;
use crate::input::Messages;
use crate::invariants;
use crate::parent;
use crate::previews::Previews;
use crate::protocol;
use crate::protocol::edits::text_edits;
use crate::publish::Publisher;
use crate::settings::Settings;
use crate::snapshots::Snapshots;
use crate::state::{self, Event};
use crate::view::View;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use tokio::io::{AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tower_lsp_server::gen_lsp_types::*;
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp_server::{Client, LanguageServer, LspService};
use xks_core::source::FileId;
use xks_ide::features::completion::opens_block;
use xks_ide::features::{formatting, preview::preview};
use xks_ide::snapshot::At;

/// How many requests may be answered at a time. Each only waits for a worker, and with few of them a change would have to
/// wait for slow requests before it.
const CONCURRENCY: usize = 256;

/// What the protocol calls `RequestFailed`.
const REQUEST_FAILED: i64 = -32803;

/// How many bytes of messages may wait for the framework.
const PIPE: usize = 1 << 16;

/// Serves until the client ends the session; says whether it did so in order.
///
/// # Errors
/// The operating system refuses what it takes to wait for the client.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl AsyncWrite + Unpin + Send + 'static,
) -> std::io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let orderly = Arc::new(AtomicBool::new(false));
    let (events, queue) = channel();
    let handle = runtime.handle().clone();
    let (service, socket) = LspService::build(|client| {
        let previews = Arc::new(Previews::default());
        let publisher = Publisher::new(client.clone(), handle, Arc::clone(&previews));
        let held = events.clone();
        let invariants = invariants::start(move |view, found| {
            // The other end is gone only when the session is over.
            let _ = held.send(Event::Held(view, found));
        });
        std::thread::spawn(move || state::run(&queue, publisher, invariants));
        Server {
            client,
            events,
            abilities: OnceLock::new(),
            orderly: Arc::clone(&orderly),
            settings: RwLock::new(Settings::new(None)),
            tokens: Arc::default(),
            previews,
        }
    })
    .custom_method("xks/preview", Server::preview)
    .custom_method("xks/graph", Server::graph)
    .finish();
    let (whole, messages) = tokio::io::duplex(PIPE);
    let handle = runtime.handle().clone();
    std::thread::spawn(move || forward(&handle, input, messages));
    let server = tower_lsp_server::Server::new(whole, output, socket).concurrency_level(CONCURRENCY);
    runtime.block_on(server.serve(service));
    Ok(orderly.load(Ordering::Relaxed))
}

/// Hands on what comes in, until it ends.
fn forward(runtime: &Handle, input: impl Read, mut to: DuplexStream) {
    let mut messages = Messages::new(BufReader::new(input));
    loop {
        match messages.next() {
            Ok(Some(message)) => {
                let head = format!("Content-Length: {}\r\n\r\n", message.len());
                let written = runtime.block_on(async {
                    to.write_all(head.as_bytes()).await?;
                    to.write_all(&message).await
                });
                if written.is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                eprintln!("error: the input cannot be read: {error}");
                return;
            }
        }
    }
}

struct Server {
    client: Client,
    events: Sender<Event>,
    abilities: OnceLock<Arc<Abilities>>,
    orderly: Arc<AtomicBool>,
    settings: RwLock<Settings>,
    tokens: Arc<Mutex<protocol::semantic_tokens::Sent>>,
    previews: Arc<Previews>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.push(Event::End);
    }
}

/// What a client asks that does not know documents of the server's: the preview of a source, or of some of its statements.
#[derive(serde::Deserialize)]
struct PreviewParams {
    uri: Uri,
    range: Option<Range>,
}

impl Server {
    fn push(&self, event: Event) {
        // The other end is gone only when the process is about to end.
        let _ = self.events.send(event);
    }

    /// Asks a worker about the state at this point. A panic costs the answer, nothing else; a request that the client has
    /// taken back is not begun.
    async fn read<T: Send + 'static>(&self, work: impl FnOnce(&Snapshots) -> Result<T> + Send + 'static) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        self.push(Event::Read(Box::new(move |snapshots| {
            if reply.is_closed() {
                return;
            }
            let _ = reply.send(attempt(|| work(snapshots)));
        })));
        answer.await.unwrap_or_else(|_| Err(Error::internal_error()))
    }

    /// Asks about a file; what is not ours has no answer.
    async fn of<T: Send + 'static>(
        &self,
        document: TextDocumentIdentifier,
        feature: impl FnOnce(&View, FileId) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        self.read(move |snapshots| Ok(snapshots.find(&document.uri).and_then(|(view, file)| feature(view, file)))).await
    }

    fn settings(&self) -> Settings {
        *self.settings.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, options: Option<&LspAny>) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Settings::new(options);
    }

    async fn preview(&self, params: PreviewParams) -> Result<Option<TextDocumentContentResult>> {
        let document = TextDocumentIdentifier { uri: params.uri };
        self.of(document, move |view, file| {
            let within = params.range.map(|range| view.span(file, range));
            Some(TextDocumentContentResult { text: preview(&view.snapshot, file, within).text })
        })
        .await
    }

    async fn graph(&self, wanted: protocol::graph::Wanted) -> Result<Option<protocol::graph::Page>> {
        self.read(move |snapshots| protocol::graph::page(snapshots, &wanted).map_err(refused)).await
    }

    /// Asks about a place in a file; what is not ours has no answer.
    async fn at<T: Send + 'static>(
        &self,
        place: TextDocumentPositionParams,
        feature: impl FnOnce(&View, At) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let position = place.position;
        self.of(place.text_document, move |view, file| feature(view, view.at(file, position))).await
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        self.set(params.initialization_options.as_ref());
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
        self.push(Event::Ready);
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

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.push(Event::Save);
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).close(&params.text_document.uri.0);
        self.push(Event::Close(params.text_document.uri));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.set(Some(&params.settings));
        let client = self.client.clone();
        tokio::spawn(async move {
            // A client that shows neither refuses, which does no harm.
            let _ = client.inlay_hint_refresh().await;
            let _ = client.code_lens_refresh().await;
        });
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
        self.read(move |snapshots| {
            let nothing = || RelatedFullDocumentDiagnosticReport::default().into();
            Ok(snapshots.find(&params.text_document.uri).map_or_else(nothing, |(view, file)| {
                protocol::diagnostics::pull(view, file, params.previous_result_id.as_deref())
            }))
        })
        .await
    }

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReport> {
        self.read(move |snapshots| Ok(protocol::diagnostics::pull_all(snapshots.views(), &params.previous_result_ids)))
            .await
    }

    async fn goto_definition(&self, params: DefinitionParams) -> Result<Option<DefinitionResponse>> {
        let place = params.text_document_position_params;
        let found = if place.text_document.uri.0.starts_with(protocol::preview::SCHEME) {
            self.read(move |snapshots| Ok(protocol::preview::origins(snapshots, &place))).await?
        } else {
            self.at(place, protocol::navigation::definition).await?
        };
        Ok(found.map(|places| Definition::LocationList(places).into()))
    }

    async fn goto_declaration(&self, params: DeclarationParams) -> Result<Option<DeclarationResponse>> {
        let found = self.at(params.text_document_position_params, protocol::navigation::definition).await?;
        Ok(found.map(|places| Declaration::LocationList(places).into()))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let declarations = params.context.include_declaration;
        let feature = move |view: &_, at| protocol::navigation::references(view, at, declarations);
        self.at(params.text_document_position_params, feature).await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        self.at(params.text_document_position_params, protocol::navigation::highlight).await
    }

    async fn linked_editing_range(&self, params: LinkedEditingRangeParams) -> Result<Option<LinkedEditingRanges>> {
        self.at(params.text_document_position_params, protocol::navigation::linked).await
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResult>> {
        self.at(params, |view, at| protocol::rename::prepare(view, at).transpose()).await?.transpose().map_err(refused)
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let new = params.new_name;
        let feature = move |view: &_, at| protocol::rename::rename(view, at, &new).transpose();
        self.at(params.text_document_position_params, feature).await?.transpose().map_err(refused)
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        self.read(move |snapshots| {
            let mut edits = snapshots.workspaces.iter().map(|view| protocol::rename::with_files(view, &params.files));
            Ok(edits.find_map(|edit| edit))
        })
        .await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.of(params.text_document, |view, file| Some(protocol::symbols::outline(view, file))).await
    }

    async fn goto_implementation(&self, params: ImplementationParams) -> Result<Option<ImplementationResponse>> {
        let found = self.at(params.text_document_position_params, protocol::preview::implementation).await?;
        Ok(found.map(|places| Definition::LocationList(places).into()))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let brace = params.context.and_then(|context| context.trigger_character).is_some_and(|typed| typed == "{");
        let complete = move |view: &View, at: At| {
            if brace && opens_block(&view.snapshot, at) {
                return None;
            }
            protocol::completion::completion(view, at)
        };
        let found = self.at(params.text_document_position_params, complete).await?;
        Ok(found.map(Into::into))
    }

    async fn completion_resolve(&self, item: CompletionItem) -> Result<CompletionItem> {
        self.read(move |snapshots| Ok(protocol::completion::resolve(snapshots, item))).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        self.at(params.text_document_position_params, protocol::markdown::hover).await
    }

    async fn signature_help(&self, params: SignatureHelpParams) -> Result<Option<SignatureHelp>> {
        self.at(params.text_document_position_params, protocol::signature_help::signature_help).await
    }

    async fn semantic_tokens_full(&self, params: SemanticTokensParams) -> Result<Option<SemanticTokens>> {
        let (sent, uri) = (Arc::clone(&self.tokens), params.text_document.uri.0.clone());
        self.of(params.text_document, move |view, file| {
            let tokens = protocol::semantic_tokens::tokens(view, file, None);
            Some(sent.lock().unwrap_or_else(PoisonError::into_inner).full(&uri, tokens))
        })
        .await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: SemanticTokensDeltaParams,
    ) -> Result<Option<SemanticTokensDeltaResponse>> {
        let (sent, uri) = (Arc::clone(&self.tokens), params.text_document.uri.0.clone());
        self.of(params.text_document, move |view, file| {
            let tokens = protocol::semantic_tokens::tokens(view, file, None);
            let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
            Some(sent.delta(&uri, &params.previous_result_id, tokens))
        })
        .await
    }

    async fn semantic_tokens_range(&self, params: SemanticTokensRangeParams) -> Result<Option<SemanticTokens>> {
        self.of(params.text_document, move |view, file| {
            let within = view.span(file, params.range);
            let data = protocol::semantic_tokens::tokens(view, file, Some(within));
            Some(SemanticTokens { result_id: None, data })
        })
        .await
    }

    async fn formatting(&self, params: DocumentFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.of(params.text_document, |view, file| Some(text_edits(view, formatting::document(&view.snapshot, file))))
            .await
    }

    async fn range_formatting(&self, params: DocumentRangeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.of(params.text_document, move |view, file| {
            let edits = formatting::ranges(&view.snapshot, file, &[view.span(file, params.range)]);
            Some(text_edits(view, edits))
        })
        .await
    }

    async fn ranges_formatting(&self, params: DocumentRangesFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.of(params.text_document, move |view, file| {
            let spans: Vec<_> = params.ranges.iter().map(|range| view.span(file, *range)).collect();
            Some(text_edits(view, formatting::ranges(&view.snapshot, file, &spans)))
        })
        .await
    }

    async fn on_type_formatting(&self, params: DocumentOnTypeFormattingParams) -> Result<Option<Vec<TextEdit>>> {
        self.of(params.text_document, move |view, file| {
            let edits = formatting::typed(&view.snapshot, view.at(file, params.position), &params.ch);
            Some(text_edits(view, edits))
        })
        .await
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.of(params.text_document, |view, file| Some(protocol::navigation::links(view, file))).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.of(params.text_document, |view, file| Some(protocol::folding::folds(view, file))).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        self.of(params.text_document, move |view, file| {
            let grown = |position| protocol::folding::selection(view, view.at(file, position));
            Some(params.positions.into_iter().map(grown).collect())
        })
        .await
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let hints = self.settings().hints;
        self.of(params.text_document, move |view, file| {
            Some(protocol::inlay_hints::inlay_hints(view, view.span(file, params.range), hints))
        })
        .await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        let lenses = self.settings().lenses;
        self.of(params.text_document, move |view, file| Some(protocol::code_lens::lenses(view, file, lenses))).await
    }

    async fn text_document_content(&self, params: TextDocumentContentParams) -> Result<TextDocumentContentResult> {
        if let Some(page) = protocol::pages::content(&params.uri) {
            return Ok(TextDocumentContentResult { text: page.to_string() });
        }
        let previews = Arc::clone(&self.previews);
        let text = self.read(move |snapshots| Ok(previews.give(snapshots, &params.uri))).await?;
        // A change may have overtaken it.
        self.push(Event::Shown);
        Ok(TextDocumentContentResult { text })
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        self.read(move |snapshots| Ok(Some(protocol::symbols::search(snapshots.views(), &params.query).into()))).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        self.at(params.text_document_position_params, protocol::call_hierarchy::prepare).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let document = TextDocumentIdentifier { uri: params.item.uri.clone() };
        self.of(document, move |view, _| protocol::call_hierarchy::incoming(view, &params.item)).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let document = TextDocumentIdentifier { uri: params.item.uri.clone() };
        self.of(document, move |view, file| protocol::call_hierarchy::outgoing(view, file, &params.item)).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<Vec<CodeActionResponse>>> {
        self.of(params.text_document, move |view, file| {
            let span = view.span(file, params.range);
            Some(protocol::code_action::code_actions(view, span, &params.context))
        })
        .await
    }
}

/// Does some work; its panic is an error like others, with the message on standard error.
fn attempt<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Error::internal_error()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_of_the_request() {
        assert_eq!(attempt(|| Ok(1)), Ok(1));
        let lost: Result<()> = attempt(|| panic!("on purpose"));
        assert_eq!(lost, Err(Error::internal_error()));
        assert_eq!(attempt(|| Ok(2)), Ok(2));
    }
}
