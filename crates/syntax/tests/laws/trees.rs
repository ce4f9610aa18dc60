//! Trees of every statement, with what is easily printed wrong: names that are words of the language, texts that need
//! quotes, labels without a value, ranges with holes and ports.

use ipnet::IpNet;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use smol_str::SmolStr;
use xks_base::source::{Span, Spanned};
use xks_base::values::access::Access;
use xks_base::values::backend::BackendProtocol;
use xks_base::values::label::Requirement;
use xks_base::values::port::{PortRef, PortSpec, Protocol};
use xks_base::values::{address, date, label, name, port};
use xks_syntax::ast::{self, Body, PeerKind, Place, Selection, UNWRITTEN, unwritten as at};

fn word(text: String) -> ast::Name {
    at(SmolStr::new(text))
}

/// Words that mean something somewhere, and are names elsewhere.
const WORDS: &[&str] = &[
    "allow", "app", "at", "because", "dns", "except", "expose", "in", "ingress", "internet", "labels", "names",
    "nginx", "no-tls", "not", "pods", "port", "private", "public", "secret", "tenant", "tenants", "tls", "to", "until",
    "verify",
];

/// A DNS-1123 label.
fn label_name() -> BoxedStrategy<String> {
    prop_oneof![
        2 => proptest::sample::select(WORDS).prop_map(str::to_string),
        3 => "[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?",
        1 => "[a-f0-9]{1,4}",
    ]
    .prop_filter("a name", |text| name::label(text).is_ok())
    .boxed()
}

fn any_name() -> BoxedStrategy<ast::Name> {
    label_name().prop_map(word).boxed()
}

fn service_name() -> BoxedStrategy<ast::Name> {
    label_name().prop_filter("a Service's name", |text| name::service(text).is_ok()).prop_map(word).boxed()
}

fn subdomain() -> BoxedStrategy<ast::Name> {
    vec(label_name(), 1..3)
        .prop_map(|labels| labels.join("."))
        .prop_filter("a subdomain", |text| name::subdomain(text).is_ok())
        .prop_map(word)
        .boxed()
}

fn names() -> BoxedStrategy<Vec<ast::Name>> {
    vec(any_name(), 1..12).boxed()
}

/// What the grammar takes for one word without quotes.
fn bare() -> BoxedStrategy<String> {
    prop_oneof![
        3 => "[a-z]{1,6}(\\.[a-z]{2,8}){0,3}(:[0-9]{2,4})?(/[a-z(|$)*.]{0,9})?",
        2 => "([-a-zA-Z0-9_./:%&'()*+<=>?@\\[\\]^|~!`é ]|\\$\\{[a-z]{0,4}\\}){1,12}"
            .prop_map(|text| text.replace(' ', "\u{a0}")),
        1 => proptest::sample::select(WORDS).prop_map(str::to_string),
        1 => proptest::sample::select(&["->", ")", "(", "=", "\\", "*", "$", "-", "!", "[::1]:443"][..])
            .prop_map(str::to_string),
    ]
    .boxed()
}

/// Any text: what stands in quotes if it has to.
fn any_text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => bare(),
        2 => any::<String>(),
        2 => "[ -~\\n\\r\\t]{0,20}",
        1 => proptest::sample::select(&["", " ", ",", ";", "#", "{", "}", "\"", "${", "${a b}", "a,b", "a, b", "\u{feff}"][..])
            .prop_map(str::to_string),
    ]
    .boxed()
}

fn text() -> BoxedStrategy<ast::Text> {
    any_text().prop_map(word).boxed()
}

fn bare_text() -> BoxedStrategy<ast::Text> {
    bare().prop_map(word).boxed()
}

fn range() -> BoxedStrategy<Spanned<IpNet>> {
    let net = |(ip, length): (std::net::IpAddr, u8)| {
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        IpNet::new(ip, length.min(longest)).expect("a length that is not too long").trunc()
    };
    let ip = prop_oneof![
        any::<u32>().prop_map(|bits| std::net::IpAddr::from(bits.to_be_bytes())),
        any::<u128>().prop_map(|bits| std::net::IpAddr::from(bits.to_be_bytes())),
        (0..u128::MAX).prop_map(|bits| std::net::IpAddr::from((bits >> 96).to_be_bytes())),
    ];
    (ip, prop_oneof![0..=128u8, Just(128)])
        .prop_map(net)
        .prop_filter("a range that is taken", |net| address::range(&net.to_string()).is_ok())
        .prop_map(at)
        .boxed()
}

fn protocols() -> BoxedStrategy<Vec<Protocol>> {
    vec(proptest::sample::select(&[Protocol::Tcp, Protocol::Udp, Protocol::Sctp][..]), 0..3).boxed()
}

fn port_name() -> BoxedStrategy<SmolStr> {
    label_name().prop_filter_map("a port's name", |text| port::name(&text).ok()).boxed()
}

fn port_spec() -> BoxedStrategy<Spanned<PortSpec>> {
    let port = prop_oneof![
        port_name().prop_map(PortRef::Name),
        (1..=u16::MAX).prop_map(|number| PortRef::Numbers(number, number)),
        (1..=u16::MAX, 1..=u16::MAX).prop_map(|(a, b)| PortRef::Numbers(a.min(b), a.max(b))),
    ];
    (port, protocols()).prop_map(|(port, protocols)| at(PortSpec { port, protocols })).boxed()
}

fn label_key() -> BoxedStrategy<SmolStr> {
    prop_oneof![label_name(), "([a-z]{1,4}(\\.[a-z]{1,4})?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?"]
        .prop_filter_map("a label's key", |text| label::key(&text).ok())
        .boxed()
}

fn label_value() -> BoxedStrategy<SmolStr> {
    prop_oneof![Just(String::new()), label_name(), "[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?"]
        .prop_filter_map("a label's value", |text| label::value(&text).ok())
        .boxed()
}

fn labels() -> BoxedStrategy<Vec<ast::Label>> {
    let one = (label_key(), label_value()).prop_map(|(key, value)| ast::Label { key: at(key), value: at(value) });
    vec(one, 0..4).boxed()
}

fn requirements() -> BoxedStrategy<Vec<Requirement>> {
    let values = || {
        vec(label_value(), 1..4).prop_map(|mut values| {
            values.sort();
            values.dedup();
            values
        })
    };
    let one = prop_oneof![
        (label_key(), values()).prop_map(|(key, values)| Requirement::In(key, values)),
        (label_key(), values()).prop_map(|(key, values)| Requirement::NotIn(key, values)),
        label_key().prop_map(Requirement::Exists),
        label_key().prop_map(Requirement::Absent),
    ];
    vec(one, 1..4)
        .prop_map(|mut all| {
            all.sort();
            all.dedup();
            all
        })
        .boxed()
}

fn access() -> BoxedStrategy<Access> {
    prop_oneof![Just(Access::Public), Just(Access::Private)].boxed()
}

fn peer() -> BoxedStrategy<ast::Peer> {
    let place = prop_oneof![
        Just(Place::Here),
        any_name().prop_map(Place::Team),
        Just(Place::Every),
        requirements().prop_map(Place::Labelled),
    ];
    let selection = prop_oneof![
        Just(Selection::All),
        any_name().prop_map(Selection::App),
        requirements().prop_map(Selection::Labelled),
    ];
    let dns = prop_oneof!["(\\*\\.)?[a-z]{1,5}\\.[a-z]{1,5}", "[a-z]{1,5}\\.[a-z*.]{0,6}", Just("*.".to_string())];
    let kind = prop_oneof![
        3 => any_name().prop_map(PeerKind::Word),
        3 => (place, selection).prop_map(|(place, selection)| PeerKind::Pods(place, selection)),
        1 => access().prop_map(PeerKind::Ingress),
        2 => (range(), vec(range(), 0..3)).prop_map(|(range, except)| PeerKind::Range(range, except)),
        1 => dns.prop_map(|name| PeerKind::Dns(word(name))),
    ];
    let ports = vec(port_spec(), 1..4).prop_map(|specs| ast::Ports { span: UNWRITTEN, specs, sound: true });
    (kind, option::of(ports)).prop_map(|(kind, ports)| ast::Peer { span: UNWRITTEN, kind, ports }).boxed()
}

fn peers() -> BoxedStrategy<Vec<ast::Peer>> {
    vec(peer(), 1..6).boxed()
}

fn rule() -> BoxedStrategy<ast::Rule> {
    (peers(), peers()).prop_map(|(from, to)| ast::Rule { from, to }).boxed()
}

/// `app` maps no port to another.
fn ports(mapped: bool) -> BoxedStrategy<Vec<ast::Port>> {
    let target = if mapped { option::of((1..=u16::MAX).prop_map(at)).boxed() } else { Just(None).boxed() };
    let one = (port_name(), 1..=u16::MAX, protocols(), target).prop_map(|(name, number, protocols, target)| {
        ast::Port { name: at(name), number: at(number), protocols, target }
    });
    vec(one, 0..4).boxed()
}

fn mesh() -> BoxedStrategy<Option<ast::Name>> {
    option::of(Just(word("linkerd".to_string()))).boxed()
}

fn flag() -> BoxedStrategy<Option<Span>> {
    option::of(Just(UNWRITTEN)).boxed()
}

fn tenant() -> BoxedStrategy<Body> {
    (any_name(), option::of(any_name()), flag(), mesh(), labels())
        .prop_map(|(name, namespace, isolated, mesh, labels)| {
            Body::Tenant(ast::Tenant { name, namespace, isolated, mesh, labels })
        })
        .boxed()
}

fn app() -> BoxedStrategy<Body> {
    (names(), ports(false), labels(), mesh())
        .prop_map(|(names, ports, labels, mesh)| Body::App(ast::App { names, ports, labels, mesh }))
        .boxed()
}

fn service() -> BoxedStrategy<Body> {
    (service_name(), ports(true), option::of(any_name()))
        .prop_map(|(name, ports, app)| Body::Service(ast::Service { name, ports, app }))
        .boxed()
}

fn expose() -> BoxedStrategy<Body> {
    let tls = prop_oneof![
        any_name().prop_map(ast::Tls::Group),
        Just(ast::Tls::Group(word("secret".to_string()))),
        any_name().prop_map(ast::Tls::Secret),
        Just(ast::Tls::None),
    ];
    let limit = (any::<bool>(), 1..=u32::MAX).prop_map(|(connections, number)| ast::Limit {
        span: UNWRITTEN,
        connections,
        number: at(number),
    });
    let backend = prop_oneof![
        Just(BackendProtocol::Http),
        Just(BackendProtocol::Https),
        Just(BackendProtocol::Grpc),
        Just(BackendProtocol::Grpcs)
    ];
    let annotation = (prop_oneof!["[a-zA-Z_0-9-]{1,12}", "é+"], text())
        .prop_map(|(key, value)| ast::Annotation { key: word(key), value });
    let head = (service_name(), option::of(port_spec()), vec(text(), 1..4));
    let first =
        (option::of(access()), option::of(tls), flag(), option::of(text()), vec(limit, 0..3), option::of(1..=3600u32));
    let second = (option::of(backend), option::of(any_name()), option::of(text()), vec(range(), 0..4));
    (head, first, second, option::of(text()), vec(annotation, 0..4))
        .prop_map(|(head, first, second, redirect, annotations)| {
            let (target, port, addresses) = head;
            let (access, tls, exact, rewrite, limits, timeout) = first;
            let (backend, verify, host_header, from) = second;
            Body::Expose(Box::new(ast::Expose {
                target,
                port,
                addresses,
                access: access.map(at),
                tls: tls.map(at),
                exact,
                rewrite,
                limits,
                timeout: timeout.map(at),
                backend: backend.map(at),
                verify,
                host_header,
                from,
                redirect,
                annotations,
            }))
        })
        .boxed()
}

fn export() -> BoxedStrategy<Body> {
    let grantee = prop_oneof![4 => label_name(), 1 => Just("*".to_string())].prop_map(word);
    // Behind `publish`, a bare `to` ends the list: an app of that name is no word there in any text.
    let writable = |peers: &Vec<ast::Peer>| !matches!((&peers[0].kind, &peers[0].ports), (PeerKind::Word(name), None) if name.value == "to");
    let what = prop_oneof![
        4 => peers().prop_map(ast::Exported::Peers),
        1 => vec(text(), 1..4).prop_map(ast::Exported::Hosts),
        1 => peers().prop_filter("a bare `to` ends the list", writable).prop_map(ast::Exported::Publish),
    ];
    (what, vec(grantee, 1..4)).prop_map(|(what, to)| Body::Export(ast::Export { what, to })).boxed()
}

fn external() -> BoxedStrategy<Body> {
    (service_name(), vec(bare_text(), 1..5))
        .prop_map(|(name, remotes)| Body::External(ast::External { name, remotes }))
        .boxed()
}

fn certificate() -> BoxedStrategy<Body> {
    (any_name(), option::of(subdomain()), option::of(subdomain()), vec(bare_text(), 0..4))
        .prop_map(|(name, issuer, secret, names)| Body::Certificate(ast::Certificate { name, issuer, secret, names }))
        .boxed()
}

fn platform() -> BoxedStrategy<Body> {
    let value = (label_name().prop_map(word), text());
    let name = "[a-z0-9_é]{1,4}(-[a-z]{1,3})?"
        .prop_filter("no statement", |name| xks_syntax::Keyword::of_word(name).is_none());
    let fact = (name, vec(text(), 0..4), vec(value, 0..4)).prop_map(|(name, items, values)| ast::Fact {
        span: UNWRITTEN,
        name: word(name),
        items,
        values,
    });
    // The word of a statement is a fact where no blank follows it.
    let odd = (proptest::sample::select(&["app", "ports"][..]), "[.:/=][a-z]{0,3}").prop_map(|(name, item)| {
        ast::Fact { span: UNWRITTEN, name: word(name.to_string()), items: vec![word(item)], values: Vec::new() }
    });
    vec(prop_oneof![8 => fact, 1 => odd], 0..6).prop_map(|facts| Body::Platform(ast::Platform { facts })).boxed()
}

fn tags() -> BoxedStrategy<ast::Tags> {
    let because = any_text().prop_filter("a reason", |text| !text.trim().is_empty()).prop_map(word);
    let until = (0..=9999i16, 1..=12i8, 1..=31i8)
        .prop_filter_map("a day", |(year, month, day)| date::Date::new(year, month, day).map(at));
    (option::of(because), option::of(until), vec(any_name(), 0..4))
        .prop_map(|(because, until, envs)| ast::Tags { because, until, envs })
        .boxed()
}

fn with_tags(body: BoxedStrategy<Body>) -> BoxedStrategy<ast::Statement> {
    (body, tags())
        .prop_map(|(body, tags)| {
            let tags = if matches!(body, Body::Platform(_)) { ast::Tags::default() } else { tags };
            ast::Statement { span: UNWRITTEN, body, tags }
        })
        .boxed()
}

/// A statement of each kind.
pub(crate) fn one_of_each() -> BoxedStrategy<Vec<ast::Statement>> {
    let bodies: Vec<BoxedStrategy<Body>> = vec![
        tenant(),
        app(),
        service(),
        expose(),
        rule().prop_map(Body::Allow).boxed(),
        rule().prop_map(Body::Never).boxed(),
        rule().prop_map(Body::Expect).boxed(),
        export(),
        external(),
        certificate(),
        (any_name(), peers()).prop_map(|(name, peers)| Body::Group(ast::Group { name, peers })).boxed(),
        (port_name(), vec(port_spec(), 1..6))
            .prop_map(|(name, ports)| Body::Ports(ast::PortsSet { name: at(name), ports }))
            .boxed(),
        text().prop_map(|path| Body::Include(ast::Include { path })).boxed(),
        platform(),
    ];
    bodies.into_iter().map(with_tags).collect::<Vec<_>>().boxed()
}
