//! Answers in words.

use super::{PeerUnmet, Reason};
use crate::cluster::objects::write_requirement;
use std::fmt;

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::HostNetwork(name) if name.is_empty() => {
                f.write_str("a pod is in the network of its node, for which policies are not defined")
            }
            Reason::HostNetwork(name) => {
                write!(f, "the pods of {name} are in the network of their node, for which policies are not defined")
            }
            Reason::BlockOverPod => f.write_str(
                "only an `ipBlock` covers the pod's address: Calico matches pods by it, Cilium never does",
            ),
            Reason::BlockOverNode => f.write_str(
                "an `ipBlock` covers the address of a node: Calico matches nodes by it, Cilium does not unless it is told to",
            ),
            Reason::AddressOfPod => f.write_str("the address is one of the pods', and whose it is is not known"),
            Reason::AddressOfService => f.write_str(
                "the address is one of the Services', and most network plugins see it only after it has become a pod's",
            ),
            Reason::OwnNode => f.write_str("the address is one of the nodes', and between a pod and its own node all is open"),
            Reason::EndPort => f.write_str("only `endPort` covers the port, and some network plugins take no notice of it"),
            Reason::Sctp => f.write_str("only a rule about SCTP covers the port, and some network plugins know no SCTP"),
            Reason::NamespaceLabels(name) => write!(f, "the labels of the namespace {name} are not known"),
            Reason::NoPod => f.write_str("neither end is a pod, and policies are about pods"),
        }
    }
}

impl fmt::Display for PeerUnmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PeerUnmet::OtherNamespace => f.write_str("it is about pods of its own namespace"),
            PeerUnmet::Namespace(requirement) => {
                f.write_str("the namespace is not ")?;
                write_requirement(requirement, f)
            }
            PeerUnmet::Pod(requirement) => {
                f.write_str("the pod is not ")?;
                write_requirement(requirement, f)
            }
            PeerUnmet::NotAPod => f.write_str("it is about pods"),
            PeerUnmet::NotAnAddress => f.write_str("it is about addresses outside of the cluster"),
            PeerUnmet::OutsideRange => f.write_str("the address is not in the range"),
            PeerUnmet::Excepted(net) => write!(f, "the address is in the exception {net}"),
        }
    }
}
