//! A workspace at one moment as the client sees it: with its paths, versions and columns. Here the protocol's places become
//! those of the compiler, and back.

use crate::client::Abilities;
use crate::uri;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp_server::gen_lsp_types::{Location, Position, Range, Uri};
use xks_core::source::{FileId, Span};
use xks_disk::Unreadable;
use xks_ide::paths::name_below;
use xks_ide::position;
use xks_ide::snapshot::{At, Snapshot};

/// A folder, or a file by itself.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The folder that the sources' paths start from.
    pub(crate) root: PathBuf,
    /// The name of the only file, where it is a file by itself.
    pub(crate) lone: Option<String>,
    /// What it is, says and means.
    pub(crate) snapshot: Arc<Snapshot>,
    /// The files that the client has open, with its versions.
    pub(crate) versions: Vec<(FileId, i32)>,
    /// What could not be read.
    pub(crate) unreadable: Arc<Vec<Unreadable>>,
    /// What the client can do.
    pub(crate) client: Arc<Abilities>,
}

impl View {
    /// The file at a path.
    pub(crate) fn file(&self, path: &Path) -> Option<FileId> {
        self.snapshot.file(&name_below(&self.root, path)?)
    }

    /// A file's URI: as the client spells it, if it has opened the file.
    pub(crate) fn uri(&self, file: FileId) -> Uri {
        Uri(self.snapshot.address(file).to_string())
    }

    /// The URI of what lies at a path below the root.
    pub(crate) fn uri_of(&self, path: &str) -> Uri {
        uri::from_path(&self.root.join(path))
    }

    /// The client's version of a file, if it has opened the file.
    pub(crate) fn version(&self, file: FileId) -> Option<i32> {
        self.versions.iter().find(|(open, _)| *open == file).map(|(_, version)| *version)
    }

    /// The place that a position of the client names.
    pub(crate) fn at(&self, file: FileId, position: Position) -> At {
        At { file, offset: self.client.encoding.offset(self.snapshot.source(file), plain(position)) }
    }

    /// The words that a range of the client names.
    pub(crate) fn span(&self, file: FileId, range: Range) -> Span {
        let range = position::Range { start: plain(range.start), end: plain(range.end) };
        let bytes = self.client.encoding.bytes(self.snapshot.source(file), range);
        Span::new(file, bytes.start, bytes.end)
    }

    /// A span as the client counts it.
    pub(crate) fn range(&self, span: Span) -> Range {
        let range = self.client.encoding.range(self.snapshot.source(span.file), span);
        Range { start: counted(range.start), end: counted(range.end) }
    }

    /// A span with its file.
    pub(crate) fn location(&self, span: Span) -> Location {
        Location { uri: self.uri(span.file), range: self.range(span) }
    }

    /// Spans with their files.
    pub(crate) fn locations(&self, spans: Vec<Span>) -> Vec<Location> {
        spans.into_iter().map(|span| self.location(span)).collect()
    }
}

/// A position without the protocol.
pub(crate) fn plain(Position { line, character }: Position) -> position::Position {
    position::Position { line, character }
}

/// A position in the protocol's words.
fn counted(position::Position { line, character }: position::Position) -> Position {
    Position { line, character }
}
