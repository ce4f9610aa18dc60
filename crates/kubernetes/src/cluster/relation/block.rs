//! Connections from one set to another.

use super::end::End;
use super::sample::Connection;
use crate::cluster::ports::{Port, Ports};
use std::fmt;
use xks_base::values::port::Protocol;

/// Connections from some to some on some ports; never none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) ports: Ports,
}

impl Block {
    /// The connections from `from` to `to` on `ports`; `None` if there are none. The ports of an address have no names.
    pub fn new(from: End, to: End, ports: Ports) -> Option<Block> {
        let ports = if matches!(to, End::Addresses(_)) { ports.unnamed() } else { ports };
        (!ports.is_empty()).then_some(Block { from, to, ports })
    }

    /// Who connects.
    pub fn from(&self) -> &End {
        &self.from
    }

    /// To whom.
    pub fn to(&self) -> &End {
        &self.to
    }

    /// On which ports of the destination.
    pub fn ports(&self) -> &Ports {
        &self.ports
    }

    /// The connections of both.
    pub fn intersection(&self, other: &Block) -> Option<Block> {
        if !self.may_intersect(other) {
            return None;
        }
        let (from, to) = (self.from.intersection(&other.from)?, self.to.intersection(&other.to)?);
        Block::new(from, to, self.ports.intersection(&other.ports))
    }

    pub(super) fn may_intersect(&self, other: &Block) -> bool {
        self.from.intersects(&other.from) && self.to.intersects(&other.to)
    }

    /// Whether all of its connections are in the other.
    pub fn is_subset(&self, other: &Block) -> bool {
        self.from.is_subset(&other.from) && self.to.is_subset(&other.to) && self.ports.is_subset(&other.ports)
    }

    /// The connections of this block that are not in the other, as blocks of which no two share any.
    pub fn difference(&self, other: &Block) -> Vec<Block> {
        let Some(shared) = self.intersection(other) else { return vec![self.clone()] };
        let mut out = Vec::new();
        for from in self.from.difference(&other.from) {
            out.push(Block { from, to: self.to.clone(), ports: self.ports.clone() });
        }
        for to in self.to.difference(&other.to) {
            out.push(Block { from: shared.from.clone(), to, ports: self.ports.clone() });
        }
        out.extend(Block::new(shared.from, shared.to, self.ports.difference(&other.ports)));
        out
    }

    /// Whether a connection is one of these.
    pub(super) fn holds(&self, connection: &Connection) -> bool {
        self.from.holds(&connection.from) && self.to.holds(&connection.to) && self.ports.contains(&connection.port)
    }

    /// One of its connections.
    pub fn sample(&self) -> Connection {
        // No set of ports in a block is empty.
        let port = self.ports.sample().unwrap_or(Port { protocol: Protocol::Tcp, number: 1, name: None });
        Connection { from: self.from.sample(), to: self.to.sample(), port }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} on {}", self.from, self.to, self.ports)
    }
}
