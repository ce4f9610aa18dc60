//! Findings as people read them.

use super::{Counts, MOST, Report};
use crate::cli::terminal::{Paint, trusted};
use std::fmt::Write as _;
use xks_core::diagnostics::render::render;
use xks_core::diagnostics::suggest::counted;

/// Every finding with its source lines, and how many there were.
pub(in crate::cli) fn write(report: &Report<'_>, color: bool) -> String {
    let paint = Paint(color);
    let mut text = String::new();
    let unreadable = &report.workspace.unreadable;
    for problem in unreadable.iter().take(MOST) {
        let head = paint.red(&format!("error[{}]", problem.code.name));
        let _ = writeln!(text, "{head}{}", paint.bold(&format!(": {}", problem.message)));
        if let Some(help) = &problem.help {
            let _ = writeln!(text, "  = help: {help}");
        }
        text.push('\n');
    }
    if unreadable.len() > MOST {
        let _ = writeln!(text, "and {} that cannot be read\n", counted(unreadable.len() - MOST, "more file"));
    }
    let shown = report.shown();
    for diagnostic in shown.iter().take(MOST) {
        // What it shows of users is escaped already, so all that is left for the terminal is its own.
        text.push_str(&trusted(&render(&report.workspace.sources, diagnostic, color)));
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
    }
    if shown.len() > MOST {
        let _ = writeln!(text, "and {} in further files\n", counted(shown.len() - MOST, "more finding"));
    }
    let files = report.workspace.sources.files().len();
    if files > 0 && !report.workspace.unreadable.is_empty() {
        text.push_str(match report.is_judged {
            true => "the tenants of these files are unknown; what the others mean was checked\n",
            false => "what the other files mean was not checked: it may depend on those that cannot be read\n",
        });
    }
    let _ = writeln!(text, "{}", summary(report.counts(), files));
    text
}

/// "2 errors, 1 warning".
fn summary(counts: Counts, files: usize) -> String {
    let counts = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|&(count, what)| counted(count, what)).collect();
    if parts.is_empty() { format!("no findings in {}", counted(files, "file")) } else { parts.join(", ") }
}
