//! The words that start a statement. Whoever treats statements one by one matches over [`Keyword`], so that a new one
//! does not compile before each of them knows it.

use xks_grammar::Rule;

/// Declares the statements: each with its word and the rule of the grammar that reads it.
macro_rules! statements {
    ($($keyword:ident = $word:literal, $rule:ident;)*) => {
        /// The word that a statement starts with, and so its kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Keyword {
            $($keyword,)*
        }

        impl Keyword {
            /// All of them, by their words.
            pub const ALL: &[Keyword] = &[$(Keyword::$keyword),*];

            /// The word in the language.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Keyword::$keyword => $word,)*
                }
            }

            /// The rule of the whole statement.
            pub(super) const fn rule(self) -> Rule {
                match self {
                    $(Keyword::$keyword => Rule::$rule,)*
                }
            }

            /// The statement that a part of a file is; `None` for a comment and for what is broken.
            pub(super) const fn of_rule(rule: Rule) -> Option<Keyword> {
                match rule {
                    $(Rule::$rule => Some(Keyword::$keyword),)*
                    _ => None,
                }
            }
        }
    };
}

statements! {
    Allow = "allow", allow;
    App = "app", app;
    Certificate = "certificate", certificate;
    Expect = "expect", expect;
    Export = "export", export;
    Expose = "expose", expose;
    External = "external", external;
    Group = "group", group;
    Include = "include", include;
    Never = "never", never;
    Platform = "platform", platform;
    Ports = "ports", ports;
    Service = "service", service;
    Tenant = "tenant", tenant;
}

impl Keyword {
    /// The statement that starts with a word.
    pub fn of_word(word: &str) -> Option<Keyword> {
        Keyword::ALL.iter().copied().find(|keyword| keyword.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The names that stand in the body of a rule of `xks.pest` or `clause.pest`.
    fn names_in(rule: &str) -> BTreeSet<&'static str> {
        let grammar = concat!(include_str!("../../../grammar/xks.pest"), include_str!("../../../grammar/clause.pest"));
        let head = format!("\n{rule} = _{{");
        let body = grammar.split_once(&head).and_then(|(_, rest)| rest.split_once("\n}")).expect("the rule").0;
        let quoted = |at: usize| body[..at].matches('"').count() % 2 == 1;
        let words = body.split(|c: char| !(c.is_ascii_lowercase() || c == '_')).filter(|word| !word.is_empty());
        words.filter(|word| !quoted(word.as_ptr() as usize - body.as_ptr() as usize)).collect()
    }

    fn debug(rules: impl Iterator<Item = Rule>) -> BTreeSet<String> {
        rules.map(|rule| format!("{rule:?}")).collect()
    }

    #[test]
    fn the_table_has_every_statement_of_the_grammar() {
        let in_table = debug(Keyword::ALL.iter().map(|keyword| keyword.rule()));
        assert!(names_in("statement").iter().eq(&in_table), "{in_table:?}");
        // A statement that does not end the block before it would be read as a clause.
        let starts: BTreeSet<String> = in_table.iter().map(|rule| format!("kw_{rule}")).collect();
        assert!(names_in("statement_start").iter().eq(&starts), "{starts:?}");
    }

    #[test]
    fn the_table_has_every_clause_of_the_grammar() {
        let in_table = debug(crate::clauses::CLAUSES.iter().map(|clause| clause.rule));
        assert!(names_in("clause").iter().eq(&in_table), "{in_table:?}");
    }

    #[test]
    fn words_and_rules_lead_to_their_keyword() {
        assert!(Keyword::ALL.is_sorted_by_key(|keyword| keyword.word()));
        for keyword in Keyword::ALL {
            assert_eq!(Keyword::of_word(keyword.word()), Some(*keyword));
            assert_eq!(Keyword::of_rule(keyword.rule()), Some(*keyword));
        }
    }
}
