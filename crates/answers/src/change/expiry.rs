//! The days that statements end on: one that is gone, or later, lets a statement stand longer.

use super::cause::{Provenance, SideProvenance};
use super::consent::consents;
use super::words::Words;
use super::{Approval, Class, Effect, Party, Row, side_tenants};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_analysis::model::{End, Flow, Namespaces};
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_base::values::date::Date;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_syntax::ast::{Body, Statement};
use xks_syntax::print;

/// What stands until a day: a connection, a host and path, or what else a statement says, in words that tell it apart.
type Subject = (Option<SmolStr>, String);

/// Until when; without a day, for good. `Option` orders the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    Day(Date),
    Always,
}

/// When something ends, the statement that says so, and what it is about.
struct Ends {
    until: Until,
    span: Span,
    class: Class,
    guards: bool,
}

pub(super) fn rows(provenance: &Provenance<'_>) -> Vec<Row> {
    let (was, is) = (ends(&provenance.old), ends(&provenance.new));
    let mut found: BTreeMap<(Span, Until, Until), (Vec<Class>, bool)> = BTreeMap::new();
    for (subject, new) in &is {
        let Some(old) = was.get(subject).filter(|old| old.until != new.until) else { continue };
        let (classes, _) = found.entry((new.span, old.until, new.until)).or_insert((Vec::new(), new.guards));
        classes.push(new.class);
    }
    let row = |((span, old, new), (mut classes, guards)): ((Span, Until, Until), (Vec<Class>, bool))| {
        classes.sort();
        classes.dedup();
        let longer = new > old;
        let effect = if longer == guards { Effect::Strengthens } else { Effect::Weakens };
        let title = match (old, new) {
            (Until::Day(old), Until::Always) => format!("it ends no more; it ended on {old}"),
            (Until::Always, Until::Day(new)) => format!("it ends on {new}; it had no end"),
            (Until::Day(old), Until::Day(new)) => format!("it ends on {new}, no more on {old}"),
            (Until::Always, Until::Always) => String::new(),
        };
        let causes = provenance.new.causes(&[span], &provenance.old);
        let risky = [Class::Internet, Class::Public, Class::Platform];
        let approvals = match classes.iter().any(|class| risky.contains(class)) {
            true => vec![Approval::of(Party::Platform)],
            false => side_tenants(&causes),
        };
        let classes: Vec<Class> = std::iter::once(Class::Expiry).chain(classes).collect();
        Row { approvals, ..Row::new(effect, &classes, title, causes) }
    };
    found.into_iter().map(row).collect()
}

fn ends(side: &SideProvenance<'_>) -> BTreeMap<Subject, Ends> {
    let Some(program) = side.program() else { return BTreeMap::new() };
    let mut out = BTreeMap::new();
    // What several statements say ends with the last of them.
    let mut add = |subject: Subject, span: Span, class, guards| {
        let Some(until) = side.named.statement(span).map(until) else { return };
        let known = out.entry(subject).or_insert(Ends { until, span, class, guards });
        if known.until < until {
            *known = Ends { until, span, class, guards };
        }
    };
    let words = Words::new(side.side());
    for flow in program.workspace.flows() {
        let subject = format!("{:?} -> {:?} {:?}", flow.from, flow.to, flow.ports);
        add((None, subject), flow.origin, class(flow, &words), false);
    }
    for tenant in program.workspace.tenants() {
        for exposure in &tenant.exposures {
            let class = match exposure.access {
                Access::Public => Class::Public,
                Access::Private => Class::Private,
            };
            for found in &exposure.matches {
                let subject = format!("{} {} {class:?}", found.host.shared(), found.path.shared());
                add((Some(tenant.name.clone()), subject), exposure.origin, class, false);
            }
        }
    }
    for (span, statement) in side.named.statements().filter(|(_, statement)| side.named.is_here(statement)) {
        let tenant = side.named.speaker(span);
        let (class, guards) = match &statement.body {
            // Told by what they open.
            Body::Allow(_) | Body::Expose(_) => match &tenant {
                Some(name) if consents(side, statement, name).is_some() => (Class::Consent, false),
                _ => continue,
            },
            Body::Export(_) => (Class::Consent, false),
            Body::Never(_) | Body::Expect(_) => (Class::Invariants, true),
            Body::Certificate(_) => (Class::Certificates, false),
            Body::Tenant(_)
            | Body::App(_)
            | Body::Service(_)
            | Body::External(_)
            | Body::Group(_)
            | Body::Ports(_)
            | Body::Include(_)
            | Body::Platform(_) => (Class::Objects, false),
        };
        add((tenant, print::untagged(statement)), span, class, guards);
    }
    out
}

fn until(statement: &Statement) -> Until {
    statement.tags.until.as_ref().map_or(Until::Always, |date| Until::Day(date.value))
}

/// What the connections of a flow are about.
fn class(flow: &Flow, words: &Words<'_>) -> Class {
    match (&flow.from, &flow.to) {
        (End::Blocks(_, blocks), _) | (_, End::Blocks(_, blocks)) => {
            let of = |block: &xks_analysis::model::Block| {
                Addresses::nets(&[block.cidr]).difference(&Addresses::nets(&block.except))
            };
            let all = blocks.iter().map(of).fold(Addresses::nets(&[]), |all, block| all.union(&block));
            words.class(&all)
        }
        (End::Ingress(_), _) | (_, End::Ingress(_)) => Class::Platform,
        (End::Pods(Namespaces::One(from, _), _), End::Pods(Namespaces::One(to, _), _)) if from == to => Class::Intra,
        (End::Pods(..), End::Pods(..)) => Class::Tenants,
    }
}
