//! Names of objects: made of content, so that they stay when lines move.

use smol_str::{SmolStr, format_smolstr};

/// Names are kept short enough to serve as label values.
const LONGEST: usize = 63;

/// A name of at most 63 bytes of a DNS label: what does not fit is cut, and a hash of the whole takes its place.
pub fn shortened(name: String) -> SmolStr {
    if name.len() <= LONGEST {
        return SmolStr::new(name);
    }
    with_hash(&name, &name)
}

/// The name with a hash of `identity` behind it, for names that would be the same.
pub fn with_hash(name: &str, identity: &str) -> SmolStr {
    let head = &name[..name.len().min(LONGEST - 9)];
    format_smolstr!("{}-{:08x}", head.trim_end_matches('-'), hash(identity))
}

/// Any text as a part of a name: lower-case, everything else than letters and digits a `-`.
pub fn part(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    name.truncate(name.trim_end_matches('-').len());
    name
}

/// FNV-1a: the same on every machine and in every release, which the standard library's hashes do not promise.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = |end: &str| shortened(format!("allow-{}{end}", "a".repeat(80)));
        assert_eq!(long("x").len(), 63);
        assert_ne!(long("x"), long("y"));
        assert_eq!(shortened("allow-a-to-b".into()), "allow-a-to-b");
        assert_eq!(part("app.kubernetes.io/Name=x_y"), "app-kubernetes-io-name-x-y");
    }
}
