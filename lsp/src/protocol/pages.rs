//! The pages of the codes, as documents that the client can open: `xks-explain:/unknown-app.md`.

use tower_lsp_server::gen_lsp_types::Uri;
use xks_ide::features::pages;

/// The scheme of their URIs.
pub(crate) const SCHEME: &str = "xks-explain";

/// The URI of a code's page.
pub(crate) fn uri(code: &str) -> Uri {
    Uri(format!("{SCHEME}:/{code}.md"))
}

/// The page at a URI.
pub(crate) fn content(uri: &Uri) -> Option<&'static str> {
    let path = uri.0.strip_prefix(SCHEME)?.strip_prefix(':')?.trim_start_matches('/');
    pages::page(path.strip_suffix(".md")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_and_nothing_else_has() {
        for code in xks_core::codes() {
            assert_eq!(content(&uri(code.name)), Some(code.page));
        }
        for other in ["xks-explain:/no-such-code.md", "xks-preview:/unknown-app.md", "xks-explain:", "file:///a"] {
            assert_eq!(content(&Uri(other.to_string())), None, "{other}");
        }
    }
}
