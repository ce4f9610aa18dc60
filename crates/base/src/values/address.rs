//! IP addresses and ranges, in the strict form that Kubernetes 1.36 requires.

use super::Problem;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};

/// Parses an address; no leading zeros, no zone, no IPv4 mapped into IPv6.
///
/// # Errors
/// Says which rule is broken.
pub fn address(text: &str) -> Result<IpAddr, Problem> {
    let address: IpAddr = text.parse().map_err(|_| not_an_address(text))?;
    match address {
        IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => {
            let v4 = v6.to_ipv4_mapped().map(|v4| v4.to_string()).unwrap_or_default();
            Err(Problem::new("the API server refuses IPv4 addresses written as IPv6").meant(v4))
        }
        sound => Ok(sound),
    }
}

/// Parses `ADDRESS/PREFIX`; an address alone is the range that holds only it.
///
/// # Errors
/// Says which rule is broken. Bits beyond the prefix are an error (KEP-4858) that names the range that was meant.
pub fn range(text: &str) -> Result<IpNet, Problem> {
    let Some((head, prefix)) = text.split_once('/') else {
        return address(text).map(IpNet::from);
    };
    let ip = address(head)?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let length: u8 = match prefix.parse::<u8>() {
        Ok(length) if length <= most && prefix.len() == length.to_string().len() => length,
        _ => return Err(Problem::new(format!("the part after `/` is a number from 0 to {most}"))),
    };
    let net = IpNet::new(ip, length).map_err(|_| not_an_address(text))?;
    if net.addr() != net.network() {
        let meant = net.trunc().to_string();
        return Err(
            Problem::new(format!("it has bits set beyond /{length}, which the API server refuses")).meant(meant)
        );
    }
    Ok(net)
}

fn not_an_address(text: &str) -> Problem {
    let padded = text.split('.').filter(|part| part.len() > 1 && part.starts_with('0')).count() > 0;
    let octets = text.split('.').map(|part| part.parse::<u16>().ok()).collect::<Option<Vec<u16>>>();
    match octets {
        Some(octets) if padded && octets.len() == 4 && octets.iter().all(|&o| o < 256) => {
            let meant: Vec<String> = octets.iter().map(u16::to_string).collect();
            Problem::new("an octet with a leading zero is octal to some readers").meant(meant.join("."))
        }
        Some(octets) if octets.iter().any(|&o| o > 255) => Problem::new("an octet goes from 0 to 255"),
        Some(octets) if octets.len() != 4 => Problem::new("an IPv4 address has four octets"),
        _ => Problem::new("it is no IP address"),
    }
}

/// Why an address cannot stand behind a Service, if it cannot (Kubernetes `ValidateEndpointIP`).
pub fn not_an_endpoint(ip: &IpAddr) -> Option<&'static str> {
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    if ip.is_loopback() {
        Some("it is a loopback address: every pod would reach itself")
    } else if ip.is_unspecified() {
        Some("it is the unspecified address")
    } else if link_local {
        Some("it is link-local, as the cloud's metadata service is")
    } else if ip.is_multicast() {
        Some("it is a multicast address")
    } else {
        None
    }
}

/// The IPv4 addresses that an IPv6 address leads to, where a gateway or the system turns one into the other: mapped and
/// compatible (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052, 8215), ISATAP (RFC 5214), and server and client of Teredo (RFC 4380).
pub fn embedded(ip: &IpAddr) -> Vec<Ipv4Addr> {
    let IpAddr::V6(v6) = ip else { return Vec::new() };
    let parts = v6.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match parts {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Vec::new(),
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0, 0, 0, 0, 0xffff, 0, high, low] => vec![v4(high, low)],
        [0x64, 0xff9b, .., high, low] => vec![v4(high, low)],
        [0x2002, high, low, ..] => vec![v4(high, low)],
        [.., 0 | 0x200, 0x5efe, high, low] => vec![v4(high, low)],
        [0x2001, 0, high, low, _, _, client_high, client_low] => vec![v4(high, low), v4(!client_high, !client_low)],
        _ => Vec::new(),
    }
}

/// Whether an address is one that the Internet does not route.
pub fn is_private(ip: &IpAddr) -> bool {
    let nets = NOT_PUBLIC.iter().filter_map(|net| net.parse::<IpNet>().ok());
    nets.into_iter().any(|net| net.contains(ip))
}

/// Whether an address is of a range that clusters take for pods and nodes besides private ones, since the Internet does not route
/// it either: reserved, benchmarking, protocol assignments, and what was site-local (RFC 1112, 2544, 6890, 3879).
pub fn is_reserved(ip: &IpAddr) -> bool {
    let nets = ["0.0.0.0/8", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "fec0::/10"];
    nets.iter().filter_map(|net| net.parse::<IpNet>().ok()).any(|net| net.contains(ip))
}

/// Whether an address is where a known cloud answers its machines about themselves, beside the link-local one: Azure, Alibaba,
/// Oracle, and AWS and Google over IPv6.
pub fn is_metadata(ip: &IpAddr) -> bool {
    let all = ["168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"];
    all.iter().filter_map(|one| one.parse::<IpAddr>().ok()).any(|one| one == *ip)
}

/// Whether two ranges share an address.
pub fn overlap(a: &IpNet, b: &IpNet) -> bool {
    a.contains(b) || b.contains(a)
}

/// The ranges that `internet` leaves out: private, shared, link-local (with the metadata services) and loopback
/// networks (RFC 1918, 6598, 3927, 1122, 4193, 4291), and IPv6 forms that embed IPv4 ones (RFC 6052 has a local one).
pub const NOT_PUBLIC: &[&str] = &[
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "64:ff9b:1::/48",
    "fc00::/7",
    "fe80::/10",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_addresses_are_found() {
        let inside = |text: &str| embedded(&text.parse().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(inside("::ffff:10.0.0.1"), ["10.0.0.1"]);
        assert_eq!(inside("2002:a9fe:a9fe::"), ["169.254.169.254"]);
        assert_eq!(inside("64:ff9b::10.0.0.1"), ["10.0.0.1"]);
        assert_eq!(inside("2001:db8::5efe:10.0.0.1"), ["10.0.0.1"]);
        assert_eq!(inside("2001:db8::200:5efe:a00:1"), ["10.0.0.1"]);
        assert_eq!(inside("2001:0:4136:e378:8000:63bf:f5ff:fffe"), ["65.54.227.120", "10.0.0.1"]);
        assert!(inside("::1").is_empty() && inside("2001:db8::1").is_empty() && inside("192.0.2.1").is_empty());
    }

    #[test]
    fn what_answers_for_a_cloud_and_what_nobody_routes_is_known() {
        let is = |test: fn(&IpAddr) -> bool, text: &str| test(&text.parse().unwrap());
        assert!(
            is(is_metadata, "168.63.129.16") && is(is_metadata, "fd00:ec2::254") && !is(is_metadata, "168.63.129.17")
        );
        assert!(is(is_reserved, "240.0.0.1") && is(is_reserved, "255.255.255.255") && is(is_reserved, "fec0::1"));
        assert!(!is(is_reserved, "198.51.100.7") && !is(is_reserved, "2001:db8::1"));
    }

    #[test]
    fn ranges_are_strict() {
        assert_eq!(range("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(range("1.2.3.4").unwrap().to_string(), "1.2.3.4/32");
        assert_eq!(range("10.0.0.5/24").unwrap_err().meant.as_deref(), Some("10.0.0.0/24"));
        assert_eq!(range("010.0.0.5").unwrap_err().meant.as_deref(), Some("10.0.0.5"));
        for bad in ["", "10.0.0.0/33", "10.0.0.0/08", "10.0.0", "::ffff:1.2.3.4", "x", "10.0.0.0/", "256.1.1.1"] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }
}
