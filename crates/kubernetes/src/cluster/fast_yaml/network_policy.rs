//! `NetworkPolicy` straight from its lines. Whatever the API server would refuse or warn about is left to the general
//! reader.

use super::lexer::{Lexer, Scalar};
use crate::cluster::labels::NAMESPACE_NAME;
use crate::cluster::objects::{NetworkPolicy, Peer, Place, PolicyPort, PortMatch, Rule, Selector};
use ipnet::IpNet;
use smol_str::SmolStr;
use xks_base::values::label::{self, Requirement};
use xks_base::values::port::Protocol;
use xks_base::values::{address, name, port};

/// The line that a policy starts on, if it starts as one: with its version and its kind. Goes over those.
pub(super) fn start(lexer: &mut Lexer<'_>) -> Option<u32> {
    let line = lexer.line();
    if lexer.column() == 0 && lexer.lines("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n", 2) {
        return Some(line);
    }
    for (key, value) in [("apiVersion", "networking.k8s.io/v1"), ("kind", "NetworkPolicy")] {
        if lexer.column() != 0 || lexer.key()? != key || lexer.value()? != Scalar::Text(value) {
            return None;
        }
    }
    Some(line)
}

/// Fields that were met; a second one of the same name is refused.
#[derive(Default)]
struct Met(u8);

impl Met {
    fn once(&mut self, field: u8) -> Option<()> {
        let bit = 1 << field;
        let first = self.0 & bit == 0;
        self.0 |= bit;
        first.then_some(())
    }
}

pub(super) fn network_policy(lexer: &mut Lexer<'_>, line: u32, place: Place) -> Option<NetworkPolicy> {
    let (mut met, mut metadata, mut spec) = (Met::default(), None, None);
    while !lexer.is_at_end() {
        if lexer.column() != 0 || lexer.is_at_dash() {
            return None;
        }
        if lexer.is("metadata") {
            met.once(0)?;
            nested(lexer)?;
            metadata = Some(self::metadata(lexer)?);
        } else if lexer.is("spec") {
            met.once(1)?;
            nested(lexer)?;
            spec = Some(self::spec(lexer)?);
        } else {
            return None;
        }
    }
    spec?.policy(metadata?, Place { line, ..place })
}

/// The entries of a mapping that stands further right than `outer`. Each is read whole, with its key.
fn entries<'a>(
    lexer: &mut Lexer<'a>,
    outer: usize,
    mut entry: impl FnMut(&mut Lexer<'a>, usize) -> Option<()>,
) -> Option<()> {
    let column = lexer.column();
    if lexer.is_at_end() || column < outer || lexer.is_at_dash() {
        return None;
    }
    while !lexer.is_at_end() && lexer.column() == column && !lexer.is_at_dash() {
        entry(lexer, column)?;
    }
    super::ends(lexer, column).then_some(())
}

/// The items of a list, the value of a key at `outer`.
fn items<'a>(
    lexer: &mut Lexer<'a>,
    outer: usize,
    mut item: impl FnMut(&mut Lexer<'a>, usize) -> Option<()>,
) -> Option<()> {
    match lexer.value()? {
        Scalar::EmptyList => return Some(()),
        Scalar::Nested => {}
        _ => return None,
    }
    let column = lexer.column();
    if lexer.is_at_end() || column < outer || !lexer.is_at_dash() {
        return None;
    }
    while !lexer.is_at_end() && lexer.column() == column && lexer.dash() {
        item(lexer, column + 1)?;
    }
    super::ends(lexer, column).then_some(())
}

/// Goes to the next line for a value that stands there.
fn nested(lexer: &mut Lexer<'_>) -> Option<()> {
    (lexer.value()? == Scalar::Nested).then_some(())
}

fn text<'a>(value: Scalar<'a>) -> Option<&'a str> {
    match value {
        Scalar::Text(text) => Some(text),
        _ => None,
    }
}

/// Strings are short, but for this one, which would need memory of its own.
fn key(text: &str) -> Option<SmolStr> {
    if text == NAMESPACE_NAME.as_str() { Some(NAMESPACE_NAME) } else { label::key(text).ok() }
}

#[derive(Default)]
struct Metadata {
    name: Option<SmolStr>,
    namespace: Option<SmolStr>,
}

fn metadata(lexer: &mut Lexer<'_>) -> Option<Metadata> {
    let (mut met, mut metadata) = (Met::default(), Metadata::default());
    entries(lexer, 1, |lexer, column| {
        if lexer.is("name") {
            met.once(0)?;
            metadata.name = Some(name::subdomain(text(lexer.value()?)?).ok()?);
        } else if lexer.is("namespace") {
            met.once(1)?;
            metadata.namespace = Some(name::label(text(lexer.value()?)?).ok()?);
        } else if lexer.is("labels") {
            met.once(2)?;
            strings(lexer, column, |wanted, text| label::is_key(wanted) && label::is_value(text))?;
        } else if lexer.is("annotations") {
            met.once(3)?;
            strings(lexer, column, |_, _| true)?;
        } else {
            return None;
        }
        Some(())
    })?;
    Some(metadata)
}

/// A mapping of strings that all pass.
fn strings<'a>(lexer: &mut Lexer<'a>, column: usize, passes: impl Fn(&str, &str) -> bool) -> Option<()> {
    match lexer.value()? {
        Scalar::EmptyMap => return Some(()),
        Scalar::Nested => {}
        _ => return None,
    }
    let (mut first, mut others) = (None, Vec::new());
    entries(lexer, column + 1, |lexer, _| {
        let key = lexer.key()?;
        let fine = first != Some(key) && !others.contains(&key) && passes(key, text(lexer.value()?)?);
        match first {
            None => first = Some(key),
            Some(_) => others.push(key),
        }
        fine.then_some(())
    })
}

/// What `policyTypes` says.
#[derive(Default)]
struct Types {
    count: usize,
    ingress: bool,
    egress: bool,
}

#[derive(Default)]
struct Spec {
    pods: Selector,
    types: Types,
    ingress: Vec<Rule>,
    egress: Vec<Rule>,
}

impl Spec {
    /// The policy, with the rules of a direction where `policyTypes` has them count.
    fn policy(self, metadata: Metadata, place: Place) -> Option<NetworkPolicy> {
        let (ingress, egress) = match self.types.count {
            0 => (true, !self.egress.is_empty()),
            _ => (self.types.ingress, self.types.egress),
        };
        let ignored = !ingress && !self.ingress.is_empty() || !egress && !self.egress.is_empty();
        if self.types.count > 2 || ignored {
            return None;
        }
        Some(NetworkPolicy {
            namespace: metadata.namespace?,
            name: metadata.name?,
            pods: self.pods,
            ingress: ingress.then_some(self.ingress),
            egress: egress.then_some(self.egress),
            place,
        })
    }
}

fn spec(lexer: &mut Lexer<'_>) -> Option<Spec> {
    let (mut met, mut spec) = (Met::default(), Spec::default());
    entries(lexer, 1, |lexer, column| {
        if lexer.is("podSelector") {
            met.once(0)?;
            spec.pods = selector(lexer, column)?;
        } else if lexer.is("policyTypes") {
            met.once(1)?;
            items(lexer, column, |lexer, _| {
                spec.types.count += 1;
                match text(lexer.item()?)? {
                    "Ingress" => spec.types.ingress = true,
                    "Egress" => spec.types.egress = true,
                    _ => return None,
                }
                Some(())
            })?;
        } else if lexer.is("ingress") {
            met.once(2)?;
            spec.ingress = rules(lexer, column, "from")?;
        } else if lexer.is("egress") {
            met.once(3)?;
            spec.egress = rules(lexer, column, "to")?;
        } else {
            return None;
        }
        Some(())
    })?;
    Some(spec)
}

fn rules(lexer: &mut Lexer<'_>, column: usize, peers: &str) -> Option<Vec<Rule>> {
    let mut out = Vec::new();
    items(lexer, column, |lexer, column| {
        let mut rule = Rule { line: lexer.line(), ..Rule::default() };
        match lexer.item()? {
            Scalar::EmptyMap => {}
            Scalar::Nested => self::rule(lexer, column, peers, &mut rule)?,
            _ => return None,
        }
        out.push(rule);
        Some(())
    })?;
    Some(out)
}

fn rule(lexer: &mut Lexer<'_>, column: usize, peers: &str, rule: &mut Rule) -> Option<()> {
    let mut met = Met::default();
    entries(lexer, column, |lexer, column| {
        if lexer.is(peers) {
            met.once(0)?;
            items(lexer, column, |lexer, column| {
                rule.peers.push(peer(lexer, column)?);
                Some(())
            })
        } else if lexer.is("ports") {
            met.once(1)?;
            items(lexer, column, |lexer, column| {
                rule.ports.push(policy_port(lexer, column)?);
                Some(())
            })
        } else {
            None
        }
    })
}

fn peer(lexer: &mut Lexer<'_>, column: usize) -> Option<Peer> {
    (lexer.item()? == Scalar::Nested).then_some(())?;
    let (mut met, mut namespaces, mut pods, mut block) = (Met::default(), None, None, None);
    entries(lexer, column, |lexer, column| {
        if lexer.is("namespaceSelector") {
            met.once(0)?;
            namespaces = Some(selector(lexer, column)?);
        } else if lexer.is("podSelector") {
            met.once(1)?;
            pods = Some(selector(lexer, column)?);
        } else if lexer.is("ipBlock") {
            met.once(2)?;
            nested(lexer)?;
            block = Some(ip_block(lexer, column + 1)?);
        } else {
            return None;
        }
        Some(())
    })?;
    match (block, &namespaces, &pods) {
        (Some(block), None, None) => Some(block),
        (None, None, None) | (Some(_), ..) => None,
        (None, ..) => Some(Peer::Pods { namespaces, pods }),
    }
}

fn ip_block(lexer: &mut Lexer<'_>, column: usize) -> Option<Peer> {
    let (mut met, mut cidr, mut except) = (Met::default(), None, Vec::new());
    entries(lexer, column, |lexer, column| {
        if lexer.is("cidr") {
            met.once(0)?;
            cidr = Some(range(lexer.value()?)?);
        } else if lexer.is("except") {
            met.once(1)?;
            items(lexer, column, |lexer, _| {
                except.push(range(lexer.item()?)?);
                Some(())
            })?;
        } else {
            return None;
        }
        Some(())
    })?;
    let cidr: IpNet = cidr?;
    let within = |except: &IpNet| cidr.contains(except) && cidr != *except;
    except.iter().all(within).then_some(Peer::Block { cidr, except })
}

fn range(value: Scalar<'_>) -> Option<IpNet> {
    let text = text(value)?;
    if text.contains('/') { address::range(text).ok() } else { None }
}

fn policy_port(lexer: &mut Lexer<'_>, column: usize) -> Option<PolicyPort> {
    (lexer.item()? == Scalar::Nested).then_some(())?;
    let (mut met, mut protocol, mut number, mut end) = (Met::default(), Protocol::Tcp, None, None);
    entries(lexer, column, |lexer, _| {
        if lexer.is("protocol") {
            met.once(0)?;
            protocol = match text(lexer.value()?)? {
                "TCP" => Protocol::Tcp,
                "UDP" => Protocol::Udp,
                "SCTP" => Protocol::Sctp,
                _ => return None,
            };
        } else if lexer.is("port") {
            met.once(1)?;
            number = Some(match lexer.value()? {
                Scalar::Number(text) => port::number(text).ok().map(|low| PortMatch::Numbers(low, low))?,
                Scalar::Text(text) => PortMatch::Name(port::name(text).ok()?),
                _ => return None,
            });
        } else if lexer.is("endPort") {
            met.once(2)?;
            end = Some(match lexer.value()? {
                Scalar::Number(text) => port::number(text).ok()?,
                _ => return None,
            });
        } else {
            return None;
        }
        Some(())
    })?;
    let port = match (number, end) {
        (Some(PortMatch::Numbers(low, _)), Some(high)) if low <= high => Some(PortMatch::Numbers(low, high)),
        (_, Some(_)) => return None,
        (port, None) => port,
    };
    Some(PolicyPort { protocol, port })
}

fn selector(lexer: &mut Lexer<'_>, column: usize) -> Option<Selector> {
    match lexer.value()? {
        Scalar::EmptyMap => return Some(Selector::default()),
        Scalar::Nested => {}
        _ => return None,
    }
    let (mut met, mut labels, mut expressions) = (Met::default(), Vec::new(), Vec::new());
    entries(lexer, column + 1, |lexer, column| {
        if lexer.is("matchLabels") {
            met.once(0)?;
            match lexer.value()? {
                Scalar::EmptyMap => return Some(()),
                Scalar::Nested => labels.reserve_exact(1),
                _ => return None,
            }
            entries(lexer, column + 1, |lexer, _| {
                let key = key(lexer.key()?)?;
                labels.push(Requirement::In(key, vec![label::value(text(lexer.value()?)?).ok()?]));
                Some(())
            })
        } else if lexer.is("matchExpressions") {
            met.once(1)?;
            items(lexer, column, |lexer, column| {
                expressions.push(requirement(lexer, column)?);
                Some(())
            })
        } else {
            None
        }
    })?;
    labels.sort_unstable();
    if labels.windows(2).any(|pair| pair[0].key() == pair[1].key()) {
        return None;
    }
    labels.append(&mut expressions);
    Some(Selector(labels))
}

fn requirement(lexer: &mut Lexer<'_>, column: usize) -> Option<Requirement> {
    (lexer.item()? == Scalar::Nested).then_some(())?;
    let (mut met, mut wanted, mut operator, mut values) = (Met::default(), None, None, Vec::new());
    entries(lexer, column, |lexer, column| {
        if lexer.is("key") {
            met.once(0)?;
            wanted = Some(key(text(lexer.value()?)?)?);
        } else if lexer.is("operator") {
            met.once(1)?;
            operator = Some(text(lexer.value()?)?);
        } else if lexer.is("values") {
            met.once(2)?;
            items(lexer, column, |lexer, _| {
                values.push(label::value(text(lexer.item()?)?).ok()?);
                Some(())
            })?;
        } else {
            return None;
        }
        Some(())
    })?;
    values.sort_unstable();
    values.dedup();
    match (operator?, values.is_empty()) {
        ("In", false) => Some(Requirement::In(wanted?, values)),
        ("NotIn", false) => Some(Requirement::NotIn(wanted?, values)),
        ("Exists", true) => Some(Requirement::Exists(wanted?)),
        ("DoesNotExist", true) => Some(Requirement::Absent(wanted?)),
        _ => None,
    }
}
