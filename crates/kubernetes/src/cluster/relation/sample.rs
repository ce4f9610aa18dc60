//! One connection of a set.

use crate::cluster::labels::{Labels, NAMESPACE_NAME};
use crate::cluster::ports::Port;
use smol_str::SmolStr;
use std::fmt;
use std::net::IpAddr;

/// One end of one connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// A pod, with just the labels that matter.
    Pod {
        /// The name of its namespace.
        namespace: SmolStr,
        /// The labels of its namespace, its name among them.
        namespace_labels: Labels,
        /// The labels of the pod.
        labels: Labels,
    },
    /// An address outside of the cluster.
    Address(IpAddr),
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// Who connects.
    pub from: Sample,
    /// To whom.
    pub to: Sample,
    /// On which port of the destination.
    pub port: Port,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sample::Address(address) => write!(f, "{address}"),
            Sample::Pod { namespace, namespace_labels, labels } => {
                let words = |labels: &[(SmolStr, SmolStr)]| {
                    let shown = labels.iter().filter(|(key, _)| *key != NAMESPACE_NAME);
                    shown.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
                };
                match words(labels) {
                    none if none.is_empty() => write!(f, "a pod without labels in {namespace}")?,
                    some => write!(f, "a pod {some} in {namespace}")?,
                }
                match words(namespace_labels) {
                    none if none.is_empty() => Ok(()),
                    some => write!(f, " (a namespace {some})"),
                }
            }
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} on {}", self.from, self.to, self.port)
    }
}
