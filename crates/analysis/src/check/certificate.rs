//! `tls` and `certificate`: which names each certificate has, and whether an authority will issue it.

use super::errors::Spot;
use super::expose::Claim;
use super::{Context, Part, errors, hosts, text};
use crate::model::{Certificate, Exposure, Platform, Solver};
use crate::names::Scope;
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;
use xks_base::diagnostics::Diagnostic;
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_base::values::host::Host;
use xks_syntax::ast;

/// The most names that an authority puts into one certificate (Let's Encrypt, profile `classic`).
const MOST_NAMES: usize = 100;

/// A name of a group, and where it comes from.
struct Entry {
    group: SmolStr,
    host: Host,
    span: Span,
    origin: Span,
    private: bool,
    /// Whether it stands behind `names`, rather than in an exposure.
    listed: bool,
}

/// An exposure that takes its certificate from a group.
pub(super) struct User<'u> {
    /// The group, as the exposure names it.
    pub(super) group: &'u ast::Name,
    /// The exposure.
    pub(super) exposure: &'u Exposure,
    /// Its hosts.
    pub(super) claims: &'u [Claim],
}

/// The certificates of a tenant: of each group that an exposure uses or a statement sets up.
pub(super) fn certificates<'n>(
    cx: &Context<'n, '_>,
    scope: &Scope<'n>,
    users: &[User<'_>],
    certified: &mut Vec<hosts::Certified>,
    out: &mut Vec<Diagnostic>,
) -> Certificates {
    let mut unproved = Vec::new();
    let mut groups: BTreeMap<SmolStr, Vec<Entry>> = BTreeMap::new();
    for statement in &scope.statements {
        if let ast::Body::Certificate(node) = &statement.body {
            let entries = groups.entry(node.name.value.clone()).or_default();
            for name in &node.names {
                let Some(found) = text::expand(cx, name, out) else { continue };
                match Host::parse(&found) {
                    Ok(host) => {
                        if let Some(reason) = hosts::refused(cx, &host, None, &scope.name) {
                            out.push(errors::host_not_yours(name.span, host.as_str(), &scope.name, reason));
                            continue;
                        }
                        certified.push(hosts::Certified { host: host.clone(), span: name.span, spot: None });
                        entries.push(Entry {
                            group: node.name.value.clone(),
                            host,
                            span: name.span,
                            origin: statement.span,
                            private: false,
                            listed: true,
                        });
                    }
                    Err(problem) => out.push(errors::invalid_host(name.span, &found, problem)),
                }
            }
        }
    }
    let mut first_use: FxHashMap<&SmolStr, Span> = FxHashMap::default();
    for User { group, exposure, claims } in users {
        first_use.entry(&group.value).or_insert(group.span);
        let entries = groups.entry(group.value.clone()).or_default();
        let private = exposure.access == Access::Private;
        entries.extend(claims.iter().map(|claim| Entry {
            group: group.value.clone(),
            host: claim.host.clone(),
            span: claim.host_span,
            origin: exposure.origin,
            private,
            listed: false,
        }));
    }
    in_two_groups(groups.values().flatten(), out);
    let mut secrets: Vec<(Span, SmolStr)> = Vec::new();
    let mut certificates = Vec::new();
    for (name, entries) in groups {
        let settings = scope.certificates.get(&name);
        unproved.extend(check_group(cx, &name, &entries, settings.map(|(node, _)| *node), out));
        let at = settings.map_or_else(
            || first_use.get(&name).copied(),
            |(node, _)| Some(node.secret.as_ref().map_or(node.name.span, |secret| secret.span)),
        );
        let secret = settings
            .and_then(|(node, _)| node.secret.as_ref())
            .map_or_else(|| format_smolstr!("{name}-cert"), |secret| secret.value.clone());
        secrets.extend(at.map(|at| (at, secret.clone())));
        let is_used = || scope.statements.iter().any(|statement| is_used_by(&name, &statement.body));
        if let Some((node, _)) = settings.filter(|(node, _)| entries.is_empty() && node.names.is_empty() && !is_used())
        {
            out.push(errors::empty_certificate(node.name.span, &name));
        }
        certificates.push(certificate(cx, name, secret, &entries, settings));
    }
    secrets.sort();
    let mut taken: FxHashMap<&SmolStr, Span> = FxHashMap::default();
    for (span, secret) in &secrets {
        let first = *taken.entry(secret).or_insert(*span);
        if first != *span {
            out.push(errors::secret_twice(*span, secret, first));
        }
    }
    Certificates { asked_for: certificates, unproved }
}

/// The certificates that a tenant asks for.
pub(super) struct Certificates {
    /// With all their names.
    pub(super) asked_for: Vec<Certificate>,
    /// By certificate, the names that its issuer does not prove.
    unproved: Vec<(SmolStr, Host)>,
}

impl Certificates {
    /// Those that can be issued, with the names that can be proved.
    pub(super) fn issued(self) -> Vec<Certificate> {
        let mut certificates = self.asked_for;
        for certificate in &mut certificates {
            let is_unproved =
                |host: &Host| self.unproved.iter().any(|(name, one)| *name == certificate.name && one == host);
            certificate.names.retain(|host| !is_unproved(host));
        }
        certificates.retain(|certificate| !certificate.names.is_empty());
        certificates
    }
}

/// Whether an exposure takes its certificate from a group, even if it may not have its hosts any more.
fn is_used_by(group: &str, body: &ast::Body) -> bool {
    let ast::Body::Expose(node) = body else { return false };
    matches!(node.tls.as_ref().map(|tls| &tls.value), Some(ast::Tls::Group(name)) if name.value == group)
}

/// Reports each host that is in a second group, in the order of the text.
fn in_two_groups<'e>(entries: impl Iterator<Item = &'e Entry>, out: &mut Vec<Diagnostic>) {
    let mut all: Vec<&Entry> = entries.collect();
    all.sort_by_key(|entry| entry.span);
    let mut first: BTreeMap<&Host, &Entry> = BTreeMap::new();
    for entry in all {
        let earlier = *first.entry(&entry.host).or_insert(entry);
        if earlier.group != entry.group {
            out.push(errors::name_in_two_groups(
                entry.span,
                entry.host.as_str(),
                &entry.group,
                earlier.span,
                &earlier.group,
            ));
        }
    }
}

fn certificate(
    cx: &Context<'_, '_>,
    name: SmolStr,
    secret: SmolStr,
    entries: &[Entry],
    settings: Option<&(&ast::Certificate, Span)>,
) -> Certificate {
    let mut names: Vec<Host> = entries.iter().map(|entry| entry.host.clone()).collect();
    names.sort();
    names.dedup();
    let mut origins: Vec<Span> =
        entries.iter().map(|entry| entry.origin).chain(settings.map(|(_, span)| *span)).collect();
    origins.sort();
    origins.dedup();
    let issuer = settings
        .and_then(|(node, _)| node.issuer.as_ref())
        .map_or_else(|| cx.platform.issuer.clone(), |issuer| issuer.value.clone());
    Certificate { name, secret, issuer, issuer_kind: cx.platform.issuer_kind.clone(), names, origins }
}

/// Checks a group; gives it with each name that its issuer does not prove.
fn check_group(
    cx: &Context<'_, '_>,
    name: &str,
    entries: &[Entry],
    settings: Option<&ast::Certificate>,
    out: &mut Vec<Diagnostic>,
) -> Vec<(SmolStr, Host)> {
    let mut unproved = Vec::new();
    let own_issuer =
        settings.and_then(|node| node.issuer.as_ref()).is_some_and(|issuer| issuer.value != cx.platform.issuer);
    if own_issuer || cx.platform.private_authority {
        return unproved; // what an authority of our own issues is not for us to say
    }
    let secret = settings
        .and_then(|node| node.secret.as_ref())
        .map_or_else(|| format_smolstr!("{name}-cert"), |secret| secret.value.clone());
    let mut distinct: Vec<&Host> = entries.iter().map(|entry| &entry.host).collect();
    distinct.sort();
    distinct.dedup();
    if let (true, Some(first), Some(last)) = (distinct.len() > MOST_NAMES, entries.first(), entries.last()) {
        let at = settings.map_or(first.span, |node| node.name.span);
        out.push(errors::too_many_names(at, name, distinct.len(), last.span));
    }
    let mut wildcards: FxHashMap<&str, &Entry> = FxHashMap::default();
    for entry in entries {
        if let Some(zone) = entry.host.as_str().strip_prefix("*.") {
            wildcards.entry(zone).or_insert(entry);
        }
    }
    for entry in entries {
        let zone = entry.host.as_str().split_once('.').map_or("", |(_, zone)| zone);
        if let (Some(wildcard), false) = (wildcards.get(zone), entry.host.is_wildcard()) {
            let instead = if entry.listed { None } else { Some(secret.as_str()) };
            out.push(errors::redundant_name(
                entry.span,
                entry.host.as_str(),
                wildcard.host.as_str(),
                wildcard.span,
                instead,
            ));
        }
        if cx.platform.solver == Some(Solver::Http01) && (entry.private || entry.host.is_wildcard()) {
            out.push(errors::needs_dns_01(
                entry.span,
                entry.host.as_str(),
                entry.host.is_wildcard(),
                cx.platform.fact("issuer"),
            ));
            unproved.push((SmolStr::new(name), entry.host.clone()));
        }
        if let Some(reason) = entry.host.no_public_ca() {
            out.push(errors::no_public_ca(entry.span, entry.host.as_str(), &reason));
            unproved.push((SmolStr::new(name), entry.host.clone()));
        }
    }
    unproved
}

/// Checks that a Secret which a certificate of this tenant writes names the hosts that use it.
pub(super) fn secret_covers(
    certificates: &[Certificate],
    scope: &Scope<'_>,
    secret: &ast::Name,
    claims: &[Claim],
    out: &mut Vec<Diagnostic>,
) {
    let Some(certificate) = certificates.iter().find(|certificate| certificate.secret == secret.value) else { return };
    for claim in claims.iter().filter(|claim| !certificate.names.iter().any(|name| name.covers(&claim.host))) {
        let at = scope
            .certificates
            .get(&certificate.name)
            .map(|(node, _)| node.name.span)
            .or(certificate.origins.first().copied());
        out.push(errors::host_not_covered(
            claim.span,
            claim.host.as_str(),
            &secret.value,
            &certificate.name,
            at.unwrap_or(secret.span),
        ));
    }
}

/// Certificates that Let's Encrypt issues in seven days for one registered domain.
pub(crate) const A_WEEK: usize = 50;

/// How many certificates of the platform's own issuer a tenant has for a domain.
pub(crate) struct Count {
    pub(crate) tenant: usize,
    pub(crate) certificates: usize,
    /// What makes the last of them.
    pub(crate) last: Span,
}

/// By registered domain, the certificates of each tenant; those of included files count.
pub(crate) fn by_domain<'p>(
    platform: &Platform,
    parts: impl Iterator<Item = &'p Part>,
) -> BTreeMap<SmolStr, Vec<Count>> {
    let mut all: BTreeMap<SmolStr, Vec<Count>> = BTreeMap::new();
    if platform.private_authority {
        return all;
    }
    let domains = |names: &mut dyn Iterator<Item = SmolStr>| {
        let mut domains: Vec<SmolStr> = names.collect();
        domains.sort();
        domains.dedup();
        domains
    };
    for (tenant, part) in parts.enumerate() {
        let mut add = |domain: SmolStr, last: Span| {
            let counts = all.entry(domain).or_default();
            match counts.last_mut().filter(|count| count.tenant == tenant) {
                Some(count) => {
                    count.certificates += 1;
                    count.last = last;
                }
                None => counts.push(Count { tenant, certificates: 1, last }),
            }
        };
        for certificate in part.tenant.certificates.iter().filter(|certificate| certificate.by_platform(platform)) {
            let Some(origin) = certificate.origins.first() else { continue };
            let mut names = certificate.names.iter().map(|name| name.registered_domain());
            domains(&mut names).into_iter().for_each(|domain| add(domain, *origin));
        }
        let included: Vec<&hosts::Certified> = part.certified.iter().filter(|found| found.spot.is_some()).collect();
        for of_one in included.chunk_by(|a, b| a.spot.as_ref().map(Spot::file) == b.spot.as_ref().map(Spot::file)) {
            let mut names = of_one.iter().map(|found| found.host.registered_domain());
            domains(&mut names).into_iter().for_each(|domain| add(domain, of_one[0].span));
        }
    }
    all
}

/// Reports tenants that take more of an authority's week than the platform gives each.
pub(super) fn over_share(cx: &Context<'_, '_>, parts: &[std::sync::Arc<Part>], out: &mut Vec<Diagnostic>) {
    let Some(share) = cx.platform.certificate_share else { return };
    let most = A_WEEK * usize::from(share) / 100;
    for (domain, counts) in by_domain(cx.platform, parts.iter().map(|part| &**part)) {
        for count in counts.iter().filter(|count| count.certificates > most) {
            let tenant = &cx.names.tenants[count.tenant].name;
            let fact = cx.platform.fact("certificate-share");
            out.push(errors::over_share(count.last, &domain, tenant, count.certificates, most, share, fact));
        }
    }
}
