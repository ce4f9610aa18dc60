//! Words of messages: did-you-mean, lists, counts.

/// The longest word that a name is looked for: nothing with a name has a longer one.
const LONGEST: usize = 253;

/// How many candidates are compared: of more, each of very many mistakes would take its time.
const MOST: usize = 1_000;

/// The candidate nearest to `word`, if one is near enough to have been meant: at most a third of the letters differ, a
/// swap of neighbours counting once. Of equally near ones the first in the alphabet.
///
/// A word of more than `LONGEST` bytes is no misspelt name, and to compare it would take its length squared.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let most = (word.chars().count().max(3) / 3).min(4);
    // A letter has at most four bytes, so lengths further apart are more edits apart.
    let comparable = |candidate: &&str| *candidate != word && candidate.len().abs_diff(word.len()) <= 4 * most;
    candidates
        .into_iter()
        .filter(comparable)
        .take(MOST)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    if a.eq_ignore_ascii_case(b) {
        return 0;
    }
    strsim::damerau_levenshtein(a, b)
}

/// "1 file", "2 files".
pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `a`, `b` and `c`, each in backticks, joined by `last` ("and", "or").
pub fn listed<S: AsRef<str>>(words: impl IntoIterator<Item = S>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|w| format!("`{}`", w.as_ref())).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("bra", ["bar", "foo"]), Some("bar"));
        assert_eq!(nearest("destnation", ["source", "destination"]), Some("destination"));
        assert_eq!(nearest("Foo", ["foo"]), Some("foo"));
        assert_eq!(nearest("api", ["web", "db"]), None);
    }
}
