//! The grammar of xks for tree-sitter.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_xks() -> *const ();
}

/// The language, for `tree_sitter::Parser::set_language`.
// SAFETY: the function is the one that the generated parser exports; it has no other effect than to return its tables.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_xks) };

/// What colours a file.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");

/// Which names are declared in a file, and which refer to them.
pub const LOCALS_QUERY: &str = include_str!("../../queries/locals.scm");
