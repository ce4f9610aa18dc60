//! Host names and URL paths, as Ingress and certificate authorities take them.

use super::Problem;
use super::name::is_subdomain;
use super::pattern;
use super::suffix::{public_suffix, registered_domain};
use smol_str::{SmolStr, format_smolstr};
use std::net::Ipv4Addr;

/// A host name, perhaps with a leading `*.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(SmolStr);

impl Host {
    /// Parses a lower-case DNS name of at least two labels, each of at most 63 bytes; the first may be `*`.
    ///
    /// # Errors
    /// Says which rule is broken and, where it can be told, what was meant.
    pub fn parse(text: &str) -> Result<Host, Problem> {
        let body = text.strip_prefix("*.").unwrap_or(text);
        // Nearly every host. What ends in a digit may be an address.
        let letter = text.as_bytes().last().is_some_and(u8::is_ascii_lowercase);
        if letter && text.len() <= 253 && body.contains('.') && is_subdomain(body.as_bytes()) {
            return Ok(Host(SmolStr::new(text)));
        }
        if let Some(scheme) = text.find("://") {
            return Err(Problem::new("a host has no scheme").meant(text[scheme + 3..].trim_end_matches('/')));
        }
        if text.parse::<std::net::IpAddr>().is_ok() {
            return Err(Problem::new("it is an address, and an Ingress rule takes a name"));
        }
        if body.contains(':') {
            return Err(Problem::new("a host has no port: the ingress controller listens on 80 and 443"));
        }
        if body.contains('*') {
            return Err(Problem::new("`*` stands alone and first, as in `*.example.com`, and matches one label"));
        }
        if body.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(Problem::new("hosts are lower-case").meant(text.to_ascii_lowercase()));
        }
        if !body.is_ascii() {
            return Err(Problem::new("an international name is written in its ASCII form, which starts with `xn--`"));
        }
        if let Some(stripped) = text.strip_suffix('.') {
            return Err(Problem::new("a host does not end with a dot").meant(stripped));
        }
        if text.len() > 253 {
            return Err(Problem::new(format!("it is {} bytes long, and 253 is the most", text.len())));
        }
        for label in body.split('.') {
            super::name::label(label).map_err(|p| {
                Problem::new(if label.is_empty() {
                    "a label is empty".into()
                } else {
                    format!("label `{label}`: {}", p.reason)
                })
            })?;
        }
        if !body.contains('.') {
            return Err(Problem::new("it has no dot, and no DNS zone holds it"));
        }
        Ok(Host(SmolStr::new(text)))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name, shared.
    pub fn shared(&self) -> SmolStr {
        self.0.clone()
    }

    /// Whether it starts with `*.`.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// Whether this host stands for `other` in a certificate or an Ingress rule: it is the same name, or a wildcard for
    /// exactly its first label (RFC 6125, 6.4.3).
    pub fn covers(&self, other: &Host) -> bool {
        self == other
            || self.is_wildcard()
                && !other.is_wildcard()
                && other.0.split_once('.').is_some_and(|(_, rest)| rest == &self.0[2..])
    }

    /// Whether the host is `zone` or lies below it.
    pub fn within(&self, zone: &str) -> bool {
        let name = self.0.strip_prefix("*.").unwrap_or(&self.0);
        name.strip_suffix(zone).is_some_and(|head| head.is_empty() || head.ends_with('.'))
    }

    /// Why no certificate authority that browsers trust can issue for the name, if none can: it ends in no public
    /// suffix, is one itself, has more than ten labels, or a label with `--` in its third and fourth place that is no
    /// `xn--` (Let's Encrypt, boulder `policy/pa.go`).
    pub fn no_public_ca(&self) -> Option<String> {
        let name = self.0.strip_prefix("*.").unwrap_or(&self.0);
        let Some(suffix) = public_suffix(name) else {
            let last = name.rsplit('.').next().unwrap_or(name);
            return Some(format!("`.{last}` is not a public domain"));
        };
        if suffix == name {
            return Some(format!("`{name}` is a public suffix, under which others register their domains"));
        }
        if self.0.split('.').count() > 10 {
            return Some("it has more than ten labels".to_string());
        }
        let odd = name.split('.').find(|label| label.get(2..4) == Some("--") && !label.starts_with("xn--"));
        odd.map(|label| format!("label `{label}` has `--` in its third and fourth place"))
    }

    /// The domain that somebody registered (`example.co.uk`): what a certificate authority counts its limits by.
    pub fn registered_domain(&self) -> SmolStr {
        let name = self.0.strip_prefix("*.").unwrap_or(&self.0);
        SmolStr::new(registered_domain(name).unwrap_or(name))
    }
}

/// DNS zones whose names are the addresses that they are written with, or always this machine.
const ADDRESS_ZONES: &[&str] = &[
    "nip.io",
    "sslip.io",
    "xip.io",
    "localtest.me",
    "lvh.me",
    "vcap.me",
    "lacolhost.com",
    "local.gd",
    "traefik.me",
    "backname.io",
    "ip.addr.tools",
    "1u.ms",
    "rbndr.us",
    "nip.direct",
];

/// What a name says of the address that it has: `10-0-0-1.example.com`, `app.10.0.0.1.nip.io`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spells {
    /// Nothing.
    Nothing,
    /// This address.
    Address(Ipv4Addr),
    /// Whatever address somebody writes into it.
    Any,
}

/// What a name in lower case says of the address that it has.
pub fn spells(name: &str) -> Spells {
    if ADDRESS_ZONES
        .iter()
        .any(|zone| name.strip_suffix(zone).is_some_and(|head| head.is_empty() || head.ends_with('.')))
    {
        return Spells::Any;
    }
    let number = |text: &str| text.parse::<u8>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let four = |parts: &[&str]| match parts {
        [a, b, c, d] => Some(Ipv4Addr::new(number(a)?, number(b)?, number(c)?, number(d)?)),
        _ => None,
    };
    let labels: Vec<&str> = name.split('.').collect();
    let dotted = labels.windows(4).find_map(four);
    let dashed = || labels.iter().find_map(|label| label.split('-').collect::<Vec<_>>().windows(4).find_map(four));
    dotted.or_else(dashed).map_or(Spells::Nothing, Spells::Address)
}

/// Whether a name ends in no public suffix: no resolver outside knows it.
pub fn is_inner(name: &str) -> bool {
    public_suffix(name).is_none_or(|suffix| suffix == name)
}

/// A URL path of an Ingress rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(SmolStr);

impl Path {
    /// The whole host.
    pub fn root() -> Path {
        Path(SmolStr::new_static("/"))
    }

    /// Parses a path that starts with `/`. It may be a regular expression, which [`Path::is_regex`] tells.
    ///
    /// # Errors
    /// What nginx would not read as one regular expression, and what the controller's inspector refuses. Otherwise the
    /// rules of Kubernetes' `validateHTTPIngressPath`: no `//`, `/./`, `/../`, `%2f`, and no `/.` or `/..` at the
    /// end.
    pub fn parse(text: &str) -> Result<Path, Problem> {
        if !text.starts_with('/') {
            return Err(Problem::new("a path starts with `/`").meant(format!("/{text}")));
        }
        let path = Path(SmolStr::new(text));
        pattern::location(text)?;
        if path.is_regex() {
            return Ok(path);
        }
        let lower = text.to_ascii_lowercase();
        if let Some(bad) = ["//", "/./", "/../", "%2f"].into_iter().find(|bad| lower.contains(bad)) {
            return Err(Problem::new(format!("the API server refuses `{bad}` in a path")));
        }
        if let Some(bad) = ["/.", "/.."].into_iter().find(|bad| text.ends_with(bad)) {
            return Err(Problem::new(format!("the API server refuses a path that ends in `{bad}`")));
        }
        if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || "._-/~%".contains(*c))) {
            return Err(Problem::new(format!("`{bad}` cannot stand in a path")));
        }
        if let Some(bad) = text.chars().find(|c| "~%".contains(*c)) {
            return Err(Problem::new(format!("the ingress controller refuses `{bad}` in a plain path")));
        }
        Ok(path)
    }

    /// The path as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, shared.
    pub fn shared(&self) -> SmolStr {
        self.0.clone()
    }

    /// Whether the path has characters that only a regular expression uses. Such a path needs the type
    /// `ImplementationSpecific` (ingress-nginx, `strict-validate-path-type`).
    pub fn is_regex(&self) -> bool {
        pattern::is_special(&self.0)
    }
}

/// `HOST:PORT`, `IP:PORT`, `[IPV6]:PORT`: the host without brackets, and the port's text.
pub fn split_port(text: &str) -> (&str, Option<&str>) {
    if let Some(rest) = text.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((host, tail)) => (host, tail.strip_prefix(':')),
            None => (text, None),
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

/// Splits `HOST/PATH` into its two texts; the path may be empty.
pub fn split(address: &str) -> (&str, &str) {
    match address.find('/') {
        Some(at) if !address[..at].ends_with(':') => address.split_at(at),
        _ => (address, ""),
    }
}

/// The name that an Ingress of `host` would be known by in a message.
pub fn shown(host: &Host, path: &Path) -> SmolStr {
    if path.as_str() == "/" { host.shared() } else { format_smolstr!("{}{}", host.as_str(), path.as_str()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_dns_names_with_dots() {
        assert!(Host::parse("app-one.example.com").is_ok() && Host::parse("*.example.com").is_ok());
        for bad in
            ["", "localhost", "a..b", "A.b", "a.b.", "*.*.x", "f*.x", "1.2.3.4", "a.b:80", "http://a.b", "é.x", "-a.b"]
        {
            assert!(Host::parse(bad).is_err(), "{bad}");
        }
        assert!(Host::parse(&format!("{}.com", "a".repeat(64))).is_err());
    }

    #[test]
    fn a_wildcard_covers_one_label() {
        let host = |text| Host::parse(text).unwrap();
        assert!(host("*.x.com").covers(&host("a.x.com")));
        assert!(!host("*.x.com").covers(&host("a.b.x.com")));
        assert!(!host("*.x.com").covers(&host("x.com")));
        assert!(host("a.x.com").within("x.com") && !host("ax.com").within("x.com"));
    }

    #[test]
    fn public_authorities_need_public_domains() {
        let why = |text| Host::parse(text).unwrap().no_public_ca();
        assert_eq!(why("app.example.com"), None);
        assert!(why("db.internal.local").unwrap().contains("not a public domain"));
        assert!(why("a.corp.internal").is_some() && why("co.uk").is_some());
        assert!(why("*.co.uk").is_some());
    }

    #[test]
    fn names_may_spell_addresses() {
        let address = |a, b, c, d| Spells::Address(Ipv4Addr::new(a, b, c, d));
        assert_eq!(spells("169.254.169.254.nip.io"), Spells::Any);
        assert_eq!(spells("a.10.0.0.1.example.com"), address(10, 0, 0, 1));
        assert_eq!(spells("10-244-3-7.payments-system.pod"), address(10, 244, 3, 7));
        assert_eq!(spells("ec2-52-1-2-3.compute.amazonaws.com"), address(52, 1, 2, 3));
        assert_eq!(spells("v1-2-3.example.com"), Spells::Nothing);
        assert!(is_inner("db.corp.internal") && is_inner("co.uk") && !is_inner("a.example.com"));
    }

    #[test]
    fn paths_follow_the_api_server_and_the_controller() {
        assert!(Path::parse("/api/v1.2_x-y").is_ok() && Path::parse("/x(/|$)(.*)").unwrap().is_regex());
        assert!(Path::parse("/stores/location").is_ok() && Path::parse("/root/alias").is_ok());
        for bad in [
            "api",
            "/a//b",
            "/a/../b",
            "/a/.",
            "/a%2fb",
            "/a b",
            "/~x",
            "/a(b",
            "/[a",
            "/x { return 200; } location /y(.*",
            "/x(.*)\"",
            "/x(.*);",
            "/x(.*)#",
            "/x(.*)'",
            "/x\\{(.*)",
            "/x(.*)\\",
            "/etc/nginx/(.*)",
            "/etc/passwd",
            "/a_by_lua(.*)",
        ] {
            assert!(Path::parse(bad).is_err(), "{bad}");
        }
    }
}
