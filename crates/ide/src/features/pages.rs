//! The pages of the codes. They are part of the program, so that their links lead somewhere without a network.

/// The page of a code, in Markdown.
pub fn page(code: &str) -> Option<&'static str> {
    xks_core::codes().into_iter().find(|known| known.name == code).map(|code| code.page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_and_nothing_else_has() {
        for code in xks_core::codes() {
            assert_eq!(page(code.name), Some(code.page));
        }
        assert_eq!(page("no-such-code"), None);
    }
}
