//! Reading the hand-written manifests that `include` names.

use std::collections::BTreeMap;
use std::path::{Component, Path};

/// The text of each file below `root`, or why it cannot be had; of files with more than `limit` bytes, the latter.
pub fn read_includes(root: &Path, names: Vec<String>, limit: usize) -> BTreeMap<String, Result<String, String>> {
    names
        .into_iter()
        .map(|name| {
            let text = read_include(root, &name, limit);
            (name, text)
        })
        .collect()
}

/// Nothing outside the workspace is read, by a link neither.
fn read_include(root: &Path, name: &str, limit: usize) -> Result<String, String> {
    let relative = Path::new(name);
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err(OUTSIDE.to_string());
    }
    let path = root.join(relative);
    if let (Ok(root), Ok(target)) = (root.canonicalize(), path.canonicalize()) {
        let Ok(real) = target.strip_prefix(&root) else { return Err(OUTSIDE.to_string()) };
        let written: Vec<Component<'_>> = relative.components().filter(|part| *part != Component::CurDir).collect();
        // Whose file it is, its path says; so the path is that of the file itself.
        if real.components().collect::<Vec<_>>() != written {
            return Err(format!("it leads over a link to `{}`; name that file itself", real.display()));
        }
    }
    crate::read(&path, limit)
}

const OUTSIDE: &str = "it lies outside the workspace";
