//! Findings as issues of Azure Pipelines.
//!
//! See: <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning>

use super::{Report, whole_text};
use std::fmt::Write as _;
use xks_core::diagnostics::Level;
use xks_core::escape::{azure_data as data, azure_property as property, word};

/// One command a line. There are no issues below a warning, so a note is a plain line.
pub(in crate::cli) fn write(report: &Report<'_>) -> String {
    let mut text = String::new();
    for problem in &report.workspace.unreadable {
        let file = property(&report.reported(&problem.path));
        let message = data(&problem.whole_text());
        let _ = writeln!(text, "##vso[task.logissue type=error;sourcepath={file};code={}]{message}", problem.code.name);
    }
    for diagnostic in &report.shown() {
        let path = report.path(diagnostic.primary.span.file);
        let at = report.region(diagnostic.primary.span);
        let (line, column, code) = (at.start_line, at.start_column, diagnostic.code.name);
        let message = whole_text(diagnostic);
        let kind = match diagnostic.level {
            Level::Deny => "error",
            Level::Warn => "warning",
            Level::Note | Level::Allow => {
                // On one line: a line of its own might be read as a command.
                let _ = writeln!(
                    text,
                    "{}",
                    word(&format!("{path}:{line}:{column}: note[{code}]: {}", message.replace('\n', " ")))
                );
                continue;
            }
        };
        let place = format!("sourcepath={};linenumber={line};columnnumber={column};code={code}", property(&path));
        let _ = writeln!(text, "##vso[task.logissue type={kind};{place}]{}", data(&message));
    }
    text
}
