//! The language reference by keyword: what it says of a statement, a clause, a fact or a peer, for whoever shows it at the
//! place where the word stands.

use std::sync::LazyLock;

/// `docs/language.md`.
pub const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/language.md"));

/// What the reference says of one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How it is written, a line for each way.
    pub form: String,
    /// What it does, in Markdown. Links lead to other sections of the page.
    pub text: String,
    /// The section of [`PAGE`] that tells more.
    pub anchor: String,
}

/// A statement: the form and the first paragraph of its section.
pub fn statement(word: &str) -> Option<Entry> {
    let heading = match word {
        "never" | "expect" => "never and expect",
        "ports" => "ports sets",
        word => word,
    };
    let section = section("### ", heading)?;
    let (_, rest) = section.split_once("```text\n")?;
    let (form, rest) = rest.split_once("```")?;
    let text = rest.trim_start().split("\n\n").next()?.replace('\n', " ");
    // What a table or an example behind it would go on with is left out.
    let text = match text.strip_suffix(':') {
        Some(whole) => whole.rsplit_once(". ").map_or("", |(said, _)| said).to_string() + ".",
        None => text,
    };
    let own = form.lines().filter(|line| line.starts_with(word)).collect::<Vec<_>>().join("\n");
    Some(Entry { form: own, text, anchor: anchor(heading) })
}

/// A clause of a statement: a row of a table of clauses, or else the statement's form shows it.
pub fn clause(statement: &str, word: &str) -> Option<Entry> {
    let tables = [("### ", "expose", statement == "expose"), ("## ", "Clauses of every statement", true)];
    for (level, heading, _) in tables.into_iter().filter(|(_, _, takes)| *takes) {
        if let Some((form, text)) = section(level, heading).and_then(|section| row(section, word)) {
            return Some(Entry { form, text, anchor: anchor(heading) });
        }
    }
    let whole = self::statement(statement)?;
    let start = whole.form.find(&format!("[{word}"))?;
    let mut depth = 0;
    let end = whole.form[start..].find(|c| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        depth == 0
    })?;
    let form = whole.form[start + 1..start + end].to_string();
    Some(Entry { form, text: format!("Of `{statement}`: {}", whole.text), anchor: whole.anchor })
}

/// A fact of `platform`, with what holds without it.
pub fn fact(name: &str) -> Option<Entry> {
    let (form, text) = row(section("## ", "Platform facts")?, name)?;
    let text = match text.split_once(" | ") {
        Some((means, default)) => format!("{means}\n\nDefault: {default}"),
        None => text,
    };
    Some(Entry { form, text, anchor: anchor("Platform facts") })
}

/// A peer that the language knows by name, such as `internet`.
pub fn peer(word: &str) -> Option<Entry> {
    let (form, text) = row(section("## ", "Peers")?, word)?;
    Some(Entry { form, text, anchor: anchor("Peers") })
}

/// The text below a heading, up to the next one of that level or above.
fn section(level: &str, heading: &str) -> Option<&'static str> {
    let is_it = |line: &str| line.strip_prefix(level) == Some(heading);
    SECTIONS.iter().find(|(line, _)| is_it(line)).map(|(_, body)| *body)
}

/// The headings of the second and third level, each with the text below it. Editors ask at every key, so the page is
/// searched once.
static SECTIONS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let one = |(at, _)| {
        let (line, body) = PAGE[at + 1..].split_once('\n')?;
        let ends: &[&str] = if line.starts_with("### ") { &["\n## ", "\n### "] } else { &["\n## "] };
        let end = ends.iter().filter_map(|end| body.find(end)).min().unwrap_or(body.len());
        Some((line, &body[..end]))
    };
    PAGE.match_indices("\n##").filter_map(one).collect()
});

/// The row of a table whose first cell names a word: that cell without its marks, and the other cells.
fn row(section: &str, word: &str) -> Option<(String, String)> {
    section.lines().find_map(|line| {
        let (first, rest) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        let forms = first.split('`').skip(1).step_by(2);
        let names = |form: &str| form.split(' ').next() == Some(word);
        forms.clone().any(names).then(|| {
            let own: Vec<&str> = forms.filter(|form| names(form)).collect();
            (own.join("\n"), rest.to_string())
        })
    })
}

/// The anchor that Markdown gives a heading.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::super::clauses::clauses_of;
    use super::*;
    use crate::Keyword;

    #[test]
    fn every_statement_and_every_clause_of_it() {
        for keyword in Keyword::ALL {
            let word = keyword.word();
            let entry = statement(word).unwrap_or_else(|| panic!("{word}"));
            assert!(entry.form.starts_with(word) && !entry.text.is_empty(), "{entry:?}");
            if *keyword == Keyword::Platform {
                continue;
            }
            for one in clauses_of(word) {
                let entry = clause(word, one).unwrap_or_else(|| panic!("{word} {one}"));
                assert!(entry.form.starts_with(one), "{word} {one}: {entry:?}");
            }
        }
    }

    #[test]
    fn facts_and_peers() {
        assert_eq!(fact("cni").map(|entry| entry.form).as_deref(), Some("cni calico"));
        assert!(fact("issuer").is_some_and(|entry| entry.text.contains("Default: `letsencrypt`")));
        for word in ["ingress", "internet", "kube-api", "metadata", "nodes", "dns"] {
            assert!(peer(word).is_some(), "{word}");
        }
        assert_eq!(fact("expose"), None);
    }
}
