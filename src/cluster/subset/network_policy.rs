//! `NetworkPolicy` straight from its lines. Whatever the API server would refuse or warn about is left to the general
//! reader.

use super::lexer::{Lexer, Scalar};
use crate::cluster::labels::NAMESPACE_NAME;
use crate::cluster::objects::{NetworkPolicy, Peer, Place, PolicyPort, PortMatch, Rule, Selector};
use crate::values::label::{self, Requirement};
use crate::values::port::Protocol;
use crate::values::{address, name, port};
use ipnet::IpNet;
use smol_str::SmolStr;

/// The line that a policy starts on, if it starts as one: with its version and its kind. Goes over those.
pub(super) fn start(lexer: &mut Lexer<'_>) -> Option<u32> {
    let line = lexer.line();
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
        let key = lexer.key()?;
        (lexer.value()? == Scalar::Nested).then_some(())?;
        match key {
            "metadata" => {
                met.once(0)?;
                metadata = Some(self::metadata(lexer)?);
            }
            "spec" => {
                met.once(1)?;
                spec = Some(self::spec(lexer)?);
            }
            _ => return None,
        }
    }
    spec?.policy(metadata?, Place { line, ..place })
}

/// The entries of a mapping that stands further right than `outer`.
fn entries<'a>(
    lexer: &mut Lexer<'a>,
    outer: usize,
    mut entry: impl FnMut(&mut Lexer<'a>, &'a str, Scalar<'a>, usize) -> Option<()>,
) -> Option<()> {
    let column = lexer.column();
    if lexer.is_at_end() || column < outer || lexer.is_at_dash() {
        return None;
    }
    while !lexer.is_at_end() && lexer.column() == column && !lexer.is_at_dash() {
        let key = lexer.key()?;
        let value = lexer.value()?;
        entry(lexer, key, value, column)?;
    }
    super::ends(lexer, column).then_some(())
}

/// The items of a list under a key at `outer`.
fn items<'a>(
    lexer: &mut Lexer<'a>,
    value: Scalar<'a>,
    outer: usize,
    mut item: impl FnMut(&mut Lexer<'a>, usize) -> Option<()>,
) -> Option<()> {
    match value {
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
    entries(lexer, 1, |lexer, key, value, column| {
        match key {
            "name" => {
                met.once(0)?;
                metadata.name = Some(name::subdomain(text(value)?).ok()?);
            }
            "namespace" => {
                met.once(1)?;
                metadata.namespace = Some(name::label(text(value)?).ok()?);
            }
            "labels" => {
                met.once(2)?;
                strings(lexer, value, column, |wanted, text| label::key(wanted).is_ok() && label::value(text).is_ok())?;
            }
            "annotations" => {
                met.once(3)?;
                strings(lexer, value, column, |_, _| true)?;
            }
            _ => return None,
        }
        Some(())
    })?;
    Some(metadata)
}

/// A mapping of strings that all pass.
fn strings<'a>(
    lexer: &mut Lexer<'a>,
    value: Scalar<'a>,
    column: usize,
    passes: impl Fn(&str, &str) -> bool,
) -> Option<()> {
    match value {
        Scalar::EmptyMap => return Some(()),
        Scalar::Nested => {}
        _ => return None,
    }
    let mut met = Vec::new();
    entries(lexer, column + 1, |_, key, value, _| {
        let fine = !met.contains(&key) && passes(key, text(value)?);
        met.push(key);
        fine.then_some(())
    })
}

#[derive(Default)]
struct Spec {
    pods: Selector,
    types: Vec<bool>,
    ingress: Vec<Rule>,
    egress: Vec<Rule>,
}

impl Spec {
    /// The policy, with the rules of a direction where `policyTypes` has them count.
    fn policy(self, metadata: Metadata, place: Place) -> Option<NetworkPolicy> {
        let (ingress, egress) = match self.types.is_empty() {
            true => (true, !self.egress.is_empty()),
            false => (self.types.contains(&false), self.types.contains(&true)),
        };
        let ignored = !ingress && !self.ingress.is_empty() || !egress && !self.egress.is_empty();
        if self.types.len() > 2 || ignored {
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
    entries(lexer, 1, |lexer, key, value, column| {
        match key {
            "podSelector" => {
                met.once(0)?;
                spec.pods = selector(lexer, value, column)?;
            }
            "policyTypes" => {
                met.once(1)?;
                items(lexer, value, column, |lexer, _| {
                    spec.types.push(match text(lexer.item()?)? {
                        "Ingress" => false,
                        "Egress" => true,
                        _ => return None,
                    });
                    Some(())
                })?;
            }
            "ingress" => {
                met.once(2)?;
                spec.ingress = rules(lexer, value, column, "from")?;
            }
            "egress" => {
                met.once(3)?;
                spec.egress = rules(lexer, value, column, "to")?;
            }
            _ => return None,
        }
        Some(())
    })?;
    Some(spec)
}

fn rules<'a>(lexer: &mut Lexer<'a>, value: Scalar<'a>, column: usize, peers: &str) -> Option<Vec<Rule>> {
    let mut out = Vec::new();
    items(lexer, value, column, |lexer, column| {
        let mut rule = Rule { line: lexer.line(), ..Rule::default() };
        match lexer.item()? {
            Scalar::EmptyMap => {}
            Scalar::Nested => {
                let mut met = Met::default();
                entries(lexer, column, |lexer, key, value, column| {
                    if key == peers {
                        met.once(0)?;
                        items(lexer, value, column, |lexer, column| {
                            rule.peers.push(peer(lexer, column)?);
                            Some(())
                        })
                    } else if key == "ports" {
                        met.once(1)?;
                        items(lexer, value, column, |lexer, column| {
                            rule.ports.push(policy_port(lexer, column)?);
                            Some(())
                        })
                    } else {
                        None
                    }
                })?;
            }
            _ => return None,
        }
        out.push(rule);
        Some(())
    })?;
    Some(out)
}

fn peer(lexer: &mut Lexer<'_>, column: usize) -> Option<Peer> {
    (lexer.item()? == Scalar::Nested).then_some(())?;
    let (mut met, mut namespaces, mut pods, mut block) = (Met::default(), None, None, None);
    entries(lexer, column, |lexer, key, value, column| {
        match key {
            "namespaceSelector" => {
                met.once(0)?;
                namespaces = Some(selector(lexer, value, column)?);
            }
            "podSelector" => {
                met.once(1)?;
                pods = Some(selector(lexer, value, column)?);
            }
            "ipBlock" => {
                met.once(2)?;
                (value == Scalar::Nested).then_some(())?;
                block = Some(ip_block(lexer, column + 1)?);
            }
            _ => return None,
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
    entries(lexer, column, |lexer, key, value, column| {
        match key {
            "cidr" => {
                met.once(0)?;
                cidr = Some(range(value)?);
            }
            "except" => {
                met.once(1)?;
                items(lexer, value, column, |lexer, _| {
                    except.push(range(lexer.item()?)?);
                    Some(())
                })?;
            }
            _ => return None,
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
    entries(lexer, column, |_, key, value, _| {
        match (key, value) {
            ("protocol", Scalar::Text(text)) => {
                met.once(0)?;
                protocol = match text {
                    "TCP" => Protocol::Tcp,
                    "UDP" => Protocol::Udp,
                    "SCTP" => Protocol::Sctp,
                    _ => return None,
                };
            }
            ("port", Scalar::Number(text)) => {
                met.once(1)?;
                let low = port::number(text).ok()?;
                number = Some(PortMatch::Numbers(low, low));
            }
            ("port", Scalar::Text(text)) => {
                met.once(1)?;
                number = Some(PortMatch::Name(port::name(text).ok()?));
            }
            ("endPort", Scalar::Number(text)) => {
                met.once(2)?;
                end = Some(port::number(text).ok()?);
            }
            _ => return None,
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

fn selector<'a>(lexer: &mut Lexer<'a>, value: Scalar<'a>, column: usize) -> Option<Selector> {
    match value {
        Scalar::EmptyMap => return Some(Selector::default()),
        Scalar::Nested => {}
        _ => return None,
    }
    let (mut met, mut labels, mut expressions) = (Met::default(), Vec::new(), Vec::new());
    entries(lexer, column + 1, |lexer, field, value, column| match (field, value) {
        ("matchLabels", Scalar::EmptyMap) => met.once(0),
        ("matchLabels", Scalar::Nested) => {
            met.once(0)?;
            entries(lexer, column + 1, |_, wanted, value, _| {
                labels.push((key(wanted)?, label::value(text(value)?).ok()?));
                Some(())
            })
        }
        ("matchExpressions", value) => {
            met.once(1)?;
            items(lexer, value, column, |lexer, column| {
                expressions.push(requirement(lexer, column)?);
                Some(())
            })
        }
        _ => None,
    })?;
    labels.sort_unstable();
    if labels.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return None;
    }
    let labels = labels.into_iter().map(|(key, value)| Requirement::In(key, vec![value]));
    Some(Selector(labels.chain(expressions).collect()))
}

fn requirement(lexer: &mut Lexer<'_>, column: usize) -> Option<Requirement> {
    (lexer.item()? == Scalar::Nested).then_some(())?;
    let (mut met, mut wanted, mut operator, mut values) = (Met::default(), None, None, Vec::new());
    entries(lexer, column, |lexer, field, value, column| {
        match field {
            "key" => {
                met.once(0)?;
                wanted = Some(key(text(value)?)?);
            }
            "operator" => {
                met.once(1)?;
                operator = Some(text(value)?);
            }
            "values" => {
                met.once(2)?;
                items(lexer, value, column, |lexer, _| {
                    values.push(label::value(text(lexer.item()?)?).ok()?);
                    Some(())
                })?;
            }
            _ => return None,
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
