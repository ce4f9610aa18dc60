//! What an editor asks at any place of any text is answered without a panic, about words that are there. The cursor stands
//! before the last `$0`, or at the end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use xks_core::names::uses::{FileNames, Index};
use xks_core::source::{FileId, Source};
use xks_core::syntax::{format::pieces, parse, structure};

fuzz_target!(|text: &str| {
    let cursor = text.rfind("$0").unwrap_or(text.len());
    let parsed = parse(FileId(0), text);
    if let Some(place) = parsed.place(text, cursor) {
        assert!(place.start <= cursor && text.get(place.start..cursor).is_some(), "{place:?}");
        place.clauses();
    }
    let words = structure::words(text);
    assert!(words.is_sorted_by_key(|word| word.range.start));
    assert!(words.iter().all(|word| text.get(word.range.clone()).is_some_and(|word| !word.is_empty())), "{words:?}");
    let around = structure::around(text, cursor);
    assert!(around.iter().all(|range| text.get(range.clone()).is_some()), "{around:?}");
    assert!(structure::folds(text).iter().all(|fold| text.get(fold.range.clone()).is_some()));
    assert_eq!(pieces(text).last().map(|piece| piece.range.end), Some(text.len()));
    let source = Source::new("shop.xks", text);
    let index = Index::new(vec![Arc::new(FileNames::new(&source, &parsed))]);
    for occurrence in index.in_file(FileId(0)) {
        assert!(text.get(occurrence.span.range()).is_some(), "{occurrence:?}");
    }
    index.at(FileId(0), cursor as u32);
});
