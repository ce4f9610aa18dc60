//! Rows about connections: a row for each kind of connection that the same statements open or close.

use super::cause::Provenance;
use super::reach::{Part, Reach};
use super::words::Words;
use super::{Approval, Cause, Class, Effect, Party, Row, Side, Which, side_tenants};
use ipnet::IpNet;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_analysis::model::{Outside, Platform, names_tenant};
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::relation::{Block, End, Relation};
use xks_syntax::Keyword;

pub(super) fn rows(reach: &Reach, old: &Side<'_>, new: &Side<'_>, provenance: &mut Provenance<'_>) -> Vec<Row> {
    let grants = new.platform;
    let mut out = of_one_side(&reach.opened, Effect::Opens, (Which::New, new), grants, provenance);
    out.extend(of_one_side(&reach.closed, Effect::Closes, (Which::Old, old), grants, provenance));
    out
}

fn of_one_side(
    parts: &[Part],
    effect: Effect,
    (which, side): (Which, &Side<'_>),
    grants: &Platform,
    provenance: &mut Provenance<'_>,
) -> Vec<Row> {
    let words = Words::new(side);
    let mut groups: BTreeMap<Group, Vec<Block>> = BTreeMap::new();
    for part in parts {
        let causes = provenance.behind(which, &part.block);
        let (class, classes) = classes(part, &words, side.platform, &causes);
        let granted =
            effect == Effect::Opens && classes.contains(&Class::Internet) && is_granted(&part.block, &words, grants);
        let approvals = approvals(&classes, &part.block, &words, &causes);
        groups.entry(Group { class, classes, causes, granted, approvals }).or_default().push(part.block.clone());
    }
    let row = |(group, blocks): (Group, Vec<Block>)| {
        let Group { class, classes, causes, granted, approvals } = group;
        let merged = blocks.into_iter().collect::<Relation>().merged();
        let mut connections: Vec<String> = merged.blocks().iter().map(|block| words.connection(block)).collect();
        connections.sort();
        connections.dedup();
        let title = title(effect, class, &classes).to_string();
        Row { class, connections, granted, approvals, ..Row::new(effect, &classes, title, causes) }
    };
    groups.into_iter().map(row).collect()
}

/// What connections have in common that are told in one row.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    class: Class,
    classes: Vec<Class>,
    causes: Vec<Cause>,
    granted: bool,
    approvals: Vec<Approval>,
}

/// The tenants that an end of connections may be of; `None` where others may be too.
fn tenants(end: &End, words: &Words<'_>) -> Option<Vec<SmolStr>> {
    match end {
        End::Addresses(_) => None,
        End::Pods(pods) => pods.namespaces().names()?.map(|name| words.tenant(name)).collect(),
    }
}

/// Whether the facts of the platform give tenants this way out.
fn is_granted(block: &Block, words: &Words<'_>, platform: &Platform) -> bool {
    let End::Addresses(addresses) = block.to() else { return false };
    let Some(tenants) = tenants(block.from(), words) else { return false };
    !tenants.is_empty()
        && tenants.iter().all(|tenant| {
            let ranges: Vec<IpNet> = platform
                .ways_out
                .iter()
                .filter(|way| names_tenant(&way.tenants, tenant))
                .filter_map(|way| match &way.to {
                    Outside::Range(range) => Some(*range),
                    Outside::Host(_) => None,
                })
                .collect();
            platform.internet_egress.iter().any(|given| names_tenant(&given.tenants, tenant))
                || addresses.is_subset(&Addresses::nets(&ranges))
        })
}

/// Whose consent connections rest on.
fn approvals(classes: &[Class], block: &Block, words: &Words<'_>, causes: &[Cause]) -> Vec<Approval> {
    let is = |class| classes.contains(&class);
    if is(Class::Internet) || is(Class::Addresses) || is(Class::Platform) || is(Class::Baseline) {
        return vec![Approval::of(Party::Platform)];
    }
    let did: Vec<&SmolStr> = causes.iter().filter_map(|cause| cause.tenant.as_ref()).collect();
    let ends = [block.from(), block.to()].into_iter().filter_map(|end| tenants(end, words)).flatten();
    let consents = causes.iter().flat_map(|cause| &cause.consents).map(|consent| consent.tenant.clone());
    let mut others: Vec<SmolStr> = ends.chain(consents).filter(|tenant| !did.contains(&tenant)).collect();
    others.sort();
    others.dedup();
    match others.is_empty() {
        true => side_tenants(causes),
        false => others.into_iter().map(|tenant| Approval::of(Party::Tenant(tenant))).collect(),
    }
}

fn title(effect: Effect, class: Class, classes: &[Class]) -> &'static str {
    let ports = classes.contains(&Class::Ports);
    match (effect, class) {
        (Effect::Opens, Class::Internet) if ports => "more ports to or from the internet",
        (Effect::Opens, Class::Internet) => "new connections to or from the internet",
        (Effect::Opens, Class::Tenants) => "new connections between tenants",
        (Effect::Opens, Class::Addresses) => "new connections to or from addresses",
        (Effect::Opens, Class::Ports) => "more ports between ends that are connected",
        (Effect::Opens, Class::Baseline) => "what every tenant and app of its kind is given",
        (Effect::Opens, Class::Platform) => "new connections to or from the platform",
        (Effect::Opens, _) => "new connections within a tenant",
        (_, Class::Internet) if ports => "fewer ports to or from the internet",
        (_, Class::Internet) => "no more connections to or from the internet",
        (_, Class::Tenants) => "no more connections between tenants",
        (_, Class::Addresses) => "no more connections to or from addresses",
        (_, Class::Ports) => "fewer ports between ends that stay connected",
        (_, Class::Baseline) => "no more of what every tenant and app of its kind is given",
        (_, Class::Platform) => "no more connections to or from the platform",
        (_, _) => "no more connections within a tenant",
    }
}

/// What connections are about: the class that they are ranked by, and all of them.
fn classes(part: &Part, words: &Words<'_>, platform: &Platform, causes: &[Cause]) -> (Class, Vec<Class>) {
    let class = match (part.block.from(), part.block.to()) {
        (End::Addresses(addresses), _) | (_, End::Addresses(addresses)) => words.class(addresses),
        (End::Pods(from), End::Pods(to)) => {
            let names = |end: &xks_kubernetes::cluster::relation::Pods| -> Option<Vec<_>> {
                end.namespaces().names().map(|names| names.cloned().collect())
            };
            let owned = |names: &Option<Vec<smol_str::SmolStr>>| {
                names.as_ref().is_some_and(|names| names.iter().all(|name| platform.owns_namespace(name)))
            };
            match (names(from), names(to)) {
                (Some(from), Some(to)) if from == to && from.len() == 1 => Class::Intra,
                (from, to) if owned(&from) || owned(&to) => Class::Platform,
                _ => Class::Tenants,
            }
        }
    };
    let class = if class == Class::Platform && is_baseline(causes) { Class::Baseline } else { class };
    match (part.known, class) {
        (false, _) | (true, Class::Baseline) => (class, vec![class]),
        (true, Class::Internet) => (class, vec![class, Class::Ports]),
        (true, _) => (Class::Ports, vec![class, Class::Ports]),
    }
}

/// Whether the compiler gives connections with the platform to all of their kind: those of tenants, of pods in the mesh, and
/// what a controller needs for what is exposed. An `allow` gives what it says.
fn is_baseline(causes: &[Cause]) -> bool {
    let is_given = |cause: &Cause| {
        matches!(
            cause.keyword,
            Some(Keyword::Tenant | Keyword::App | Keyword::Service | Keyword::Expose | Keyword::Certificate)
        )
    };
    !causes.is_empty() && causes.iter().all(is_given)
}

/// What an `expose` opens for the ingress controllers is told with the host that it publishes.
pub(super) fn fold_into_hosts(rows: &mut Vec<Row>, hosts: &[Row]) {
    rows.retain(|row| {
        let told = |host: &Row| host.effect == row.effect && row.causes.iter().all(|cause| host.causes.contains(cause));
        !matches!(row.class, Class::Platform | Class::Baseline) || row.causes.is_empty() || !hosts.iter().any(told)
    });
}
