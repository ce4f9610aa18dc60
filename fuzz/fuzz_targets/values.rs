//! Every reader of a word takes any text without a panic; what it takes, it takes again from how that is written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xks_core::syntax::print;
use xks_core::values::date::Date;
use xks_core::values::port::PortSpec;
use xks_core::values::{address, host, label, name, object_name, port};

fuzz_target!(|text: &str| {
    if let Ok(host) = host::Host::parse(text) {
        assert_eq!(host.as_str(), text);
        host.no_public_ca();
        host.registered_domain();
    }
    if let Ok(path) = host::Path::parse(text) {
        assert_eq!(path.as_str(), text);
    }
    if let Ok(range) = address::range(text) {
        assert_eq!(address::range(&print::range(&range)).ok(), Some(range));
    }
    if let Ok(spec) = PortSpec::parse(text) {
        assert_eq!(PortSpec::parse(&print::port(&spec)).as_ref(), Ok(&spec));
    }
    if let Ok(date) = text.parse::<Date>() {
        assert_eq!(date.to_string(), text);
        assert_eq!(Date::from_days(date.days()), Some(date));
    }
    let taken = [name::label(text), name::service(text), name::subdomain(text), label::key(text), label::value(text)];
    assert!(taken.into_iter().flatten().all(|taken| taken == text));
    let _ = (address::address(text), port::name(text), port::number(text), port::protocol(text));
    let _ = (host::split(text), host::split_port(text), object_name::part(text));
});
