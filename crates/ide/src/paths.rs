//! Paths below the root of a workspace, as sources write them.

use std::path::Path;

/// A path below `root` with `/` between its parts; `None` if it lies elsewhere or cannot be written so.
pub fn name_below(root: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = relative.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
