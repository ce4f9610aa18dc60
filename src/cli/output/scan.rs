//! What lies in the output folder.

use super::{Extent, memory};
use crate::cli::failure::Failure;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

/// What a name in the output folder stands for. Links are not followed: where they lead is not ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, a socket, a device.
    Other,
}

/// Everything below the output folder, by its path with `/`: but for its memory, a repository of its own, and what processes
/// put there for a while.
#[derive(Default)]
pub(super) struct Scan {
    kinds: HashMap<String, Kind>,
    /// The same in order, because a map of this kind has none.
    paths: Vec<String>,
    /// The names in the output folder of what is there for a while, or was left by a process that died.
    pub(super) temporary: Vec<String>,
}

impl Scan {
    /// Lists the folder at `root`, and all below it.
    pub(super) fn read(root: &Path) -> Result<Scan, Failure> {
        let mut all = Vec::new();
        list(root, "", &mut all)?;
        let (temporary, mut all): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, _)| is_temporary(path));
        let mut temporary: Vec<String> = temporary.into_iter().map(|(path, _)| path).collect();
        temporary.sort();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let paths = all.iter().map(|(path, _)| path.clone()).collect();
        Ok(Scan { kinds: all.into_iter().collect(), paths, temporary })
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// What is at `path`.
    pub(super) fn kind(&self, path: &str) -> Option<Kind> {
        self.kinds.get(path).copied()
    }

    /// All paths with what they stand for, in order: a folder comes before what is in it.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.paths.iter().filter_map(|path| Some((path.as_str(), self.kind(path)?)))
    }

    /// What is neither wanted nor `ours`: files, and folders with `/` at their end, of which not all is told.
    pub(super) fn foreign(&self, wanted: &HashSet<&str>, ours: &[&str], extent: &Extent) -> Vec<String> {
        let ours: HashSet<&str> = ours.iter().copied().collect();
        let known = || wanted.iter().chain(&ours);
        let folders: HashSet<&str> =
            known().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at])).collect();
        let mut foreign: Vec<String> = Vec::new();
        for (path, kind) in self.all().filter(|(path, _)| extent.holds(path)) {
            let is_told = foreign.last().is_some_and(|last| last.ends_with('/') && path.starts_with(last.as_str()));
            let is_known = if kind == Kind::Folder {
                folders.contains(path)
            } else {
                wanted.contains(path) || ours.contains(path)
            };
            if !is_told && !is_known {
                foreign.push(if kind == Kind::Folder { format!("{path}/") } else { path.to_string() });
            }
        }
        foreign
    }
}

/// Whether it is temporary: right in the output folder all names that start so are ours.
fn is_temporary(path: &str) -> bool {
    path.starts_with(".xks-") && !path.contains('/')
}

/// What is neither output nor anybody's concern: the folder's memory, and a repository where the folder is one by itself.
fn is_beside(path: &str) -> bool {
    path == memory::FILE || path == ".git"
}

fn list(folder: &Path, prefix: &str, all: &mut Vec<(String, Kind)>) -> Result<(), Failure> {
    let failed = |error| Failure::at("read", folder, &error);
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let kind = entry.file_type().map_err(failed)?;
        let path = match name.to_str() {
            Some(name) => format!("{prefix}{name}"),
            // None that we write, whatever it is; it is only ever named.
            None => {
                all.push((format!("{prefix}{}", name.to_string_lossy()), Kind::Other));
                continue;
            }
        };
        if is_beside(&path) {
            continue;
        }
        if is_temporary(&path) {
            all.push((path, Kind::Other));
        } else if kind.is_dir() {
            folders.push((entry.path(), format!("{path}/")));
            all.push((path, Kind::Folder));
        } else {
            all.push((path, if kind.is_file() { Kind::File } else { Kind::Other }));
        }
    }
    let below: Vec<Vec<(String, Kind)>> = folders
        .par_iter()
        .with_min_len(16)
        .map(|(folder, prefix)| {
            let mut below = Vec::new();
            list(folder, prefix, &mut below).map(|()| below)
        })
        .collect::<Result<_, Failure>>()?;
    all.extend(below.into_iter().flatten());
    Ok(())
}
