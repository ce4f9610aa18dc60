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

/// Names that are still one after their hash, set apart: the one that `keeps` keeps its name, where one does; the others
/// get a longer hash of their identity, and a number where even that is the same. Somebody may look for such names on
/// purpose, so a hash alone is not enough.
pub fn set_apart(names: &mut [SmolStr], identity: impl Fn(usize) -> String, keeps: impl Fn(usize) -> bool) {
    for at in clashes(names, keeps) {
        names[at] = longer(&names[at], &identity(at), None);
    }
    let mut rest = clashes(names, |_| false);
    rest.sort_by_key(|at| identity(*at));
    for (number, at) in rest.into_iter().enumerate() {
        names[at] = longer(&names[at], &identity(at), Some(number));
    }
}

/// The indices of names that occur more than once, but for the one that keeps its name.
fn clashes(names: &[SmolStr], keeps: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|a, b| names[*a].cmp(&names[*b]));
    let groups = order.chunk_by(|a, b| names[*a] == names[*b]).filter(|group| group.len() > 1);
    let mut found = Vec::new();
    for group in groups {
        let keepers: Vec<usize> = group.iter().copied().filter(|at| keeps(*at)).collect();
        found.extend(group.iter().copied().filter(|at| keepers != [*at]));
    }
    found
}

fn longer(name: &str, identity: &str, number: Option<usize>) -> SmolStr {
    let wide = identity
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let tail = number.map_or_else(|| format!("-{wide:016x}"), |number| format!("-{wide:016x}-{number}"));
    let head = &name[..name.len().min(LONGEST - tail.len())];
    format_smolstr!("{}{tail}", head.trim_end_matches('-'))
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
    fn names_of_one_hash_are_set_apart() {
        // Two texts of one FNV-1a hash.
        assert_eq!(hash("costarring"), hash("liquid"));
        let mut names = [with_hash("allow-x", "costarring"), with_hash("allow-x", "liquid"), "other".into()];
        assert_eq!(names[0], names[1]);
        let kept = names[0].clone();
        set_apart(&mut names, |at| ["costarring", "liquid", "o"][at].to_string(), |at| at == 0);
        assert_eq!(names[0], kept);
        assert_ne!(names[0], names[1]);
        assert!(names.iter().all(|name| name.len() <= LONGEST));
        let mut same = [SmolStr::new("a"), SmolStr::new("a"), SmolStr::new("a")];
        set_apart(&mut same, |_| "one".to_string(), |_| false);
        assert!(same[0] != same[1] && same[1] != same[2] && same[0] != same[2]);
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let long = |end: &str| shortened(format!("allow-{}{end}", "a".repeat(80)));
        assert_eq!(long("x").len(), 63);
        assert_ne!(long("x"), long("y"));
        assert_eq!(shortened("allow-a-to-b".into()), "allow-a-to-b");
        assert_eq!(part("app.kubernetes.io/Name=x_y"), "app-kubernetes-io-name-x-y");
    }
}
