//! The newest analysis of a workspace, for the next one: what a change does not concern is taken over from it.

use std::sync::{Arc, Mutex, PoisonError};
use xks_core::source::{FileId, Sources};
use xks_core::syntax::Parsed;
use xks_core::{Analysis, Manifests, Options, Previous};

/// What was analysed last.
#[derive(Debug, Default)]
pub(crate) struct AnalysisCache {
    last: Mutex<Option<Arc<Last>>>,
}

#[derive(Debug)]
struct Last {
    parsed: Vec<Arc<Parsed>>,
    manifests: Arc<Manifests>,
    analysis: Arc<Analysis>,
}

impl AnalysisCache {
    /// Analyses a state of the workspace.
    pub(crate) fn analyze(
        &self,
        sources: &Sources,
        parsed: &[Arc<Parsed>],
        manifests: &Arc<Manifests>,
        options: &Options,
    ) -> Analysis {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // A file is read again when its text or its index changes.
        let changed: Option<(&Analysis, Vec<FileId>)> = last.as_deref().and_then(|last| {
            if last.parsed.len() != parsed.len() || !Arc::ptr_eq(&last.manifests, manifests) {
                return None;
            }
            let pairs = last.parsed.iter().zip(parsed).enumerate();
            let changed = pairs.filter(|(_, (old, new))| !Arc::ptr_eq(old, new)).map(|(at, _)| FileId(at as u32));
            Some((&*last.analysis, changed.collect()))
        });
        let before = changed.as_ref().map(|(analysis, changed)| Previous { analysis, changed });
        xks_core::analyze_again(sources, parsed, manifests, options, before)
    }

    /// Keeps an analysis for the next one.
    pub(crate) fn keep(&self, parsed: &[Arc<Parsed>], manifests: &Arc<Manifests>, analysis: &Arc<Analysis>) {
        let last = Last { parsed: parsed.to_vec(), manifests: Arc::clone(manifests), analysis: Arc::clone(analysis) };
        let old = self.last.lock().unwrap_or_else(PoisonError::into_inner).replace(Arc::new(last));
        drop(old);
    }
}
