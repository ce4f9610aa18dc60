//! Findings, as the compiler has them.

use super::pages;
use crate::snapshot::Snapshot;
use crate::uri;
use smol_str::SmolStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use tower_lsp_server::gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentDiagnosticReport, FullDocumentDiagnosticReport, Message, Position, PreviousResultId, Range,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
    Uri, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};
use xks_core::diagnostics::{self, Fix, Level, Safety};
use xks_core::source::FileId;

/// What a client is told of a file: its version, if it has it open, and the findings.
pub(crate) type Report = (Uri, Option<i32>, Vec<Diagnostic>);

/// The findings of every file, those without any included, and of what cannot be read.
pub(crate) fn all(snapshot: &Snapshot) -> Vec<Report> {
    reports(snapshot, |_| true)
}

/// The same of the files that have findings or are open.
pub(crate) fn reported(snapshot: &Snapshot) -> Vec<Report> {
    reports(snapshot, |file| snapshot.document(file).version.is_some() || snapshot.findings(file).next().is_some())
}

fn reports(snapshot: &Snapshot, wanted: impl Fn(FileId) -> bool) -> Vec<Report> {
    let readable = snapshot.sources.ids().filter(|file| wanted(*file)).map(|file| {
        let document = snapshot.document(file);
        (document.uri.clone(), document.version, of_file(snapshot, file))
    });
    let unreadable = snapshot.unreadable.iter().map(|problem| {
        let root = problem.path == ".";
        let uri = uri::from_path(&if root { snapshot.root.clone() } else { snapshot.root.join(&problem.path) });
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

/// A finding as the client takes it.
pub(crate) fn one(snapshot: &Snapshot, found: &diagnostics::Diagnostic) -> Diagnostic {
    let shows = snapshot.client.findings;
    let related = found.secondary.iter().map(|label| DiagnosticRelatedInformation {
        location: snapshot.location(label.span),
        message: if label.text.is_empty() { "here".to_string() } else { label.text.clone() },
    });
    Diagnostic {
        range: snapshot.range(found.primary.span),
        severity: Some(severity(found.level)),
        code: Some(Code::String(found.code.name.to_string())),
        code_description: shows.links.then(|| CodeDescription { href: pages::uri(found.code.name) }),
        source: Some("xks".to_string()),
        message: Message::String(text(snapshot, found)),
        tags: tag(found.code.name).filter(|_| shows.tags).map(|tag| vec![tag]),
        related_information: (shows.related && !found.secondary.is_empty()).then(|| related.collect()),
        data: (shows.data && !found.fixes.is_empty()).then(|| fixes(found)),
    }
}

/// What an editor greys out or strikes through.
fn tag(code: &str) -> Option<DiagnosticTag> {
    match code {
        "redundant-allow" | "redundant-name" | "unused-export" | "empty-certificate" => {
            Some(DiagnosticTag::Unnecessary)
        }
        "retired-controller" => Some(DiagnosticTag::Deprecated),
        _ => None,
    }
}

/// What would mend the finding, in the order of `textDocument/codeAction`, for clients that only want to know whether.
fn fixes(found: &diagnostics::Diagnostic) -> serde_json::Value {
    let fix = |fix: &Fix| serde_json::json!({ "title": fix.title, "safe": fix.safety == Safety::Safe });
    serde_json::json!({ "fixes": found.fixes.iter().map(fix).collect::<Vec<_>>() })
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Deny => DiagnosticSeverity::Error,
        Level::Warn => DiagnosticSeverity::Warning,
        Level::Note | Level::Allow => DiagnosticSeverity::Information,
    }
}

/// The message with what a terminal shows around it.
fn text(snapshot: &Snapshot, found: &diagnostics::Diagnostic) -> String {
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
    if !snapshot.client.findings.related {
        for label in &found.secondary {
            let source = snapshot.source(label.span.file);
            let (line, column) = source.position(label.span.start);
            text = format!("{text}\n{}:{line}:{column}: {}", source.path, label.text);
        }
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
