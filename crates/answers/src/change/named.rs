//! What the names in a statement stand for: the statements that declare them, and so on. Words that stay the same mean
//! something else when one of these changes.

use super::Program;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_base::source::Span;
use xks_base::values::port::{PortRef, PortSpec};
use xks_syntax::ast::{Body, Peer, PeerKind, Place, Selection, Statement, Tls};
use xks_syntax::print;

/// Who declares a name, and the name.
type Key = (Option<SmolStr>, SmolStr);

/// The statements of a side, and which of them declare which names.
#[derive(Default)]
pub(super) struct Named<'a> {
    program: Option<Program<'a>>,
    statements: BTreeMap<Span, &'a Statement>,
    declared: BTreeMap<Key, Vec<Span>>,
}

impl<'a> Named<'a> {
    pub(super) fn new(program: Option<Program<'a>>) -> Named<'a> {
        let all = program.iter().flat_map(|program| program.parsed).flat_map(|parsed| &parsed.file.statements);
        let statements = all.map(|statement| (statement.span, statement)).collect();
        let mut named = Named { program, statements, declared: BTreeMap::new() };
        let mut declared: BTreeMap<Key, Vec<Span>> = BTreeMap::new();
        for (span, statement) in named.statements() {
            for name in declares(statement) {
                declared.entry((named.speaker(span), name)).or_default().push(span);
            }
        }
        named.declared = declared;
        named
    }

    /// The statements, by their places.
    pub(super) fn statements(&self) -> impl Iterator<Item = (Span, &'a Statement)> {
        self.statements.iter().map(|(span, statement)| (*span, *statement))
    }

    /// The statement at a place.
    pub(super) fn statement(&self, span: Span) -> Option<&'a Statement> {
        self.statements.get(&span).copied()
    }

    /// The tenant that speaks at a place; `None` for the platform and for files of nobody.
    pub(super) fn speaker(&self, span: Span) -> Option<SmolStr> {
        self.program?.workspace.owners.get(span.file.0 as usize).cloned().flatten()
    }

    /// Whether a statement counts in the environment that is compared.
    pub(super) fn is_here(&self, statement: &Statement) -> bool {
        statement.is_in(self.program.and_then(|program| program.workspace.env.as_deref()))
    }

    /// The statements behind the names of the one at a span, itself not among them; sorted.
    pub(super) fn behind(&self, span: Span) -> Vec<Span> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![span];
        while let Some(next) = waiting.pop() {
            let Some(statement) = self.statement(next) else { continue };
            let own = self.speaker(next);
            for name in names(statement) {
                let declared = self.declared(own.as_ref(), name).iter();
                waiting.extend(declared.filter(|span| found.insert(**span)).copied());
            }
        }
        found.remove(&span);
        found.into_iter().collect()
    }

    /// The statements behind a peer that a tenant writes.
    pub(super) fn behind_peer(&self, own: &SmolStr, peer: &Peer) -> BTreeSet<Span> {
        let direct: Vec<Span> = of_peer(peer).map_or(&[][..], |name| self.declared(Some(own), name)).to_vec();
        let further: Vec<Span> = direct.iter().flat_map(|span| self.behind(*span)).collect();
        direct.into_iter().chain(further).collect()
    }

    /// The statements that declare a name as somebody writes it. What a tenant does not declare may be the platform's.
    fn declared(&self, own: Option<&SmolStr>, (tenant, name): (Option<SmolStr>, SmolStr)) -> &[Span] {
        let tenant = tenant.or_else(|| own.cloned());
        let found = self.declared.get(&(tenant, name.clone())).or_else(|| self.declared.get(&(None, name)));
        found.map_or(&[], Vec::as_slice)
    }

    /// What a statement says, with what the names in it stand for; `because` and `until` apart.
    pub(super) fn whole(&self, span: Span) -> String {
        let spans = std::iter::once(span).chain(self.behind(span));
        let statements = spans.filter_map(|span| self.statement(span)).filter(|statement| self.is_here(statement));
        statements.map(print::untagged).collect::<Vec<_>>().join("\n")
    }
}

/// The names that a statement declares.
fn declares(statement: &Statement) -> Vec<SmolStr> {
    match &statement.body {
        Body::App(app) => app.names.iter().map(|name| name.value.clone()).collect(),
        Body::Service(service) => vec![service.name.value.clone()],
        Body::External(external) => vec![external.name.value.clone()],
        Body::Certificate(certificate) => vec![certificate.name.value.clone()],
        Body::Group(group) => vec![group.name.value.clone()],
        Body::Ports(ports) => vec![ports.name.value.clone()],
        Body::Tenant(_)
        | Body::Expose(_)
        | Body::Allow(_)
        | Body::Export(_)
        | Body::Never(_)
        | Body::Expect(_)
        | Body::Include(_)
        | Body::Platform(_) => Vec::new(),
    }
}

/// The names that a statement uses, each with the tenant that it says.
fn names(statement: &Statement) -> Vec<(Option<SmolStr>, SmolStr)> {
    let mut out: Vec<(Option<SmolStr>, SmolStr)> = Vec::new();
    for peer in statement.body.peers() {
        out.extend(of_peer(peer));
        out.extend(peer.ports.iter().flat_map(|ports| &ports.specs).filter_map(|spec| of_port(&spec.value)));
    }
    match &statement.body {
        Body::Expose(expose) => {
            out.push((None, expose.target.value.clone()));
            out.extend(expose.port.iter().filter_map(|port| of_port(&port.value)));
            match expose.tls.as_ref().map(|tls| &tls.value) {
                Some(Tls::Group(name)) => out.push((None, name.value.clone())),
                Some(Tls::Secret(_) | Tls::None) | None => {}
            }
        }
        Body::Service(service) => out.extend(service.app.iter().map(|name| (None, name.value.clone()))),
        Body::Ports(ports) => out.extend(ports.ports.iter().filter_map(|port| of_port(&port.value))),
        Body::Tenant(_)
        | Body::App(_)
        | Body::Allow(_)
        | Body::Export(_)
        | Body::External(_)
        | Body::Certificate(_)
        | Body::Never(_)
        | Body::Expect(_)
        | Body::Group(_)
        | Body::Include(_)
        | Body::Platform(_) => {}
    }
    out
}

/// The name that a peer uses, with the tenant that it says.
pub(super) fn of_peer(peer: &Peer) -> Option<(Option<SmolStr>, SmolStr)> {
    match &peer.kind {
        PeerKind::Word(name) => Some((None, name.value.clone())),
        PeerKind::Pods(Place::Team(team), Selection::App(name)) => Some((Some(team.value.clone()), name.value.clone())),
        PeerKind::Pods(Place::Here, Selection::App(name)) => Some((None, name.value.clone())),
        PeerKind::Pods(..) | PeerKind::Ingress(_) | PeerKind::Range(..) | PeerKind::Dns(_) => None,
    }
}

fn of_port(port: &PortSpec) -> Option<(Option<SmolStr>, SmolStr)> {
    match &port.port {
        PortRef::Name(name) => Some((None, name.clone())),
        PortRef::Numbers(..) => None,
    }
}
