//! Words of users on their way out. Whatever stands in a source, a manifest or the name of a file, a reader sees it and nobody obeys it:
//! not a terminal, not the log of a build server, not a page, a picture or a document. Every writer passes its words through here.
//!
//! What no reader would see, or see elsewhere than it stands, is shown as an escape: `\u{202e}`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is not shown as itself: controls and line ends, what turns the direction of writing, and what has no width.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' // controls, U+0085 among them
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // directions
        | '\u{2028}' | '\u{2029}' // ends of lines and paragraphs
        | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' // no width
        | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' // no characters
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Where a log's reader would see a command: `##vso[`, `##[` and their like anywhere in a line, since that is where Azure Pipelines
/// and GitHub look for them.
pub fn is_command(rest: &str) -> bool {
    let Some(word) = rest.strip_prefix("##") else { return false };
    word.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[')
}

/// Whether GitHub would see a command where a line starts with this: `::error::`, but not in an address such as `::1`.
fn is_workflow_command(rest: &str) -> bool {
    let is_address =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || c == '/') || rest.starts_with("ffff:");
    rest.strip_prefix("::").is_some_and(|rest| !is_address(rest))
}

/// Whether nothing in a text has to be escaped, wherever it comes to stand.
fn is_clean(text: &str) -> bool {
    // Looking at all bytes, many at a time, is faster than stopping at the first.
    let plain = text.bytes().fold(true, |plain, byte| plain & (0x20..0x7f).contains(&byte) & (byte != b'#'));
    !is_workflow_command(text.trim_start())
        && (plain || !text.char_indices().any(|(at, c)| is_hidden(c) || c == '#' && is_command(&text[at..])))
}

/// Words as they stand in one line of a terminal or a log, without a line end of their own.
pub fn word(text: &str) -> Cow<'_, str> {
    if is_clean(text) { Cow::Borrowed(text) } else { Cow::Owned(Escaped::of(text, false).text) }
}

/// The same for a text of several lines, whose line ends are kept.
pub fn lines(text: &str) -> Cow<'_, str> {
    if text.split('\n').all(is_clean) { Cow::Borrowed(text) } else { Cow::Owned(Escaped::of(text, true).text) }
}

/// A text with its escapes, and where each place of it came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escaped {
    /// The text.
    pub text: String,
    /// Where something was replaced: the end of it before and after.
    moved: Vec<(usize, usize)>,
}

impl Escaped {
    /// A source as it is shown: its lines stay what they are.
    pub fn source(text: &str) -> Escaped {
        Escaped::of(text, true)
    }

    fn of(text: &str, keeps_lines: bool) -> Escaped {
        let mut escaped = Escaped { text: String::with_capacity(text.len() + 16), moved: Vec::new() };
        let mut in_front = true;
        for (at, c) in text.char_indices() {
            let rest = &text[at..];
            let ends_line = c == '\n' || c == '\r' && rest.starts_with("\r\n");
            let is_lone = c == '\r' && !ends_line;
            if keeps_lines && (ends_line || is_lone) {
                // A source's line may end in a lone CR, which would take a terminal back to its start.
                if c == '\n' || is_lone {
                    escaped.text.push('\n');
                }
                in_front = true;
            } else if is_hidden(c) || c == '#' && is_command(rest) || in_front && is_workflow_command(rest) {
                let _ = write!(escaped.text, "\\u{{{:x}}}", u32::from(c));
                in_front = false;
            } else {
                escaped.text.push(c);
                in_front &= c.is_whitespace();
                continue;
            }
            escaped.moved.push((at + c.len_utf8(), escaped.text.len()));
        }
        escaped
    }

    /// Where a place of the text came to be.
    pub fn place(&self, at: usize) -> usize {
        let before = self.moved.partition_point(|(end, _)| *end <= at);
        let (end, now) = before.checked_sub(1).map_or((0, 0), |index| self.moved[index]);
        (now + at - end).min(self.text.len())
    }
}

/// Whether a source can be shown as it is.
pub fn is_plain_source(text: &str) -> bool {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).all(is_clean)
}

/// The text of a command of GitHub Actions, which ends with its line.
pub fn github_data(text: &str) -> String {
    lines(text).replace('%', "%25").replace('\n', "%0A")
}

/// A property of a command of GitHub Actions, which ends with `,` or `:` too.
pub fn github_property(text: &str) -> String {
    word(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

/// The text of a command of Azure Pipelines, which ends with its line.
pub fn azure_data(text: &str) -> String {
    lines(text).replace('%', "%AZP25").replace('\n', "%0A")
}

/// A property of a command of Azure Pipelines, which ends with `;` or `]` too.
pub fn azure_property(text: &str) -> String {
    word(text).replace('%', "%AZP25").replace(']', "%5D").replace(';', "%3B")
}

/// Words in Markdown, so that none of them means anything there, mentions somebody or ends the cell of a table.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in word(text).chars() {
        match c {
            '&' | '<' | '>' | '|' | '*' | '_' | '`' | '[' | ']' | '@' | '#' | '~' | ':' | '\\' | '$' | '"' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Text of an XML or HTML element or attribute. A line end, which a picture or page does not show, is a blank.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in word(&text.replace(['\r', '\n', '\t'], " ")).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A JSON document that says the same without what is hidden: in JSON such characters stand in strings only.
pub fn json(document: &str) -> Cow<'_, str> {
    let is_odd = |at: usize, c: char| {
        !c.is_ascii_control() && is_hidden(c) || c == '\x7f' || c == '#' && is_command(&document[at..])
    };
    if document.is_ascii() && !document.contains(['#', '\x7f']) || !document.char_indices().any(|(at, c)| is_odd(at, c))
    {
        return Cow::Borrowed(document);
    }
    let mut out = String::with_capacity(document.len() + 16);
    for (at, c) in document.char_indices() {
        if is_odd(at, c) { push_units(c, &mut out) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// JSON that stands in a `script` element: nothing in it ends the element or starts a comment.
pub fn json_in_script(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    for c in json(document).chars() {
        if matches!(c, '<' | '>' | '&') { push_units(c, &mut out) } else { out.push(c) }
    }
    out
}

/// `\u202e`; a pair of them for a character beyond.
fn push_units(c: char, out: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// A quoted string of Graphviz. A backslash would start an escape sequence, and `&` an entity.
pub fn dot(text: &str) -> String {
    let mut out = String::from("\"");
    for c in lines(text).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A quoted text of Mermaid, which takes entity codes between `#` and `;` in place of characters that mean something to it or to
/// the HTML that it makes.
pub fn mermaid(text: &str) -> String {
    let mut out = String::from("\"");
    for c in word(text).chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | '{' | '}' | '*' | '_' | '~' | ';' | '%' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        assert_eq!(word("a\u{1b}[31m\u{202e}b\u{200b}\n\0"), "a\\u{1b}[31m\\u{202e}b\\u{200b}\\u{a}\\u{0}");
        assert_eq!(lines("a\r\nb\u{85}\n"), "a\nb\\u{85}\n");
        assert!(matches!(word("::/0 ::1"), Cow::Borrowed(_)));
        assert!(matches!(word("tenant `shop`: a # b ## c::d é 日本 ❤"), Cow::Borrowed(_)));
    }

    #[test]
    fn no_log_takes_words_for_commands() {
        for (text, shown) in [
            ("##vso[task]", "\\u{23}#vso[task]"),
            ("a ##[error]", "a \\u{23}#[error]"),
            ("###VSO[x", "#\\u{23}#VSO[x"),
            ("::error::x", "\\u{3a}:error::x"),
            (" \u{3000}::x", " \u{3000}\\u{3a}:x"),
        ] {
            assert_eq!(word(text), shown);
            assert_eq!(lines(&format!("a\n{text}")), format!("a\n{shown}"));
        }
        assert_eq!(github_data("100%\r\n::error::x"), "100%25%0A\\u{3a}:error::x");
        assert_eq!(github_property("a,b:c%\n"), "a%2Cb%3Ac%25\\u{a}");
        assert_eq!(azure_data("100%\r\n]"), "100%AZP25%0A]");
        assert_eq!(azure_property("a;b]"), "a%3Bb%5D");
    }

    #[test]
    fn a_place_moves_with_what_stands_before_it() {
        let text = "a\u{202e}b\rc\r\nd##[e";
        let escaped = Escaped::source(text);
        assert_eq!(escaped.text, "a\\u{202e}b\nc\nd\\u{23}#[e");
        for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()) {
            assert!(escaped.text[escaped.place(at)..].starts_with(c), "{c}");
        }
        assert_eq!(escaped.place(text.len()), escaped.text.len());
        assert!(is_plain_source("a\r\nb\n") && !is_plain_source("a\rb") && !is_plain_source(text));
    }

    #[test]
    fn words_mean_nothing_in_pages_and_pictures() {
        assert_eq!(markdown("a|b @you"), "a&#124;b &#64;you");
        assert_eq!(xml("</x>\n\u{202e}'"), "&lt;/x&gt; \\u{202e}&#39;");
        assert_eq!(json("{\"a\": \"\u{2028}\u{e0041}##[x\"}"), "{\"a\": \"\\u2028\\udb40\\udc41\\u0023#[x\"}");
        assert_eq!(json_in_script("\"</script>\""), "\"\\u003c/script\\u003e\"");
        assert_eq!(dot("a\"b\\\n\u{1b}"), "\"a\\\"b\\\\\\n\\\\u{1b}\"");
        assert_eq!(dot("<b>&lt;"), "\"<b>&amp;lt;\"");
        assert_eq!(mermaid("a\"<b>#`"), "\"a#34;#60;b#62;#35;#96;\"");
    }
}
