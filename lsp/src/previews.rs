//! The documents that have been given out, so that the client is told when they change.

use crate::protocol::preview;
use crate::snapshots::Snapshots;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tower_lsp_server::gen_lsp_types::Uri;
use xks_ide::snapshot::Snapshot;

/// What the client shows, as far as it has asked since it was told of a change.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    given: Mutex<BTreeMap<String, Given>>,
}

/// A text that was given out.
#[derive(Clone, Debug)]
struct Given {
    text: String,
    /// The state that it shows.
    of: Weak<Snapshot>,
}

impl Previews {
    /// The text of a document of ours; nothing for what is not.
    pub(crate) fn give(&self, snapshots: &Snapshots, uri: &Uri) -> String {
        let Some((snapshot, text)) = preview::content(snapshots, uri) else { return String::new() };
        let given = Given { text: text.clone(), of: Arc::downgrade(snapshot) };
        self.given.lock().unwrap_or_else(PoisonError::into_inner).insert(uri.0.clone(), given);
        text
    }

    /// The documents whose text is another one now. They are forgotten: a client that still shows one asks again.
    pub(crate) fn changed(&self, snapshots: &Snapshots) -> Vec<Uri> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let older = |given: &Given| !snapshots.views().any(|view| given.of.as_ptr() == Arc::as_ptr(&view.snapshot));
        let changed = |(uri, given): (String, Given)| {
            let uri = Uri(uri);
            let now = preview::content(snapshots, &uri).map(|(_, text)| text);
            (now != Some(given.text)).then_some(uri)
        };
        let changed: Vec<Uri> = given.into_iter().filter(|(_, given)| older(given)).filter_map(changed).collect();
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        changed.iter().for_each(|uri| {
            given.remove(&uri.0);
        });
        changed
    }
}
