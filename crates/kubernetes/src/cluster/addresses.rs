//! Sets of IP addresses of both families.

use super::intervals::Intervals;
use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A set of addresses. Equal sets are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addresses {
    v4: Intervals<u32>,
    v6: Intervals<u128>,
}

impl Addresses {
    /// Every address of both families.
    pub fn all() -> Addresses {
        Addresses { v4: Intervals::all(), v6: Intervals::all() }
    }

    /// The addresses of a range.
    pub fn net(net: &IpNet) -> Addresses {
        match net {
            IpNet::V4(net) => Addresses {
                v4: Intervals::range(net.network().to_bits(), net.broadcast().to_bits()),
                v6: Intervals::default(),
            },
            IpNet::V6(net) => Addresses {
                v4: Intervals::default(),
                v6: Intervals::range(net.network().to_bits(), net.broadcast().to_bits()),
            },
        }
    }

    /// The union of ranges.
    pub fn nets<'a>(nets: impl IntoIterator<Item = &'a IpNet>) -> Addresses {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for net in nets {
            match net {
                IpNet::V4(net) => v4.push((net.network().to_bits(), net.broadcast().to_bits())),
                IpNet::V6(net) => v6.push((net.network().to_bits(), net.broadcast().to_bits())),
            }
        }
        Addresses { v4: Intervals::of(v4), v6: Intervals::of(v6) }
    }

    /// Whether it holds no address.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether it holds an address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contains(address.to_bits()),
            IpAddr::V6(address) => self.v6.contains(address.to_bits()),
        }
    }

    /// The addresses in either.
    pub fn union(&self, other: &Addresses) -> Addresses {
        Addresses { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// The addresses in both.
    pub fn intersection(&self, other: &Addresses) -> Addresses {
        Addresses { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    /// The addresses of this set that are not in the other.
    pub fn difference(&self, other: &Addresses) -> Addresses {
        Addresses { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// Every other address of both families.
    pub fn complement(&self) -> Addresses {
        Addresses { v4: self.v4.complement(), v6: self.v6.complement() }
    }

    /// Whether all of its addresses are in the other.
    pub fn is_subset(&self, other: &Addresses) -> bool {
        self.v4.is_subset(&other.v4) && self.v6.is_subset(&other.v6)
    }

    /// Whether they share an address.
    pub fn intersects(&self, other: &Addresses) -> bool {
        self.v4.intersects(&other.v4) || self.v6.intersects(&other.v6)
    }

    /// An address of the set. The first one that a host can have: of `1.0.0.0/8` it is `1.0.0.1`, of everything `1.0.0.1`.
    pub fn sample(&self) -> Option<IpAddr> {
        let usable = self.v4.difference(&Intervals::range(0, 0x0100_0000));
        let v4 = usable.first().map(|first| {
            let next = first | 1;
            if usable.contains(next) { next } else { first }
        });
        let v6 = || {
            let first = self.v6.first()?;
            Some(if self.v6.contains(first | 1) { first | 1 } else { first })
        };
        v4.or_else(|| self.v4.first())
            .map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits)))
            .or_else(|| v6().map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))))
    }

    /// The fewest ranges that hold exactly these addresses, in order.
    pub fn to_nets(&self) -> Vec<IpNet> {
        let v4 = self.v4.iter().flat_map(|(low, high)| {
            Ipv4Subnets::new(Ipv4Addr::from_bits(low), Ipv4Addr::from_bits(high), 0).map(IpNet::V4)
        });
        let v6 = self.v6.iter().flat_map(|(low, high)| {
            Ipv6Subnets::new(Ipv6Addr::from_bits(low), Ipv6Addr::from_bits(high), 0).map(IpNet::V6)
        });
        v4.chain(v6).collect()
    }
}

/// As ranges, or as what they leave out where that is shorter: `0.0.0.0/0 except 10.0.0.0/8`.
impl fmt::Display for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |set: &Addresses| set.to_nets().iter().map(IpNet::to_string).collect::<Vec<_>>();
        let v4 = Addresses { v4: self.v4.clone(), v6: Intervals::default() };
        let v6 = Addresses { v4: Intervals::default(), v6: self.v6.clone() };
        let mut parts = Vec::new();
        for (set, whole) in [(v4, "0.0.0.0/0"), (v6, "::/0")] {
            let within = words(&set);
            let mut left_out = set.complement();
            match whole {
                "::/0" => left_out.v4 = Intervals::default(),
                _ => left_out.v6 = Intervals::default(),
            }
            let left_out = words(&left_out);
            match (within.len(), left_out.len()) {
                (0, _) => {}
                (_, 0) => parts.push(whole.to_string()),
                (few, many) if few <= many + 1 => parts.extend(within),
                _ => parts.push(format!("{whole} except {}", left_out.join(", "))),
            }
        }
        f.write_str(if parts.is_empty() { "no address" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nets(words: &[&str]) -> Addresses {
        let nets: Vec<IpNet> = words.iter().map(|word| word.parse().unwrap()).collect();
        Addresses::nets(&nets)
    }

    #[test]
    fn ranges_less_exceptions_read_as_they_were_written() {
        let public = nets(&["0.0.0.0/0"]).difference(&nets(&["10.0.0.0/8", "172.16.0.0/12"]));
        assert_eq!(public.to_string(), "0.0.0.0/0 except 10.0.0.0/8, 172.16.0.0/12");
        assert_eq!(nets(&["10.0.0.0/8", "::/0"]).to_string(), "10.0.0.0/8, ::/0");
        assert_eq!(Addresses::default().to_string(), "no address");
        assert_eq!(nets(&["10.0.0.0/9", "10.128.0.0/9"]), nets(&["10.0.0.0/8"]));
    }

    #[test]
    fn a_sample_is_an_address_that_a_host_can_have() {
        assert_eq!(Addresses::all().sample().unwrap().to_string(), "1.0.0.1");
        assert_eq!(nets(&["10.0.0.0/8"]).sample().unwrap().to_string(), "10.0.0.1");
        assert_eq!(nets(&["0.0.0.0/32"]).sample().unwrap().to_string(), "0.0.0.0");
        assert_eq!(nets(&["2001:db8::/32"]).sample().unwrap().to_string(), "2001:db8::1");
        assert_eq!(Addresses::default().sample(), None);
    }

    fn net() -> impl Strategy<Value = IpNet> {
        let v4 =
            (any::<u32>(), 0u8..=32).prop_map(|(bits, length)| IpNet::new(Ipv4Addr::from_bits(bits).into(), length));
        let v6 =
            (any::<u128>(), 0u8..=128).prop_map(|(bits, length)| IpNet::new(Ipv6Addr::from_bits(bits).into(), length));
        prop_oneof![v4, v6].prop_map(|net| net.expect("a prefix within the family").trunc())
    }

    proptest! {
        #[test]
        fn sets_and_ranges_say_the_same(a in prop::collection::vec(net(), 0..4), b in prop::collection::vec(net(), 0..4)) {
            let (a, b) = (Addresses::nets(&a), Addresses::nets(&b));
            let difference = a.difference(&b);
            prop_assert_eq!(Addresses::nets(&difference.to_nets()), difference.clone());
            prop_assert!(!difference.intersects(&b));
            prop_assert_eq!(difference.union(&a.intersection(&b)), a.clone());
            if let Some(address) = difference.sample() {
                prop_assert!(a.contains(address) && !b.contains(address));
            }
            prop_assert_eq!(difference.is_empty(), a.is_subset(&b));
        }
    }
}
