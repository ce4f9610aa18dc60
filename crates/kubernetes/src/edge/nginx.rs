//! ingress-nginx: what it can do, and the one table between its annotations and what they mean, read in both directions.
//!
//! [`annotate`] writes what a [`Behavior`] says as annotations; [`read`] says what annotations mean. What was read is
//! written as it was: `annotate(&read(given))` is `given`, whatever it is.

pub mod annotations;
pub mod ciphers;
pub mod columns;
pub mod given;
pub mod guards;
pub mod holds;
pub mod needs;
pub mod reaches;
mod variables;

use super::{Behavior, Feature, Password, Support, Verification};
use given::Given;
use ipnet::IpNet;
use smol_str::{SmolStr, ToSmolStr, format_smolstr};
use std::net::IpAddr;
use xks_base::values::backend::BackendProtocol;

/// What comes before the names of the controller's annotations, unless it is configured otherwise.
pub const PREFIX: &str = "nginx.ingress.kubernetes.io/";

/// What the controller can do.
pub(super) fn supports(feature: Feature) -> Support {
    match feature {
        Feature::Regex { exact: false } => Support::Yes,
        Feature::Regex { exact: true } => Support::No("an exact path is no regular expression"),
        Feature::Verification(Some(BackendProtocol::Https)) => Support::Yes,
        Feature::Verification(Some(BackendProtocol::Grpcs)) => {
            Support::No("ingress-nginx verifies an upstream of `https` only, not of `grpcs`")
        }
        Feature::Verification(Some(BackendProtocol::Http | BackendProtocol::Grpc) | None) => {
            Support::No("there is no certificate to verify: the backend is spoken to without TLS")
        }
        Feature::BothLimits => Support::No("the controller would apply both; the platform's rule is to choose one"),
    }
}

/// One meaning and the annotation that has it.
struct Row {
    /// The key that is written, without the prefix.
    key: &'static str,
    /// The value to write.
    write: fn(&Behavior) -> Option<SmolStr>,
    /// Takes in what the annotations say of it.
    read: fn(&Given<'_>, &mut Behavior),
}

/// The table, in the order in which it is read.
const TABLE: &[Row] = &[
    Row {
        key: "whitelist-source-range",
        write: |it| it.clients.allowed.as_deref().map(listed),
        read: |given, it| it.clients.allowed = given.value("whitelist-source-range").map(|list| ranges(list)),
    },
    Row {
        key: "denylist-source-range",
        write: |it| it.clients.denied.as_deref().map(listed),
        // A list that cannot be read is answered with 503, to everybody.
        read: |given, it| {
            it.clients.denied = given.value("denylist-source-range").map(|list| match ranges(list) {
                none if none.is_empty() => vec![IpNet::default(), IpNet::V6(ipnet::Ipv6Net::default())],
                some => some,
            });
        },
    },
    Row {
        key: "limit-connections",
        write: |it| it.limits.connections.map(|number| number.to_smolstr()),
        read: |given, it| it.limits.connections = given.positive("limit-connections"),
    },
    Row {
        key: "limit-rps",
        write: |it| it.limits.requests_per_second.map(|number| number.to_smolstr()),
        read: |given, it| it.limits.requests_per_second = given.positive("limit-rps"),
    },
    Row {
        key: "rewrite-target",
        write: |it| it.rewrite.clone(),
        read: |given, it| it.rewrite = given.value("rewrite-target").cloned(),
    },
    Row {
        key: "use-regex",
        write: |it| it.regex.then_some(SmolStr::new_static("true")),
        read: |given, it| it.regex = given.is_true("use-regex"),
    },
    Row {
        key: "permanent-redirect",
        write: |it| it.redirect.clone(),
        read: |given, it| it.redirect = given.value("permanent-redirect").cloned(),
    },
    Row {
        key: "backend-protocol",
        write: |it| it.upstream.protocol.map(|protocol| SmolStr::new_static(protocol_word(protocol))),
        read: |given, it| {
            let found = given.value("backend-protocol").map(|word| word.to_ascii_uppercase());
            it.upstream.protocol = found
                .and_then(|word| BackendProtocol::ALL.into_iter().find(|protocol| protocol_word(*protocol) == word));
        },
    },
    Row {
        key: "upstream-vhost",
        write: |it| it.upstream.host_header.clone(),
        read: |given, it| it.upstream.host_header = given.value("upstream-vhost").cloned(),
    },
    // Without a Secret the controller verifies nothing, whatever the others say.
    Row {
        key: "proxy-ssl-secret",
        write: |it| it.upstream.verification.as_ref().map(|verification| verification.secret.clone()),
        read: |given, it| {
            let verified = given.value("proxy-ssl-verify").is_some_and(|word| word == "on");
            it.upstream.verification =
                given.value("proxy-ssl-secret").filter(|_| verified).map(|secret| Verification {
                    secret: secret.clone(),
                    server_name: given.value("proxy-ssl-server-name").is_some_and(|word| word == "on"),
                    name: given.value("proxy-ssl-name").cloned(),
                });
        },
    },
    Row {
        key: "proxy-ssl-verify",
        write: |it| it.upstream.verification.as_ref().map(|_| SmolStr::new_static("on")),
        read: |_, _| {},
    },
    Row {
        key: "proxy-ssl-server-name",
        write: |it| {
            let verification = it.upstream.verification.as_ref()?;
            verification.server_name.then_some(SmolStr::new_static("on"))
        },
        read: |_, _| {},
    },
    Row { key: "proxy-ssl-name", write: |it| it.upstream.verification.as_ref()?.name.clone(), read: |_, _| {} },
    Row {
        key: "auth-type",
        write: |it| it.authentication.password.as_ref().map(|password| password.scheme.clone()),
        // Without a Secret nobody is asked for a password.
        read: |given, it| {
            let scheme = given.value("auth-type");
            it.authentication.password = scheme
                .zip(given.value("auth-secret"))
                .map(|(scheme, secret)| Password { scheme: scheme.clone(), secret: secret.clone() });
        },
    },
    Row {
        key: "auth-secret",
        write: |it| it.authentication.password.as_ref().map(|password| password.secret.clone()),
        read: |_, _| {},
    },
    Row {
        key: "auth-url",
        write: |it| it.authentication.external.clone(),
        read: |given, it| it.authentication.external = given.value("auth-url").cloned(),
    },
    Row {
        key: "proxy-read-timeout",
        write: |it| it.timeouts.read.map(|seconds| seconds.to_smolstr()),
        read: |given, it| it.timeouts.read = given.positive("proxy-read-timeout"),
    },
    Row {
        key: "proxy-send-timeout",
        write: |it| it.timeouts.send.map(|seconds| seconds.to_smolstr()),
        read: |given, it| it.timeouts.send = given.positive("proxy-send-timeout"),
    },
    Row {
        key: "proxy-body-size",
        write: |it| it.body.clone(),
        read: |given, it| it.body = given.value("proxy-body-size").cloned(),
    },
];

/// What a behavior is written as: keys with their prefix, and values; sorted by key.
pub fn annotate(behavior: &Behavior) -> Vec<(SmolStr, SmolStr)> {
    let mut found: Vec<(SmolStr, SmolStr)> = written(behavior)
        .filter(|(key, _)| !behavior.extras.iter().any(|(extra, _)| same(extra, key)))
        .map(|(key, value)| (format_smolstr!("{PREFIX}{key}"), value))
        .collect();
    found.extend(behavior.extras.iter().map(|(key, value)| (format_smolstr!("{PREFIX}{key}"), value.clone())));
    found.sort();
    found
}

/// What annotations mean, keys given with their prefix. Those of other controllers mean nothing here and are left out.
pub fn read(annotations: &[(SmolStr, SmolStr)]) -> Behavior {
    let own =
        annotations.iter().filter_map(|(key, value)| Some((SmolStr::new(key.strip_prefix(PREFIX)?), value.clone())));
    read_own(own.collect())
}

/// What annotations mean, keys given without the prefix.
pub fn read_own(given: Vec<(SmolStr, SmolStr)>) -> Behavior {
    let mut behavior = Behavior::default();
    for row in TABLE {
        (row.read)(&Given::new(&given), &mut behavior);
    }
    let written: Vec<(&str, SmolStr)> = written(&behavior).collect();
    let said = |key: &str, value: &str| written.iter().any(|(known, text)| *known == key && text == value);
    // Beside another spelling of the same annotation, none is the one that would be written.
    let alone = |key: &str| given.iter().filter(|(other, _)| same(other, key)).count() == 1;
    let mut extras: Vec<_> = given.iter().filter(|(key, value)| !(said(key, value) && alone(key))).cloned().collect();
    extras.sort();
    behavior.extras = extras;
    behavior
}

/// A behavior with what a user wrote beside it in the controller's own words, of which none sets what the behavior says.
pub fn beside(behavior: &Behavior, extras: Vec<(SmolStr, SmolStr)>) -> Behavior {
    let said = written(behavior).map(|(key, value)| (SmolStr::new_static(key), value));
    read_own(said.chain(extras).collect())
}

/// What the fields of a behavior say, `extras` apart: keys without the prefix, and values.
pub fn written(behavior: &Behavior) -> impl Iterator<Item = (&'static str, SmolStr)> {
    TABLE.iter().filter_map(|row| Some((row.key, (row.write)(behavior)?)))
}

/// Whether two keys are the name or an alias of one annotation.
pub fn same(one: &str, other: &str) -> bool {
    one == other || annotations::find(one).zip(annotations::find(other)).is_some_and(|(a, b)| a.name == b.name)
}

/// A list of ranges as it is written.
fn listed(ranges: &[IpNet]) -> SmolStr {
    let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
    ranges.join(",").into()
}

/// The ranges of a list, host bits cut off as the controller does. A list with a part that is no range is none: nobody is
/// in it.
pub(crate) fn ranges(list: &str) -> Vec<IpNet> {
    let range = |word: &str| {
        let word = word.trim_matches(' ');
        // The standard library refuses leading zeros in an address, as Go does.
        let address: IpAddr = word.split_once('/').map_or(word, |(address, _)| address).parse().ok()?;
        if word.contains('/') { word.parse::<IpNet>().ok().map(|net| net.trunc()) } else { Some(address.into()) }
    };
    list.split(',').map(range).collect::<Option<_>>().unwrap_or_default()
}

fn protocol_word(protocol: BackendProtocol) -> &'static str {
    match protocol {
        BackendProtocol::Http => "HTTP",
        BackendProtocol::Https => "HTTPS",
        BackendProtocol::Grpc => "GRPC",
        BackendProtocol::Grpcs => "GRPCS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = String> {
        let words = [
            "on",
            "off",
            "true",
            "True",
            "5",
            "0",
            "05",
            "60",
            "10.0.0.0/8",
            "10.0.0.0/8, 192.0.2.1",
            "10.1.2.3/8",
            "",
            ",",
            "HTTPS",
            "grpc",
            "basic",
            "shop/users",
            "https://auth.example.com",
            "/$2",
            "8m",
            "a.example.com",
        ];
        proptest::sample::select(words.to_vec()).prop_map(str::to_string)
    }

    fn key() -> impl Strategy<Value = String> {
        let keys: Vec<String> = annotations::names().map(str::to_string).collect();
        let known: Vec<String> = TABLE
            .iter()
            .map(|row| row.key.to_string())
            .chain(["allowlist-source-range".into(), "other".into()])
            .collect();
        prop_oneof![3 => proptest::sample::select(known), 1 => proptest::sample::select(keys)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_read_is_written_as_it_was(given in proptest::collection::btree_map(key(), value(), 0..8)) {
            let given: Vec<(SmolStr, SmolStr)> =
                given.iter().map(|(key, value)| (format_smolstr!("{PREFIX}{key}"), SmolStr::new(value))).collect();
            let behavior = read(&given);
            prop_assert_eq!(&annotate(&behavior), &given);
            prop_assert_eq!(read(&annotate(&behavior)), behavior);
        }
    }

    fn meaning(given: &[(&str, &str)]) -> Behavior {
        read_own(given.iter().map(|(key, value)| (SmolStr::new(key), SmolStr::new(value))).collect())
    }

    #[test]
    fn lists_of_clients_are_the_controllers() {
        let nets = |list: &[&str]| list.iter().map(|net| net.parse().unwrap()).collect::<Vec<IpNet>>();
        let allowed = |given: &[(&str, &str)]| meaning(given).clients.allowed;
        assert_eq!(
            allowed(&[("whitelist-source-range", "10.1.2.3/8, 192.0.2.1")]),
            Some(nets(&["10.0.0.0/8", "192.0.2.1/32"]))
        );
        assert_eq!(allowed(&[("allowlist-source-range", "0.0.0.1/0")]), Some(nets(&["0.0.0.0/0"])));
        let both = [("allowlist-source-range", "10.0.0.0/8"), ("whitelist-source-range", "192.0.2.0/24")];
        assert_eq!(allowed(&both), Some(nets(&["10.0.0.0/8"])), "the newer name goes first");
        for nobody in ["", "10.0.0.0/8,", "010.0.0.0/8", "x"] {
            assert_eq!(allowed(&[("whitelist-source-range", nobody)]), Some(Vec::new()), "{nobody}");
        }
        assert_eq!(allowed(&[]), None);
        assert_eq!(meaning(&[("denylist-source-range", "x")]).clients.denied, Some(nets(&["0.0.0.0/0", "::/0"])));
    }

    #[test]
    fn what_needs_another_annotation_means_nothing_without_it() {
        assert_eq!(meaning(&[("proxy-ssl-verify", "on")]).upstream.verification, None);
        assert_eq!(meaning(&[("auth-secret", "users")]).authentication.password, None);
        assert!(meaning(&[("proxy-ssl-verify", "on"), ("proxy-ssl-secret", "a/b")]).upstream.verification.is_some());
    }

    #[test]
    fn every_key_of_the_table_is_an_annotation() {
        for row in TABLE {
            assert!(annotations::find(row.key).is_some(), "{}", row.key);
        }
    }
}
