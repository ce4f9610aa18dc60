//! The ports of what stands before them.

use super::super::declared::{self, number};
use super::items::{ItemKind, Items};
use super::{names, selected};
use smol_str::SmolStr;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::syntax::ast::{self, Body};
use xks_core::syntax::cursor::Place;
use xks_core::values::host::split_port;
use xks_core::values::port::Protocol;

/// The ports of a destination: of the app, and the sets of its tenant and of this one. Of what has been typed, the last.
pub(super) fn of_peer(items: &mut Items<'_>, peer: &str) {
    let typed = items.typed();
    let start = typed.rfind(',').map_or(0, |at| at + 1);
    items.behind(start);
    if typed[start..].contains('/') {
        return protocols(items);
    }
    let Some(own) = names::tenant(items) else { return };
    let (team, name) = match peer.rsplit_once('/') {
        Some((place, name)) if selected::is_selector(place) => {
            for (tenant, app) in selected::declared_apps(items.snapshot, place) {
                if name == "*" || app.names.iter().any(|one| one.value == name) {
                    of_app(items, &tenant, app);
                }
            }
            return sets(items, &own);
        }
        Some((".", name)) => (own.clone(), name),
        Some((team, name)) => (SmolStr::new(team), name),
        None => (own.clone(), peer),
    };
    if let Some(app) = declared::app(items.snapshot, &team, name) {
        of_app(items, &team, app);
    }
    sets(items, &team);
    sets(items, &own);
}

fn sets(items: &mut Items<'_>, tenant: &SmolStr) {
    names::of_tenant(items, tenant, Kind::PortSet, "a set of ports");
}

/// The protocols of a port, of which several are joined with `+`.
pub(super) fn protocols(items: &mut Items<'_>) {
    let written = items.typed().rfind(['/', '+']).map_or(0, |at| at + 1);
    items.behind(written);
    for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Sctp] {
        items.word(protocol.word(), ItemKind::EnumMember, "");
    }
}

/// Ports by their names, then by their numbers, with the protocol where that is not TCP.
fn of_app(items: &mut Items<'_>, tenant: &SmolStr, app: &ast::App) {
    for port in &app.ports {
        named(items, tenant, Kind::Port, app.names.first(), port);
    }
    for port in &app.ports {
        let tcp = port.protocols.is_empty() || port.protocols.contains(&Protocol::Tcp);
        let text = if tcp { port.number.value.to_string() } else { number(port) };
        items.word(&text, ItemKind::Value, &port.name.value);
    }
}

/// What `expose` publishes; its ports, behind a colon.
pub(super) fn targets(items: &mut Items<'_>) {
    if let Some((target, _)) = items.typed().split_once(':') {
        items.behind(target.len() + 1);
        return of_target(items, target);
    }
    [Kind::App, Kind::Service, Kind::External].into_iter().for_each(|kind| names::own(items, kind));
}

/// The ports that an `expose` can lead to: the external's; else those of the Service, which has its app's where it states
/// none; else the app's. An Ingress leads to TCP ports only.
fn of_target(items: &mut Items<'_>, target: &str) {
    let Some(own) = names::tenant(items) else { return };
    let target = target.strip_prefix("./").unwrap_or(target);
    if let Some(external) = external(items, &own, target) {
        let ports = external.remotes.iter().filter_map(|remote| split_port(&remote.value).1);
        ports.for_each(|port| items.word(port, ItemKind::Value, "the port of the external"));
        return;
    }
    let service = declared::service_of(items.snapshot, &own, target);
    let app = service.map_or(target, |service| &service.app.as_ref().unwrap_or(&service.name).value);
    let app = declared::app(items.snapshot, &own, app);
    let own_ports = app.map_or(&[][..], |app| &app.ports);
    let (kind, owner, ports) = match service.filter(|service| !service.ports.is_empty()) {
        Some(service) => (Kind::ServicePort, Some(&service.name), &service.ports[..]),
        None => (Kind::Port, app.and_then(|app| app.names.first()), own_ports),
    };
    let is_tcp = |port: &ast::Port| {
        let same_name = own_ports.iter().find(|own| own.name.value == port.name.value);
        let inherited = same_name.and_then(|own| own.protocols.first());
        port.protocols.first().or(inherited).is_none_or(|protocol| *protocol == Protocol::Tcp)
    };
    for port in ports.iter().filter(|port| is_tcp(port)) {
        named(items, &own, kind, owner, port);
    }
    // Of two ports with one number, the first is meant.
    for (at, port) in ports.iter().enumerate().filter(|(_, port)| is_tcp(port)) {
        if ports[..at].iter().all(|before| before.number.value != port.number.value) {
            items.word(&port.number.value.to_string(), ItemKind::Value, &port.name.value);
        }
    }
}

/// The names of the ports that a `service` can state: those of its app, which it then leads to.
pub(super) fn of_service(items: &mut Items<'_>, place: &Place<'_>) {
    let Some(own) = names::tenant(items) else { return };
    let mut words =
        place.text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '{')).filter(|word| !word.is_empty());
    let name = words.nth(1).unwrap_or_default();
    let app = words.skip_while(|word| *word != "for").nth(1).unwrap_or(name);
    let Some(app) = declared::app(items.snapshot, &own, app) else { return };
    for port in &app.ports {
        named(items, &own, Kind::Port, app.names.first(), port);
    }
}

fn external<'s>(items: &Items<'s>, tenant: &str, name: &str) -> Option<&'s ast::External> {
    declared::statements(items.snapshot, tenant).find_map(|statement| match &statement.body {
        Body::External(external) if external.name.value == name => Some(external),
        _ => None,
    })
}

fn named(items: &mut Items<'_>, tenant: &SmolStr, kind: Kind, owner: Option<&ast::Name>, port: &ast::Port) {
    let (tenant, owner) = (Some(tenant.clone()), owner.map(|owner| owner.value.clone()));
    let symbol = Symbol { kind, tenant, owner, name: port.name.value.clone() };
    items.symbol(&symbol, &port.name.value, &number(port));
}
