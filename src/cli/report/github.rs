//! Findings as annotations of GitHub Actions.
//!
//! See: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message>

use super::{Report, whole_text};
use std::fmt::Write as _;
use xks_core::diagnostics::Level;
use xks_core::escape::{github_data as data, github_property as property};

/// One command a line.
pub(in crate::cli) fn write(report: &Report<'_>) -> String {
    let mut text = String::new();
    for problem in &report.workspace.unreadable {
        let file = property(&report.reported(&problem.path));
        let message = data(&problem.whole_text());
        let _ = writeln!(text, "::error file={file},title={}::{message}", title(problem.code.name));
    }
    for diagnostic in &report.shown() {
        let command = match diagnostic.level {
            Level::Deny => "error",
            Level::Warn => "warning",
            Level::Note | Level::Allow => "notice",
        };
        let file = property(&report.path(diagnostic.primary.span.file));
        let at = report.region(diagnostic.primary.span);
        let _ = write!(text, "::{command} file={file},line={},endLine={}", at.start_line, at.end_line);
        // GitHub refuses columns on a range of several lines.
        if at.start_line == at.end_line {
            let _ = write!(text, ",col={},endColumn={}", at.start_column, at.end_column);
        }
        let _ = writeln!(text, ",title={}::{}", title(diagnostic.code.name), data(&whole_text(diagnostic)));
    }
    text
}

fn title(code: &str) -> String {
    property(&format!("xks {code}"))
}
