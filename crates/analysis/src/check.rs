//! Statements and names to the model: what each tenant publishes, allows and owns, in one environment. Never fails; what
//! is wrong is in the diagnostics.

pub mod allow;
mod annotations;
pub(crate) mod certificate;
pub mod contest;
pub mod errors;
pub mod expose;
mod external;
mod hosts;
pub mod include;
mod incremental;
mod ingress;
mod outside;
mod platform;
mod text;

use crate::model::{
    self, End, Environment, Flow, Invariant, Labels, Namespaces, Platform, Pods, Port, Solver, Tenant, TenantId,
    Workspace,
};
use crate::names::resolve::{Owner, Resolved, Resolver, every, internet};
use crate::names::{Names, Scope};
use expose::Claim;
use include::Manifests;
pub use incremental::Previous;
use incremental::Reused;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::sync::Arc;
use xks_base::diagnostics::suggest::nearest;
use xks_base::diagnostics::{Code, Diagnostic};
use xks_base::parallel;
use xks_base::source::{Sources, Span};
use xks_base::values::access::Access;
use xks_base::values::date::Date;
use xks_base::values::host::Host;
use xks_base::values::label::Requirement;
use xks_base::values::port::{PortRef, Protocol};
use xks_syntax::ast::{self, Body, Tls};

/// What every check looks things up in.
pub struct Context<'a, 's> {
    /// All files.
    pub sources: &'s Sources,
    /// Everything declared.
    pub names: &'s Names<'a>,
    /// The cluster's facts.
    pub platform: &'s Platform,
    /// The environment, if the platform declares any.
    pub env: Option<&'s Environment>,
    internet: End,
    every: (Namespaces, Owner),
}

impl<'a, 's> Context<'a, 's> {
    fn resolver<'n>(&'n self, scope: &'n Scope<'a>) -> Resolver<'a, 'n> {
        Resolver::new(self.names, self.platform, self.env, &self.internet, &self.every, scope)
    }
}

/// The workspace in one environment, and what lints look at besides.
#[derive(Debug)]
pub struct Checked {
    /// The model.
    pub workspace: Workspace,
    /// What it was made from.
    pub inputs: Inputs,
    /// By tenant, whether all of it comes from the analysis before.
    pub reused: Vec<bool>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// What the model was made from, by tenant; the next analysis takes over what nothing has changed.
#[derive(Debug)]
pub struct Inputs {
    /// What the statements of each say.
    pub parts: Vec<Arc<Part>>,
    /// What became of their rules.
    pub consented: Vec<Arc<allow::Consented>>,
    /// Who has a host that another has.
    pub meetings: Vec<contest::Meeting>,
    /// What is wrong with what they declare.
    wrong: Vec<Arc<Vec<Diagnostic>>>,
}

impl Inputs {
    /// Whether a tenant has a host: by an exposure, a further name, a certificate or an included file.
    pub fn has(&self, tenant: &str, host: &str) -> bool {
        let mut own = self.parts.iter().filter(|part| part.tenant.name == tenant);
        own.any(|part| contest::hosts_of(part).any(|found| found == host))
    }
}

/// What the statements of one tenant say. It depends on them, on the declarations of the tenants they name, and on what
/// holds for all.
#[derive(Debug)]
pub struct Part {
    /// The tenant and what it owns.
    pub tenant: Arc<Tenant>,
    /// Each rule and consent with the words that say it.
    pub declared: allow::Declared,
    /// Each host and path with the words that say it, in the order of exposures.
    pub claims: Vec<Claim>,
    /// Further hosts that annotations claim, and the words that do.
    further: Vec<(Host, Span)>,
    /// Hosts and paths of included Ingresses.
    included: Vec<ingress::Route>,
    /// Further names in certificates.
    certified: Vec<hosts::Certified>,
    /// Names that exposed externals lead to, with the words of the exposure and of the external.
    leads_to: Vec<(Host, Span, Span)>,
    flows: Arc<Vec<Flow>>,
    invariants: Vec<Invariant>,
    named: Vec<TenantId>,
    diagnostics: Vec<Diagnostic>,
}

/// Reads the platform's facts.
pub fn platform(
    sources: &Sources,
    files: &[&ast::File],
    lints: &[&'static Code],
    out: &mut Vec<Diagnostic>,
) -> Platform {
    let statements: Vec<&ast::Statement> = files
        .iter()
        .flat_map(|file| &file.statements)
        .filter(|statement| matches!(statement.body, Body::Platform(_)))
        .collect();
    platform::read(sources, &statements, lints, out)
}

/// The names of the facts that `platform` takes, sorted.
pub fn fact_names() -> impl Iterator<Item = &'static str> {
    platform::FACTS.iter().map(|(name, ..)| *name)
}

/// Checks that every `in ENV` names an environment that is declared.
pub fn environments(files: &[&ast::File], platform: &Platform, out: &mut Vec<Diagnostic>) {
    let declared: Vec<&str> = platform.envs.iter().map(|env| env.name.as_str()).collect();
    for name in files.iter().flat_map(|file| &file.statements).flat_map(|statement| &statement.tags.envs) {
        if !declared.contains(&name.value.as_str()) {
            out.push(errors::unknown_environment(
                name.span,
                &name.value,
                nearest(&name.value, declared.iter().copied()),
                &declared,
            ));
        }
    }
}

/// Reports statements whose `until` has passed on `today`.
pub fn expired(files: &[&ast::File], today: Date, out: &mut Vec<Diagnostic>) {
    for statement in files.iter().flat_map(|file| &file.statements) {
        if let Some(until) = statement.tags.until.filter(|until| until.value < today) {
            out.push(errors::expired(until.span, &until.value.to_string(), &today.to_string()));
        }
    }
}

/// How many tenants are checked one after the other before it pays to use all cores.
const FEW: usize = 32;

/// Checks all tenants in one environment; with an analysis from before, those that its changes concern.
pub fn workspace(
    sources: &Sources,
    names: &Names<'_>,
    owners: &[Option<SmolStr>],
    platform: &Platform,
    env: Option<&Environment>,
    manifests: &Manifests,
    before: Option<Previous<'_>>,
) -> Checked {
    let every = every(names, platform);
    let cx = Context { sources, names, platform, env, internet: internet(platform), every };
    let mut reused = Reused::new(&cx, owners, before);
    reused.drop_dependent(|part, dropped| part.named.iter().any(|id| dropped(*id)));
    let parts = each(names, |scope| reused.part(scope.id).unwrap_or_else(|| Arc::new(tenant(&cx, scope, manifests))));
    reused.drop_dependent(|part, dropped| allow::depends(&part.declared, dropped));
    let consent = || {
        each(names, |scope| reused.consented(scope.id).unwrap_or_else(|| Arc::new(allow::consent(&cx, scope, &parts))))
    };
    let twice = || {
        let mut out = hosts_claimed_twice(names, &parts);
        let led = hosts_of_others(&cx, &parts, &mut out);
        certificate::over_share(&cx, &parts, &mut out);
        let meetings = contest::meetings(&cx, &parts);
        out.extend(contest::contested(&meetings));
        (out, meetings, led)
    };
    let (consented, (twice, meetings, led)) = parallel::both(names.tenants.len(), FEW, consent, twice);
    let mut diagnostics: Vec<Diagnostic> = parts.iter().flat_map(|part| part.diagnostics.iter().cloned()).collect();
    diagnostics.extend(consented.iter().flat_map(|consented| consented.diagnostics.iter().cloned()));
    diagnostics.extend(twice);
    namespaces_of_the_platform(names, platform, &mut diagnostics);
    let mut invariants = of_the_platform(&cx, &mut diagnostics);
    invariants.extend(parts.iter().flat_map(|part| part.invariants.iter().cloned()));
    let allowed = consented.iter().map(|consented| &consented.flows);
    let own: Vec<(Arc<Tenant>, Arc<Vec<Flow>>)> = parts.iter().map(|part| standing(part, &meetings, &led)).collect();
    let workspace = Workspace {
        env: env.map(|env| env.name.clone()),
        platform: platform.clone(),
        tenants: own.iter().map(|(tenant, _)| Arc::clone(tenant)).collect(),
        owners: owners.to_vec(),
        host_grants: names.hosts.clone(),
        flow_parts: allowed.chain(own.iter().map(|(_, flows)| flows)).cloned().collect(),
        invariants,
    };
    Checked {
        workspace,
        inputs: Inputs { parts, consented, meetings, wrong: names.wrong.clone() },
        reused: reused.tenants(),
        diagnostics,
    }
}

/// Something of each tenant.
fn each<'a, T: Send>(names: &Names<'a>, of: impl Fn(&Scope<'a>) -> T + Send + Sync) -> Vec<T> {
    parallel::map(&names.tenants, FEW, of)
}

/// A tenant and its controllers' ways, without the hosts that it yields.
fn standing(part: &Part, meetings: &[contest::Meeting], led: &[Span]) -> (Arc<Tenant>, Arc<Vec<Flow>>) {
    // That two are called the same was said of the whole.
    let rename = |exposures: &mut [model::Exposure]| name_exposures(exposures, &mut Vec::new());
    match contest::left(part, meetings, led, rename) {
        Some((tenant, flows)) => (Arc::new(tenant), Arc::new(flows)),
        None => (Arc::clone(&part.tenant), Arc::clone(&part.flows)),
    }
}

fn tenant<'a>(cx: &Context<'a, '_>, scope: &Scope<'a>, manifests: &Manifests) -> Part {
    let mut out = Vec::new();
    let resolver = cx.resolver(scope);
    let declared = allow::declared(&resolver, scope, &mut out);
    let mut tenant = empty(cx, scope);
    let mut flows = Vec::new();
    let mut claims: Vec<Claim> = Vec::new();
    let mut further = Vec::new();
    let mut leads_to = Vec::new();
    let mut included = Vec::new();
    let (mut published, mut upstreams) = (FxHashSet::default(), Vec::new());
    let mut certified = Vec::new();
    let mut groups: Vec<(&ast::Name, usize)> = Vec::new();
    let mut secrets: Vec<(&ast::Name, usize)> = Vec::new();
    let mut invariants = Vec::new();
    for statement in &scope.statements {
        match &statement.body {
            Body::Service(node) => tenant.services.extend(external::service(cx, scope, node, statement.span, &mut out)),
            Body::External(node) => tenant.externals.extend(external::external(cx, node, statement.span, &mut out)),
            Body::Include(node) => {
                let found = out.len();
                let Some(file) = include::read(cx, scope, node, manifests, &mut out) else { continue };
                let include = include::include(cx, scope, &file, statement.span, &mut out);
                let ingresses = ingress::ingresses(cx, scope, &file, &mut out);
                further.extend(ingresses.hosts);
                published.extend(ingresses.services);
                upstreams.extend(include::upstreams::of(&file).into_iter().map(|upstream| (upstream, node.path.span)));
                included.extend(ingresses.routes);
                certified.extend(ingresses.certified);
                // A host cannot be taken out of a file: what was withdrawn takes the whole of it.
                let is_withdrawn = out[found..].iter().any(|found| found.is_error() && found.is_withdrawal);
                if !is_withdrawn {
                    tenant.includes.push(include);
                }
            }
            Body::Expose(node) => {
                let index = tenant.exposures.len();
                let Some(exposed) = expose::expose(cx, scope, node, statement.span, index, &mut out) else { continue };
                groups.extend(exposed.group.map(|group| (group, index)));
                if let Some(Tls::Secret(name)) = node.tls.as_ref().map(|tls| &tls.value) {
                    secrets.push((name, index));
                }
                flows.extend(exposed.controller);
                further.extend(exposed.claimed.hosts);
                published.extend(exposed.claimed.services);
                leads_to.extend(exposed.leads_to.into_iter().chain(exposed.claimed.leads_to));
                claims.extend(exposed.claims);
                tenant.exposures.push(exposed.exposure);
            }
            Body::Never(rule) => invariants.extend(invariant(&resolver, rule, true, statement.span, &mut out)),
            Body::Expect(rule) => invariants.extend(invariant(&resolver, rule, false, statement.span, &mut out)),
            // A group is resolved where it is used; that its members exist is looked at here too, used or not.
            Body::Group(group) => {
                for ports in group.peers.iter().filter_map(|peer| peer.ports.as_ref()) {
                    out.push(crate::names::errors::group_ports(ports.span));
                }
                let itself =
                    ast::Peer { span: group.name.span, kind: ast::PeerKind::Word(group.name.clone()), ports: None };
                resolver.destinations(&[itself], &mut out);
            }
            Body::Export(export) => {
                if let ast::Exported::Hosts(hosts) = &export.what {
                    hosts.iter().for_each(|host| hosts::exported(cx, &scope.name, host, &mut out));
                }
            }
            Body::Allow(_)
            | Body::App(_)
            | Body::Tenant(_)
            | Body::Certificate(_)
            | Body::Ports(_)
            | Body::Platform(_) => {}
        }
    }
    published.extend(tenant.exposures.iter().map(|exposure| exposure.backend.service.clone()));
    for (upstream, span) in upstreams.into_iter().filter(|(upstream, _)| published.contains(&upstream.service)) {
        if let Some(refusal) = outside::refused(cx, scope, &upstream.host) {
            let diagnostic = errors::leads_inside(span, &upstream.host, &refusal, &scope.name, None);
            out.push(upstream.place.said(diagnostic));
        } else if let Ok(host) = Host::parse(&upstream.host) {
            leads_to.push((host, span, span));
        }
    }
    let of = |index: usize| {
        let start = claims.partition_point(|claim| claim.exposure < index);
        &claims[start..start + claims[start..].partition_point(|claim| claim.exposure == index)]
    };
    let users: Vec<certificate::User<'_>> = groups
        .iter()
        .map(|(group, index)| certificate::User { group, exposure: &tenant.exposures[*index], claims: of(*index) })
        .collect();
    let certificates = certificate::certificates(cx, scope, &users, &mut certified, &mut out);
    for (secret, index) in &secrets {
        certificate::secret_covers(&certificates.asked_for, scope, secret, of(*index), &mut out);
    }
    let certificates = certificates.issued();
    if cx.platform.solver == Some(Solver::Http01) {
        let ours = certificates.iter().filter(|certificate| certificate.by_platform(cx.platform));
        flows.extend(ours.flat_map(|certificate| &certificate.origins).map(|origin| solver(scope, *origin)));
    }
    name_exposures(&mut tenant.exposures, &mut out);
    name_includes(&mut tenant.includes);
    let word = scope.mesh.or_else(|| scope.app_names.iter().find_map(|name| scope.apps.get(name)?.mesh));
    if let (Some(word), Some(platform), false) = (word, cx.platform.span, cx.platform.mesh) {
        out.push(errors::no_mesh(word, platform));
    }
    if let (Some(provided), true, Some(fact)) =
        (&cx.platform.default_deny_provided, scope.isolated, cx.platform.fact("default-deny"))
    {
        out.push(errors::isolated_but_provided(scope.span, &scope.name, provided, fact));
    }
    tenant.certificates = certificates;
    objects_twice(cx.platform, &tenant, &mut out);
    let mut named = resolver.looked_up.into_inner();
    named.sort_unstable();
    named.dedup();
    Part {
        tenant: Arc::new(tenant),
        declared,
        claims,
        further,
        included,
        certified,
        leads_to,
        flows: Arc::new(flows),
        invariants,
        named,
        diagnostics: out,
    }
}

/// The labels of a tenant's namespace, the one that holds its name included.
fn labels<'a>(cx: &Context<'a, '_>, scope: &Scope<'a>) -> Labels {
    let mut labels = scope.labels.clone();
    labels.push((cx.platform.namespace_label.clone(), scope.namespace.clone()));
    labels.sort();
    labels.dedup();
    labels
}

fn empty<'a>(cx: &Context<'a, '_>, scope: &Scope<'a>) -> Tenant {
    // Without a platform nobody says that there is none.
    let has_mesh = cx.platform.mesh || cx.platform.span.is_none();
    let in_mesh = |name: &SmolStr| {
        let span = scope.apps.get(name)?.mesh.filter(|_| has_mesh)?;
        let statement = scope.apps.get(name).map_or(span, |app| app.statement);
        Some((name.clone(), scope.labels_of(name, &cx.platform.app_label), statement))
    };
    Tenant {
        name: scope.name.clone(),
        namespace: scope.namespace.clone(),
        span: scope.span,
        origin: scope.statement,
        isolated: scope.isolated,
        mesh: scope.mesh.is_some() && has_mesh,
        mesh_apps: scope.app_names.iter().filter_map(in_mesh).collect(),
        labels: labels(cx, scope),
        services: Vec::new(),
        externals: Vec::new(),
        exposures: Vec::new(),
        certificates: Vec::new(),
        includes: Vec::new(),
    }
}

/// What cert-manager's HTTP-01 solver pods need: the authority reaches them through the ingress controller, on port 8089.
fn solver(scope: &Scope<'_>, origin: Span) -> Flow {
    let label = Requirement::In(SmolStr::new_static(model::SOLVER_LABEL), vec![SmolStr::new_static("true")]);
    let pods = Pods { requirements: [label].into(), app: Some(SmolStr::new_static("acme-solver")) };
    Flow {
        from: End::Ingress(Some(Access::Public)),
        to: End::Pods(Namespaces::One(scope.name.clone(), scope.namespace.clone()), pods),
        ports: vec![Port { port: PortRef::Numbers(8089, 8089), protocol: Protocol::Tcp }],
        egress_in: None,
        ingress_in: vec![scope.namespace.clone()],
        origin,
        consents: Vec::new(),
    }
}

/// The invariants that stand outside of every tenant, and hold for all.
fn of_the_platform(cx: &Context<'_, '_>, out: &mut Vec<Diagnostic>) -> Vec<Invariant> {
    let scope = &cx.names.outside;
    let resolver = cx.resolver(scope);
    let mut invariants = Vec::new();
    for statement in &scope.statements {
        match &statement.body {
            Body::Never(rule) => invariants.extend(invariant(&resolver, rule, true, statement.span, out)),
            Body::Expect(rule) => invariants.extend(invariant(&resolver, rule, false, statement.span, out)),
            Body::Group(group) => of_addresses(&resolver, group, out),
            // What else it says is not of the platform, and is reported or belongs to a tenant.
            Body::Platform(_)
            | Body::Tenant(_)
            | Body::App(_)
            | Body::Service(_)
            | Body::Expose(_)
            | Body::Allow(_)
            | Body::Export(_)
            | Body::External(_)
            | Body::Certificate(_)
            | Body::Ports(_)
            | Body::Include(_) => {}
        }
    }
    invariants
}

/// Checks that a group which every tenant may name holds addresses only.
fn of_addresses(resolver: &Resolver<'_, '_>, group: &ast::Group, out: &mut Vec<Diagnostic>) {
    for member in &group.peers {
        let found = out.len();
        let resolved = resolver.destinations(std::slice::from_ref(member), out);
        let is_address = |resolved: &Resolved| matches!(resolved.end, End::Blocks(..));
        if !resolved.iter().all(is_address) || out[found..].iter().any(|found| found.code.name == "whose-pods") {
            out.truncate(found);
            out.push(errors::platform_group(member.span, &group.name.value));
        }
    }
}

/// What a `never` or an `expect` says. In a tenant's file each pair has that tenant by its own name at one end.
fn invariant(
    resolver: &Resolver<'_, '_>,
    rule: &ast::Rule,
    never: bool,
    origin: Span,
    out: &mut Vec<Diagnostic>,
) -> Option<Invariant> {
    let (from, to) = (resolver.sources(&rule.from, out), resolver.destinations(&rule.to, out));
    let pairs = from.len().saturating_mul(to.len());
    if pairs > allow::MOST_PAIRS {
        out.push(errors::too_many_pairs(origin, pairs, false, allow::MOST_PAIRS));
        return None;
    }
    let scope = resolver.scope;
    let is_own = |resolved: &Resolved| resolved.owner == Owner::Tenant(scope.id);
    if !scope.is_outside() {
        let stranger = |all: &[Resolved]| all.iter().find(|resolved| !is_own(resolved)).map(|resolved| resolved.span);
        if let (Some(source), Some(destination)) = (stranger(&from), stranger(&to)) {
            let word = if never { "never" } else { "expect" };
            out.push(errors::invariant_not_yours(origin, &scope.name, word, source, destination));
            return None;
        }
    }
    // What a withdrawal takes away is not asserted any more.
    let from: Vec<End> = from.into_iter().filter(|end| end.sound).map(|resolved| resolved.end).collect();
    let to: Vec<_> = to.into_iter().filter(|end| end.sound).map(|resolved| (resolved.end, resolved.ports)).collect();
    (!from.is_empty() && !to.is_empty()).then_some(Invariant { never, from, to, origin })
}

fn hosts_claimed_twice(names: &Names<'_>, parts: &[Arc<Part>]) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut first: FxHashMap<(Access, &str, &str, bool), (usize, &Claim)> = FxHashMap::default();
    let claims =
        || parts.iter().enumerate().flat_map(|(tenant, part)| part.claims.iter().map(move |claim| (tenant, claim)));
    for (tenant, claim) in claims() {
        let key = (claim.access, claim.host.as_str(), claim.path.as_str(), claim.canary.is_some());
        match first.get(&key) {
            Some((owner, earlier)) => {
                let shown = xks_base::values::host::shown(&claim.host, &claim.path);
                out.push(errors::host_twice(
                    claim.span,
                    &shown,
                    earlier.span,
                    &names.tenants[*owner].name,
                    *owner == tenant,
                ));
            }
            None => {
                first.insert(key, (tenant, claim));
            }
        }
    }
    for (tenant, claim, span) in claims().filter_map(|(tenant, claim)| Some((tenant, claim, claim.canary?))) {
        let shown = xks_base::values::host::shown(&claim.host, &claim.path);
        let main = first.get(&(claim.access, claim.host.as_str(), claim.path.as_str(), false));
        let included = parts[tenant].included.iter();
        match main {
            Some((owner, _)) if *owner == tenant => {}
            Some((owner, main)) => {
                let inside = Some((main.span, names.tenants[*owner].name.as_str()));
                out.push(errors::canary_without_main(span, &shown, inside));
            }
            None if included.into_iter().any(|route| route.is_main_of(claim.host.as_str(), claim.path.as_str())) => {}
            None => out.push(errors::canary_without_main(span, &shown, None)),
        }
    }
    for (tenant, route) in
        parts.iter().enumerate().flat_map(|(tenant, part)| part.included.iter().map(move |r| (tenant, r)))
    {
        let Some(host) = route.host.as_deref().filter(|_| route.canary) else { continue };
        let part = &parts[tenant];
        let exposed = part
            .claims
            .iter()
            .any(|claim| claim.canary.is_none() && claim.host.as_str() == host && claim.path.as_str() == route.path);
        if !exposed && !part.included.iter().any(|main| main.is_main_of(host, &route.path)) {
            let shown = format!("{host}{}", route.path.trim_end_matches('/'));
            out.push(route.place.said(errors::canary_without_main(route.span, &shown, None)));
        }
    }
    out
}

/// Reports further hosts that are other tenants' own, and externals that lead to such. Gives the words of exposures that do
/// so against a fact of the platform, and are left out.
fn hosts_of_others(cx: &Context<'_, '_>, parts: &[Arc<Part>], out: &mut Vec<Diagnostic>) -> Vec<Span> {
    let (names, rules) = (cx.names, &cx.platform.hosts);
    let mut led = Vec::new();
    if parts.iter().all(|part| part.further.is_empty() && part.leads_to.is_empty()) {
        return led;
    }
    let mut owners: FxHashMap<&str, (usize, Span)> = FxHashMap::default();
    for (tenant, part) in parts.iter().enumerate() {
        for claim in &part.claims {
            owners.entry(claim.host.as_str()).or_insert((tenant, claim.host_span));
        }
    }
    // A host of a rule goes before a further name, whoever has it.
    for (tenant, part) in parts.iter().enumerate() {
        for (host, span) in &part.further {
            owners.entry(host.as_str()).or_insert((tenant, *span));
        }
    }
    let of_another = |host: &Host, tenant: usize| {
        let wildcard = host.as_str().split_once('.').map(|(_, zone)| format!("*.{zone}"));
        let found = owners.get(host.as_str()).or_else(|| owners.get(wildcard?.as_str()));
        found.filter(|(owner, _)| *owner != tenant).map(|(owner, span)| (names.tenants[*owner].name.as_str(), *span))
    };
    for (tenant, part) in parts.iter().enumerate() {
        // Where the platform says who has which host, a further name is a host like any other.
        for (host, span) in part.further.iter().filter(|_| rules.is_empty()) {
            if let Some((owner, first)) = of_another(host, tenant) {
                out.push(errors::alias_twice(*span, host.as_str(), first, owner));
            }
        }
        for (host, span, declared) in &part.leads_to {
            if let Some((owner, first)) = of_another(host, tenant) {
                // Who is given a host by the platform need not ask whether others were led to it before.
                let is_given = hosts::by_facts(rules, host, &names.tenants[tenant].name).is_some();
                let found = errors::exposed_by_another(*span, host.as_str(), *declared, first, owner);
                out.push(found.withdrawal_if(is_given));
                led.extend(is_given.then_some(*span));
            }
        }
    }
    led
}

/// Tenants in a namespace that the platform itself uses.
fn namespaces_of_the_platform(names: &Names<'_>, platform: &Platform, out: &mut Vec<Diagnostic>) {
    for scope in names.tenants.iter().filter(|scope| platform.owns_namespace(&scope.namespace)) {
        out.push(crate::names::errors::namespace_of_platform(scope.namespace_span, &scope.namespace));
    }
}

/// Gives each Ingress its name: that of what it leads to, with the host behind it unless the host starts with that name,
/// and the path unless it is the root. What else is exposed changes nothing, for the controller refuses an Ingress under
/// a new name as long as the old one has its host. Only where two would be called the same, both get their whole host.
fn name_exposures(exposures: &mut [model::Exposure], out: &mut Vec<Diagnostic>) {
    use xks_base::values::object_name::{part, shortened, with_hash};
    for exposure in exposures.iter_mut() {
        let first_label = |host: &str| host.split('.').next() == Some(exposure.target.as_str());
        let Some(model::Match { host, path }) =
            exposure.matches.iter().min_by_key(|found| (!first_label(found.host.as_str()), *found))
        else {
            continue;
        };
        let mut name = exposure.target.to_string();
        if !first_label(host.as_str()) {
            name = format!("{name}-{}", part(host.as_str()));
        }
        if path.as_str() != "/" {
            name = format!("{name}-{}", part(path.as_str()));
        }
        exposure.name = shortened(name.trim_end_matches('-').to_string());
    }
    let count = |exposures: &[model::Exposure]| {
        let mut count: FxHashMap<SmolStr, usize> = FxHashMap::default();
        exposures.iter().for_each(|exposure| *count.entry(exposure.name.clone()).or_default() += 1);
        count
    };
    let twice = count(exposures);
    for exposure in exposures.iter_mut().filter(|exposure| twice[&exposure.name] > 1) {
        let first = exposure.matches.iter().min();
        let whole = first.map_or(String::new(), |found| format!("{}{}", found.host.as_str(), found.path.as_str()));
        exposure.name = with_hash(
            &format!("{}-{}", exposure.target, part(&whole)),
            &format!("{} {whole} {}", exposure.target, exposure.access.word()),
        );
    }
    let mut first: FxHashMap<&SmolStr, Span> = FxHashMap::default();
    for exposure in exposures.iter() {
        match first.get(&exposure.name) {
            // The same host and path of the same target is said to be claimed twice already.
            Some(span) if exposures.iter().any(|other| other.origin == *span && other.matches == exposure.matches) => {}
            Some(span) => out.push(errors::object_twice(exposure.origin, "Ingress", &exposure.name, *span)),
            None => {
                first.insert(&exposure.name, exposure.origin);
            }
        }
    }
}

/// Sets files apart that would have one name in the output: `m/a.yaml` and `m-a.yaml`.
fn name_includes(includes: &mut [model::Include]) {
    let names: Vec<SmolStr> = includes.iter().map(|include| include.name.clone()).collect();
    for include in includes.iter_mut().filter(|include| names.iter().filter(|name| **name == include.name).count() > 1)
    {
        include.name = xks_base::values::object_name::with_hash(&include.name, &include.path);
    }
    // The name of a file has its limits.
    includes.iter_mut().for_each(|include| {
        include.name = match include.name.len() {
            0..=200 => include.name.clone(),
            _ => xks_base::values::object_name::with_hash(&include.name, &include.path),
        };
    });
    let mut names: Vec<SmolStr> = includes.iter().map(|include| include.name.clone()).collect();
    let identity = |at: usize| format!("{} {at}", includes[at].path);
    xks_base::values::object_name::set_apart(&mut names, identity, |_| false);
    includes.iter_mut().zip(names).for_each(|(include, name)| include.name = name);
}

/// Included objects beside those that the compiler writes, whose names are known here.
fn objects_twice(platform: &Platform, tenant: &Tenant, out: &mut Vec<Diagnostic>) {
    let mut seen: FxHashMap<(SmolStr, SmolStr), Span> = FxHashMap::default();
    let mut made = |kind: &'static str, name: &SmolStr, origin: Span| {
        seen.entry((SmolStr::new_static(kind), name.clone())).or_insert(origin);
    };
    tenant.services.iter().for_each(|service| made("Service", &service.name, service.origin));
    for external in &tenant.externals {
        made("Service", &external.name, external.origin);
        made("Endpoints", &external.name, external.origin);
    }
    tenant.exposures.iter().for_each(|exposure| made("Ingress", &exposure.name, exposure.origin));
    tenant.certificates.iter().for_each(|certificate| {
        made("Certificate", &certificate.name, certificate.origins.first().copied().unwrap_or(tenant.span))
    });
    let default_deny = platform.default_deny_provided.is_none().then(|| tenant.origin.unwrap_or(tenant.span));
    for include in &tenant.includes {
        for (kind, name) in &include.objects {
            if let (Some(origin), "NetworkPolicy", "default-deny") = (default_deny, kind.as_str(), name.as_str()) {
                out.push(errors::default_deny_twice(include.origin, origin));
                continue;
            }
            match seen.get(&(kind.clone(), name.clone())) {
                Some(first) => out.push(errors::object_twice(include.origin, kind, name, *first)),
                None => {
                    seen.insert((kind.clone(), name.clone()), include.origin);
                }
            }
        }
    }
}

impl model::Certificate {
    /// Whether the platform's own issuer issues it.
    pub fn by_platform(&self, platform: &Platform) -> bool {
        self.issuer == platform.issuer
    }
}
