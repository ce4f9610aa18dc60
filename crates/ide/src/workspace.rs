//! One workspace as its texts change. Only the file that changes is read anew.

use crate::analysis_cache::AnalysisCache;
use crate::invariants::Broken;
use crate::snapshot::{Listing, Snapshot};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use xks_base::parallel;
use xks_core::names::uses::FileNames;
use xks_core::source::{FileId, Source, Sources};
use xks_core::syntax::Parsed;
use xks_core::values::date::Date;
use xks_core::{Manifests, Options};

/// How many files are read one after the other before it pays to use all cores.
const FEW: usize = 16;

/// The texts of a workspace, what was read of each, and what is known of them all.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Sorted by path: a file's [`FileId`] is its index.
    files: Vec<File>,
    manifests: Arc<Manifests>,
    /// Whether what `include` names may be something else by now.
    stale_manifests: bool,
    /// The files that cannot be read.
    unreadable: Vec<String>,
    listing: Listing,
    /// What `never` and `expect` came to when they were last held.
    held: Vec<Broken>,
    /// The state as others see it; `None` after a change.
    snapshot: Option<Arc<Snapshot>>,
    cache: Arc<AnalysisCache>,
}

/// A file, read.
#[derive(Clone, Debug)]
struct File {
    source: Arc<Source>,
    parsed: Arc<Parsed>,
    names: Arc<FileNames>,
    address: Arc<str>,
}

/// A file before it is read.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its path from the root of the workspace, and what stands in it.
    pub source: Arc<Source>,
    /// Where links lead that name it.
    pub address: Arc<str>,
}

impl Workspace {
    /// A workspace without files, with what lies beside those that it will have.
    pub fn new(listing: Listing) -> Workspace {
        Workspace { listing, ..Workspace::default() }
    }

    /// The files, in the order of their paths.
    pub fn texts(&self) -> impl Iterator<Item = Text> {
        self.files.iter().map(|file| Text { source: Arc::clone(&file.source), address: Arc::clone(&file.address) })
    }

    /// The file of a name.
    pub fn find(&self, name: &str) -> Option<FileId> {
        self.position(name).ok().map(|at| FileId(at as u32))
    }

    /// The text of a file.
    pub fn source(&self, file: FileId) -> &Arc<Source> {
        &self.files[file.0 as usize].source
    }

    /// Where links lead that name a file.
    pub fn address(&self, file: FileId) -> &Arc<str> {
        &self.files[file.0 as usize].address
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.files.binary_search_by(|file| file.source.path.as_str().cmp(name))
    }

    /// Puts a file in the place of one of the same name, or among the others.
    pub fn put(&mut self, text: Text) {
        match self.position(&text.source.path) {
            Ok(at) => {
                self.files[at] = read(FileId(at as u32), text);
                self.snapshot = None;
            }
            Err(_) => self.replace(vec![text], |_| true),
        }
    }

    /// Adds files, which others of that name make way for, and keeps some of the old ones. Only those whose text or index
    /// changes are read.
    pub fn replace(&mut self, added: Vec<Text>, keep: impl Fn(&str) -> bool) {
        let is_added = |path: &str| added.iter().any(|text| text.source.path == path);
        let kept = self.texts().filter(|text| keep(&text.source.path) && !is_added(&text.source.path));
        let mut texts: Vec<Text> = kept.collect();
        texts.extend(added);
        texts.sort_by(|a, b| a.source.path.cmp(&b.source.path));
        let reuse = |(at, text): &(usize, Text)| match self.files.get(*at) {
            Some(file) if Arc::ptr_eq(&file.source, &text.source) => {
                File { address: Arc::clone(&text.address), ..file.clone() }
            }
            _ => read(FileId(*at as u32), text.clone()),
        };
        self.files = parallel::map(&texts.into_iter().enumerate().collect::<Vec<_>>(), FEW, reuse);
        self.snapshot = None;
    }

    /// Says which files cannot be read: their tenants are unknown then, or what all others mean is not judged.
    pub fn set_unreadable(&mut self, unreadable: Vec<String>) {
        if self.unreadable != unreadable {
            self.unreadable = unreadable;
            self.snapshot = None;
            // Of what was found before, nothing may hold.
            self.cache = Arc::default();
        }
    }

    /// What `include` names is to be asked for again.
    pub fn manifests_changed(&mut self) {
        self.stale_manifests = true;
        self.snapshot = None;
    }

    /// Takes over what `never` and `expect` come to.
    pub fn hold(&mut self, found: Vec<Broken>) {
        if self.held.is_empty() && found.is_empty() {
            return;
        }
        self.held = found;
        if let Some(snapshot) = &self.snapshot {
            let broken = self.held.iter().filter_map(|found| found.within(snapshot)).collect();
            self.snapshot = Some(Arc::new(snapshot.with_broken(broken)));
        }
    }

    /// The workspace as it is now, on some day. `manifests` reads what `include` names.
    pub fn snapshot(
        &mut self,
        today: impl FnOnce() -> Option<Date>,
        manifests: impl FnOnce(Vec<String>) -> Manifests,
    ) -> Arc<Snapshot> {
        if let Some(snapshot) = &self.snapshot {
            return Arc::clone(snapshot);
        }
        let sources = Sources::shared(self.files.iter().map(|file| Arc::clone(&file.source)).collect());
        let sources = sources.beside(self.unreadable.clone());
        let parsed: Vec<_> = self.files.iter().map(|file| Arc::clone(&file.parsed)).collect();
        let wanted = xks_core::includes(&sources, &parsed);
        if self.stale_manifests || !wanted.iter().eq(self.manifests.keys()) {
            self.manifests = Arc::new(manifests(wanted));
            self.stale_manifests = false;
        }
        let mut snapshot = Snapshot {
            sources,
            parsed,
            addresses: self.files.iter().map(|file| Arc::clone(&file.address)).collect(),
            names: self.files.iter().map(|file| Arc::clone(&file.names)).collect(),
            manifests: Arc::clone(&self.manifests),
            options: Options { today: today() },
            listing: self.listing.clone(),
            index: Arc::default(),
            analysis: Arc::default(),
            cache: Arc::clone(&self.cache),
            lowered: Arc::default(),
            broken: Vec::new(),
        };
        snapshot.broken = self.held.iter().filter_map(|found| found.within(&snapshot)).collect();
        let snapshot = Arc::new(snapshot);
        self.snapshot = Some(Arc::clone(&snapshot));
        snapshot
    }
}

/// Reads a file. Should the compiler panic on it, the file says nothing, and everything else goes on with the text it has.
fn read(id: FileId, text: Text) -> File {
    let read = |content: &str| {
        let parsed = xks_core::syntax::parse(id, content);
        let names = FileNames::new(&text.source, &parsed);
        (parsed, names)
    };
    let (parsed, names) = catch_unwind(AssertUnwindSafe(|| read(&text.source.text))).unwrap_or_else(|_| read(""));
    File { source: text.source, parsed: Arc::new(parsed), names: Arc::new(names), address: text.address }
}
