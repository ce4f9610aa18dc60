//! What the server announces, and what it asks the client to watch.

use crate::client::{self, Abilities};
use crate::protocol::{code_action, pages, preview, semantic_tokens};
use tower_lsp_server::gen_lsp_types::*;
use xks_ide::features::{completion, signature_help};

/// The capabilities, a line for each feature.
pub(crate) fn capabilities(client: &Abilities) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(client::kind(client.encoding)),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(ChangeNotifications::Bool(true)),
            }),
            file_operations: Some(file_operations()),
            text_document_content: Some(TextDocumentContent::Options(TextDocumentContentOptions {
                schemes: [pages::SCHEME, preview::SCHEME].map(str::to_string).to_vec(),
            })),
        }),
        diagnostic_provider: client.pulls_diagnostics.then(|| {
            DiagnosticProvider::DiagnosticOptions(DiagnosticOptions {
                identifier: Some("xks".to_string()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                ..DiagnosticOptions::default()
            })
        }),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        declaration_provider: Some(DeclarationProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        linked_editing_range_provider: Some(LinkedEditingRangeProvider::Bool(true)),
        rename_provider: Some(RenameProvider::RenameOptions(RenameOptions {
            prepare_provider: Some(true),
            ..RenameOptions::default()
        })),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        call_hierarchy_provider: Some(CallHierarchyProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(code_action::kinds()),
            ..CodeActionOptions::default()
        })),
        implementation_provider: Some(ImplementationProvider::Bool(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(completion::TRIGGERS.map(str::to_string).to_vec()),
            resolve_provider: Some(true),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProvider::Bool(true)),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(signature_help::TRIGGERS.map(str::to_string).to_vec()),
            ..SignatureHelpOptions::default()
        }),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(SemanticTokensOptions {
            legend: semantic_tokens::legend(),
            range: Some(SemanticTokensOptionsRange::Bool(true)),
            full: Some(Full::SemanticTokensFullDelta(SemanticTokensFullDelta { delta: Some(true) })),
            ..SemanticTokensOptions::default()
        })),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        document_range_formatting_provider: Some(DocumentRangeFormattingProvider::DocumentRangeFormattingOptions(
            DocumentRangeFormattingOptions { ranges_support: Some(true), ..DocumentRangeFormattingOptions::default() },
        )),
        document_on_type_formatting_provider: Some(DocumentOnTypeFormattingOptions {
            first_trigger_character: "}".to_string(),
            more_trigger_character: Some(vec!["\n".to_string()]),
        }),
        document_link_provider: Some(DocumentLinkOptions::default()),
        folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
        selection_range_provider: Some(SelectionRangeProvider::Bool(true)),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        code_lens_provider: Some(CodeLensOptions::default()),
        ..ServerCapabilities::default()
    }
}

/// Folders too: their files come and go with them, which nothing else tells of.
fn file_operations() -> FileOperationOptions {
    let filter = |glob: &str| FileOperationFilter {
        scheme: Some("file".to_string()),
        pattern: FileOperationPattern { glob: glob.to_string(), ..FileOperationPattern::default() },
    };
    let all = || Some(FileOperationRegistrationOptions { filters: vec![filter("**")] });
    FileOperationOptions {
        did_create: all(),
        did_rename: all(),
        did_delete: all(),
        will_rename: all(),
        ..FileOperationOptions::default()
    }
}

/// The files that the client is asked to watch: sources, what they include, and what decides which files belong.
pub(crate) fn watchers() -> Registration {
    let watch = |glob: &str| FileSystemWatcher { glob_pattern: GlobPattern::Pattern(glob.into()), kind: None };
    let globs = ["**/*.xks", "**/*.{yaml,yml,json}", "**/.gitignore"];
    let options = DidChangeWatchedFilesRegistrationOptions { watchers: globs.map(watch).to_vec() };
    Registration {
        id: "watched-files".to_string(),
        method: "workspace/didChangeWatchedFiles".to_string(),
        register_options: serde_json::to_value(options).ok(),
    }
}
