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
