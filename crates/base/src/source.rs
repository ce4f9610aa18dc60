//! Source files, and places in them.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// A file of the workspace: its index in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in one file; `end` is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        Span { file, start: start as u32, end: end as u32 }
    }

    /// The smallest range that holds both; they must lie in one file.
    pub fn to(self, other: Span) -> Span {
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty range behind this one, where an insertion goes.
    pub fn after(self) -> Span {
        Span { start: self.end, ..self }
    }

    /// The empty range before this one.
    pub fn before(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// Whether another range lies in this one.
    pub fn holds(self, other: Span) -> bool {
        self.file == other.file && self.start <= other.start && other.end <= self.end
    }

    /// The range as indices into the file's text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// A value and the words it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, read from `span`.
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }

    /// What `f` makes of the value, read from the same words.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned::new(f(self.value), self.span)
    }
}

/// The text of one `.xks` file.
#[derive(Debug)]
pub struct Source {
    /// The path that diagnostics show: relative to the workspace root, with `/`.
    pub path: String,
    /// The text, a byte-order mark included.
    pub text: String,
    /// The path after links, where that is another one.
    pub real: Option<String>,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// A file's text under the path that diagnostics show.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Source {
        Source { path: path.into(), text: text.into(), real: None, lines: OnceLock::new() }
    }

    /// The same, of a link: `real` is the path that it leads to, if it is one.
    #[must_use]
    pub fn leading_to(self, real: Option<String>) -> Source {
        Source { real, ..self }
    }

    /// Where the file lies once links are followed, from the root of the workspace.
    pub fn real_path(&self) -> &str {
        self.real.as_deref().unwrap_or(&self.path)
    }

    /// The byte at which each line starts. LF, CRLF and a lone CR end a line, as in the grammar.
    pub fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let ends = bytes.iter().enumerate().filter(|&(at, byte)| match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            });
            std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// The zero-based line that holds byte `offset`.
    pub fn line_of(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|&start| start <= offset) - 1
    }

    /// One-based line and one-based column, in characters, of byte `offset`.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.line_of(offset);
        let start = self.line_starts()[line] as usize;
        (line + 1, self.text[start..offset as usize].chars().count() + 1)
    }

    /// The path's last part without `.xks`: the tenant of a file that has no `tenant` statement.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".xks").unwrap_or(name)
    }

    /// The folder the file lies in, with a trailing `/` unless it is the root.
    pub fn folder(&self) -> &str {
        self.path.rfind('/').map_or("", |at| &self.path[..=at])
    }
}

/// All files of a workspace, in the order of their paths. A copy shares the texts.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<Source>>,
    unreadable: Vec<String>,
}

impl Sources {
    /// The files, sorted by path: what is compiled does not depend on the order in which they were found.
    pub fn new(files: Vec<Source>) -> Sources {
        Sources::shared(files.into_iter().map(Arc::new).collect())
    }

    /// The same, of files that others hold too.
    pub fn shared(mut files: Vec<Arc<Source>>) -> Sources {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Sources { files, unreadable: Vec::new() }
    }

    /// The same, beside files that are there and cannot be read.
    #[must_use]
    pub fn beside(self, mut unreadable: Vec<String>) -> Sources {
        unreadable.sort();
        Sources { unreadable, ..self }
    }

    /// The paths of files that are there and cannot be read, sorted.
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    /// Adds a text that is no file of the workspace, such as a question, behind all files.
    pub fn append(&mut self, text: Source) -> FileId {
        self.files.push(Arc::new(text));
        FileId(self.files.len() as u32 - 1)
    }

    /// The file with this index.
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// All files.
    pub fn files(&self) -> &[Arc<Source>] {
        &self.files
    }

    /// All indices, in order.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// The words at `span`.
    pub fn text(&self, span: Span) -> &str {
        &self.get(span.file).text[span.range()]
    }
}

/// Whether the first line of a text ends in CRLF, as all of its lines then do.
pub fn has_windows_ends(text: &str) -> bool {
    text.find(['\n', '\r']).is_some_and(|at| text[at..].starts_with("\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_every_line_end() {
        let source = Source::new("a.xks", "é x\r\nb\rc\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position(3), (1, 3));
        assert_eq!(source.position(6), (2, 1));
        assert_eq!(source.position(8), (3, 1));
        assert_eq!(source.position(10), (4, 1));
    }
}
