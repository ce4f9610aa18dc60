//! `never` and `expect`, held against what a build permits. That asks for a whole build, so it is done when files are opened,
//! saved or changed on the disk, and not for each key. What was found is shown as long as every statement that it speaks of
//! stands as it did.

use crate::snapshot::Snapshot;
use std::sync::Arc;
use xks_core::diagnostics::Diagnostic;
use xks_core::prove::Difference;
use xks_core::source::{FileId, Source, Span};

/// What is broken, if there is anything to hold; nothing is while the workspace cannot be built.
///
/// # Errors
/// The compiler is mistaken: the policies of a build are not what the statements say.
pub fn hold(snapshot: &Snapshot) -> Result<Option<Vec<Broken>>, Vec<Difference>> {
    let analysis = snapshot.analysis();
    if !analysis.has_invariants() {
        return Ok(None);
    }
    let Some(checked) = analysis.checked() else { return Ok(Some(Vec::new())) };
    let tree = xks_core::build(&snapshot.sources, &checked, None, xks_core::emit::Format::Yaml)?;
    let found = analysis.broken(&snapshot.sources, &snapshot.parsed, &tree);
    Ok(Some(found.into_iter().map(|diagnostic| Broken::new(snapshot, diagnostic)).collect()))
}

/// A finding, and the statements that it speaks of.
#[derive(Debug)]
pub struct Broken {
    diagnostic: Diagnostic,
    /// The first is the `never` or `expect`; the others are those of the labels.
    statements: Vec<Words>,
    /// The files that its fixes change.
    changed: Vec<(FileId, Arc<Source>)>,
}

/// The words of a statement.
#[derive(Debug)]
struct Words {
    path: String,
    text: String,
}

impl Broken {
    fn new(snapshot: &Snapshot, diagnostic: Diagnostic) -> Broken {
        let words = |span: Span| Words {
            path: snapshot.source(span.file).path.clone(),
            text: snapshot.sources.text(span).to_string(),
        };
        let spans = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).map(|label| label.span);
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits);
        let mut changed: Vec<FileId> = edits.map(|edit| edit.span.file).collect();
        changed.sort();
        changed.dedup();
        Broken {
            statements: spans.map(words).collect(),
            changed: changed.into_iter().map(|id| (id, Arc::clone(&snapshot.sources.files()[id.0 as usize]))).collect(),
            diagnostic,
        }
    }

    /// The finding in another state of the workspace.
    pub fn within(&self, snapshot: &Snapshot) -> Option<Diagnostic> {
        let mut diagnostic = self.diagnostic.clone();
        let labels = std::iter::once(&mut diagnostic.primary).chain(&mut diagnostic.secondary);
        for (label, words) in labels.zip(&self.statements) {
            label.span = words.find(snapshot)?;
        }
        let same = |(id, source): &(FileId, Arc<Source>)| {
            let now = snapshot.sources.files().get(id.0 as usize);
            now.is_some_and(|now| now.path == source.path && now.text == source.text)
        };
        if !self.changed.iter().all(same) {
            diagnostic.fixes.clear();
        }
        Some(diagnostic)
    }
}

impl Words {
    fn find(&self, snapshot: &Snapshot) -> Option<Span> {
        let files = snapshot.sources.files();
        let at = files.binary_search_by(|file| file.path.as_str().cmp(&self.path)).ok()?;
        let mut statements = snapshot.parsed[at].file.statements.iter().map(|statement| statement.span);
        statements.find(|span| snapshot.sources.text(*span) == self.text)
    }
}
