//! Who is called what: tenants and what they declare, in one environment, and what each name in a rule refers to.

pub mod errors;
mod owners;
pub mod resolve;
pub mod uses;
pub mod write;

pub use owners::{Owners, owners};

use crate::model::{HostGrant, Labels, Ownership, TenantId};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use xks_base::diagnostics::Diagnostic;
use xks_base::parallel;
use xks_base::source::{FileId, Span};
use xks_base::values::port::Protocol;
use xks_syntax::ast::{self, Body};

/// Everything declared, in one environment.
#[derive(Debug)]
pub struct Names<'a> {
    /// The tenants, sorted by name.
    pub tenants: Vec<Scope<'a>>,
    /// What stands in files that belong to no tenant. It declares nothing, and has no name.
    pub outside: Scope<'a>,
    /// Tenants of which nothing is known, for a file of theirs cannot be read; sorted.
    unknown: Vec<SmolStr>,
    /// By tenant, what is wrong with what it declares.
    pub wrong: Vec<Arc<Vec<Diagnostic>>>,
    /// `export host …` of every tenant.
    pub hosts: Vec<HostGrant>,
    by_name: FxHashMap<SmolStr, TenantId>,
    by_namespace: FxHashMap<SmolStr, TenantId>,
}

/// A tenant: what it is said to be, its statements, and what they declare.
#[derive(Debug)]
pub struct Scope<'a> {
    /// Its index.
    pub id: TenantId,
    /// Its name.
    pub name: SmolStr,
    /// Its namespace.
    pub namespace: SmolStr,
    /// Its `tenant` statement, or the start of its first file.
    pub span: Span,
    /// Whether `span` is a statement.
    pub stated: bool,
    /// The whole statement that sets it up.
    pub statement: Option<Span>,
    /// What says its namespace: the clause, or `span`.
    pub namespace_span: Span,
    /// `isolated`.
    pub isolated: bool,
    /// `mesh linkerd` on the tenant.
    pub mesh: Option<Span>,
    /// Labels that its namespace is said to carry.
    pub labels: Labels,
    /// Whether the platform says so, and not only the tenant itself.
    pub labels_are_known: bool,
    /// The labels as the tenant writes them.
    labels_stated: Vec<&'a ast::Label>,
    /// Whether the tenant writes its namespace.
    namespace_stated: bool,
    /// Its statements in this environment, in the order of files and lines.
    pub statements: Vec<&'a ast::Statement>,
    /// Made when it is first asked for: behind a change, nobody asks for most tenants'.
    declared: OnceLock<Declared<'a>>,
}

/// What one tenant declares: what others may see of it, and what its own statements refer to.
#[derive(Debug, Default)]
pub struct Declared<'a> {
    /// The first `app` statement, which closes the tenant to undeclared names.
    pub closed: Option<Span>,
    /// Apps by name.
    pub apps: FxHashMap<SmolStr, App>,
    /// The names of the apps, in the order of declaration.
    pub app_names: Vec<SmolStr>,
    /// Services by name.
    pub services: FxHashMap<SmolStr, &'a ast::Service>,
    /// Services that say `for APP`, by that app; of several the first.
    pub services_for: FxHashMap<SmolStr, &'a ast::Service>,
    /// Externals by name.
    pub externals: FxHashMap<SmolStr, &'a ast::External>,
    /// Groups by name.
    pub groups: FxHashMap<SmolStr, &'a ast::Group>,
    /// Sets of ports by name.
    pub ports: FxHashMap<SmolStr, &'a ast::PortsSet>,
    /// Certificate settings by name.
    pub certificates: FxHashMap<SmolStr, (&'a ast::Certificate, Span)>,
}

/// A declared app.
#[derive(Debug, Clone)]
pub struct App {
    /// The labels of its pods, where they are not `app=NAME`; sorted.
    pub labels: Labels,
    /// Its ports.
    pub ports: Vec<AppPort>,
    /// `mesh linkerd`.
    pub mesh: Option<Span>,
    /// Its name in the statement.
    pub span: Span,
    /// The statement.
    pub statement: Span,
}

/// A port that an app declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPort {
    /// Its name.
    pub name: SmolStr,
    /// Its number.
    pub number: u16,
    /// Its protocol.
    pub protocol: Protocol,
    /// Where it is declared.
    pub span: Span,
}

impl<'a> Names<'a> {
    /// The tenant with this name.
    pub fn tenant(&self, name: &str) -> Option<&Scope<'a>> {
        self.by_name.get(name).map(|&id| self.get(id))
    }

    /// Whether nothing is known of a tenant, for a file of its cannot be read.
    pub fn is_unknown(&self, name: &SmolStr) -> bool {
        self.unknown.binary_search(name).is_ok()
    }

    /// The tenant whose namespace this is; of several the first.
    pub fn by_namespace(&self, namespace: &str) -> Option<&Scope<'a>> {
        self.by_namespace.get(namespace).map(|&id| self.get(id))
    }

    /// The tenant with this index.
    pub fn get(&self, id: TenantId) -> &Scope<'a> {
        &self.tenants[id.0 as usize]
    }
}

/// How many tenants are read one after the other before it pays to use all cores.
const FEW: usize = 32;

/// What was found in the same environment, in files with the same owners, before some of them changed.
#[derive(Clone, Copy, Debug)]
pub struct Previous<'b> {
    /// [`Names::wrong`] as it was.
    pub wrong: &'b [Arc<Vec<Diagnostic>>],
    /// The files that have changed since.
    pub changed: &'b [FileId],
}

/// Gathers what every tenant declares in environment `env`.
pub fn declare<'a>(
    files: &[&'a ast::File],
    owners: &Owners,
    ownership: &Ownership,
    env: Option<&str>,
    previous: Option<Previous<'_>>,
    out: &mut Vec<Diagnostic>,
) -> Names<'a> {
    let mut order: Vec<(&SmolStr, &'a ast::File)> =
        files.iter().zip(&owners.of_file).filter_map(|(file, owner)| Some((owner.as_ref()?, *file))).collect();
    order.sort_by_key(|(owner, file)| (*owner, file.id));
    let of_tenant: Vec<&[(&SmolStr, &'a ast::File)]> = order.chunk_by(|(one, _), (other, _)| one == other).collect();
    let one = |(index, files): &(usize, &&[(&SmolStr, &'a ast::File)])| {
        let mut out = Vec::new();
        let (owner, file) = files[0];
        let first = file.statements.first().map_or(Span::new(file.id, 0, 0), |statement| statement.span);
        let mut scope = Scope::new(TenantId(*index as u32), owner.clone(), first);
        let statements = files.iter().flat_map(|(_, file)| &file.statements);
        statements.filter(|statement| statement.is_in(env)).for_each(|statement| scope.take(statement, &mut out));
        if ownership.is_stated() {
            scope.settle(ownership, env, owners.are_binding, &mut out);
        }
        let known = previous.filter(|previous| files.iter().all(|(_, file)| !previous.changed.contains(&file.id)));
        let wrong = known.map_or_else(|| Arc::new(scope.declare()), |known| Arc::clone(&known.wrong[*index]));
        (scope, wrong, out)
    };
    let numbered: Vec<_> = of_tenant.iter().enumerate().collect();
    let mut tenants: Vec<Scope<'a>> = Vec::with_capacity(numbered.len());
    let mut wrong = Vec::with_capacity(numbered.len());
    for (scope, found, mut settings) in parallel::map(&numbered, FEW, one) {
        tenants.push(scope);
        out.append(&mut settings);
        out.extend(found.iter().cloned());
        wrong.push(found);
    }
    let (mut outside, mut groups) = (Scope::outside(), Declared::default());
    for (file, _) in files.iter().zip(&owners.of_platform).filter(|(_, of_platform)| **of_platform) {
        for statement in file.statements.iter().filter(|statement| statement.is_in(env)) {
            outside.statements.push(statement);
            // The platform has groups, and nothing else that has a name.
            if let Body::Group(group) = &statement.body
                && groups.is_free(&group.name, "group", out)
            {
                groups.groups.insert(group.name.value.clone(), group);
            }
        }
    }
    outside.declared = OnceLock::from(groups);
    let mut by_namespace: FxHashMap<SmolStr, TenantId> = FxHashMap::default();
    for tenant in &tenants {
        let first = *by_namespace.entry(tenant.namespace.clone()).or_insert(tenant.id);
        if first != tenant.id {
            let other = &tenants[first.0 as usize];
            let (here, there) = (tenant.namespace_span, other.namespace_span);
            out.push(errors::namespace_twice(here, &tenant.namespace, there, &other.name));
        }
    }
    let by_name = tenants.iter().map(|tenant| (tenant.name.clone(), tenant.id)).collect();
    let hosts = tenants.iter().flat_map(host_grants).collect();
    Names { tenants, outside, wrong, hosts, unknown: owners.unknown.clone(), by_name, by_namespace }
}

fn host_grants<'s>(scope: &'s Scope<'_>) -> impl Iterator<Item = HostGrant> + 's {
    let exports = scope.statements.iter().filter_map(|statement| match &statement.body {
        Body::Export(export) => Some(export),
        _ => None,
    });
    exports.flat_map(move |export| {
        let hosts = match &export.what {
            ast::Exported::Hosts(hosts) => hosts.as_slice(),
            ast::Exported::Peers(_) | ast::Exported::Publish(_) => &[],
        };
        hosts.iter().map(move |what| HostGrant {
            by: scope.name.clone(),
            what: what.value.clone(),
            to: export.to.iter().map(|name| name.value.clone()).collect(),
        })
    })
}

impl<'a> Scope<'a> {
    /// What belongs to no tenant.
    pub fn outside() -> Scope<'a> {
        Scope::new(TenantId(u32::MAX), SmolStr::default(), Span::new(FileId(0), 0, 0))
    }

    /// Whether it is no tenant's: then no name stands for an app, and `*` for nobody's pods.
    pub fn is_outside(&self) -> bool {
        self.name.is_empty()
    }

    fn new(id: TenantId, name: SmolStr, span: Span) -> Scope<'a> {
        Scope {
            id,
            namespace: name.clone(),
            name,
            span,
            stated: false,
            statement: None,
            namespace_span: span,
            isolated: false,
            mesh: None,
            labels: Vec::new(),
            labels_are_known: false,
            labels_stated: Vec::new(),
            namespace_stated: false,
            statements: Vec::new(),
            declared: OnceLock::new(),
        }
    }

    /// Takes a statement in. What it declares is seen later.
    fn take(&mut self, statement: &'a ast::Statement, out: &mut Vec<Diagnostic>) {
        match &statement.body {
            Body::Platform(_) => return,
            Body::Tenant(tenant) => self.set_up(tenant, statement.span, out),
            Body::App(_)
            | Body::Service(_)
            | Body::External(_)
            | Body::Group(_)
            | Body::Ports(_)
            | Body::Certificate(_)
            | Body::Expose(_)
            | Body::Allow(_)
            | Body::Export(_)
            | Body::Never(_)
            | Body::Expect(_)
            | Body::Include(_) => {}
        }
        self.statements.push(statement);
    }

    /// Gathers what the statements declare, now that all are there. Says what is wrong with it.
    fn declare(&self) -> Vec<Diagnostic> {
        let (declared, wrong) = Declared::by(&self.statements);
        // Nobody asked before, and what came of it would be the same.
        let _ = self.declared.set(declared);
        wrong
    }

    fn set_up(&mut self, tenant: &'a ast::Tenant, statement: Span, out: &mut Vec<Diagnostic>) {
        let settled = self.stated
            && (self.isolated || self.mesh.is_some() || !self.labels.is_empty() || self.namespace != self.name);
        if tenant.has_settings() && settled {
            out.push(errors::tenant_twice(tenant.name.span, &self.name, self.span));
            return;
        }
        if !self.stated || tenant.has_settings() {
            self.span = tenant.name.span;
            self.namespace_span = tenant.name.span;
            self.stated = true;
            self.statement = Some(statement);
        }
        if let Some(namespace) = &tenant.namespace {
            self.namespace = namespace.value.clone();
            self.namespace_span = namespace.span;
            self.namespace_stated = true;
        }
        self.isolated |= tenant.isolated.is_some();
        self.mesh = self.mesh.or(tenant.mesh.as_ref().map(|mesh| mesh.span));
        self.labels_stated.extend(&tenant.labels);
        self.labels.extend(tenant.labels.iter().map(|label| (label.key.value.clone(), label.value.value.clone())));
        self.labels.sort();
    }

    /// Takes the namespace and its labels from the platform, which knows them, and compares what the tenant restates. While
    /// that is no error, the tenant's own words hold.
    fn settle(&mut self, ownership: &Ownership, env: Option<&str>, binding: bool, out: &mut Vec<Diagnostic>) {
        let namespace = ownership.namespace(&self.name, env);
        let due = namespace.map_or(&self.name, |namespace| &namespace.value).clone();
        let differs = self.stated && self.namespace != self.name || namespace.is_some() && self.namespace_stated;
        if differs && self.namespace != due {
            let fact = namespace.map(|namespace| namespace.span);
            out.push(errors::namespace_not_yours(self.namespace_span, &self.name, &self.namespace, &due, fact));
        }
        if binding || !differs {
            self.namespace = due;
        }
        let labels = ownership.labels(&self.name, env);
        let known = labels.map_or(&[][..], |labels| &labels.value);
        for label in self
            .labels_stated
            .iter()
            .filter(|label| !known.iter().any(|(key, value)| *key == label.key.value && *value == label.value.value))
        {
            let written = format!("{}={}", label.key.value, label.value.value);
            let span = label.key.span.to(label.value.span);
            out.push(errors::label_not_yours(span, &self.name, &written, labels.map(|labels| labels.span)));
        }
        if binding || self.labels_stated.is_empty() {
            self.labels = known.to_vec();
        }
        self.labels_are_known = true;
    }
}

impl<'a> Deref for Scope<'a> {
    type Target = Declared<'a>;

    fn deref(&self) -> &Declared<'a> {
        self.declared.get_or_init(|| Declared::by(&self.statements).0)
    }
}

impl<'a> Declared<'a> {
    fn by(statements: &[&'a ast::Statement]) -> (Declared<'a>, Vec<Diagnostic>) {
        let (mut declared, mut wrong) = (Declared::default(), Vec::new());
        statements.iter().for_each(|statement| declared.declare(statement, &mut wrong));
        (declared, wrong)
    }

    fn declare(&mut self, statement: &'a ast::Statement, out: &mut Vec<Diagnostic>) {
        match &statement.body {
            Body::App(app) => self.declare_apps(app, statement.span, out),
            Body::Service(service) => {
                if let Some(app) = &service.app {
                    self.services_for.entry(app.value.clone()).or_insert(service);
                }
                if self.is_free(&service.name, "service", out) {
                    self.services.insert(service.name.value.clone(), service);
                }
            }
            Body::External(external) => {
                if self.is_free(&external.name, "external", out) {
                    self.externals.insert(external.name.value.clone(), external);
                }
            }
            Body::Group(group) => {
                if self.is_free(&group.name, "group", out) {
                    self.groups.insert(group.name.value.clone(), group);
                }
            }
            Body::Ports(set) => match self.ports.get(&set.name.value) {
                Some(first) => out.push(errors::declared_twice(
                    set.name.span,
                    &set.name.value,
                    "a set of ports",
                    first.name.span,
                    "a set of ports",
                )),
                None => {
                    self.ports.insert(set.name.value.clone(), set);
                }
            },
            Body::Certificate(certificate) => match self.certificates.get(&certificate.name.value) {
                Some((first, _)) => {
                    let name = &certificate.name;
                    out.push(errors::declared_twice(
                        name.span,
                        &name.value,
                        "a certificate",
                        first.name.span,
                        "a certificate",
                    ));
                }
                None => {
                    self.certificates.insert(certificate.name.value.clone(), (certificate, statement.span));
                }
            },
            Body::Platform(_)
            | Body::Tenant(_)
            | Body::Expose(_)
            | Body::Allow(_)
            | Body::Export(_)
            | Body::Never(_)
            | Body::Expect(_)
            | Body::Include(_) => {}
        }
    }

    fn declare_apps(&mut self, app: &'a ast::App, statement: Span, out: &mut Vec<Diagnostic>) {
        self.closed = self.closed.or(Some(statement));
        let mut labels: Labels =
            app.labels.iter().map(|label| (label.key.value.clone(), label.value.value.clone())).collect();
        labels.sort();
        let mut ports: Vec<AppPort> = Vec::new();
        for port in &app.ports {
            if let Some(first) = ports.iter().find(|first| first.name == port.name.value) {
                out.push(errors::declared_twice(port.name.span, &port.name.value, "a port", first.span, "a port"));
                continue;
            }
            let one = |protocol| AppPort {
                name: port.name.value.clone(),
                number: port.number.value,
                protocol,
                span: port.name.span,
            };
            match port.protocols.as_slice() {
                [] => ports.push(one(Protocol::Tcp)),
                several => ports.extend(several.iter().map(|&protocol| one(protocol))),
            }
        }
        for name in &app.names {
            if let Some(first) = self.apps.get(&name.value) {
                out.push(errors::declared_twice(name.span, &name.value, "an app", first.span, "an app"));
                continue;
            }
            if let Some((span, what)) = self.external_or_group(&name.value) {
                out.push(errors::declared_twice(name.span, &name.value, "an app", span, what));
                continue;
            }
            let app = App {
                labels: labels.clone(),
                ports: ports.clone(),
                mesh: app.mesh.as_ref().map(|mesh| mesh.span),
                span: name.span,
                statement,
            };
            self.apps.insert(name.value.clone(), app);
            self.app_names.push(name.value.clone());
        }
    }

    fn external_or_group(&self, name: &str) -> Option<(Span, &'static str)> {
        let external = self.externals.get(name).map(|external| (external.name.span, "an external"));
        external.or_else(|| self.groups.get(name).map(|group| (group.name.span, "a group")))
    }

    /// Whether a service, external or group may take this name. A service may be called like the app behind it; an
    /// external makes a Service too, so these two share their names.
    fn is_free(&self, name: &ast::Name, kind: &'static str, out: &mut Vec<Diagnostic>) -> bool {
        let app = self.apps.get(&name.value).filter(|_| kind != "service").map(|app| (app.span, "an app"));
        let service =
            self.services.get(&name.value).filter(|_| kind != "group").map(|service| (service.name.span, "a service"));
        let taken = app.or(service).or_else(|| {
            self.external_or_group(&name.value).filter(|(_, what)| kind != "service" || *what == "an external")
        });
        let what = match kind {
            "service" => "a service",
            "external" => "an external",
            _ => "a group",
        };
        if let Some((span, other)) = taken {
            out.push(errors::declared_twice(name.span, &name.value, what, span, other));
        }
        taken.is_none()
    }

    /// The labels of an app's pods: what its declaration says, or `KEY=NAME`.
    pub fn labels_of(&self, app: &str, key: &SmolStr) -> Labels {
        match self.apps.get(app) {
            Some(found) if !found.labels.is_empty() => found.labels.clone(),
            _ => vec![(key.clone(), SmolStr::new(app))],
        }
    }

    /// The Service statement whose pods are this app's.
    pub fn service_of(&self, app: &str) -> Option<&'a ast::Service> {
        let same_name = self.services.get(app).filter(|service| service.app.is_none()).copied();
        same_name.or_else(|| self.services_for.get(app).copied())
    }
}
