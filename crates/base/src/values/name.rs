//! DNS labels, the names of nearly everything.

use super::Problem;
use smol_str::SmolStr;

/// Longest DNS label, in bytes (RFC 1123; Kubernetes `DNS1123LabelMaxLength`).
pub const MAX_LABEL: usize = 63;

/// Parses a DNS-1123 label: tenants, namespaces, apps, groups, certificates.
///
/// # Errors
/// Says which rule is broken and, where it can be told, what was meant.
pub fn label(text: &str) -> Result<SmolStr, Problem> {
    dns(text)?;
    Ok(SmolStr::new(text))
}

/// Parses a DNS-1035 label: Services, which until Kubernetes 1.36 must start with a letter.
///
/// # Errors
/// As [`label`].
pub fn service(text: &str) -> Result<SmolStr, Problem> {
    dns(text)?;
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Problem::new("the name of a Service starts with a letter"));
    }
    Ok(SmolStr::new(text))
}

/// Parses a DNS-1123 subdomain of at most 253 bytes: Secrets, issuers, ingress classes.
///
/// # Errors
/// As [`label`].
pub fn subdomain(text: &str) -> Result<SmolStr, Problem> {
    if is_subdomain(text.as_bytes()) {
        return Ok(SmolStr::new(text));
    }
    if text.len() > 253 {
        return Err(Problem::new(format!("it is {} bytes long, and 253 is the most", text.len())));
    }
    for part in text.split('.') {
        dns(part).map_err(|p| if text.contains('.') { Problem { meant: None, ..p } } else { p })?;
    }
    Ok(SmolStr::new(text))
}

/// Whether bytes are a DNS-1123 subdomain.
pub(super) fn is_subdomain(bytes: &[u8]) -> bool {
    bytes.len() <= 253 && bytes.split(|byte| *byte == b'.').all(is_label)
}

fn is_label(bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    bytes.len() <= MAX_LABEL && *first != b'-' && *last != b'-' && bytes.iter().all(|byte| INNER[*byte as usize])
}

/// Bytes that stand within a name.
static INNER: [bool; 256] = byte_set!(b'a'..=b'z' | b'0'..=b'9' | b'-');

fn dns(text: &str) -> Result<(), Problem> {
    if is_label(text.as_bytes()) {
        return Ok(());
    }
    let allowed = |c: char| u8::try_from(c).is_ok_and(|byte| INNER[byte as usize]);
    if text.is_empty() {
        return Err(Problem::new("it is empty"));
    }
    if let Some(bad) = text.chars().find(|&c| !allowed(c)) {
        let meant: String =
            text.to_ascii_lowercase().chars().map(|c| if c == '_' || c == '.' { '-' } else { c }).collect();
        let problem = Problem::new(match bad {
            c if c.is_ascii_uppercase() => "names are lower-case".to_string(),
            c => format!("`{c}` cannot stand in a name; letters a-z, digits and `-` can"),
        });
        let sound = meant != text && dns(&meant).is_ok();
        return Err(if sound { problem.meant(meant) } else { problem });
    }
    if text.starts_with('-') || text.ends_with('-') {
        let meant = text.trim_matches('-');
        let problem = Problem::new("a name starts and ends with a letter or digit");
        return Err(if meant.is_empty() { problem } else { problem.meant(meant) });
    }
    if text.len() > MAX_LABEL {
        return Err(Problem::new(format!("it is {} bytes long, and {MAX_LABEL} is the most", text.len())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_rfc_1123() {
        assert!(label("a").is_ok() && label("1app-2").is_ok() && label(&"a".repeat(63)).is_ok());
        for bad in ["", "-a", "a-", "A", "a_b", "a.b", "é", "a b", "a/b", "!", &"a".repeat(64)] {
            assert!(label(bad).is_err(), "{bad}");
        }
        assert_eq!(label("Foo_Bar").unwrap_err().meant.as_deref(), Some("foo-bar"));
        assert!(service("1app").is_err());
        assert!(subdomain("a.b-c").is_ok() && subdomain("a..b").is_err());
    }
}
