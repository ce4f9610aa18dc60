//! Changes to the output folder that can be taken back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What was done, oldest first. Every step is a rename or undone by one, so taking it back needs no room on the disk.
pub(super) struct Journal {
    /// A hidden folder on the same file system, for what is taken away. Whoever made the one above removes it.
    attic: PathBuf,
    steps: Vec<Step>,
}

enum Step {
    /// `to` was nothing before, and came from `from`.
    Moved { from: PathBuf, to: PathBuf },
    /// `path` was a file whose content is kept as `saved`.
    Replaced { path: PathBuf, saved: PathBuf },
    /// `path` was an empty folder.
    FolderRemoved { path: PathBuf },
}

impl Journal {
    /// Nothing done yet. Makes the folder `attic`.
    pub(super) fn open(attic: PathBuf) -> io::Result<Journal> {
        fs::create_dir(&attic)?;
        Ok(Journal { attic, steps: Vec::new() })
    }

    /// A journal for another thread, to be joined to this one.
    pub(super) fn part(&self, number: usize) -> io::Result<Journal> {
        Journal::open(self.attic.join(format!("part-{number}")))
    }

    /// Takes over what was done elsewhere at the same time.
    pub(super) fn join(&mut self, part: Journal) {
        self.steps.extend(part.steps);
    }

    /// Moves a file or folder to where nothing is.
    pub(super) fn place(&mut self, from: PathBuf, to: PathBuf) -> io::Result<()> {
        fs::rename(&from, &to)?;
        self.steps.push(Step::Moved { from, to });
        Ok(())
    }

    /// Moves a file over another, without a moment in which there is neither.
    pub(super) fn replace(&mut self, from: &Path, path: PathBuf) -> io::Result<()> {
        let saved = self.free_place();
        // Not every file system has hard links.
        fs::hard_link(&path, &saved).or_else(|_| fs::copy(&path, &saved).map(drop))?;
        fs::rename(from, &path)?;
        self.steps.push(Step::Replaced { path, saved });
        Ok(())
    }

    /// Takes a file away.
    pub(super) fn remove(&mut self, path: PathBuf) -> io::Result<()> {
        let to = self.free_place();
        self.place(path, to)
    }

    /// Removes a folder if it is empty. One that is not stays: somebody else's files are in it, or ours.
    pub(super) fn remove_if_empty(&mut self, path: PathBuf) {
        if fs::remove_dir(&path).is_ok() {
            self.steps.push(Step::FolderRemoved { path });
        }
    }

    /// Takes everything back, the latest first. Returns what could not be.
    pub(super) fn undo(self) -> Vec<PathBuf> {
        let mut lost = Vec::new();
        for step in self.steps.into_iter().rev() {
            let (undone, path) = match step {
                Step::Moved { from, to } => (fs::rename(&to, &from), from),
                Step::Replaced { path, saved } => (fs::rename(&saved, &path), path),
                Step::FolderRemoved { path } => (fs::create_dir(&path), path),
            };
            if undone.is_err() {
                lost.push(path);
            }
        }
        lost
    }

    fn free_place(&self) -> PathBuf {
        self.attic.join(self.steps.len().to_string())
    }
}
