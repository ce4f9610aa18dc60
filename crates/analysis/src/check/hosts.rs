//! `platform { hosts … }` and `export host …`: who may have which host.

use super::errors::{Refused, Spot};
use super::{Context, Part, errors};
use crate::model::{HostRule, expand};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::sync::Arc;
use xks_base::diagnostics::Diagnostic;
use xks_base::diagnostics::suggest::listed;
use xks_base::source::Span;
use xks_base::values::host::{Host, Path, split};

/// The word in place of a tenant by which a host is kept back.
const NOBODY: &str = "nobody";

/// Why a tenant may not have a host, or this path of it, if it may not. The longest pattern that fits decides; a tenant
/// that has the host may let others in.
pub(super) fn refused(cx: &Context<'_, '_>, host: &Host, path: Option<&Path>, tenant: &str) -> Option<Refused> {
    by_facts(&cx.platform.hosts, host, tenant).filter(|_| !consented(cx, host, path, tenant))
}

fn by_facts(rules: &[HostRule], host: &Host, tenant: &str) -> Option<Refused> {
    if rules.is_empty() {
        return None;
    }
    if host.is_wildcard() {
        return wildcard(rules, host, tenant);
    }
    let fits = |rule: &&HostRule| match rule.pattern.strip_prefix("*.") {
        Some(zone) => host.within(zone) && host.as_str() != zone,
        None => host.as_str() == rule.pattern,
    };
    let weight = |rule: &HostRule| (!rule.pattern.starts_with("*."), rule.pattern.len());
    let longest = rules.iter().filter(fits).map(weight).max();
    let deciding: Vec<&HostRule> = rules.iter().filter(fits).filter(|rule| Some(weight(rule)) == longest).collect();
    if deciding.iter().any(|rule| gives(rule, tenant)) {
        return None;
    }
    Some(deciding.first().map_or(Refused::ToNobody, |rule| Refused::ToOthers(rule.span, listed(&rule.tenants, "and"))))
}

fn gives(rule: &HostRule, tenant: &str) -> bool {
    rule.tenants.iter().any(|owner| (owner == tenant && owner != NOBODY) || owner == "*")
}

/// A wildcard takes all hosts of its zone, so it needs a fact with that very wildcard for this tenant alone, and no other
/// fact may name a host in it.
fn wildcard(rules: &[HostRule], host: &Host, tenant: &str) -> Option<Refused> {
    let alone = |rule: &HostRule| rule.tenants.iter().all(|owner| owner == tenant && owner != NOBODY);
    let mut same = rules.iter().filter(|rule| rule.pattern == host.as_str()).peekable();
    if same.peek().is_none() {
        return Some(Refused::Wildcard(None, "no fact gives this very wildcard".to_string()));
    }
    if let Some(rule) = same.find(|rule| !alone(rule)) {
        let why = format!("the platform gives it to {}, and a wildcard has one holder", listed(&rule.tenants, "and"));
        return Some(Refused::Wildcard(Some(rule.span), why));
    }
    let zone = host.as_str().trim_start_matches("*.");
    let inside = |rule: &&HostRule| {
        let name = rule.pattern.trim_start_matches("*.");
        rule.pattern != host.as_str() && name.strip_suffix(zone).is_some_and(|head| head.ends_with('.'))
    };
    let other = rules.iter().filter(inside).find(|rule| !alone(rule))?;
    let why =
        format!("it would take `{}`, which the platform gives to {}", other.pattern, listed(&other.tenants, "and"));
    Some(Refused::Wildcard(Some(other.span), why))
}

/// Whether a tenant that has a host lets another have this path of it.
fn consented(cx: &Context<'_, '_>, host: &Host, path: Option<&Path>, tenant: &str) -> bool {
    cx.names.hosts.iter().any(|grant| {
        grant.by != tenant
            && grant.to.iter().any(|to| to == tenant || to == "*")
            && by_facts(&cx.platform.hosts, host, &grant.by).is_none()
            && covers(cx, &grant.what, host, path.map(Path::as_str))
    })
}

/// Whether what an `export host` names holds a path of a host; without a path, any of it does.
fn covers(cx: &Context<'_, '_>, granted: &SmolStr, host: &Host, path: Option<&str>) -> bool {
    let Ok(whole) = expand(cx.env, granted) else { return false };
    let (name, below) = split(&whole);
    if name != host.as_str() {
        return false;
    }
    let below = below.trim_end_matches('/');
    let Some(path) = path.filter(|_| !below.is_empty()) else { return true };
    // An expression with alternatives may leave the path that it starts with.
    path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && !rest.contains('|'))
}

/// Checks what an `export host` names.
pub(super) fn exported(cx: &Context<'_, '_>, tenant: &str, what: &xks_syntax::ast::Text, out: &mut Vec<Diagnostic>) {
    let Some(whole) = super::text::expand(cx, what, out) else { return };
    let (name, below) = split(&whole);
    match Host::parse(name) {
        Ok(host) => {
            if let Some(reason) = by_facts(&cx.platform.hosts, &host, tenant) {
                out.push(errors::host_not_yours(what.span, host.as_str(), tenant, reason));
            }
        }
        Err(problem) => out.push(errors::invalid_host(what.span, name, problem)),
    }
    if !below.is_empty()
        && let Err(problem) = Path::parse(below)
    {
        out.push(errors::invalid_path(what.span, below, problem));
    }
}

/// A host that a tenant has, and how.
struct Holding<'a> {
    tenant: usize,
    path: Option<&'a str>,
    span: Span,
    spot: Option<&'a Spot>,
}

/// Hosts of two tenants, on whatever controller, once the platform says who may have which: neither a fact names both for
/// that very host, nor does one let the other in.
pub(super) fn contested(cx: &Context<'_, '_>, parts: &[Arc<Part>]) -> Vec<Diagnostic> {
    let rules = &cx.platform.hosts;
    if rules.is_empty() {
        return Vec::new();
    }
    let mut by_host: FxHashMap<&str, Vec<Holding<'_>>> = FxHashMap::default();
    for (tenant, part) in parts.iter().enumerate() {
        let mut hold = |host, path, span, spot| {
            by_host.entry(host).or_default().push(Holding { tenant, path, span, spot });
        };
        for claim in part.claims.iter().filter(|claim| claim.canary.is_none()) {
            hold(claim.host.as_str(), Some(claim.path.as_str()), claim.host_span, None);
        }
        for route in part.included.iter().filter(|route| !route.canary) {
            if let Some(host) = &route.host {
                hold(host.as_str(), Some(route.path.as_str()), route.span, Some(&route.place));
            }
        }
        for certified in &part.certified {
            hold(certified.host.as_str(), None, certified.span, certified.spot.as_ref());
        }
    }
    let name = |tenant: usize| &cx.names.tenants[tenant].name;
    let mut out = Vec::new();
    for (host, holdings) in by_host.iter().filter(|(_, all)| all.iter().any(|one| one.tenant != all[0].tenant)) {
        let Ok(parsed) = Host::parse(host) else { continue };
        let named = |tenant: usize| rules.iter().any(|rule| rule.pattern == *host && gives(rule, name(tenant)));
        let lets = |holder: &Holding<'_>, other: &Holding<'_>| {
            cx.names.hosts.iter().any(|grant| {
                grant.by == *name(holder.tenant)
                    && grant.to.iter().any(|to| to == name(other.tenant) || to == "*")
                    && covers(cx, &grant.what, &parsed, other.path)
            })
        };
        for one in holdings {
            let clashes = |other: &&Holding<'_>| {
                let agreed = named(one.tenant) && named(other.tenant) || lets(one, other) || lets(other, one);
                other.tenant != one.tenant && !agreed
            };
            if let Some(other) = holdings.iter().find(clashes) {
                let (own, theirs) = (name(one.tenant), name(other.tenant));
                let found = errors::host_of_two(one.span, host, own, other.span, theirs);
                out.push(match one.spot {
                    Some(spot) => spot.said(found),
                    None => found,
                });
            }
        }
    }
    // By place: a map has no order.
    out.sort_by(|a, b| (a.primary.span, &a.message).cmp(&(b.primary.span, &b.message)));
    out
}

/// A host in a certificate that a tenant asks for by name.
#[derive(Debug)]
pub(super) struct Certified {
    pub(super) host: Host,
    pub(super) span: Span,
    pub(super) spot: Option<Spot>,
}
