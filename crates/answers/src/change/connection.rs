//! Rows about connections: a row for each kind of connection that the same statements open or close.

use super::cause::Provenance;
use super::reach::{Part, Reach};
use super::words::Words;
use super::{Cause, Class, Effect, Row, Side, Which};
use std::collections::BTreeMap;
use xks_analysis::model::Platform;
use xks_kubernetes::cluster::relation::{Block, End, Relation};

pub(super) fn rows(reach: &Reach, old: &Side<'_>, new: &Side<'_>, provenance: &mut Provenance<'_>) -> Vec<Row> {
    let mut out = of_one_side(&reach.opened, Effect::Opens, Which::New, new, provenance);
    out.extend(of_one_side(&reach.closed, Effect::Closes, Which::Old, old, provenance));
    out
}

fn of_one_side(
    parts: &[Part],
    effect: Effect,
    which: Which,
    side: &Side<'_>,
    provenance: &mut Provenance<'_>,
) -> Vec<Row> {
    let words = Words::new(side);
    let mut groups: BTreeMap<(Class, Vec<Class>, Vec<Cause>), Vec<Block>> = BTreeMap::new();
    for part in parts {
        let (class, classes) = classes(part, &words, side.platform);
        let causes = provenance.behind(which, &part.block);
        groups.entry((class, classes, causes)).or_default().push(part.block.clone());
    }
    let row = |((class, classes, causes), blocks): ((Class, Vec<Class>, Vec<Cause>), Vec<Block>)| {
        let merged = blocks.into_iter().collect::<Relation>().merged();
        let mut connections: Vec<String> = merged.blocks().iter().map(|block| words.connection(block)).collect();
        connections.sort();
        connections.dedup();
        Row {
            effect,
            class,
            title: title(effect, class, &classes).to_string(),
            classes,
            connections,
            note: None,
            causes,
        }
    };
    groups.into_iter().map(row).collect()
}

fn title(effect: Effect, class: Class, classes: &[Class]) -> &'static str {
    let ports = classes.contains(&Class::Ports);
    match (effect, class) {
        (Effect::Opens, Class::Internet) if ports => "more ports to or from the internet",
        (Effect::Opens, Class::Internet) => "new connections to or from the internet",
        (Effect::Opens, Class::Tenants) => "new connections between tenants",
        (Effect::Opens, Class::Addresses) => "new connections to or from addresses",
        (Effect::Opens, Class::Ports) => "more ports between ends that are connected",
        (Effect::Opens, Class::Platform) => "new connections to or from the platform",
        (Effect::Opens, _) => "new connections within a tenant",
        (_, Class::Internet) if ports => "fewer ports to or from the internet",
        (_, Class::Internet) => "no more connections to or from the internet",
        (_, Class::Tenants) => "no more connections between tenants",
        (_, Class::Addresses) => "no more connections to or from addresses",
        (_, Class::Ports) => "fewer ports between ends that stay connected",
        (_, Class::Platform) => "no more connections to or from the platform",
        (_, _) => "no more connections within a tenant",
    }
}

/// What connections are about: the class that they are ranked by, and all of them.
fn classes(part: &Part, words: &Words<'_>, platform: &Platform) -> (Class, Vec<Class>) {
    let class = match (part.block.from(), part.block.to()) {
        (End::Addresses(addresses), _) | (_, End::Addresses(addresses)) => {
            if words.public(addresses) {
                Class::Internet
            } else {
                Class::Addresses
            }
        }
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
    match (part.known, class) {
        (false, _) => (class, vec![class]),
        (true, Class::Internet) => (class, vec![class, Class::Ports]),
        (true, _) => (Class::Ports, vec![class, Class::Ports]),
    }
}

/// What an `expose` opens for the ingress controllers is told with the host that it publishes.
pub(super) fn fold_into_hosts(rows: &mut Vec<Row>, hosts: &[Row]) {
    rows.retain(|row| {
        let told = |host: &Row| host.effect == row.effect && row.causes.iter().all(|cause| host.causes.contains(cause));
        row.class != Class::Platform || row.causes.is_empty() || !hosts.iter().any(told)
    });
}
