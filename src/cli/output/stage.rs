//! Writing files into a fresh folder, as fast as the machine takes them.

use super::File;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

/// Writes the files below `base`, which is made with all folders that they need. Fails with what and why.
///
/// The files of a folder stand together, so one core makes the folder and fills it, and no two get in each other's way.
pub(super) fn stage<'a>(base: &Path, files: impl Iterator<Item = File<'a>>) -> Result<(), String> {
    let mut files: Vec<File<'a>> = files.collect();
    files.sort_by_key(|file| (folder_of(file.path), file.path));
    let groups: Vec<&[File<'a>]> = files.chunk_by(|a, b| folder_of(a.path) == folder_of(b.path)).collect();
    fs::create_dir_all(base).map_err(|error| failed("", &error))?;
    let above: BTreeSet<&str> = groups
        .iter()
        .flat_map(|group| {
            let folder = folder_of(group[0].path);
            folder.match_indices('/').map(|(at, _)| &folder[..at])
        })
        .collect();
    // In order, a folder comes before those inside it.
    for folder in &above {
        fs::create_dir(base.join(folder)).map_err(|error| failed(folder, &error))?;
    }
    groups.par_iter().try_for_each(|group| {
        let folder = folder_of(group[0].path);
        if !folder.is_empty() && !above.contains(folder) {
            fs::create_dir(base.join(folder)).map_err(|error| failed(folder, &error))?;
        }
        group
            .iter()
            .try_for_each(|file| fs::write(base.join(file.path), file.bytes).map_err(|error| failed(file.path, &error)))
    })
}

/// The folder of a path, without the `/` behind it.
fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

fn failed(path: &str, error: &io::Error) -> String {
    if path.is_empty() { xks_disk::reason(error) } else { format!("{path}: {}", xks_disk::reason(error)) }
}
