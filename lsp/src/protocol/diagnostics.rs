//! Findings, pushed and pulled.

use super::pages;
use crate::view::View;
use smol_str::SmolStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use tower_lsp_server::gen_lsp_types::{
    Code, CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    DocumentDiagnosticReport, FullDocumentDiagnosticReport, Message, PreviousResultId, Range,
    RelatedFullDocumentDiagnosticReport, RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
    Uri, WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};
use xks_core::diagnostics;
use xks_core::escape::{lines, word};
use xks_core::source::{FileId, Span};
use xks_disk::Unreadable;
use xks_ide::features::diagnostics::{Finding, Severity, Tag, finding};

/// What a client is told of a file: its version, if it has it open, and the findings.
pub(crate) type Report = (Uri, Option<i32>, Vec<Diagnostic>);

/// The findings of every file, those without any included, and of what cannot be read.
pub(crate) fn all(view: &View) -> Vec<Report> {
    reports(view, |_| true)
}

/// The same of the files that have findings or are open.
pub(crate) fn reported(view: &View) -> Vec<Report> {
    reports(view, |file| view.version(file).is_some() || view.snapshot.findings(file).next().is_some())
}

fn reports(view: &View, wanted: impl Fn(FileId) -> bool) -> Vec<Report> {
    let files = view.snapshot.sources.ids().filter(|file| wanted(*file));
    let readable = files.map(|file| (view.uri(file), view.version(file), of_file(view, file)));
    readable.chain(view.unreadable.iter().map(|problem| unreadable(view, problem))).collect()
}

fn unreadable(view: &View, problem: &Unreadable) -> Report {
    let uri = if problem.path == "." { crate::uri::from_path(&view.root) } else { view.uri_of(&problem.path) };
    let found = Diagnostic {
        severity: Some(DiagnosticSeverity::Error),
        code: Some(Code::String("unreadable-file".to_string())),
        source: Some("xks".to_string()),
        message: Message::String(format!("cannot read `{}`: {}", word(&problem.path), word(&problem.reason))),
        range: Range::default(),
        ..Diagnostic::default()
    };
    (uri, None, vec![found])
}

/// The findings of one file.
fn of_file(view: &View, file: FileId) -> Vec<Diagnostic> {
    view.snapshot.findings(file).map(|found| one(view, found)).collect()
}

/// A finding as the client takes it.
pub(crate) fn one(view: &View, found: &diagnostics::Diagnostic) -> Diagnostic {
    let shows = view.client.findings;
    let found = finding(&view.snapshot, found, shows.related);
    let related = |(span, message): &(Span, String)| DiagnosticRelatedInformation {
        location: view.location(*span),
        message: lines(message).into_owned(),
    };
    Diagnostic {
        range: view.range(found.span),
        severity: Some(severity(found.severity)),
        code: Some(Code::String(found.code.to_string())),
        code_description: shows.links.then(|| CodeDescription { href: pages::uri(found.code) }),
        source: Some("xks".to_string()),
        tags: found.tag.filter(|_| shows.tags).map(|tag| vec![self::tag(tag)]),
        related_information: (!found.related.is_empty()).then(|| found.related.iter().map(related).collect()),
        data: (shows.data && !found.fixes.is_empty()).then(|| fixes(&found)),
        message: Message::String(lines(&found.message).into_owned()),
    }
}

fn tag(tag: Tag) -> DiagnosticTag {
    match tag {
        Tag::Unnecessary => DiagnosticTag::Unnecessary,
        Tag::Deprecated => DiagnosticTag::Deprecated,
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Information => DiagnosticSeverity::Information,
    }
}

/// What would mend the finding, in the order of `textDocument/codeAction`, for clients that only want to know whether.
fn fixes(found: &Finding) -> serde_json::Value {
    let fix = |(title, safe): &(String, bool)| serde_json::json!({ "title": title, "safe": safe });
    serde_json::json!({ "fixes": found.fixes.iter().map(fix).collect::<Vec<_>>() })
}

/// The answer to a client that asks for the findings of a file, and knows those of `previous`.
pub(crate) fn pull(view: &View, file: FileId, previous: Option<&str>) -> DocumentDiagnosticReport {
    let items = of_file(view, file);
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
    views: impl Iterator<Item = &'s View>,
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
    WorkspaceDiagnosticReport { items: views.flat_map(all).map(report).collect() }
}

/// A name for a list of findings, the same for equal ones.
fn fingerprint(items: &[Diagnostic]) -> SmolStr {
    let mut hasher = DefaultHasher::new();
    for item in items {
        serde_json::to_string(item).unwrap_or_default().hash(&mut hasher);
    }
    smol_str::format_smolstr!("{:016x}", hasher.finish())
}
