//! How the statement at the cursor is written.

use super::markdown::markdown;
use crate::view::View;
use tower_lsp_server::gen_lsp_types::{
    ActiveParameter, Documentation, ParameterInformation, ParameterInformationLabel, SignatureHelp,
    SignatureInformation,
};
use xks_ide::features::signature_help::{self, Parameter, Signature};
use xks_ide::position::Encoding;
use xks_ide::snapshot::At;

/// The form of the statement.
pub(crate) fn signature_help(view: &View, at: At) -> Option<SignatureHelp> {
    let signatures = signature_help::signature_help(&view.snapshot, at)?.into_iter().map(signature).collect();
    Some(SignatureHelp { signatures, active_signature: Some(0), active_parameter: None })
}

fn signature(found: Signature) -> SignatureInformation {
    // Positions in a label count UTF-16 units, whatever those in a text count.
    let units = |end: usize| Encoding::Utf16.units(&found.label[..end]);
    let parameter = |parameter: Parameter| ParameterInformation {
        label: ParameterInformationLabel::Tuple((units(parameter.label.start), units(parameter.label.end))),
        documentation: parameter.documentation.map(documentation),
    };
    let active = found.active.map_or(ActiveParameter::Null, |at| ActiveParameter::Int(at as u32));
    SignatureInformation {
        documentation: Some(documentation(found.documentation)),
        parameters: found.parameters.map(|parameters| parameters.into_iter().map(parameter).collect()),
        active_parameter: Some(active),
        label: found.label,
    }
}

fn documentation(value: String) -> Documentation {
    Documentation::MarkupContent(markdown(value))
}
