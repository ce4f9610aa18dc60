//! Paths and the editor's URIs for them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::path::{Path, PathBuf};
use tower_lsp_server::gen_lsp_types::Uri;

/// What stands unescaped in a path. VS Code escapes everything else.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The folder of documents that are on no disk yet. It has no root, so that it is below no folder.
const UNTITLED: &str = "untitled:";

/// The path of a `file:` URI, or one on no disk for a document that was never saved; `None` for what is not on this machine.
pub(crate) fn to_path(uri: &Uri) -> Option<PathBuf> {
    if let Some(name) = uri.0.strip_prefix(UNTITLED) {
        return untitled(name);
    }
    let rest = uri.0.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let path = percent_decode_str(&rest[..end]).decode_utf8().ok()?;
    if !path.starts_with('/') {
        return None;
    }
    // `/c:/x` on Windows.
    let drive = path.as_bytes().get(2) == Some(&b':') && path.as_bytes()[1].is_ascii_alphabetic();
    let path = if cfg!(windows) && drive { &path[1..] } else { &path[..] };
    let trimmed = path.trim_end_matches('/');
    Some(PathBuf::from(if trimmed.is_empty() { path } else { trimmed }))
}

/// `Untitled-1` is called as the tenant may be that it is until somebody says otherwise.
fn untitled(name: &str) -> Option<PathBuf> {
    let name = percent_decode_str(name).decode_utf8().ok()?;
    let name = name.trim_matches('/');
    let named = name.ends_with(".xks");
    let name = if named { name.to_string() } else { format!("{}.xks", name.to_lowercase()) };
    Some(Path::new(UNTITLED).join(name))
}

/// The URI of an absolute path.
pub(crate) fn from_path(path: &Path) -> Uri {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { format!("/{}", text.replace('\\', "/")) } else { text.into_owned() };
    Uri(format!("file://{}", utf8_percent_encode(&text, ESCAPED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for path in ["/a/b.xks", "/a b/é😀.xks", "/a%20b/#?.xks", "/"] {
            assert_eq!(to_path(&from_path(Path::new(path))), Some(PathBuf::from(path)));
        }
    }

    #[test]
    fn other_spellings_and_other_schemes() {
        let path = |text: &str| to_path(&Uri(text.to_string()));
        assert_eq!(path("file:///a%2Fb/c%3A.xks"), Some(PathBuf::from("/a/b/c:.xks")));
        assert_eq!(path("file:///a/"), Some(PathBuf::from("/a")));
        assert_eq!(path("file://localhost/a"), Some(PathBuf::from("/a")));
        assert_eq!(path("untitled:Untitled-1"), Some(PathBuf::from("untitled:/untitled-1.xks")));
        assert_eq!(path("untitled:/a/B%20.xks"), Some(PathBuf::from("untitled:/a/B .xks")));
        for other in ["git:/a.xks", "file:a.xks", "file://host/a", "file:///%ff", ""] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
