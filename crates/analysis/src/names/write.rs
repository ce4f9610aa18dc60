//! What a tenant would write: ends of the model as peers of the syntax tree, and statements of them, to be printed.

use super::Scope;
use crate::model::{Pods, Port};
use smol_str::SmolStr;
use xks_base::values::port::{PortRef, PortSpec, Protocol};
use xks_syntax::ast::{self, Body, Peer, PeerKind, Place, Selection, Statement, unwritten};
use xks_syntax::print;

/// Pods and ports as their own tenant writes them.
pub fn own(scope: &Scope<'_>, pods: &Pods, ports: &[Port]) -> Peer {
    let kind = match selection(pods) {
        Selection::App(name) => PeerKind::Word(name),
        others => PeerKind::Pods(Place::Here, others),
    };
    Peer::unwritten(kind, specs(scope, pods, ports))
}

/// The same as other tenants write them, who call the tenant `name`.
pub fn of_tenant(scope: &Scope<'_>, name: &SmolStr, pods: &Pods, ports: &[Port]) -> Peer {
    let kind = PeerKind::Pods(Place::Team(unwritten(name.clone())), selection(pods));
    Peer::unwritten(kind, specs(scope, pods, ports))
}

/// Which pods of a tenant they are.
pub fn selection(pods: &Pods) -> Selection {
    match (&pods.app, &*pods.requirements) {
        (Some(app), _) => Selection::App(unwritten(app.clone())),
        (None, []) => Selection::All,
        (None, requirements) => Selection::Labelled(requirements.to_vec()),
    }
}

/// Ports, by the names that the app declares.
pub fn specs(scope: &Scope<'_>, pods: &Pods, ports: &[Port]) -> Vec<PortSpec> {
    let app = pods.app.as_ref().and_then(|app| scope.apps.get(app));
    let declared = |port: &Port| {
        let PortRef::Numbers(low, high) = port.port else { return None };
        let is_it = |own: &&super::AppPort| low == high && own.number == low && own.protocol == port.protocol;
        app?.ports.iter().find(is_it)
    };
    let spec = |port: &Port| match declared(port) {
        Some(own) => PortSpec { port: PortRef::Name(own.name.clone()), protocols: Vec::new() },
        None => PortSpec { port: port.port.clone(), protocols: protocols(port.protocol) },
    };
    ports.iter().map(spec).collect()
}

/// The protocols that are written for one: none for TCP.
pub fn protocols(protocol: Protocol) -> Vec<Protocol> {
    if protocol == Protocol::Tcp { Vec::new() } else { vec![protocol] }
}

/// The line of a rule.
pub fn allow(from: Peer, to: Peer) -> String {
    line(Body::Allow(ast::Rule { from: vec![from], to: vec![to] }))
}

/// The line of a consent.
pub fn export(what: Peer, to: &SmolStr) -> String {
    line(Body::Export(ast::Export { what: ast::Exported::Peers(vec![what]), to: vec![unwritten(to.clone())] }))
}

fn line(body: Body) -> String {
    print::one_line(&Statement::unwritten(body))
}
