//! The annotations: what the controller reads, and which values it digests.
//!
//! An annotation is a row of `annotations.json`; to add one is to add its row. The controller silently ignores most wrong
//! values, so a value that passes here is one that it reads. What goes beyond the value by itself are four more columns,
//! each with a room of its own: `needs`, `reaches`, `holds` and `guards`.

use super::ciphers;
use super::columns::{Guards, Holds, Need, Reaches};
use ipnet::IpNet;
use regex::Regex;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use smol_str::SmolStr;
use std::net::IpAddr;
use std::sync::{LazyLock, OnceLock};
use xks_base::values::Problem;

/// How much harm an annotation can do, in the controller's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Risk {
    /// Touches nothing but its own location.
    Low,
    /// Can change other locations of the host.
    Medium,
    /// Takes nginx variables or regular expressions.
    High,
    /// Takes nginx directives; the controller refuses it as installed.
    Critical,
}

/// What kind of value an annotation takes; the row's other fields narrow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Bool,
    CacheDurationList,
    CidrList,
    ConfigmapRef,
    Enum,
    EnumList,
    HeaderList,
    HeaderName,
    Hostname,
    HostnameList,
    Int,
    MethodList,
    NginxExpression,
    OriginList,
    Path,
    Regex,
    SecretRef,
    ServiceName,
    Size,
    Snippet,
    StatusCodeList,
    String,
    Url,
}

/// One annotation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Row {
    /// Its key, without the controller's prefix.
    pub name: SmolStr,
    /// Older keys that the controller reads when `name` is absent.
    #[serde(default)]
    pub aliases: Vec<SmolStr>,
    /// The kind of its value.
    pub kind: Kind,
    /// How much harm it can do.
    pub risk: Risk,
    /// The words that it takes, if they are fixed.
    #[serde(default, rename = "enum")]
    pub words: Vec<SmolStr>,
    /// The least and the greatest number; by default, all that are not negative.
    pub range: Option<[i64; 2]>,
    /// What a number counts, in the plural.
    pub unit: Option<SmolStr>,
    /// What each character of the value matches.
    chars: Option<Pattern>,
    /// What the value matches, or each item of a list.
    pattern: Option<Pattern>,
    /// What `pattern` says, in words, to follow "takes".
    pub form: Option<SmolStr>,
    /// What holds where the annotation is absent, unless the controller is configured otherwise.
    pub default: Option<SmolStr>,
    /// What it needs besides itself to do anything: each of these.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What its value names outside of the Ingress.
    pub reaches: Option<Reaches>,
    /// Whether it counts for the whole host, in whichever Ingress of it.
    #[serde(default)]
    pub whole_host: bool,
    /// What must hold for nginx to load it.
    #[serde(default)]
    pub holds: Vec<Holds>,
    /// In which direction a change of it protects or weakens.
    pub guards: Guards,
    /// What it does, in one line.
    pub summary: SmolStr,
}

/// A regular expression that is compiled when it is first used.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
struct Pattern {
    text: String,
    compiled: OnceLock<Regex>,
}

impl From<String> for Pattern {
    fn from(text: String) -> Pattern {
        Pattern { text, compiled: OnceLock::new() }
    }
}

impl Pattern {
    fn matches(&self, value: &str) -> bool {
        self.compiled.get_or_init(|| Regex::new(&self.text).expect("a test compiles every pattern")).is_match(value)
    }
}

static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| serde_json::from_str(include_str!("annotations.json")).expect("a test reads the embedded table"));

static BY_KEY: LazyLock<FxHashMap<&'static str, &'static Row>> = LazyLock::new(|| {
    let keys = |row: &'static Row| row.aliases.iter().chain([&row.name]).map(move |key| (key.as_str(), row));
    ROWS.iter().flat_map(keys).collect()
});

/// The annotation with this key, by its name or an alias; `None` if the controller knows none.
pub fn find(key: &str) -> Option<&'static Row> {
    BY_KEY.get(key).copied()
}

/// The names of all annotations, sorted, without aliases.
pub fn names() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.name.as_str())
}

/// All annotations, sorted by name.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter()
}

/// Checks that the controller reads `value` and nginx digests it.
///
/// # Errors
/// Says what the annotation takes and, where it can be told, what was meant.
pub fn check(row: &Row, value: &str) -> Result<(), Problem> {
    digest(row, value).map_err(|reason| {
        let meant = guess(row, value).filter(|guess| digest(row, guess).is_ok());
        Problem { reason, meant }
    })
}

/// `Err` is the reason of a [`Problem`].
fn digest(row: &Row, value: &str) -> Result<(), String> {
    if value.contains(['\n', '\r']) {
        return Err("an annotation is one line".to_string());
    }
    if let Some(bad) = value.chars().find(|c| c.is_control() && *c != '\t') {
        return Err(format!("it holds the control character `{}`", bad.escape_default()));
    }
    if value.trim().is_empty() {
        return Err("it is empty, and the controller ignores an empty value".to_string());
    }
    if row.kind != Kind::Snippet
        && let Some(words) = xks_base::values::pattern::inspected(value)
    {
        return Err(format!("the controller's inspector refuses `{words}`"));
    }
    if row.holds.contains(&Holds::Ciphers)
        && let ciphers::Read::Unknown(word) = ciphers::read(value)
    {
        return Err(format!("OpenSSL knows no cipher `{word}`, and would leave it out"));
    }
    characters(row, value)?;
    if let Some(separator) = separator(row.kind) {
        return list(row, value, separator);
    }
    match row.kind {
        Kind::Bool => boolean(row, value),
        Kind::Int => integer(row, value),
        Kind::Enum => must(row.words.iter().any(|word| word == value), || words(row)),
        _ => must(fits(row, value), || takes(row)),
    }?;
    match row.kind {
        // It keys a cache or a hash, in which everybody would share one entry.
        Kind::NginxExpression => {
            must(value.contains('$'), || "without a `$variable` it is the same for every request".into())
        }
        Kind::Regex => regular(value),
        _ => Ok(()),
    }
}

fn must(holds: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(reason()) }
}

fn fits(row: &Row, value: &str) -> bool {
    row.pattern.as_ref().is_none_or(|pattern| pattern.matches(value))
}

fn takes(row: &Row) -> String {
    format!("`{}` takes {}", row.name, row.form.as_deref().unwrap_or("another form"))
}

fn words(row: &Row) -> String {
    let quoted: Vec<String> = row.words.iter().map(|word| format!("`{word}`")).collect();
    let (name, words) = (&row.name, quoted.join(", "));
    match (row.kind, quoted.len()) {
        (Kind::EnumList, _) => format!("`{name}` takes words out of {words}, with one space between"),
        (_, 1) => format!("`{name}` takes {words} only"),
        _ => format!("`{name}` takes one of {words}"),
    }
}

fn characters(row: &Row, value: &str) -> Result<(), String> {
    let Some(chars) = &row.chars else { return Ok(()) };
    match value.chars().find(|c| !chars.matches(c.encode_utf8(&mut [0; 4]))) {
        None => Ok(()),
        Some('$') if row.kind == Kind::Url => Err(format!("`{}` takes no nginx variables", row.name)),
        Some(' ') => Err(format!("a space cannot stand in `{}`", row.name)),
        Some(bad) => Err(format!("`{bad}` cannot stand in `{}`", row.name)),
    }
}

/// Go's `strconv.ParseBool`.
fn boolean(row: &Row, value: &str) -> Result<(), String> {
    let known = ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"];
    must(known.contains(&value), || format!("`{}` takes `true` or `false`", row.name))
}

fn integer(row: &Row, value: &str) -> Result<(), String> {
    let name = &row.name;
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(match row.unit.as_deref() {
            Some(unit) => format!("`{name}` takes whole {unit} without a unit"),
            None => format!("`{name}` takes a whole number"),
        });
    }
    let [least, most] = row.range.unwrap_or([0, i64::from(i32::MAX)]);
    let within = value.parse().is_ok_and(|number| (least..=most).contains(&number));
    must(within, || format!("`{name}` takes {least} to {most}"))
}

/// PCRE, of which only what it shares with the `regex` crate can be judged: no `(?`, `\`, `[` or `{`.
fn regular(value: &str) -> Result<(), String> {
    let shared = !value.contains("(?") && !value.contains(['\\', '[', '{']);
    must(!shared || Regex::new(value).is_ok(), || {
        "it is no regular expression: a `(` or `)` stands alone, or `*`, `+` or `?` has nothing to repeat".to_string()
    })
}

/// What stands between the items of a list; `None` for what is no list.
fn separator(kind: Kind) -> Option<char> {
    match kind {
        Kind::EnumList => Some(' '),
        Kind::CacheDurationList | Kind::CidrList | Kind::HeaderList | Kind::HostnameList => Some(','),
        Kind::MethodList | Kind::OriginList | Kind::StatusCodeList => Some(','),
        _ => None,
    }
}

fn list(row: &Row, value: &str, separator: char) -> Result<(), String> {
    // The controller takes spaces around the items, but not in these two kinds.
    let close = matches!(row.kind, Kind::EnumList | Kind::StatusCodeList);
    let items: Vec<&str> =
        value.split(separator).map(|text| if close { text } else { text.trim_matches(' ') }).collect();
    if row.kind == Kind::OriginList && items.len() > 1 && items.contains(&"*") {
        return Err("with `*` in the list every origin is allowed; `*` stands alone".to_string());
    }
    match items.iter().find(|text| !item(row, text)) {
        None => Ok(()),
        Some(&"") => Err("an item of the list is empty".to_string()),
        Some(_) if row.kind == Kind::EnumList => Err(words(row)),
        Some(_) if items.len() == 1 => Err(takes(row)),
        Some(bad) => Err(format!("{}, not `{bad}`", takes(row))),
    }
}

fn item(row: &Row, text: &str) -> bool {
    match row.kind {
        Kind::CidrList => text.parse::<IpAddr>().is_ok() || text.parse::<IpNet>().is_ok(),
        Kind::EnumList => row.words.iter().any(|word| word == text),
        _ => fits(row, text),
    }
}

/// What a refused value may have meant; the guess may be refused itself.
fn guess(row: &Row, value: &str) -> Option<String> {
    match row.kind {
        Kind::Bool => truth(value).map(|yes| yes.to_string()),
        Kind::Int => bare_number(row.unit.as_deref()?, value).map(|number| number.to_string()),
        Kind::Enum => same_word(row, value).map(str::to_string),
        Kind::Size => bare_size(value, fits(row, "1g")),
        Kind::Hostname => value.split_once("://").map(|(_, host)| host.trim_end_matches('/').to_string()),
        Kind::NginxExpression => Some(format!("${value}")),
        Kind::Path if !value.contains(':') => Some(format!("/{value}")),
        Kind::ServiceName => value.split_once('/').map(|(_, name)| name.to_string()),
        kind => separator(kind).map(|separator| repaired(row, value, separator)),
    }
}

/// What people say for yes and no.
fn truth(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "enabled" | "1" => Some(true),
        "false" | "no" | "n" | "off" | "disabled" | "0" => Some(false),
        _ => None,
    }
}

/// The row's word that differs in case, `-` and `_` alone, or is the `on` for a `true`.
fn same_word<'r>(row: &'r Row, value: &str) -> Option<&'r str> {
    let plain = |text: &str| text.trim().replace(['-', '_'], "").to_ascii_lowercase();
    let named = |wanted: &str| row.words.iter().find(|word| plain(word) == plain(wanted)).map(SmolStr::as_str);
    named(value).or_else(|| named(if truth(value)? { "on" } else { "off" }))
}

/// `60s`, `1 min`, `10k`, `20%` as a number of `unit`.
fn bare_number(unit: &str, value: &str) -> Option<i64> {
    let (number, suffix) = number_and_suffix(value)?;
    let factor = match (unit, suffix.as_str()) {
        ("seconds", "s" | "sec" | "second" | "seconds") => 1,
        ("seconds", "m" | "min" | "minute" | "minutes") => 60,
        ("seconds", "h" | "hour" | "hours") => 3600,
        ("seconds", "d" | "day" | "days") => 86400,
        ("KiB" | "KiB per second", "k" | "kb" | "ki" | "kib") => 1,
        ("KiB" | "KiB per second", "m" | "mb" | "mi" | "mib") => 1024,
        ("requests per second", "r/s" | "/s" | "rps") => 1,
        ("requests per minute", "r/m" | "/m" | "rpm") => 1,
        ("parts of `canary-weight-total`", "%") => 1,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// `1MB` as nginx writes it, which knows `g` in some places only.
fn bare_size(value: &str, gib: bool) -> Option<String> {
    let (number, suffix) = number_and_suffix(value)?;
    match suffix.trim_end_matches("ib").trim_end_matches(['i', 'b']) {
        "g" if !gib => Some(format!("{}m", number.checked_mul(1024)?)),
        letter => Some(format!("{number}{letter}")),
    }
}

fn number_and_suffix(value: &str) -> Option<(i64, String)> {
    let value = value.trim();
    let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let (number, suffix) = value.split_at(end);
    Some((number.parse().ok()?, suffix.trim().to_ascii_lowercase()))
}

/// The list with its separator, and each item as it was plainly meant.
fn repaired(row: &Row, value: &str, separator: char) -> String {
    let between = |c: char| matches!(c, ',' | ';') || c == ' ' && row.kind != Kind::CacheDurationList;
    let items = value.split(between).map(str::trim).filter(|text| !text.is_empty());
    let repaired = items.map(|text| match row.kind {
        Kind::EnumList => same_word(row, text).unwrap_or(text).to_string(),
        Kind::MethodList => text.to_ascii_uppercase(),
        Kind::OriginList => text.trim_end_matches('/').to_string(),
        Kind::CacheDurationList if text.bytes().all(|b| b.is_ascii_digit()) => format!("{text}s"),
        _ => text.to_string(),
    });
    repaired.collect::<Vec<_>>().join(&separator.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        let table = &*ROWS;
        assert!(table.len() >= 136);
        assert!(table.is_sorted_by(|a, b| a.name < b.name), "sorted, and no name twice");
        assert_eq!(BY_KEY.len(), table.iter().map(|row| 1 + row.aliases.len()).sum::<usize>(), "no key twice");
        for row in table {
            let name = &row.name;
            characters(row, "a").ok();
            fits(row, "a");
            let shaped = row.pattern.is_some() || row.kind == Kind::CidrList;
            assert_eq!(shaped, row.form.is_some(), "{name}: words say what the pattern says");
            assert_eq!(matches!(row.kind, Kind::Enum | Kind::EnumList), !row.words.is_empty(), "{name}");
            assert!(!row.summary.is_empty() && !row.summary.ends_with('.'), "{name}");
            let open = matches!(row.kind, Kind::Bool | Kind::Int | Kind::Enum | Kind::EnumList | Kind::Snippet);
            assert!(open || shaped || row.chars.is_some(), "{name}: nothing narrows its value");
        }
    }

    #[test]
    fn keys_are_names_and_aliases() {
        assert_eq!(find("whitelist-source-range").unwrap().name, "allowlist-source-range");
        assert_eq!(find("limit-whitelist").unwrap().name, "limit-allowlist");
        assert_eq!(find("configuration-snippet").unwrap().risk, Risk::Critical);
        assert!(find("proxy-body").is_none() && find("").is_none());
        assert!(names().all(|name| find(name).is_some_and(|row| row.name == name)));
    }

    #[test]
    fn good_values_pass() {
        let good: &[(&str, &[&str])] = &[
            ("ssl-redirect", &["true", "False", "0", "T"]),
            ("proxy-read-timeout", &["60", "0", "+5", "2147483647"]),
            ("cors-max-age", &["-1", "600"]),
            ("permanent-redirect-code", &["300", "308"]),
            ("backend-protocol", &["HTTPS", "GRPC", "AUTO_HTTP"]),
            ("proxy-buffering", &["on", "off"]),
            ("auth-realm", &["Who goes there"]),
            ("proxy-cookie-path", &["off", "/one /"]),
            ("proxy-cookie-domain", &["off", "a.internal a.example.com"]),
            ("ssl-ciphers", &["ECDHE+AESGCM:!MD5:@STRENGTH", "ALL:@SECLEVEL=0"]),
            ("permanent-redirect", &["https://a.example.com/x?y=z", "/new"]),
            ("auth-url", &["https://$host/oauth2/auth", "http://a.b.svc.cluster.local:4180/"]),
            ("auth-signin", &["https://$host/oauth2/start?rd=$escaped_request_uri", "/login"]),
            ("mirror-target", &["https://m.example.com$request_uri"]),
            ("auth-tls-error-page", &["@denied", "https://a.example.com/x", "/x"]),
            ("proxy-body-size", &["0", "8m", "1g", "10K"]),
            ("proxy-max-temp-file-size", &["0", "1024m"]),
            ("proxy-buffer-size", &["8k", "8192"]),
            ("configuration-snippet", &["add_header X-A \"b\";\t# é"]),
            ("allowlist-source-range", &["10.0.0.0/8, 10.1.2.3", "10.1.2.3/8", "2001:db8::/32"]),
            ("auth-secret", &["users", "team-a/users"]),
            ("proxy-ssl-secret", &["team-a/ca.internal"]),
            ("custom-headers", &["team-a/headers"]),
            ("cors-allow-headers", &["X-A, X_B"]),
            ("cors-expose-headers", &["*", "X-A,*"]),
            ("upstream-hash-by", &["$request_uri", "${host}-a$uri"]),
            ("rewrite-target", &["/", "/$2", "$1"]),
            ("app-root", &["/app"]),
            ("auth-tls-match-cn", &["CN=a", "CN=(a|b).*", "CN=\\p{L}[[]"]),
            ("canary-by-header-pattern", &["^a(?=b)$", "(a|b)+"]),
            ("proxy-next-upstream", &["error timeout http_502", "off"]),
            ("proxy-ssl-protocols", &["TLSv1.2 TLSv1.3"]),
            ("proxy-ssl-name", &["a.example.com", "$host", "a-${x}.b"]),
            ("session-cookie-domain", &[".example.com"]),
            ("server-alias", &["a.example.com, *.b.example.com", "~^www\\.x$", "www.a.*"]),
            ("canary-by-header", &["X-Canary"]),
            ("cors-allow-methods", &["GET, PUT,PURGE"]),
            ("cors-allow-origin", &["*", "https://*.a.com, http://localhost:3000", "null"]),
            ("custom-http-errors", &["404", "404,503"]),
            ("default-backend", &["errors"]),
            ("auth-cache-duration", &["10m", "200 202 5m, 401 30s"]),
        ];
        for (key, values) in good {
            for value in *values {
                assert_eq!(check(find(key).unwrap(), value), Ok(()), "{key} {value}");
            }
        }
    }

    #[test]
    fn bad_values_are_refused_with_what_was_meant() {
        let bad: &[(&str, &str, Option<&str>)] = &[
            ("ssl-redirect", "yes", Some("true")),
            ("ssl-redirect", "off", Some("false")),
            ("auth-always-set-cookie", "maybe", None),
            ("proxy-read-timeout", "60s", Some("60")),
            ("proxy-read-timeout", "5 min", Some("300")),
            ("proxy-read-timeout", "500ms", None),
            ("proxy-read-timeout", "-1", None),
            ("proxy-read-timeout", "99999999999999999999", None),
            ("proxy-read-timeout", "99999999999999999999s", None),
            ("proxy-buffers-number", "1", None),
            ("permanent-redirect-code", "309", None),
            ("limit-rate", "1m", Some("1024")),
            ("limit-rps", "10r/s", Some("10")),
            ("canary-weight", "20%", Some("20")),
            ("backend-protocol", "https", Some("HTTPS")),
            ("backend-protocol", "H2C", None),
            ("load-balance", "round-robin", Some("round_robin")),
            ("proxy-buffering", "true", Some("on")),
            ("affinity", "ip", None),
            ("auth-type", "basic or so", None),
            ("auth-realm", "say \"it\"", None),
            ("proxy-cookie-path", "/one", None),
            ("ssl-ciphers", "A B", None),
            ("permanent-redirect", "https://a.example.com$request_uri", None),
            ("temporal-redirect", "/new", None),
            ("temporal-redirect", "https://", None),
            ("auth-url", "auth.svc/check", None),
            ("auth-url", "https://a b", None),
            ("proxy-body-size", "1MB", Some("1m")),
            ("proxy-body-size", "5Gi", Some("5g")),
            ("proxy-body-size", "8b", Some("8")),
            ("proxy-body-size", "lots", None),
            ("proxy-max-temp-file-size", "1g", Some("1024m")),
            ("client-body-buffer-size", "1g", Some("1024m")),
            ("configuration-snippet", "a;\nb;", None),
            ("configuration-snippet", "a\0", None),
            ("denylist-source-range", "10.0.0.0/33", None),
            ("denylist-source-range", "10.0.0.1; 10.0.0.2", Some("10.0.0.1,10.0.0.2")),
            ("denylist-source-range", "10.0.0.1,", Some("10.0.0.1")),
            ("auth-secret", "team a/users", None),
            ("proxy-ssl-secret", "ca", None),
            ("custom-headers", "a/b/c", None),
            ("cors-allow-headers", "*", None),
            ("cors-expose-headers", "X-A X-B", Some("X-A,X-B")),
            ("auth-cache-key", "user", Some("$user")),
            ("auth-cache-key", "$", None),
            ("upstream-hash-by", "${uri", None),
            ("rewrite-target", "/x?y=1", None),
            ("rewrite-target", "x", Some("/x")),
            ("app-root", "https://a.example.com", None),
            ("auth-tls-match-cn", "a", None),
            ("canary-by-header-pattern", "(a", None),
            ("canary-by-header-pattern", "a,b", None),
            ("proxy-next-upstream", "errortimeout", None),
            ("proxy-next-upstream", "error,timeout", Some("error timeout")),
            ("proxy-next-upstream", "error  timeout", Some("error timeout")),
            ("proxy-ssl-protocols", "tlsv1.3", Some("TLSv1.3")),
            ("proxy-ssl-name", "https://a.b/", Some("a.b")),
            ("session-cookie-domain", "a b", None),
            ("server-alias", "a,,b", Some("a,b")),
            ("canary-by-header", "X Canary", None),
            ("cors-allow-methods", "get, put", Some("GET,PUT")),
            ("cors-allow-methods", "*", None),
            ("cors-allow-origin", "https://a.b/", Some("https://a.b")),
            ("cors-allow-origin", "a.b", None),
            ("cors-allow-origin", "https://a.b, *", None),
            ("custom-http-errors", "404, 503", Some("404,503")),
            ("custom-http-errors", "404503", None),
            ("default-backend", "ns/errors", Some("errors")),
            ("default-backend", "1x", None),
            ("auth-cache-duration", "300", Some("300s")),
            ("auth-cache-duration", "200 5 minutes", None),
            ("affinity", " ", None),
        ];
        for (key, value, meant) in bad {
            let row = find(key).unwrap();
            let problem = check(row, value).expect_err(&format!("{key} {value}"));
            assert_eq!(problem.meant.as_deref(), *meant, "{key} {value}: {}", problem.reason);
            assert!(!problem.reason.ends_with('.') && !problem.reason.contains("another form"), "{}", problem.reason);
            if let Some(meant) = meant {
                assert!(check(row, meant).is_ok(), "what was meant is refused: {key} {meant}");
            }
        }
    }

    #[test]
    fn no_value_panics_and_no_suggestion_is_refused() {
        let values = [
            "é", "€5", "١", "-", "+", "%", "$", "{", "[", "\\", ",", " , ", "://", "/", "a://", "5é", "\u{a0}", "|",
            "*/", "((((", "1e9",
        ];
        for row in ROWS.iter() {
            assert!(check(row, "a\r").is_err() && check(row, "").is_err(), "{}", row.name);
            for value in values {
                if let Err(Problem { meant: Some(meant), .. }) = check(row, value) {
                    assert!(check(row, &meant).is_ok(), "{} {value}: {meant}", row.name);
                }
            }
        }
    }
}
