//! Lines above statements, each a command of the extension.

use crate::view::View;
use serde_json::{Value, json};
use tower_lsp_server::gen_lsp_types::{CodeLens, Command};
use xks_core::source::FileId;
use xks_ide::features::code_lens::{self, Leads, Lens, Wanted};

/// The lenses of a file.
pub(crate) fn lenses(view: &View, file: FileId, wanted: Wanted) -> Vec<CodeLens> {
    code_lens::lenses(&view.snapshot, file, wanted).into_iter().map(|lens| one(view, lens)).collect()
}

fn one(view: &View, lens: Lens) -> CodeLens {
    let range = view.range(lens.span);
    let uri = view.uri(lens.span.file);
    let (command, arguments) = match lens.leads {
        Leads::Preview => ("xks.openPreview", vec![json!(uri), json!(range)]),
        Leads::Graph(tenant) => ("xks.openGraph", vec![json!(tenant.as_str())]),
        Leads::Statements(spans) => {
            let locations: Vec<Value> = spans.into_iter().map(|span| json!(view.location(span))).collect();
            ("xks.showReferences", vec![json!(uri), json!(range.start), json!(locations)])
        }
    };
    let tooltip = (!lens.tooltip.is_empty()).then_some(lens.tooltip);
    let command = Command {
        title: xks_core::escape::word(&lens.title).into_owned(),
        tooltip,
        command: command.to_string(),
        arguments: Some(arguments),
    };
    CodeLens { range, command: Some(command), data: None }
}
