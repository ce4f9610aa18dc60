//! Names in lines that cannot be read, such as one that is still being typed.

use super::Role;
use super::mentions::{Meaning, Slot, Walk};
use smol_str::SmolStr;
use xks_base::source::{Span, Spanned};

impl Walk<'_> {
    /// Takes each word behind the first for a name, `team/app:port` apart: those that are declared are found later.
    pub(super) fn broken(&mut self, span: Span) {
        let whole = self.text.get(span.range()).unwrap_or_default();
        let mut words = words(whole).peekable();
        words.next(); // the keyword
        for (at, word) in words {
            let start = span.start as usize + at;
            let (place, port) = word.split_once(':').unwrap_or((word, ""));
            let (team, name) = match place.rsplit_once('/') {
                Some((team, name)) => (Some(team), name),
                None => (None, place),
            };
            let at_name = start + place.len() - name.len();
            let spanned = |text: &str, start: usize| {
                Spanned::new(SmolStr::new(text), Span::new(span.file, start, start + text.len()))
            };
            let tenant = match team {
                None | Some(".") => self.names.tenant.clone(),
                Some(team) => {
                    self.mention(&spanned(team, start), Role::Use, Meaning::Among(Slot::Anything, SmolStr::default()));
                    Some(SmolStr::new(team))
                }
            };
            let Some(tenant) = tenant else { continue };
            self.mention(&spanned(name, at_name), Role::Use, Meaning::Among(Slot::Anything, tenant.clone()));
            let behind = Meaning::PortBehind(Slot::Anything, tenant, SmolStr::new(name));
            self.mention(&spanned(port, start + place.len() + 1), Role::Use, behind);
        }
    }
}

/// The words of a line with where they start, comments and strings left out.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &line[at..];
            let skipped = rest.len() - rest.trim_start_matches(|c: char| !is_word(c) && c != '#' && c != '"').len();
            at += skipped;
            let rest = &line[at..];
            match rest.chars().next()? {
                '#' => at += rest.find(['\n', '\r']).unwrap_or(rest.len()),
                '"' => at += rest[1..].find(['"', '\n']).map_or(rest.len(), |end| end + 2),
                _ => {
                    let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                    let word = rest[..end].trim_end_matches('-'); // of `a->b`
                    let found = (at, word);
                    at += end;
                    if !word.is_empty() {
                        return Some(found);
                    }
                }
            }
        }
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | ':')
}
