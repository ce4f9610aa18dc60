//! Compiles the generated parser.

#![allow(clippy::disallowed_macros, reason = "Cargo reads what build scripts print")]

fn main() {
    cc::Build::new().std("c11").include("src").file("src/parser.c").compile("tree-sitter-xks");
    println!("cargo:rerun-if-changed=src/parser.c");
}
