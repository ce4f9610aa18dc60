//! Lines of the subset, token by token.

use memchr::memchr;

/// The value of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar<'a> {
    Text(&'a str),
    /// A decimal number without a sign or leading zeros.
    Number(&'a str),
    /// `true` or `false`.
    Bool(&'a str),
    Null,
    EmptyMap,
    EmptyList,
    /// The value stands on the next lines.
    Nested,
}

/// A place in a text that is at the start of a token: a key, a dash, or the end.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    column: usize,
    line: u32,
}

/// Sorts of bytes that stand in a scalar without quotes wherever they are.
mod class {
    pub(super) const LETTER: u8 = 1;
    pub(super) const DIGIT: u8 = 2;
    pub(super) const DOT: u8 = 4;
    pub(super) const SLASH: u8 = 8;
    /// `-` and `_`.
    pub(super) const DASH: u8 = 16;

    /// The sort of each byte, 0 for all others.
    pub(super) static OF: [u8; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = match byte as u8 {
                b'a'..=b'z' | b'A'..=b'Z' => LETTER,
                b'0'..=b'9' => DIGIT,
                b'.' => DOT,
                b'/' => SLASH,
                b'-' | b'_' => DASH,
                _ => 0,
            };
            byte += 1;
        }
        table
    };
}

impl<'a> Lexer<'a> {
    /// At the first token of a document; `None` if there is none.
    pub(super) fn new(text: &'a str, line: u32) -> Option<Lexer<'a>> {
        let mut lexer = Lexer { text, at: 0, column: 0, line };
        lexer.blanks()?;
        if lexer.text[lexer.at..].starts_with("---\n") && lexer.column == 0 {
            lexer.at += 4;
            lexer.line += 1;
            lexer.blanks()?;
        }
        (!lexer.is_at_end()).then_some(lexer)
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Goes over so many whole lines, if they are the next ones.
    pub(super) fn lines(&mut self, lines: &str, count: u32) -> bool {
        let next = self.text.as_bytes()[self.at..].starts_with(lines.as_bytes());
        next && {
            self.at += lines.len();
            self.line += count;
            self.blanks().is_some()
        }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn column(&self) -> usize {
        self.column
    }

    pub(super) fn line(&self) -> u32 {
        self.line
    }

    pub(super) fn is_at_dash(&self) -> bool {
        self.byte(0) == b'-' && self.byte(1) == b' '
    }

    /// Goes over `- `.
    pub(super) fn dash(&mut self) -> bool {
        let is_dash = self.is_at_dash();
        if is_dash {
            self.at += 2;
            self.column += 2;
        }
        is_dash
    }

    /// From the start of a line to its first token, or that of a later line: over blank lines and comments.
    #[inline]
    fn blanks(&mut self) -> Option<()> {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let blanks = leading_blanks(rest);
            match rest.get(blanks) {
                Some(b'\n') => {
                    self.at += blanks + 1;
                    self.line += 1;
                }
                Some(b'#') => self.comment()?,
                _ => {
                    self.at += blanks;
                    self.column = blanks;
                    return Some(());
                }
            }
        }
    }

    /// Over a line with a comment.
    #[cold]
    fn comment(&mut self) -> Option<()> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        let comment = &self.text[self.at..self.at + length];
        // Without an early end it is many bytes at a time.
        let strange = comment.bytes().fold(false, |any, byte| any | !(b' '..=b'~').contains(&byte));
        if strange && !comment.chars().all(is_printable) {
            return None;
        }
        self.at += (length + 1).min(rest.len());
        self.line += 1;
        Some(())
    }

    /// Ends the line.
    fn line_end(&mut self) -> Option<()> {
        if self.is_at_end() {
            return Some(());
        }
        if self.byte(0) != b'\n' {
            return None;
        }
        self.at += 1;
        self.line += 1;
        self.blanks()
    }

    /// Goes over a key and its colon, if it is this one.
    #[inline(always)] // so that the length of the word is known
    pub(super) fn is(&mut self, word: &str) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let is = rest.get(word.len()) == Some(&b':') && rest.starts_with(word.as_bytes());
        if is {
            self.at += word.len() + 1;
        }
        is
    }

    /// A key, up to its colon.
    pub(super) fn key(&mut self) -> Option<&'a str> {
        let key = match self.token()? {
            Scalar::Text(text) => text,
            _ => return None,
        };
        (self.byte(0) == b':').then_some(())?;
        self.at += 1;
        Some(key)
    }

    /// The value behind a key; goes to the next line's token.
    pub(super) fn value(&mut self) -> Option<Scalar<'a>> {
        let value = match self.byte(0) {
            b'\n' => Scalar::Nested,
            b' ' => {
                self.at += 1;
                self.token()?
            }
            _ => return None,
        };
        self.line_end()?;
        Some(value)
    }

    /// The item behind a dash: a scalar, after which it goes to the next line's token, or `Nested` when it is a mapping or
    /// list that starts here.
    pub(super) fn item(&mut self) -> Option<Scalar<'a>> {
        if self.is_at_dash() {
            return Some(Scalar::Nested);
        }
        let start = self.at;
        let value = self.token()?;
        if self.byte(0) == b':' {
            self.at = start;
            return Some(Scalar::Nested);
        }
        self.line_end()?;
        Some(value)
    }

    fn token(&mut self) -> Option<Scalar<'a>> {
        let rest = &self.text.as_bytes()[self.at..];
        match rest.first()? {
            b'"' => self.quoted(b'"').map(Scalar::Text),
            b'\'' => self.quoted(b'\'').map(Scalar::Text),
            b'{' if rest.starts_with(b"{}") => self.over(2, Scalar::EmptyMap),
            b'[' if rest.starts_with(b"[]") => self.over(2, Scalar::EmptyList),
            _ => {
                let length = rest.iter().position(|byte| class::OF[*byte as usize] == 0).unwrap_or(rest.len());
                let scalar = plain(&self.text[self.at..self.at + length])?;
                self.over(length, scalar)
            }
        }
    }

    fn over(&mut self, length: usize, scalar: Scalar<'a>) -> Option<Scalar<'a>> {
        self.at += length;
        Some(scalar)
    }

    /// A string in quotes without an escape, on one line.
    fn quoted(&mut self, quote: u8) -> Option<&'a str> {
        let start = self.at + 1;
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().position(|byte| *byte == quote || !(b' '..=b'~').contains(byte) || *byte == b'\\')?;
        // `''` within single quotes is an escape too.
        if rest[length] != quote || quote == b'\'' && rest.get(length + 1) == Some(&quote) {
            return None;
        }
        self.at = start + length + 1;
        Some(&self.text[start..start + length])
    }
}

/// What a scalar without quotes is; `None` if that takes a closer look.
fn plain(text: &str) -> Option<Scalar<'_>> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    match class::OF[first as usize] {
        class::LETTER if bytes.len() <= 5 && matches!(first | 0x20, b'f' | b'n' | b'o' | b't' | b'y') => match text {
            "true" | "false" => Some(Scalar::Bool(text)),
            "null" => Some(Scalar::Null),
            _ if is_reserved(text) => None,
            _ => Some(Scalar::Text(text)),
        },
        class::LETTER | class::SLASH => Some(Scalar::Text(text)),
        class::DIGIT => {
            let sorts = bytes.iter().fold(0, |sorts, byte| sorts | class::OF[*byte as usize]);
            if sorts == class::DIGIT {
                return (first != b'0' && bytes.len() < 10).then_some(Scalar::Number(text));
            }
            // An IPv4 address or range is no number to any reader, for its dots.
            let dots = bytes.iter().filter(|byte| **byte == b'.').count();
            (sorts & (class::LETTER | class::DASH) == 0 && dots == 3).then_some(Scalar::Text(text))
        }
        _ => None,
    }
}

/// How many blanks bytes start with.
fn leading_blanks(bytes: &[u8]) -> usize {
    // Indentation is seldom deeper.
    if let Some(eight) = bytes.first_chunk() {
        let others = u64::from_le_bytes(*eight) ^ u64::from_le_bytes([b' '; 8]);
        if others != 0 {
            return (others.trailing_zeros() / 8) as usize;
        }
    }
    bytes.iter().take_while(|byte| **byte == b' ').count()
}

/// What every reader of YAML lets stand in a comment.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a1}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// Words that are, in some spelling, no strings to some reader.
fn is_reserved(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
}
