//! What the client can do, read once from `initialize`.

use tower_lsp_server::gen_lsp_types::{InitializeParams, PositionEncodingKind, ResourceOperationKind};
use xks_ide::position::Encoding;

/// What answers depend on.
#[derive(Clone, Debug)]
pub(crate) struct Abilities {
    /// What columns are counted in.
    pub(crate) encoding: Encoding,
    /// Whether the client asks for findings, rather than having them pushed. It says so with the option
    /// `{"diagnostics": "pull"}`, or by not taking any that are pushed: a client that does both shows them twice.
    pub(crate) pulls_diagnostics: bool,
    /// Whether it asks for all findings again when it is told to.
    pub(crate) refreshes_diagnostics: bool,
    /// Whether it fills in snippets.
    pub(crate) snippets: bool,
    /// Whether it watches files for the server.
    pub(crate) watches_files: bool,
    /// What it shows of a finding besides the message.
    pub(crate) findings: Findings,
    /// Whether it takes edits of documents at a version, and renames of files among them.
    pub(crate) document_changes: bool,
    pub(crate) renames_files: bool,
    /// Whether it shows symbols within symbols.
    pub(crate) nested_symbols: bool,
    /// Whether it wants to know how the server fares: `experimental/serverStatus`.
    pub(crate) wants_status: bool,
}

/// What the client takes along with a finding.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) related: bool,
    pub(crate) tags: bool,
    pub(crate) links: bool,
    pub(crate) data: bool,
}

impl Abilities {
    /// Reads them.
    pub(crate) fn new(params: &InitializeParams) -> Abilities {
        let yes = |answer: Option<bool>| answer.unwrap_or_default();
        let capabilities = &params.capabilities;
        let general = capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
        let text = capabilities.text_document.as_ref();
        let pushed = text.and_then(|text| text.publish_diagnostics.as_ref());
        let pulled = text.and_then(|text| text.diagnostic.as_ref());
        let option = params.initialization_options.as_ref().and_then(|options| options.get("diagnostics")?.as_str());
        let pulls_diagnostics = option == Some("pull") || pulled.is_some() && pushed.is_none();
        let for_pushed = pushed.map(|pushed| &pushed.diagnostics_capabilities);
        let for_pulled = pulled.map(|pulled| &pulled.diagnostics_capabilities);
        // What a client shows of the one it can show of the other, where it says so only once.
        let shown = if pulls_diagnostics { for_pulled.or(for_pushed) } else { for_pushed };
        let symbols = text.and_then(|text| text.document_symbol.as_ref());
        let workspace = capabilities.workspace.as_ref();
        let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let operations = edits.and_then(|edits| edits.resource_operations.as_deref()).unwrap_or_default();
        let document_changes = yes(edits.and_then(|edits| edits.document_changes));
        let refresh = workspace.and_then(|workspace| workspace.diagnostics.as_ref());
        let status =
            capabilities.experimental.as_ref().and_then(|more| more.get("serverStatusNotification")?.as_bool());
        let completion = text.and_then(|text| text.completion.as_ref()?.completion_item.as_ref());
        Abilities {
            snippets: completion.and_then(|item| item.snippet_support).unwrap_or_default(),
            encoding: negotiated(offered),
            pulls_diagnostics,
            refreshes_diagnostics: yes(refresh.and_then(|refresh| refresh.refresh_support)),
            watches_files: yes(watched.and_then(|watched| watched.dynamic_registration)),
            findings: shown.map_or_else(Findings::default, |shown| Findings {
                related: yes(shown.related_information),
                tags: shown.tag_support.is_some(),
                links: yes(shown.code_description_support),
                data: yes(shown.data_support),
            }),
            document_changes,
            renames_files: document_changes && operations.contains(&ResourceOperationKind::Rename),
            nested_symbols: yes(symbols.and_then(|symbols| symbols.hierarchical_document_symbol_support)),
            wants_status: yes(status),
        }
    }
}

/// UTF-8 if the client offers it, else what every client speaks.
fn negotiated(offered: &[PositionEncodingKind]) -> Encoding {
    if offered.contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { Encoding::Utf16 }
}

/// The encoding as the server announces it.
pub(crate) fn kind(encoding: Encoding) -> PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
    }
}
