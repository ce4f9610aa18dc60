//! The objects of a workspace, lowered namespace by namespace when they are first asked for.

use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use xks_core::Analysis;
use xks_core::lower::{self, Folder};

/// What has been lowered, by the environment's index and the namespace.
#[derive(Debug, Default)]
pub(crate) struct Lowered {
    folders: Mutex<BTreeMap<(usize, SmolStr), Arc<Folder>>>,
}

impl Lowered {
    /// The folders of some namespaces in one environment, in order. What is unsound is not in them.
    pub(crate) fn folders(&self, analysis: &Analysis, env: usize, namespaces: &BTreeSet<&SmolStr>) -> Vec<Arc<Folder>> {
        let Some(workspace) = analysis.workspaces.get(env) else { return Vec::new() };
        let key = |namespace: &SmolStr| (env, namespace.clone());
        let mut known = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if namespaces.iter().any(|namespace| !known.contains_key(&key(namespace))) {
            for share in lower::shares_of(workspace, |namespace| namespaces.contains(namespace)) {
                let made = || Arc::new(lower::folder(workspace, &share));
                known.entry(key(share.namespace())).or_insert_with(made);
            }
        }
        namespaces.iter().filter_map(|namespace| known.get(&key(namespace)).cloned()).collect()
    }
}
