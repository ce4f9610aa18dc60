//! Ingresses in included files: their annotations, hosts and paths pass the rules of statements.

use super::annotations;
use super::errors::{Place, Spot};
use super::hosts::Certified;
use super::{Context, errors, include};
use crate::names::Scope;
use smol_str::SmolStr;
use xks_base::diagnostics::Diagnostic;
use xks_base::diagnostics::suggest::nearest;
use xks_base::source::Span;
use xks_base::values::host::{Host, Path};
use xks_base::values::{Problem, pattern};
use xks_kubernetes::edge::nginx::annotations as known;
use xks_kubernetes::edge::nginx::{PREFIX, annotations::Risk};
use xks_kubernetes::yaml::Node;

/// What included Ingresses claim.
#[derive(Default)]
pub(super) struct Ingresses {
    pub(super) routes: Vec<Route>,
    /// Further hosts, and the words of the statement.
    pub(super) hosts: Vec<(Host, Span)>,
    /// Names in certificates.
    pub(super) certified: Vec<Certified>,
    /// The Services that they lead to.
    pub(super) services: Vec<SmolStr>,
}

/// A host and path of an included Ingress.
#[derive(Debug)]
pub(super) struct Route {
    /// The host; every free host without one.
    pub(super) host: Option<SmolStr>,
    pub(super) path: SmolStr,
    pub(super) canary: bool,
    /// The statement that includes it.
    pub(super) span: Span,
    pub(super) place: Spot,
}

impl Route {
    /// Whether it is what a canary of this host and path is a canary of.
    pub(super) fn is_main_of(&self, host: &str, path: &str) -> bool {
        !self.canary && self.host.as_deref() == Some(host) && self.path == path
    }
}

/// Checks the Ingresses of an included file, and names that its other objects claim.
pub(super) fn ingresses(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    file: &include::File<'_>,
    out: &mut Vec<Diagnostic>,
) -> Ingresses {
    let mut found = Ingresses::default();
    let kind = |document: &Node<'_>| document.get("kind").and_then(Node::as_str) == Some("Ingress");
    for document in &file.objects {
        names_elsewhere(cx, scope, document, file.span, &file.path, &mut found, out);
    }
    for document in file.objects.iter().filter(|document| kind(document)) {
        let name = document.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default();
        let spot = |line: u32| Spot::new(format!("Ingress `{name}`"), &file.path, line);
        // Whatever its class: one that no fact names may be another name of the same controller.
        ingress(cx, scope, document, file.span, &spot, &mut found, out);
    }
    found
}

/// Names that a document claims other than by the rules of an Ingress: in a Certificate, in the certificates of an Ingress,
/// and for those who write DNS records.
fn names_elsewhere(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    document: &Node<'_>,
    span: Span,
    path: &str,
    found: &mut Ingresses,
    out: &mut Vec<Diagnostic>,
) {
    let kind = document.get("kind").and_then(Node::as_str).unwrap_or_default();
    let name = document.at(&["metadata", "name"]).and_then(Node::as_str).unwrap_or_default();
    let spot = |line: u32| Spot::new(format!("{kind} `{name}`"), path, line);
    let mut names: Vec<(&str, u32, bool)> = Vec::new();
    let annotations = document.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries);
    for (_, node) in annotations.iter().filter(|(key, _)| DNS_RECORDS.contains(&key.as_ref())) {
        let listed = node.as_str().unwrap_or_default().split(',').map(str::trim);
        names.extend(listed.filter(|name| !name.is_empty()).map(|name| (name, node.line, false)));
    }
    match kind {
        "Ingress" => {
            for (key, node) in annotations {
                match key.strip_prefix("cert-manager.io/") {
                    Some("common-name" | "alt-names") => {
                        let listed = node.as_str().unwrap_or_default().split(',').map(str::trim);
                        names.extend(listed.map(|name| (name, node.line, true)));
                    }
                    Some("ip-sans" | "uri-sans" | "email-sans" | "literal-subject")
                        if !cx.platform.hosts.is_empty() =>
                    {
                        out.push(spot(node.line).said(errors::name_of_no_host(span, key)));
                    }
                    _ => {}
                }
            }
            for tls in document.at(&["spec", "tls"]).map_or(&[][..], Node::items) {
                let hosts = tls.get("hosts").map_or(&[][..], Node::items);
                names.extend(hosts.iter().filter_map(|host| Some((host.as_str()?, host.line, true))));
            }
        }
        "Certificate" => {
            let common = document.at(&["spec", "commonName"]).into_iter();
            let listed = document.at(&["spec", "dnsNames"]).map_or(&[][..], Node::items).iter();
            names.extend(common.chain(listed).filter_map(|name| Some((name.as_str()?, name.line, true))));
            let other = ["ipAddresses", "uris", "emailAddresses", "literalSubject", "otherNames"];
            for field in other.iter().filter(|_| !cx.platform.hosts.is_empty()) {
                if let Some(node) = document.at(&["spec", field]) {
                    out.push(spot(node.line).said(errors::name_of_no_host(span, field)));
                }
            }
        }
        _ => {}
    }
    for (name, line, in_certificate) in names.into_iter().filter(|(name, ..)| !name.is_empty()) {
        let Ok(host) = Host::parse(&name.to_ascii_lowercase()) else {
            if !cx.platform.hosts.is_empty() {
                let reason = errors::Refused::ToNobody;
                out.push(spot(line).said(errors::host_not_yours(span, name, &scope.name, reason)));
            }
            continue;
        };
        if let Some(reason) = super::hosts::refused(cx, &host, None, &scope.name) {
            out.push(spot(line).said(errors::host_not_yours(span, host.as_str(), &scope.name, reason)));
        } else if in_certificate {
            found.certified.push(Certified { host, span, spot: Some(spot(line)) });
        } else {
            found.hosts.push((host, span));
        }
    }
}

/// Annotations that name hosts for which somebody writes DNS records.
const DNS_RECORDS: &[&str] =
    &["external-dns.alpha.kubernetes.io/hostname", "external-dns.alpha.kubernetes.io/internal-hostname"];

fn ingress(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    document: &Node<'_>,
    span: Span,
    spot: &dyn Fn(u32) -> Spot,
    found: &mut Ingresses,
    out: &mut Vec<Diagnostic>,
) {
    let start = found.routes.len();
    let rules = document.at(&["spec", "rules"]).map_or(&[][..], Node::items);
    let mut hosts = Vec::new();
    for rule in rules {
        let host = rule.get("host").filter(|host| host.as_str() != Some(""));
        let mut is_refused = false;
        match host.map(|host| (host, Host::parse(host.as_str().unwrap_or_default()))) {
            Some((node, Ok(host))) => {
                let texts = rule.at(&["http", "paths"]).map_or(&[][..], Node::items).iter();
                let texts = texts.map(|path| path.get("path").and_then(Node::as_str).unwrap_or_default());
                let paths: Vec<Path> = texts.map(|text| Path::parse(text).unwrap_or_else(|_| Path::root())).collect();
                let refused = if paths.is_empty() {
                    super::hosts::refused(cx, &host, None, &scope.name)
                } else {
                    paths.iter().find_map(|path| super::hosts::refused(cx, &host, Some(path), &scope.name))
                };
                if let Some(reason) = refused {
                    let diagnostic = errors::host_not_yours(span, host.as_str(), &scope.name, reason);
                    out.push(spot(node.line).said(diagnostic));
                    // It is not this tenant's, so nobody shares it with it.
                    is_refused = true;
                }
                hosts.push(host);
            }
            // What the API server makes of it is looked at elsewhere.
            Some((_, Err(_))) => {}
            None => {
                if !cx.platform.hosts.is_empty() {
                    out.push(spot(rule.line).said(errors::host_of_everybody(span, "a rule without a host")));
                }
            }
        }
        for path in rule.at(&["http", "paths"]).map_or(&[][..], Node::items) {
            found.services.extend(service_of(path.get("backend")));
            let text = path.get("path").and_then(Node::as_str).unwrap_or_default();
            let line = path.get("path").map_or(path.line, |path| path.line);
            let specific = path.get("pathType").and_then(Node::as_str) == Some("ImplementationSpecific");
            if let Err(problem) = path_of(text, specific) {
                out.push(spot(line).said(errors::invalid_path(span, text, problem)));
            }
            if is_refused {
                continue;
            }
            found.routes.push(Route {
                host: host.and_then(Node::as_str).map(SmolStr::new),
                path: SmolStr::new(if text.is_empty() { "/" } else { text }),
                canary: false,
                span,
                place: spot(line),
            });
        }
    }
    found.services.extend(service_of(document.at(&["spec", "defaultBackend"])));
    if let Some(backend) = document.at(&["spec", "defaultBackend"]).filter(|_| !cx.platform.hosts.is_empty()) {
        // Beside rules it takes the rest of their hosts alone.
        if rules.is_empty() {
            out.push(spot(backend.line).said(errors::host_of_everybody(span, "a `defaultBackend` without rules")));
        }
    }
    let written = document.at(&["metadata", "annotations"]).map_or(&[][..], Node::entries);
    let mut given = Vec::new();
    let mut unsound = Vec::new();
    for (key, node) in written {
        let Some(name) = key.strip_prefix(PREFIX) else {
            // The controller refuses such a key whatever stands before it.
            if key.ends_with("-snippet") {
                out.push(spot(node.line).said(errors::risky_annotation(span, key)));
            }
            continue;
        };
        let Some(row) = known::find(name) else {
            let near = nearest(name, known::names());
            let diagnostic = errors::unknown_annotation(span, name, near);
            out.push(spot(node.line).said(diagnostic));
            continue;
        };
        let Some(value) = node.as_str() else { continue };
        if row.risk == Risk::Critical {
            out.push(spot(node.line).said(errors::risky_annotation(span, name)));
            unsound.push(SmolStr::new(name));
        } else if let Err(problem) = known::check(row, value) {
            out.push(spot(node.line).said(errors::annotation_value(span, name, value, problem)));
            unsound.push(SmolStr::new(name));
        }
        given.push((SmolStr::new(name), SmolStr::new(value)));
    }
    let line = |wanted: &str| {
        let is = |key: &str| key.strip_prefix(PREFIX) == Some(wanted);
        written.iter().find(|(key, _)| is(key)).map_or(document.line, |(_, node)| node.line)
    };
    let place = |_: &str| Place { key: span, value: span };
    let it = annotations::Ingress { given: &given, unsound: &unsound, hosts: &hosts, place: &place };
    let (claimed, findings) = annotations::check(cx, scope, &it);
    out.extend(findings.into_iter().map(|(key, diagnostic)| spot(line(&key)).said(diagnostic)));
    found.hosts.extend(claimed.hosts);
    found.services.extend(claimed.services);
    found.routes[start..].iter_mut().for_each(|route| route.canary = claimed.canary.is_some());
}

fn service_of(backend: Option<&Node<'_>>) -> Option<SmolStr> {
    backend?.at(&["service", "name"])?.as_str().map(SmolStr::new)
}

/// Checks a path as the controller takes it.
fn path_of(text: &str, specific: bool) -> Result<(), Problem> {
    if specific {
        return if text.is_empty() { Ok(()) } else { pattern::location(text) };
    }
    match Path::parse(text)? {
        path if path.is_regex() => {
            Err(Problem::new("only a path of type `ImplementationSpecific` is a regular expression"))
        }
        _ => Ok(()),
    }
}
