//! `external` and `service`: the Services that a tenant has the compiler write.

use super::{Context, errors, text};
use crate::model::{External, Remote, Service, ServicePort};
use crate::names::{AppPort, Scope};
use std::net::IpAddr;
use xks_base::diagnostics::Diagnostic;
use xks_base::source::Span;
use xks_base::values::host::{Host, split_port};
use xks_base::values::port::Protocol;
use xks_base::values::{Problem, address, port};
use xks_syntax::ast;

/// Checks an `external`.
pub(super) fn external(
    cx: &Context<'_, '_>,
    node: &ast::External,
    origin: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<External> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    let mut host: Option<(Host, Span)> = None;
    let mut number: Option<(u16, Span)> = None;
    let mut sound = true;
    for remote in &node.remotes {
        let Some(whole) = text::expand(cx, remote, out) else {
            sound = false;
            continue;
        };
        if let Some(at) = whole.find("://") {
            let problem = Problem::new("a destination has no scheme").meant(whole[at + 3..].trim_end_matches('/'));
            out.push(errors::invalid_external(remote.span, &whole, problem));
            sound = false;
            continue;
        }
        let (name, port_text) = split_port(&whole);
        if let Some(port_text) = port_text {
            match (port::number(port_text), number) {
                (Ok(found), Some((first, span))) if found != first => {
                    out.push(errors::clause_conflict(
                        remote.span,
                        span,
                        "an external has one port",
                        "write the same port behind each address",
                    ));
                }
                (Ok(found), _) => number = Some((found, remote.span)),
                (Err(problem), _) => {
                    let plain = (remote.span.end - remote.span.start) as usize == whole.len();
                    let span = if plain {
                        Span { start: remote.span.end - port_text.len() as u32, ..remote.span }
                    } else {
                        remote.span
                    };
                    out.push(xks_syntax::errors::invalid(
                        &xks_syntax::errors::INVALID_PORT,
                        span,
                        port_text,
                        "a port",
                        problem,
                    ));
                    sound = false;
                }
            }
        }
        match destination(cx, name) {
            Ok(Destination::Address(ip)) => addresses.push(ip),
            Ok(Destination::Host(found)) => host = Some((found, remote.span)),
            Err(problem) => {
                let whole_meant = problem.meant.map(|meant| whole.replacen(name, &meant, 1));
                out.push(errors::invalid_external(remote.span, name, Problem { meant: whole_meant, ..problem }));
                sound = false;
            }
        }
    }
    if let (Some((_, span)), true) = (&host, node.remotes.len() > 1) {
        let other = node.remotes.iter().map(|remote| remote.span).find(|other| other != span).unwrap_or(*span);
        out.push(errors::clause_conflict(
            *span,
            other,
            "an external is one name, or addresses",
            "declare an external for each",
        ));
        return None;
    }
    addresses.sort();
    addresses.dedup();
    let remote = match host {
        Some((host, _)) => Remote::Host(host),
        None => Remote::Addresses(addresses),
    };
    sound.then(|| External { name: node.name.value.clone(), remote, port: number.map(|(number, _)| number), origin })
}

enum Destination {
    Address(IpAddr),
    Host(Host),
}

fn destination(cx: &Context<'_, '_>, text: &str) -> Result<Destination, Problem> {
    if address::range(text).is_ok() && text.contains('/') {
        return Err(Problem::new("an external takes single addresses; a range is named in `allow`, or in a `group`"));
    }
    if text.contains(':') || text.split('.').all(|part| part.bytes().all(|b| b.is_ascii_digit())) {
        let ip = address::address(text)?;
        if let Some(reason) = address::not_an_endpoint(&ip) {
            return Err(Problem::new(reason));
        }
        let inside = |ranges: &[ipnet::IpNet]| ranges.iter().any(|range| range.contains(&ip));
        if inside(&cx.platform.metadata) {
            return Err(Problem::new("it is the cloud's metadata service"));
        }
        if inside(&cx.platform.pod_ranges) || inside(&cx.platform.service_ranges) {
            return Err(Problem::new("it lies inside the cluster: name the app instead, so that its policies count"));
        }
        return Ok(Destination::Address(ip));
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let inner = ["localhost", "svc", "cluster.local", "local"];
    if name == "localhost"
        || inner[1..3].iter().any(|zone| name.ends_with(&format!(".{zone}")))
        || name.contains(".svc.")
    {
        return Err(Problem::new(
            "it leads back into the cluster, past the policies of whoever is there (CVE-2021-25740)",
        ));
    }
    // The controller looks names up with the cluster's search domains: `app.namespace` is a Service's name to it.
    let last = name.rsplit('.').next().unwrap_or(name);
    if cx.platform.owns_namespace(last) || cx.names.tenants.iter().any(|scope| scope.namespace == last) {
        return Err(Problem::new(format!(
            "`{last}` is a namespace: it leads back into the cluster, past the policies of whoever is there"
        )));
    }
    Host::parse(name).and_then(|host| {
        if host.is_wildcard() {
            Err(Problem::new("a Service leads to one name, not to a wildcard"))
        } else {
            Ok(Destination::Host(host))
        }
    })
}

/// Checks a `service`.
pub(super) fn service<'a>(
    cx: &Context<'a, '_>,
    scope: &Scope<'a>,
    node: &ast::Service,
    origin: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<Service> {
    let app = node.app.as_ref().unwrap_or(&node.name);
    if let (Some(first), false) = (scope.closed, scope.apps.contains_key(&app.value)) {
        let near = xks_base::diagnostics::suggest::nearest(&app.value, scope.apps.keys().map(|name| name.as_str()));
        out.push(crate::names::errors::unknown_app(app.span, &app.value, &scope.name, near, first, true));
    }
    let ports = service_ports(scope, node, out);
    if ports.is_empty() {
        out.push(errors::service_without_port(
            node.name.span,
            &node.name.value,
            node.app.as_ref().map(|app| app.value.as_str()),
        ));
        return None;
    }
    let selector = scope.labels_of(&app.value, &cx.platform.app_label);
    Some(Service { name: node.name.value.clone(), selector, ports, origin })
}

/// Two ports of an app that go by one name: one number over two protocols.
fn same_name(ports: &[AppPort]) -> Option<(&AppPort, &AppPort)> {
    ports
        .iter()
        .enumerate()
        .find_map(|(at, port)| Some((ports[..at].iter().find(|first| first.name == port.name)?, port)))
}

/// The ports of a Service: those it states, else those of its app. What a port leads to is stated, or the app's port of
/// the same name, or the same number.
pub(super) fn service_ports(scope: &Scope<'_>, node: &ast::Service, out: &mut Vec<Diagnostic>) -> Vec<ServicePort> {
    let app = node.app.as_ref().unwrap_or(&node.name);
    let own = scope.apps.get(&app.value).map_or(&[][..], |app| &app.ports);
    if node.ports.is_empty() {
        if let Some((first, again)) = same_name(own) {
            let why = format!(
                "app `{}` has two ports called `{}`, and a Service names each port once",
                app.value, again.name
            );
            out.push(errors::clause_conflict(
                node.name.span,
                first.span,
                &why,
                "state the Service's ports, each with a name of its own",
            ));
        }
        return own
            .iter()
            .map(|port| ServicePort {
                name: port.name.clone(),
                port: port.number,
                target: port.number,
                protocol: port.protocol,
            })
            .collect();
    }
    let mut ports: Vec<(ServicePort, Span)> = Vec::new();
    for port in &node.ports {
        let named = own.iter().find(|own| own.name == port.name.value);
        let target =
            port.target.map(|target| target.value).or(named.map(|own| own.number)).unwrap_or(port.number.value);
        let default = named.map_or(Protocol::Tcp, |own| own.protocol);
        let protocols = if port.protocols.is_empty() { vec![default] } else { port.protocols.clone() };
        for protocol in protocols {
            let found = ServicePort { name: port.name.value.clone(), port: port.number.value, target, protocol };
            let clash = ports
                .iter()
                .find(|(first, _)| first.name == found.name || first.port == found.port && first.protocol == protocol);
            match clash {
                Some((first, span)) => {
                    let what = if first.name == found.name { "name" } else { "number" };
                    out.push(errors::clause_conflict(
                        port.name.span,
                        *span,
                        &format!("two ports of a Service have the same {what}"),
                        "give each port a name and a number of its own",
                    ));
                }
                None => ports.push((found, port.name.span)),
            }
        }
    }
    ports.into_iter().map(|(port, _)| port).collect()
}
