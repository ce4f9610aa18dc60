//! What lies in the output folder.

use crate::cli::failure::Failure;
use rayon::prelude::*;
use std::collections::HashMap;
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

/// Everything below the output folder except what is hidden, by its path with `/`.
#[derive(Default)]
pub(super) struct Scan {
    kinds: HashMap<String, Kind>,
    /// The same in order, because a map of this kind has none.
    paths: Vec<String>,
}

impl Scan {
    /// Lists the folder at `root`, and all below it.
    pub(super) fn read(root: &Path) -> Result<Scan, Failure> {
        let mut all = Vec::new();
        list(root, "", &mut all)?;
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let paths = all.iter().map(|(path, _)| path.clone()).collect();
        Ok(Scan { kinds: all.into_iter().collect(), paths })
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// What is at `path`.
    pub(super) fn kind(&self, path: &str) -> Option<Kind> {
        self.kinds.get(path).copied()
    }

    /// The regular files, in order.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str).filter(|path| self.kind(path) == Some(Kind::File))
    }
}

fn list(folder: &Path, prefix: &str, all: &mut Vec<(String, Kind)>) -> Result<(), Failure> {
    let failed = |error| Failure::at("read", folder, &error);
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        // Names that are hidden or not UTF-8 are none that we write.
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let kind = entry.file_type().map_err(failed)?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() {
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
