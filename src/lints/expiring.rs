//! A statement that holds for less than thirty days more.

use super::Facts;
use crate::diagnostics::{Diagnostic, codes};

codes! {
    EXPIRING = "expiring", Warn (lint), "a statement's `until` is less than 30 days away";
}

/// How many days ahead the lint looks.
const DAYS: i32 = 30;

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let Some(today) = facts.today else { return };
    for statement in facts.statements() {
        let Some(until) = statement.tags.until else { continue };
        let left = today.until(until.value).map_or(i32::MAX, |span| span.get_days());
        if (0..=DAYS).contains(&left) {
            let days = if left == 1 { "1 day".to_string() } else { format!("{left} days") };
            let diagnostic = Diagnostic::new(&EXPIRING, until.span, format!("this statement holds for {days} more"))
                .label(format!("today is {today}"))
                .note("after that day `xks check` fails")
                .help("plan its removal, or agree on a later date");
            out.push(diagnostic);
        }
    }
}
