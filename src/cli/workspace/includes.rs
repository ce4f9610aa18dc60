//! Reading the hand-written manifests that `include` names.

use std::path::{Component, Path};
use xks::Manifests;

/// The text of each file, or why it cannot be had. Nothing outside the workspace is read, by a link neither.
pub(super) fn read(root: &Path, names: Vec<String>) -> Manifests {
    names
        .into_iter()
        .map(|name| {
            let text = read_one(root, &name);
            (name, text)
        })
        .collect()
}

fn read_one(root: &Path, name: &str) -> Result<String, String> {
    let relative = Path::new(name);
    let inside = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err(OUTSIDE.to_string());
    }
    let path = root.join(relative);
    if let (Ok(root), Ok(target)) = (root.canonicalize(), path.canonicalize())
        && !target.starts_with(root)
    {
        return Err(OUTSIDE.to_string());
    }
    super::read::read(&path)
}

const OUTSIDE: &str = "it lies outside the workspace";
