//! Sets of ports of a destination: numbers by protocol, and names that only a pod's own port list gives a number.
//!
//! A port of a pod is a number together with the name that the pod gives it, if it gives one. A policy that names a port
//! opens whatever number bears that name, and one that numbers it opens that number whatever its name. So a set says for
//! each name which numbers are in it; all names that it does not mention, and ports without one, go together. Equal sets
//! are equal values.

use super::intervals::Intervals;
use smol_str::SmolStr;
use std::fmt;
use xks_base::values::port::Protocol;

/// The protocols, in the order of [`Protocol`].
pub const PROTOCOLS: [Protocol; 3] = [Protocol::Tcp, Protocol::Udp, Protocol::Sctp];

/// The ports of one protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct OfProtocol {
    /// The numbers in the set of ports that have no name, or one that is not in `named`.
    others: Intervals<u16>,
    /// The numbers in the set of ports with that name, sorted by name, where they are not those of `others`.
    named: Vec<(SmolStr, Intervals<u16>)>,
}

impl OfProtocol {
    fn numbers(&self, name: &str) -> &Intervals<u16> {
        match self.named.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
            Ok(at) => &self.named[at].1,
            Err(_) => &self.others,
        }
    }

    fn combine(
        &self,
        other: &OfProtocol,
        operation: impl Fn(&Intervals<u16>, &Intervals<u16>) -> Intervals<u16>,
    ) -> OfProtocol {
        let others = operation(&self.others, &other.others);
        if self.named.is_empty() && other.named.is_empty() {
            return OfProtocol { others, named: Vec::new() };
        }
        let mut names: Vec<&SmolStr> = self.named.iter().chain(&other.named).map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        let numbers = names.into_iter().map(|name| (name.clone(), operation(self.numbers(name), other.numbers(name))));
        let named = numbers.filter(|(_, numbers)| *numbers != others).collect();
        OfProtocol { others, named }
    }

    fn is_empty(&self) -> bool {
        self.others.is_empty() && self.named.iter().all(|(_, numbers)| numbers.is_empty())
    }
}

/// A set of ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports {
    protocols: [OfProtocol; 3],
}

/// One port of a destination.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// The protocol.
    pub protocol: Protocol,
    /// The number, from 1 to 65535.
    pub number: u16,
    /// What the pod calls it.
    pub name: Option<SmolStr>,
}

fn numbers() -> Intervals<u16> {
    Intervals::range(1, u16::MAX)
}

impl Ports {
    /// Every port of every protocol.
    pub fn all() -> Ports {
        let whole = OfProtocol { others: numbers(), named: Vec::new() };
        Ports { protocols: [whole.clone(), whole.clone(), whole] }
    }

    /// Every port of a protocol.
    pub fn protocol(protocol: Protocol) -> Ports {
        Ports::range(protocol, 1, u16::MAX)
    }

    /// The ports from `low` to `high`, both included. There is no port 0.
    pub fn range(protocol: Protocol, low: u16, high: u16) -> Ports {
        let mut ports = Ports::default();
        ports.protocols[protocol as usize].others = Intervals::range(low.max(1), high);
        ports
    }

    /// Whatever port a pod calls by a name.
    pub fn named(protocol: Protocol, name: SmolStr) -> Ports {
        let mut ports = Ports::default();
        ports.protocols[protocol as usize].named.push((name, numbers()));
        ports
    }

    fn combine(
        &self,
        other: &Ports,
        operation: impl Fn(&Intervals<u16>, &Intervals<u16>) -> Intervals<u16> + Copy,
    ) -> Ports {
        let [tcp, udp, sctp] = &self.protocols;
        let [other_tcp, other_udp, other_sctp] = &other.protocols;
        Ports {
            protocols: [
                tcp.combine(other_tcp, operation),
                udp.combine(other_udp, operation),
                sctp.combine(other_sctp, operation),
            ],
        }
    }

    /// The ports in either.
    pub fn union(&self, other: &Ports) -> Ports {
        self.combine(other, Intervals::union)
    }

    /// The ports in both.
    pub fn intersection(&self, other: &Ports) -> Ports {
        self.combine(other, Intervals::intersection)
    }

    /// The ports of this set that are not in the other.
    pub fn difference(&self, other: &Ports) -> Ports {
        self.combine(other, Intervals::difference)
    }

    /// Whether it holds no port.
    pub fn is_empty(&self) -> bool {
        self.protocols.iter().all(OfProtocol::is_empty)
    }

    /// Whether it holds every port of every protocol.
    pub fn is_all(&self) -> bool {
        *self == Ports::all()
    }

    /// Whether all of its ports are in the other.
    pub fn is_subset(&self, other: &Ports) -> bool {
        self.difference(other).is_empty()
    }

    /// Whether it holds a port.
    pub fn contains(&self, port: &Port) -> bool {
        let of = &self.protocols[port.protocol as usize];
        port.name.as_ref().map_or(&of.others, |name| of.numbers(name)).contains(port.number)
    }

    /// Without what hangs on names: what is open at a destination whose ports have none, such as an address.
    pub fn unnamed(&self) -> Ports {
        Ports { protocols: self.protocols.clone().map(|of| OfProtocol { others: of.others, named: Vec::new() }) }
    }

    /// The numbers in the set at a pod whose ports are known, by protocol: names give way to the numbers that they have
    /// there.
    pub fn at<'a>(&self, known: impl Iterator<Item = (&'a str, Protocol, u16)> + Clone) -> Ports {
        let mut out = Ports::default();
        for (protocol, of) in PROTOCOLS.into_iter().zip(&self.protocols) {
            let here = known.clone().filter(|(_, known, _)| *known == protocol);
            let taken = Intervals::of(here.clone().map(|(_, _, number)| (number, number)).collect());
            let open = here.filter(|(name, _, number)| of.numbers(name).contains(*number));
            let open = Intervals::of(open.map(|(_, _, number)| (number, number)).collect());
            out.protocols[protocol as usize].others = of.others.difference(&taken).union(&open);
        }
        out
    }

    /// The protocols of which it holds a port.
    pub fn protocols(&self) -> impl Iterator<Item = Protocol> + '_ {
        PROTOCOLS.into_iter().zip(&self.protocols).filter(|(_, of)| !of.is_empty()).map(|(protocol, _)| protocol)
    }

    /// The numbers of a protocol that are in the set whatever the destination calls them.
    pub fn numbers(&self, protocol: Protocol) -> Intervals<u16> {
        let of = &self.protocols[protocol as usize];
        of.named.iter().fold(of.others.clone(), |all, (_, numbers)| all.intersection(numbers))
    }

    /// The names that stand out in the set: a pod's port of that name is in it by its name, not its number.
    pub fn names(&self, protocol: Protocol) -> impl Iterator<Item = &SmolStr> {
        let of = &self.protocols[protocol as usize];
        of.named.iter().filter(|(_, numbers)| !numbers.is_subset(&of.others)).map(|(name, _)| name)
    }

    /// A port of the set, one without a name where there is one. Of many it is one that people know.
    pub fn sample(&self) -> Option<Port> {
        let known = |numbers: &Intervals<u16>| {
            [80, 443, 8080].into_iter().find(|port| numbers.contains(*port)).or_else(|| numbers.first())
        };
        let all = || PROTOCOLS.into_iter().zip(&self.protocols);
        let unnamed =
            all().find_map(|(protocol, of)| known(&of.others).map(|number| Port { protocol, number, name: None }));
        unnamed.or_else(|| {
            all().find_map(|(protocol, of)| {
                of.named.iter().find_map(|(name, numbers)| {
                    known(numbers).map(|number| Port { protocol, number, name: Some(name.clone()) })
                })
            })
        })
    }
}

/// `TCP 80, 8000-9000, http`; `every port`; `UDP (every port)`.
impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("every port");
        }
        let mut parts = Vec::new();
        for (protocol, of) in PROTOCOLS.into_iter().zip(&self.protocols) {
            let range = |(low, high): (u16, u16)| match (low, high) {
                (1, u16::MAX) => "(every port)".to_string(),
                (low, high) if low == high => low.to_string(),
                (low, high) => format!("{low}-{high}"),
            };
            let mut words: Vec<String> = of.others.iter().map(range).collect();
            for (name, numbers) in &of.named {
                let gained = numbers.difference(&of.others);
                let lost = of.others.difference(numbers);
                if gained == numbers_less(&of.others) && !gained.is_empty() {
                    words.push(name.to_string());
                } else {
                    words.extend(gained.iter().map(|gained| format!("{} where it is `{name}`", range(gained))));
                }
                words.extend(lost.iter().map(|lost| format!("but not {} where it is `{name}`", range(lost))));
            }
            if !words.is_empty() {
                parts.push(format!("{} {}", protocol.api(), words.join(", ")));
            }
        }
        f.write_str(if parts.is_empty() { "no port" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}

fn numbers_less(others: &Intervals<u16>) -> Intervals<u16> {
    numbers().difference(others)
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.protocol.api(), self.number)?;
        self.name.as_ref().map_or(Ok(()), |name| write!(f, " (`{name}`)"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TCP: Protocol = Protocol::Tcp;

    #[test]
    fn a_name_opens_what_the_pod_gives_it() {
        let ports = Ports::named(TCP, "http".into()).union(&Ports::range(TCP, 443, 443));
        let known = [("http", TCP, 8080), ("metrics", TCP, 9090)];
        assert_eq!(ports.at(known.into_iter()), Ports::range(TCP, 8080, 8080).union(&Ports::range(TCP, 443, 443)));
        assert_eq!(ports.unnamed(), Ports::range(TCP, 443, 443));
        // A name of another protocol is another name.
        assert!(Ports::named(Protocol::Udp, "http".into()).at(known.into_iter()).is_empty());
        assert_eq!(ports.to_string(), "TCP 443, http");
    }

    #[test]
    fn there_is_no_port_0() {
        assert_eq!(Ports::range(TCP, 1, u16::MAX), Ports::protocol(TCP));
        assert!(Ports::range(TCP, 0, 0).is_empty());
    }

    #[test]
    fn sets_of_ports_can_be_read() {
        assert_eq!(Ports::all().to_string(), "every port");
        assert_eq!(Ports::default().to_string(), "no port");
        let web = Ports::range(TCP, 80, 80).union(&Ports::protocol(Protocol::Udp));
        assert_eq!(web.to_string(), "TCP 80, UDP (every port)");
        let less = Ports::range(TCP, 80, 90).difference(&Ports::named(TCP, "http".into()));
        assert_eq!(less.to_string(), "TCP 80-90, but not 80-90 where it is `http`");
    }

    fn protocol() -> impl Strategy<Value = Protocol> {
        prop::sample::select(PROTOCOLS.to_vec())
    }

    fn name() -> impl Strategy<Value = SmolStr> {
        prop::sample::select(vec![SmolStr::new("a"), SmolStr::new("b")])
    }

    fn set() -> impl Strategy<Value = Ports> {
        let numbers =
            (protocol(), 1u16..6, 1u16..6).prop_map(|(protocol, low, high)| Ports::range(protocol, low, high));
        let names = (protocol(), name()).prop_map(|(protocol, name)| Ports::named(protocol, name));
        let part = prop_oneof![numbers, names];
        (prop::collection::vec(part.clone(), 0..4), prop::collection::vec(part, 0..2)).prop_map(|(plus, minus)| {
            let plus = plus.iter().fold(Ports::default(), |all, part| all.union(part));
            minus.iter().fold(plus, |all, part| all.difference(part))
        })
    }

    fn port() -> impl Strategy<Value = Port> {
        (protocol(), 1u16..7, prop::option::of(name())).prop_map(|(protocol, number, name)| Port {
            protocol,
            number,
            name,
        })
    }

    proptest! {
        #[test]
        fn operations_are_those_of_sets(a in set(), b in set(), port in port()) {
            let (x, y) = (a.contains(&port), b.contains(&port));
            prop_assert_eq!(a.union(&b).contains(&port), x || y);
            prop_assert_eq!(a.intersection(&b).contains(&port), x && y);
            prop_assert_eq!(a.difference(&b).contains(&port), x && !y);
            prop_assert_eq!(a.difference(&b).union(&a.intersection(&b)), a.clone());
        }

        #[test]
        fn a_sample_is_in_the_set(a in set()) {
            match a.sample() {
                Some(port) => prop_assert!(a.contains(&port)),
                None => prop_assert!(a.is_empty()),
            }
        }
    }
}
