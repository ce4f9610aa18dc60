//! Whose an output folder is: it says so itself, so that no other workspace takes its files for its own leftovers.

use super::place::Place;
use crate::cli::failure::Failure;
use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// The file in an output folder that holds the path of its workspace from the root of the repository.
pub(super) const FILE: &str = ".xks-output";

/// More than this is no path.
const LONGEST: u64 = 8192;

/// A workspace as its output folder remembers it.
pub(in crate::cli) struct Owner {
    /// Its repository, and its path from there with `/`, `.` for the root. `None` outside a repository.
    home: Option<(PathBuf, String)>,
    /// Whether only a part was named, which may be a part of a larger workspace than is known here.
    is_part: bool,
}

impl Owner {
    /// The workspace at `root`.
    pub(in crate::cli) fn new(root: &Path, is_part: bool) -> Owner {
        let home = || {
            let root = fs::canonicalize(root).ok()?;
            let repository = repository(&root)?;
            let parts = root.strip_prefix(&repository).ok()?.components();
            let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
            let path = parts?.join("/");
            Some((repository, if path.is_empty() { ".".to_string() } else { path }))
        };
        Owner { home: home(), is_part }
    }

    /// What a folder of this workspace holds; `None` outside its repository. A part does not know whose part it is.
    pub(super) fn text(&self, place: &Place) -> Option<String> {
        let (home, path) = self.home.as_ref()?;
        let is_inside = repository(&place.root).is_some_and(|repository| repository == *home);
        (is_inside && !self.is_part).then(|| format!("{path}\n"))
    }

    /// Whether a folder that remembers `workspace` may be this one's. Outside a repository nobody knows.
    pub(in crate::cli) fn may_be(&self, workspace: &str) -> bool {
        let Some((_, path)) = &self.home else { return true };
        let is_below = || path.strip_prefix(workspace).is_some_and(|rest| rest.starts_with('/'));
        workspace == path || self.is_part && (workspace == "." || is_below())
    }
}

/// The root of the repository that a folder lies in.
fn repository(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

/// The workspace that the folder at `root` remembers, if it does.
pub(in crate::cli) fn remembered(root: &Path) -> Result<Option<String>, Failure> {
    let path = root.join(FILE);
    let failed = |error| Failure::at("read", &path, &error);
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        Ok(metadata) if !metadata.is_file() => {
            return Err(Failure::failed(format!("`{}` is not a file", crate::cli::failure::shown(&path)))
                .hint("remove it; the next build writes it anew"));
        }
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    fs::File::open(&path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Some(text.strip_suffix('\r').unwrap_or(text).to_string()))
}
