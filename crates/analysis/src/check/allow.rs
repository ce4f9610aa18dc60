//! `allow` and `export`: who consents to what, and which half of a flow goes where.

use super::{Context, Part, errors};
use crate::model::{End, Flow, Namespaces, Pods, Port, TenantId, names_tenant, ports_cover};
use crate::names::resolve::{Owner, Resolved, Resolver};
use crate::names::{Scope, write};
use smol_str::SmolStr;
use std::sync::Arc;
use xks_base::diagnostics::{Diagnostic, Edit};
use xks_base::source::Span;
use xks_syntax::ast::{self, Body, Exported};
use xks_syntax::print;

/// The most pairs of a source and a destination in one statement. Two groups of a hundred members stay below.
pub(super) const MOST_PAIRS: usize = 10_000;

/// The most pairs in all rules of a tenant.
const MOST_PAIRS_OF_TENANT: usize = 50_000;

/// One source and one destination of an `allow`.
#[derive(Debug)]
pub struct Rule {
    /// Who opens the connection.
    pub from: Resolved,
    /// Who is reached.
    pub to: Resolved,
    /// The statement.
    pub origin: Span,
}

/// One app of an `export`.
#[derive(Debug)]
pub struct Grant {
    /// What may be named.
    pub pods: Pods,
    /// On which ports; empty means all.
    pub ports: Vec<Port>,
    /// By whom; `*` is every tenant.
    pub to: Vec<ast::Name>,
    /// The words.
    pub span: Span,
}

impl Grant {
    /// Whether a tenant may name it.
    fn is_to(&self, tenant: &str) -> bool {
        names_tenant(self.to.iter().map(|name| &name.value), tenant)
    }
}

/// What a tenant's `allow` and `export` statements say.
#[derive(Debug, Default)]
pub struct Declared {
    /// The rules, in the order of the text.
    pub rules: Vec<Rule>,
    /// The consents.
    pub grants: Vec<Grant>,
}

/// What becomes of one tenant's rules, with the consent of the others.
#[derive(Debug, Default)]
pub struct Consented {
    /// The flows that may be written.
    pub flows: Arc<Vec<Flow>>,
    /// The grants that an `allow` needed, as tenant and index.
    pub used: Vec<(TenantId, usize)>,
    /// Rules whose other half nobody wrote, with the tenants that could.
    pub half_open: Vec<HalfOpen>,
    /// Rules towards tenants that are not in the workspace.
    pub foreign: Vec<(Span, SmolStr)>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// A rule whose other half nobody wrote.
#[derive(Debug)]
pub struct HalfOpen {
    /// The tenants that could.
    pub tenants: Vec<SmolStr>,
    /// The words that name them.
    pub source: Span,
    /// What the first of them would write.
    pub line: String,
    /// The path of its file.
    pub path: String,
    /// The change that puts the line there.
    pub edit: Edit,
}

/// Resolves the rules and consents of one tenant.
pub(super) fn declared(resolver: &Resolver<'_, '_>, scope: &Scope<'_>, out: &mut Vec<Diagnostic>) -> Declared {
    let mut declared = Declared::default();
    let mut pairs = 0;
    for statement in &scope.statements {
        match &statement.body {
            Body::Allow(rule) => {
                let from = resolver.sources(&rule.from, out);
                let to = resolver.destinations(&rule.to, out);
                let more = from.len().saturating_mul(to.len());
                if more > MOST_PAIRS || pairs + more > MOST_PAIRS_OF_TENANT {
                    let of_all = more <= MOST_PAIRS;
                    let most = if of_all { MOST_PAIRS_OF_TENANT } else { MOST_PAIRS };
                    out.push(errors::too_many_pairs(statement.span, more, of_all, most));
                    continue;
                }
                pairs += more;
                for from in from.iter().filter(|from| from.sound) {
                    let sound = to.iter().filter(|to| to.sound);
                    declared.rules.extend(sound.map(|to| Rule {
                        from: from.clone(),
                        to: to.clone(),
                        origin: statement.span,
                    }));
                }
            }
            Body::Export(export) => {
                for resolved in resolver.destinations(export.named(), out).into_iter().filter(|resolved| resolved.sound)
                {
                    match (resolved.owner, resolved.end, &export.what) {
                        (Owner::Tenant(id), End::Pods(_, pods), Exported::Peers(_)) if id == scope.id => {
                            declared.grants.push(Grant {
                                pods,
                                ports: resolved.ports,
                                to: export.to.clone(),
                                span: resolved.span,
                            });
                        }
                        // That others may publish it says nothing about who may reach it, and the controller that there is
                        // leads to pods of the same namespace alone.
                        (Owner::Tenant(id), End::Pods(..), Exported::Publish(_)) if id == scope.id => {}
                        _ => out.push(errors::export_not_yours(resolved.span, &scope.name)),
                    }
                }
            }
            // What else is said lets nobody reach anything.
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
            | Body::Platform(_) => {}
        }
    }
    declared
}

/// Decides each rule of one tenant.
pub(super) fn consent<'a>(cx: &Context<'a, '_>, scope: &Scope<'a>, all: &[Arc<Part>]) -> Consented {
    let mut consented = Consented::default();
    let mut flows = Vec::new();
    for rule in &all[scope.id.0 as usize].declared.rules {
        decide(cx, scope, all, rule, &mut flows, &mut consented);
    }
    consented.flows = Arc::new(flows);
    consented
}

/// Whether what becomes of a tenant's rules depends on one of the tenants that are dropped.
pub(super) fn depends(declared: &Declared, dropped: &dyn Fn(TenantId) -> bool) -> bool {
    let on = |owner: &Owner| match owner {
        Owner::Tenant(id) => dropped(*id),
        Owner::Several(ids) => ids.iter().any(|id| dropped(*id)),
        Owner::Foreign(_) | Owner::Outside => false,
    };
    declared.rules.iter().any(|rule| on(&rule.from.owner) || on(&rule.to.owner))
}

fn decide<'a>(
    cx: &Context<'a, '_>,
    scope: &Scope<'a>,
    all: &[Arc<Part>],
    rule: &Rule,
    flows: &mut Vec<Flow>,
    consented: &mut Consented,
) {
    let own = Owner::Tenant(scope.id);
    let flow = |egress_in: Option<&SmolStr>, ingress_in: Vec<SmolStr>| Flow {
        from: rule.from.end.clone(),
        to: rule.to.end.clone(),
        ports: rule.to.ports.clone(),
        egress_in: egress_in.cloned(),
        ingress_in,
        origin: rule.origin,
        consents: Vec::new(),
    };
    let here = &scope.namespace;
    match (&rule.from.owner, &rule.to.owner) {
        (from, to) if *from == own && *to == own => flows.push(flow(Some(here), vec![here.clone()])),
        (from, Owner::Outside) if *from == own => flows.push(flow(Some(here), Vec::new())),
        (Owner::Outside, to) if *to == own => flows.push(flow(None, vec![here.clone()])),
        (from, Owner::Foreign(other)) if *from == own => {
            consented.foreign.push((rule.to.span, other.clone()));
            flows.push(flow(Some(here), vec![other.clone()]));
        }
        (Owner::Foreign(other), to) if *to == own => {
            consented.foreign.push((rule.from.span, other.clone()));
            flows.push(flow(Some(other), vec![here.clone()]));
        }
        (from, Owner::Tenant(other)) if *from == own => {
            let consent = consents_for(cx, scope, all, rule, &[*other], consented);
            if consent.missing.is_empty() {
                let there = consent.by_name.iter().map(|id| cx.names.get(*id).namespace.clone()).collect();
                flows.push(Flow { consents: consent.words, ..flow(Some(here), there) });
            }
        }
        (from, Owner::Several(others)) if *from == own => {
            if others.is_empty() {
                consented.foreign.push((rule.to.span, SmolStr::new_static("*")));
            }
            let strangers: Vec<TenantId> = others.iter().copied().filter(|id| *id != scope.id).collect();
            let consent = consents_for(cx, scope, all, rule, &strangers, consented);
            let namespace = |id: &TenantId| cx.names.get(*id).namespace.clone();
            let by_name = others.iter().filter(|id| **id == scope.id || consent.by_name.contains(id));
            let halves = flow(Some(here), by_name.map(namespace).collect());
            if consent.missing.is_empty() {
                flows.push(Flow { consents: consent.words, ..halves });
            } else if let End::Pods(_, pods) = &rule.to.end {
                // Of those that do not consent neither half is written; the others are named one by one.
                let standing = others.iter().filter(|id| !consent.missing.contains(id));
                let mut namespaces: Vec<SmolStr> = standing.map(namespace).collect();
                namespaces.sort();
                if !namespaces.is_empty() {
                    let to = End::Pods(Namespaces::Every(namespaces.into()), pods.clone());
                    flows.push(Flow { to, consents: consent.words, ..halves });
                }
            }
        }
        (Owner::Tenant(other), to) if *to == own => {
            if !asked_for(&all[other.0 as usize].declared, rule) {
                consented.half_open.push(half_open(cx, scope, rule, vec![cx.names.get(*other).name.clone()]));
            }
            flows.push(flow(None, vec![here.clone()]));
        }
        (Owner::Several(others), to) if *to == own => {
            let strangers = || others.iter().filter(|id| **id != scope.id);
            if strangers().next().is_some() && !strangers().any(|id| asked_for(&all[id.0 as usize].declared, rule)) {
                let names = strangers().map(|id| cx.names.get(*id).name.clone()).collect();
                consented.half_open.push(half_open(cx, scope, rule, names));
            }
            flows.push(flow(None, vec![here.clone()]));
        }
        _ => consented.diagnostics.push(errors::not_yours(
            rule.origin,
            &scope.name,
            rule.from.span,
            rule.to.span,
            rule.from.owner == Owner::Outside && rule.to.owner == Owner::Outside,
        )),
    }
}

fn half_open<'a>(cx: &Context<'a, '_>, scope: &Scope<'a>, rule: &Rule, tenants: Vec<SmolStr>) -> HalfOpen {
    let pods = |end: &End| match end {
        End::Pods(_, pods) => pods.clone(),
        End::Blocks(..) | End::Ingress(_) => Pods::all(),
    };
    let source = tenants.first().and_then(|name| cx.names.tenant(name)).unwrap_or(scope);
    let from = write::own(source, &pods(&rule.from.end), &[]);
    let to = write::of_tenant(scope, &scope.name, &pods(&rule.to.end), &rule.to.ports);
    let line = write::allow(from, to);
    let path = cx.sources.get(source.span.file).path.to_string();
    let edit = addition(cx, source, &line);
    HalfOpen { tenants, source: rule.from.span, line, path, edit }
}

/// Who lets a rule in.
#[derive(Default)]
struct Consent {
    /// The words that say so, sorted.
    words: Vec<Span>,
    /// The tenants in whose namespaces the half is written by name.
    by_name: Vec<TenantId>,
    /// The tenants that do not consent.
    missing: Vec<TenantId>,
}

/// Which of `others` let `scope` reach what the rule names; reports those who do not.
fn consents_for<'a>(
    cx: &Context<'a, '_>,
    scope: &Scope<'a>,
    all: &[Arc<Part>],
    rule: &Rule,
    others: &[TenantId],
    consented: &mut Consented,
) -> Consent {
    let mut consent = Consent::default();
    let End::Pods(_, wanted) = &rule.to.end else { return consent };
    for &other in others {
        let declared = &all[other.0 as usize].declared;
        let names_us = |grant: &Grant| grant.is_to(&scope.name);
        let found = declared
            .grants
            .iter()
            .position(|grant| names_us(grant) && grant.pods.cover(wanted) && ports_cover(&grant.ports, &rule.to.ports));
        if let Some(index) = found {
            consented.used.push((other, index));
            consent.words.push(declared.grants[index].span);
            consent.by_name.push(other);
            continue;
        }
        let opening = || declared.rules.iter().filter(|theirs| opens(theirs, other, scope, rule, wanted));
        let by_labels = |theirs: &&Rule| matches!(theirs.from.end, End::Pods(Namespaces::Labelled(_), _));
        match opening().find(|theirs| !by_labels(theirs)).or_else(|| opening().next()) {
            // Whether our namespace carries the labels is our own word for it: their half, which goes by the labels, is
            // the only one.
            Some(theirs)
                if by_labels(&theirs) && !scope.labels_are_known && !cx.platform.marks_every_pods(&theirs.from.end) =>
            {
                consent.words.push(theirs.origin);
            }
            Some(theirs) => {
                consent.words.push(theirs.origin);
                consent.by_name.push(other);
            }
            None => consent.missing.push(other),
        }
    }
    consent.words.sort();
    consent.words.dedup();
    if !consent.missing.is_empty() {
        let owners: Vec<_> = consent.missing.iter().map(|id| lacks(cx, scope, all, rule, wanted, *id)).collect();
        let what = if others.len() == 1 {
            format!("`{}`", print::peer(&write::own(cx.names.get(others[0]), wanted, &rule.to.ports)))
        } else {
            "what this names".to_string()
        };
        consented.diagnostics.push(errors::not_exported(rule.to.span, &what, &scope.name, &owners));
    }
    consent
}

/// Whether a rule of the destination's tenant consents to ours: it names us as a source, and holds our two ends.
fn opens(theirs: &Rule, other: TenantId, scope: &Scope<'_>, ours: &Rule, wanted: &Pods) -> bool {
    let names_us = match &theirs.from.owner {
        Owner::Tenant(id) => *id == scope.id,
        Owner::Several(ids) => ids.contains(&scope.id),
        Owner::Foreign(_) | Owner::Outside => false,
    };
    let End::Pods(_, our_pods) = &ours.from.end else { return false };
    let from = matches!(&theirs.from.end, End::Pods(_, pods) if pods.cover(our_pods));
    let to = matches!(&theirs.to.end, End::Pods(_, pods) if pods.cover(wanted));
    names_us && from && to && theirs.to.owner == Owner::Tenant(other) && ports_cover(&theirs.to.ports, &ours.to.ports)
}

/// Whether the source's tenant has a rule that meets ours, so that ours is not half a connection.
fn asked_for(theirs: &Declared, ours: &Rule) -> bool {
    let meet = |a: &End, b: &End| match (a, b) {
        (End::Pods(_, a), End::Pods(_, b)) => a.cover(b) || b.cover(a),
        _ => false,
    };
    let same_place = |a: &End, b: &End| match (a, b) {
        (End::Pods(Namespaces::One(_, a), _), End::Pods(Namespaces::One(_, b), _)) => a == b,
        _ => true,
    };
    theirs.rules.iter().any(|rule| {
        same_place(&rule.to.end, &ours.to.end)
            && meet(&rule.from.end, &ours.from.end)
            && meet(&rule.to.end, &ours.to.end)
            && (ports_cover(&rule.to.ports, &ours.to.ports) || ports_cover(&ours.to.ports, &rule.to.ports))
    })
}

/// What one tenant would have to write.
fn lacks<'s>(
    cx: &Context<'_, 's>,
    scope: &Scope<'_>,
    all: &[Arc<Part>],
    rule: &Rule,
    wanted: &Pods,
    other: TenantId,
) -> errors::Missing<'s> {
    let owner = cx.names.get(other);
    let file = cx.sources.get(owner.span.file);
    let line = write::export(write::own(owner, wanted, &rule.to.ports), &scope.name);
    let grants = &all[other.0 as usize].declared.grants;
    let nearby = grants.iter().find(|grant| grant.pods.cover(wanted)).map(|grant| {
        let to_us = grant.is_to(&scope.name);
        (grant.span, if to_us { "exported to you, but not on these ports" } else { "exported to others" }.to_string())
    });
    let edit = addition(cx, owner, &line);
    errors::Missing { tenant: &owner.name, line, path: &file.path, edit, nearby }
}

/// A line more at the end of a tenant's file.
fn addition(cx: &Context<'_, '_>, owner: &Scope<'_>, line: &str) -> Edit {
    let text = &cx.sources.get(owner.span.file).text;
    let newline_before = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let end = Span::new(owner.span.file, text.len(), text.len());
    Edit { span: end, text: format!("{newline_before}{line}\n") }
}
