//! A statement that holds for less than thirty days more.

use super::Facts;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    EXPIRING = "expiring", Warn (lint), "a statement's `until` is less than 30 days away";
}

/// How many days ahead the lint looks.
const DAYS: i64 = 30;

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let Some(today) = facts.today else { return };
    for statement in facts.statements() {
        let Some(until) = statement.tags.until else { continue };
        let left = until.value.days() - today.days();
        if (0..=DAYS).contains(&left) {
            let message = match left {
                0 => "this is the last day of this statement".to_string(),
                1 => "this statement holds for 1 day more".to_string(),
                left => format!("this statement holds for {left} days more"),
            };
            let diagnostic = Diagnostic::new(&EXPIRING, until.span, message)
                .label(format!("today is {today}"))
                .note("after its last day `xks check` fails")
                .help("plan its removal, or agree on a later date");
            out.push(diagnostic);
        }
    }
}
