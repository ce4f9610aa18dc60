//! Annotations of one Ingress against each other, the platform and the other tenants: what a value by itself does not
//! show. Those of statements and of included files pass the same rules.

use super::errors::Place;
use super::{Context, errors, external, hosts, outside};
use crate::model::{Remote, names_tenant};
use crate::names::Scope;
use smol_str::SmolStr;
use xks_base::diagnostics::Diagnostic;
use xks_base::source::Span;
use xks_base::values::host::{Host, Path};
use xks_kubernetes::edge::nginx::given::Given;
use xks_kubernetes::edge::nginx::needs::{Missing, missing, passed_through};
use xks_kubernetes::edge::nginx::reaches::{Alias, Reach, Target, reached};
use xks_kubernetes::edge::nginx::{self, annotations, holds};

/// The annotations of an Ingress, and what is known of it besides.
pub(super) struct Ingress<'a> {
    /// Keys without the prefix, and values.
    pub(super) given: &'a [(SmolStr, SmolStr)],
    /// Those whose value is reported already.
    pub(super) unsound: &'a [SmolStr],
    /// The hosts of its rules.
    pub(super) hosts: &'a [Host],
    /// Where each is written.
    pub(super) place: &'a dyn Fn(&str) -> Place,
}

/// What annotations claim besides.
#[derive(Default)]
pub(super) struct Claimed {
    /// Further hosts, and the words that claim them.
    pub(super) hosts: Vec<(Host, Span)>,
    /// The words that make it a canary.
    pub(super) canary: Option<Span>,
    /// Further hosts that are refused, in lower case; of the host with or without `www.`, this one.
    pub(super) refused: Vec<SmolStr>,
    /// Services of the tenant that the controller is led to.
    pub(super) services: Vec<SmolStr>,
    /// Names that the controller is led to, with the words of the annotation and of the external.
    pub(super) leads_to: Vec<(Host, Span, Span)>,
    /// Whether the platform refuses more than hosts.
    pub(super) is_refused: bool,
}

/// A finding, and the key of the annotation that it is about.
pub(super) type Finding = (SmolStr, Diagnostic);

/// Checks the annotations of an Ingress.
pub(super) fn check(cx: &Context<'_, '_>, scope: &Scope<'_>, it: &Ingress<'_>) -> (Claimed, Vec<Finding>) {
    let given = Given::new(it.given);
    let mut findings: Vec<Finding> = denied(cx, scope, it).collect();
    let is_denied = !findings.is_empty();
    let sound = |name: &SmolStr| !it.unsound.iter().any(|key| nginx::same(key, name));
    // A value that is reported may be meant for what is missing here.
    let known = |missing: &Missing<'_>| sound(missing.key) && missing.need.any.iter().all(|one| sound(one.name()));
    for missing in missing(given).filter(known) {
        findings.push((missing.key.clone(), errors::annotation_without((it.place)(missing.key), &missing)));
    }
    let resolves = |name: &str| outside::granted(cx.platform, &scope.name, name);
    for (key, whole) in whole_host(cx, scope, it, given) {
        findings.push((key.clone(), errors::of_the_whole_host((it.place)(key), key, whole, &scope.name)));
    }
    for void in passed_through(given).filter(|void| sound(void.key)) {
        findings
            .push((void.key.clone(), errors::passed_through((it.place)(void.key), void.key, (it.place)(void.by).key)));
    }
    let stops = holds::stops(given, &resolves);
    for stop in stops.iter().filter(|stop| sound(stop.key)) {
        findings.push((stop.key.clone(), errors::stops_the_controller((it.place)(stop.key), stop, &scope.name)));
    }
    let mut claimed = Claimed { is_refused: is_denied, ..Claimed::default() };
    // A name that nobody answers for is said to stop the controller, which is the graver.
    let said = |reach: &Reach| matches!(reach, Reach::Url(Target::Host(host)) if stops.iter().any(|stop| stop.name.as_ref() == Some(host)));
    for (_, key, reach) in reached(given).filter(|(_, key, reach)| sound(key) && !said(reach)) {
        let mut out = Vec::new();
        claim(cx, scope, it, key, reach, &mut claimed, &mut out);
        findings.extend(out.into_iter().map(|diagnostic| (key.clone(), diagnostic)));
    }
    (claimed, findings)
}

/// Judges what an annotation reaches.
fn claim(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    it: &Ingress<'_>,
    key: &SmolStr,
    reach: Reach,
    claimed: &mut Claimed,
    out: &mut Vec<Diagnostic>,
) {
    let place = (it.place)(key);
    match reach {
        Reach::Object { kind, namespace, name } => {
            if namespace != scope.namespace {
                out.push(errors::foreign_object(place, key, kind, &namespace, &name, &scope.namespace));
            }
        }
        Reach::Alias(alias) => match alias_of(cx, scope, &alias, place, out) {
            Some(host) => claimed.hosts.push((host, place.value)),
            None => claimed.refused.extend(alias.name().cloned()),
        },
        Reach::Www => {
            for twin in it.hosts.iter().filter_map(twin) {
                if own_host(cx, scope, &twin, place, out) {
                    claimed.hosts.push((twin, place.key));
                } else {
                    claimed.refused.push(twin.shared());
                }
            }
        }
        Reach::Service(name) => {
            claimed.services.push(name.clone());
            // What it is otherwise, an app or the Service of a chart, is the tenant's own.
            let Some(declared) = scope.externals.get(&name) else { return };
            let Some(external) = external::external(cx, declared, declared.name.span, &mut Vec::new()) else { return };
            let at = declared.remotes.first().map_or(declared.name.span, |remote| remote.span);
            match (outside::of_external(cx, scope, &external), external.remote) {
                (Some((end, refusal)), _) => {
                    claimed.is_refused = true;
                    out.push(errors::leads_inside(place.value, &end, &refusal, &scope.name, Some(at)));
                }
                (None, Remote::Host(host)) => claimed.leads_to.push((host, place.value, at)),
                (None, Remote::Addresses(_)) => {}
            }
        }
        Reach::Url(Target::Own) => {}
        Reach::Url(Target::Client(variable)) => out.push(errors::client_decides(place, key, &variable)),
        Reach::Url(Target::Host(host)) => {
            if outside::is_own_service(&host, &scope.namespace) {
                claimed.services.push(SmolStr::new(host.split('.').next().unwrap_or_default()));
            } else if let Some(refusal) = outside::refused(cx, scope, &host) {
                claimed.is_refused = true;
                out.push(errors::leads_inside(place.value, &host, &refusal, &scope.name, None));
            }
        }
        Reach::Main => claimed.canary = Some(place.key),
    }
}

/// The annotations that count for a whole host of which the tenant was lent a path, each with the host.
fn whole_host<'a>(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    it: &'a Ingress<'_>,
    given: Given<'a>,
) -> impl Iterator<Item = (&'a SmolStr, &'a str)> {
    let mut keys = given.known().filter(|(row, ..)| row.whole_host).map(|(_, key, _)| key).peekable();
    let is_lent = |host: &&Host| hosts::refused(cx, host, Some(&Path::root()), &scope.name).is_some();
    let lent = keys.peek().and_then(|_| it.hosts.iter().find(is_lent));
    keys.filter_map(move |key| Some((key, lent?.as_str())))
}

/// The annotations that the platform refuses to a tenant.
fn denied<'a>(
    cx: &'a Context<'_, '_>,
    scope: &'a Scope<'_>,
    it: &'a Ingress<'_>,
) -> impl Iterator<Item = Finding> + 'a {
    it.given.iter().filter_map(move |(key, _)| {
        let row = annotations::find(key)?;
        let rule = cx.platform.denied.iter().find(|rule| {
            let tenant = rule.tenants.is_empty() || names_tenant(&rule.tenants, &scope.name);
            rule.name == row.name && tenant
        })?;
        Some((key.clone(), errors::annotation_denied((it.place)(key), key, &scope.name, rule.span)))
    })
}

/// The host that an alias claims, if it is one and the tenant may have it.
fn alias_of(
    cx: &Context<'_, '_>,
    scope: &Scope<'_>,
    alias: &Alias,
    place: Place,
    out: &mut Vec<Diagnostic>,
) -> Option<Host> {
    let stated = !cx.platform.hosts.is_empty();
    let host = match alias {
        Alias::Name(name) => match Host::parse(name) {
            Ok(host) => host,
            // A name without a dot, or with `_`, which no rule can have, and no fact give.
            Err(_) if !stated => return None,
            Err(_) => {
                out.push(errors::host_not_yours(place.value, name, &scope.name, errors::Refused::ToNobody));
                return None;
            }
        },
        Alias::AnyZone(text) | Alias::Pattern(text) => {
            if stated {
                out.push(errors::alias_of_many(place.value, text));
            }
            return None;
        }
    };
    own_host(cx, scope, &host, place, out).then_some(host)
}

/// Whether a tenant may have a host; else it is reported.
fn own_host(cx: &Context<'_, '_>, scope: &Scope<'_>, host: &Host, place: Place, out: &mut Vec<Diagnostic>) -> bool {
    // All of the host is answered under the further name.
    match hosts::refused(cx, host, Some(&Path::root()), &scope.name) {
        None => true,
        Some(rule) => {
            out.push(errors::host_not_yours(place.value, host.as_str(), &scope.name, rule));
            false
        }
    }
}

/// The host with `www.`, or without it.
pub(super) fn twin(host: &Host) -> Option<Host> {
    let name = host.as_str();
    let other = name.strip_prefix("www.").map_or_else(|| format!("www.{name}"), str::to_string);
    Host::parse(&other).ok()
}
