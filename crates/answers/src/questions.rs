//! Questions about a cluster, in the words of the language: may this reach that ([`can`]), and who has to do with a peer
//! ([`who`]).
//!
//! A question is asked of a [`Subject`]: what policies permit, and the names that the question may use. Over sources the
//! names are those of the workspace. Over manifests alone each namespace is a tenant, and an app is what a workload of
//! that name makes, or else the pods that the app label names.

pub mod can;
pub mod edits;
mod engines;
pub mod invariants;
mod peers;
mod read;
mod routes;
mod statements;
pub mod who;
mod witness;
mod words;

pub use read::{Host, Question, Target, peer, question};
pub use statements::{Statement, Statements};
pub use witness::{PolicySays, Side, Through, Witness};

use xks_analysis::model::{Environment, Platform, Workspace};
use xks_analysis::names::Names;
use xks_base::source::{Source, Sources};
use xks_kubernetes::cluster::Cluster;

/// What questions are asked of.
pub struct Subject<'a> {
    /// What is permitted.
    pub cluster: &'a Cluster,
    /// The names that a question may use.
    pub names: &'a Names<'a>,
    /// The cluster's facts.
    pub platform: &'a Platform,
    /// The environment, if the platform declares any.
    pub env: Option<&'a Environment>,
    /// What the manifests were made from, if that is known.
    pub workspace: Option<(&'a Sources, &'a Workspace)>,
}

/// The names that manifests alone give: a file that declares a tenant for each of their namespaces.
pub fn tenants(cluster: &Cluster) -> Vec<Source> {
    let objects = cluster.objects();
    let named = objects.workloads.iter().map(|workload| &workload.namespace);
    let named = named.chain(objects.services.iter().map(|service| &service.namespace));
    let named = named.chain(objects.ingresses.iter().map(|ingress| &ingress.namespace));
    let named = named.chain(objects.namespaces.iter().map(|namespace| &namespace.name)).chain(cluster.protected());
    let names: std::collections::BTreeSet<_> =
        named.filter(|name| xks_base::values::name::label(name).is_ok()).collect();
    let one = |name: &smol_str::SmolStr| {
        let mut text = format!("tenant {name}");
        let labels = cluster.namespace(name).into_iter().flatten();
        for (at, (key, value)) in labels.enumerate() {
            text.push_str(if at == 0 { " labels " } else { ", " });
            text.push_str(&format!("{key}=\"{value}\""));
        }
        Source::new(format!("{name}.xks"), text)
    };
    names.into_iter().map(one).collect()
}
