//! What a peer refers to.

use super::{App, Names, Scope, errors, write};
use crate::model::{self, Block, End, Environment, Namespaces, Platform, Pods, Port, TenantId};
use ipnet::IpNet;
use rustc_hash::FxHashSet;
use smol_str::{SmolStr, format_smolstr};
use std::cell::RefCell;
use std::sync::Arc;
use xks_base::diagnostics::Diagnostic;
use xks_base::diagnostics::suggest::nearest;
use xks_base::source::{Span, Spanned};
use xks_base::values::access::Access;
use xks_base::values::address::NOT_PUBLIC;
use xks_base::values::host::split_port;
use xks_base::values::label::Requirement;
use xks_base::values::port::{PortRef, PortSpec, Protocol};
use xks_syntax::ast::{self, PeerKind, Place, Selection};
use xks_syntax::print;

/// The words that mean something by themselves; an app of that name is written `./WORD`.
pub const BUILT_IN: &[&str] = &["ingress", "internet", "kube-api", "metadata", "nodes"];

/// A peer and what it refers to.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Who.
    pub end: End,
    /// Whose it is.
    pub owner: Owner,
    /// On which ports; empty means all.
    pub ports: Vec<Port>,
    /// The words.
    pub span: Span,
    /// Whether nothing was wrong with it; what is unsound is reported, and no rule follows from it.
    pub sound: bool,
}

/// Whose something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// A tenant of the workspace.
    Tenant(TenantId),
    /// A tenant that is not in the workspace.
    Foreign(SmolStr),
    /// Several tenants: those of the workspace that match.
    Several(Arc<[TenantId]>),
    /// Nobody's here: addresses, the ingress controllers.
    Outside,
}

/// Resolves the peers of one tenant's statements.
pub struct Resolver<'a, 'n> {
    /// All tenants.
    pub names: &'n Names<'a>,
    /// The cluster's facts.
    pub platform: &'n Platform,
    /// The environment, for `${…}` in an external's addresses.
    pub env: Option<&'n Environment>,
    /// What `internet` is there, from [`internet`].
    pub internet: &'n End,
    /// What `*/…` is there, from [`every`].
    pub every: &'n (Namespaces, Owner),
    /// Whose statements these are.
    pub scope: &'n Scope<'a>,
    /// Whether it is asked what is permitted: then the platform's namespaces may be named, which no statement opens.
    pub is_question: bool,
    /// The other tenants whose names were looked up: what was resolved depends on what they declare.
    pub looked_up: RefCell<Vec<TenantId>>,
}

impl<'a, 'n> Resolver<'a, 'n> {
    /// A resolver of what statements say; a question sets [`Resolver::is_question`].
    pub fn new(
        names: &'n Names<'a>,
        platform: &'n Platform,
        env: Option<&'n Environment>,
        internet: &'n End,
        every: &'n (Namespaces, Owner),
        scope: &'n Scope<'a>,
    ) -> Resolver<'a, 'n> {
        let looked_up = RefCell::default();
        Resolver { names, platform, env, internet, every, scope, is_question: false, looked_up }
    }

    /// Who opens the connection: each peer, groups replaced by their members.
    pub fn sources(&self, peers: &[ast::Peer], out: &mut Vec<Diagnostic>) -> Vec<Resolved> {
        let mut found = Vec::with_capacity(peers.len());
        for peer in peers {
            if let Some(ports) = &peer.ports {
                let words = print::ports(ports.specs.iter().map(|spec| &spec.value));
                out.push(errors::source_ports(&words, ports.span));
            }
            self.peer(peer, None, None, &mut found, out);
        }
        found
    }

    /// Who is reached, on which ports.
    pub fn destinations(&self, peers: &[ast::Peer], out: &mut Vec<Diagnostic>) -> Vec<Resolved> {
        let mut found = Vec::with_capacity(peers.len());
        let mut left = None;
        for peer in peers {
            self.peer(peer, peer.ports.as_ref(), left, &mut found, out);
            left = Some(peer);
        }
        found
    }

    /// `left` is the peer before this one in its list.
    fn peer(
        &self,
        peer: &ast::Peer,
        ports: Option<&ast::Ports>,
        left: Option<&ast::Peer>,
        found: &mut Vec<Resolved>,
        out: &mut Vec<Diagnostic>,
    ) {
        let start = found.len();
        let walk = Walk { span: peer.span, left, path: Vec::new(), seen: FxHashSet::default(), groups: 0, found, out };
        self.walk(peer, self.scope, &mut { walk });
        let Some(ports) = ports else { return };
        for resolved in &mut found[start..] {
            let (numbers, sound) = self.ports(ports, resolved, out);
            resolved.ports = numbers;
            resolved.sound &= sound;
        }
    }

    /// Resolves a peer as `scope` reads it. Something wrong with one member of a group leaves the others sound.
    fn walk(&self, peer: &ast::Peer, scope: &Scope<'a>, walk: &mut Walk<'_>) {
        let (start, complaints, groups) = (walk.found.len(), walk.out.len(), walk.groups);
        self.kind(peer, scope, walk);
        if walk.groups == groups && walk.out[complaints..].iter().any(Diagnostic::is_error) {
            walk.found[start..].iter_mut().for_each(|resolved| resolved.sound = false);
        }
    }

    fn kind(&self, peer: &ast::Peer, scope: &Scope<'a>, walk: &mut Walk<'_>) {
        match &peer.kind {
            PeerKind::Word(name) => self.word(name, scope, walk),
            PeerKind::Ingress(access) => {
                if *access == Access::Private && self.platform.private_class.is_none() {
                    walk.out.push(errors::no_private_controller(peer.span, self.platform.fact("ingress-class")));
                }
                walk.outside(End::Ingress(Some(*access)));
            }
            PeerKind::Dns(host) => walk.out.push(errors::dns_peer(peer.span, &host.value)),
            PeerKind::Range(range, except) => {
                let end = range_end(range, except, walk.out);
                walk.outside(end);
            }
            PeerKind::Pods(place, selection) => self.pods(place, selection, peer.span, scope, walk),
        }
    }

    fn word(&self, name: &ast::Name, scope: &Scope<'a>, walk: &mut Walk<'_>) {
        let platform = self.platform;
        match name.value.as_str() {
            "kube-api" => walk.addresses(name, &platform.kube_api, "kube-api", platform.span),
            "nodes" => walk.addresses(name, &platform.node_ranges, "node-ranges", platform.span),
            "metadata" => walk.addresses(name, &platform.metadata, "metadata", platform.span),
            "internet" => walk.outside(self.internet.clone()),
            "ingress" => walk.outside(End::Ingress(None)),
            word => match (scope.externals.get(word), scope.groups.get(word)) {
                (Some(external), _) => self.external(external, name.span, walk),
                (None, Some(group)) => self.group(group, name.span, scope, walk),
                (None, None) => match self.names.outside.groups.get(word).filter(|_| !scope.apps.contains_key(word)) {
                    Some(group) => self.group(group, name.span, &self.names.outside, walk),
                    None => self.app(name, scope, walk),
                },
            },
        }
    }

    fn external(&self, external: &ast::External, span: Span, walk: &mut Walk<'_>) {
        let mut blocks = Vec::new();
        let mut ports = Vec::new();
        for remote in &external.remotes {
            // A value that is missing, and what is no address at all, is reported where the external is declared.
            let Ok(whole) = model::expand(self.env, &remote.value) else { return };
            let (host, port) = split_port(&whole);
            match xks_base::values::address::address(host) {
                Ok(ip) => blocks.push(Block { cidr: IpNet::from(ip), except: Vec::new() }),
                Err(_) if xks_base::values::host::Host::parse(host).is_err() => return,
                Err(_) => {
                    walk.out.push(errors::external_by_name(span, &external.name.value, host, external.name.span));
                    return;
                }
            }
            if let Some(number) = port.and_then(|port| port.parse().ok()) {
                ports.push(Port { port: PortRef::Numbers(number, number), protocol: Protocol::Tcp });
            }
        }
        blocks.sort();
        blocks.dedup();
        ports.sort();
        ports.dedup();
        walk.add(End::Blocks(external.name.value.clone(), blocks.into()), Owner::Outside, ports);
    }

    /// `at` is where the group is named.
    fn group(&self, group: &ast::Group, at: Span, scope: &Scope<'a>, walk: &mut Walk<'_>) {
        walk.groups += 1;
        if walk.path.contains(&group.name.span) {
            walk.out.push(errors::group_cycle(at, &group.name.value, group.name.span));
            return;
        }
        // What a group holds is added once, however often groups name it.
        if !walk.seen.insert(group.name.span) {
            return;
        }
        if walk.path.len() == DEEPEST {
            walk.out.push(errors::groups_too_deep(at, DEEPEST));
            return;
        }
        walk.path.push(group.name.span);
        for member in &group.peers {
            self.walk(member, scope, walk);
        }
        walk.path.pop();
    }

    /// A group of another tenant, which stands for that tenant's pods alone: what else its holder puts into it does not
    /// count for who names it, and what is wrong with it is said at the group.
    fn group_of_other(&self, group: &ast::Group, at: Span, home: &Scope<'a>, walk: &mut Walk<'_>) {
        walk.groups += 1;
        let (mut found, mut left_out) = (Vec::new(), Vec::new());
        let mut inner = Walk {
            span: walk.span,
            left: None,
            path: walk.path.clone(),
            seen: std::mem::take(&mut walk.seen),
            groups: 0,
            found: &mut found,
            out: &mut Vec::new(),
        };
        inner.path.push(group.name.span);
        let is_first = inner.seen.insert(group.name.span) && inner.path.len() <= DEEPEST;
        for member in group.peers.iter().filter(|_| is_first) {
            let start = inner.found.len();
            self.walk(member, home, &mut inner);
            if inner.found[start..].iter().any(|resolved| resolved.owner != Owner::Tenant(home.id)) {
                left_out.push(print::peer(member));
            }
        }
        walk.seen = std::mem::take(&mut inner.seen);
        walk.found
            .extend(found.into_iter().filter(|resolved| resolved.sound && resolved.owner == Owner::Tenant(home.id)));
        if !left_out.is_empty() {
            walk.out.push(errors::group_members(at, &group.name.value, &home.name, &left_out, group.name.span));
        }
    }

    fn app(&self, name: &ast::Name, scope: &Scope<'a>, walk: &mut Walk<'_>) {
        let Spanned { value, span } = name;
        if scope.is_outside() {
            walk.out.push(errors::whose_pods(*span, value));
            return;
        }
        if value.bytes().all(|byte| byte.is_ascii_digit()) && !scope.apps.contains_key(value) && *span == walk.span {
            let left = walk.left.and_then(with_ports);
            walk.out.push(errors::digits_as_peer(*span, value, left.as_deref()));
            return;
        }
        if let (Some(first), false) = (scope.closed, scope.apps.contains_key(value)) {
            let own = scope.id == self.scope.id;
            let words = BUILT_IN.iter().copied().filter(|_| own);
            let declared = scope.apps.keys().chain(scope.groups.keys()).map(SmolStr::as_str);
            let externals = scope.externals.keys().map(SmolStr::as_str).filter(|_| own);
            let near = nearest(value, declared.chain(words).chain(externals));
            let service = scope.services.get(value).map(|service| service.app.as_ref().unwrap_or(&service.name));
            walk.out.push(match service {
                Some(behind) => errors::service_as_peer(*span, value, &behind.value, own),
                None => errors::unknown_app(*span, value, &scope.name, near, first, own),
            });
        }
        let home = Namespaces::One(scope.name.clone(), scope.namespace.clone());
        walk.add(End::Pods(home, self.pods_of(scope, value)), Owner::Tenant(scope.id), Vec::new());
    }

    /// The pods of an app, by their labels.
    pub fn pods_of(&self, scope: &Scope<'a>, app: &SmolStr) -> Pods {
        let labels = scope.labels_of(app, &self.platform.app_label);
        let requirements = labels.into_iter().map(|(key, value)| Requirement::In(key, vec![value])).collect();
        Pods { requirements, app: Some(app.clone()) }
    }

    fn pods(&self, place: &Place, selection: &Selection, at: Span, scope: &Scope<'a>, walk: &mut Walk<'_>) {
        if matches!(place, Place::Here) && scope.is_outside() {
            let words = match selection {
                Selection::App(name) => &name.value,
                Selection::All => "*",
                Selection::Labelled(_) => "pods(…)",
            };
            walk.out.push(errors::whose_pods(at, words));
            return;
        }
        let home = match place {
            Place::Here => Some(scope),
            Place::Team(team) => {
                self.names.tenant(&team.value).inspect(|home| self.looked_up.borrow_mut().push(home.id))
            }
            Place::Every | Place::Labelled(_) => None,
        };
        if matches!(place, Place::Team(team) if self.names.is_unknown(&team.value)) {
            return;
        }
        if let (Place::Team(team), None) = (place, home)
            && let Some(diagnostic) = self.no_tenant(team)
        {
            walk.out.push(diagnostic);
            return;
        }
        if let (Some(home), Selection::App(name)) = (home, selection) {
            match home.groups.get(&name.value) {
                Some(group) if home.id == self.scope.id => self.group(group, at, home, walk),
                Some(group) => self.group_of_other(group, at, home, walk),
                None => self.app(name, home, walk),
            }
            return;
        }
        let labelled = |name: &ast::Name| Requirement::In(self.platform.app_label.clone(), vec![name.value.clone()]);
        let pods = match selection {
            Selection::All => Pods::all(),
            Selection::Labelled(requirements) => Pods { requirements: requirements.as_slice().into(), app: None },
            Selection::App(name) => Pods { requirements: [labelled(name)].into(), app: Some(name.value.clone()) },
        };
        let (namespaces, owner) = match (place, home) {
            (_, Some(home)) => (Namespaces::One(home.name.clone(), home.namespace.clone()), Owner::Tenant(home.id)),
            (Place::Team(team), None) => {
                (Namespaces::One(team.value.clone(), team.value.clone()), Owner::Foreign(team.value.clone()))
            }
            (Place::Labelled(requirements), None) => (
                Namespaces::Labelled(requirements.as_slice().into()),
                Owner::Several(matching(self.names, self.platform, requirements)),
            ),
            (Place::Every | Place::Here, None) => self.every.clone(),
        };
        walk.add(End::Pods(namespaces, pods), owner, Vec::new());
    }

    /// The report when what is named is a namespace: of a tenant with another name, whose consent would be passed by, or
    /// of the platform.
    fn no_tenant(&self, team: &ast::Name) -> Option<Diagnostic> {
        if let Some(scope) = self.names.by_namespace(&team.value) {
            return Some(errors::namespace_as_tenant(team.span, &team.value, &scope.name));
        }
        if !self.is_question && self.platform.ownership.is_stated() && !self.platform.owns_namespace(&team.value) {
            let near = nearest(&team.value, self.names.tenants.iter().map(|scope| scope.name.as_str()));
            return Some(errors::unknown_tenant(team.span, &team.value, near));
        }
        (!self.is_question && self.platform.owns_namespace(&team.value))
            .then(|| errors::platform_as_tenant(team.span, &team.value))
    }

    /// The ports written behind a destination. Names are looked up in the app, then in the sets of the app's tenant and
    /// of this one.
    /// Says besides whether all of them were sound.
    fn ports(&self, ports: &ast::Ports, at: &Resolved, out: &mut Vec<Diagnostic>) -> (Vec<Port>, bool) {
        let home = match at.owner {
            Owner::Tenant(id) => Some(self.names.get(id)),
            _ => None,
        };
        let app_name = match &at.end {
            End::Pods(_, pods) => pods.app.as_ref(),
            _ => None,
        };
        let app = home.zip(app_name).and_then(|(home, app)| home.apps.get(app).map(|found| (home, app, found)));
        let mut all = Vec::new();
        let mut sound = ports.sound;
        for spec in &ports.specs {
            let set = match &spec.value.port {
                PortRef::Name(name)
                    if app.is_none_or(|(_, _, app)| app.ports.iter().all(|port| port.name != *name)) =>
                {
                    home.and_then(|home| home.ports.get(name)).or_else(|| self.scope.ports.get(name))
                }
                _ => None,
            };
            match set {
                Some(set) => {
                    for member in &set.ports {
                        sound &= self.port(&Spanned::new(member.value.clone(), spec.span), app, at, &mut all, out);
                    }
                }
                None => sound &= self.port(spec, app, at, &mut all, out),
            }
        }
        all.sort();
        all.dedup();
        (all, sound)
    }

    /// Whether an end is of the tenant whose statement this is.
    fn is_own(&self, end: &Resolved) -> bool {
        end.owner == Owner::Tenant(self.scope.id)
    }

    /// Adds what one written port stands for; says whether it was sound.
    fn port(
        &self,
        spec: &Spanned<PortSpec>,
        app: Option<(&Scope<'a>, &SmolStr, &App)>,
        at: &Resolved,
        all: &mut Vec<Port>,
        out: &mut Vec<Diagnostic>,
    ) -> bool {
        let written = &spec.value.protocols;
        let protocols = || if written.is_empty() { &[Protocol::Tcp][..] } else { written };
        let declared = app.filter(|(_, _, app)| !app.ports.is_empty());
        match (&spec.value.port, declared) {
            (PortRef::Name(name), Some((_, app_name, app))) => {
                let wanted = |port: &&super::AppPort| {
                    port.name == *name && (written.is_empty() || written.contains(&port.protocol))
                };
                let before = all.len();
                all.extend(
                    app.ports
                        .iter()
                        .filter(wanted)
                        .map(|port| Port { port: PortRef::Numbers(port.number, port.number), protocol: port.protocol }),
                );
                if all.len() == before {
                    out.push(unknown_port(spec, app_name, app).withdrawal_if(!self.is_own(at)));
                    return false;
                }
            }
            (PortRef::Name(name), None) => match &at.end {
                End::Pods(..) => {
                    all.extend(protocols().iter().map(|&protocol| Port { port: PortRef::Name(name.clone()), protocol }))
                }
                End::Blocks(peer, blocks) => {
                    let shown = blocks.first().filter(|_| {
                        BUILT_IN.iter().all(|word| word != peer) && !self.scope.externals.contains_key(peer)
                    });
                    let peer = shown.map_or_else(|| peer.to_string(), |block| print::range(&block.cidr));
                    out.push(errors::named_port_outside(spec.span, name, &format!("`{peer}`")));
                    return false;
                }
                End::Ingress(_) => {
                    out.push(errors::named_port_of_controller(spec.span, name));
                    return false;
                }
            },
            (&PortRef::Numbers(low, high), declared) => {
                // The port of a Service is mended on the way, so that nothing else is said because of it.
                if let (Some((scope, app_name, app)), true) = (app, low == high)
                    && !app.ports.iter().any(|port| port.number == low)
                    && let Some((target, diagnostic)) = mapped(scope, app_name, low, spec.span)
                {
                    out.push(diagnostic.withdrawal_if(!self.is_own(at)));
                    all.extend(
                        protocols().iter().map(|&protocol| Port { port: PortRef::Numbers(target, target), protocol }),
                    );
                    return true;
                }
                for &protocol in protocols() {
                    let open = |port: &super::AppPort| (low..=high).contains(&port.number) && port.protocol == protocol;
                    if let Some((_, app_name, app)) = declared
                        && !app.ports.iter().any(open)
                    {
                        out.push(unknown_port(spec, app_name, app).withdrawal_if(!self.is_own(at)));
                        return false;
                    }
                    all.push(Port { port: PortRef::Numbers(low, high), protocol });
                }
            }
        }
        true
    }
}

fn unknown_port(spec: &Spanned<PortSpec>, app_name: &str, app: &App) -> Diagnostic {
    let declared: Vec<String> = app.ports.iter().map(declared_port).collect();
    let near = match &spec.value.port {
        PortRef::Name(name) => nearest(name, app.ports.iter().map(|port| port.name.as_str())).map(str::to_string),
        PortRef::Numbers(low, _) => app.ports.iter().find(|port| port.number == *low).map(|port| {
            let numbers = PortRef::Numbers(port.number, port.number);
            print::port(&PortSpec { port: numbers, protocols: write::protocols(port.protocol) })
        }),
    };
    let written = format!("`{}`", print::port(&spec.value));
    errors::unknown_port(spec.span, &written, app_name, &declared, app.span, near.as_deref())
}

/// How deep groups may name each other: nobody reads deeper, and the stack has an end.
const DEEPEST: usize = 32;

/// The way through one peer of a rule, and what is found on it.
struct Walk<'w> {
    /// The peer in the rule.
    span: Span,
    /// The peer to its left.
    left: Option<&'w ast::Peer>,
    /// The groups that lead here, each by its name in the statement.
    path: Vec<Span>,
    /// The groups that were looked into.
    seen: FxHashSet<Span>,
    /// How often a group was named.
    groups: usize,
    found: &'w mut Vec<Resolved>,
    out: &'w mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn add(&mut self, end: End, owner: Owner, ports: Vec<Port>) {
        self.found.push(Resolved { end, owner, ports, span: self.span, sound: true });
    }

    fn outside(&mut self, end: End) {
        self.add(end, Owner::Outside, Vec::new());
    }

    /// Addresses that the platform states under `fact`.
    fn addresses(&mut self, name: &ast::Name, ranges: &[IpNet], fact: &str, platform: Option<Span>) {
        if ranges.is_empty() {
            self.out.push(errors::no_platform_fact(name.span, &name.value, fact, platform));
        }
        let blocks = ranges.iter().map(|&cidr| Block { cidr, except: Vec::new() }).collect();
        self.outside(End::Blocks(name.value.clone(), blocks));
    }
}

/// A peer with its ports, as it is written; `None` without ports.
fn with_ports(peer: &ast::Peer) -> Option<String> {
    let ports = peer.ports.as_ref()?;
    Some(match &peer.kind {
        PeerKind::Word(_) | PeerKind::Pods(Place::Team(_), Selection::App(_)) => print::peer(peer),
        // Too long to be shown again.
        PeerKind::Pods(..) | PeerKind::Ingress(_) | PeerKind::Range(..) | PeerKind::Dns(_) => {
            format!("…:{}", print::ports(ports.specs.iter().map(|spec| &spec.value)))
        }
    })
}

/// A written range with its holes.
fn range_end(range: &Spanned<IpNet>, except: &[Spanned<IpNet>], out: &mut Vec<Diagnostic>) -> End {
    let mut holes = Vec::new();
    for hole in except {
        if range.value.contains(&hole.value) && range.value != hole.value {
            holes.push(hole.value);
        } else {
            let (hole_text, range_text) = (hole.value.to_string(), range.value.to_string());
            out.push(errors::except_outside(hole.span, &hole_text, range.span, &range_text, hole.value == range.value));
        }
    }
    holes.sort();
    holes.dedup();
    let mut name = range_name(&range.value);
    for hole in &holes {
        name = format_smolstr!("{name}-except-{}", range_name(hole));
    }
    End::Blocks(name, [Block { cidr: range.value, except: holes }].into())
}

/// The pod's port and the report, when a number is that of the app's Service, which maps it to another.
fn mapped(scope: &Scope<'_>, app: &str, number: u16, span: Span) -> Option<(u16, Diagnostic)> {
    let service = scope.service_of(app)?;
    let port = service.ports.iter().find(|port| port.number.value == number)?;
    let declared = scope.apps.get(app).and_then(|app| app.ports.iter().find(|own| own.name == port.name.value));
    let target = port.target.map(|target| target.value).or(declared.map(|own| own.number))?;
    let whole = port.name.span.to(port.target.map_or(port.number.span, |target| target.span));
    (target != number).then(|| (target, errors::service_port(span, number, app, target, whole)))
}

/// A declared port as it is written.
pub fn declared_port(port: &super::AppPort) -> String {
    print::declared_port(&port.name, port.number, &write::protocols(port.protocol))
}

/// A range as part of an object's name.
fn range_name(range: &IpNet) -> SmolStr {
    let name = print::range(range).replace([':', '.', '/'], "-").replace("--", "-");
    if range.addr().is_ipv4() { SmolStr::new(name) } else { format_smolstr!("ipv6-{}", name.trim_matches('-')) }
}

/// The tenants whose namespaces carry these labels.
fn matching(names: &Names<'_>, platform: &Platform, requirements: &[Requirement]) -> Arc<[TenantId]> {
    let meets = |scope: &&Scope<'_>| platform.namespace_meets(&scope.labels, &scope.namespace, requirements);
    names.tenants.iter().filter(meets).map(|scope| scope.id).collect()
}

/// The namespaces of all tenants, by the label that marks them or one by one; and who they are.
pub fn every(names: &Names<'_>, platform: &Platform) -> (Namespaces, Owner) {
    let owner = Owner::Several(names.tenants.iter().map(|tenant| tenant.id).collect());
    if !platform.tenant_labels.is_empty() {
        return (Namespaces::Labelled(platform.tenant_labels.clone()), owner);
    }
    let mut all: Vec<SmolStr> = names.tenants.iter().map(|tenant| tenant.namespace.clone()).collect();
    all.sort();
    (Namespaces::Every(all.into()), owner)
}

/// Every public address: all but the ranges that are private everywhere and those that the platform adds.
pub fn internet(platform: &Platform) -> End {
    let everything = ["0.0.0.0/0", "::/0"];
    let wanted = if platform.ipv6 == Some(false) { &everything[..1] } else { &everything[..] };
    let own = [&platform.pod_ranges, &platform.service_ranges, &platform.node_ranges, &platform.not_internet];
    let metadata = platform.metadata.iter().copied();
    let holes: Vec<IpNet> = NOT_PUBLIC
        .iter()
        .filter_map(|range| range.parse().ok())
        .chain(own.into_iter().flatten().copied())
        .chain(metadata)
        .collect();
    let blocks = wanted.iter().filter_map(|cidr| cidr.parse::<IpNet>().ok()).map(|cidr| {
        let same_family = |hole: &&IpNet| hole.addr().is_ipv4() == cidr.addr().is_ipv4();
        let mut except: Vec<IpNet> = holes.iter().filter(same_family).copied().collect();
        except.sort();
        except.dedup();
        let inner = |hole: &IpNet| except.iter().any(|other| other != hole && other.contains(hole));
        let except = except.iter().filter(|hole| !inner(hole)).copied().collect();
        Block { cidr, except }
    });
    End::Blocks(SmolStr::new_static("internet"), blocks.collect())
}
