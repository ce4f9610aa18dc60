//! Sets of ports, as what they are and not as how they are written.

use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use xks_analysis::model::Port;
use xks_base::values::port::{PortRef, Protocol};

/// Ports of a destination.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortSet {
    every: bool,
    /// Ranges, sorted, none touching another.
    numbers: BTreeMap<Protocol, Vec<(u16, u16)>>,
    names: BTreeSet<(SmolStr, Protocol)>,
}

impl PortSet {
    /// Every port.
    pub fn every() -> PortSet {
        PortSet { every: true, ..PortSet::default() }
    }

    /// What a flow lists: nothing means every port.
    pub fn of(ports: &[Port]) -> PortSet {
        if ports.is_empty() {
            return PortSet::every();
        }
        let mut set = PortSet::default();
        for port in ports {
            match &port.port {
                PortRef::Numbers(low, high) => set.numbers.entry(port.protocol).or_default().push((*low, *high)),
                PortRef::Name(name) => drop(set.names.insert((name.clone(), port.protocol))),
            }
        }
        set.numbers.values_mut().for_each(join);
        set
    }

    /// Whether there is no port in it.
    pub fn is_empty(&self) -> bool {
        !self.every && self.numbers.is_empty() && self.names.is_empty()
    }

    /// Whether it holds every port.
    pub fn is_every(&self) -> bool {
        self.every
    }

    /// Adds the ports of another.
    pub fn add(&mut self, other: &PortSet) {
        if self.every || other.every {
            *self = PortSet::every();
            return;
        }
        for (protocol, ranges) in &other.numbers {
            let own = self.numbers.entry(*protocol).or_default();
            own.extend(ranges);
            join(own);
        }
        self.names.extend(other.names.iter().cloned());
    }

    /// What is in this one and not in `other`. Every port less some is still called every port.
    pub fn minus(&self, other: &PortSet) -> PortSet {
        if other.every {
            return PortSet::default();
        }
        if self.every {
            return PortSet::every();
        }
        let none = Vec::new();
        let left = self
            .numbers
            .iter()
            .map(|(protocol, ranges)| (*protocol, without(ranges, other.numbers.get(protocol).unwrap_or(&none))));
        PortSet {
            every: false,
            numbers: left.filter(|(_, ranges)| !ranges.is_empty()).collect(),
            names: self.names.difference(&other.names).cloned().collect(),
        }
    }

    /// Whether some port is in both. A name may stand for any number.
    pub fn meets(&self, other: &PortSet) -> bool {
        let named = |a: &PortSet, b: &PortSet| !a.names.is_empty() && !b.is_empty();
        self.every && !other.is_empty()
            || other.every && !self.is_empty()
            || named(self, other)
            || named(other, self)
            || self.minus(other) != *self
    }
}

/// Sorts ranges, and makes one of those that touch.
fn join(ranges: &mut Vec<(u16, u16)>) {
    ranges.sort_unstable();
    ranges.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1.saturating_add(1);
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
}

/// `ranges` less `holes`, both sorted.
fn without(ranges: &[(u16, u16)], holes: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut left = Vec::new();
    for &(low, high) in ranges {
        let mut start = u32::from(low);
        for &(from, to) in holes.iter().filter(|(from, to)| *to >= low && *from <= high) {
            if u32::from(from) > start {
                left.push((start as u16, from - 1));
            }
            start = start.max(u32::from(to) + 1);
        }
        if start <= u32::from(high) {
            left.push((start as u16, high));
        }
    }
    left
}

impl fmt::Display for PortSet {
    /// `:8080, 53/udp`, as in the language, or `all ports`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.every {
            return f.write_str("all ports");
        }
        let suffix = |protocol: &Protocol| match protocol {
            Protocol::Tcp => String::new(),
            other => format!("/{}", other.word()),
        };
        let number = |(low, high): &(u16, u16)| if low == high { low.to_string() } else { format!("{low}-{high}") };
        let numbers = self.numbers.iter().flat_map(|(protocol, ranges)| {
            ranges.iter().map(move |range| format!("{}{}", number(range), suffix(protocol)))
        });
        let names = self.names.iter().map(|(name, protocol)| format!("{name}{}", suffix(protocol)));
        write!(f, ":{}", numbers.chain(names).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xks_base::values::port::PortSpec;

    fn set(text: &str) -> PortSet {
        let ports: Vec<Port> = text
            .split(',')
            .filter(|text| !text.is_empty())
            .map(|text| {
                let spec = PortSpec::parse(text).expect("a port");
                Port { port: spec.port, protocol: spec.protocols.first().copied().unwrap_or(Protocol::Tcp) }
            })
            .collect();
        PortSet::of(&ports)
    }

    #[test]
    fn a_set_is_its_ports() {
        assert_eq!(set("80,81"), set("80-81"));
        assert_eq!(set("80-90,85-95,80/udp").to_string(), ":80-95, 80/udp");
        assert_eq!(set("").to_string(), "all ports");
        let mut sum = set("80");
        sum.add(&set("443,http"));
        assert_eq!(sum.to_string(), ":80, 443, http");
        sum.add(&set(""));
        assert!(sum.is_every());
    }

    #[test]
    fn what_is_left_is_not_in_the_other() {
        assert_eq!(set("80-90").minus(&set("85")).to_string(), ":80-84, 86-90");
        assert_eq!(set("1-65535").minus(&set("1,65535")).to_string(), ":2-65534");
        assert!(set("80,http").minus(&set("1-100,http")).is_empty());
        assert_eq!(set("80").minus(&set("80/udp")), set("80"));
        assert!(set("").minus(&set("80")).is_every() && set("80").minus(&set("")).is_empty());
    }

    #[test]
    fn sets_meet_where_a_port_is_in_both() {
        assert!(set("80-90").meets(&set("90")) && set("http").meets(&set("80")) && set("").meets(&set("80")));
        assert!(!set("80").meets(&set("81")) && !set("80").meets(&set("80/udp")));
    }
}
