//! Finding Kubernetes manifests of any origin.

use crate::{Unreadable, reason_at};
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Every `.yaml`, `.yml` and `.json` file below a folder that is not hidden, sorted; or the one file that is named. What git
/// ignores counts: generated files often are.
///
/// # Errors
/// What cannot be looked into.
pub fn find_manifests(path: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let failed = |reason| Unreadable { path: path.to_string_lossy().into_owned(), reason };
    if !std::fs::metadata(path).map_err(|error| failed(reason_at(path, &error)))?.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in WalkBuilder::new(path).standard_filters(false).hidden(true).build() {
        let entry = entry.map_err(|error| failed(error.to_string()))?;
        let ending = entry.path().extension().and_then(|ending| ending.to_str());
        let is_file = entry.file_type().is_some_and(|kind| !kind.is_dir());
        if is_file && matches!(ending, Some("yaml" | "yml" | "json")) {
            found.push(entry.into_path());
        }
    }
    found.sort();
    Ok(found)
}

/// The `.yaml` and `.yml` files and the folders right in a folder, by name, with whether it is a folder; less what is hidden.
/// Sorted; nothing where it cannot be looked into.
pub fn manifests_in(folder: &Path) -> Vec<(String, bool)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let one = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
        let is_folder = entry.path().is_dir();
        let ending = Path::new(&name).extension().and_then(|ending| ending.to_str());
        (is_folder || matches!(ending, Some("yaml" | "yml"))).then_some((name, is_folder))
    };
    let mut found: Vec<(String, bool)> = entries.filter_map(one).collect();
    found.sort();
    found
}
