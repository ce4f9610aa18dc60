//! Ports: numbers, ranges, names and protocols.

use super::Problem;
use smol_str::SmolStr;

/// A transport protocol that policies know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, the default.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// As the API server spells it.
    pub fn api(self) -> &'static str {
        match self {
            Protocol::Tcp => "TCP",
            Protocol::Udp => "UDP",
            Protocol::Sctp => "SCTP",
        }
    }

    /// As the language spells it.
    pub fn word(self) -> &'static str {
        match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
            Protocol::Sctp => "sctp",
        }
    }
}

/// What a port is called by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PortRef {
    /// `8000-9000`, or a single number twice.
    Numbers(u16, u16),
    /// `http`.
    Name(SmolStr),
}

/// One written port: `8080`, `http`, `53/tcp+udp`, `8000-9000`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortSpec {
    /// Number, range or name.
    pub port: PortRef,
    /// The protocols written behind `/`; none means TCP, or what a named port is declared with.
    pub protocols: Vec<Protocol>,
}

impl PortSpec {
    /// Parses one port.
    ///
    /// # Errors
    /// Says which rule is broken.
    pub fn parse(text: &str) -> Result<PortSpec, Problem> {
        let (port, protocols) = match text.split_once('/') {
            Some((port, protocols)) => {
                let all = protocols.split('+').map(protocol).collect::<Result<Vec<_>, _>>();
                let whole = |problem: Problem| Problem {
                    meant: problem.meant.map(|_| format!("{port}/{}", protocols.to_ascii_lowercase())),
                    ..problem
                };
                (port, all.map_err(whole)?)
            }
            None => (text, Vec::new()),
        };
        let port = match port.split_once('-') {
            _ if port.bytes().all(|b| b.is_ascii_digit()) => {
                let number = number(port)?;
                PortRef::Numbers(number, number)
            }
            Some((low, high)) if numeric(low) && numeric(high) => {
                let (low, high) = (number(low)?, number(high)?);
                if low > high {
                    return Err(
                        Problem::new("a range goes from the lower to the higher port").meant(format!("{high}-{low}"))
                    );
                }
                PortRef::Numbers(low, high)
            }
            _ => PortRef::Name(name(port)?),
        };
        Ok(PortSpec { port, protocols })
    }
}

fn numeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Parses a port number, 1 to 65535.
///
/// # Errors
/// When it is none.
pub fn number(text: &str) -> Result<u16, Problem> {
    match text.parse::<u16>() {
        Ok(number) if number > 0 && !text.starts_with(['0', '+']) => Ok(number),
        _ => Err(Problem::new("a port is a number from 1 to 65535")),
    }
}

/// Parses a port name (RFC 6335, Kubernetes `IsValidPortName`): at most 15 of a-z, 0-9 and `-`, with a letter.
///
/// # Errors
/// Says which rule is broken.
pub fn name(text: &str) -> Result<SmolStr, Problem> {
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() {
        return Err(Problem::new("it is empty"));
    }
    if let Some(bad) = text.chars().find(|&c| !lower(c)) {
        let problem = Problem::new(if bad.is_ascii_uppercase() {
            "port names are lower-case".to_string()
        } else {
            format!("`{bad}` cannot stand in a port name")
        });
        return Err(if bad.is_ascii_uppercase() { problem.meant(text.to_ascii_lowercase()) } else { problem });
    }
    if text.len() > 15 {
        return Err(Problem::new(format!("it is {} characters long, and a port name has 15 at the most", text.len())));
    }
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        return Err(Problem::new("a port name has a letter"));
    }
    if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Err(Problem::new("in a port name `-` stands alone between letters or digits"));
    }
    Ok(SmolStr::new(text))
}

/// Parses `tcp`, `udp` or `sctp`.
///
/// # Errors
/// When it is none of them.
pub fn protocol(text: &str) -> Result<Protocol, Problem> {
    match text {
        "tcp" => Ok(Protocol::Tcp),
        "udp" => Ok(Protocol::Udp),
        "sctp" => Ok(Protocol::Sctp),
        other => {
            let problem = Problem::new(format!("`{other}` is no protocol; `tcp`, `udp` and `sctp` are"));
            let lower = other.to_ascii_lowercase();
            Err(if protocol_known(&lower) { problem.meant(lower) } else { problem })
        }
    }
}

fn protocol_known(text: &str) -> bool {
    matches!(text, "tcp" | "udp" | "sctp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_numbers_ranges_or_names() {
        let parsed = |text| PortSpec::parse(text).map(|spec| spec.port);
        assert_eq!(parsed("8080"), Ok(PortRef::Numbers(8080, 8080)));
        assert_eq!(parsed("8000-9000"), Ok(PortRef::Numbers(8000, 9000)));
        assert_eq!(parsed("http-2"), Ok(PortRef::Name("http-2".into())));
        assert_eq!(PortSpec::parse("53/tcp+udp").unwrap().protocols, [Protocol::Tcp, Protocol::Udp]);
        for bad in
            ["0", "65536", "080", "9000-8000", "", "a--b", "-a", "Http", "sixteen-chars-xx", "53/icmp", "53/", "1-2-3"]
        {
            assert!(PortSpec::parse(bad).is_err(), "{bad}");
        }
    }
}
