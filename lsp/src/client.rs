//! What the client can do, read once from `initialize`.

use crate::position::Encoding;
use tower_lsp_server::gen_lsp_types::InitializeParams;

/// What answers depend on.
#[derive(Clone, Debug)]
pub(crate) struct Abilities {
    /// What columns are counted in.
    pub(crate) encoding: Encoding,
    /// Whether the client asks for findings, rather than having them pushed. It says so with the option
    /// `{"diagnostics": "pull"}`, or by not taking any that are pushed: a client that does both shows them twice.
    pub(crate) pulls_diagnostics: bool,
    /// Whether it watches files for the server.
    pub(crate) watches_files: bool,
    /// Whether it takes other places along with a finding.
    pub(crate) related_information: bool,
}

impl Abilities {
    /// Reads them.
    pub(crate) fn new(params: &InitializeParams) -> Abilities {
        let capabilities = &params.capabilities;
        let general = capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
        let text = capabilities.text_document.as_ref();
        let pushed = text.and_then(|text| text.publish_diagnostics.as_ref());
        let pulled = text.and_then(|text| text.diagnostic.as_ref());
        let option = params.initialization_options.as_ref().and_then(|options| options.get("diagnostics")?.as_str());
        let workspace = capabilities.workspace.as_ref();
        let watched = workspace.and_then(|workspace| workspace.did_change_watched_files.as_ref());
        Abilities {
            encoding: Encoding::negotiate(offered),
            pulls_diagnostics: option == Some("pull") || pulled.is_some() && pushed.is_none(),
            watches_files: watched.and_then(|watched| watched.dynamic_registration).unwrap_or_default(),
            related_information: pushed
                .and_then(|pushed| pushed.diagnostics_capabilities.related_information)
                .unwrap_or_default(),
        }
    }
}
