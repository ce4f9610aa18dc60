//! Changes of texts as the client applies them.

use crate::snapshot::Snapshot;
use std::collections::{BTreeMap, HashMap};
use tower_lsp_server::gen_lsp_types::{
    DocumentChange, OptionalVersionedTextDocumentIdentifier, RenameFile, TextDocumentEdit, TextDocumentIdentifier,
    TextEdit, Uri, WorkspaceEdit,
};
use xks_core::diagnostics::Edit;
use xks_core::source::FileId;

/// Changes of several files, the files in order. If the client can tell, it refuses those of a text that has changed
/// meanwhile.
pub(crate) fn workspace_edit(snapshot: &Snapshot, edits: Vec<Edit>, renamed: Vec<(Uri, Uri)>) -> WorkspaceEdit {
    let mut by_file: BTreeMap<FileId, Vec<TextEdit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.span.file).or_default().push(text_edit(snapshot, &edit));
    }
    if !snapshot.client.document_changes {
        let changes: HashMap<Uri, Vec<TextEdit>> =
            by_file.into_iter().map(|(file, edits)| (snapshot.document(file).uri.clone(), edits)).collect();
        return WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() };
    }
    let texts = by_file.into_iter().map(|(file, edits)| {
        let document = snapshot.document(file);
        DocumentChange::TextDocumentEdit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                version: document.version,
                text_document_identifier: TextDocumentIdentifier { uri: document.uri.clone() },
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

/// One change, with the line ends of the file.
pub(crate) fn text_edit(snapshot: &Snapshot, edit: &Edit) -> TextEdit {
    TextEdit {
        range: snapshot.range(edit.span),
        new_text: edit.text_in(&snapshot.source(edit.span.file).text).into_owned(),
    }
}
