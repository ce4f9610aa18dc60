//! `expose`: what is published under a host, by which controller, and how requests are treated.

use super::annotations::{self, Ingress};
use super::errors::Place;
use super::{Context, errors, external, hosts, outside, text};
use crate::model::{End, Exposure, Flow, Match, Namespaces, PathMatch, Port, Remote, Tls};
use crate::names::Scope;
use ipnet::IpNet;
use smol_str::{SmolStr, format_smolstr};
use xks_base::diagnostics::Diagnostic;
use xks_base::diagnostics::suggest::nearest;
use xks_base::source::{Span, Spanned};
use xks_base::values::access::Access;
use xks_base::values::backend::BackendProtocol;
use xks_base::values::host::{Host, Path, split};
use xks_base::values::port::{PortRef, Protocol};
use xks_kubernetes::edge::claims::{Backend, BackendPort};
use xks_kubernetes::edge::nginx::reaches::without_hosts;
use xks_kubernetes::edge::nginx::{self, annotations as known};
use xks_kubernetes::edge::{Behavior, Feature, Support, Verification, supports};
use xks_syntax::ast;

/// A host and path that an exposure takes.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The host.
    pub host: Host,
    /// The path.
    pub path: Path,
    /// The controller that serves it.
    pub access: Access,
    /// The words.
    pub span: Span,
    /// The words of the host alone.
    pub host_span: Span,
    /// The exposure's index in its tenant.
    pub exposure: usize,
    /// What makes it a canary, if it is one: it takes a part of what another Ingress of the same host and path gets.
    pub canary: Option<Span>,
}

/// What an `expose` comes to.
pub(super) struct Exposed<'a> {
    pub(super) exposure: Exposure,
    pub(super) claims: Vec<Claim>,
    pub(super) controller: Option<Flow>,
    /// The certificate group, and its words.
    pub(super) group: Option<&'a ast::Name>,
    /// What annotations claim besides.
    pub(super) claimed: annotations::Claimed,
    /// The name that an external behind it leads to, with the words of the exposure and of the external.
    pub(super) leads_to: Option<(Host, Span, Span)>,
}

/// Checks an `expose`. `None` after a report without which there is nothing to publish.
pub(super) fn expose<'n, 'a>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &'a ast::Expose,
    origin: Span,
    index: usize,
    out: &mut Vec<Diagnostic>,
) -> Option<Exposed<'a>> {
    let access = access(cx, node, out)?;
    let mut claims = claims(cx, scope, node, access, index, out);
    let backend = backend(cx, scope, node, out);
    let path_match = path_match(cx, node, &claims, out);
    let (behavior, claimed) = behavior(cx, scope, node, &claims, backend.as_ref(), out);
    claims.iter_mut().for_each(|claim| claim.canary = claimed.canary);
    let backend = backend?;
    if claims.is_empty() || claimed.is_refused {
        return None;
    }
    let (group, secret) = match node.tls.as_ref().map(|tls| &tls.value) {
        Some(ast::Tls::Group(name)) => {
            let settings = scope.certificates.get(&name.value).and_then(|(certificate, _)| certificate.secret.as_ref());
            (
                Some(name),
                Some(settings.map_or_else(|| format_smolstr!("{}-cert", name.value), |secret| secret.value.clone())),
            )
        }
        Some(ast::Tls::Secret(name)) => (None, Some(name.value.clone())),
        Some(ast::Tls::None) | None => (None, None),
    };
    let controller = backend.pods.map(|(pods, ports)| Flow {
        from: End::Ingress(Some(access)),
        to: End::Pods(Namespaces::One(scope.name.clone(), scope.namespace.clone()), pods),
        ports,
        egress_in: None,
        ingress_in: vec![scope.namespace.clone()],
        origin,
        consents: Vec::new(),
    });
    let exposure = Exposure {
        name: node.target.value.clone(),
        target: node.target.value.clone(),
        backend: Backend { service: backend.service, port: backend.port },
        matches: claims.iter().map(|claim| Match { host: claim.host.clone(), path: claim.path.clone() }).collect(),
        path_match,
        access,
        tls: secret.map(|secret| Tls { secret }),
        behavior,
        origin,
    };
    let leads_to = match (backend.remote_host, scope.externals.get(&node.target.value)) {
        (Some(host), Some(declared)) => {
            let at = declared.remotes.first().map_or(declared.name.span, |remote| remote.span);
            Some((host, node.target.span, at))
        }
        (Some(_) | None, _) => None,
    };
    Some(Exposed { exposure, claims, controller, group, claimed, leads_to })
}

fn access(cx: &Context<'_, '_>, node: &ast::Expose, out: &mut Vec<Diagnostic>) -> Option<Access> {
    let Some(access) = node.access else { return Some(Access::Public) };
    if access.value == Access::Private && cx.platform.private_class.is_none() {
        out.push(errors::no_private_ingress(access.span, cx.platform.fact("ingress-class")));
        return None;
    }
    Some(access.value)
}

fn claims<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &ast::Expose,
    access: Access,
    exposure: usize,
    out: &mut Vec<Diagnostic>,
) -> Vec<Claim> {
    let mut claims = Vec::with_capacity(node.addresses.len());
    for address in &node.addresses {
        let Some(whole) = text::expand(cx, address, out) else { continue };
        let (host_text, path_text) = split(&whole);
        let plain = whole == address.value && (address.span.end - address.span.start) as usize == whole.len();
        let host_span = if plain {
            Span { end: address.span.start + host_text.len() as u32, ..address.span }
        } else {
            address.span
        };
        let path_span = if plain { Span { start: host_span.end, ..address.span } } else { address.span };
        let host = match Host::parse(host_text) {
            Ok(host) => host,
            Err(problem) => {
                out.push(errors::invalid_host(host_span, host_text, problem));
                continue;
            }
        };
        let path = match path_text {
            "" => Path::root(),
            text => match Path::parse(text) {
                Ok(path) => path,
                Err(problem) => {
                    out.push(errors::invalid_path(path_span, text, problem));
                    continue;
                }
            },
        };
        if let Some(reason) = hosts::refused(cx, &host, Some(&path), &scope.name) {
            out.push(errors::host_not_yours(host_span, host.as_str(), &scope.name, reason));
            continue;
        }
        claims.push(Claim { host, path, access, span: address.span, host_span, exposure, canary: None });
    }
    claims
}

/// The Service behind an exposure, and the pods behind that.
struct Target {
    service: SmolStr,
    port: BackendPort,
    pods: Option<(crate::model::Pods, Vec<Port>)>,
    /// The default of `backend`, and the default of `host-header`.
    https: bool,
    remote_host: Option<Host>,
}

fn backend<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &ast::Expose,
    out: &mut Vec<Diagnostic>,
) -> Option<Target> {
    let name = &node.target.value;
    if let Some(external) = scope.externals.get(name) {
        return external_target(cx, scope, node, external, out);
    }
    if let Some(service) = scope.services.get(name) {
        return service_target(cx, scope, node, service, out);
    }
    if let (Some(first), false) = (scope.closed, scope.apps.contains_key(name)) {
        let known = scope.apps.keys().chain(scope.services.keys()).chain(scope.externals.keys());
        out.push(errors::unknown_target(
            node.target.span,
            name,
            &scope.name,
            nearest(name, known.map(SmolStr::as_str)),
            first,
        ));
        return None;
    }
    match scope.service_of(name) {
        Some(service) => service_target(cx, scope, node, service, out),
        None => app_target(cx, scope, node, out),
    }
}

fn external_target(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    node: &ast::Expose,
    declared: &ast::External,
    out: &mut Vec<Diagnostic>,
) -> Option<Target> {
    // What is wrong with the external itself is said at its own statement.
    let external = external::external(cx, declared, declared.name.span, &mut Vec::new())?;
    let number = match node.port.as_ref().map(|port| (&port.value.port, port.span)) {
        Some((PortRef::Numbers(number, last), _)) if number == last => Some(*number),
        Some((_, span)) => {
            let written = node.port.as_ref().map(|port| xks_syntax::print::port(&port.value)).unwrap_or_default();
            out.push(crate::names::errors::named_port_of_external(span, &written, &external.name));
            return None;
        }
        None => external.port,
    };
    let Some(number) = number else {
        out.push(errors::missing_port(node.target.span, &external.name, declared.name.span));
        return None;
    };
    if let Some((end, refusal)) = outside::of_external(cx, scope, &external) {
        let at = declared.remotes.first().map(|remote| remote.span);
        out.push(errors::leads_inside(node.target.span, &end, &refusal, &scope.name, at));
        return None;
    }
    let remote_host = match external.remote {
        Remote::Host(host) => Some(host),
        Remote::Addresses(_) => None,
    };
    Some(Target {
        service: external.name,
        port: BackendPort::Number(number),
        pods: None,
        https: number == 443,
        remote_host,
    })
}

fn service_target<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &ast::Expose,
    service: &ast::Service,
    out: &mut Vec<Diagnostic>,
) -> Option<Target> {
    let ports = external::service_ports(scope, service, &mut Vec::new());
    let app = service.app.as_ref().unwrap_or(&service.name);
    let found = match (&node.port, ports.as_slice()) {
        (None, [only]) => Some(only),
        (None, several) => several.iter().find(|port| port.name == "http"),
        (Some(written), ports) => ports.iter().find(|port| match &written.value.port {
            PortRef::Numbers(low, high) => low == high && port.port == *low,
            PortRef::Name(name) => port.name == *name,
        }),
    };
    let Some(found) = found else {
        let declared: Vec<String> = ports.iter().map(|port| format!("{} {}", port.name, port.port)).collect();
        if !declared.is_empty() {
            out.push(unknown_port(
                node,
                &service.name.value,
                &declared,
                service.name.span,
                ports.iter().map(|port| &port.name),
            ));
        }
        return None;
    };
    if found.protocol != Protocol::Tcp {
        out.push(errors::not_http(port_span(node), &found.name, service.name.span, found.protocol.api()));
    }
    let port = match &node.port {
        Some(Spanned { value, .. }) if matches!(value.port, PortRef::Numbers(..)) => BackendPort::Number(found.port),
        _ => BackendPort::Name(found.name.clone()),
    };
    let pod_port = Port { port: PortRef::Numbers(found.target, found.target), protocol: Protocol::Tcp };
    let pods = Some((cx.resolver(scope).pods_of(scope, &app.value), vec![pod_port]));
    Some(Target { service: service.name.value.clone(), port, pods, https: false, remote_host: None })
}

fn app_target<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &ast::Expose,
    out: &mut Vec<Diagnostic>,
) -> Option<Target> {
    let name = &node.target.value;
    let declared = scope.apps.get(name).map_or(&[][..], |app| &app.ports);
    let pods = cx.resolver(scope).pods_of(scope, name);
    let number = |number: u16| vec![Port { port: PortRef::Numbers(number, number), protocol: Protocol::Tcp }];
    let target = |port, ports| {
        Some(Target { service: name.clone(), port, pods: Some((pods, ports)), https: false, remote_host: None })
    };
    if declared.is_empty() {
        return match node.port.as_ref().map(|port| &port.value.port) {
            // Which port of the pod stands behind the Service's `http` is not known here: the controller may use any.
            None => target(BackendPort::Name(SmolStr::new_static("http")), Vec::new()),
            Some(PortRef::Numbers(low, _)) => target(BackendPort::Number(*low), number(*low)),
            Some(PortRef::Name(port)) => {
                let named = Port { port: PortRef::Name(port.clone()), protocol: Protocol::Tcp };
                target(BackendPort::Name(port.clone()), vec![named])
            }
        };
    }
    let found = match (&node.port, declared) {
        (None, [only]) => Some(only),
        (None, several) => several.iter().find(|port| port.name == "http"),
        (Some(written), ports) => ports.iter().find(|port| match &written.value.port {
            PortRef::Numbers(low, high) => low == high && port.number == *low,
            PortRef::Name(name) => port.name == *name,
        }),
    };
    let Some(found) = found else {
        let shown: Vec<String> = declared.iter().map(crate::names::resolve::declared_port).collect();
        let at = scope.apps.get(name).map_or(node.target.span, |app| app.span);
        out.push(unknown_port(node, name, &shown, at, declared.iter().map(|port| &port.name)));
        return None;
    };
    if found.protocol != Protocol::Tcp {
        out.push(errors::not_http(port_span(node), &found.name, found.span, found.protocol.api()));
    }
    let by_number = node.port.as_ref().is_some_and(|port| matches!(port.value.port, PortRef::Numbers(..)));
    let port = if by_number { BackendPort::Number(found.number) } else { BackendPort::Name(found.name.clone()) };
    target(port, number(found.number))
}

/// Where a port is written, or left out.
fn port_span(node: &ast::Expose) -> Span {
    node.port.as_ref().map_or(node.target.span, |port| port.span)
}

fn unknown_port<'n>(
    node: &ast::Expose,
    of: &str,
    declared: &[String],
    at: Span,
    names: impl Iterator<Item = &'n SmolStr>,
) -> Diagnostic {
    let names: Vec<&str> = names.map(SmolStr::as_str).collect();
    match &node.port {
        Some(port) => {
            let written = xks_syntax::print::port(&port.value);
            errors::unknown_service_port(
                port.span,
                &written,
                of,
                declared,
                at,
                nearest(&written, names.iter().copied()),
            )
        }
        None => errors::no_default_port(node.target.span, of, declared, at, names.first().copied()),
    }
}

fn path_match(cx: &Context<'_, '_>, node: &ast::Expose, claims: &[Claim], out: &mut Vec<Diagnostic>) -> PathMatch {
    let regex = claims.iter().find(|claim| claim.path.is_regex());
    if let Some(claim) = regex
        && let Support::No(why) = supports(cx.platform.edge(), Feature::Regex { exact: node.exact.is_some() })
    {
        let help = "remove `exact`, or write the path without special characters";
        out.push(errors::clause_conflict(node.exact.unwrap_or(claim.span), claim.span, why, help));
    }
    match (node.exact, regex) {
        (Some(_), _) => PathMatch::Exact,
        (None, Some(_)) => PathMatch::Regex,
        (None, None) => PathMatch::Prefix,
    }
}

/// How the requests of an exposure are treated: what its clauses say, and what follows from its target.
fn behavior<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &ast::Expose,
    claims: &[Claim],
    target: Option<&Target>,
    out: &mut Vec<Diagnostic>,
) -> (Behavior, annotations::Claimed) {
    let mut set = Settings {
        behavior: Behavior::default(),
        written: Vec::new(),
        keys: Vec::new(),
        values: Vec::new(),
        unsound: Vec::new(),
        node,
        out,
    };
    if let Some(rewrite) = &node.rewrite
        && let Some(to) = text::expand(cx, rewrite, set.out)
    {
        set.checked("rewrite-target", rewrite.span, |behavior| behavior.rewrite = Some(to.clone()));
    }
    if let Some(claim) = claims.iter().find(|claim| claim.path.is_regex()) {
        set.sound("use-regex", claim.span, |behavior| behavior.regex = true);
    }
    for limit in &node.limits {
        let number = Some(limit.number.value);
        if limit.connections {
            set.sound("limit-connections", limit.span, |behavior| behavior.limits.connections = number);
        } else {
            set.sound("limit-rps", limit.span, |behavior| behavior.limits.requests_per_second = number);
        }
    }
    if let Some(timeout) = &node.timeout {
        let seconds = Some(timeout.value);
        set.sound("proxy-read-timeout", timeout.span, |behavior| behavior.timeouts.read = seconds);
        set.sound("proxy-send-timeout", timeout.span, |behavior| behavior.timeouts.send = seconds);
    }
    upstream(cx, scope, node, target, &mut set);
    if let Some(first) = node.from.first() {
        let ranges: Vec<IpNet> = node.from.iter().map(|range| range.value).collect();
        set.checked("whitelist-source-range", first.span, |behavior| behavior.clients.allowed = Some(ranges.clone()));
    }
    if let Some(redirect) = &node.redirect
        && let Some(url) = text::expand(cx, redirect, set.out)
    {
        set.checked("permanent-redirect", redirect.span, |behavior| behavior.redirect = Some(url.clone()));
    }
    for annotation in &node.annotations {
        if let Some(value) = text::expand(cx, &annotation.value, set.out) {
            set.written(&annotation.key, value, annotation.value.span);
        }
    }
    set.finish(cx, scope, claims)
}

/// What the controller needs to know of an upstream that speaks TLS, or goes by another name.
fn upstream<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    node: &ast::Expose,
    target: Option<&Target>,
    set: &mut Settings<'_>,
) {
    let default = target.is_some_and(|target| target.https).then_some(BackendProtocol::Https);
    let backend = node.backend.map(|backend| backend.value).or(default);
    let at = node.backend.map_or(node.target.span, |backend| backend.span);
    // What follows from the target gives way to what is written.
    if backend.is_some() && (node.backend.is_some() || !set.is_written("backend-protocol")) {
        set.sound("backend-protocol", at, |behavior| behavior.upstream.protocol = backend);
    }
    let header = match &node.host_header {
        Some(header) => text::expand(cx, header, set.out).and_then(|text| match Host::parse(&text) {
            Ok(host) => Some((host.shared(), header.span)),
            Err(problem) => {
                set.out.push(errors::invalid_host(header.span, &text, problem));
                None
            }
        }),
        None => target.and_then(|target| target.remote_host.as_ref()).map(|host| (host.shared(), node.target.span)),
    };
    if let Some((host, span)) =
        header.as_ref().filter(|_| node.host_header.is_some() || !set.is_written("upstream-vhost"))
    {
        set.sound("upstream-vhost", *span, |behavior| behavior.upstream.host_header = Some(host.clone()));
    }
    let Some(verify) = &node.verify else { return };
    if let Support::No(why) = supports(cx.platform.edge(), Feature::Verification(backend)) {
        set.out.push(errors::clause_conflict(verify.span, at, why, "write `backend https`, or remove `verify`"));
        return;
    }
    // Without a name the controller would compare the certificate with a name of its own making, and refuse every one.
    let in_cluster = target
        .filter(|target| target.pods.is_some())
        .map(|target| format_smolstr!("{}.{}.svc", target.service, scope.namespace));
    let Some(name) = header.map(|(host, _)| host).or(in_cluster) else {
        let why = "the name in the upstream's certificate is not known";
        set.out.push(errors::clause_conflict(
            verify.span,
            node.target.span,
            why,
            "add `host-header NAME`, the name that the certificate is for",
        ));
        return;
    };
    let secret = format_smolstr!("{}/{}", scope.namespace, verify.value);
    let keys = ["proxy-ssl-secret", "proxy-ssl-verify", "proxy-ssl-server-name", "proxy-ssl-name"];
    let verification = Verification { secret, server_name: true, name: Some(name) };
    // Each that is taken is reported, not the first alone.
    let taken = keys.iter().filter(|key| !set.is_free(key, verify.span)).count();
    if taken == 0 {
        set.behavior.upstream.verification = Some(verification);
    }
}

/// What is gathered of an exposure's behavior.
struct Settings<'o> {
    behavior: Behavior,
    /// What stands behind `nginx`.
    written: Vec<(SmolStr, SmolStr)>,
    /// The annotations that something sets, and the words that do.
    keys: Vec<(SmolStr, Span)>,
    /// Of what stands behind `nginx`, the words of each value.
    values: Vec<(SmolStr, Span)>,
    /// The annotations whose value is reported.
    unsound: Vec<SmolStr>,
    node: &'o ast::Expose,
    out: &'o mut Vec<Diagnostic>,
}

impl Settings<'_> {
    fn is_written(&self, key: &str) -> bool {
        self.node.annotations.iter().any(|annotation| annotation.key.value == key)
    }

    /// Whether nothing sets an annotation yet, and from now on these words do; else reports the second.
    fn is_free(&mut self, key: &str, span: Span) -> bool {
        if let Some((_, first)) = self.keys.iter().find(|(known, _)| nginx::same(known, key)) {
            self.out.push(errors::annotation_twice(span, key, *first));
            return false;
        }
        self.keys.push((SmolStr::new(key), span));
        true
    }

    /// What a clause says, whose value was checked when the clause was read.
    fn sound(&mut self, key: &'static str, span: Span, say: impl FnOnce(&mut Behavior)) {
        if self.is_free(key, span) {
            say(&mut self.behavior);
        }
    }

    /// What a clause says, if the controller takes its value.
    fn checked(&mut self, key: &'static str, span: Span, say: impl Fn(&mut Behavior)) {
        let mut declared = Behavior::default();
        say(&mut declared);
        for (key, value) in nginx::written(&declared) {
            if let Some(row) = known::find(key)
                && let Err(problem) = known::check(row, &value)
            {
                self.out.push(errors::annotation_value(span, key, &value, problem));
                self.unsound.push(SmolStr::new(key));
            }
        }
        if self.is_free(key, span) {
            say(&mut self.behavior);
        }
    }

    /// What `nginx KEY VALUE` sets.
    fn written(&mut self, key: &ast::Name, value: SmolStr, span: Span) {
        let Some(row) = known::find(&key.value) else {
            self.out.push(errors::unknown_annotation(key.span, &key.value, nearest(&key.value, known::names())));
            return;
        };
        if row.risk == known::Risk::Critical {
            self.out.push(errors::risky_annotation(key.span, &key.value));
            self.unsound.push(key.value.clone());
        } else if let Err(problem) = known::check(row, &value) {
            self.out.push(errors::annotation_value(span, &key.value, &value, problem));
            self.unsound.push(key.value.clone());
        }
        if self.is_free(&key.value, key.span) {
            self.values.push((key.value.clone(), span));
            self.written.push((key.value.clone(), value));
        }
    }

    fn finish(self, cx: &Context<'_, '_>, scope: &Scope<'_>, claims: &[Claim]) -> (Behavior, annotations::Claimed) {
        let find = |name: &str| self.keys.iter().find(|(key, _)| key == name).map(|(_, span)| *span);
        if let (Some(connections), Some(rps)) = (find("limit-connections"), find("limit-rps"))
            && let Support::No(why) = supports(cx.platform.edge(), Feature::BothLimits)
        {
            let (first, second) = if connections < rps { (connections, rps) } else { (rps, connections) };
            self.out.push(errors::limits_clash(second, first, why));
        }
        let own: Vec<Host> = claims.iter().map(|claim| claim.host.clone()).collect();
        let said = nginx::written(&self.behavior).map(|(key, value)| (SmolStr::new_static(key), value));
        let given: Vec<(SmolStr, SmolStr)> = said.chain(self.written.iter().cloned()).collect();
        let place = |wanted: &str| {
            let key = find(wanted).unwrap_or(self.node.target.span);
            let value = self.values.iter().find(|(key, _)| key == wanted).map_or(key, |(_, span)| *span);
            Place { key, value }
        };
        let it = Ingress { given: &given, unsound: &self.unsound, hosts: &own, place: &place };
        let (claimed, findings) = annotations::check(cx, scope, &it);
        self.out.extend(findings.into_iter().map(|(_, diagnostic)| diagnostic));
        let mut behavior =
            if self.written.is_empty() { self.behavior } else { nginx::beside(&self.behavior, self.written) };
        let is_gone = |host: &str| claimed.refused.iter().any(|refused| refused == host);
        let is_twin_gone = own.iter().filter_map(annotations::twin).any(|twin| is_gone(twin.as_str()));
        without_hosts(&mut behavior.extras, is_gone, is_twin_gone);
        (behavior, claimed)
    }
}
