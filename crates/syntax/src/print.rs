//! Trees to text, the other way of [`crate::parse`]: what is printed reads as the same tree, and stays as it is when it is
//! formatted. Every tree that a text can have has a print.
//!
//! Nodes are taken apart field by field and bodies variant by variant, so that what is forgotten here does not compile.

use super::Keyword;
use super::ast::{self, Body, PeerKind, Place, Selection};
use super::format::{WIDTH, format};
use ipnet::IpNet;
use pest::Parser as _;
use std::fmt::Write as _;
use xks_base::source::Spanned;
use xks_base::values::label::{self, Requirement};
use xks_base::values::port::{PortRef, PortSpec, Protocol};
use xks_grammar::{Grammar, Rule};

/// A statement in the one style, without a line end behind it: on one line, or with its clauses in braces where that is
/// too long.
pub fn statement(statement: &ast::Statement) -> String {
    let said = Said::of(statement);
    let styled = |text: &str| format(text).trim_end_matches('\n').to_string();
    let line = styled(&said.line());
    let fits = line.lines().all(|line| line.chars().count() <= WIDTH);
    if fits || said.clauses.is_empty() { line } else { styled(&said.block()) }
}

/// A statement on one line, however long that is.
pub fn one_line(statement: &ast::Statement) -> String {
    Said::of(statement).line()
}

/// The clauses of a statement, each as it stands on its line.
pub fn clauses(statement: &ast::Statement) -> Vec<String> {
    Said::of(statement).clauses
}

/// What a statement says on one line, without its tags: `because`, `until` and the environments that it is for.
pub fn untagged(statement: &ast::Statement) -> String {
    Said::of_body(&statement.body).line()
}

/// A statement before its clauses are put on its line or in braces.
struct Said {
    head: String,
    clauses: Vec<String>,
    /// Whether the clauses stand in braces even on one line, as facts do.
    braces: bool,
}

impl Said {
    fn of(statement: &ast::Statement) -> Said {
        let ast::Statement { span: _, body, tags } = statement;
        let mut said = Said::of_body(body);
        match body {
            // No clause follows its braces.
            Body::Platform(_) => {}
            _ => said.tags(tags),
        }
        said
    }

    fn of_body(body: &Body) -> Said {
        let mut said = Said { head: body.keyword().word().to_string(), clauses: Vec::new(), braces: false };
        match body {
            Body::Tenant(node) => said.tenant(node),
            Body::App(node) => said.app(node),
            Body::Service(node) => said.service(node),
            Body::Expose(node) => said.expose(node),
            Body::Allow(node) | Body::Never(node) | Body::Expect(node) => said.rule(node),
            Body::Export(node) => said.export(node),
            Body::External(node) => said.external(node),
            Body::Certificate(node) => said.certificate(node),
            Body::Group(node) => said.group(node),
            Body::Ports(node) => said.ports(node),
            Body::Include(node) => said.include(node),
            Body::Platform(node) => said.platform(node),
        }
        said
    }

    /// Adds words to the head.
    fn words(&mut self, words: &str) {
        let _ = write!(self.head, " {words}");
    }

    fn clause(&mut self, word: &str) {
        self.clauses.push(word.to_string());
    }

    /// Adds a clause of a word and what stands behind it, if that is there.
    fn clause_of(&mut self, word: &str, value: Option<impl AsRef<str>>) {
        self.clauses.extend(value.map(|value| format!("{word} {}", value.as_ref())));
    }

    /// Adds a clause of a word and a list, unless the list is empty.
    fn clause_list(&mut self, word: &str, list: Vec<String>) {
        self.clause_of(word, (!list.is_empty()).then(|| list.join(", ")));
    }

    fn tags(&mut self, tags: &ast::Tags) {
        let ast::Tags { because, until, envs } = tags;
        self.clause_list("in", names(envs));
        self.clause_of("until", until.as_ref().map(|date| date.value.to_string()));
        self.clause_of("because", because.as_ref().map(|text| quoted(&text.value)));
    }

    fn tenant(&mut self, node: &ast::Tenant) {
        let ast::Tenant { name, namespace, isolated, mesh, labels } = node;
        self.words(&name.value);
        self.clause_of("namespace", namespace.as_ref().map(|name| &name.value));
        if isolated.is_some() {
            self.clause("isolated");
        }
        self.clause_of("mesh", mesh.as_ref().map(|name| &name.value));
        self.labels(labels);
    }

    fn app(&mut self, node: &ast::App) {
        let ast::App { names: apps, ports, labels, mesh } = node;
        self.words(&names(apps).join(", "));
        self.clauses.extend(ports.iter().map(port_clause));
        self.labels(labels);
        self.clause_of("mesh", mesh.as_ref().map(|name| &name.value));
    }

    /// A clause gives a label once; what a tree has twice stands in two clauses.
    fn labels(&mut self, labels: &[ast::Label]) {
        let mut rest = labels;
        while !rest.is_empty() {
            let again = |at: &usize| rest[..*at].iter().any(|label| label.key.value == rest[*at].key.value);
            let (run, behind) = rest.split_at((1..rest.len()).find(again).unwrap_or(rest.len()));
            self.clause_list("labels", run.iter().map(label).collect());
            rest = behind;
        }
    }

    fn service(&mut self, node: &ast::Service) {
        let ast::Service { name, ports, app } = node;
        self.words(&name.value);
        self.clauses.extend(ports.iter().map(port_clause));
        self.clause_of("for", app.as_ref().map(|name| &name.value));
    }

    fn expose(&mut self, node: &ast::Expose) {
        let ast::Expose {
            target,
            port,
            addresses,
            access,
            tls,
            exact,
            rewrite,
            limits,
            timeout,
            backend,
            verify,
            host_header,
            from,
            redirect,
            annotations,
        } = node;
        let port = port.as_ref().map_or_else(String::new, |port| format!(":{}", self::port(&port.value)));
        self.words(&format!("{}{port} at {}", target.value, texts(addresses).join(", ")));
        if let Some(access) = access {
            self.clause(access.value.word());
        }
        if let Some(tls) = tls {
            self.clause(&self::tls(&tls.value));
        }
        if exact.is_some() {
            self.clause("exact");
        }
        self.clause_of("rewrite", rewrite.as_ref().map(|value| text(&value.value)));
        self.clauses.extend(limits.iter().map(limit));
        self.clause_of("timeout", timeout.map(|seconds| format!("{}s", seconds.value)));
        self.clause_of("backend", backend.as_ref().map(|backend| backend.value.word()));
        self.clause_of("verify", verify.as_ref().map(|name| &name.value));
        self.clause_of("host-header", host_header.as_ref().map(|value| text(&value.value)));
        self.clause_list("from", from.iter().map(|range| self::range(&range.value)).collect());
        self.clause_of("redirect", redirect.as_ref().map(|value| text(&value.value)));
        self.clauses.extend(annotations.iter().map(annotation));
    }

    fn rule(&mut self, node: &ast::Rule) {
        let ast::Rule { from, to } = node;
        self.words(&format!("{} -> {}", peers(from), peers(to)));
    }

    fn export(&mut self, node: &ast::Export) {
        let ast::Export { what, to } = node;
        let what = match what {
            ast::Exported::Peers(all) => peers(all),
            ast::Exported::Hosts(hosts) => {
                let mut hosts = texts(hosts);
                // Without quotes, `host to` would be about an app called `host`.
                hosts.iter_mut().take(1).filter(|first| *first == "to").for_each(|first| *first = quoted(first));
                format!("host {}", hosts.join(", "))
            }
            ast::Exported::Publish(all) => format!("publish {}", peers(all)),
        };
        self.words(&format!("{what} to {}", names(to).join(", ")));
    }

    fn external(&mut self, node: &ast::External) {
        let ast::External { name, remotes } = node;
        self.words(&format!("{} -> {}", name.value, names(remotes).join(", ")));
    }

    fn certificate(&mut self, node: &ast::Certificate) {
        let ast::Certificate { name, issuer, secret, names: hosts } = node;
        self.words(&name.value);
        self.clause_of("issuer", issuer.as_ref().map(|name| &name.value));
        self.clause_of("secret", secret.as_ref().map(|name| &name.value));
        self.clause_list("names", names(hosts));
    }

    fn group(&mut self, node: &ast::Group) {
        let ast::Group { name, peers } = node;
        self.words(&format!("{} = {}", name.value, self::peers(peers)));
    }

    fn ports(&mut self, node: &ast::PortsSet) {
        let ast::PortsSet { name, ports } = node;
        let ports: Vec<String> = ports.iter().map(|port| self::port(&port.value)).collect();
        self.words(&format!("{} = {}", name.value, ports.join(", ")));
    }

    fn include(&mut self, node: &ast::Include) {
        let ast::Include { path } = node;
        self.words(&quoted(&path.value));
    }

    fn platform(&mut self, node: &ast::Platform) {
        let ast::Platform { facts } = node;
        self.clauses.extend(facts.iter().map(fact));
        self.braces = true;
    }

    fn line(&self) -> String {
        if self.braces {
            return self.block();
        }
        let mut line = self.head.clone();
        // Before another word, `tls secret` would name a Secret.
        let (last, others): (Vec<&String>, Vec<&String>) =
            self.clauses.iter().partition(|clause| **clause == GROUP_SECRET);
        others.into_iter().chain(last).for_each(|clause| {
            let _ = write!(line, " {clause}");
        });
        line
    }

    fn block(&self) -> String {
        if self.clauses.is_empty() {
            return format!("{} {{ }}", self.head);
        }
        format!("{} {{ {} }}", self.head, self.clauses.join("; "))
    }
}

/// Peers as a statement lists them.
pub fn peers(peers: &[ast::Peer]) -> String {
    peers.iter().map(peer).collect::<Vec<_>>().join(", ")
}

/// One end of a rule, with its ports.
pub fn peer(peer: &ast::Peer) -> String {
    let ast::Peer { span: _, kind, ports } = peer;
    let ports = ports.as_ref().map_or_else(String::new, |ports| {
        let ast::Ports { span: _, specs, sound: _ } = ports;
        self::ports(specs.iter().map(|spec| &spec.value))
    });
    if ports.is_empty() { who(kind, false) } else { format!("{}:{ports}", who(kind, true)) }
}

fn who(kind: &PeerKind, with_ports: bool) -> String {
    match kind {
        PeerKind::Word(name) => name.value.to_string(),
        PeerKind::Pods(Place::Here, Selection::App(name)) => format!("./{}", name.value),
        PeerKind::Pods(Place::Here, which) => selection(which),
        PeerKind::Pods(Place::Team(team), which) => format!("{}/{}", team.value, selection(which)),
        PeerKind::Pods(Place::Every, which) => format!("*/{}", selection(which)),
        PeerKind::Pods(Place::Labelled(tenants), which) => {
            format!("tenants({})/{}", requirements(tenants), selection(which))
        }
        PeerKind::Ingress(access) => format!("ingress {}", access.word()),
        PeerKind::Dns(name) => format!("dns {}", name.value),
        PeerKind::Range(whole, holes) => ranges(whole, holes, with_ports),
    }
}

fn selection(selection: &Selection) -> String {
    match selection {
        Selection::All => "*".to_string(),
        Selection::App(name) => name.value.to_string(),
        Selection::Labelled(pods) => format!("pods({})", requirements(pods)),
    }
}

/// The ports stand behind the last range, whose colons those of IPv6 are not to be taken for.
fn ranges(whole: &Spanned<IpNet>, holes: &[Spanned<IpNet>], with_ports: bool) -> String {
    let all: Vec<&IpNet> = std::iter::once(whole).chain(holes).map(|range| &range.value).collect();
    let bracket = |at: usize, text: String| {
        let is_last_of_ipv6 = at + 1 == all.len() && all[at].addr().is_ipv6();
        if with_ports && is_last_of_ipv6 { format!("[{text}]") } else { text }
    };
    let words: Vec<String> = all.iter().enumerate().map(|(at, net)| bracket(at, range(net))).collect();
    words.join(" except ")
}

/// A range of addresses; one address stands alone.
pub fn range(range: &IpNet) -> String {
    if range.prefix_len() == range.max_prefix_len() { range.addr().to_string() } else { range.to_string() }
}

/// What a selector asks of labels, as it stands between parentheses.
pub fn requirements(requirements: &[Requirement]) -> String {
    requirements.iter().map(Requirement::to_string).collect::<Vec<_>>().join(", ")
}

/// Ports as they stand behind the colon of a peer.
pub fn ports<'p>(ports: impl IntoIterator<Item = &'p PortSpec>) -> String {
    ports.into_iter().map(port).collect::<Vec<_>>().join(",")
}

/// One port: `8080`, `http`, `53/tcp+udp`, `8000-9000`.
pub fn port(spec: &PortSpec) -> String {
    let PortSpec { port, protocols } = spec;
    let port = match port {
        PortRef::Numbers(low, high) if low == high => low.to_string(),
        PortRef::Numbers(low, high) => format!("{low}-{high}"),
        PortRef::Name(name) => name.to_string(),
    };
    format!("{port}{}", self::protocols(protocols))
}

/// A port with its name and protocols, as `port` declares it: `dns 53/tcp+udp`.
pub fn declared_port(name: &str, number: u16, protocols: &[Protocol]) -> String {
    format!("{name} {number}{}", self::protocols(protocols))
}

/// What stands behind a port's number or name.
fn protocols(protocols: &[Protocol]) -> String {
    let words: Vec<&str> = protocols.iter().map(|protocol| protocol.word()).collect();
    if words.is_empty() { String::new() } else { format!("/{}", words.join("+")) }
}

fn port_clause(port: &ast::Port) -> String {
    let ast::Port { name, number, protocols, target } = port;
    let target = target.map_or_else(String::new, |target| format!(" -> {}", target.value));
    format!("port {}{target}", declared_port(&name.value, number.value, protocols))
}

/// A certificate group of this name, which the word before a Secret's name is too.
const GROUP_SECRET: &str = "tls secret";

/// The clause for where a certificate comes from.
pub fn tls(tls: &ast::Tls) -> String {
    match tls {
        ast::Tls::Group(name) => format!("tls {}", name.value),
        ast::Tls::Secret(name) => format!("tls secret {}", name.value),
        ast::Tls::None => "no-tls".to_string(),
    }
}

fn limit(limit: &ast::Limit) -> String {
    let ast::Limit { span: _, connections, number } = limit;
    format!("limit {} {}", if *connections { "connections" } else { "rps" }, number.value)
}

fn annotation(annotation: &ast::Annotation) -> String {
    let ast::Annotation { key, value } = annotation;
    format!("nginx {} {}", key.value, bare_or_quoted(Rule::bare_list, &value.value))
}

fn label(label: &ast::Label) -> String {
    let ast::Label { key, value } = label;
    format!("{}={}", key.value, label::written(&value.value))
}

fn fact(fact: &ast::Fact) -> String {
    let ast::Fact { span: _, name, items, values } = fact;
    let mut line = name.value.to_string();
    for (at, item) in items.iter().enumerate() {
        // A blank behind the word of a statement would start one.
        let close = at == 0 && Keyword::of_word(&name.value).is_some();
        line.push_str(if close { "" } else { " " });
        line.push_str(&text(&item.value));
    }
    if !values.is_empty() {
        let values: Vec<String> =
            values.iter().map(|(name, value)| format!("{} = {}", name.value, text(&value.value))).collect();
        let _ = write!(line, " {{ {} }}", values.join("; "));
    }
    line
}

fn names(names: &[ast::Name]) -> Vec<String> {
    names.iter().map(|name| name.value.to_string()).collect()
}

fn texts(texts: &[ast::Text]) -> Vec<String> {
    texts.iter().map(|value| text(&value.value)).collect()
}

/// A host, path, URL or value: as it is where the grammar takes it for one word, else in quotes.
pub fn text(text: &str) -> String {
    bare_or_quoted(Rule::bare, text)
}

fn bare_or_quoted(rule: Rule, text: &str) -> String {
    let whole = |pairs: pest::iterators::Pairs<'_, Rule>| pairs.as_str().len() == text.len();
    if Grammar::parse(rule, text).is_ok_and(whole) { text.to_string() } else { quoted(text) }
}

/// A text in quotes.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\u{d}"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
