//! The documents that have been given out, so that the client is told when they change.

use crate::protocol::preview;
use crate::snapshots::Snapshots;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tower_lsp_server::gen_lsp_types::Uri;

/// What the client shows, as far as it has asked since it was told of a change.
#[derive(Debug, Default)]
pub(crate) struct Previews {
    given: Mutex<BTreeMap<String, String>>,
}

impl Previews {
    /// The text of a document of ours; nothing for what is not.
    pub(crate) fn give(&self, snapshots: &Snapshots, uri: &Uri) -> String {
        let text = preview::content(snapshots, uri);
        if let Some(text) = &text {
            self.given.lock().unwrap_or_else(PoisonError::into_inner).insert(uri.0.clone(), text.clone());
        }
        text.unwrap_or_default()
    }

    /// The documents whose text is another one now. They are forgotten: a client that still shows one asks again.
    pub(crate) fn changed(&self, snapshots: &Snapshots) -> Vec<Uri> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let changed = |(uri, text): (String, String)| {
            let uri = Uri(uri);
            (preview::content(snapshots, &uri).as_deref() != Some(text.as_str())).then_some(uri)
        };
        let changed: Vec<Uri> = given.into_iter().filter_map(changed).collect();
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        changed.iter().for_each(|uri| {
            given.remove(&uri.0);
        });
        changed
    }
}
