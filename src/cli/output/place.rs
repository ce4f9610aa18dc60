//! Where the output folder is, or will be.

use crate::cli::failure::{self, Failure};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// The way to the output folder: what exists of it, links resolved, and what does not yet.
pub(super) struct Place {
    /// The output folder, or the nearest folder above it that exists.
    pub(super) root: PathBuf,
    /// The rest of the way; empty if the output folder exists.
    pub(super) missing: PathBuf,
    named: PathBuf,
}

impl Place {
    /// Looks for the folder that the user calls `named`.
    pub(super) fn find(named: &Path) -> Result<Place, Failure> {
        let absolute = std::path::absolute(named).map_err(|error| Failure::at("write to", named, &error))?;
        for (above, folder) in absolute.ancestors().enumerate() {
            // The user knows the folder by the name that was given; only those above it have longer ones.
            let called = if above == 0 { named } else { folder };
            match fs::metadata(folder) {
                Ok(metadata) if metadata.is_dir() => {
                    let missing = absolute.strip_prefix(folder).unwrap_or(Path::new("")).to_path_buf();
                    if missing.components().any(|part| part == Component::ParentDir) {
                        return Err(Failure::failed(format!(
                            "cannot write to `{}`: a folder on the way does not exist",
                            failure::shown(named)
                        )));
                    }
                    let root = folder.canonicalize().map_err(|error| Failure::at("write to", called, &error))?;
                    return Ok(Place { root, missing, named: named.to_path_buf() });
                }
                Ok(_) => {
                    return Err(Failure::failed(format!("`{}` is a file, expected a folder", failure::shown(called))));
                }
                Err(_) if folder.is_symlink() => {
                    return Err(Failure::failed(format!("`{}` is a link that leads nowhere", failure::shown(called))));
                }
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => return Err(Failure::at("write to", called, &error)),
            }
        }
        Err(Failure::failed(format!("cannot write to `{}`: no folder above it exists", failure::shown(named))))
    }

    /// Whether the output folder is there.
    pub(super) fn exists(&self) -> bool {
        self.missing.as_os_str().is_empty()
    }

    /// A path below the output folder in the user's terms.
    pub(super) fn shown(&self, path: &str) -> String {
        failure::shown(&self.named.join(path))
    }

    /// The output folder in the user's terms.
    pub(super) fn named(&self) -> &Path {
        &self.named
    }
}
