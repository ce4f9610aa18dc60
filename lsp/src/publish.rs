//! Sending findings to the client without being asked. A thread of its own analyses the newest state; states that were
//! overtaken while it was busy are never looked at.

use crate::features::diagnostics;
use crate::world::World;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tower_lsp_server::Client;
use tower_lsp_server::gen_lsp_types::{Diagnostic, Uri};

/// Where the newest state is left.
pub(crate) struct Publisher {
    newest: Arc<Newest>,
}

#[derive(Default)]
struct Newest {
    world: Mutex<Option<Arc<World>>>,
    arrived: Condvar,
}

impl Publisher {
    /// Starts the thread.
    pub(crate) fn new(client: Client, runtime: tokio::runtime::Handle) -> Publisher {
        let newest = Arc::new(Newest::default());
        let taken = Arc::clone(&newest);
        std::thread::spawn(move || {
            let mut sent = Sent { client, runtime, files: BTreeMap::new() };
            loop {
                let world = taken.take();
                // A panic costs the findings of this state; the message is on standard error.
                let _ = catch_unwind(AssertUnwindSafe(|| sent.publish(&world)));
            }
        });
        Publisher { newest }
    }

    /// Leaves a state to be looked at.
    pub(crate) fn offer(&self, world: Arc<World>) {
        *self.newest.world.lock().unwrap_or_else(PoisonError::into_inner) = Some(world);
        self.newest.arrived.notify_one();
    }
}

impl Newest {
    fn take(&self) -> Arc<World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match world.take() {
                Some(world) => return world,
                None => world = self.arrived.wait(world).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// What the client shows now.
struct Sent {
    client: Client,
    runtime: tokio::runtime::Handle,
    files: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)>,
}

impl Sent {
    fn publish(&mut self, world: &World) {
        let mut now: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)> = BTreeMap::new();
        for workspace in world.workspaces.iter().filter(|workspace| !workspace.client.pulls_diagnostics) {
            for (uri, version, found) in diagnostics::all(workspace) {
                if !found.is_empty() || version.is_some() {
                    now.insert(uri.0, (version, found));
                }
            }
        }
        let gone = self.files.iter().filter(|(uri, (_, old))| !old.is_empty() && !now.contains_key(*uri));
        for (uri, _) in gone {
            self.send(uri, None, Vec::new());
        }
        for (uri, (version, found)) in &now {
            if self.files.get(uri).is_none_or(|(old, shown)| old != version || shown != found) {
                self.send(uri, *version, found.clone());
            }
        }
        self.files = now;
    }

    fn send(&self, uri: &str, version: Option<i32>, found: Vec<Diagnostic>) {
        self.runtime.block_on(self.client.publish_diagnostics(Uri(uri.to_string()), found, version));
    }
}
