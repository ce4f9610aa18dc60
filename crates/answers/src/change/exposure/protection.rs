//! What protects a host, and in which direction that changes: who may come, encryption, and what annotations guard.

use super::way::{Way, turns};
use std::collections::BTreeSet;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::edge::nginx::annotations::{Risk, find};
use xks_kubernetes::edge::nginx::columns::Guards;
use xks_kubernetes::edge::nginx::guards::{self, Effect};

/// A difference between two ways in the same requests take one after the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// Clients that could not come can.
    MoreClients(String),
    /// Clients that could come cannot.
    FewerClients(String),
    TlsLost,
    TlsGained,
    /// Another Secret holds the certificate.
    OtherSecret(String),
    /// An annotation guards less.
    Weaker(String),
    /// An annotation guards otherwise, and which is stronger cannot be told.
    Unclear(String),
    /// An annotation guards more.
    Stronger(String),
    /// An annotation that guards nothing.
    Other(String),
}

/// How two ways differ.
pub(super) fn differences(old: &Way, new: &Way) -> Vec<Difference> {
    let mut out = Vec::new();
    if old.clients != new.clients {
        let who = |way: &Way| match way.clients == Addresses::all() {
            true => "everybody".to_string(),
            false => way.clients.to_string(),
        };
        let words = format!("answers {}, no more {}", who(new), who(old));
        if !new.clients.is_subset(&old.clients) {
            out.push(Difference::MoreClients(words.clone()));
        }
        if !old.clients.is_subset(&new.clients) {
            out.push(Difference::FewerClients(words));
        }
    }
    match (old.tls, new.tls) {
        (true, false) => out.push(Difference::TlsLost),
        (false, true) => out.push(Difference::TlsGained),
        (true, true) if old.secret != new.secret => {
            let name = |way: &Way| match &way.secret {
                Some(secret) => format!("the certificate of the Secret {secret}"),
                None => "the controller's own certificate".to_string(),
            };
            out.push(Difference::OtherSecret(format!("shows {}, no more {}", name(new), name(old))));
        }
        (true, true) | (false, false) => {}
    }
    let names: BTreeSet<&&str> = old.annotations.keys().chain(new.annotations.keys()).collect();
    for name in names {
        let (was, is) = (old.annotations.get(*name), new.annotations.get(*name));
        if was == is || is_told(name) {
            continue;
        }
        let words = match (was, is) {
            (None, Some(value)) => format!("`{name}` is `{value}`"),
            (Some(old), Some(value)) => format!("`{name}` is `{value}`, no more `{old}`"),
            (Some(old), None) => format!("no more `{name}`, which was `{old}`"),
            (None, None) => continue,
        };
        match guards::compare(name, was.map(|value| value.as_str()), is.map(|value| value.as_str())) {
            Effect::Same => {}
            Effect::Neither if turns(name) || is_risk(name) => {}
            Effect::Neither => out.push(Difference::Other(words)),
            Effect::Protects => out.push(Difference::Stronger(words)),
            Effect::Weakens => out.push(Difference::Weaker(words)),
            Effect::Unknown => out.push(Difference::Unclear(words)),
        }
    }
    let names: BTreeSet<_> = old.others.keys().chain(new.others.keys()).collect();
    for name in names {
        match (old.others.get(name), new.others.get(name)) {
            (was, is) if was == is => {}
            (_, Some(value)) => out.push(Difference::Other(format!("`{name}` is `{value}`"))),
            (_, None) => out.push(Difference::Other(format!("no more `{name}`"))),
        }
    }
    out
}

/// Whether an annotation says who may come: that is compared as sets of addresses.
fn is_told(name: &str) -> bool {
    find(name).is_some_and(|row| matches!(row.guards, Guards::Allowed | Guards::Denied))
}

/// Whether a change of an annotation is told as a risk.
fn is_risk(name: &str) -> bool {
    find(name).is_some_and(|row| row.risk >= Risk::High)
}
