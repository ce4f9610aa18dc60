//! The ends of rules, the members of groups and what is exported: the nearest first.

use super::super::declared;
use super::items::{ItemKind, Items};
use super::{names, ports, selected};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use xks_core::model::names_tenant;
use xks_core::names::resolve::BUILT_IN;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::syntax::ast::{self, Body, PeerKind, Place as Whose, Selection};
use xks_core::syntax::cursor::Place;
use xks_core::values::address;
use xks_core::values::host::split_port;

/// What may stand at an end of a rule, in a group or in an export: of a word that has begun, the rest.
pub(super) fn peers(items: &mut Items<'_>, place: &Place<'_>) {
    let typed = items.typed();
    let source = !place.before.contains(&"->") && matches!(place.statement, "allow" | "never" | "expect");
    if let Some((peer, ports)) = split_ports(typed) {
        items.behind(typed.len() - ports.len());
        if !source {
            ports::of_peer(items, peer);
        }
        return;
    }
    // Behind labels stands `/` or `:`.
    if typed.ends_with(')') {
        return;
    }
    let holders = Holders::new(items, place);
    if let Some((team, _)) = typed.rsplit_once('/') {
        items.behind(team.len() + 1);
        return pods_of(items, team, source, &holders);
    }
    let own = names::tenant(items);
    if let Some(own) = &own {
        names::of_tenant(items, own, Kind::App, "");
        for name in items.snapshot.index().declared(Some(own), Kind::Group) {
            if !holders.contain(own, name) {
                items.symbol(&Symbol::of(Kind::Group, own, name.clone()), name, "");
            }
        }
    }
    if place.statement == "export" {
        if place.before == ["export"] {
            items.word("host", ItemKind::Keyword, "a host that others may expose too");
            items.word("publish", ItemKind::Keyword, "apps that others may publish under a host");
        }
        items.word("*", ItemKind::Operator, "every pod of this tenant");
        return pods(items, "the pods of this tenant with these labels");
    }
    for name in items.snapshot.index().groups_of_platform() {
        items.symbol(&Symbol::global(Kind::Group, name.clone()), name, "of the platform");
    }
    if let (Some(own), false) = (&own, source) {
        for name in externals(items, own) {
            items.symbol(&Symbol::of(Kind::External, own, name.clone()), name, "");
        }
        exported(items, own, &holders);
    }
    for word in BUILT_IN {
        items.symbol(&Symbol::global(Kind::BuiltIn, SmolStr::new_static(word)), word, "");
    }
    items.word("ingress public", ItemKind::Constant, "the public ingress controller");
    items.word("ingress private", ItemKind::Constant, "the private ingress controller");
    items.word("*", ItemKind::Operator, "every pod of this tenant");
    items.word("*/*", ItemKind::Operator, "every pod of every tenant");
    pods(items, "the pods of this tenant with these labels");
    items.form("tenants(", "tenants(${1:tier=edge})/${2:*}", "the pods of the tenants with these labels");
    names::others(items, "/");
}

/// `pods(…)`, to be filled in.
fn pods(items: &mut Items<'_>, detail: &str) {
    items.form("pods(", "pods(${1:tier=web})", detail);
}

/// What goes on a peer that stands before the place: the side of `ingress`, and `except` behind a range of addresses that
/// has no port yet.
pub(super) fn more(items: &mut Items<'_>, place: &Place<'_>) {
    let Some(last) = place.before.last().filter(|_| matches!(place.statement, "allow" | "never" | "expect" | "group"))
    else {
        return;
    };
    let bare = last.strip_prefix('[').and_then(|word| word.strip_suffix(']')).unwrap_or(last);
    if address::range(bare).is_ok_and(|range| range.prefix_len() < range.max_prefix_len()) {
        items.word("except", ItemKind::Keyword, "a range without another");
    }
    if *last == "ingress" {
        items.word("public", ItemKind::Constant, "the public ingress controller");
        if selected::platform(items.snapshot).private_class.is_some() {
            items.word("private", ItemKind::Constant, "the private ingress controller");
        }
    }
}

/// A peer and what has been typed of its ports. The colons of an address are none that ports follow.
fn split_ports(typed: &str) -> Option<(&str, &str)> {
    let close = typed.rfind([')', ']']).map_or(0, |at| at + 1);
    let (_, ports) = typed[close..].split_once(':')?;
    Some((&typed[..typed.len() - ports.len() - 1], ports))
}

/// The externals that a rule can name: those with addresses, in one environment at least.
fn externals<'s>(items: &Items<'s>, own: &str) -> BTreeSet<&'s SmolStr> {
    let platform = selected::platform(items.snapshot);
    let envs = || platform.envs.iter().map(Some).chain(platform.envs.is_empty().then_some(None));
    let is_address = |env, remote: &ast::Text| {
        let whole = xks_core::model::expand(env, &remote.value);
        whole.is_ok_and(|whole| address::address(split_port(&whole).0).is_ok())
    };
    let named = declared::statements(items.snapshot, own).filter_map(|statement| match &statement.body {
        Body::External(external) => Some(external),
        _ => None,
    });
    named
        .filter(|external| envs().any(|env| external.remotes.iter().all(|remote| is_address(env, remote))))
        .map(|external| &external.name.value)
        .collect()
}

/// The groups that hold the one that is being written, with their tenants, and that one: it cannot hold them.
#[derive(Default)]
struct Holders(BTreeSet<(SmolStr, SmolStr)>);

impl Holders {
    fn new(items: &Items<'_>, place: &Place<'_>) -> Holders {
        let name = place.text.split_ascii_whitespace().nth(1);
        let (Some(own), Some(name), "group") = (names::tenant(items), name, place.statement) else {
            return Holders::default();
        };
        let mut holders = Holders([(own, SmolStr::new(name))].into());
        let index = items.snapshot.index();
        let groups: Vec<(&SmolStr, &ast::Group)> = (items.snapshot.parsed.iter())
            .filter_map(|parsed| Some((index.tenant_of(parsed.file.id)?, &parsed.file.statements)))
            .flat_map(|(owner, statements)| statements.iter().map(move |statement| (owner, &statement.body)))
            .filter_map(|(owner, body)| match body {
                Body::Group(group) => Some((owner, group)),
                _ => None,
            })
            .collect();
        let holds = |holders: &Holders, owner: &SmolStr, peer: &ast::Peer| match &peer.kind {
            PeerKind::Word(name) | PeerKind::Pods(Whose::Here, Selection::App(name)) => {
                holders.contain(owner, &name.value)
            }
            PeerKind::Pods(Whose::Team(team), Selection::App(name)) => holders.contain(&team.value, &name.value),
            _ => false,
        };
        // Until no group is added: each time round, at least one is.
        while let Some((owner, group)) = groups.iter().find(|(owner, group)| {
            !holders.contain(owner, &group.name.value) && group.peers.iter().any(|peer| holds(&holders, owner, peer))
        }) {
            holders.0.insert(((*owner).clone(), group.name.value.clone()));
        }
        holders
    }

    fn contain(&self, tenant: &SmolStr, name: &SmolStr) -> bool {
        !self.0.is_empty() && self.0.contains(&(tenant.clone(), name.clone()))
    }
}

/// What other tenants export to this one.
fn exported(items: &mut Items<'_>, own: &SmolStr, holders: &Holders) {
    let index = items.snapshot.index();
    for parsed in &items.snapshot.parsed {
        let Some(owner) = index.tenant_of(parsed.file.id).filter(|owner| *owner != own) else { continue };
        for statement in &parsed.file.statements {
            let Body::Export(export) = &statement.body else { continue };
            if !grants(export, own) {
                continue;
            }
            for peer in export.peers() {
                let name = match &peer.kind {
                    PeerKind::Word(name) | PeerKind::Pods(Whose::Here, Selection::App(name)) => name,
                    PeerKind::Pods(Whose::Here, Selection::All) => {
                        items.word(&format!("{owner}/*"), ItemKind::Operator, "exported to this tenant");
                        continue;
                    }
                    _ => continue,
                };
                if holders.contain(owner, &name.value) {
                    continue;
                }
                let symbol = Symbol::of(Kind::App, owner, name.value.clone());
                items.symbol(&symbol, &format!("{owner}/{}", name.value), "exported to this tenant");
            }
        }
    }
}

fn grants(export: &ast::Export, tenant: &str) -> bool {
    names_tenant(export.to.iter().map(|name| &name.value), tenant)
}

/// The pods of one tenant, behind `team/`, what it exports to this one first; or of those that `*/` and `tenants(…)/` select.
fn pods_of(items: &mut Items<'_>, team: &str, source: bool, holders: &Holders) {
    let own = names::tenant(items);
    let team = match team {
        "." => own.clone(),
        team if selected::is_selector(team) => {
            for app in selected::apps(items.snapshot, team) {
                items.word(app, ItemKind::Class, "");
            }
            None
        }
        team => Some(SmolStr::new(team)),
    };
    if let Some(team) = &team {
        let here = source || Some(team) == own.as_ref();
        let index = items.snapshot.index();
        let all = [Kind::App, Kind::Group].into_iter().flat_map(|kind| {
            index.declared(Some(team), kind).into_iter().map(move |name| Symbol::of(kind, team, name.clone()))
        });
        let all = all.filter(|symbol| !holders.contain(team, &symbol.name));
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
    items.word("*", ItemKind::Operator, "every pod");
    pods(items, "the pods with these labels");
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
            export.peers().iter().for_each(|peer| granted.add(peer));
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
