//! When a `CronJob` runs.

use super::super::Found;
use crate::yaml::Node;
use xks_base::values::Problem;

/// The fields of a schedule: the least and greatest number of each, and names that stand for numbers from the least on.
const FIELDS: &[(u32, u32, &[&str])] = &[
    (0, 59, &[]),
    (0, 23, &[]),
    (1, 31, &[]),
    (1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    (0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

pub(super) fn check<'n>(found: &mut Found<'n>, spec: Option<&'n Node<'n>>) {
    super::text(found, spec.and_then(|spec| spec.get("schedule")), schedule);
    super::text(found, spec.and_then(|spec| spec.get("timeZone")), zone);
}

fn schedule(text: &str) -> Result<(), Problem> {
    if let Some(word) = text.strip_prefix('@') {
        let known = ["yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly"].contains(&word);
        let every = word.strip_prefix("every ").is_some_and(|span| span.starts_with(|c: char| c.is_ascii_digit()));
        return if known || every { Ok(()) } else { Err(Problem::new("it is no word like `@daily`")) };
    }
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(Problem::new(format!("it has {} field(s); a schedule has 5, as in `0 3 * * *`", fields.len())));
    }
    for (field, (least, most, names)) in fields.iter().zip(FIELDS) {
        if !field.split(',').all(|range| is_range(range, *least, *most, names)) {
            return Err(Problem::new(format!("`{field}` is not made of numbers from {least} to {most}")));
        }
    }
    Ok(())
}

/// `*`, `5`, `1-5`, `*/15`, `mon-fri`.
fn is_range(text: &str, least: u32, most: u32, names: &[&str]) -> bool {
    let (range, step) = text.split_once('/').map_or((text, None), |(range, step)| (range, Some(step)));
    let number = |text: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text)).map(|at| at as u32 + least);
        named.or_else(|| text.parse().ok()).filter(|number| (least..=most).contains(number))
    };
    let sound = match range.split_once('-') {
        Some((first, last)) => number(first).zip(number(last)).is_some_and(|(first, last)| first <= last),
        None => matches!(range, "*" | "?") || number(range).is_some(),
    };
    sound && step.is_none_or(|step| step.parse::<u32>().is_ok_and(|step| step > 0))
}

/// Whether it can be the name of a time zone; which there are, the machine of the API server knows.
fn zone(text: &str) -> Result<(), Problem> {
    let is_part = |part: &str| {
        (1..=14).contains(&part.len())
            && !part.starts_with(['-', '.'])
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'))
    };
    if text.split('/').all(is_part) { Ok(()) } else { Err(Problem::new("a time zone is written `Europe/Stockholm`")) }
}
