//! A workspace at one moment: what every feature looks at. Nothing in it changes; what is costly is made when it is first
//! asked for, and then kept.

use crate::client::Abilities;
use crate::known::Known;
use crate::lowered::Lowered;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tower_lsp_server::gen_lsp_types::{Location, Position, Range, Uri};
use xks_core::diagnostics::{Diagnostic, Levels, settle};
use xks_core::model::Flow;
use xks_core::names::uses::{FileNames, Index};
use xks_core::source::{FileId, Source, Sources, Span};
use xks_core::syntax::Parsed;
use xks_core::syntax::ast::Statement;
use xks_core::{Analysis, Manifests, Options};
use xks_disk::Unreadable;

/// A place in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) file: FileId,
    pub(crate) offset: u32,
}

/// A file as the editor knows it.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// As the client spells it, if it has opened the file.
    pub(crate) uri: Uri,
    /// The client's version, if it has opened the file.
    pub(crate) version: Option<i32>,
}

/// One workspace: a folder, or a file by itself.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// The folder that the sources' paths start from.
    pub(crate) root: PathBuf,
    /// The name of the only file, where it is a file by itself.
    pub(crate) lone: Option<String>,
    /// The texts, by [`FileId`].
    pub(crate) sources: Sources,
    /// The statements, by [`FileId`].
    pub(crate) parsed: Vec<Arc<Parsed>>,
    /// The documents, by [`FileId`].
    pub(crate) documents: Vec<Arc<Document>>,
    /// The names of each file, by [`FileId`].
    pub(crate) names: Vec<Arc<FileNames>>,
    /// What `include` names.
    pub(crate) manifests: Arc<Manifests>,
    /// What could not be read.
    pub(crate) unreadable: Arc<Vec<Unreadable>>,
    /// What the analysis depends on besides.
    pub(crate) options: Options,
    /// What the client can do.
    pub(crate) client: Arc<Abilities>,
    pub(crate) index: Arc<OnceLock<Index>>,
    pub(crate) analysis: Arc<OnceLock<Arc<Analysis>>>,
    /// What the analysis takes over from one before, of this workspace.
    pub(crate) known: Arc<Known>,
    /// What it becomes, as far as somebody asked.
    pub(crate) lowered: Arc<Lowered>,
    /// What is known of `never` and `expect`.
    pub(crate) broken: Vec<Diagnostic>,
}

impl Snapshot {
    /// The same workspace, of which more is known.
    pub(crate) fn with_broken(&self, broken: Vec<Diagnostic>) -> Snapshot {
        Snapshot { broken, ..self.clone() }
    }

    /// What the workspace means, and what is wrong with it.
    pub(crate) fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| {
            let mut analysis = self.known.analyze(self);
            if !self.unreadable.is_empty() {
                // What the readable files mean depends on the others, so it is not judged: `xks check` does the same.
                let written = self.parsed.iter().flat_map(|parsed| parsed.diagnostics.iter().cloned());
                analysis.diagnostics = settle(written.collect(), &Levels::new());
            }
            let analysis = Arc::new(analysis);
            self.known.keep(self, &analysis);
            analysis
        })
    }

    /// Every name in the workspace.
    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self.names.clone()))
    }

    /// A file's text.
    pub(crate) fn source(&self, file: FileId) -> &Source {
        self.sources.get(file)
    }

    /// A file as the editor knows it.
    pub(crate) fn document(&self, file: FileId) -> &Document {
        &self.documents[file.0 as usize]
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &Path) -> Option<FileId> {
        let name = name_below(&self.root, path)?;
        let at = self.sources.files().binary_search_by(|source| source.path.as_str().cmp(&name)).ok()?;
        Some(FileId(at as u32))
    }

    /// The place that a position of the client names.
    pub(crate) fn at(&self, file: FileId, position: Position) -> At {
        At { file, offset: self.client.encoding.offset(self.source(file), position) }
    }

    /// The statement at a place, the place behind its last character included.
    pub(crate) fn statement(&self, at: At) -> Option<&Statement> {
        let statements = &self.parsed[at.file.0 as usize].file.statements;
        let after = statements.partition_point(|statement| statement.span.start <= at.offset);
        statements[..after].last().filter(|statement| at.offset <= statement.span.end)
    }

    /// The words that a range of the client names.
    pub(crate) fn span(&self, file: FileId, range: Range) -> Span {
        let bytes = self.client.encoding.bytes(self.source(file), range);
        Span::new(file, bytes.start, bytes.end)
    }

    /// A span as the client counts it.
    pub(crate) fn range(&self, span: Span) -> Range {
        self.client.encoding.range(self.source(span.file), span)
    }

    /// A span with its file.
    pub(crate) fn location(&self, span: Span) -> Location {
        Location { uri: self.document(span.file).uri.clone(), range: self.range(span) }
    }

    /// What is permitted between whom, in every environment.
    pub(crate) fn flows(&self) -> impl Iterator<Item = &Flow> {
        self.analysis().workspaces.iter().flat_map(xks_core::model::Workspace::flows)
    }

    /// The findings of each file, in the order of the text, and what is known of `never` and `expect` behind them.
    pub(crate) fn findings(&self, file: FileId) -> impl Iterator<Item = &Diagnostic> {
        let all = &self.analysis().diagnostics;
        let start = all.partition_point(|found| found.primary.span.file < file);
        let own = all[start..].iter().take_while(move |found| found.primary.span.file == file);
        own.chain(self.broken.iter().filter(move |found| found.primary.span.file == file))
    }
}

/// A path below `root` as sources write it; `None` if it lies elsewhere or cannot be written so.
pub(crate) fn name_below(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
