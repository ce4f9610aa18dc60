//! The names of one file, as far as the file alone tells what they mean.

use super::{DeclaredPort, FileNames, Kind, Role};
use crate::names::resolve::BUILT_IN;
use smol_str::SmolStr;
use xks_base::source::{Source, Span, Spanned};
use xks_base::values::host;
use xks_base::values::port::{PortRef, PortSpec};
use xks_syntax::Parsed;
use xks_syntax::ast::{self, Body, PeerKind, Place, Selection, Tls};

/// A name in the text, before what other files declare is known.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) span: Span,
    pub(super) role: Role,
    pub(super) name: SmolStr,
    pub(super) meaning: Meaning,
}

/// What a name may mean.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// Of this kind, by the grammar: of a tenant, or of nobody.
    Is(Kind, Option<SmolStr>),
    /// The port of an app or service, declared here: its owner.
    OwnPort(Kind, SmolStr),
    /// One of what may stand at this place of that tenant.
    Among(Slot, SmolStr),
    /// A port behind what was named at such a place of that tenant.
    PortBehind(Slot, SmolStr, SmolStr),
    /// A port of any pod.
    AnyPort,
}

/// Places of the grammar that take several kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A bare word of a rule: an external, a group or an app.
    Peer,
    /// Behind `team/` or `./`: a group or an app.
    Pods,
    /// Behind `expose`: an external, a service or an app.
    Target,
    /// In a line that cannot be read: whatever is declared under this name, if anything is.
    Anything,
}

/// Walks a file.
pub(super) fn gather(source: &Source, parsed: &Parsed, tenant: Option<SmolStr>) -> FileNames {
    let file = &parsed.file;
    let stated = file.statements.iter().any(|statement| matches!(statement.body, Body::Tenant(_)));
    let names = FileNames {
        file: file.id,
        tenant,
        stated,
        mentions: Vec::new(),
        declared: Vec::new(),
        ports: Vec::new(),
        services: Vec::new(),
        groups: Vec::new(),
    };
    let mut walk = Walk { text: &source.text, names };
    for statement in &file.statements {
        walk.statement(statement);
    }
    for &span in &parsed.broken {
        walk.broken(span);
    }
    let mut names = walk.names;
    names.mentions.sort_by_key(|mention| mention.span);
    names.mentions.dedup_by(|b, a| b.span.start < a.span.end);
    names.declared.sort();
    names.declared.dedup();
    names
}

/// The way through a file.
pub(super) struct Walk<'t> {
    pub(super) text: &'t str,
    pub(super) names: FileNames,
}

impl Walk<'_> {
    fn statement(&mut self, statement: &ast::Statement) {
        for env in &statement.tags.envs {
            self.global(Kind::Environment, env);
        }
        match &statement.body {
            Body::Tenant(tenant) => self.mention(&tenant.name, Role::Declaration, Meaning::Is(Kind::Tenant, None)),
            Body::App(app) => self.app(app),
            Body::Service(service) => self.service(service),
            Body::Expose(expose) => self.expose(expose),
            Body::Allow(rule) | Body::Never(rule) | Body::Expect(rule) => self.peers(rule.from.iter().chain(&rule.to)),
            Body::Export(export) => {
                self.peers(export.named());
                for to in export.to.iter().filter(|to| to.value != "*") {
                    self.global(Kind::Tenant, to);
                }
            }
            Body::External(external) => {
                self.declare(Kind::External, &external.name);
                for remote in &external.remotes {
                    self.host(remote, |text| host::split_port(text).0);
                }
            }
            Body::Certificate(certificate) => self.certificate(certificate),
            Body::Group(group) => {
                self.declare(Kind::Group, &group.name);
                self.peers(&group.peers);
                let members = group.peers.iter().filter_map(|peer| self.member(peer)).collect();
                self.names.groups.push((group.name.value.clone(), members));
            }
            Body::Ports(set) => self.declare(Kind::PortSet, &set.name),
            Body::Include(_) => {}
            Body::Platform(platform) => platform.facts.iter().for_each(|fact| self.fact(fact)),
        }
    }

    fn app(&mut self, app: &ast::App) {
        for name in &app.names {
            self.declare(Kind::App, name);
        }
        let Some(owner) = app.names.first().map(|name| name.value.clone()) else { return };
        for port in &app.ports {
            self.mention(&port.name, Role::Declaration, Meaning::OwnPort(Kind::Port, owner.clone()));
            for name in &app.names {
                self.port(Kind::Port, &name.value, port, &owner);
            }
        }
    }

    fn service(&mut self, service: &ast::Service) {
        self.declare(Kind::Service, &service.name);
        let owner = &service.name.value;
        for port in &service.ports {
            self.mention(&port.name, Role::Declaration, Meaning::OwnPort(Kind::ServicePort, owner.clone()));
            self.port(Kind::ServicePort, owner, port, owner);
        }
        let app = service.app.as_ref().unwrap_or(&service.name);
        self.names.services.push((owner.clone(), app.value.clone()));
        if let Some(app) = &service.app {
            self.own(Kind::App, app);
        }
    }

    fn certificate(&mut self, certificate: &ast::Certificate) {
        let ast::Certificate { name, issuer, secret, names } = certificate;
        self.declare(Kind::Certificate, name);
        if let Some(issuer) = issuer {
            self.global(Kind::Issuer, issuer);
        }
        if let Some(secret) = secret {
            self.declare(Kind::Secret, secret);
        }
        for name in names {
            self.host(name, |text| text);
        }
    }

    fn port(&mut self, kind: Kind, of: &SmolStr, port: &ast::Port, owner: &SmolStr) {
        let name = port.name.value.clone();
        self.names.ports.push(DeclaredPort { kind, of: of.clone(), name, owner: owner.clone() });
    }

    fn expose(&mut self, expose: &ast::Expose) {
        let ast::Expose { target, port, addresses, tls, verify, rewrite, host_header, redirect, annotations, .. } =
            expose;
        if let Some(here) = self.names.tenant.clone() {
            self.mention(target, Role::Use, Meaning::Among(Slot::Target, here.clone()));
            if let Some(port) = port {
                self.port_name(port, Meaning::PortBehind(Slot::Target, here, target.value.clone()));
            }
        }
        for address in addresses {
            self.host(address, |text| host::split(text).0);
        }
        match tls.as_ref().map(|tls| &tls.value) {
            Some(Tls::Group(group)) => self.own(Kind::Certificate, group),
            Some(Tls::Secret(secret)) => self.own(Kind::Secret, secret),
            Some(Tls::None) | None => {}
        }
        if let Some(secret) = verify {
            self.own(Kind::Secret, secret);
        }
        for text in [rewrite, host_header, redirect].into_iter().flatten() {
            self.values(text);
        }
        for annotation in annotations {
            self.global(Kind::Annotation, &annotation.key);
            self.values(&annotation.value);
        }
    }

    fn peers<'p>(&mut self, peers: impl IntoIterator<Item = &'p ast::Peer>) {
        for peer in peers {
            let behind = self.peer(peer);
            for spec in peer.ports.iter().flat_map(|ports| &ports.specs) {
                self.port_name(spec, behind.clone());
            }
        }
    }

    /// Notes the names of a peer, and gives back what a port's name behind it means.
    fn peer(&mut self, peer: &ast::Peer) -> Meaning {
        let here = self.names.tenant.clone();
        let (slot, tenant, name) = match &peer.kind {
            PeerKind::Word(name) if BUILT_IN.contains(&name.value.as_str()) => {
                self.global(Kind::BuiltIn, name);
                return Meaning::AnyPort;
            }
            PeerKind::Word(name) => (Slot::Peer, here, name),
            PeerKind::Pods(place, selection) => {
                let tenant = match place {
                    Place::Here => here,
                    Place::Team(team) => {
                        self.global(Kind::Tenant, team);
                        Some(team.value.clone())
                    }
                    Place::Every | Place::Labelled(_) => None,
                };
                match selection {
                    Selection::App(name) => (Slot::Pods, tenant, name),
                    Selection::All | Selection::Labelled(_) => return Meaning::AnyPort,
                }
            }
            PeerKind::Dns(name) => {
                self.global(Kind::Host, name);
                return Meaning::AnyPort;
            }
            PeerKind::Ingress(_) | PeerKind::Range(..) => return Meaning::AnyPort,
        };
        match tenant {
            Some(tenant) => {
                self.mention(name, Role::Use, Meaning::Among(slot, tenant.clone()));
                Meaning::PortBehind(slot, tenant, name.value.clone())
            }
            // In the platform's file, a word alone may be a group of its own.
            None if slot == Slot::Peer => {
                self.mention(name, Role::Use, Meaning::Among(slot, SmolStr::default()));
                Meaning::AnyPort
            }
            None => {
                self.global(Kind::App, name);
                Meaning::AnyPort
            }
        }
    }

    /// A member of a group, as its tenant and its name.
    fn member(&self, peer: &ast::Peer) -> Option<(SmolStr, SmolStr)> {
        match &peer.kind {
            PeerKind::Word(name) | PeerKind::Pods(Place::Here, Selection::App(name)) => {
                Some((self.names.tenant.clone()?, name.value.clone()))
            }
            PeerKind::Pods(Place::Team(team), Selection::App(name)) => Some((team.value.clone(), name.value.clone())),
            PeerKind::Pods(..) | PeerKind::Ingress(_) | PeerKind::Range(..) | PeerKind::Dns(_) => None,
        }
    }

    fn fact(&mut self, fact: &ast::Fact) {
        let first = fact.items.first();
        match fact.name.value.as_str() {
            "env" => {
                if let Some(name) = first {
                    self.mention(name, Role::Declaration, Meaning::Is(Kind::Environment, None));
                    self.names.declared.push((Kind::Environment, name.value.clone()));
                }
                for (key, _) in &fact.values {
                    self.mention(key, Role::Declaration, Meaning::Is(Kind::Value, None));
                    self.names.declared.push((Kind::Value, key.value.clone()));
                }
            }
            "annotations" | "externals" | "hosts" | "include-keys" | "include-kinds" => {
                let to = fact.items.iter().skip_while(|item| item.value != "to").skip(1);
                for tenant in to.filter(|item| item.value != "*" && item.value != "nobody") {
                    self.global(Kind::Tenant, tenant);
                }
            }
            "issuer" => {
                if let Some(name) = first {
                    self.mention(name, Role::Declaration, Meaning::Is(Kind::Issuer, None));
                    self.names.declared.push((Kind::Issuer, name.value.clone()));
                }
            }
            "tenant" => first.into_iter().for_each(|name| self.global(Kind::Tenant, name)),
            "lint" => first.into_iter().for_each(|name| self.global(Kind::Lint, name)),
            _ => {}
        }
    }

    /// Declares a name of this file's tenant.
    fn declare(&mut self, kind: Kind, name: &ast::Name) {
        let tenant = self.names.tenant.clone();
        self.mention(name, Role::Declaration, Meaning::Is(kind, tenant));
        self.names.declared.push((kind, name.value.clone()));
    }

    /// Uses a name of this file's tenant.
    fn own(&mut self, kind: Kind, name: &ast::Name) {
        let tenant = self.names.tenant.clone();
        self.mention(name, Role::Use, Meaning::Is(kind, tenant));
    }

    /// Uses a name that no tenant owns.
    fn global(&mut self, kind: Kind, name: &ast::Name) {
        self.mention(name, Role::Use, Meaning::Is(kind, None));
    }

    fn port_name(&mut self, spec: &Spanned<PortSpec>, meaning: Meaning) {
        if let PortRef::Name(name) = &spec.value.port {
            let span = Span { end: spec.span.start + name.len() as u32, ..spec.span };
            self.mention(&Spanned::new(name.clone(), span), Role::Use, meaning);
        }
    }

    /// The host that `part` cuts from the start of a text, and the values in the text. A host that depends on a value is
    /// not noted: each environment has another one.
    fn host(&mut self, text: &ast::Text, part: impl Fn(&str) -> &str) {
        if !self.values(text) && self.text.get(text.span.range()) == Some(text.value.as_str()) {
            let host = part(&text.value);
            if !host.is_empty() && text.value.starts_with(host) {
                let span = Span { end: text.span.start + host.len() as u32, ..text.span };
                self.global(Kind::Host, &Spanned::new(SmolStr::new(host), span));
            }
        }
    }

    /// Each `${name}` of a text; says whether there is any.
    fn values(&mut self, text: &ast::Text) -> bool {
        let whole = self.text.get(text.span.range()).unwrap_or_default();
        let mut from = 0;
        while let Some(at) = whole[from..].find("${").map(|at| from + at + 2) {
            let Some(end) = whole[at..].find('}').map(|end| at + end) else { break };
            let span = Span::new(text.span.file, text.span.start as usize + at, text.span.start as usize + end);
            self.global(Kind::Value, &Spanned::new(SmolStr::new(&whole[at..end]), span));
            from = end;
        }
        from > 0
    }

    pub(super) fn mention(&mut self, name: &ast::Name, role: Role, meaning: Meaning) {
        if name.span.start < name.span.end {
            self.names.mentions.push(Mention { span: name.span, role, name: name.value.clone(), meaning });
        }
    }
}
