//! Writing one file: whole or not at all.

use super::failure::Failure;
use super::temporary;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes `text` over the file at `path`, which keeps its permissions. A link stays a link; what it leads to changes.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    try_replace(path, text).map_err(|error| Failure::at("write", path, &error))
}

/// Writes `text` to the file at `path`, whether there is one or not.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => replace(path, text),
        // A device or a pipe cannot be replaced.
        Ok(_) => std::fs::write(path, text).map_err(|error| Failure::at("write", path, &error)),
        Err(_) => create(path, text).map_err(|error| Failure::at("write", path, &error)),
    }
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(temporary::PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666)); // less what the user's mask takes away
    }
    let mut staged = temporary::file_in(folder, &mut builder)?;
    staged.write_all(text.as_bytes())?;
    staged.persist(path)?;
    Ok(())
}

fn try_replace(path: &Path, text: &str) -> io::Result<()> {
    let path = &std::fs::canonicalize(path)?;
    let metadata = std::fs::metadata(path)?;
    if metadata.permissions().readonly() {
        // A rename needs no right to write the file, but who took that right away meant something by it.
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut staged = temporary::file_in(folder, tempfile::Builder::new().prefix(temporary::PREFIX))?;
    staged.write_all(text.as_bytes())?;
    keep_owner(&metadata, staged.path());
    staged.as_file().set_permissions(metadata.permissions())?;
    staged.persist(path)?;
    Ok(())
}

/// Started as root, as in a container, the new file would be root's. Who may not give files away keeps it: no failure.
#[cfg(unix)]
fn keep_owner(old: &std::fs::Metadata, new: &Path) {
    use std::os::unix::fs::MetadataExt as _;
    let _ = std::os::unix::fs::chown(new, Some(old.uid()), Some(old.gid()));
}

#[cfg(not(unix))]
fn keep_owner(_: &std::fs::Metadata, _: &Path) {}
