//! `platform { hosts … }` and `export host …`: who may have which host.

use super::errors::{Refused, Spot};
use super::{Context, errors};
use crate::model::HostRule;
use xks_base::diagnostics::Diagnostic;
use xks_base::diagnostics::suggest::listed;
use xks_base::source::Span;
use xks_base::values::host::{Host, Path, split};

/// Why a tenant may not have a host, or this path of it, if it may not. The longest pattern that fits decides; a tenant
/// that has the host may let others in.
pub(super) fn refused(cx: &Context<'_, '_>, host: &Host, path: Option<&Path>, tenant: &str) -> Option<Refused> {
    by_facts(&cx.platform.hosts, host, tenant).filter(|_| !consented(cx, host, path, tenant))
}

pub(super) fn by_facts(rules: &[HostRule], host: &Host, tenant: &str) -> Option<Refused> {
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
    if deciding.iter().any(|rule| rule.gives(tenant)) {
        return None;
    }
    Some(deciding.first().map_or(Refused::ToNobody, |rule| Refused::ToOthers(rule.span, listed(&rule.tenants, "and"))))
}

/// A wildcard takes all hosts of its zone, so it needs a fact with that very wildcard for this tenant alone, and no other
/// fact may name a host in it.
fn wildcard(rules: &[HostRule], host: &Host, tenant: &str) -> Option<Refused> {
    let mut same = rules.iter().filter(|rule| rule.pattern == host.as_str()).peekable();
    if same.peek().is_none() {
        return Some(Refused::Wildcard(None, "no fact gives this very wildcard".to_string()));
    }
    if let Some(rule) = same.find(|rule| !rule.gives_alone(tenant)) {
        let why = format!("the platform gives it to {}, and a wildcard has one holder", listed(&rule.tenants, "and"));
        return Some(Refused::Wildcard(Some(rule.span), why));
    }
    let zone = host.as_str().trim_start_matches("*.");
    let inside = |rule: &&HostRule| {
        let name = rule.pattern.trim_start_matches("*.");
        rule.pattern != host.as_str() && name.strip_suffix(zone).is_some_and(|head| head.ends_with('.'))
    };
    let other = rules.iter().filter(inside).find(|rule| !rule.gives_alone(tenant))?;
    let why =
        format!("it would take `{}`, which the platform gives to {}", other.pattern, listed(&other.tenants, "and"));
    Some(Refused::Wildcard(Some(other.span), why))
}

/// Whether a tenant that has a host lets another have this path of it.
fn consented(cx: &Context<'_, '_>, host: &Host, path: Option<&Path>, tenant: &str) -> bool {
    let path = path.map(Path::as_str);
    cx.names.hosts.iter().any(|grant| {
        grant.by != tenant
            && grant.lets(cx.env, tenant, host.as_str(), path)
            && by_facts(&cx.platform.hosts, host, &grant.by).is_none()
    })
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

/// A host in a certificate that a tenant asks for by name.
#[derive(Debug)]
pub(super) struct Certified {
    pub(super) host: Host,
    pub(super) span: Span,
    pub(super) spot: Option<Spot>,
}
