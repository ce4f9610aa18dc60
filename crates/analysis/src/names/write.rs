//! What a tenant would write: ends of the model as peers of the syntax tree, and statements of them, to be printed.

use super::Scope;
use crate::model::{Pods, Port};
use smol_str::SmolStr;
use xks_base::values::port::{PortRef, PortSpec, Protocol};
use xks_kubernetes::edge::{Authentication, Behavior, Clients, Timeouts, Upstream};
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

/// The clauses of `expose` that say how requests are treated; `None` where there is no clause for a part of it.
pub fn clauses(behavior: &Behavior) -> Option<Vec<String>> {
    let Behavior { clients, limits, rewrite, regex, redirect, upstream, authentication, timeouts, body, extras } =
        behavior;
    let Clients { allowed, denied } = clients;
    let Upstream { protocol, host_header, verification } = upstream;
    let Authentication { password, external } = authentication;
    let Timeouts { read, send } = timeouts;
    let unsaid = *regex
        || denied.is_some()
        || verification.is_some()
        || password.is_some()
        || external.is_some()
        || body.is_some()
        || !extras.is_empty()
        || read != send
        || allowed.as_ref().is_some_and(Vec::is_empty);
    if unsaid {
        return None;
    }
    let limit = |connections: bool, number: Option<u32>| {
        number.map(|number| ast::Limit { span: ast::UNWRITTEN, connections, number: unwritten(number) })
    };
    let connections = limit(true, limits.connections);
    let expose = ast::Expose {
        target: unwritten(SmolStr::default()),
        port: None,
        addresses: Vec::new(),
        access: None,
        tls: None,
        exact: None,
        rewrite: rewrite.clone().map(unwritten),
        limits: connections.into_iter().chain(limit(false, limits.requests_per_second)).collect(),
        timeout: read.map(unwritten),
        backend: protocol.map(unwritten),
        verify: None,
        host_header: host_header.clone().map(unwritten),
        from: allowed.iter().flatten().copied().map(unwritten).collect(),
        redirect: redirect.clone().map(unwritten),
        annotations: Vec::new(),
    };
    Some(print::clauses(&Statement::unwritten(Body::Expose(Box::new(expose)))))
}

fn line(body: Body) -> String {
    print::one_line(&Statement::unwritten(body))
}
