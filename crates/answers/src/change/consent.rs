//! Words that consent to what others write: what comes, what goes, and groups that others name.

use super::cause::{Provenance, SideProvenance};
use super::named::of_peer;
use super::{Approval, Class, Effect, Party, Row, Which};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_base::source::Span;
use xks_syntax::ast::{Body, Peer, PeerKind, Place, Statement};

pub(super) fn rows(provenance: &Provenance<'_>) -> Vec<Row> {
    let (was, is) = (words(&provenance.old), words(&provenance.new));
    let mut out = Vec::new();
    let mut row = |which, effect, title: String, tenant: &SmolStr, span: &Span| {
        let (own, other) = match which {
            Which::Old => (&provenance.old, &provenance.new),
            Which::New => (&provenance.new, &provenance.old),
        };
        let approvals = vec![Approval::of(Party::Tenant(tenant.clone()))];
        out.push(Row { approvals, ..Row::new(effect, &[Class::Consent], title, own.causes(&[*span], other)) });
    };
    for (key @ (tenant, _), (to, span)) in &is {
        if !was.contains_key(key) {
            let title = format!("{tenant} consents to what {to} may write");
            row(Which::New, Effect::Weakens, title, tenant, span);
        }
    }
    for (key @ (tenant, _), (to, span)) in &was {
        if !is.contains_key(key) {
            let title = format!("{tenant} consents no more to what {to} may write");
            row(Which::Old, Effect::Strengthens, title, tenant, span);
        }
    }
    out.extend(groups(provenance));
    out
}

/// Who consents, in which words with what they stand for, to whom, and where.
type Words = BTreeMap<(SmolStr, String), (String, Span)>;

fn words(side: &SideProvenance<'_>) -> Words {
    let mut out = Words::new();
    for (span, statement) in side.named.statements() {
        let Some(tenant) = side.named.speaker(span) else { continue };
        if let Some(to) = consents(side, statement, &tenant).filter(|_| side.named.is_here(statement)) {
            out.insert((tenant, side.named.whole(span)), (to, span));
        }
    }
    out
}

/// To whom a statement of a tenant consents: an `export`, or an `allow` that lets others in.
pub(super) fn consents(side: &SideProvenance<'_>, statement: &Statement, tenant: &SmolStr) -> Option<String> {
    let listed = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
    match &statement.body {
        Body::Export(export) => {
            let names = export.to.iter().map(|name| match name.value.as_str() {
                "*" => "every tenant".to_string(),
                name => name.to_string(),
            });
            Some(listed(names.collect()))
        }
        Body::Allow(rule) => {
            let from: BTreeSet<String> = rule.from.iter().flat_map(|peer| others(side, peer, tenant)).collect();
            let lets_in = rule.to.iter().any(|peer| other(peer, tenant).is_none());
            (!from.is_empty() && lets_in).then(|| listed(from))
        }
        Body::Tenant(_)
        | Body::App(_)
        | Body::Service(_)
        | Body::Expose(_)
        | Body::External(_)
        | Body::Certificate(_)
        | Body::Never(_)
        | Body::Expect(_)
        | Body::Group(_)
        | Body::Ports(_)
        | Body::Include(_)
        | Body::Platform(_) => None,
    }
}

/// The other tenants that a peer and the groups behind it stand for.
fn others(side: &SideProvenance<'_>, peer: &Peer, own: &SmolStr) -> BTreeSet<String> {
    let mut out: BTreeSet<String> = other(peer, own).into_iter().collect();
    for span in side.named.behind_peer(own, peer) {
        if let Some(Body::Group(group)) = side.named.statement(span).map(|statement| &statement.body) {
            out.extend(group.peers.iter().filter_map(|peer| other(peer, own)));
            // What the group of another tenant holds is that tenant's.
            out.extend(side.named.speaker(span).filter(|tenant| tenant != own).map(|tenant| tenant.to_string()));
        }
    }
    out
}

/// The other tenants that a peer stands for by itself, in words.
fn other(peer: &Peer, own: &SmolStr) -> Option<String> {
    match &peer.kind {
        PeerKind::Pods(Place::Team(team), _) => (team.value != *own).then(|| team.value.to_string()),
        PeerKind::Pods(Place::Every, _) => Some("every tenant".to_string()),
        PeerKind::Pods(Place::Labelled(_), _) => Some("every tenant with certain labels".to_string()),
        PeerKind::Pods(Place::Here, _)
        | PeerKind::Word(_)
        | PeerKind::Ingress(_)
        | PeerKind::Range(..)
        | PeerKind::Dns(_) => None,
    }
}

/// The holder of a group and its name, to what it stands for, where it stands, and who names it besides its holder.
type Groups = BTreeMap<(Option<SmolStr>, SmolStr), (String, Span, BTreeSet<SmolStr>)>;

fn groups(provenance: &Provenance<'_>) -> Vec<Row> {
    let (was, is) = (shared(&provenance.old), shared(&provenance.new));
    let mut out = Vec::new();
    let mut keys: Vec<_> = was.keys().chain(is.keys()).collect();
    keys.sort();
    keys.dedup();
    for key @ (holder, name) in keys {
        let (old, new) = (was.get(key), is.get(key));
        if old.map(|(whole, ..)| whole) == new.map(|(whole, ..)| whole) {
            continue;
        }
        let users: BTreeSet<&SmolStr> = old.iter().chain(&new).flat_map(|(.., users)| users).collect();
        if users.is_empty() {
            continue;
        }
        let of = holder.as_ref().map_or("the platform", SmolStr::as_str);
        let users_text = users.iter().map(|user| user.as_str()).collect::<Vec<_>>().join(", ");
        let (effect, title, causes) = match (old, new) {
            (Some((_, span, _)), None) => (
                Effect::Strengthens,
                format!("no more group {name} of {of}, which {users_text} names"),
                provenance.old.causes(&[*span], &provenance.new),
            ),
            (None, Some((_, span, _))) => (
                Effect::Weakens,
                format!("new group {name} of {of}, which {users_text} names"),
                provenance.new.causes(&[*span], &provenance.old),
            ),
            (_, Some((_, span, _))) => (
                Effect::Weakens,
                format!("the group {name} of {of}, which {users_text} names, is another"),
                provenance.new.causes(&[*span], &provenance.old),
            ),
            (None, None) => continue,
        };
        let approvals = users.into_iter().map(|user| Approval::of(Party::Tenant(user.clone()))).collect();
        out.push(Row { approvals, ..Row::new(effect, &[Class::Consent], title, causes) });
    }
    out
}

/// The groups of a side.
fn shared(side: &SideProvenance<'_>) -> Groups {
    let mut out = Groups::new();
    for (span, statement) in side.named.statements() {
        if let Body::Group(group) = &statement.body
            && side.named.is_here(statement)
        {
            let whole = side.named.whole(span);
            out.insert((side.named.speaker(span), group.name.value.clone()), (whole, span, BTreeSet::new()));
        }
    }
    for (span, statement) in side.named.statements() {
        let Some(own) = side.named.speaker(span).filter(|_| side.named.is_here(statement)) else { continue };
        for (tenant, name) in statement.body.peers().into_iter().filter_map(of_peer) {
            let key = match tenant {
                Some(tenant) => (Some(tenant), name),
                // A tenant's own name goes first.
                None if out.contains_key(&(Some(own.clone()), name.clone())) => continue,
                None => (None, name),
            };
            if key.0.as_ref() != Some(&own)
                && let Some((.., users)) = out.get_mut(&key)
            {
                users.insert(own.clone());
            }
        }
    }
    out
}
