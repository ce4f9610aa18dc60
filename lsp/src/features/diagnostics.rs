//! Findings, as the compiler has them.

use crate::snapshot::Snapshot;
use crate::uri;
use smol_str::SmolStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use tower_lsp_server::gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DocumentDiagnosticReport,
    FullDocumentDiagnosticReport, Message, Position, PreviousResultId, Range, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri, WorkspaceDiagnosticReport,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};
use xks::diagnostics::{self, Level};
use xks::source::FileId;

/// The findings of every file, those without any included, and of what cannot be read.
pub(crate) fn all(snapshot: &Snapshot) -> Vec<(Uri, Option<i32>, Vec<Diagnostic>)> {
    let readable = snapshot.sources.ids().map(|file| {
        let document = snapshot.document(file);
        (document.uri.clone(), document.version, of_file(snapshot, file))
    });
    let unreadable = snapshot.unreadable.iter().map(|problem| {
        let uri = uri::from_path(&snapshot.root.join(&problem.path));
        let found = Diagnostic {
            severity: Some(DiagnosticSeverity::Error),
            code: Some(Code::String("unreadable-file".to_string())),
            source: Some("xks".to_string()),
            message: Message::String(format!("cannot read `{}`: {}", problem.path, problem.reason)),
            range: Range { start: Position::default(), end: Position::default() },
            ..Diagnostic::default()
        };
        (uri, None, vec![found])
    });
    readable.chain(unreadable).collect()
}

/// The findings of one file.
pub(crate) fn of_file(snapshot: &Snapshot, file: FileId) -> Vec<Diagnostic> {
    snapshot.findings(file).map(|found| one(snapshot, found)).collect()
}

fn one(snapshot: &Snapshot, found: &diagnostics::Diagnostic) -> Diagnostic {
    let related = found.secondary.iter().map(|label| DiagnosticRelatedInformation {
        location: snapshot.location(label.span),
        message: if label.text.is_empty() { "here".to_string() } else { label.text.clone() },
    });
    Diagnostic {
        range: snapshot.range(found.primary.span),
        severity: Some(severity(found.level)),
        code: Some(Code::String(found.code.name.to_string())),
        source: Some("xks".to_string()),
        message: Message::String(text(found)),
        related_information: snapshot.client.related_information.then(|| related.collect()),
        ..Diagnostic::default()
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Deny => DiagnosticSeverity::Error,
        Level::Warn => DiagnosticSeverity::Warning,
        Level::Note | Level::Allow => DiagnosticSeverity::Information,
    }
}

/// The message with what a terminal shows around it.
fn text(found: &diagnostics::Diagnostic) -> String {
    let mut text = found.message.clone();
    if !found.primary.text.is_empty() {
        text = format!("{text}: {}", found.primary.text);
    }
    for note in &found.notes {
        text = format!("{text}\n{note}");
    }
    if let Some(help) = &found.help {
        text = format!("{text}\nhelp: {help}");
    }
    text
}

/// The answer to a client that asks for the findings of a file, and knows those of `previous`.
pub(crate) fn pull(snapshot: &Snapshot, file: FileId, previous: Option<&str>) -> DocumentDiagnosticReport {
    let items = of_file(snapshot, file);
    let result_id = fingerprint(&items);
    if previous == Some(result_id.as_str()) {
        let unchanged_document_diagnostic_report =
            UnchangedDocumentDiagnosticReport { result_id: result_id.to_string() };
        return RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report,
        }
        .into();
    }
    let full_document_diagnostic_report =
        FullDocumentDiagnosticReport { result_id: Some(result_id.to_string()), items };
    RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report }.into()
}

/// The answer to a client that asks for all files.
pub(crate) fn pull_all<'s>(
    workspaces: impl Iterator<Item = &'s Snapshot>,
    previous: &[PreviousResultId],
) -> WorkspaceDiagnosticReport {
    let report = |(uri, version, items): (Uri, Option<i32>, Vec<Diagnostic>)| {
        let result_id = fingerprint(&items);
        if previous.iter().any(|known| known.uri == uri && known.value == result_id.as_str()) {
            let unchanged_document_diagnostic_report =
                UnchangedDocumentDiagnosticReport { result_id: result_id.to_string() };
            return WorkspaceDocumentDiagnosticReport::WorkspaceUnchangedDocumentDiagnosticReport(
                WorkspaceUnchangedDocumentDiagnosticReport { uri, version, unchanged_document_diagnostic_report },
            );
        }
        let full_document_diagnostic_report =
            FullDocumentDiagnosticReport { result_id: Some(result_id.to_string()), items };
        WorkspaceDocumentDiagnosticReport::WorkspaceFullDocumentDiagnosticReport(
            WorkspaceFullDocumentDiagnosticReport { uri, version, full_document_diagnostic_report },
        )
    };
    WorkspaceDiagnosticReport { items: workspaces.flat_map(all).map(report).collect() }
}

/// A name for a list of findings, the same for equal ones.
fn fingerprint(items: &[Diagnostic]) -> SmolStr {
    let mut hasher = DefaultHasher::new();
    for item in items {
        serde_json::to_string(item).unwrap_or_default().hash(&mut hasher);
    }
    smol_str::format_smolstr!("{:016x}", hasher.finish())
}
