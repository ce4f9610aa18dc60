//! A place where the newest of something is left for a thread of its own. What is overtaken is never looked at.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The place.
pub(crate) struct Latest<T> {
    slot: Arc<Slot<T>>,
}

struct Slot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    newest: Option<T>,
    /// Whether nothing more will come.
    over: bool,
}

impl<T: Send + 'static> Latest<T> {
    /// Starts a thread that does some work with each that it finds, until this is dropped. The work must not panic.
    pub(crate) fn new(mut work: impl FnMut(T) + Send + 'static) -> Latest<T> {
        let state = State { newest: None, over: false };
        let slot = Arc::new(Slot { state: Mutex::new(state), changed: Condvar::new() });
        let taken = Arc::clone(&slot);
        std::thread::spawn(move || {
            while let Some(newest) = taken.take() {
                work(newest);
            }
        });
        Latest { slot }
    }

    /// Leaves one, in place of an older one that is still there.
    pub(crate) fn offer(&self, newest: T) {
        self.slot.lock().newest = Some(newest);
        self.slot.changed.notify_one();
    }
}

impl<T> Drop for Latest<T> {
    fn drop(&mut self) {
        self.slot.lock().over = true;
        self.slot.changed.notify_one();
    }
}

impl<T> Slot<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next one; `None` when no more will come.
    fn take(&self) -> Option<T> {
        let mut state = self.lock();
        while !state.over {
            match state.newest.take() {
                Some(newest) => return Some(newest),
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
        None
    }
}
