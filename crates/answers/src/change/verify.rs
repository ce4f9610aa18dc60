//! Whether manifests are what the sources say: each object that is not, by name, and what that means for who reaches whom.

use super::object::{self, ObjectChange};
use super::{Side, Verdict, compare, exposure};
use std::collections::BTreeMap;
use xks_kubernetes::cluster::network::{Network, Reading};
use xks_kubernetes::cluster::objects::{Direction, NetworkPolicy, Objects};
use xks_kubernetes::cluster::relation::{Connection, Relation};
use xks_kubernetes::cluster::{Cluster, Facts, policy};
use xks_output::emit::MARKER;

/// How manifests differ from what the sources say.
#[derive(Debug)]
pub struct Verified {
    /// What becomes of the connections, all differences together.
    pub verdict: Verdict,
    /// The objects that differ, by namespace, kind and name.
    pub objects: Vec<Drift>,
    /// The files in which other bytes stand for the same objects, or that are not where a build puts them.
    pub moved: Vec<String>,
}

/// An object that differs.
#[derive(Debug)]
pub struct Drift {
    /// How.
    pub state: State,
    /// What the sources say of it is `old`, and what stands there is `new`.
    pub object: ObjectChange,
    /// What it alone does.
    pub effect: Effect,
}

/// How an object differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It stands there for the statement that it is made of, and says something else: somebody changed it by hand.
    Edited,
    /// It stands there for a statement that is gone or says something else now.
    Stale,
    /// It says something else, and no comment tells for which statement it stands there.
    Different,
    /// It does not stand there.
    Missing,
    /// Nothing in the sources is about it, and the compiler did not write it.
    Foreign,
}

impl State {
    /// `edited`, `stale`, …
    pub fn word(self) -> &'static str {
        match self {
            State::Edited => "edited",
            State::Stale => "stale",
            State::Different => "different",
            State::Missing => "missing",
            State::Foreign => "foreign",
        }
    }
}

/// What one object's difference does to who reaches whom.
#[derive(Debug, Default)]
pub struct Effect {
    /// What comes: of connections, one of them.
    pub opens: Vec<String>,
    /// What goes.
    pub closes: Vec<String>,
    /// A connection that this object lets through and should not, or the other way round, without an effect: another policy
    /// has the same say on its side, or the other side's policies do not let it through.
    pub in_vain: Option<String>,
}

impl Effect {
    /// What becomes of the connections.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(!self.opens.is_empty(), !self.closes.is_empty())
    }
}

/// Holds what stands somewhere against what is expected there.
pub fn verify(expected: &Side<'_>, found: &Side<'_>) -> Verified {
    let change = compare(expected, found);
    let mut objects = change.objects;
    // A dump of what an API server stored has no kustomizations, and no files of a build.
    let is_built = found.files.is_empty() || found.files.iter().any(|(_, bytes)| bytes.starts_with(MARKER.as_bytes()));
    if is_built {
        objects.extend(kustomizations(expected.files, found.files));
    }
    objects.sort_by(|a, b| (&a.namespace, &a.kind, &a.name).cmp(&(&b.namespace, &b.kind, &b.name)));
    let moved = if is_built { moved(expected.files, found.files, &objects) } else { Vec::new() };
    let drift = |object: ObjectChange| {
        let effect = match object.kind.as_str() {
            "NetworkPolicy" => of_policy(expected.cluster, found.cluster, &object),
            "Ingress" => of_ingress(expected, found, &object),
            _ => Effect::default(),
        };
        Drift { state: state(&object), object, effect }
    };
    Verified { verdict: change.verdict.of_reach(), objects: objects.into_iter().map(drift).collect(), moved }
}

fn state(object: &ObjectChange) -> State {
    match (&object.old, &object.new) {
        (_, None) => State::Missing,
        (None, Some(found)) => {
            let ours = found["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "xks";
            if ours { State::Stale } else { State::Foreign }
        }
        (Some(_), Some(_)) => match (&object.old_comment, &object.new_comment) {
            (Some(written), Some(says)) if written == says => State::Edited,
            (Some(_), Some(_)) => State::Stale,
            _ => State::Different,
        },
    }
}

/// The kustomizations that differ. They have no names, and go by their files.
fn kustomizations(expected: &[(String, Vec<u8>)], found: &[(String, Vec<u8>)]) -> Vec<ObjectChange> {
    let of = |files: &'_ [(String, Vec<u8>)]| -> BTreeMap<String, Vec<u8>> {
        files.iter().filter(|(path, _)| is_kustomization(path)).cloned().collect()
    };
    let (expected, mut found) = (of(expected), of(found));
    let mut out = Vec::new();
    for (path, old) in expected {
        let new = found.remove(&path);
        out.extend(object::file_change(&path, Some(&old), new.as_deref()));
    }
    out.extend(found.into_iter().filter_map(|(path, new)| object::file_change(&path, None, Some(&new))));
    out
}

fn is_kustomization(path: &str) -> bool {
    path == "kustomization.yaml" || path.ends_with("/kustomization.yaml")
}

/// The files that differ although none of their objects does.
fn moved(expected: &[(String, Vec<u8>)], found: &[(String, Vec<u8>)], objects: &[ObjectChange]) -> Vec<String> {
    let there: BTreeMap<&str, &[u8]> = found.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
    let differs = |(path, bytes): &&(String, Vec<u8>)| there.get(path.as_str()) != Some(&&bytes[..]);
    let told = |path: &str| objects.iter().any(|object| object.path == path);
    expected.iter().filter(differs).map(|(path, _)| path.clone()).filter(|path| !told(path)).collect()
}

fn named<'a>(cluster: &'a Cluster, object: &ObjectChange) -> Option<&'a NetworkPolicy> {
    cluster.policies(&object.namespace).map(|(_, policy)| policy).find(|policy| policy.name == object.name)
}

/// What comes and goes if this policy alone is as it stands there, as far as the policies of the other side and further
/// ones of this side let it have an effect.
fn of_policy(expected: &Cluster, found: &Cluster, object: &ObjectChange) -> Effect {
    let namespace = smol_str::SmolStr::new(&object.namespace);
    let (was, is) = (named(expected, object), named(found, object));
    let others = expected.policies(&namespace).map(|(_, policy)| policy).filter(|policy| policy.name != object.name);
    let others: Vec<&NetworkPolicy> = others.collect();
    let (mut opened, mut closed) = (Relation::default(), Relation::default());
    for direction in [Direction::Egress, Direction::Ingress] {
        let permits = |own: Option<&NetworkPolicy>| {
            policy::permits(
                others.iter().copied().chain(own),
                &namespace,
                direction,
                &Network::default(),
                Reading::Specification,
            )
        };
        let (before, after) = (permits(was), permits(is));
        opened.extend(after.difference(&before).blocks().iter().cloned());
        closed.extend(before.difference(&after).blocks().iter().cloned());
    }
    let real = |relation: &Relation, on: &Cluster, other: &Cluster| {
        let [on, other] = [on, other].map(|cluster| cluster.filter(&cluster.settled(relation), Reading::Specification));
        on.difference(&other).sample()
    };
    let (opens, closes) = (real(&opened, found, expected), real(&closed, expected, found));
    let in_vain = match (&opens, &closes) {
        (None, None) => opened.sample().or_else(|| closed.sample()),
        _ => None,
    };
    let words = |connection: Option<Connection>| connection.map(|connection| connection.to_string());
    Effect {
        opens: words(opens).into_iter().collect(),
        closes: words(closes).into_iter().collect(),
        in_vain: words(in_vain),
    }
}

/// The hosts that come and go with an Ingress.
fn of_ingress(expected: &Side<'_>, found: &Side<'_>, object: &ObjectChange) -> Effect {
    let only = |cluster: &Cluster| {
        let is_it = |namespace: &str, name: &str| namespace == object.namespace && name == object.name;
        let all = cluster.objects();
        let ingresses = all.ingresses.iter().filter(|ingress| is_it(&ingress.namespace, &ingress.name));
        let objects =
            Objects { files: all.files.clone(), ingresses: ingresses.cloned().collect(), ..Objects::default() };
        Cluster::new(objects, Facts::default())
    };
    let (was, is) = (only(expected.cluster), only(found.cluster));
    let side = |cluster, platform| Side { cluster, files: &[], platform, program: None };
    let (was, is) = (side(&was, expected.platform), side(&is, found.platform));
    let hosts = exposure::rows(&was, &is, &mut super::cause::Provenance::new(&was, &is));
    let titles = |effect| hosts.rows.iter().filter(move |row| row.effect == effect).map(|row| row.title.clone());
    Effect {
        opens: titles(super::Effect::Opens).collect(),
        closes: titles(super::Effect::Closes).collect(),
        in_vain: None,
    }
}
