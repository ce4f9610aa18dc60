//! A tenant who may write one folder touches nobody else: the law of `tests/border`, with whatever the fuzzer has it write.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/border/evil.rs"]
mod evil;

fuzz_target!(|bytes: &[u8]| {
    if let Err(reason) = evil::law(bytes) {
        panic!("{reason}");
    }
});
