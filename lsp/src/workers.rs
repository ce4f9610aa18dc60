//! Threads for requests. Not those of rayon: one of its threads that waits for a part of an analysis may take up a
//! request meanwhile, which would wait for the very same analysis.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Requests wait for each other only beyond this many; most of them are done within a millisecond.
const THREADS: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

/// The threads.
pub(crate) struct Workers {
    jobs: Sender<Job>,
}

impl Workers {
    /// Starts them. They end when this is dropped.
    pub(crate) fn new() -> Workers {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..THREADS {
            let queue = Arc::clone(&queue);
            std::thread::spawn(move || work(&queue));
        }
        Workers { jobs }
    }

    /// Runs a job when a thread is free. A job must not panic.
    pub(crate) fn run(&self, job: Job) {
        // The receiver lives as long as the threads, and they as long as this.
        let _ = self.jobs.send(job);
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}
