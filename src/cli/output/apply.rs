//! Carrying out a plan.

use super::journal::Journal;
use super::scan::Kind;
use super::{File, Memory, Plan, memory, stage};
use crate::cli::failure::{Failure, shown};
use crate::cli::temporary::{self, REPLACED, STAGED};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How many files one core replaces before it looks for more.
const CHUNK: usize = 64;

/// What is done, the folder's memory included.
struct Steps<'a> {
    new: Vec<File<'a>>,
    changed: Vec<File<'a>>,
    stale: Vec<&'a str>,
}

impl Plan<'_> {
    /// Makes the output folder what it should be. If that fails it is left as it was.
    pub(in crate::cli) fn apply(&self) -> Result<(), Failure> {
        let Some(lock) = &self.lock else { return Ok(()) };
        self.left_over().iter().for_each(|name| temporary::remove(&self.place.root.join(name), lock));
        let steps = self.steps();
        if steps.new.is_empty() && steps.changed.is_empty() && steps.stale.is_empty() {
            return Ok(());
        }
        // Inside the output folder, if there is one: the only place that is certainly on its file system (it may be a
        // mount) and that must be writable anyway. Hidden, so that no later run takes it for output.
        let hidden = temporary::folder_in(&self.place.root, lock);
        let hidden = hidden.map_err(|error| self.failed("write to", &xks_disk::reason(&error)))?;
        // That folder is for its owner's eyes only; those in it get the rights that new folders have.
        let base = hidden.path().join(STAGED);
        let attic = hidden.path().join(REPLACED);
        let files = steps.new.iter().chain(&steps.changed).copied();
        stage::stage(&base.join(&self.place.missing), files).map_err(|error| self.failed("write to", &error))?;
        let journal = Journal::open(attic.clone());
        let mut journal = journal.map_err(|error| self.failed("write to", &xks_disk::reason(&error)))?;
        let Err((path, error)) = self.move_into_place(&steps, &base, &mut journal) else {
            clear(&base);
            clear(&attic);
            return Ok(());
        };
        let failure = Failure::at("write", &path, &error);
        let lost = journal.undo();
        if lost.is_empty() {
            return Err(failure.hint("the output folder is as it was before"));
        }
        // The old files are still in the hidden folder: keep it, until the next build.
        let kept = hidden.keep();
        let failure = failure.hint(format!("what was there before is in `{}`", kept.display()));
        Err(lost.iter().fold(failure, |failure, path| failure.and(format!("cannot put `{}` back", path.display()))))
    }

    fn steps(&self) -> Steps<'_> {
        let mut steps = Steps {
            new: self.new.clone(),
            changed: self.changed.clone(),
            stale: self.stale.iter().map(String::as_str).collect(),
        };
        match &self.memory {
            Memory::Keep => {}
            Memory::Remove => steps.stale.push(memory::FILE),
            Memory::Write { text, is_new } => {
                let file = File { path: memory::FILE, bytes: text.as_bytes() };
                if *is_new { steps.new.insert(0, file) } else { steps.changed.push(file) }
            }
        }
        steps
    }

    /// New files first, then changed ones, then away with the stale ones: whoever reads meanwhile misses nothing.
    fn move_into_place(
        &self,
        steps: &Steps<'_>,
        base: &Path,
        journal: &mut Journal,
    ) -> Result<(), (PathBuf, io::Error)> {
        let root = &self.place.root;
        if let Some(first) = self.place.missing.iter().next() {
            let to = root.join(first);
            return journal.place(base.join(first), to.clone()).map_err(|error| (to, error));
        }
        // A folder that is new as a whole moves as a whole.
        let tops: BTreeSet<&str> = steps.new.iter().map(|file| self.topmost_missing(file.path)).collect();
        for top in tops {
            let to = root.join(top);
            journal.place(base.join(top), to.clone()).map_err(|error| (to, error))?;
        }
        self.replace_changed(&steps.changed, base, journal)?;
        for path in &steps.stale {
            let path = root.join(path);
            journal.remove(path.clone()).map_err(|error| (path, error))?;
        }
        self.remove_empty_folders(journal);
        Ok(())
    }

    /// A new release of the compiler may change every file there is, so this is done side by side.
    fn replace_changed(
        &self,
        changed: &[File<'_>],
        base: &Path,
        journal: &mut Journal,
    ) -> Result<(), (PathBuf, io::Error)> {
        let root = &self.place.root;
        let replace = |(number, files): (usize, &[File<'_>])| {
            let mut part = journal.part(number).map_err(|error| (None, (root.clone(), error)))?;
            for file in files {
                let path = root.join(file.path);
                if let Err(error) = part.replace(&base.join(file.path), path.clone()) {
                    return Err((Some(part), (path, error)));
                }
            }
            Ok(part)
        };
        let parts: Vec<_> = changed.par_chunks(CHUNK).enumerate().map(replace).collect();
        let mut failed = None;
        for part in parts {
            match part {
                Ok(part) => journal.join(part),
                Err((part, error)) => {
                    part.into_iter().for_each(|part| journal.join(part));
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// The shortest start of `path` that is a whole path and not on the disk.
    fn topmost_missing<'p>(&self, path: &'p str) -> &'p str {
        let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.find(|folder| self.scan.kind(folder) != Some(Kind::Folder)).unwrap_or(path)
    }

    /// Removes the folders that the stale files leave empty, the inner ones first.
    fn remove_empty_folders(&self, journal: &mut Journal) {
        let left: BTreeSet<&str> =
            self.stale.iter().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at])).collect();
        for folder in left.iter().rev() {
            journal.remove_if_empty(self.place.root.join(folder));
        }
    }

    fn failed(&self, what: &str, why: &str) -> Failure {
        Failure::failed(format!("cannot {what} `{}`: {why}", shown(self.place.named())))
            .hint("the output folder is as it was before")
    }
}

/// Empties a folder that goes away, side by side. What cannot be removed now is tried again with the folder itself.
fn clear(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.into_par_iter().with_min_len(8).for_each(|folder| drop(fs::remove_dir_all(folder)));
}
