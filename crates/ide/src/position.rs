//! Byte offsets and the editor's positions: the only place that knows UTF-16. A position outside the text is moved to the
//! nearest one inside, as the language server protocol wants it for columns; nothing here fails.

use xks_core::source::{Source, Span};

/// A line and a column, both from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in the units of an [`Encoding`].
    pub character: u32,
}

/// From one position to another, the end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first position.
    pub start: Position,
    /// The position behind the last.
    pub end: Position,
}

/// What an editor counts columns in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16, as JavaScript has them.
    Utf16,
}

impl Encoding {
    /// The position of byte `offset`.
    pub fn position(self, source: &Source, offset: u32) -> Position {
        let offset = floor(&source.text, offset as usize);
        let line = source.line_of(offset as u32);
        let start = source.line_starts()[line] as usize;
        Position { line: line as u32, character: self.units(&source.text[start..offset]) }
    }

    /// How long a part of a line is.
    pub fn units(self, text: &str) -> u32 {
        match self {
            Encoding::Utf8 => text.len() as u32,
            Encoding::Utf16 => text.encode_utf16().count() as u32,
        }
    }

    /// The positions of bytes that are asked for in their order, each counted from the one before.
    pub fn positions(self, source: &Source) -> Positions<'_> {
        Positions { encoding: self, source, offset: 0, last: Position::default() }
    }

    /// The byte at a position. Behind the end of a line is its end, behind the last line the end of the text, inside a
    /// character its start.
    pub fn offset(self, source: &Source, position: Position) -> u32 {
        let starts = source.line_starts();
        let Some(&start) = starts.get(position.line as usize) else { return source.text.len() as u32 };
        let next = starts.get(position.line as usize + 1).map_or(source.text.len(), |&next| next as usize);
        let line = source.text[start as usize..next].trim_end_matches(['\n', '\r']);
        let wanted = position.character as usize;
        let within = match self {
            Encoding::Utf8 => floor(line, wanted),
            Encoding::Utf16 => {
                let mut units = 0;
                let fits = |c: &char| {
                    units += c.len_utf16();
                    units <= wanted
                };
                line.chars().take_while(fits).map(char::len_utf8).sum()
            }
        };
        start + within as u32
    }

    /// The range of a span, which must lie in this file.
    pub fn range(self, source: &Source, span: Span) -> Range {
        Range { start: self.position(source, span.start), end: self.position(source, span.end) }
    }

    /// The bytes of a range; an inverted one is empty.
    pub fn bytes(self, source: &Source, range: Range) -> std::ops::Range<usize> {
        let start = self.offset(source, range.start);
        start as usize..self.offset(source, range.end).max(start) as usize
    }
}

/// Positions of a text from its start to its end.
#[derive(Debug)]
pub struct Positions<'s> {
    encoding: Encoding,
    source: &'s Source,
    offset: u32,
    last: Position,
}

impl Positions<'_> {
    /// The position of byte `offset`, which does not lie before the one that was asked for last.
    pub fn at(&mut self, offset: u32) -> Position {
        let offset = floor(&self.source.text, offset as usize) as u32;
        let line = self.source.line_of(offset) as u32;
        self.last = match self.source.text.get(self.offset as usize..offset as usize) {
            Some(between) if line == self.last.line => {
                Position { line, character: self.last.character + self.encoding.units(between) }
            }
            _ => self.encoding.position(self.source, offset),
        };
        self.offset = offset;
        self.last
    }
}

/// The start of the character that byte `at` is in; the end of the text if it lies behind it.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a😀é\r\nß\rlast";

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn every_character_boundary_there_and_back() {
        let source = Source::new("a.xks", TEXT);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            // Between CR and LF no position can be named.
            for (offset, _) in TEXT.char_indices().filter(|(_, c)| *c != '\n') {
                let position = encoding.position(&source, offset as u32);
                assert_eq!(encoding.offset(&source, position), offset as u32, "{encoding:?} {position:?}");
            }
            let mut positions = encoding.positions(&source);
            for (offset, _) in TEXT.char_indices() {
                let (step, whole) = (positions.at(offset as u32), encoding.position(&source, offset as u32));
                assert_eq!(step, whole, "{encoding:?}");
            }
        }
    }

    #[test]
    fn columns_count_units_of_the_encoding() {
        let source = Source::new("a.xks", TEXT);
        assert_eq!(Encoding::Utf8.position(&source, 7), at(0, 7));
        assert_eq!(Encoding::Utf16.position(&source, 7), at(0, 4));
        assert_eq!(Encoding::Utf16.position(&source, 9), at(1, 0));
        assert_eq!(Encoding::Utf16.position(&source, 12), at(2, 0));
    }

    #[test]
    fn what_lies_outside_is_moved_inside() {
        let source = Source::new("a.xks", TEXT);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            assert_eq!(encoding.offset(&source, at(0, 99)), 7, "the end of the line, before CRLF");
            assert_eq!(encoding.offset(&source, at(1, 99)), 11, "before a lone CR");
            assert_eq!(encoding.offset(&source, at(9, 0)), TEXT.len() as u32);
            assert_eq!(encoding.position(&source, 999), at(2, 4));
        }
        assert_eq!(Encoding::Utf16.offset(&source, at(0, 2)), 1, "inside a surrogate pair");
        assert_eq!(Encoding::Utf8.offset(&source, at(0, 3)), 1, "inside a character");
        let inverted = Range { start: at(1, 1), end: at(0, 0) };
        assert_eq!(Encoding::Utf16.bytes(&source, inverted), 11..11);
    }
}
