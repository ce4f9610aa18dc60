//! Regular expressions that PCRE2 compiles, as nginx has them compiled.
//!
//! A subset, on the safe side: what [`check`] takes, PCRE2 takes too (`tests/oracle` asks it), and nginx reads it as it is
//! written. Left out is what few paths need: names of groups (which are variables to nginx), looking behind, recursion,
//! back references, control verbs.

use super::Problem;

/// How deep groups may nest; PCRE2 stops at 250.
const DEPTH: usize = 50;
/// The greatest count in `{n}`; PCRE2 stops at 65535.
const COUNT: u64 = 1000;
/// How large an expression may be when its counts are written out; PCRE2 stops at 64 KiB of its own code.
const SIZE: u64 = 4000;

/// What may be repeated.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// Nothing: the start of a group or alternative, `^`, `\b`, a group that looks ahead.
    Nothing,
    /// Something of this size.
    Something(u64),
    /// What was repeated already.
    Repeated,
}

/// An open group.
struct Group {
    /// The size of what stands before the last piece.
    size: u64,
    last: Last,
    /// Whether it only looks ahead.
    ahead: bool,
}

impl Group {
    fn new(ahead: bool) -> Group {
        Group { size: 1, last: Last::Nothing, ahead }
    }

    fn push(&mut self, last: Last) {
        if let Last::Something(size) = self.last {
            self.size = self.size.saturating_add(size);
        }
        self.last = last;
    }

    fn whole(&self) -> u64 {
        match self.last {
            Last::Something(size) => self.size.saturating_add(size),
            Last::Nothing | Last::Repeated => self.size,
        }
    }
}

/// Checks a regular expression.
///
/// # Errors
/// Says what PCRE2, or nginx in front of it, would stumble over.
pub fn check(text: &str) -> Result<(), Problem> {
    let no = |reason: String| Err(Problem::new(reason));
    if let Some(bad) = text.chars().find(|c| !c.is_ascii_graphic()) {
        return no(format!("`{}` cannot stand in a regular expression here", bad.escape_default()));
    }
    let bytes = text.as_bytes();
    let mut stack = vec![Group::new(false)];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let depth = stack.len();
        let Some(group) = stack.last_mut() else { return no("a `)` closes no group".into()) };
        match bytes[at] {
            b'(' => {
                let (width, ahead) = match rest {
                    _ if rest.starts_with("(?:") => (3, false),
                    _ if rest.starts_with("(?=") || rest.starts_with("(?!") => (3, true),
                    _ if rest.starts_with("(?") || rest.starts_with("(*") => {
                        return no(format!("`{}…` is more than `(`, `(?:`, `(?=` or `(?!`", &rest[..2]));
                    }
                    _ => (1, false),
                };
                if depth > DEPTH {
                    return no(format!("more than {DEPTH} groups lie in one another"));
                }
                stack.push(Group::new(ahead));
                at += width;
            }
            b')' => {
                let (size, ahead) = (group.whole(), group.ahead);
                stack.pop();
                let Some(outer) = stack.last_mut() else { return no("a `)` closes no group".into()) };
                outer.push(if ahead { Last::Nothing } else { Last::Something(size.saturating_add(2)) });
                if ahead {
                    outer.size = outer.size.saturating_add(size);
                }
                if outer.size > SIZE {
                    return no("it is too large".into());
                }
                at += 1;
            }
            b'|' => {
                group.push(Last::Nothing);
                group.size += 2;
                at += 1;
            }
            b'^' | b'$' => {
                group.push(Last::Nothing);
                group.size += 1;
                at += 1;
            }
            b'*' | b'+' | b'?' | b'{' => {
                let (width, most) = quantifier(rest)?;
                let Last::Something(size) = group.last else {
                    return no(format!("`{}` has nothing to repeat", &rest[..width]));
                };
                group.size = group.size.saturating_add(size.saturating_add(4).saturating_mul(most.max(2)));
                if group.size > SIZE {
                    return no("it is too large".into());
                }
                group.last = Last::Repeated;
                at += width;
                if matches!(bytes.get(at), Some(b'?' | b'+')) {
                    at += 1;
                }
            }
            b'[' => {
                let width = class(rest)?;
                group.push(Last::Something(34));
                at += width;
            }
            b'\\' => {
                let (last, width) = escape(rest)?;
                group.push(last);
                at += width;
            }
            b'}' => return no("a `}` closes nothing; as a letter it is written `\\}`".into()),
            _ => {
                group.push(Last::Something(2));
                at += 1;
            }
        }
    }
    match stack.as_slice() {
        [only] if only.whole() <= SIZE => Ok(()),
        [_] => no("it is too large".into()),
        _ => no("a `(` is not closed".into()),
    }
}

/// Checks a path that the controller puts into a configuration as it is: if it is a regular expression, then one that
/// PCRE2 compiles.
///
/// # Errors
/// Says what nginx would stumble over, or what the controller's inspector refuses.
pub fn location(text: &str) -> Result<(), Problem> {
    if let Some(words) = inspected(text) {
        return Err(Problem::new(format!("the ingress controller refuses `{words}` in a path")));
    }
    unquoted(text)?;
    if is_special(text) { check(text) } else { Ok(()) }
}

/// Whether a text has characters that only a regular expression uses.
pub fn is_special(text: &str) -> bool {
    text.contains(['(', ')', '|', '$', '^', '*', '+', '?', '[', ']', '\\', '{', '}'])
}

/// Checks that nothing in a text ends the quotes that the controller puts around it, or the block that they stand in.
///
/// # Errors
/// Says what does.
fn unquoted(text: &str) -> Result<(), Problem> {
    if let Some(bad) = text.chars().find(|c| c.is_whitespace() || c.is_control() || "\"';#`".contains(*c)) {
        return Err(Problem::new(format!("`{}` cannot stand in a path", bad.escape_default())));
    }
    let mut open = 0_usize;
    for c in text.chars().filter(|c| "{}".contains(*c)) {
        match (c, open) {
            ('{', _) => open += 1,
            (_, 0) => return Err(Problem::new("a `}` closes no `{`")),
            (..) => open -= 1,
        }
    }
    if open > 0 { Err(Problem::new("a `{` is not closed")) } else { Ok(()) }
}

/// What the controller's own inspector refuses in a host or path, wherever it stands: the words that it finds.
/// Source: ingress-nginx, `internal/ingress/inspector/rules.go`; `alias` and `root` count only before a `;`.
pub fn inspected(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 7] = [
        "/etc/passwd",
        "/etc/shadow",
        "/etc/group",
        "/etc/nginx",
        "/etc/ingress-controller",
        "/var/run/secrets",
        "_by_lua",
    ];
    let directive = |word: &'static str| {
        let behind = text.find(word).map(|at| &text[at + word.len()..]);
        behind.is_some_and(|rest| rest.contains(';')).then_some(word)
    };
    WORDS.into_iter().find(|word| text.contains(word)).or_else(|| directive("alias")).or_else(|| directive("root"))
}

/// A quantifier at the start of a text: its width, and how often it repeats at the most.
fn quantifier(text: &str) -> Result<(usize, u64), Problem> {
    let Some(inside) = text.strip_prefix('{') else { return Ok((1, 1)) };
    let odd = || Problem::new("`{` starts a count such as `{2}` or `{1,3}`; as a letter it is written `\\{`");
    let (inside, _) = inside.split_once('}').ok_or_else(odd)?;
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| plain).ok_or_else(odd)
    };
    let (least, most) = match inside.split_once(',') {
        None => (number(inside)?, number(inside)?),
        Some((least, "")) => (number(least)?, number(least)?),
        Some((least, most)) => (number(least)?, number(most)?),
    };
    if least > most {
        return Err(Problem::new(format!("`{{{inside}}}` counts down")));
    }
    if most > COUNT {
        return Err(Problem::new(format!("`{{{inside}}}` counts further than {COUNT}")));
    }
    Ok((inside.len() + 2, most))
}

/// An escape at the start of a text: what it is, and its width.
fn escape(text: &str) -> Result<(Last, usize), Problem> {
    match text.as_bytes().get(1) {
        Some(b'd' | b'D' | b'w' | b'W' | b's' | b'S') => Ok((Last::Something(2), 2)),
        Some(b'b' | b'B') => Ok((Last::Nothing, 2)),
        Some(b'\\') => Err(Problem::new("nginx reads `\\\\` as one `\\`, which escapes what comes next")),
        Some(b) if b.is_ascii_punctuation() => Ok((Last::Something(2), 2)),
        Some(b) => Err(Problem::new(format!("`\\{}` is not read everywhere", *b as char))),
        None => Err(Problem::new("a `\\` escapes nothing")),
    }
}

/// A class at the start of a text: its width.
fn class(text: &str) -> Result<usize, Problem> {
    let open = || Problem::new("a `[` is not closed");
    let bytes = text.as_bytes();
    let mut at = if bytes.get(1) == Some(&b'^') { 2 } else { 1 };
    let first = at;
    // The character before a `-`, if a range may start with it.
    let mut from: Option<u8> = None;
    loop {
        let next = *bytes.get(at).ok_or_else(open)?;
        match next {
            b']' if at == first => return Err(Problem::new("`[]` is a class without a character")),
            b']' => return Ok(at + 1),
            b'[' => return Err(Problem::new("a `[` in a class is written `\\[`")),
            b'-' if at != first && bytes.get(at + 1) != Some(&b']') => {
                let (to, width) = match bytes.get(at + 1) {
                    Some(b'\\') => {
                        escape(&text[at + 1..])?;
                        (bytes[at + 2], 2)
                    }
                    Some(b) => (*b, 1),
                    None => return Err(open()),
                };
                let single = width == 1 && to != b'[' && to != b'-' || width == 2 && to.is_ascii_punctuation();
                match from {
                    Some(from) if single && from <= to => {}
                    _ => return Err(Problem::new("a `-` in a class stands between two characters in order, or last")),
                }
                from = None;
                at += 1 + width;
            }
            b'\\' => {
                escape(&text[at..])?;
                from = Some(bytes[at + 1]).filter(u8::is_ascii_punctuation);
                at += 2;
            }
            _ => {
                from = Some(next);
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_paths_are_made_of_is_taken() {
        let good = [
            "/x(/|$)(.*)",
            "/api/v[0-9]+/.*",
            "/(foo|bar)?",
            "/a\\.b",
            "/[^/]+/edit",
            "/[a-zA-Z0-9_-]+",
            "/a{2}",
            "/a{1,3}/b{2,}",
            "/(?:a|b)*",
            "/(?!admin).*",
            "/.+?\\.png$",
            "/\\d+",
            "/stores/location",
            "/[\\w.-]+",
            "/a|/b",
            "",
        ];
        for text in good {
            assert!(check(text).is_ok(), "{text}: {:?}", check(text));
        }
    }

    #[test]
    fn what_pcre_refuses_is_refused() {
        let bad = [
            "/a(b",
            "/[a",
            "/a)",
            "/*?(",
            "/**",
            "(",
            "/a\\",
            "/a\\\\",
            "/[z-a]",
            "/[]",
            "/a{2",
            "/a{3,2}",
            "/a{99999}",
            "/(?<n>a)",
            "/(?P<n>a)",
            "/(?R)",
            "/(?C)",
            "/(*FAIL)",
            "/\\1",
            "/\\k",
            "/[[:foo:]]",
            "/a b",
            "/é",
            "/a\u{1}",
            "(?i",
            "/[\\w-z]",
            "/[a-\\d]",
            "/(?<=a)b",
            "/a}",
            "/x{",
            "/(?=a)+",
            "/^+",
            "/a{1000}{1000}",
            "/((((a{90}){90}){90}){90})",
        ];

        for text in bad {
            assert!(check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_panics() {
        let pieces =
            ["(", ")", "[", "]", "{", "}", "\\", "-", "^", "?", "*", "a", "1", ",", "é", "|", "(?", "(?=", "[^"];
        for one in pieces {
            for two in pieces {
                for three in pieces {
                    let _ = check(&format!("{one}{two}{three}"));
                    let _ = check(&format!("/{three}{one}{two}{three}"));
                }
            }
        }
        let _ = check(&"(".repeat(100_000));
    }
}
