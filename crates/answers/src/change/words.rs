//! Ends of connections in the words of the language, where it has some: `shop/web`, `internet`.

use super::{Class, Side};
use ipnet::IpNet;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_analysis::model::Platform;
use xks_base::values::address::NOT_PUBLIC;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::labels::{Labelled, NAMESPACE_NAME, Settings};
use xks_kubernetes::cluster::relation::{Block, End, Pods};

/// How many namespaces or ranges are named one by one.
const A_FEW: usize = 4;

/// What a side calls things.
pub(super) struct Words<'a> {
    side: Side<'a>,
    /// The tenant of each namespace whose name is another.
    tenants: BTreeMap<&'a SmolStr, &'a SmolStr>,
    not_public: Addresses,
    /// What the facts of the platform name: nodes, the API server, the metadata service, …
    of_platform: Addresses,
    /// What `internet` means for IPv4.
    internet: Addresses,
}

impl<'a> Words<'a> {
    pub(super) fn new(side: &Side<'a>) -> Words<'a> {
        let parse = |words: &[&str]| {
            let nets: Vec<IpNet> = words.iter().filter_map(|word| word.parse().ok()).collect();
            Addresses::nets(&nets)
        };
        let not_public = parse(NOT_PUBLIC);
        let left_out = not_public.union(&Addresses::nets(&side.platform.not_internet));
        let internet = parse(&["0.0.0.0/0"]).difference(&left_out);
        let of_platform = Addresses::nets(&ranges_of_platform(side.platform));
        let all = side.program.iter().flat_map(|program| program.workspace.tenants());
        let tenants = all.map(|tenant| (&tenant.namespace, &tenant.name)).collect();
        Words { side: *side, tenants, not_public, of_platform, internet }
    }

    /// `shop/web -> internet on TCP 443`
    pub(super) fn connection(&self, block: &Block) -> String {
        format!("{} -> {} on {}", self.end(block.from()), self.end(block.to()), block.ports())
    }

    /// The tenant of a namespace; nothing for one that is no tenant's.
    pub(super) fn tenant(&self, namespace: &SmolStr) -> Option<SmolStr> {
        let program = self.side.program?;
        let mut tenants = program.workspace.tenants();
        tenants.find(|tenant| tenant.namespace == *namespace).map(|tenant| tenant.name.clone())
    }

    /// What connections with these addresses are about.
    pub(super) fn class(&self, addresses: &Addresses) -> Class {
        if addresses.is_subset(&self.of_platform) {
            Class::Platform
        } else if addresses.is_subset(&self.not_public) {
            Class::Addresses
        } else {
            Class::Internet
        }
    }

    pub(super) fn end(&self, end: &End) -> String {
        match end {
            End::Addresses(addresses) => self.addresses(addresses),
            End::Pods(pods) => self.pods(pods).unwrap_or_else(|| end.to_string()),
        }
    }

    fn addresses(&self, addresses: &Addresses) -> String {
        if *addresses == Addresses::all() {
            return "every address".to_string();
        }
        if self.internet.is_subset(addresses) && !addresses.intersects(&self.not_public) {
            return "internet".to_string();
        }
        let whole = addresses.to_string();
        let ranges = addresses.to_nets();
        if ranges.len() <= A_FEW || whole.contains(" except ") && whole.matches(',').count() <= 2 * A_FEW {
            return whole;
        }
        let some: Vec<String> = ranges.iter().take(A_FEW).map(IpNet::to_string).collect();
        format!("{} and {} more ranges", some.join(", "), ranges.len() - A_FEW)
    }

    /// `None` for what the language has no short word for.
    fn pods(&self, pods: &Pods) -> Option<String> {
        let namespaces = pods.namespaces();
        let labels = self.labels(pods.labels());
        let rest = namespaces.without(&NAMESPACE_NAME);
        if !rest.is_all() {
            // Whatever namespaces may come to have the labels: those that there are were settled by name.
            let others = matches!(namespaces.condition(&NAMESPACE_NAME), Some(Settings::Except(_)));
            return others.then(|| format!("{labels} of other namespaces with {rest}"));
        }
        let Some(names) = namespaces.names() else {
            let every = *namespaces == Labelled::every_namespace();
            return every.then(|| format!("*/{labels}"));
        };
        let count = names.len();
        let names: Vec<String> =
            names.take(A_FEW).map(|name| self.tenants.get(name).copied().unwrap_or(name).to_string()).collect();
        match names.as_slice() {
            [name] => Some(format!("{name}/{labels}")),
            names if count > A_FEW => Some(format!("({} and {} more)/{labels}", names.join(", "), count - A_FEW)),
            names => Some(format!("({})/{labels}", names.join(", "))),
        }
    }

    fn labels(&self, labels: &Labelled) -> String {
        match labels.conditions() {
            [] => "*".to_string(),
            [(key, Settings::Among(few))] if *key == self.side.platform.app_label => match &few[..] {
                [Some(app)] => app.to_string(),
                _ => format!("pods({labels})"),
            },
            _ => format!("pods({labels})"),
        }
    }
}

/// The ranges that the facts of a platform name as its own.
fn ranges_of_platform(platform: &Platform) -> Vec<IpNet> {
    let named = [
        &platform.kube_api,
        &platform.metadata,
        &platform.node_ranges,
        &platform.pod_ranges,
        &platform.service_ranges,
        &platform.dns_addresses,
        &platform.ingress_addresses,
    ];
    named.into_iter().flatten().copied().collect()
}
