//! A place where the newest of something is left for a thread of its own. What is overtaken is never looked at.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// The place.
pub(crate) struct Latest<T> {
    slot: Arc<Slot<T>>,
}

struct Slot<T> {
    newest: Mutex<Option<T>>,
    arrived: Condvar,
}

impl<T: Send + 'static> Latest<T> {
    /// Starts a thread that does some work with each that it finds. The work must not panic.
    pub(crate) fn new(mut work: impl FnMut(T) + Send + 'static) -> Latest<T> {
        let slot = Arc::new(Slot { newest: Mutex::new(None), arrived: Condvar::new() });
        let taken = Arc::clone(&slot);
        std::thread::spawn(move || {
            loop {
                work(taken.take());
            }
        });
        Latest { slot }
    }

    /// Leaves one, in place of an older one that is still there.
    pub(crate) fn offer(&self, newest: T) {
        *self.slot.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(newest);
        self.slot.arrived.notify_one();
    }
}

impl<T> Slot<T> {
    fn take(&self) -> T {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match newest.take() {
                Some(newest) => return newest,
                None => newest = self.arrived.wait(newest).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}
