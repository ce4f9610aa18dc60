//! `crates/grammar/src/generated.rs` is what pest makes of the grammar; `BLESS=1 cargo test -p xks-grammar-generator` writes it.
//! It is kept, rather than made by a macro in every build, because the generator and what it needs take longer to compile
//! than the compiler's syntax does, and all of the compiler waits for them.

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use proc_macro2::TokenStream;
use std::path::Path;

/// The files of the grammar, in the order in which they make one.
const FILES: [&str; 4] = ["lexical.pest", "peer.pest", "clause.pest", "xks.pest"];

/// The parser as the text of a file.
fn generated() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &&str| std::fs::read_to_string(folder.join(file)).expect("a file of the grammar");
    let texts: String = FILES.iter().map(read).collect();
    let attributes: String = FILES.iter().map(|file| format!("#[grammar = \"{file}\"]\n")).collect();
    let derived: TokenStream = format!("{attributes} pub struct Grammar;").parse().expect("a struct");
    let parser = pest_generator::derive_parser(derived, false);
    let parser = prettyplease::unparse(&syn::parse2(parser).expect("a file of Rust"));
    // By which `tests/it/tidy.rs` sees, without the generator, that the grammar has changed since.
    let made_of = xks_base::values::object_name::with_hash("grammar", &texts);
    format!(
        "// Generated of {made_of}, which is {}: `BLESS=1 cargo test -p xks-grammar-generator`.\n\npub struct Grammar;\n\n{parser}",
        FILES.join(", ")
    )
}

#[test]
fn the_parser_is_that_of_the_grammar() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/grammar/src/generated.rs");
    let generated = generated();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, generated).expect("a file to write");
    } else {
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == generated,
            "crates/grammar/src/generated.rs is not what the grammar becomes; `BLESS=1 cargo test -p xks-grammar-generator` writes it"
        );
    }
}
