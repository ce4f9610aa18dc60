//! What is known of the network under a cluster, where the API leaves open what network plugins do.

use super::addresses::Addresses;
use ipnet::IpNet;
use xks_base::values::address::NOT_PUBLIC;

/// What is known of a network. By default, nothing is: what hangs on it is answered by "depends".
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// The addresses of pods. Where they are not known, a pod may have any address that is not public.
    pub pods: Option<Addresses>,
    /// The addresses of Services.
    pub services: Addresses,
    /// The addresses of nodes.
    pub nodes: Addresses,
    /// Whether an `ipBlock` matches pods that have an address in it. Calico says yes, Cilium no.
    pub blocks_match_pods: Option<bool>,
    /// Whether an `ipBlock` matches nodes that have an address in it. Calico says yes, Cilium only when it is told to.
    pub blocks_match_nodes: Option<bool>,
    /// Whether `endPort` is understood. Where it is not, only `port` is opened.
    pub end_port: Option<bool>,
    /// Whether a rule about SCTP is understood.
    pub sctp: Option<bool>,
}

impl Network {
    /// What Calico does.
    pub fn calico() -> Network {
        Network {
            blocks_match_pods: Some(true),
            blocks_match_nodes: Some(true),
            end_port: Some(true),
            sctp: Some(true),
            ..Network::default()
        }
    }

    /// What Cilium does unless it is told otherwise.
    pub fn cilium() -> Network {
        Network {
            blocks_match_pods: Some(false),
            blocks_match_nodes: Some(false),
            end_port: Some(true),
            sctp: Some(false),
            ..Network::default()
        }
    }

    /// The addresses that a pod may have.
    pub(super) fn pods(&self) -> Addresses {
        self.pods.clone().unwrap_or_else(|| {
            let nets: Vec<IpNet> = NOT_PUBLIC.iter().filter_map(|net| net.parse().ok()).collect();
            Addresses::nets(&nets)
        })
    }

    pub(super) fn reads(&self, reading: Reading) -> Capabilities {
        let or = |known: Option<bool>, specified: bool| match reading {
            Reading::Specification => specified,
            Reading::Least => known.unwrap_or(false),
            Reading::Most => known.unwrap_or(true),
        };
        let inside = self.pods.iter().fold(self.services.union(&self.nodes), |all, pods| all.union(pods));
        let (lost, gained) = match reading {
            Reading::Specification => Default::default(),
            Reading::Least if self.blocks_match_nodes == Some(true) => {
                (inside.difference(&self.nodes), Addresses::default())
            }
            Reading::Least => (inside, Addresses::default()),
            Reading::Most => (Addresses::default(), inside),
        };
        let blocks_match_pods = match reading {
            Reading::Least if self.blocks_match_pods == Some(true) => self.pods.clone().map(Covering::All),
            Reading::Most if self.blocks_match_pods != Some(false) => Some(Covering::Some(self.pods())),
            _ => None,
        };
        let (end_port, sctp) = (or(self.end_port, true), or(self.sctp, true));
        Capabilities { blocks_match_pods, end_port, sctp, lost, gained }
    }
}

/// How to read a policy where network plugins differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As the API describes it: `endPort` and SCTP are understood, and `ipBlock` is about addresses outside of the cluster.
    Specification,
    /// What every network plugin that is in question permits.
    Least,
    /// What one of them permits.
    Most,
}

/// What a network plugin is taken to do. With more of it, more is open.
pub(super) struct Capabilities {
    /// When an `ipBlock` matches pods; never without it.
    pub(super) blocks_match_pods: Option<Covering>,
    pub(super) end_port: bool,
    pub(super) sctp: bool,
    /// Addresses that no rule opens.
    pub(super) lost: Addresses,
    /// Addresses that are open whatever the rules say.
    pub(super) gained: Addresses,
}

/// Which of the addresses of pods an `ipBlock` has to hold.
pub(super) enum Covering {
    All(Addresses),
    Some(Addresses),
}

impl Covering {
    pub(super) fn by(&self, block: &Addresses) -> bool {
        match self {
            Covering::All(pods) => pods.is_subset(block),
            Covering::Some(pods) => pods.intersects(block),
        }
    }
}
