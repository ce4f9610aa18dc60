//! Who is at one end of connections, as a set.

use super::sample::Sample;
use crate::cluster::addresses::Addresses;
use crate::cluster::labels::{Labelled, NAMESPACE_NAME, value};
use smol_str::SmolStr;
use std::fmt;
use std::net::IpAddr;

/// The pods with some labels in the namespaces with some labels, whether or not there are any yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pods {
    namespaces: Labelled,
    labels: Labelled,
}

impl Pods {
    /// The pods with these labels in these namespaces.
    pub fn new(namespaces: &Labelled, labels: Labelled) -> Option<Pods> {
        Some(Pods { namespaces: namespaces.intersection(&Labelled::every_namespace())?, labels })
    }

    /// The pods with these labels in one namespace.
    pub fn within(namespace: &SmolStr, labels: Labelled) -> Pods {
        Pods { namespaces: Labelled::namespace(namespace), labels }
    }

    /// Every pod of every namespace.
    pub fn all() -> Pods {
        Pods { namespaces: Labelled::every_namespace(), labels: Labelled::all() }
    }

    /// Every pod of the namespaces that do not have these names.
    pub fn outside(names: impl IntoIterator<Item = SmolStr>) -> Pods {
        Pods { namespaces: Labelled::namespaces_except(names), labels: Labelled::all() }
    }

    /// Their namespaces; each has [`NAMESPACE_NAME`].
    pub fn namespaces(&self) -> &Labelled {
        &self.namespaces
    }

    /// Their labels.
    pub fn labels(&self) -> &Labelled {
        &self.labels
    }

    fn intersection(&self, other: &Pods) -> Option<Pods> {
        let namespaces = self.namespaces.intersection(&other.namespaces)?;
        Some(Pods { namespaces, labels: self.labels.intersection(&other.labels)? })
    }

    fn difference(&self, other: &Pods) -> Vec<Pods> {
        let Some(shared) = self.namespaces.intersection(&other.namespaces) else { return vec![self.clone()] };
        let elsewhere = self.namespaces.difference(&other.namespaces).into_iter();
        let elsewhere = elsewhere.map(|namespaces| Pods { namespaces, labels: self.labels.clone() });
        let others = self.labels.difference(&other.labels).into_iter();
        elsewhere.chain(others.map(|labels| Pods { namespaces: shared.clone(), labels })).collect()
    }
}

/// What ends that can be one have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape<'a> {
    Addresses,
    /// Pods with some labels in namespaces that are given by name and have some labels besides.
    Named(&'a Labelled, Labelled),
    Other(&'a Pods),
}

/// One end of connections: pods of the cluster, or addresses outside of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Pods.
    Pods(Pods),
    /// Addresses that are not those of pods; at least one.
    Addresses(Addresses),
}

impl End {
    /// Every pod, and every address.
    pub fn everything() -> [End; 2] {
        [End::Pods(Pods::all()), End::Addresses(Addresses::all())]
    }

    /// Addresses; `None` if there are none.
    pub fn addresses(addresses: Addresses) -> Option<End> {
        (!addresses.is_empty()).then_some(End::Addresses(addresses))
    }

    /// What is in both.
    pub fn intersection(&self, other: &End) -> Option<End> {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => here.intersection(there).map(End::Pods),
            (End::Addresses(here), End::Addresses(there)) => End::addresses(here.intersection(there)),
            _ => None,
        }
    }

    /// Whether something can be in both.
    pub fn intersects(&self, other: &End) -> bool {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => {
                here.namespaces.intersects(&there.namespaces) && here.labels.intersects(&there.labels)
            }
            (End::Addresses(here), End::Addresses(there)) => here.intersects(there),
            _ => false,
        }
    }

    /// Whether all of it is in the other.
    pub fn is_subset(&self, other: &End) -> bool {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => {
                here.namespaces.is_subset(&there.namespaces) && here.labels.is_subset(&there.labels)
            }
            (End::Addresses(here), End::Addresses(there)) => here.is_subset(there),
            _ => false,
        }
    }

    /// What ends have in common that can be joined. Across lists, pods in some namespaces and in all but some are joined too,
    /// which gives lists that nobody shares.
    pub(super) fn shape(&self, across: bool) -> Shape<'_> {
        match self {
            End::Addresses(_) => Shape::Addresses,
            End::Pods(pods) if across || pods.namespaces.names().is_some() => {
                Shape::Named(&pods.labels, pods.namespaces.without(&NAMESPACE_NAME))
            }
            End::Pods(pods) => Shape::Other(pods),
        }
    }

    /// Ends of one shape as one. There is at least one; of a shape that cannot be joined they are all the same.
    pub(super) fn joined(ends: &[&End]) -> Option<End> {
        match ends.first()? {
            End::Addresses(first) => {
                let rest = ends[1..].iter().filter_map(|end| match end {
                    End::Addresses(addresses) => Some(addresses),
                    End::Pods(_) => None,
                });
                Some(End::Addresses(rest.fold(first.clone(), |all, addresses| all.union(addresses))))
            }
            End::Pods(first) => {
                let names = ends.iter().map(|end| match end {
                    End::Pods(pods) => pods.namespaces.names(),
                    End::Addresses(_) => None,
                });
                // Of many names one list is made, not one after the other.
                if let Some(names) = names.collect::<Option<Vec<_>>>() {
                    let names = Labelled::namespaces(names.into_iter().flatten().cloned())?;
                    let namespaces = names.intersection(&first.namespaces.without(&NAMESPACE_NAME))?;
                    return Some(End::Pods(Pods { namespaces, labels: first.labels.clone() }));
                }
                let all = ends.iter().filter_map(|end| if let End::Pods(pods) = end { Some(pods) } else { None });
                let namespaces = all.fold(first.namespaces.clone(), |all, pods| {
                    if all == pods.namespaces { all } else { all.union_of(&pods.namespaces, &NAMESPACE_NAME) }
                });
                Some(End::Pods(Pods { namespaces, labels: first.labels.clone() }))
            }
        }
    }

    /// What is in this end and not in the other, as ends of which no two share anything.
    pub fn difference(&self, other: &End) -> Vec<End> {
        match (self, other) {
            (End::Pods(here), End::Pods(there)) => here.difference(there).into_iter().map(End::Pods).collect(),
            (End::Addresses(here), End::Addresses(there)) => {
                End::addresses(here.difference(there)).into_iter().collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// Whether a pod or an address is one of these.
    pub(super) fn holds(&self, sample: &Sample) -> bool {
        match (sample, self) {
            (Sample::Pod { namespace_labels, labels, .. }, End::Pods(pods)) => {
                pods.namespaces().contains(namespace_labels) && pods.labels().contains(labels)
            }
            (Sample::Address(address), End::Addresses(addresses)) => addresses.contains(*address),
            (Sample::Pod { .. }, End::Addresses(_)) | (Sample::Address(_), End::Pods(_)) => false,
        }
    }

    pub(super) fn sample(&self) -> Sample {
        match self {
            End::Pods(pods) => {
                let namespace_labels = pods.namespaces.sample();
                let namespace = value(&namespace_labels, &NAMESPACE_NAME).cloned().unwrap_or_default();
                Sample::Pod { namespace, namespace_labels, labels: pods.labels.sample() }
            }
            // No set of addresses in an `End` is empty.
            End::Addresses(addresses) => Sample::Address(addresses.sample().unwrap_or(IpAddr::V4([0, 0, 0, 0].into()))),
        }
    }
}

/// `the pods app=foo in shop`, `10.0.0.0/8`.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Addresses(addresses) => write!(f, "{addresses}"),
            End::Pods(pods) => {
                match pods.labels.is_all() {
                    true => f.write_str("every pod in ")?,
                    false => write!(f, "the pods {} in ", pods.labels)?,
                }
                let names =
                    pods.namespaces.names().map(|names| names.map(SmolStr::as_str).collect::<Vec<_>>().join(", "));
                let rest = pods.namespaces.without(&NAMESPACE_NAME);
                match (names, rest.is_all()) {
                    (Some(names), true) => f.write_str(&names),
                    (Some(names), false) => write!(f, "{names} (where the namespace is {rest})"),
                    (None, true) if pods.namespaces == Labelled::every_namespace() => f.write_str("every namespace"),
                    (None, _) => write!(f, "the namespaces {}", pods.namespaces),
                }
            }
        }
    }
}
