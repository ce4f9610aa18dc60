//! What the targets share.

use xks_core::Manifests;
use xks_core::source::{Source, Sources};

/// A workspace that is written as one text, as those in `tests/ui` are.
#[derive(Debug)]
pub struct Written {
    /// Its `.xks` files.
    pub sources: Sources,
    /// Its other files, which `include` may name.
    pub manifests: Manifests,
}

impl Written {
    /// Reads the text: a line `#- PATH` starts a file, and what stands before the first one is `shop.xks`.
    pub fn new(text: &str) -> Written {
        let mut files = vec![("shop.xks", String::new())];
        for line in text.split_inclusive('\n') {
            match line.trim_end().strip_prefix("#- ") {
                Some(path) => files.push((path, String::new())),
                None => files.last_mut().expect("a file").1.push_str(line),
            }
        }
        let (programs, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(path, _)| path.ends_with(".xks"));
        Written {
            sources: Sources::new(programs.into_iter().map(|(path, text)| Source::new(path, text)).collect()),
            manifests: others.into_iter().map(|(path, text)| (path.to_string(), Ok(text))).collect(),
        }
    }
}

/// Whether an input is one of the sixteenth part on which a target spends more: the same ones in every run.
pub fn is_chosen(text: &str) -> bool {
    text.bytes().fold(0u8, |sum, byte| sum.rotate_left(3) ^ byte) % 16 == 0
}
