//! Findings as annotations of GitHub Actions.
//!
//! See: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message>

use super::{Report, whole_text};
use std::fmt::Write as _;
use xks_core::diagnostics::Level;

/// One command a line.
pub(in crate::cli) fn write(report: &Report<'_>) -> String {
    let mut text = String::new();
    for problem in &report.workspace.unreadable {
        let file = property(&report.reported(&problem.path));
        let message = data(&problem.whole_text());
        let _ = writeln!(text, "::error file={file},title={}::{message}", title(problem.code.name));
    }
    for diagnostic in report.diagnostics {
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

/// The text of a command ends with its line.
pub(in crate::cli) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property ends with `,` or `:` too.
pub(in crate::cli) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a,b:c%"), "a%2Cb%3Ac%25");
    }
}
