//! Finding the `.xks` files of a workspace.

use crate::Unreadable;
use ignore::{DirEntry, Error, WalkBuilder, WalkState};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Why a file is not read whose name cannot be shown.
pub const NOT_UTF8: &str = "its name is not UTF-8";

/// A file that belongs to the workspace.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its path from the root, with `/`.
    pub name: String,
    /// Where it leads, from the root, if it is a link.
    pub real: Option<String>,
}

/// How many entries one thread looks at alone. Two would be faster than one from the first, but for their waiting for each
/// other at the end, which is a millisecond.
const FEW: usize = 256;

/// Every `.xks` file below `root`, less what is hidden or ignored, and what could not be looked into.
pub fn find(root: &Path) -> (Vec<Found>, Vec<Unreadable>) {
    let walk = walk(root);
    let entries: Vec<_> = walk.build().take(FEW).collect();
    let all = Mutex::new((Vec::new(), Vec::new()));
    let keep = |entry| {
        if let Some(seen) = look(root, entry) {
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            match seen {
                Ok(found) => all.0.push(found),
                Err(problem) => all.1.push(problem),
            }
        }
    };
    if entries.len() < FEW {
        entries.into_iter().for_each(keep);
    } else {
        // Side by side: below the root lie the folders of an earlier output too, often more than those of the sources.
        walk.build_parallel().run(|| {
            Box::new(|entry| {
                keep(entry);
                WalkState::Continue
            })
        });
    }
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What one step of the walk came upon, if it concerns us.
fn look(root: &Path, entry: Result<DirEntry, Error>) -> Option<Result<Found, Unreadable>> {
    match entry {
        Ok(entry) if !is_wanted(&entry) => None,
        Ok(entry) => Some(match name(root, entry.path()) {
            Ok(name) if entry.path_is_symlink() => linked(root, entry.into_path(), name),
            Ok(name) => Ok(Found { path: entry.into_path(), name, real: None }),
            Err(lossy) => Err(Unreadable { path: lossy, reason: NOT_UTF8.to_string() }),
        }),
        Err(error) => {
            let path = path_of(&error).unwrap_or(root).to_path_buf();
            let shown = name(root, &path).unwrap_or_else(|lossy| lossy);
            let reason = match error.into_io_error() {
                Some(error) => crate::reason_at(&path, &error),
                None => "it cannot be looked into".to_string(),
            };
            let path = if shown.is_empty() { ".".to_string() } else { shown };
            Some(Err(Unreadable { path, reason }))
        }
    }
}

/// A link to a file. What lies outside is not the workspace's: it would be shown and rewritten as if it were.
fn linked(root: &Path, path: PathBuf, link: String) -> Result<Found, Unreadable> {
    let canonical = std::fs::canonicalize(root).ok().zip(std::fs::canonicalize(&path).ok());
    // A broken link is reported when it is read.
    let Some((root, target)) = canonical else { return Ok(Found { path, name: link, real: None }) };
    match target.strip_prefix(&root) {
        Ok(_) => {
            let real = name(&root, &target).unwrap_or_else(|lossy| lossy);
            Ok(Found { path, name: link, real: Some(real) })
        }
        Err(_) => Err(Unreadable { path: link, reason: "it is a link that leads out of the workspace".to_string() }),
    }
}

/// Only what lies in the repository decides what belongs to the workspace: neither a person's own git settings, nor a
/// `.gitignore` above the repository, or above a workspace that is in none.
fn walk(root: &Path) -> WalkBuilder {
    let in_repository =
        std::path::absolute(root).is_ok_and(|root| root.ancestors().any(|folder| folder.join(".git").exists()));
    let mut walk = WalkBuilder::new(root);
    walk.follow_links(false)
        .hidden(true)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .git_ignore(true)
        .require_git(in_repository)
        .parents(in_repository)
        .threads(2);
    walk
}

/// Whether it is a `.xks` file, or looks like one: a folder of that name is a mistake to report. Links to folders are
/// not looked into; a link with that name is a file's.
fn is_wanted(entry: &DirEntry) -> bool {
    entry.depth() > 0 && Path::new(entry.file_name()).extension().is_some_and(|extension| extension == "xks")
}

/// The path from the root with `/`; what can be shown of it if it is not UTF-8.
fn name(root: &Path, path: &Path) -> Result<String, String> {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let joined = |lossy: bool| {
        let parts: Option<Vec<_>> = relative
            .components()
            .map(|part| {
                if lossy { Some(part.as_os_str().to_string_lossy()) } else { part.as_os_str().to_str().map(Into::into) }
            })
            .collect();
        parts.map(|parts| parts.join("/"))
    };
    joined(false).ok_or_else(|| joined(true).unwrap_or_default())
}

/// The path that the walk failed at.
fn path_of(error: &Error) -> Option<&Path> {
    match error {
        Error::WithPath { path, .. } => Some(path),
        Error::WithDepth { err, .. } | Error::WithLineNumber { err, .. } => path_of(err),
        Error::Loop { child, .. } => Some(child),
        Error::Partial(errors) => errors.iter().find_map(path_of),
        Error::Io(_) | Error::Glob { .. } | Error::UnrecognizedFileType(_) | Error::InvalidDefinition => None,
    }
}
