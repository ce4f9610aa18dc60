//! `--fail-on`: what a pipeline does not let pass.

use crate::cli::failure::Failure;
use xks_core::change::{Class, Effect, Risk, Row};
use xks_core::diagnostics::suggest::{listed, nearest};

/// One word of `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// What opens, or closes, in any class.
    Effect(Effect),
    /// A class, and what happens in it; with no effect, whatever happens.
    Class(Class, Option<Effect>),
    /// What somebody has to approve.
    Risky,
}

/// The words, in the order in which they are listed.
fn words() -> Vec<(String, Gate)> {
    let mut all = vec![
        ("risky".to_string(), Gate::Risky),
        ("wider".to_string(), Gate::Effect(Effect::Opens)),
        ("narrower".to_string(), Gate::Effect(Effect::Closes)),
    ];
    for class in Class::ALL {
        // What is no reach has no side that is wider. A note is neither better nor worse.
        let (word, effect) = match class {
            class if class.is_note() => (class.word().to_string(), None),
            class if class.is_reach() => (format!("wider:{}", class.word()), Some(Effect::Opens)),
            class => (class.word().to_string(), Some(Effect::Weakens)),
        };
        all.push((word, Gate::Class(class, effect)));
    }
    all
}

/// Reads `wider:internet,public`: behind the first, `wider:` may be left out.
pub(super) fn parse(list: &[String]) -> Result<Vec<Gate>, Failure> {
    let all = words();
    let find = |word: &str| {
        let long = format!("wider:{word}");
        all.iter().find(|(known, _)| *known == word || *known == long).map(|(_, gate)| *gate)
    };
    let mut gates = Vec::new();
    for word in list.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
        let Some(gate) = find(word) else {
            let known: Vec<&str> = all.iter().map(|(word, _)| word.as_str()).collect();
            let failure = Failure::usage(format!("`--fail-on` knows no `{word}`"));
            let short = known.iter().map(|word| word.strip_prefix("wider:").unwrap_or(word));
            let near = nearest(word.strip_prefix("wider:").unwrap_or(word), short);
            let guess = near.map_or(String::new(), |near| format!("did you mean `{near}`? "));
            return Err(failure.hint(format!("{guess}there are {}", listed(known, "and"))));
        };
        gates.push(gate);
    }
    Ok(gates)
}

impl Gate {
    /// Whether it does not let a row pass.
    pub(super) fn stops(&self, row: &Row) -> bool {
        match self {
            Gate::Effect(effect) => row.effect == *effect,
            // Something that opens may weaken a protection too.
            Gate::Class(class, Some(Effect::Weakens)) => {
                row.classes.contains(class) && matches!(row.effect, Effect::Weakens | Effect::Opens)
            }
            Gate::Class(class, effect) => {
                row.classes.contains(class) && effect.is_none_or(|effect| row.effect == effect)
            }
            Gate::Risky => row.risk == Risk::Risky,
        }
    }

    /// As `--fail-on` takes it.
    pub(super) fn word(&self) -> String {
        words().into_iter().find(|(_, gate)| gate == self).map(|(word, _)| word).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_may_be_left_out_once_it_was_said() {
        let parse = |words: &[&str]| parse(&words.iter().map(|word| word.to_string()).collect::<Vec<_>>());
        let gates = parse(&["wider:internet", "public", "tls", "risky"]).unwrap();
        let words: Vec<String> = gates.iter().map(Gate::word).collect();
        assert_eq!(words, ["wider:internet", "wider:public", "tls", "risky"]);
        assert!(parse(&["wider:tls"]).is_err(), "what is no reach is not wider");
        assert!(parse(&["intrnet"]).is_err());
    }
}
