//! Changes of texts as the client applies them.

use crate::view::View;
use std::collections::{BTreeMap, HashMap};
use tower_lsp_server::gen_lsp_types::{
    DocumentChange, OptionalVersionedTextDocumentIdentifier, RenameFile, TextDocumentEdit, TextDocumentIdentifier,
    TextEdit, Uri, WorkspaceEdit,
};
use xks_core::diagnostics::Edit;
use xks_core::source::FileId;

/// Changes of several files, the files in order. If the client can tell, it refuses those of a text that has changed
/// meanwhile.
pub(crate) fn workspace_edit(view: &View, edits: Vec<Edit>, renamed: Vec<(Uri, Uri)>) -> WorkspaceEdit {
    let mut by_file: BTreeMap<FileId, Vec<TextEdit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.span.file).or_default().push(text_edit(view, edit));
    }
    if !view.client.document_changes {
        let changes: HashMap<Uri, Vec<TextEdit>> =
            by_file.into_iter().map(|(file, edits)| (view.uri(file), edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let texts = by_file.into_iter().map(|(file, edits)| {
        DocumentChange::TextDocumentEdit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                version: view.version(file),
                text_document_identifier: TextDocumentIdentifier { uri: view.uri(file) },
            },
            edits: edits.into_iter().map(Into::into).collect(),
        })
    });
    // A file is renamed after its text has changed: the text is known by the old name.
    let files = renamed
        .into_iter()
        .map(|(old_uri, new_uri)| DocumentChange::RenameFile(RenameFile::new(old_uri, new_uri, None, None)));
    WorkspaceEdit { document_changes: Some(texts.chain(files).collect()), ..WorkspaceEdit::default() }
}

/// Changes of one file.
pub(crate) fn text_edits(view: &View, edits: Vec<Edit>) -> Vec<TextEdit> {
    edits.into_iter().map(|edit| text_edit(view, edit)).collect()
}

fn text_edit(view: &View, edit: Edit) -> TextEdit {
    TextEdit { range: view.range(edit.span), new_text: edit.text }
}
