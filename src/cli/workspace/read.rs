//! Reading one file as text, or saying in a few words why not.

use crate::cli::failure;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use xks::source::Source;
use xks::syntax::MAX_FILE;

/// The text of a file, or the reason why there is none.
pub(super) fn read(path: &Path) -> Result<String, String> {
    // Asked before it is opened: opening a named pipe would wait for somebody to write into it.
    let metadata = fs::metadata(path).map_err(|error| reason(path, &error))?;
    if metadata.is_dir() {
        return Err("it is a folder, expected a file".to_string());
    }
    if !metadata.is_file() {
        return Err("it is not a regular file".to_string());
    }
    if metadata.len() > MAX_FILE as u64 {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    let mut limited = File::open(path).map_err(|error| reason(path, &error))?.take(MAX_FILE as u64 + 1);
    limited.read_to_end(&mut bytes).map_err(|error| reason(path, &error))?;
    text(bytes)
}

/// The bytes as text, or why they are none.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() > MAX_FILE {
        return Err(too_large());
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16, not valid UTF-8 at byte 0 (line 1)".to_string());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let sound = String::from_utf8_lossy(&error.as_bytes()[..at]);
        let line = Source::new("", sound).line_of(at as u32) + 1;
        format!("it is not valid UTF-8 at byte {at} (line {line})")
    })
}

/// Why the file at `path` cannot be opened.
pub(super) fn reason(path: &Path, error: &io::Error) -> String {
    // Too many links: ELOOP on Linux, and on macOS and the BSDs. The kind of this error has no stable name yet.
    let circle = cfg!(unix) && matches!(error.raw_os_error(), Some(40 | 62));
    match error.kind() {
        _ if circle => "it is a link that leads in a circle".to_string(),
        io::ErrorKind::NotFound if path.is_symlink() => "it is a link that leads nowhere".to_string(),
        io::ErrorKind::NotFound => "there is no such file".to_string(),
        io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        _ => failure::reason(error),
    }
}

fn too_large() -> String {
    format!("it is larger than {} MiB", MAX_FILE >> 20)
}
