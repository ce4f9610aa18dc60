//! Sending findings to the client without being asked. A thread of its own analyses the newest state.

use crate::client::Abilities;
use crate::latest::Latest;
use crate::previews::Previews;
use crate::protocol::diagnostics;
use crate::snapshots::Snapshots;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use tower_lsp_server::Client;
use tower_lsp_server::gen_lsp_types::{Diagnostic, LspNotificationMethod, MessageDirection, Notification, Uri};

/// Where states are left to be looked at.
pub(crate) struct Publisher {
    newest: Latest<Arc<Snapshots>>,
    status: Arc<Speaker>,
}

impl Publisher {
    /// Starts the thread.
    pub(crate) fn new(client: Client, runtime: tokio::runtime::Handle, previews: Arc<Previews>) -> Publisher {
        let status = Arc::new(Speaker { client: client.clone(), runtime: runtime.clone(), last: Mutex::new(None) });
        let mut sent = Sent { client, runtime, files: BTreeMap::new(), status: Arc::clone(&status) };
        let mut last = Arc::new(Snapshots::default());
        let newest = Latest::new(move |snapshots: Arc<Snapshots>| {
            // A panic costs the findings of this state; its message is on standard error.
            let done = catch_unwind(AssertUnwindSafe(|| {
                sent.publish(&snapshots);
                sent.refresh_previews(previews.changed(&snapshots));
            }));
            sent.tell(&snapshots, done.is_ok());
            // To give an analysis back takes as long as half of making one. Nobody waits for it here, and others would.
            drop(std::mem::replace(&mut last, snapshots));
        });
        Publisher { newest, status }
    }

    /// Leaves a state to be looked at.
    pub(crate) fn offer(&self, snapshots: Arc<Snapshots>) {
        self.newest.offer(snapshots);
    }

    /// Says that files are being read, to who wants to know.
    pub(crate) fn reads(&self, client: &Abilities) {
        if client.wants_status {
            self.status.say(Status { health: "ok", message: None, quiescent: false });
        }
    }
}

/// What the client shows now.
struct Sent {
    client: Client,
    runtime: tokio::runtime::Handle,
    files: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)>,
    status: Arc<Speaker>,
}

impl Sent {
    fn publish(&mut self, snapshots: &Snapshots) {
        let now: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)> = snapshots
            .views()
            .flat_map(diagnostics::reported)
            .map(|(uri, version, found)| (uri.0, (version, found)))
            .collect();
        let pulls = snapshots.views().next().is_some_and(|workspace| workspace.client.pulls_diagnostics);
        if pulls {
            self.refresh(snapshots, &now);
        } else {
            let gone = self.files.iter().filter(|(uri, (_, old))| !old.is_empty() && !now.contains_key(*uri));
            for (uri, _) in gone {
                self.send(uri, None, Vec::new());
            }
            for (uri, (version, found)) in &now {
                if self.files.get(uri).is_none_or(|(old, shown)| old != version || shown != found) {
                    self.send(uri, *version, found.clone());
                }
            }
        }
        self.files = now;
    }

    /// Tells of previews that show something else now. The client answers when it likes.
    fn refresh_previews(&self, changed: Vec<Uri>) {
        for uri in changed {
            let client = self.client.clone();
            self.runtime.spawn(async move {
                // A client that knows no documents of ours has nothing to refresh.
                let _ = client.text_document_content_refresh(uri).await;
            });
        }
    }

    fn send(&self, uri: &str, version: Option<i32>, found: Vec<Diagnostic>) {
        self.runtime.block_on(self.client.publish_diagnostics(Uri(uri.to_string()), found, version));
    }

    /// A client that asks does so for the document that changes. It is told when the findings of another one change.
    fn refresh(&self, snapshots: &Snapshots, now: &BTreeMap<String, (Option<i32>, Vec<Diagnostic>)>) {
        let elsewhere = |uri: &String| match (self.files.get(uri), now.get(uri)) {
            (Some(old), Some(new)) => old.0 == new.0 && old.1 != new.1,
            (Some((version, found)), None) | (None, Some((version, found))) => version.is_none() && !found.is_empty(),
            (None, None) => false,
        };
        let wants = snapshots.views().any(|workspace| workspace.client.refreshes_diagnostics);
        if wants && self.files.keys().chain(now.keys()).any(elsewhere) {
            let client = self.client.clone();
            self.runtime.spawn(async move {
                // Without an answer the client asks when it sees fit.
                let _ = client.workspace_diagnostic_refresh().await;
            });
        }
    }

    /// Says how the server fares, when that changes.
    fn tell(&self, snapshots: &Snapshots, sound: bool) {
        if !snapshots.views().any(|workspace| workspace.client.wants_status) {
            return;
        }
        let unread: usize = snapshots.views().map(|workspace| workspace.unreadable.len()).sum();
        let (health, message) = match (sound, unread) {
            (false, _) => ("error", Some("the analysis failed; its message is in the output".to_string())),
            (true, 0) => ("ok", None),
            (true, 1) => ("warning", Some("a file cannot be read".to_string())),
            (true, count) => ("warning", Some(format!("{count} files cannot be read"))),
        };
        self.status.say(Status { health, message, quiescent: true });
    }
}

/// How the server fares.
#[derive(Debug, PartialEq, Eq)]
struct Status {
    health: &'static str,
    message: Option<String>,
    quiescent: bool,
}

impl Status {
    fn json(&self) -> Value {
        json!({ "health": self.health, "message": self.message, "quiescent": self.quiescent })
    }
}

/// Says how the server fares, when that changes.
struct Speaker {
    client: Client,
    runtime: tokio::runtime::Handle,
    last: Mutex<Option<Status>>,
}

impl Speaker {
    fn say(&self, status: Status) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() != Some(&status) {
            self.runtime.block_on(self.client.send_notification::<ServerStatus>(status.json()));
            *last = Some(status);
        }
    }
}

/// A notification that rust-analyzer brought up, and other editors know too.
enum ServerStatus {}

impl Notification for ServerStatus {
    type Params = Value;
    const METHOD: LspNotificationMethod<'static> = LspNotificationMethod::Custom("experimental/serverStatus");
    const MESSAGE_DIRECTION: MessageDirection = MessageDirection::ServerToClient;
}
