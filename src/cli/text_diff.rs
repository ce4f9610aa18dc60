//! Differences between two texts, as `diff -u` shows them.

use super::terminal::Paint;
use similar::TextDiff;
use std::fmt::Write as _;
use std::time::Duration;
use xks_core::escape::word;

/// The most lines that are shown of one file.
const MOST_LINES: usize = 200;

/// How long to look for the smallest difference; after that a coarser one has to do.
const PATIENCE: Duration = Duration::from_secs(2);

/// The unified diff of two texts, cut after [`MOST_LINES`]. `None` is a file that is not there.
pub(super) fn unified(path: &str, old: Option<&[u8]>, new: Option<&[u8]>, paint: Paint) -> String {
    let name = |side: Option<&[u8]>| if side.is_some() { path } else { "/dev/null" };
    let (old_text, new_text) = (lossy(old), lossy(new));
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old_text.as_ref(), new_text.as_ref());
    let whole = diff.unified_diff().context_radius(3).header(&word(name(old)), &word(name(new))).to_string();
    let mut text = String::new();
    let mut lines = whole.lines();
    for (at, line) in lines.by_ref().take(MOST_LINES).enumerate() {
        let _ = writeln!(text, "{}", colored(line, at, paint));
    }
    let rest = lines.count();
    if rest > 0 {
        let _ = writeln!(text, "... {rest} more lines");
    }
    text
}

/// The first two lines are the names of the files, which start like changed lines.
fn colored(line: &str, at: usize, paint: Paint) -> String {
    match line.as_bytes().first() {
        _ if at < 2 => paint.bold(line),
        Some(b'+') => paint.green(line),
        Some(b'-') => paint.red(line),
        Some(b'@') => paint.cyan(line),
        _ => line.to_string(),
    }
}

fn lossy(bytes: Option<&[u8]>) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes.unwrap_or_default())
}
