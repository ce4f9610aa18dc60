//! What a workspace means in one environment: nouns only, neither text nor Kubernetes objects.

mod claims;
mod hosts;
mod ownership;

pub use claims::claims;
pub use hosts::{HostGrant, HostRule, names_tenant};
pub use ownership::{Ownership, PLATFORM_FILE, Pattern, Place, TenantFact, is_below};

use ipnet::IpNet;
use smol_str::SmolStr;
use std::net::IpAddr;
use std::sync::Arc;
use xks_base::diagnostics::Levels;
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_base::values::host::{Host, Path};
use xks_base::values::label::Requirement;
use xks_base::values::port::Protocol;
use xks_kubernetes::edge::claims::Backend;
use xks_kubernetes::edge::{Behavior, Edge};

/// A tenant: its index in [`Workspace::tenants`], which are sorted by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(pub u32);

/// Labels, sorted by key.
pub type Labels = Vec<(SmolStr, SmolStr)>;

/// All tenants in one environment.
#[derive(Debug)]
pub struct Workspace {
    /// The environment; `None` where the platform declares none.
    pub env: Option<SmolStr>,
    /// The cluster's facts.
    pub platform: Platform,
    /// Sorted by name.
    pub tenants: Vec<Arc<Tenant>>,
    /// The tenant of each file; `None` for a file that belongs to none.
    pub owners: Vec<Option<SmolStr>>,
    /// What is permitted between whom, in parts: see [`Workspace::flows`].
    pub flow_parts: Vec<Arc<Vec<Flow>>>,
    /// `never` and `expect`.
    pub invariants: Vec<Invariant>,
    /// Which tenant consents to whose having paths of which host.
    pub host_grants: Vec<HostGrant>,
}

impl Workspace {
    /// All tenants, sorted by name.
    pub fn tenants(&self) -> impl ExactSizeIterator<Item = &Tenant> + Clone {
        self.tenants.iter().map(|tenant| &**tenant)
    }

    /// What is permitted between whom: what tenants allow, and behind it what their exposures need.
    pub fn flows(&self) -> impl Iterator<Item = &Flow> + Clone {
        self.flow_parts.iter().flat_map(|part| part.iter())
    }

    /// Whether these namespaces hold that of a tenant.
    pub fn hold(&self, namespaces: &Namespaces, tenant: &Tenant) -> bool {
        match namespaces {
            Namespaces::One(_, namespace) => *namespace == tenant.namespace,
            Namespaces::Every(all) => all.contains(&tenant.namespace),
            Namespaces::Labelled(requirements) => {
                self.platform.marks_every(requirements)
                    || self.platform.namespace_meets(&tenant.labels, &tenant.namespace, requirements)
            }
        }
    }

    /// The folder of its files in the output, with `/` at its end; empty where the platform declares no environment.
    pub fn folder(&self) -> String {
        self.env.as_ref().map_or(String::new(), |env| format!("{env}/"))
    }

    /// Whether both ends are pods that the mesh has taken in, so that their traffic goes from proxy to proxy. An end that
    /// takes in pods of the mesh beside others counts.
    pub fn meshed(&self, from: &End, to: &End) -> bool {
        let any = |tenant: &Tenant, pods: &Pods| {
            tenant.mesh
                || !tenant.mesh_apps.is_empty()
                    && pods.app.as_ref().is_none_or(|app| tenant.mesh_apps.iter().any(|(name, ..)| name == app))
        };
        let meshed = |end: &End| match end {
            End::Pods(Namespaces::One(name, _), pods) => self
                .tenants
                .binary_search_by(|tenant| tenant.name.cmp(name))
                .is_ok_and(|at| any(&self.tenants[at], pods)),
            End::Pods(Namespaces::Every(_) | Namespaces::Labelled(_), pods) => {
                self.tenants().any(|tenant| any(tenant, pods))
            }
            End::Blocks(..) | End::Ingress(_) => false,
        };
        // Where the platform has no mesh, no tenant has been let into one.
        (self.platform.mesh || self.platform.span.is_none()) && meshed(from) && meshed(to)
    }
}

/// The cluster's facts. [`Platform::default`] holds those that are built in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Where `platform` stands, if it does.
    pub span: Option<Span>,
    /// Where each fact is stated first.
    pub facts: std::collections::BTreeMap<SmolStr, Span>,
    /// `(1, 33)`, where it is stated.
    pub kubernetes: Option<(u32, u32)>,
    /// The folder that is written, relative to the workspace root.
    pub output: SmolStr,
    /// The name of the cluster's own default-deny policy; `None` when the compiler writes it.
    pub default_deny_provided: Option<SmolStr>,
    /// The namespace label that holds a tenant's namespace.
    pub namespace_label: SmolStr,
    /// Labels that every tenant's namespace carries, and no other; empty when not stated.
    pub tenant_labels: Arc<[Requirement]>,
    /// The pod label that names the app.
    pub app_label: SmolStr,
    /// The namespace of the ingress controllers.
    pub ingress_namespace: SmolStr,
    /// The class of public Ingresses.
    pub public_class: SmolStr,
    /// The class of private Ingresses; `None` where the platform has no private controller.
    pub private_class: Option<SmolStr>,
    /// The pod labels of the public controller; empty where nothing tells the two apart.
    pub public_pods: Labels,
    /// The pod labels of the private controller.
    pub private_pods: Labels,
    /// The addresses of controllers that run in the host's network; empty otherwise.
    pub ingress_addresses: Vec<IpNet>,
    /// The issuer of certificates.
    pub issuer: SmolStr,
    /// `ClusterIssuer` or `Issuer`.
    pub issuer_kind: SmolStr,
    /// Whether the issuer is an authority of our own, which no public one's limits bind.
    pub private_authority: bool,
    /// How the issuer proves that a name is ours.
    pub solver: Option<Solver>,
    /// How much of what an authority issues in a week one tenant may have, in percent, where it is stated.
    pub certificate_share: Option<u8>,
    /// The DNS zones that the solver can write; empty when not stated.
    pub zones: Vec<SmolStr>,
    /// The namespace of the cluster's DNS.
    pub dns_namespace: SmolStr,
    /// The pod labels of the cluster's DNS.
    pub dns_pods: Labels,
    /// Addresses at which pods ask for names besides: the node-local cache, the DNS Service.
    pub dns_addresses: Vec<IpNet>,
    /// The network plugin.
    pub cni: Option<Cni>,
    /// Whether pods have IPv6 addresses, where it is stated.
    pub ipv6: Option<bool>,
    /// The addresses of pods.
    pub pod_ranges: Vec<IpNet>,
    /// The addresses of Services.
    pub service_ranges: Vec<IpNet>,
    /// The addresses of nodes.
    pub node_ranges: Vec<IpNet>,
    /// The addresses of the API server.
    pub kube_api: Vec<IpNet>,
    /// The addresses of the cloud's metadata service.
    pub metadata: Vec<IpNet>,
    /// Ranges that `internet` leaves out besides the ones that are private everywhere.
    pub not_internet: Vec<IpNet>,
    /// The namespace of Linkerd's control plane.
    pub mesh_namespace: SmolStr,
    /// Whether the platform says that it has a mesh.
    pub mesh: bool,
    /// Who may expose which hosts.
    pub hosts: Vec<HostRule>,
    /// Which annotations nobody, or some tenants, may use.
    pub denied: Vec<DeniedAnnotation>,
    /// Which kinds of objects tenants may include besides those that are free.
    pub include_kinds: Vec<Allowed>,
    /// Which keys of labels and annotations they may have in included objects besides those that are free.
    pub include_keys: Vec<Allowed>,
    /// Names of objects that the platform keeps for its own.
    pub reserved: Vec<Reserved>,
    /// Where exposed externals and the URLs of annotations may lead; everywhere outside if it is empty.
    pub ways_out: Vec<WayOut>,
    /// Whose pods' ways to the Internet are ordinary work.
    pub internet_egress: Vec<InternetEgress>,
    /// The environments, in the order of the text.
    pub envs: Vec<Environment>,
    /// The levels of lints.
    pub levels: Levels,
    /// Who may write what.
    pub ownership: Ownership,
}

impl Default for Platform {
    fn default() -> Platform {
        let name = SmolStr::new_static;
        Platform {
            span: None,
            facts: std::collections::BTreeMap::new(),
            kubernetes: None,
            output: name("generated"),
            default_deny_provided: None,
            namespace_label: name(METADATA_NAME),
            tenant_labels: Arc::new([]),
            app_label: name("app"),
            ingress_namespace: name("ingress-nginx"),
            public_class: name("nginx"),
            private_class: Some(name("nginx-private")),
            public_pods: Vec::new(),
            private_pods: Vec::new(),
            ingress_addresses: Vec::new(),
            issuer: name("letsencrypt"),
            issuer_kind: name("ClusterIssuer"),
            private_authority: false,
            solver: None,
            certificate_share: None,
            zones: Vec::new(),
            dns_namespace: name("kube-system"),
            dns_pods: vec![(name("k8s-app"), name("kube-dns"))],
            dns_addresses: Vec::new(),
            cni: None,
            ipv6: None,
            pod_ranges: Vec::new(),
            service_ranges: Vec::new(),
            node_ranges: Vec::new(),
            kube_api: Vec::new(),
            metadata: vec![IpNet::from(IpAddr::from([169, 254, 169, 254]))],
            not_internet: Vec::new(),
            mesh_namespace: name("linkerd"),
            mesh: false,
            hosts: Vec::new(),
            denied: Vec::new(),
            include_kinds: Vec::new(),
            include_keys: Vec::new(),
            reserved: Vec::new(),
            ways_out: Vec::new(),
            internet_egress: Vec::new(),
            envs: Vec::new(),
            levels: Levels::new(),
            ownership: Ownership::default(),
        }
    }
}

/// The label that the API server gives every namespace: its name.
const METADATA_NAME: &str = "kubernetes.io/metadata.name";

impl Platform {
    /// Whether these labels are those that every tenant's namespace carries, and no other.
    pub fn marks_every(&self, requirements: &[Requirement]) -> bool {
        !requirements.is_empty() && *requirements == *self.tenant_labels
    }

    /// Whether an end goes by the labels that every tenant's namespace carries, and no other.
    pub fn marks_every_pods(&self, end: &End) -> bool {
        matches!(end, End::Pods(Namespaces::Labelled(requirements), _) if self.marks_every(requirements))
    }

    /// Whether a tenant's namespace, with the labels that are stated, meets requirements. The labels that hold its name it
    /// has unstated.
    pub fn namespace_meets(&self, stated: &Labels, namespace: &SmolStr, requirements: &[Requirement]) -> bool {
        let value = |key: &SmolStr| {
            let own = stated.iter().find(|(own, _)| own == key).map(|(_, value)| value);
            own.or_else(|| (*key == self.namespace_label || key == METADATA_NAME).then_some(namespace))
        };
        requirements.iter().all(|requirement| requirement.met_by(value(requirement.key()).map(SmolStr::as_str)))
    }

    /// Whether addresses behind a Service are written as EndpointSlices: from Kubernetes 1.33 on, where Endpoints are
    /// deprecated (KEP-4974).
    pub fn endpoint_slices(&self) -> bool {
        self.kubernetes.is_some_and(|version| version >= (1, 33))
    }

    /// Whether a namespace is one that the platform itself uses.
    pub fn owns_namespace(&self, namespace: &str) -> bool {
        let own = [&self.dns_namespace, &self.ingress_namespace, &self.mesh_namespace];
        matches!(namespace, "default" | "kube-node-lease" | "kube-public" | "kube-system")
            || own.iter().any(|name| *name == namespace)
    }

    /// Where a fact is stated, or the platform.
    pub fn fact(&self, name: &str) -> Option<Span> {
        self.facts.get(name).copied().or(self.span)
    }

    /// The controllers that publish hosts.
    pub fn edge(&self) -> Edge {
        Edge::Nginx
    }

    /// The class of a controller; empty for the private one where there is none.
    pub fn class(&self, access: Access) -> SmolStr {
        match access {
            Access::Public => self.public_class.clone(),
            Access::Private => self.private_class.clone().unwrap_or_default(),
        }
    }

    /// Which controller serves a class. An unknown class, or none, is taken to be that of the public one.
    pub fn access(&self, class: Option<&SmolStr>) -> Access {
        let private = class.is_some() && class == self.private_class.as_ref();
        if private { Access::Private } else { Access::Public }
    }

    /// Whether policies tell the public controller from the private one.
    pub fn tells_controllers_apart(&self) -> bool {
        !self.public_pods.is_empty() || !self.private_pods.is_empty()
    }
}

/// How an ACME issuer proves that a name is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Solver {
    Http01,
    Dns01,
}

/// The network plugins whose gaps are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Cni {
    Calico,
    Cilium,
    VpcCni,
    Other,
}

/// `annotations deny NAME, … [to TENANT, …]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeniedAnnotation {
    /// Its name; what an alias of it is written as counts too.
    pub name: SmolStr,
    /// The tenants that may not use it; all of them if it is empty.
    pub tenants: Vec<SmolStr>,
    /// Where it is written.
    pub span: Span,
}

/// `include-kinds GROUP/KIND, … [to TENANT, …]`, `include-keys PREFIX/*, … [to TENANT, …]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// A kind with its group, or a key; `*` at the end is everything that begins so.
    pub what: SmolStr,
    /// The tenants that may; all of them if it is empty.
    pub tenants: Vec<SmolStr>,
    /// Where it is written.
    pub span: Span,
}

impl Allowed {
    /// Whether it allows something to a tenant.
    pub fn allows(&self, what: &str, tenant: &str) -> bool {
        let is_meant = match self.what.strip_suffix('*') {
            Some(start) => what.starts_with(start),
            None => self.what == what,
        };
        is_meant && (self.tenants.is_empty() || names_tenant(&self.tenants, tenant))
    }
}

/// `reserved KIND/NAME, …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// The kind.
    pub kind: SmolStr,
    /// The name.
    pub name: SmolStr,
    /// Where it is written.
    pub span: Span,
}

/// `externals HOST|CIDR, … to TENANT, …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// Where to.
    pub to: Outside,
    /// The tenants that may lead there; `*` is all of them.
    pub tenants: Vec<SmolStr>,
    /// Where it is written.
    pub span: Span,
}

/// `internet-egress to TENANT, …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InternetEgress {
    /// The tenants whose ways to the Internet a review lets pass; `*` is all of them.
    pub tenants: Vec<SmolStr>,
    /// Where it is written.
    pub span: Span,
}

/// A host or range outside of the tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// A host, or `*.ZONE` for every host below that zone.
    Host(SmolStr),
    /// A range of addresses.
    Range(IpNet),
}

/// `env NAME { KEY = VALUE … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: SmolStr,
    /// Its values.
    pub values: Vec<(SmolStr, SmolStr)>,
    /// Where it is written.
    pub span: Span,
}

/// Replaces each `${name}` of a text by its value in the environment.
///
/// # Errors
/// The names that have no value.
pub fn expand<'t>(env: Option<&Environment>, text: &'t str) -> Result<SmolStr, Vec<&'t str>> {
    if !text.contains("${") {
        return Ok(SmolStr::new(text));
    }
    let values = env.map_or(&[][..], |env| &env.values);
    let (mut result, mut unknown) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((start, length)) = rest.find("${").and_then(|start| Some((start, rest[start..].find('}')?))) {
        let name = &rest[start + 2..start + length];
        result.push_str(&rest[..start]);
        match values.iter().find(|(key, _)| key == name) {
            Some((_, value)) => result.push_str(value),
            None => unknown.push(name),
        }
        rest = &rest[start + length + 1..];
    }
    result.push_str(rest);
    if unknown.is_empty() { Ok(SmolStr::new(result)) } else { Err(unknown) }
}

/// A tenant and what it owns.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Its name.
    pub name: SmolStr,
    /// Its namespace.
    pub namespace: SmolStr,
    /// Where it is set up, or the start of its first file.
    pub span: Span,
    /// The statement that sets it up, if one does.
    pub origin: Option<Span>,
    /// Whether traffic inside it is denied too.
    pub isolated: bool,
    /// Whether all its pods are in the mesh.
    pub mesh: bool,
    /// The apps in the mesh, where not all are.
    pub mesh_apps: Vec<(SmolStr, Labels, Span)>,
    /// Labels of its namespace, the one that holds its name included.
    pub labels: Labels,
    /// Services with a selector.
    pub services: Vec<Service>,
    /// Destinations outside the cluster.
    pub externals: Vec<External>,
    /// What is published under a host.
    pub exposures: Vec<Exposure>,
    /// Certificates, sorted by name.
    pub certificates: Vec<Certificate>,
    /// Hand-written manifests.
    pub includes: Vec<Include>,
}

/// A ClusterIP Service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: SmolStr,
    /// The labels of the pods behind it.
    pub selector: Labels,
    /// Its ports.
    pub ports: Vec<ServicePort>,
    /// The statement.
    pub origin: Span,
}

/// A port of a Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
    /// Its name.
    pub name: SmolStr,
    /// Its number.
    pub port: u16,
    /// The pod's port behind it.
    pub target: u16,
    /// Its protocol.
    pub protocol: Protocol,
}

/// A destination outside the cluster.
#[derive(Debug, Clone)]
pub struct External {
    /// Its name, and that of the Service.
    pub name: SmolStr,
    /// What stands behind it.
    pub remote: Remote,
    /// Its port.
    pub port: Option<u16>,
    /// The statement.
    pub origin: Span,
}

/// What stands behind an external.
#[derive(Debug, Clone)]
pub enum Remote {
    /// A name, which the cluster's DNS resolves.
    Host(Host),
    /// Addresses, sorted.
    Addresses(Vec<IpAddr>),
}

/// Something published under hosts.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// The name of the object that publishes it.
    pub name: SmolStr,
    /// The app, service or external as written.
    pub target: SmolStr,
    /// The Service behind it.
    pub backend: Backend,
    /// The hosts, each with its path.
    pub matches: Vec<Match>,
    /// How paths are compared.
    pub path_match: PathMatch,
    /// Which controller serves it.
    pub access: Access,
    /// The certificate that is served; without one, there is no TLS.
    pub tls: Option<Tls>,
    /// How requests are treated.
    pub behavior: Behavior,
    /// The statement.
    pub origin: Span,
}

/// A host and a path of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Match {
    /// The host.
    pub host: Host,
    /// The path.
    pub path: Path,
}

/// How paths are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathMatch {
    /// The path, and what is below it.
    Prefix,
    /// The path alone.
    Exact,
    /// As a regular expression.
    Regex,
}

/// The certificate of an exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The Secret that holds it.
    pub secret: SmolStr,
}

/// A certificate group.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// Its name.
    pub name: SmolStr,
    /// The Secret that holds it.
    pub secret: SmolStr,
    /// Its issuer.
    pub issuer: SmolStr,
    /// `ClusterIssuer` or `Issuer`.
    pub issuer_kind: SmolStr,
    /// Its names, sorted.
    pub names: Vec<Host>,
    /// The statements it comes from, sorted.
    pub origins: Vec<Span>,
}

/// A hand-written file of manifests.
#[derive(Debug, Clone)]
pub struct Include {
    /// Its path from the workspace root.
    pub path: String,
    /// The path as a part of a name.
    pub name: SmolStr,
    /// Its text, each object with its namespace.
    pub text: String,
    /// Kind and name of each object in it.
    pub objects: Vec<(SmolStr, SmolStr)>,
    /// The statement.
    pub origin: Span,
}

/// Connections that a statement permits from one set of ends to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Who opens the connection.
    pub from: End,
    /// Who is reached.
    pub to: End,
    /// On which of its ports; empty means on all.
    pub ports: Vec<Port>,
    /// The namespace that holds the egress half, if it is written.
    pub egress_in: Option<SmolStr>,
    /// The namespaces that hold the ingress half.
    pub ingress_in: Vec<SmolStr>,
    /// The statement.
    pub origin: Span,
    /// The words of other tenants that consent to it, sorted.
    pub consents: Vec<Span>,
}

impl Flow {
    /// Whether it lets the authority of a certificate reach the pods that answer for it.
    pub fn is_solver(&self) -> bool {
        let End::Pods(_, pods) = &self.to else { return false };
        matches!(self.from, End::Ingress(_)) && pods.requirements.iter().any(|label| label.key() == SOLVER_LABEL)
    }

    /// Whether the destination is opened: by this flow, or by the rule of another tenant that consents to it.
    pub fn lets_in(&self) -> bool {
        !self.ingress_in.is_empty() || !self.consents.is_empty()
    }
}

/// One end of a flow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// Pods of some namespaces.
    Pods(Namespaces, Pods),
    /// Addresses outside the cluster, under the name that they are known by.
    Blocks(SmolStr, Arc<[Block]>),
    /// The ingress controllers: both, or one of them.
    Ingress(Option<Access>),
}

/// Whose pods.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespaces {
    /// Those of one tenant: its name and its namespace.
    One(SmolStr, SmolStr),
    /// Those of all tenants: their namespaces, where no label marks them.
    Every(Arc<[SmolStr]>),
    /// Those of every namespace with these labels.
    Labelled(Arc<[Requirement]>),
}

/// Which pods.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pods {
    /// What their labels must be; nothing means every pod.
    pub requirements: Arc<[Requirement]>,
    /// The app that was named, if one was.
    pub app: Option<SmolStr>,
}

impl Pods {
    /// Every pod.
    pub fn all() -> Pods {
        Pods { requirements: Arc::new([]), app: None }
    }

    /// Whether these hold all of `others`: each of our requirements is one of theirs.
    pub fn cover(&self, others: &Pods) -> bool {
        self.requirements.iter().all(|requirement| others.requirements.contains(requirement))
    }
}

/// The label of the pods that answer a certificate authority over HTTP-01 (cert-manager `pkg/issuer/acme/http/pod.go`).
pub const SOLVER_LABEL: &str = "acme.cert-manager.io/http01-solver";

/// A range of addresses with holes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    /// The range.
    pub cidr: IpNet,
    /// The holes, sorted.
    pub except: Vec<IpNet>,
}

/// A port of a destination.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// Its number, range or name.
    pub port: xks_base::values::port::PortRef,
    /// Its protocol.
    pub protocol: Protocol,
}

/// Whether `open`, empty for all ports, holds all of `wanted`.
pub fn ports_cover(open: &[Port], wanted: &[Port]) -> bool {
    use xks_base::values::port::PortRef;
    let holds = |open: &Port, wanted: &Port| {
        open.protocol == wanted.protocol
            && match (&open.port, &wanted.port) {
                (PortRef::Numbers(low, high), PortRef::Numbers(from, to)) => low <= from && to <= high,
                (a, b) => a == b,
            }
    };
    open.is_empty() || !wanted.is_empty() && wanted.iter().all(|wanted| open.iter().any(|open| holds(open, wanted)))
}

/// `never` or `expect`, resolved.
#[derive(Debug, Clone)]
pub struct Invariant {
    /// Whether it is a `never`.
    pub never: bool,
    /// Who opens the connection.
    pub from: Vec<End>,
    /// Who is reached, on which ports.
    pub to: Vec<(End, Vec<Port>)>,
    /// The statement.
    pub origin: Span,
}
