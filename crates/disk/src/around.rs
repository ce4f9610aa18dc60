//! The workspace around a file or folder: the outermost one, up to the root of the repository, whose `platform.xks` states who
//! may write what. A `platform.xks` further in cannot take its own folder out of it.

use std::path::{Component, Path, PathBuf};
use xks_core::model::PLATFORM_FILE;
use xks_core::source::{Source, Sources};
use xks_core::syntax::MAX_FILE;

/// A workspace, and what of it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// Its root, as the named path leads there.
    pub root: PathBuf,
    /// The named file or folder, from the root; empty where the root itself was named.
    pub part: String,
}

/// The workspace that holds what lies at `path`; `None` where nothing states who may write what.
pub fn around(path: &Path) -> Option<Around> {
    let real = std::fs::canonicalize(path).ok()?;
    let folder = if real.is_dir() { real.as_path() } else { real.parent()? };
    let repository = folder.ancestors().find(|folder| folder.join(".git").exists())?;
    let mut within: Vec<&Path> = folder.ancestors().take_while(|above| above.starts_with(repository)).collect();
    within.reverse();
    let root = within.into_iter().find(|folder| states_ownership(folder))?;
    let part = real.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = part.components().map(|part| part.as_os_str().to_str()).collect();
    let up = part.components().count();
    Some(Around { root: above(path, up).unwrap_or_else(|| root.to_path_buf()), part: parts?.join("/") })
}

/// Whether the `platform.xks` directly in a folder says who may write what.
pub fn states_ownership(folder: &Path) -> bool {
    let file = folder.join(PLATFORM_FILE);
    // A link leads to what somebody else may write.
    let is_file = std::fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file());
    let Some(text) = is_file.then(|| crate::read(&file, MAX_FILE).ok()).flatten() else { return false };
    if !text.contains("from") {
        return false;
    }
    let sources = Sources::new(vec![Source::new(PLATFORM_FILE, text)]);
    xks_core::owners(&sources, &xks_core::parse(&sources)).is_some()
}

/// The folder so many levels above a path, written as the path is; `None` where its own `..` make that another folder.
fn above(path: &Path, up: usize) -> Option<PathBuf> {
    let mut parts: Vec<Component<'_>> = path.components().filter(|part| *part != Component::CurDir).collect();
    let mut left = up;
    while left > 0 && matches!(parts.last(), Some(Component::Normal(_))) {
        // A link on the way leads elsewhere than its parent.
        let here: PathBuf = parts.iter().collect();
        if std::fs::symlink_metadata(&here).is_ok_and(|metadata| metadata.is_symlink()) {
            return None;
        }
        parts.pop();
        left -= 1;
    }
    if left > 0 && parts.iter().any(|part| !matches!(part, Component::ParentDir)) {
        return None;
    }
    let mut root: PathBuf = parts.iter().collect();
    (0..left).for_each(|_| root.push(".."));
    if root.as_os_str().is_empty() {
        root.push(".");
    }
    Some(root)
}

/// The roots of the workspaces below a folder that state who may write what, where the folder lies in none: those that lie in
/// no other.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let (found, _) = crate::find(folder);
    let mut roots: Vec<PathBuf> = found
        .into_iter()
        .filter(|file| file.path.file_name().is_some_and(|name| name == PLATFORM_FILE))
        .filter_map(|file| file.path.parent().map(Path::to_path_buf))
        .filter(|root| around(root).is_some_and(|around| around.part.is_empty()))
        .collect();
    roots.sort();
    roots
}
