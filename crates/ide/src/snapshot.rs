//! A workspace at one moment: what every feature looks at. Nothing in it changes; what is costly is made when it is first
//! asked for, and then kept.

use crate::analysis_cache::AnalysisCache;
use crate::lowered::Lowered;
use std::borrow::Borrow;
use std::fmt;
use std::sync::{Arc, OnceLock};
use xks_core::diagnostics::{Diagnostic, Levels, settle};
use xks_core::model::Flow;
use xks_core::names::uses::{FileNames, Index};
use xks_core::source::{FileId, Source, Sources, Span};
use xks_core::syntax::Parsed;
use xks_core::syntax::ast::Statement;
use xks_core::{Analysis, Manifests, Options};

/// A place in a file.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The file.
    pub file: FileId,
    /// The byte.
    pub offset: u32,
}

/// The manifests and folders that lie right in a folder, which is named from the root of the workspace: each by its name,
/// with whether it is a folder.
#[derive(Clone)]
pub struct Listing(Arc<List>);

type List = dyn Fn(&str) -> Vec<(String, bool)> + Send + Sync;

impl Listing {
    /// What some function lists.
    pub fn new(list: impl Fn(&str) -> Vec<(String, bool)> + Send + Sync + 'static) -> Listing {
        Listing(Arc::new(list))
    }

    /// What lies in a folder.
    pub fn of(&self, folder: &str) -> Vec<(String, bool)> {
        (self.0)(folder)
    }
}

impl Default for Listing {
    /// Nothing lies anywhere.
    fn default() -> Listing {
        Listing::new(|_| Vec::new())
    }
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listing")
    }
}

/// A workspace at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The texts, by [`FileId`].
    pub sources: Sources,
    /// The statements, by [`FileId`].
    pub parsed: Vec<Arc<Parsed>>,
    /// Where links lead that name a file, by [`FileId`].
    pub addresses: Vec<Arc<str>>,
    /// The names of each file, by [`FileId`].
    pub(crate) names: Vec<Arc<FileNames>>,
    /// What `include` names.
    pub(crate) manifests: Arc<Manifests>,
    /// What the analysis depends on besides.
    pub(crate) options: Options,
    /// What lies beside the sources.
    pub(crate) listing: Listing,
    pub(crate) index: Arc<OnceLock<Index>>,
    pub(crate) analysis: Arc<OnceLock<Arc<Analysis>>>,
    /// What the analysis takes over from one before, of this workspace.
    pub(crate) cache: Arc<AnalysisCache>,
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
    pub fn analysis(&self) -> &Analysis {
        self.analysis.get_or_init(|| {
            let mut analysis = self.cache.analyze(&self.sources, &self.parsed, &self.manifests, &self.options);
            if !xks_core::judges(&self.sources, &self.parsed) {
                // What the readable files mean depends on the others, so it is not judged: `xks check` does the same.
                let written = self.parsed.iter().flat_map(|parsed| parsed.diagnostics.iter().cloned());
                analysis.diagnostics = settle(written.collect(), &Levels::new());
            }
            let analysis = Arc::new(analysis);
            self.cache.keep(&self.parsed, &self.manifests, &analysis);
            analysis
        })
    }

    /// Every name in the workspace.
    pub fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(of_tenants(self.names.clone(), &self.sources, &self.parsed)))
    }

    /// A file's text.
    pub fn source(&self, file: FileId) -> &Source {
        self.sources.get(file)
    }

    /// Where links to a file lead.
    pub fn address(&self, file: FileId) -> &str {
        &self.addresses[file.0 as usize]
    }

    /// The file of a name, from the root of the workspace.
    pub fn file(&self, name: &str) -> Option<FileId> {
        let at = self.sources.files().binary_search_by(|source| source.path.as_str().cmp(name)).ok()?;
        Some(FileId(at as u32))
    }

    /// The statement at a place, the place behind its last character included.
    pub fn statement(&self, at: At) -> Option<&Statement> {
        let statements = &self.parsed[at.file.0 as usize].file.statements;
        let after = statements.partition_point(|statement| statement.span.start <= at.offset);
        statements[..after].last().filter(|statement| at.offset <= statement.span.end)
    }

    /// The whole text of a file.
    pub fn whole(&self, file: FileId) -> Span {
        Span::new(file, 0, self.source(file).text.len())
    }

    /// What is permitted between whom, in every environment.
    pub fn flows(&self) -> impl Iterator<Item = &Flow> {
        self.analysis().workspaces.iter().flat_map(xks_core::model::Workspace::flows)
    }

    /// The findings of each file, in the order of the text, and what is known of `never` and `expect` behind them.
    pub fn findings(&self, file: FileId) -> impl Iterator<Item = &Diagnostic> {
        let all = &self.analysis().diagnostics;
        let start = all.partition_point(|found| found.primary.span.file < file);
        let own = all[start..].iter().take_while(move |found| found.primary.span.file == file);
        own.chain(self.broken.iter().filter(move |found| found.primary.span.file == file))
    }
}

/// The names of each file as its tenant understands them.
pub(crate) fn of_tenants(
    names: Vec<Arc<FileNames>>,
    sources: &Sources,
    parsed: &[impl Borrow<Parsed>],
) -> Vec<Arc<FileNames>> {
    let Some(owners) = xks_core::owners(sources, parsed) else { return names };
    let files = names.iter().zip(sources.files()).zip(parsed).zip(&owners);
    files.map(|(((names, source), parsed), owner)| names.of_tenant(source, parsed.borrow(), owner.as_ref())).collect()
}
