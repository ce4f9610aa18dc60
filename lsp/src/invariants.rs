//! `never` and `expect` are held on a thread of their own: that asks for a whole build, so it is done when files are opened,
//! saved or changed on the disk, and not for each key.

use crate::latest::Latest;
use crate::snapshots::Snapshots;
use crate::view::View;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use xks_ide::invariants::{Broken, hold};

/// Starts the thread. It tells of each workspace what is broken there.
pub(crate) fn start(tell: impl Fn(Arc<View>, Vec<Broken>) + Send + 'static) -> Latest<Arc<Snapshots>> {
    Latest::new(move |snapshots: Arc<Snapshots>| {
        for view in &snapshots.workspaces {
            // A panic costs the findings of this state; its message is on standard error.
            let held = catch_unwind(AssertUnwindSafe(|| held(view)));
            if let Some(found) = held.unwrap_or_default() {
                tell(Arc::clone(view), found);
            }
        }
    })
}

fn held(view: &View) -> Option<Vec<Broken>> {
    hold(&view.snapshot).unwrap_or_else(|differences| {
        for difference in differences {
            eprintln!("{}: the policies are not what the statements say", difference.namespace);
        }
        Some(Vec::new())
    })
}
