//! Lists of ciphers, as OpenSSL reads them: nginx does not start with one that selects nothing.

use std::sync::LazyLock;

/// A cipher and the words that select it.
struct Cipher {
    name: &'static str,
    words: Vec<&'static str>,
}

/// The ciphers, and words that select none any more.
static TABLE: LazyLock<(Vec<Cipher>, Vec<&'static str>)> = LazyLock::new(|| {
    let mut ciphers = Vec::new();
    let mut empty = Vec::new();
    for line in include_str!("ciphers.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        match words.next() {
            Some("-") => empty.extend(words),
            Some(name) => ciphers.push(Cipher { name, words: words.collect() }),
            None => {}
        }
    }
    (ciphers, empty)
});

/// What OpenSSL makes of a list.
#[derive(Debug, PartialEq, Eq)]
pub enum Read<'a> {
    /// It selects ciphers.
    Some,
    /// It selects none, or cannot be read: nginx does not start.
    Stops(String),
    /// It selects some, but passes over a word that it does not know.
    Unknown(&'a str),
}

/// Reads a list of ciphers.
pub fn read(list: &str) -> Read<'_> {
    let (ciphers, empty) = &*TABLE;
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.=".contains(c);
    let known = |word: &str| {
        empty.contains(&word) || ciphers.iter().any(|cipher| cipher.name == word || cipher.words.contains(&word))
    };
    let mut active = vec![false; ciphers.len()];
    let mut killed = vec![false; ciphers.len()];
    let mut unknown = None;
    // `DEFAULT` is a word at the start of a list only, whatever stands behind it.
    let rest = list.strip_prefix("DEFAULT");
    for (cipher, active) in ciphers.iter().zip(&mut active) {
        *active = rest.is_some() && cipher.words.contains(&"DEFAULT");
    }
    for item in rest.unwrap_or(list).split(':').filter(|item| !item.is_empty()) {
        let command = item.chars().next().filter(|c| "!-+@".contains(*c));
        let body = if command.is_some() { &item[1..] } else { item };
        if command == Some('@') {
            let level = body.strip_prefix("SECLEVEL=").is_some_and(|level| matches!(level.as_bytes(), [b'0'..=b'5']));
            if body != "STRENGTH" && !level {
                return Read::Stops(format!("OpenSSL knows no command `@{body}`"));
            }
            continue;
        }
        let words: Vec<&str> = body.split('+').collect();
        if words.iter().any(|word| word.is_empty() || !word.chars().all(is_word)) {
            return Read::Stops(format!("OpenSSL cannot read `{item}`"));
        }
        if let Some(strange) = words.iter().find(|word| !known(word) || **word == "DEFAULT") {
            if command.is_none() {
                unknown = unknown.or(Some(*strange));
            }
            continue;
        }
        for (index, cipher) in ciphers.iter().enumerate() {
            if !words.iter().all(|word| cipher.name == *word || cipher.words.contains(word)) {
                continue;
            }
            match command {
                Some('!') => (active[index], killed[index]) = (false, true),
                Some('-') => active[index] = false,
                // It only moves what is there to the end.
                Some(_) => {}
                None => active[index] |= !killed[index],
            }
        }
    }
    if !active.contains(&true) {
        return Read::Stops(match unknown {
            Some(word) => format!("OpenSSL knows no cipher `{word}`, and nothing else is selected"),
            None => "it selects no cipher of TLS 1.2".into(),
        });
    }
    unknown.map_or(Read::Some, Read::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_select_ciphers() {
        for good in [
            "ECDHE+AESGCM:!MD5:@STRENGTH",
            "ALL:@SECLEVEL=0",
            "HIGH:!aNULL:!eNULL:!EXPORT:!DES:!MD5:!PSK:!RC4",
            "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305",
            "DEFAULT",
            "DEFAULT:!kRSA",
            "ALL::HIGH",
            "AES:+SHA1",
            "AES128:-AES128:AES128",
            "HIGH:!NONSENSE",
        ] {
            assert_eq!(read(good), Read::Some, "{good}");
        }
        for bad in [
            "NONSENSE",
            "!aNULL",
            "RC4",
            "ALL:!ALL",
            "ALL:!",
            "ALL:@X",
            "ALL:@SECLEVEL=9",
            "A++B",
            "+",
            "TLS_AES_256_GCM_SHA384",
            "AES128:!AES128:AES128",
            "-ALL",
            ":",
            "aes",
            "MD5+AESGCM",
        ] {
            assert!(matches!(read(bad), Read::Stops(_)), "{bad}");
        }
        assert_eq!(read("HIGH:NONSENSE"), Read::Unknown("NONSENSE"));
        assert_eq!(read("HIGH:DEFAULT"), Read::Unknown("DEFAULT"));
    }

    /// Needs `openssl`: `cargo test -p xks-kubernetes -- --ignored openssl`.
    #[test]
    #[ignore = "asks the openssl of this machine"]
    #[expect(clippy::disallowed_types, reason = "it asks the openssl of this machine")]
    fn openssl_agrees() {
        let (ciphers, empty) = &*TABLE;
        let mut words: Vec<&str> = ciphers.iter().flat_map(|cipher| cipher.words.iter().copied()).collect();
        words.sort_unstable();
        words.dedup();
        words.extend(["NONSENSE", "TLS_AES_128_GCM_SHA256"]);
        words.extend(empty);
        words.extend(ciphers.iter().step_by(9).map(|cipher| cipher.name));
        let mut state = 7_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for _ in 0..1500 {
            let mut list = String::new();
            for at in 0..=next(4) {
                let separator = if at > 0 { ":" } else { "" };
                let command = ["", "", "", "!", "-", "+"][next(6)];
                list = format!("{list}{separator}{command}{}", words[next(words.len())]);
                // Whole ciphers and what complements are rules of their own to OpenSSL, which nobody joins with others.
                let joined = words[next(words.len())];
                let plain = |word: &str| !word.contains('-') && !word.starts_with("COMPLEMENT") && word != "DEFAULT";
                if next(3) == 0 && plain(joined) && list.rsplit([':', '!', '-', '+']).next().is_some_and(plain) {
                    list = format!("{list}+{joined}");
                }
            }
            // What starts with a `-` would be an option of the command.
            if list.starts_with('-') {
                list.insert(0, ':');
            }
            // `openssl ciphers` prints those of TLS 1.3 besides, and fails where nothing else is left.
            let taken =
                std::process::Command::new("openssl").args(["ciphers", &list]).output().unwrap().status.success();
            assert_eq!(taken, !matches!(read(&list), Read::Stops(_)), "{list}: {:?}", read(&list));
        }
    }
}
