//! The words of a fact of `platform`, by what stands before them. What a fact takes is read from the reference.

use super::items::{About, ItemKind, Items};
use super::names;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use xks_core::diagnostics::Level;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::syntax::cursor::Place;
use xks_core::syntax::reference::{self, Entry};

/// What may stand behind a fact's name and the words that follow it.
pub(super) fn words(items: &mut Items<'_>, place: &Place<'_>) {
    match place.before.as_slice() {
        ["lint"] => {
            for code in xks_core::codes().into_iter().filter(|code| code.lint) {
                let detail = code.level.severity();
                let lint = Symbol::global(Kind::Lint, SmolStr::new_static(code.name));
                items.about(code.name, ItemKind::EnumMember, detail, About::Symbol(lint));
            }
        }
        ["lint", _] => {
            for level in ["allow", "note", "warn", "deny"].into_iter().filter(|word| Level::parse(word).is_some()) {
                items.word(level, ItemKind::EnumMember, "");
            }
        }
        ["hosts", rest @ ..] if rest.contains(&"to") => {
            names::grantees(items);
            items.word("nobody", ItemKind::Keyword, "the platform keeps it");
        }
        ["hosts"] => names::hosts(items),
        ["hosts", _] => items.word("to", ItemKind::Keyword, ""),
        ["tenant"] => names::tenants(items),
        ["tenant", .., "in"] => names::own_nobody(items, Kind::Environment),
        [fact, rest @ ..] => {
            for word in reference::fact(fact).map(|entry| behind(&entry, fact, rest)).unwrap_or_default() {
                items.word(&word, ItemKind::EnumMember, "");
            }
        }
        [] => {}
    }
}

/// The words that may follow `before`: the values of the word before them, else the words that have not been said.
fn behind(entry: &Entry, fact: &str, before: &[&str]) -> BTreeSet<String> {
    let forms: Vec<Vec<&str>> = entry
        .form
        .lines()
        .map(|form| form.split([' ', ',']).filter(|word| !word.is_empty()).skip(1).collect())
        .collect();
    let takes_value = |word: &str| {
        let followed =
            |form: &Vec<&str>| form.windows(2).any(|pair| pair[0].trim_start_matches('[') == word && is_value(pair[1]));
        forms.iter().any(followed)
    };
    if let Some(last) = before.last().filter(|last| takes_value(last)) {
        return values_of(entry, last);
    }
    let mut found = BTreeSet::new();
    for form in &forms {
        for (at, word) in form.iter().enumerate() {
            let optional = word.starts_with('[');
            let (word, first) = (word.trim_matches(['[', ']']), before.is_empty() && at == 0);
            match (is_value(word), first) {
                (true, true) => found.extend(values_of(entry, "")),
                (false, _) if first || optional && (!before.is_empty() || form[0].starts_with('[')) => {
                    found.insert(word.to_string());
                }
                _ => {}
            }
        }
    }
    // A form such as `cni calico` is one of several ways, which the text lists.
    if before.is_empty() && matches!(forms.as_slice(), [form] if form.len() == 1 && !is_value(form[0])) {
        found.extend(values_of(entry, fact));
        found.extend(listed(&entry.text));
    }
    found.retain(|word| !before.contains(&word.as_str()));
    found
}

/// Whether a word of a form stands for one that is written in its place: `NAME`, `K=V`.
fn is_value(word: &str) -> bool {
    word.trim_start_matches('"').starts_with(|c: char| c.is_ascii_uppercase())
}

/// The values that the text names for a word: "`solver` is `http-01` or `dns-01`", "`authority private` lifts", and what
/// holds by default, "namespace `kube-system`". Of no word, what holds by default instead of it.
fn values_of(entry: &Entry, word: &str) -> BTreeSet<String> {
    let (text, default) = entry.text.split_once("\n\nDefault: ").unwrap_or((&entry.text, ""));
    if word.is_empty() {
        return default
            .strip_prefix('`')
            .and_then(|rest| rest.split('`').next())
            .map(str::to_string)
            .into_iter()
            .collect();
    }
    let mut found = BTreeSet::new();
    if let Some((_, rest)) = text.split_once(&format!("`{word}` is `")) {
        let end = rest.find([';', '.']).unwrap_or(rest.len());
        found.extend(rest[..end].split('`').step_by(2).map(str::to_string));
    }
    let values = text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix(word)?.strip_prefix(' '));
    found.extend(values.filter(|value| value.bytes().all(|byte| byte.is_ascii_lowercase())).map(str::to_string));
    let usual = default.split_once(&format!("{word} `")).and_then(|(_, rest)| rest.split('`').next());
    found.extend(usual.map(str::to_string));
    found
}

/// The words in the first list of the text.
fn listed(text: &str) -> Vec<String> {
    let first = text.split([';', '\n']).next().unwrap_or_default();
    first.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_offered_where_it_may_stand() {
        let at = |words: &str| {
            let words: Vec<&str> = words.split(' ').collect();
            let entry = reference::fact(words[0]).expect(words[0]);
            behind(&entry, words[0], &words[1..]).into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(at("issuer"), "letsencrypt");
        assert_eq!(at("issuer ours"), "authority kind solver zones");
        assert_eq!(at("issuer ours solver"), "dns-01 http-01");
        assert_eq!(at("issuer ours kind"), "ClusterIssuer Issuer");
        assert_eq!(at("issuer ours authority"), "private public");
        assert_eq!(at("issuer ours kind Issuer zones a.example.com"), "authority solver");
        assert_eq!(at("issuer ours zones"), "");
        assert_eq!(at("cni"), "calico cilium other vpc-cni");
        assert_eq!(at("cni calico"), "");
        assert_eq!(at("ipv6"), "off on");
        assert_eq!(at("dns"), "addresses labels namespace");
        assert_eq!(at("dns namespace"), "kube-system");
        assert_eq!(at("dns namespace kube-system"), "addresses labels");
        assert_eq!(at("default-deny"), "emitted provided");
        assert_eq!(at("default-deny provided"), "");
        assert_eq!(at("ingress-class"), "private public");
        assert_eq!(at("ingress-class private"), "none");
        assert_eq!(at("ingress-namespace"), "ingress-nginx");
        assert_eq!(at("mesh"), "linkerd");
        assert_eq!(at("mesh linkerd"), "namespace");
        assert_eq!(at("mesh linkerd namespace"), "linkerd");
        assert_eq!(at("internet"), "except");
        assert_eq!(at("kube-api"), "");
        assert_eq!(at("tenants"), "from");
        assert_eq!(at("tenants from"), "");
        assert_eq!(at("platform"), "from");
        assert_eq!(at("tenant payments"), "from in labels namespace owners");
        assert_eq!(at("tenant payments from teams/pay"), "in labels namespace owners");
        assert_eq!(at("owners"), "");
    }
}
