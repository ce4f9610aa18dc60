//! Policies of other engines: network plugins with kinds of their own, and meshes. Nothing here reads them, so where they could
//! matter an answer is not known.

use xks_kubernetes::cluster::Cluster;
use xks_kubernetes::cluster::labels::Labelled;
use xks_kubernetes::cluster::objects::EnginePolicy;
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{End, Pods, Relation};

/// Makes doubtful what a policy of another engine could decide otherwise, and says which policies those are.
pub(super) fn unsettle(
    cluster: &Cluster,
    open: &mut Relation,
    closed: &mut Relation,
    doubtful: &mut Relation,
) -> Vec<String> {
    let mut notes = Vec::new();
    for policy in &cluster.objects().engine_policies {
        let around = around(policy);
        let mut concerns = false;
        let mut doubt = |relation: &mut Relation| {
            let touched = relation.intersection(&around);
            if !touched.is_empty() {
                *relation = relation.difference(&around);
                doubtful.extend(touched.blocks().iter().cloned());
                concerns = true;
            }
        };
        doubt(open);
        if policy.may_open {
            doubt(closed);
        }
        if concerns {
            notes.push(note(policy));
        }
    }
    notes
}

/// The connections that some policy of another engine could decide otherwise, and those policies.
pub(super) fn unknown(cluster: &Cluster, asked: &Relation) -> (Relation, Vec<String>) {
    let (mut unknown, mut notes) = (Relation::default(), Vec::new());
    for policy in &cluster.objects().engine_policies {
        let touched = asked.intersection(&around(policy));
        if !touched.is_empty() {
            unknown.extend(touched.blocks().iter().cloned());
            notes.push(note(policy));
        }
    }
    (unknown, notes)
}

/// A policy that could permit some of the connections although nothing that is read does, in words.
pub(super) fn could_permit(cluster: &Cluster, asked: &Relation) -> Option<String> {
    let mut policies = cluster.objects().engine_policies.iter().filter(|policy| policy.may_open);
    policies.find(|policy| !asked.intersection(&around(policy)).is_empty()).map(note)
}

/// The connections of the pods that a policy may be for.
fn around(policy: &EnginePolicy) -> Relation {
    let pods = match &policy.namespace {
        Some(namespace) => Pods::within(namespace, Labelled::all()),
        None => Pods::all(),
    };
    let own = [End::Pods(pods)];
    let mut all = Relation::between(&own, &End::everything(), &Ports::all());
    all.extend(Relation::between(&End::everything(), &own, &Ports::all()).blocks().iter().cloned());
    all
}

fn note(policy: &EnginePolicy) -> String {
    let verb = if policy.may_open { "open or close" } else { "close" };
    format!("not known: {} may {verb} it, and xks does not read such policies", policy.title())
}
