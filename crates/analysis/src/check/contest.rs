//! Hosts that several tenants have. Once the platform says who may have which host, one has it: another shares it where the
//! holder lets it in, or where a fact names both for this very host.

use super::annotations::twin;
use super::errors::Spot;
use super::{Context, Part, errors};
use crate::model::{Exposure, Flow, Tenant};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use xks_base::diagnostics::Diagnostic;
use xks_base::source::Span;
use xks_kubernetes::edge::nginx::reaches::without_hosts;

/// Two tenants that have one host, seen from one of them.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// The host.
    pub host: SmolStr,
    /// The one.
    pub tenant: SmolStr,
    /// The other.
    pub other: SmolStr,
    /// Whether the one lets the other in.
    pub lends: bool,
    /// Whether the other lets the one in.
    pub borrows: bool,
    /// Who has the host and lets both in.
    pub hosts: Vec<SmolStr>,
    /// Whether the one gives way where neither lets the other in: it is not written then.
    pub yields: bool,
    /// What is wrong if the other has the host and lets nobody in.
    pub found: Diagnostic,
}

impl Meeting {
    /// Whether neither lets the other in.
    pub fn is_contested(&self) -> bool {
        !self.lends && !self.borrows && self.hosts.is_empty()
    }
}

/// A host that a tenant has, and how.
struct Holding<'a> {
    tenant: usize,
    path: Option<&'a str>,
    span: Span,
    spot: Option<&'a Spot>,
}

/// What a tenant holds, each with its host.
fn holdings(tenant: usize, part: &Part) -> impl Iterator<Item = (&str, Holding<'_>)> {
    let claims = part.claims.iter().filter(|claim| claim.canary.is_none()).map(move |claim| {
        let path = Some(claim.path.as_str());
        (claim.host.as_str(), Holding { tenant, path, span: claim.host_span, spot: None })
    });
    let routes = part.included.iter().filter(|route| !route.canary).filter_map(move |route| {
        let path = Some(route.path.as_str());
        Some((route.host.as_deref()?, Holding { tenant, path, span: route.span, spot: Some(&route.place) }))
    });
    let certified = part.certified.iter().map(move |found| {
        (found.host.as_str(), Holding { tenant, path: None, span: found.span, spot: found.spot.as_ref() })
    });
    let further = part
        .further
        .iter()
        .map(move |(host, span)| (host.as_str(), Holding { tenant, path: Some("/"), span: *span, spot: None }));
    claims.chain(routes).chain(certified).chain(further)
}

/// The hosts that a tenant has.
pub(super) fn hosts_of(part: &Part) -> impl Iterator<Item = &str> {
    holdings(0, part).map(|(host, _)| host)
}

/// Every two tenants that have one host, on whatever controller, without a fact that names both for this very host.
pub(super) fn meetings(cx: &Context<'_, '_>, parts: &[Arc<Part>]) -> Vec<Meeting> {
    let rules = &cx.platform.hosts;
    if rules.is_empty() {
        return Vec::new();
    }
    let all = || parts.iter().enumerate().flat_map(|(tenant, part)| holdings(tenant, part));
    // Hardly any host is of two, and this is asked at every key.
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    let of_several: FxHashSet<&str> = all()
        .filter(|(host, holding)| *first.entry(host).or_insert(holding.tenant) != holding.tenant)
        .map(|(host, _)| host)
        .collect();
    let mut by_host: BTreeMap<&str, Vec<Holding<'_>>> = BTreeMap::new();
    for (host, holding) in all().filter(|(host, _)| of_several.contains(host)) {
        by_host.entry(host).or_default().push(holding);
    }
    let mut out = Vec::new();
    for (host, holdings) in &by_host {
        let name = |one: &Holding<'_>| &cx.names.tenants[one.tenant].name;
        let named = |one: &Holding<'_>| rules.iter().any(|rule| rule.pattern == *host && rule.gives(name(one)));
        let lets = |holder: &SmolStr, other: &Holding<'_>| {
            let mut grants = cx.names.hosts.iter().filter(|grant| grant.by == *holder);
            grants.any(|grant| grant.lets(cx.env, name(other), host, other.path))
        };
        let given = rules.iter().filter(|rule| rule.pattern == *host && rule.tenants.len() == 1);
        let mut hosts: Vec<&SmolStr> = given.flat_map(|rule| &rule.tenants).chain(holdings.iter().map(name)).collect();
        hosts.sort();
        hosts.dedup();
        let keeper = keeper(holdings);
        for one in holdings {
            let mut others: BTreeMap<usize, Meeting> = BTreeMap::new();
            for other in holdings.iter().filter(|other| other.tenant != one.tenant && !(named(one) && named(other))) {
                let (lends, borrows) = (lets(name(one), other), lets(name(other), one));
                let both = hosts.iter().filter(|host| lets(host, one) && lets(host, other)).copied();
                let meeting = others.entry(other.tenant).or_insert_with(|| Meeting {
                    host: SmolStr::new(host),
                    tenant: name(one).clone(),
                    other: name(other).clone(),
                    lends: true,
                    borrows: true,
                    hosts: both.clone().cloned().collect(),
                    yields: one.tenant != keeper,
                    found: of_two(host, one, name(one), other, name(other)),
                });
                // Whoever lets another in lets it in everywhere it is.
                meeting.lends &= lends;
                meeting.borrows &= borrows;
                meeting.hosts.retain(|host| both.clone().any(|other| other == host));
            }
            out.extend(others.into_values());
        }
    }
    out
}

fn of_two(host: &str, one: &Holding<'_>, name: &str, other: &Holding<'_>, theirs: &str) -> Diagnostic {
    let found = errors::host_of_two(one.span, host, name, other.span, theirs);
    match one.spot {
        Some(spot) => spot.said(found),
        None => found,
    }
}

/// The tenant that keeps a host where nobody lets anybody in. Who had it first is not known here: a path is lent, and what
/// is lent lies below what its holder has.
fn keeper(holdings: &[Holding<'_>]) -> usize {
    let length = |holding: &Holding<'_>| holding.path.map_or(usize::MAX, str::len);
    holdings.iter().min_by_key(|holding| (length(holding), holding.tenant)).map_or(0, |holding| holding.tenant)
}

/// The errors: of both, where neither lets the other in.
pub(super) fn contested(meetings: &[Meeting]) -> impl Iterator<Item = Diagnostic> {
    let mut seen = BTreeSet::new();
    let all = meetings.iter().filter(|meeting| meeting.is_contested());
    all.filter(move |meeting| seen.insert((meeting.found.primary.span, &meeting.host)))
        .map(|meeting| meeting.found.clone().withdrawal())
}

/// What is left of a tenant without the hosts that it yields, and without exposures that lead to what others have: of the
/// tenant itself, and of the ways of controllers to it. `None` where that is all.
pub(super) fn left(
    part: &Part,
    meetings: &[Meeting],
    led: &[Span],
    mut rename: impl FnMut(&mut [Exposure]),
) -> Option<(Tenant, Vec<Flow>)> {
    let name = &part.tenant.name;
    let yielded: BTreeSet<&str> = meetings
        .iter()
        .filter(|meeting| meeting.is_contested() && meeting.yields && meeting.tenant == *name)
        .map(|meeting| meeting.host.as_str())
        .collect();
    if yielded.is_empty() && !part.leads_to.iter().any(|(_, span, _)| led.contains(span)) {
        return None;
    }
    let is_gone = |host: &str| yielded.contains(host);
    let mut tenant = Tenant::clone(&part.tenant);
    let routes =
        part.included.iter().filter(|route| route.host.as_deref().is_some_and(is_gone)).map(|route| route.span);
    let certified = part.certified.iter().filter(|found| is_gone(found.host.as_str())).map(|found| found.span);
    let further = part.further.iter().filter(|(host, _)| is_gone(host.as_str())).map(|(_, span)| *span);
    let places: Vec<Span> = routes.chain(certified).chain(further).collect();
    // A host cannot be taken out of a file.
    tenant.includes.retain(|include| !places.iter().any(|place| include.origin.holds(*place)));
    let mut gone = BTreeSet::new();
    tenant.exposures.retain_mut(|exposure| {
        let is_twin_gone =
            exposure.matches.iter().filter_map(|found| twin(&found.host)).any(|twin| is_gone(twin.as_str()));
        without_hosts(&mut exposure.behavior.extras, is_gone, is_twin_gone);
        exposure.matches.retain(|found| !is_gone(found.host.as_str()));
        let stays = !exposure.matches.is_empty() && !led.iter().any(|place| exposure.origin.holds(*place));
        if !stays {
            gone.insert(exposure.origin);
        }
        stays
    });
    rename(&mut tenant.exposures);
    let exposed = tenant.exposures.iter().flat_map(|exposure| &exposure.matches).map(|found| found.host.as_str());
    let listed = part.certified.iter().map(|found| found.host.as_str());
    let asked_for: BTreeSet<&str> = exposed.chain(listed).filter(|host| !is_gone(host)).collect();
    for certificate in &mut tenant.certificates {
        certificate.names.retain(|host| asked_for.contains(host.as_str()));
        certificate.origins.retain(|origin| !gone.contains(origin));
    }
    tenant.certificates.retain(|certificate| !certificate.names.is_empty());
    let proves = |flow: &Flow| tenant.certificates.iter().any(|certificate| certificate.origins.contains(&flow.origin));
    let stays = |flow: &&Flow| if flow.is_solver() { proves(flow) } else { !gone.contains(&flow.origin) };
    let flows = part.flows.iter().filter(stays).cloned().collect();
    Some((tenant, flows))
}
