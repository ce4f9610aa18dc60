//! What is written beside its place before it moves there, and what is left of it where a process died on the way.
//!
//! A file belongs to a living process as long as somebody holds its lock; the kernel takes the lock from the dead. A folder
//! cannot be locked everywhere, so it is made only under the [`Lock`] of the folder that it lies in.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use tempfile::{NamedTempFile, TempDir};

/// What the names of all that is temporary start with.
pub(super) const PREFIX: &str = ".xks-tmp-";

/// How often a file is made anew that somebody took for one of a dead process before it was locked.
const ATTEMPTS: usize = 8;

/// The folders in a temporary one.
pub(super) const STAGED: &str = "new";
pub(super) const REPLACED: &str = "old";

/// The right to change a folder, which one process has at a time.
pub(super) struct Lock {
    /// Where the file system knows no locks, nobody has it, and all go on.
    folder: Option<File>,
}

impl Lock {
    /// Takes the lock of a folder if nobody has it; `None` if somebody does.
    pub(super) fn try_take(folder: &Path) -> Option<Lock> {
        let Ok(file) = File::open(folder) else { return Some(Lock { folder: None }) };
        match file.try_lock() {
            Ok(()) => Some(Lock { folder: Some(file) }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(_)) => Some(Lock { folder: None }),
        }
    }

    /// Whether it keeps others out.
    pub(super) fn holds(&self) -> bool {
        self.folder.is_some()
    }
}

/// A file of this process in a folder.
pub(super) fn file_in(folder: &Path, builder: &mut tempfile::Builder<'_, '_>) -> io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let file = builder.tempfile_in(folder)?;
        // Where the file system knows no locks, nobody removes what has none.
        let _ = file.as_file().lock();
        if fs::symlink_metadata(file.path()).is_ok() {
            return Ok(file);
        }
    }
    Err(io::Error::other("the temporary file was removed again and again"))
}

/// A folder of this process in a folder that it has the lock of.
pub(super) fn folder_in(folder: &Path, _: &Lock) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)
}

/// Removes what dead processes left in a folder that is not ours alone.
pub(super) fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
    let left: Vec<fs::DirEntry> = entries.filter(ours).collect();
    if left.is_empty() {
        return;
    }
    let Some(lock) = Lock::try_take(folder) else { return };
    let paths = left.iter().map(fs::DirEntry::path);
    paths.filter(|path| !path.is_dir() || holds_only_ours(path)).for_each(|path| remove(&path, &lock));
}

/// Removes what a dead process left in a folder. What cannot be removed stays: it is in nobody's way.
pub(super) fn remove(path: &Path, lock: &Lock) {
    let Ok(metadata) = fs::symlink_metadata(path) else { return };
    let is_dead = || !metadata.is_file() || File::open(path).is_ok_and(|file| file.try_lock().is_ok());
    if metadata.is_dir() {
        // Who made it had this lock, and still has it if alive.
        let _ = lock.holds().then(|| fs::remove_dir_all(path));
    } else if is_dead() {
        let _ = fs::remove_file(path);
    }
}

/// Whether a folder has nothing in it but what a build puts there.
fn holds_only_ours(folder: &Path) -> bool {
    let ours = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.file_name() == STAGED || entry.file_name() == REPLACED)
    };
    fs::read_dir(folder).is_ok_and(|mut entries| entries.all(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_living_hold_stays_and_what_the_dead_left_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let living = file_in(folder.path(), tempfile::Builder::new().prefix(PREFIX)).expect("a file");
        let dead = folder.path().join(format!("{PREFIX}dead"));
        fs::create_dir_all(dead.join(STAGED)).expect("a folder");
        let file = folder.path().join(format!("{PREFIX}file"));
        fs::write(&file, "half of i").expect("a file");
        let of_others = folder.path().join(format!("{PREFIX}notes/mine"));
        fs::create_dir_all(&of_others).expect("a folder");
        sweep(folder.path());
        assert!(living.path().exists() && !dead.exists() && !file.exists() && of_others.exists());
    }

    #[test]
    fn a_folder_is_left_alone_while_somebody_builds_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let lock = Lock::try_take(folder.path()).expect("nobody has it");
        assert!(lock.holds(), "this file system has locks");
        let staged = folder_in(folder.path(), &lock).expect("a folder");
        assert!(Lock::try_take(folder.path()).is_none(), "one at a time");
        sweep(folder.path());
        assert!(staged.path().exists());
        drop(lock);
        sweep(folder.path());
        assert!(!staged.path().exists());
    }
}
