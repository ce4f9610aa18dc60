//! How large texts and boxes are.
//!
//! Nobody knows the reader's fonts here. Names are set in a monospaced font, whose characters are at most 0.62 of its size
//! wide in every common one; other texts are short, and taken to be as wide as DejaVu Sans, the widest of the usual ones.

/// The size of names.
pub const NAME: i32 = 12;
/// The size of what stands below a name, and at lines.
pub const SMALL: i32 = 10;
/// The size of a group's title.
pub const TITLE: i32 = 14;

/// The most characters of a name that are shown.
pub const MOST_NAME: usize = 36;
/// The most characters of a detail that are shown.
pub const MOST_DETAIL: usize = 44;
/// The most characters of what stands below a group's title.
pub const MOST_NOTES: usize = 60;
/// The most characters of a label that are shown, a path's apart.
pub const MOST_LABEL: usize = 22;
/// The most characters of a path that are shown.
pub const MOST_PATH: usize = 14;

/// What stands to the left of a name in its box: the margin, the sign and a blank.
pub const SIGN: i32 = 26;
/// The margin to the right of a text in its box.
pub const MARGIN: i32 = 10;
/// The height of a box with one line of text, and with two.
pub const ROW: i32 = 28;
/// The height of a box with two lines of text.
pub const TWO_ROWS: i32 = 40;
/// The height of a box that refers to something elsewhere.
pub const REFERENCE: i32 = 20;
/// How far the lines that arrive at a box are apart, so that labels have room between them.
pub const ARRIVAL: i32 = 17;
/// How far the lines that leave a box are apart.
pub const DEPARTURE: i32 = 6;
/// The length of an arrow.
pub const ARROW: i32 = 7;
/// The height of what stands above the nodes of a group.
pub const HEADER: i32 = 44;
/// The margin inside a group.
pub const INSET: i32 = 14;

/// The margin around the picture.
pub const FRAME: i32 = 20;
/// What stands above the groups.
pub const HEADING: i32 = 64;

/// The width of a monospaced text.
pub fn mono(text: &str, size: i32) -> i32 {
    (text.chars().count() as i32 * size * 62 + 99) / 100
}

/// The width of any other text.
pub fn sans(text: &str, size: i32) -> i32 {
    let of = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | ' ' => 36,
        'f' | 'r' | 't' | '(' | ')' | '/' | '-' | 'I' => 46,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 100,
        c if c.is_ascii_uppercase() => 78,
        c if c.is_ascii() => 64,
        '\u{b7}' => 36,
        _ => 100,
    };
    (text.chars().map(of).sum::<i32>() * size + 99) / 100
}

/// A text of at most `most` characters, with `…` in place of its middle.
pub fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_string();
    }
    let tail = (most - 1) / 2;
    let head = most - 1 - tail;
    text.chars().take(head).chain(['\u{2026}']).chain(text.chars().skip(count - tail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_text_keeps_both_ends() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcdefgh", 5), "ab\u{2026}gh");
        assert_eq!(shortened("\u{e9}\u{e9}\u{e9}\u{e9}", 3).chars().count(), 3);
    }
}
