//! Findings as issues of Azure Pipelines.
//!
//! See: <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands#logissue-log-an-error-or-warning>

use super::{Report, whole_text};
use std::fmt::Write as _;
use xks_core::diagnostics::Level;

/// One command a line. There are no issues below a warning, so a note is a plain line.
pub(in crate::cli) fn write(report: &Report<'_>) -> String {
    let mut text = String::new();
    for problem in &report.workspace.unreadable {
        let file = property(&report.reported(&problem.path));
        let message = data(&problem.whole_text());
        let _ = writeln!(text, "##vso[task.logissue type=error;sourcepath={file};code={}]{message}", problem.code.name);
    }
    for diagnostic in report.diagnostics {
        let path = report.path(diagnostic.primary.span.file);
        let at = report.region(diagnostic.primary.span);
        let (line, column, code) = (at.start_line, at.start_column, diagnostic.code.name);
        let message = whole_text(diagnostic);
        let kind = match diagnostic.level {
            Level::Deny => "error",
            Level::Warn => "warning",
            Level::Note | Level::Allow => {
                // On one line: a line of its own might be read as a command.
                let _ = writeln!(text, "{path}:{line}:{column}: note[{code}]: {}", message.replace(['\r', '\n'], " "));
                continue;
            }
        };
        let place = format!("sourcepath={};linenumber={line};columnnumber={column};code={code}", property(&path));
        let _ = writeln!(text, "##vso[task.logissue type={kind};{place}]{}", data(&message));
    }
    text
}

/// The text of a command ends with its line.
pub(in crate::cli) fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property ends with `;` or `]` too.
pub(in crate::cli) fn property(text: &str) -> String {
    data(text).replace(']', "%5D").replace(';', "%3B")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_is_escaped() {
        assert_eq!(data("100%\r\n]"), "100%AZP25%0D%0A]");
        assert_eq!(property("a;b]"), "a%3Bb%5D");
    }
}
