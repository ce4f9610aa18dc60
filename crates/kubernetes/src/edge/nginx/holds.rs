//! The column `holds`: what must hold for nginx to load a configuration with the annotation in it. The controller's
//! webhook does not ask nginx, and a configuration that nginx refuses keeps everybody's changes from being served.
//!
//! What is said here was asked of nginx itself; `nginx_agrees` asks the one of this machine.

use super::annotations::Row;
use super::ciphers;
use super::columns::Holds;
use super::given::Given;
use super::reaches::{Alias, Target, aliases, authority, target};
use super::variables;
use smol_str::{SmolStr, format_smolstr};
use std::net::IpAddr;
use xks_base::values::pattern;

/// An annotation that stops nginx.
#[derive(Debug)]
pub struct Stop<'a> {
    /// The annotation.
    pub row: &'static Row,
    /// Its key as written.
    pub key: &'a SmolStr,
    /// Why, as a sentence without a full stop.
    pub reason: String,
    /// What to do about it, as a command.
    pub mend: SmolStr,
    /// The name that nginx looks up when it starts, where that is why.
    pub name: Option<SmolStr>,
}

/// The annotations that stop nginx. `resolves` says of a name that somebody answers for it.
pub fn stops<'a>(given: Given<'a>, resolves: &dyn Fn(&str) -> bool) -> Vec<Stop<'a>> {
    let mut found = Vec::new();
    let relation = buffers(given);
    for (row, key, value) in given.known() {
        let stop = row.holds.iter().find_map(|holds| {
            let looked_up = |url: &str| match target(url) {
                Target::Host(host) if host.parse::<IpAddr>().is_err() && !resolves(&host) => Some(host),
                Target::Host(_) | Target::Own | Target::Client(_) => None,
            };
            let name = match holds {
                Holds::Resolves => looked_up(value),
                Holds::AuthResolves if given.positive(&row.name).is_some() => {
                    given.value("auth-url").and_then(|url| looked_up(url))
                }
                _ => None,
            };
            let reason = match (holds, &name) {
                (Holds::Buffers, _) => relation.clone().filter(|(at, _)| *at == row.name).map(|(_, reason)| reason),
                (_, Some(name)) => {
                    Some(format!("nginx looks `{name}` up when it starts, and does not start if nobody answers"))
                }
                (holds, None) => check(*holds, value).err(),
            }?;
            Some(Stop { row, key, reason, mend: mend(*holds), name })
        });
        found.extend(stop);
    }
    found
}

/// What to do about a value that breaks what must hold.
fn mend(holds: Holds) -> SmolStr {
    SmolStr::new_static(match holds {
        Holds::Size => "write a smaller number",
        Holds::Buffers => "leave it out, and nginx fits it to the other sizes",
        Holds::Ciphers => "write ciphers that OpenSSL has, such as `ECDHE+AESGCM:ECDHE+CHACHA20`",
        Holds::Variables => "write a variable that nginx has, such as `$host` or `$request_uri`",
        Holds::Pattern | Holds::TildePattern | Holds::Names => "write a regular expression that PCRE compiles",
        Holds::Word => "write it without that character",
        Holds::CacheTimes => "write codes of answers and whole seconds or more, such as `200 202 5m`",
        Holds::ErrorCodes => "leave 499 out",
        Holds::AtMost(most) => return format_smolstr!("write a number up to {most}"),
        Holds::Port => "write a port from 1 to 65535",
        Holds::Resolves | Holds::AuthResolves => "write an address in place of the name",
    })
}

/// What can be said of a value by itself.
fn check(holds: Holds, value: &str) -> Result<(), String> {
    let must = |sound: bool, reason: &dyn Fn() -> String| if sound { Ok(()) } else { Err(reason()) };
    match holds {
        // Relations, which look at more than one annotation.
        Holds::Buffers | Holds::Resolves | Holds::AuthResolves => Ok(()),
        Holds::Size => must(!sized(value) || bytes(value).is_some(), &|| "nginx cannot count so many bytes".into()),
        Holds::Ciphers => match ciphers::read(value) {
            ciphers::Read::Some | ciphers::Read::Unknown(_) => Ok(()),
            ciphers::Read::Stops(reason) => Err(reason),
        },
        Holds::Variables => variables::check(value),
        Holds::Pattern => regular(value),
        Holds::TildePattern => {
            let first = value.split(' ').next().unwrap_or_default();
            first.strip_prefix('~').map_or(Ok(()), |rest| regular(rest.strip_prefix('*').unwrap_or(rest)))
        }
        Holds::Word => word(value),
        Holds::Names => aliases(value).try_for_each(|alias| match alias {
            Alias::Name(_) | Alias::AnyZone(_) => Ok(()),
            Alias::Pattern(text) => word(&text).and_then(|()| regular(&text)),
        }),
        Holds::CacheTimes => value.split(',').map(str::trim).try_for_each(cache_time),
        Holds::ErrorCodes => must(!value.split(',').any(|code| code.trim() == "499"), &|| {
            "nginx has no error page for 499, which it keeps to itself".into()
        }),
        Holds::AtMost(most) => {
            let digits = value.strip_prefix('+').unwrap_or(value);
            let above = digits.parse::<i64>().is_ok_and(|number| number > i64::from(most));
            must(!above, &|| format!("nginx counts to {most} here"))
        }
        Holds::Port => port(value),
    }
}

fn regular(text: &str) -> Result<(), String> {
    pattern::check(text).map_err(|problem| format!("it is no regular expression to nginx: {}", problem.reason))
}

/// Whether a text is one word to nginx where no quotes stand around it.
fn word(value: &str) -> Result<(), String> {
    let mut rest = value;
    while let Some(at) = rest.find(|c: char| c.is_whitespace() || c.is_control() || "\"';{}".contains(c)) {
        let braces = rest[..at].ends_with('$') && rest[at..].starts_with('{');
        match (braces, rest[at..].find('}')) {
            (true, Some(end)) => rest = &rest[at + end + 1..],
            _ => {
                let bad = rest[at..].chars().next().unwrap_or_default();
                return Err(format!("`{}` ends the word for nginx", bad.escape_default()));
            }
        }
    }
    if value.ends_with('\\') { Err("the `\\` at its end hides the `;` behind it".into()) } else { Ok(()) }
}

fn cache_time(item: &str) -> Result<(), String> {
    let mut words: Vec<&str> = item.split(' ').filter(|word| !word.is_empty()).collect();
    let time = words.pop().unwrap_or_default();
    if let Some(code) = words.iter().find(|code| !code.parse().is_ok_and(|code: u16| (100..=599).contains(&code))) {
        return Err(format!("`{code}` is no status of an answer"));
    }
    let digits = time.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if time.ends_with("ms") {
        return Err(format!("a cache counts in seconds, and `{time}` does not"));
    }
    match digits.parse::<u32>() {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("`{time}` is no time that nginx can count")),
    }
}

fn port(url: &str) -> Result<(), String> {
    let Some((_, rest)) = url.split_once("://") else { return Ok(()) };
    let authority = authority(rest);
    let behind = authority.rsplit_once(']').map_or(authority, |(_, behind)| behind);
    let Some((_, port)) = behind.rsplit_once(':').filter(|(_, port)| !port.contains('$')) else { return Ok(()) };
    let sound =
        !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0);
    if sound { Ok(()) } else { Err(format!("`{port}` is no port")) }
}

/// Whether a text has the form of a size.
fn sized(text: &str) -> bool {
    let digits = text.trim_end_matches(['k', 'K', 'm', 'M', 'g', 'G']);
    !digits.is_empty() && text.len() - digits.len() <= 1 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A size in bytes, if it is one that nginx can count.
pub(super) fn bytes(text: &str) -> Option<i64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 1 << 10),
        b'm' | b'M' => (&text[..text.len() - 1], 1 << 20),
        b'g' | b'G' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse::<i64>().ok().filter(|_| plain)?.checked_mul(unit)
}

/// What the sizes of buffers must be to one another, and which annotation to change.
fn buffers(given: Given<'_>) -> Option<(&'static str, String)> {
    let size_of = |name: &'static str| given.value(name).map(|text| (text.as_str(), bytes(text)));
    let (shown, size) = match size_of("proxy-buffer-size") {
        None => ("4k", 4096),
        Some((text, size)) => (text, size?),
    };
    let count = given.value("proxy-buffers-number").map_or(Some(4), |text| text.parse::<i64>().ok())?;
    let busy = match size_of("proxy-busy-buffers-size") {
        None => None,
        Some((text, busy)) => Some((text, busy?)),
    };
    let spilled = match size_of("proxy-max-temp-file-size") {
        None => None,
        Some((text, spilled)) => Some((text, spilled?)),
    };
    if size == 0 {
        return Some(("proxy-buffer-size", "a buffer of no bytes holds nothing".into()));
    }
    let most = (count - 1).checked_mul(size).unwrap_or(i64::MAX);
    match busy {
        Some((text, busy)) if busy < size => {
            return Some(("proxy-busy-buffers-size", format!("`{text}` is less than one buffer, which is `{shown}`")));
        }
        Some((text, busy)) if busy > most => {
            let reason = format!("`{text}` is more than {count} buffers of `{shown}` less one");
            return Some(("proxy-busy-buffers-size", reason));
        }
        // nginx's own default is two buffers.
        None if size.checked_mul(2).is_none_or(|two| two > most) => {
            let (at, reason) = if given.value("proxy-buffers-number").is_some() {
                ("proxy-buffers-number", format!("of {count} buffers two may be busy, and one has to be free"))
            } else {
                ("proxy-buffer-size", format!("nginx cannot count {count} buffers of `{shown}`"))
            };
            return Some((at, reason));
        }
        Some(_) | None => {}
    }
    match spilled {
        Some((_, 0)) => None,
        Some((text, spilled)) if spilled < size => Some((
            "proxy-max-temp-file-size",
            format!("`{text}` is less than one buffer, which is `{shown}`, and not 0"),
        )),
        // The default of the controller, and of the location that asks `auth-url`.
        None if size > 1 << 30 => {
            Some(("proxy-buffer-size", format!("`{shown}` is more than `1024m`, the most that may go to disk")))
        }
        Some(_) if size > 1 << 30 && given.value("auth-url").is_some() => {
            Some(("proxy-buffer-size", format!("`{shown}` is more than `1024m`, the most that may go to disk")))
        }
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::annotations;
    use super::*;

    /// Whether a value, by itself, passes both the controller's checks and nginx.
    fn loads(row: &Row, value: &str) -> bool {
        annotations::check(row, value).is_ok() && row.holds.iter().all(|holds| check(*holds, value).is_ok())
    }

    fn stopped(given: &[(&str, &str)]) -> Vec<String> {
        let given: Vec<_> = given.iter().map(|(key, value)| (SmolStr::new(key), SmolStr::new(value))).collect();
        stops(Given::new(&given), &|name| name == "granted.example.com")
            .iter()
            .map(|stop| stop.row.name.to_string())
            .collect()
    }

    /// A value that breaks what is held, and the same mended. Both pass the controller.
    fn broken(holds: Holds, name: &str) -> (&'static str, &'static str) {
        match (holds, name) {
            (Holds::Size, _) => ("99999999999999m", "8k"),
            (Holds::Buffers, "proxy-buffers-number") => ("2", "3"),
            (Holds::Buffers, "proxy-buffer-size") => ("0", "16k"),
            (Holds::Buffers, "proxy-busy-buffers-size") => ("1k", "12k"),
            (Holds::Buffers, _) => ("2k", "4k"),
            (Holds::Ciphers, _) => ("NONSENSE", "ECDHE+AESGCM"),
            (Holds::Variables, "auth-url" | "mirror-target") => ("http://192.0.2.1/$nope", "http://192.0.2.1/$uri"),
            (Holds::Variables, "proxy-ssl-name" | "auth-cache-key" | "mirror-host" | "upstream-vhost") => {
                ("$nope", "$host")
            }
            (Holds::Variables, "modsecurity-transaction-id") => ("$nope", "$request_id"),
            (Holds::Variables, _) => ("/$nope", "/$1"),
            (Holds::Pattern, _) => ("CN=a)(", "CN=(a|b).*"),
            (Holds::TildePattern, "proxy-redirect-from") => ("~?x", "~x"),
            (Holds::TildePattern, _) => ("~?x /", "~x /"),
            (Holds::Word, "auth-tls-match-cn") => ("CN=a{2}", "CN=aa"),
            (Holds::Word, "mirror-host") => ("a{b}", "${host}"),
            (Holds::Word, "mirror-target") => ("http://192.0.2.1/{a}", "http://192.0.2.1/${uri}"),
            (Holds::Word, _) => ("", ""),
            (Holds::Names, _) => ("~^a(", "~^a+$"),
            (Holds::CacheTimes, _) => ("200 10ms", "200 5m"),
            (Holds::ErrorCodes, _) => ("404,499", "404,503"),
            (Holds::AtMost(_), _) => ("65536", "65535"),
            (Holds::Port, _) => ("http://192.0.2.1:99999/", "http://192.0.2.1:8080/"),
            (Holds::Resolves, _) => ("https://nope.example.com", "https://granted.example.com"),
            (Holds::AuthResolves, _) => ("4", "0"),
        }
    }

    #[test]
    fn each_row_has_what_it_is_held_to() {
        for row in annotations::rows() {
            for holds in &row.holds {
                let (bad, good) = broken(*holds, &row.name);
                if bad.is_empty() {
                    continue;
                }
                let with = |value| [(row.name.as_str(), value), ("auth-url", "https://a.example.com/")];
                let given = |value| with(value)[..if *holds == Holds::AuthResolves { 2 } else { 1 }].to_vec();
                assert_eq!(stopped(&given(bad)), [row.name.as_str()], "{} {bad}", row.name);
                assert!(stopped(&given(good)).is_empty(), "{} {good}: {:?}", row.name, stopped(&given(good)));
            }
        }
    }

    #[test]
    fn buffers_are_held_to_one_another() {
        let sizes = |size: &'static str, number: &'static str, busy: &'static str, spilled: &'static str| {
            let given = [
                ("proxy-buffer-size", size),
                ("proxy-buffers-number", number),
                ("proxy-busy-buffers-size", busy),
                ("proxy-max-temp-file-size", spilled),
            ];
            stopped(&given.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
        };
        for good in [
            ("4k", "4", "12k", ""),
            ("4k", "2", "4k", ""),
            ("8K", "3", "", "8k"),
            ("1m", "", "", "0"),
            ("16k", "", "", ""),
        ] {
            assert!(sizes(good.0, good.1, good.2, good.3).is_empty(), "{good:?}");
        }
        for bad in [
            ("4k", "4", "16k", ""),
            ("4k", "4", "3k", ""),
            ("4k", "2", "", ""),
            ("16k", "", "8k", ""),
            ("16k", "", "", "8k"),
            ("2048m", "", "", ""),
            ("", "", "1", ""),
            ("9223372036854775807", "", "", ""),
        ] {
            assert_eq!(sizes(bad.0, bad.1, bad.2, bad.3).len(), 1, "{bad:?}");
        }
    }

    /// What the real controller was stopped by, and what it served. Source: `ingress-nginx-answers.json`.
    #[test]
    fn recorded_stops_are_stops() {
        let takes = |name: &str, value: &str| loads(annotations::find(name).unwrap(), value);
        for (name, value) in [
            ("auth-request-redirect", "http://a b"),
            ("auth-signin", "foo bar"),
            ("proxy-buffer-size", "8192b"),
            ("ssl-ciphers", "NONSENSE"),
            ("limit-burst-multiplier", "0"),
            ("proxy-max-temp-file-size", "1G"),
        ] {
            assert!(!takes(name, value), "{name} {value}");
        }
        for (name, value) in [
            ("proxy-body-size", "1G"),
            ("upstream-vhost", "$service_name.$namespace.svc"),
            ("server-alias", "~^rx[0-9]+\\.ex\\.test$"),
            ("server-alias", "alias4.ex.test,alias5.else.test"),
            ("auth-signin", "https://login.test/start?x=1"),
            ("auth-url", "http://203.0.113.18:9101/status401"),
            ("rewrite-target", "/$1/docs/$2"),
            ("proxy-redirect-from", "http://proxy-redirect.ex.test/"),
            ("client-body-buffer-size", "1M"),
            ("custom-http-errors", "404,503"),
        ] {
            assert!(takes(name, value), "{name} {value}");
        }
    }

    /// What the controller's template makes of an annotation: directives of a server, and of a location.
    fn rendered(name: &str, value: &str) -> Option<(String, String)> {
        let at_location = |text: String| Some((String::new(), format!("proxy_pass http://backend; {text}")));
        match name {
            "server-alias" => {
                Some((format!("server_name a.example.com {};", value.replace(',', " ")), "return 200;".into()))
            }
            "proxy-ssl-ciphers" => {
                Some((String::new(), format!("proxy_ssl_ciphers {value}; proxy_pass https://backend;")))
            }
            "auth-url" | "auth-signin" | "app-root" => {
                Some((String::new(), format!("set $target {value}; return 302 $target;")))
            }
            "auth-cache-key" => at_location(format!("proxy_cache_key \"{value}\";")),
            "mirror-host" => at_location(format!("proxy_set_header Host {value};")),
            "upstream-vhost" => at_location(format!("proxy_set_header Host \"{value}\";")),
            "mirror-target" => Some((String::new(), format!("proxy_pass {value};"))),
            "proxy-ssl-name" => at_location(format!("proxy_ssl_name {value};")),
            "rewrite-target" => at_location(format!("rewrite \"(?i)/x(.*)\" {value} break;")),
            "auth-tls-match-cn" => at_location(format!("if ( $ssl_client_s_dn !~ {value} ) {{ return 403; }}")),
            "proxy-cookie-domain" => at_location(format!("proxy_cookie_domain {value};")),
            "proxy-cookie-path" => at_location(format!("proxy_cookie_path {value};")),
            "proxy-redirect-from" => at_location(format!("proxy_redirect {value} /x;")),
            "auth-cache-duration" => at_location(format!("proxy_cache_valid {value};")),
            "custom-http-errors" => {
                at_location(value.split(',').map(|code| format!("error_page {code} = @x;")).collect())
            }
            "limit-connections" => at_location(format!("limit_conn connections {value};")),
            "client-body-buffer-size" => at_location(format!("client_body_buffer_size {value};")),
            "proxy-body-size" => at_location(format!("client_max_body_size {value};")),
            "proxy-buffer-size" => at_location(format!("proxy_buffer_size {value}; proxy_buffers 4 {value};")),
            "proxy-buffers-number" => at_location(format!("proxy_buffer_size 4k; proxy_buffers {value} 4k;")),
            "proxy-busy-buffers-size" => {
                at_location(format!("proxy_buffer_size 4k; proxy_buffers 4 4k; proxy_busy_buffers_size {value};"))
            }
            "proxy-max-temp-file-size" => {
                at_location(format!("proxy_buffer_size 4k; proxy_buffers 4 4k; proxy_max_temp_file_size {value};"))
            }
            _ => None,
        }
    }

    /// Whether nginx loads a server of these directives.
    #[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "it asks the nginx of this machine")]
    fn nginx_loads(server: &str, locations: &str) -> Result<(), String> {
        let folder = std::env::temp_dir().join(format!("xks-nginx-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let shown = folder.display();
        let text = format!(
            "pid {shown}/pid; error_log stderr; events {{}} http {{ access_log off; \
             limit_conn_zone $binary_remote_addr zone=connections:1m; upstream backend {{ server 127.0.0.1:1; }} \
             server {{ listen 127.0.0.1:18999; {server} {locations} }} }}"
        );
        std::fs::write(folder.join("nginx.conf"), text).unwrap();
        let config = folder.join("nginx.conf");
        let out = std::process::Command::new("nginx").arg("-t").arg("-c").arg(config).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        if out.status.success() { Ok(()) } else { Err(said) }
    }

    /// Needs `nginx`: `cargo test -p xks-kubernetes --lib -- --ignored nginx`.
    #[test]
    #[ignore = "asks the nginx of this machine"]
    fn nginx_agrees() {
        for row in annotations::rows() {
            // Sizes and times that are annotations of their own elsewhere, and `ssl-ciphers`, which nginx reads with a
            // certificate only, are not rendered.
            for holds in row.holds.iter().filter(|holds| **holds != Holds::AuthResolves) {
                let (bad, good) = broken(*holds, &row.name);
                let Some((server, location)) = rendered(&row.name, bad).filter(|_| !bad.is_empty()) else { continue };
                let own = *holds == Holds::Port && row.name == "auth-url";
                let loads = nginx_loads(&server, &format!("location / {{ {location} }}"));
                assert!(own || loads.is_err(), "nginx takes {} {bad}", row.name);
                let (server, location) = rendered(&row.name, good).unwrap();
                let resolves = *holds == Holds::Resolves;
                let loads = nginx_loads(&server, &format!("location / {{ {location} }}"));
                assert!(resolves || loads.is_ok(), "{} {good}: {loads:?}", row.name);
            }
        }
    }

    /// Every path that we take is one that nginx, and PCRE2 in it, takes.
    #[test]
    #[ignore = "asks the nginx of this machine"]
    fn nginx_takes_the_paths_that_we_take() {
        let pieces = [
            "a", "/", "(", ")", "(?:", "(?=", "(?!", "[", "]", "[^", "a-z", "-", "|", "*", "+", "?", "{2}", "{1,3}",
            "{2,}", "{", "}", "\\d", "\\.", "\\b", "\\w", "\\-", "\\]", "\\", "^", "$", ".", "0", "9", ",", "=", "!",
            "~", "%", "&", "{500}", "{0}", "{0,0}", ":", "$1", "${host}", "\\/", "\\{", "\\}",
        ];
        let mut state = 11_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut paths = std::collections::BTreeSet::new();
        while paths.len() < 6000 {
            let text: String = (0..=next(9)).map(|_| pieces[next(pieces.len())]).collect();
            let path = xks_base::values::host::Path::parse(&format!("/{text}"));
            paths.extend(path.ok().filter(|path| path.is_regex()).map(|path| path.shared()));
        }
        let locations: String = paths
            .iter()
            .map(|path| {
                let rewrite = format!("rewrite \"(?i){path}\" /x break; if ($uri ~* \"^{path}\") {{ return 301 /x; }}");
                let set = path.replace('$', "x");
                format!("location ~* \"^{path}\" {{ set $location_path \"{set}\"; {rewrite} }}\n")
            })
            .collect();
        nginx_loads("", &locations).unwrap();
    }

    /// The variables that are nginx's own exist in it, but for those of modules that Debian leaves out or that are newer.
    #[test]
    #[ignore = "asks the nginx of this machine"]
    fn nginx_has_the_variables() {
        let missing: Vec<&str> = variables::OF_NGINX
            .iter()
            .copied()
            .filter(|name| nginx_loads("", &format!("location / {{ set $x ${name}; return 200; }}")).is_err())
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }
}
