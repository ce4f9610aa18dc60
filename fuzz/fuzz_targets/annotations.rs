//! Any annotations are read without a panic and written as they were; a value that was meant is a value that is taken.
//! A line is an annotation: its key without the prefix, `: `, its value.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use xks_core::edge::nginx::{PREFIX, annotate, annotations, read};

fuzz_target!(|text: &str| {
    let lines = text.split('\n').filter_map(|line| line.split_once(": "));
    // A mapping has a key once, and annotations are written in the order of their keys.
    let given: BTreeMap<&str, &str> = lines.collect();
    for (key, value) in &given {
        check(key, value);
    }
    let given: Vec<_> = given.iter().map(|(key, value)| (format!("{PREFIX}{key}").into(), (*value).into())).collect();
    let behavior = read(&given);
    let written = annotate(&behavior);
    assert_eq!(written, given, "what is read is written otherwise");
    assert_eq!(read(&written), behavior, "what is written is read otherwise");
});

fn check(key: &str, value: &str) {
    let Some(row) = annotations::find(key) else { return };
    if let Err(problem) = annotations::check(row, value)
        && let Some(meant) = problem.meant
    {
        assert!(annotations::check(row, &meant).is_ok(), "{key}: what was meant is refused: {meant}");
    }
}
