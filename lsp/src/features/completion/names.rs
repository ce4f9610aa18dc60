//! Names that can stand somewhere: the nearest first.

use super::super::declared::{self, number};
use super::items::Items;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use tower_lsp_server::gen_lsp_types::CompletionItemKind;
use xks::names::resolve::BUILT_IN;
use xks::names::uses::{Kind, Symbol};
use xks::syntax::ast::{self, Body, PeerKind, Place as Whose, Selection};
use xks::syntax::cursor::Place;
use xks::values::host::split;

/// The tenant of the file, if it has one.
fn tenant(items: &Items<'_>) -> Option<SmolStr> {
    items.snapshot.index().tenant_of(items.word.file).cloned()
}

/// Names of one kind that the file's tenant declares.
pub(super) fn own(items: &mut Items<'_>, kind: Kind) {
    if let Some(tenant) = tenant(items) {
        of_tenant(items, &tenant, kind, "");
    }
}

fn of_tenant(items: &mut Items<'_>, tenant: &SmolStr, kind: Kind, detail: &str) {
    for name in items.snapshot.index().declared(Some(tenant), kind) {
        items.symbol(&Symbol::of(kind, tenant, name.clone()), name, detail);
    }
}

/// Names of one kind that belong to nobody.
pub(super) fn own_nobody(items: &mut Items<'_>, kind: Kind) {
    for name in items.snapshot.index().declared(None, kind) {
        items.symbol(&Symbol::global(kind, name.clone()), name, "");
    }
}

/// Names of one kind that the tenant's files use, declared or not.
pub(super) fn used(items: &mut Items<'_>, kind: Kind) {
    let (index, own) = (items.snapshot.index(), tenant(items));
    let files = own.iter().flat_map(|own| index.files_of(own));
    let symbols = files.flat_map(|file| index.in_file(*file)).filter(|name| {
        // What is being typed is no name yet.
        name.symbol.kind == kind && (name.span.file != items.word.file || name.span.start != items.word.start)
    });
    let symbols: BTreeSet<Symbol> = symbols.map(|name| name.symbol).collect();
    for symbol in &symbols {
        items.symbol(symbol, &symbol.name, "");
    }
}

pub(super) fn certificates(items: &mut Items<'_>) {
    own(items, Kind::Certificate);
    used(items, Kind::Certificate);
    items.word("secret", CompletionItemKind::Keyword, "a Secret that is there already");
}

pub(super) fn issuers(items: &mut Items<'_>) {
    own_nobody(items, Kind::Issuer);
    let platform = xks::model::Platform::default().issuer;
    items.symbol(&Symbol::global(Kind::Issuer, platform.clone()), &platform, "the platform's, unless it names another");
    used(items, Kind::Issuer);
}

/// The hosts that this tenant publishes or has in certificates, as they are written; the patterns that the platform gives
/// out; and values of the environments, of which a host may be made.
pub(super) fn hosts(items: &mut Items<'_>) {
    for host in own_hosts(items) {
        items.symbol(&Symbol::global(Kind::Host, SmolStr::new(host)), host, "");
    }
    for file in &items.snapshot.parsed {
        for statement in &file.file.statements {
            let Body::Platform(platform) = &statement.body else { continue };
            for fact in &platform.facts {
                let zones = fact.items.iter().skip_while(|item| fact.name.value == "issuer" && item.value != "zones");
                if matches!(fact.name.value.as_str(), "hosts" | "issuer") {
                    for item in zones.take_while(|item| item.value != "to").filter(|item| item.value.contains('.')) {
                        items.word(item.value.trim_start_matches("*."), CompletionItemKind::Value, "a zone");
                    }
                }
            }
        }
    }
    for value in items.snapshot.index().declared(None, Kind::Value) {
        let symbol = Symbol::global(Kind::Value, value.clone());
        items.symbol(&symbol, &format!("${{{value}}}"), "a value of the environments");
    }
}

fn own_hosts<'s>(items: &Items<'s>) -> BTreeSet<&'s str> {
    let Some(own) = tenant(items) else { return BTreeSet::new() };
    let written = |body: &'s Body| match body {
        Body::Expose(node) => node.addresses.as_slice(),
        Body::Certificate(node) => node.names.as_slice(),
        _ => &[],
    };
    // What is being typed is no host yet.
    let typed = |text: &&ast::Text| text.span.file == items.word.file && text.span.start == items.word.start;
    let texts = declared::statements(items.snapshot, &own).flat_map(|statement| written(&statement.body));
    texts.filter(|text| !typed(text)).map(|text| split(&text.value).0).filter(|host| !host.is_empty()).collect()
}

/// What `expose` publishes; its ports, behind a colon.
pub(super) fn targets(items: &mut Items<'_>) {
    let typed = items.typed();
    if let Some((target, _)) = typed.split_once(':') {
        items.behind(target.len() + 1);
        if let Some(tenant) = tenant(items) {
            service_ports(items, &tenant, target);
            app_ports(items, &tenant, target);
        }
        return;
    }
    [Kind::App, Kind::Service, Kind::External].into_iter().for_each(|kind| own(items, kind));
}

/// Every other tenant.
pub(super) fn tenants(items: &mut Items<'_>) {
    others(items, "");
}

/// Every other tenant, and what is written behind its name.
fn others(items: &mut Items<'_>, behind: &str) {
    let own = tenant(items);
    for name in items.snapshot.index().tenants().filter(|name| Some(*name) != own.as_ref()) {
        items.symbol(&Symbol::global(Kind::Tenant, name.clone()), &format!("{name}{behind}"), "");
    }
}

pub(super) fn grantees(items: &mut Items<'_>) {
    tenants(items);
    items.word("*", CompletionItemKind::Operator, "every tenant");
}

/// What may stand at an end of a rule, in a group or in an export: of a word that has begun, the rest.
pub(super) fn peers(items: &mut Items<'_>, place: &Place<'_>) {
    let typed = items.typed();
    let source = !place.before.contains(&"->") && matches!(place.statement, "allow" | "never" | "expect");
    if let Some((peer, ports)) = typed.split_once(':') {
        items.behind(typed.len() - ports.len());
        if !source {
            ports_behind(items, peer);
        }
        return;
    }
    if let Some((team, _)) = typed.rsplit_once('/') {
        items.behind(team.len() + 1);
        return pods_of(items, team, source);
    }
    for kind in [Kind::App, Kind::Group] {
        own(items, kind);
    }
    if !source && place.statement != "export" {
        own(items, Kind::External);
    }
    if place.statement == "export" {
        return items.word("*", CompletionItemKind::Operator, "every pod of this tenant");
    }
    if !source {
        exported(items);
    }
    for word in BUILT_IN {
        items.symbol(&Symbol::global(Kind::BuiltIn, SmolStr::new_static(word)), word, "");
    }
    items.word("ingress public", CompletionItemKind::Constant, "the public ingress controller");
    items.word("ingress private", CompletionItemKind::Constant, "the private ingress controller");
    items.word("*", CompletionItemKind::Operator, "every pod of this tenant");
    items.word("*/*", CompletionItemKind::Operator, "every pod of every tenant");
    others(items, "/");
}

/// What other tenants export to this one.
fn exported(items: &mut Items<'_>) {
    let Some(own) = tenant(items) else { return };
    let index = items.snapshot.index();
    for parsed in &items.snapshot.parsed {
        let Some(owner) = index.tenant_of(parsed.file.id).filter(|owner| **owner != own) else { continue };
        for statement in &parsed.file.statements {
            let Body::Export(export) = &statement.body else { continue };
            if !grants(export, &own) {
                continue;
            }
            for peer in &export.what {
                let name = match &peer.kind {
                    PeerKind::Word(name) | PeerKind::Pods(Whose::Here, Selection::App(name)) => name,
                    PeerKind::Pods(Whose::Here, Selection::All) => {
                        items.word(&format!("{owner}/*"), CompletionItemKind::Operator, "exported to this tenant");
                        continue;
                    }
                    _ => continue,
                };
                let symbol = Symbol::of(Kind::App, owner, name.value.clone());
                items.symbol(&symbol, &format!("{owner}/{}", name.value), "exported to this tenant");
            }
        }
    }
}

fn grants(export: &ast::Export, tenant: &str) -> bool {
    export.to.iter().any(|name| name.value == "*" || name.value == tenant)
}

/// The pods of one tenant, behind `team/`; what it exports to this one first.
fn pods_of(items: &mut Items<'_>, team: &str, source: bool) {
    let own = tenant(items);
    let team = match team {
        "." => own.clone(),
        "*" => None,
        team => Some(SmolStr::new(team)),
    };
    if let Some(team) = &team {
        let here = source || Some(team) == own.as_ref();
        let index = items.snapshot.index();
        let all = [Kind::App, Kind::Group].into_iter().flat_map(|kind| {
            index.declared(Some(team), kind).into_iter().map(move |name| Symbol::of(kind, team, name.clone()))
        });
        let granted = own.as_ref().map(|own| exports(items, team, own)).unwrap_or_default();
        let (open, rest): (Vec<_>, Vec<_>) = all.partition(|symbol| granted.covers(&symbol.name));
        for (symbols, detail) in
            [(open, "exported to this tenant"), (rest, if here { "" } else { "not exported to this tenant" })]
        {
            for symbol in &symbols {
                items.symbol(symbol, &symbol.name, detail);
            }
        }
    }
    items.word("*", CompletionItemKind::Operator, "every pod");
}

/// What a tenant exports to another.
#[derive(Default)]
struct Granted<'s> {
    all: bool,
    names: BTreeSet<&'s str>,
}

impl<'s> Granted<'s> {
    fn covers(&self, name: &str) -> bool {
        self.all || self.names.contains(name)
    }

    fn add(&mut self, peer: &'s ast::Peer) {
        match &peer.kind {
            PeerKind::Word(name) | PeerKind::Pods(Whose::Here, Selection::App(name)) => {
                self.names.insert(&name.value);
            }
            PeerKind::Pods(Whose::Here, Selection::All) => self.all = true,
            _ => {}
        }
    }
}

fn exports<'s>(items: &Items<'s>, team: &str, own: &str) -> Granted<'s> {
    let mut granted = Granted::default();
    let statements = || declared::statements(items.snapshot, team).map(|statement| &statement.body);
    for body in statements() {
        if let Body::Export(export) = body
            && grants(export, own)
        {
            export.what.iter().for_each(|peer| granted.add(peer));
        }
    }
    // Who exports a group exports its members.
    for body in statements() {
        if let Body::Group(group) = body
            && granted.covers(&group.name.value)
        {
            group.peers.iter().for_each(|peer| granted.add(peer));
        }
    }
    granted
}

/// The ports of a destination: of the app, and the sets of its tenant and of this one.
fn ports_behind(items: &mut Items<'_>, peer: &str) {
    let Some(own) = tenant(items) else { return };
    let (team, name) = match peer.rsplit_once('/') {
        Some((".", name)) => (own.clone(), name),
        Some((team, name)) => (SmolStr::new(team), name),
        None => (own.clone(), peer),
    };
    app_ports(items, &team, name);
    for owner in [&team, &own] {
        of_tenant(items, owner, Kind::PortSet, "a set of ports");
    }
}

fn app_ports(items: &mut Items<'_>, tenant: &SmolStr, name: &str) {
    let Some(app) = declared::app(items.snapshot, tenant, name) else { return };
    ports(items, tenant, Kind::Port, app.names.first(), &app.ports);
}

fn service_ports(items: &mut Items<'_>, tenant: &SmolStr, name: &str) {
    let Some(service) = declared::service(items.snapshot, tenant, name) else { return };
    ports(items, tenant, Kind::ServicePort, Some(&service.name), &service.ports);
}

/// Ports by their names, then by their numbers.
fn ports(items: &mut Items<'_>, tenant: &SmolStr, kind: Kind, owner: Option<&ast::Name>, ports: &[ast::Port]) {
    let owner = owner.map(|owner| owner.value.clone());
    for port in ports {
        let (tenant, owner, name) = (Some(tenant.clone()), owner.clone(), port.name.value.clone());
        items.symbol(&Symbol { kind, tenant, owner, name }, &port.name.value, &number(port));
    }
    for port in ports {
        items.word(&port.number.value.to_string(), CompletionItemKind::Value, &port.name.value);
    }
}
