//! Reading one file as text, or saying in a few words why not.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

/// How often a file is read that somebody writes at the same time.
const ATTEMPTS: usize = 5;

/// How long its writer is given.
const PAUSE: Duration = Duration::from_millis(20);

/// The text of a file of at most `limit` bytes, or the reason why there is none. What was read while somebody wrote it would be
/// half of what it becomes, so it is read again.
pub fn read(path: &Path, limit: usize) -> Result<String, String> {
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(PAUSE);
        }
        if let Some(bytes) = read_once(path, limit)? {
            return text(bytes, limit);
        }
    }
    Err("it changes while it is read".to_string())
}

/// The bytes of a file, if they stayed the same meanwhile.
fn read_once(path: &Path, limit: usize) -> Result<Option<Vec<u8>>, String> {
    let failed = |error: io::Error| reason_at(path, &error);
    // Asked before it is opened: opening a named pipe would wait for somebody to write into it.
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err("it is a folder, expected a file".to_string());
    }
    if !metadata.is_file() {
        return Err("it is not a regular file".to_string());
    }
    if metadata.len() > limit as u64 {
        return Err(too_large(limit));
    }
    // Up to its length and no further, which spares asking for its end. Some files do not tell their length.
    let most = if metadata.len() == 0 { limit as u64 + 1 } else { metadata.len() };
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    let file = File::open(path).map_err(failed)?;
    (&file).take(most).read_to_end(&mut bytes).map_err(failed)?;
    let after = file.metadata().map_err(failed)?;
    let is_same = after.len() == metadata.len() && after.modified().ok() == metadata.modified().ok();
    Ok(is_same.then_some(bytes))
}

/// The bytes as text, or why they are none.
pub fn text(bytes: Vec<u8>, limit: usize) -> Result<String, String> {
    if bytes.len() > limit {
        return Err(too_large(limit));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("it is UTF-16, not valid UTF-8 at byte 0 (line 1)".to_string());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = line_ends(&error.as_bytes()[..at]) + 1;
        format!("it is not valid UTF-8 at byte {at} (line {line})")
    })
}

/// Why the file at `path` cannot be opened.
pub fn reason_at(path: &Path, error: &io::Error) -> String {
    // Too many links: ELOOP on Linux, and on macOS and the BSDs. The kind of this error has no stable name yet.
    let circle = cfg!(unix) && matches!(error.raw_os_error(), Some(40 | 62));
    match error.kind() {
        _ if circle => "it is a link that leads in a circle".to_string(),
        io::ErrorKind::NotFound if path.is_symlink() => "it is a link that leads nowhere".to_string(),
        io::ErrorKind::NotFound => "there is no such file".to_string(),
        io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        _ => reason(error),
    }
}

/// An operating system's message without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    lower_first(text.find(" (os error").map_or(text.as_str(), |at| &text[..at]))
}

/// Messages go on after a colon, where a capital looks out of place.
fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// How many lines end in these bytes: LF, CRLF and a lone CR end one.
fn line_ends(bytes: &[u8]) -> usize {
    let ends = |(at, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    bytes.iter().enumerate().filter(|&pair| ends(pair)).count()
}

fn too_large(limit: usize) -> String {
    format!("it is larger than {} MiB", limit >> 20)
}
