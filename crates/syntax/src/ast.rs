//! What was written, statement by statement. Words that stand for values of an environment are still text here.

use super::Keyword;
use ipnet::IpNet;
use smol_str::SmolStr;
use xks_base::source::{FileId, Span, Spanned};
use xks_base::values::access::Access;
use xks_base::values::backend::BackendProtocol;
use xks_base::values::date::Date;
use xks_base::values::label::Requirement;
use xks_base::values::port::{PortSpec, Protocol};

/// A name and where it stands.
pub type Name = Spanned<SmolStr>;
/// A host, path, value or string, `${…}` not yet replaced; of a string, what is between the quotes, unescaped.
pub type Text = Spanned<SmolStr>;

/// The sound statements of a file.
#[derive(Debug)]
pub struct File {
    /// Which file.
    pub id: FileId,
    /// In the order of the text.
    pub statements: Vec<Statement>,
}

/// A statement.
#[derive(Debug)]
pub struct Statement {
    /// From its keyword to its end.
    pub span: Span,
    /// What it says.
    pub body: Body,
    /// The clauses that any statement takes.
    pub tags: Tags,
}

/// The place of what nobody wrote: of nodes that are made to be printed.
pub const UNWRITTEN: Span = Span { file: FileId(0), start: 0, end: 0 };

/// A part of a node that nobody wrote.
pub fn unwritten<T>(value: T) -> Spanned<T> {
    Spanned::new(value, UNWRITTEN)
}

impl Statement {
    /// A statement that nobody wrote, without the clauses that any statement takes.
    pub fn unwritten(body: Body) -> Statement {
        Statement { span: UNWRITTEN, body, tags: Tags::default() }
    }

    /// Whether it holds in an environment: `in` names it, or there is no `in`.
    pub fn is_in(&self, env: Option<&str>) -> bool {
        self.tags.envs.is_empty() || self.tags.envs.iter().any(|name| Some(name.value.as_str()) == env)
    }

    /// Whether it has none of the clauses that any statement takes.
    pub fn is_bare(&self) -> bool {
        self.tags.because.is_none() && self.tags.until.is_none() && self.tags.envs.is_empty()
    }
}

/// The clauses that any statement takes.
#[derive(Debug, Default)]
pub struct Tags {
    /// `because "REASON"`.
    pub because: Option<Text>,
    /// `until YYYY-MM-DD`.
    pub until: Option<Spanned<Date>>,
    /// `in ENV, …`; empty means every environment.
    pub envs: Vec<Name>,
}

/// The kinds of statements.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Body {
    Tenant(Tenant),
    App(App),
    Service(Service),
    Expose(Box<Expose>),
    Allow(Rule),
    Export(Export),
    External(External),
    Certificate(Certificate),
    Never(Rule),
    Expect(Rule),
    Group(Group),
    Ports(PortsSet),
    Include(Include),
    Platform(Platform),
}

impl Body {
    /// The peers that the statement names, in the order of the text.
    pub fn peers(&self) -> Vec<&Peer> {
        match self {
            Body::Allow(rule) | Body::Never(rule) | Body::Expect(rule) => rule.from.iter().chain(&rule.to).collect(),
            Body::Export(export) => export.named().iter().collect(),
            Body::Group(group) => group.peers.iter().collect(),
            Body::Tenant(_)
            | Body::App(_)
            | Body::Service(_)
            | Body::Expose(_)
            | Body::External(_)
            | Body::Certificate(_)
            | Body::Ports(_)
            | Body::Include(_)
            | Body::Platform(_) => Vec::new(),
        }
    }

    /// The word that the statement starts with.
    pub fn keyword(&self) -> Keyword {
        match self {
            Body::Tenant(_) => Keyword::Tenant,
            Body::App(_) => Keyword::App,
            Body::Service(_) => Keyword::Service,
            Body::Expose(_) => Keyword::Expose,
            Body::Allow(_) => Keyword::Allow,
            Body::Export(_) => Keyword::Export,
            Body::External(_) => Keyword::External,
            Body::Certificate(_) => Keyword::Certificate,
            Body::Never(_) => Keyword::Never,
            Body::Expect(_) => Keyword::Expect,
            Body::Group(_) => Keyword::Group,
            Body::Ports(_) => Keyword::Ports,
            Body::Include(_) => Keyword::Include,
            Body::Platform(_) => Keyword::Platform,
        }
    }
}

/// `tenant NAME [namespace NS] [isolated] [mesh linkerd] [labels k=v]`
#[derive(Debug)]
pub struct Tenant {
    /// Its name.
    pub name: Name,
    /// Its namespace, where that has another name.
    pub namespace: Option<Name>,
    /// `isolated`.
    pub isolated: Option<Span>,
    /// `mesh linkerd`.
    pub mesh: Option<Name>,
    /// Labels that its namespace carries, for `tenants(k=v)`.
    pub labels: Vec<Label>,
}

impl Tenant {
    /// Whether it says more than the name.
    pub fn has_settings(&self) -> bool {
        self.namespace.is_some() || self.isolated.is_some() || self.mesh.is_some() || !self.labels.is_empty()
    }
}

/// `k=v`
#[derive(Debug, Clone)]
pub struct Label {
    /// The key.
    pub key: Name,
    /// The value.
    pub value: Name,
}

/// `app NAME, … [port NAME N[/udp]] [labels k=v] [mesh linkerd]`
#[derive(Debug)]
pub struct App {
    /// Its names.
    pub names: Vec<Name>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// The labels of its pods.
    pub labels: Vec<Label>,
    /// `mesh linkerd`.
    pub mesh: Option<Name>,
}

/// `port NAME N[/udp] [-> M]`
#[derive(Debug)]
pub struct Port {
    /// Its name.
    pub name: Name,
    /// Its number.
    pub number: Spanned<u16>,
    /// Its protocols; none means TCP.
    pub protocols: Vec<Protocol>,
    /// The pod's port behind a Service's.
    pub target: Option<Spanned<u16>>,
}

/// `service NAME [port NAME N [-> M]] [for APP]`
#[derive(Debug)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// Its ports.
    pub ports: Vec<Port>,
    /// The app, where that has another name.
    pub app: Option<Name>,
}

/// `expose TARGET[:PORT] at HOST[/PATH], … clauses`
#[derive(Debug)]
pub struct Expose {
    /// The app, service or external.
    pub target: Name,
    /// Its port, if one is written.
    pub port: Option<Spanned<PortSpec>>,
    /// `HOST[/PATH]`, not yet taken apart.
    pub addresses: Vec<Text>,
    /// `public` or `private`.
    pub access: Option<Spanned<Access>>,
    /// `tls …` or `no-tls`.
    pub tls: Option<Spanned<Tls>>,
    /// `exact`.
    pub exact: Option<Span>,
    /// `rewrite TO`.
    pub rewrite: Option<Text>,
    /// `limit connections N` or `limit rps N`.
    pub limits: Vec<Limit>,
    /// `timeout 30s`, in seconds.
    pub timeout: Option<Spanned<u32>>,
    /// `backend https`.
    pub backend: Option<Spanned<BackendProtocol>>,
    /// `verify SECRET`.
    pub verify: Option<Name>,
    /// `host-header HOST`.
    pub host_header: Option<Text>,
    /// `from CIDR, …`.
    pub from: Vec<Spanned<IpNet>>,
    /// `redirect URL`.
    pub redirect: Option<Text>,
    /// `nginx KEY VALUE`.
    pub annotations: Vec<Annotation>,
}

/// Where an Ingress has its certificate from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// `tls GROUP`: a Certificate that the compiler writes.
    Group(Name),
    /// `tls secret NAME`: a Secret that somebody else writes.
    Secret(Name),
    /// `no-tls`.
    None,
}

/// `limit connections N` or `limit rps N`
#[derive(Debug)]
pub struct Limit {
    /// The words of the clause.
    pub span: Span,
    /// Requests in flight, rather than requests a second.
    pub connections: bool,
    /// How many, for each client address.
    pub number: Spanned<u32>,
}

/// `nginx KEY VALUE`
#[derive(Debug)]
pub struct Annotation {
    /// The annotation's name, without the controller's prefix.
    pub key: Name,
    /// Its value.
    pub value: Text,
}

/// `allow`, `never` and `expect`: `PEER, … -> PEER[:PORTS], …`
#[derive(Debug)]
pub struct Rule {
    /// Who opens the connection.
    pub from: Vec<Peer>,
    /// Who is reached.
    pub to: Vec<Peer>,
}

/// `export APP[:PORTS], … to TENANT, …`
#[derive(Debug)]
pub struct Export {
    /// What others may do with it.
    pub what: Exported,
    /// By whom; `*` is every tenant.
    pub to: Vec<Name>,
}

/// What an `export` consents to.
#[derive(Debug)]
pub enum Exported {
    /// To be reached.
    Peers(Vec<Peer>),
    /// `host HOST[/PATH], …`: to have paths of this host.
    Hosts(Vec<Text>),
    /// `publish APP, …`: to be published under a host.
    Publish(Vec<Peer>),
}

impl Export {
    /// What may be reached.
    pub fn peers(&self) -> &[Peer] {
        match &self.what {
            Exported::Peers(peers) => peers,
            Exported::Hosts(_) | Exported::Publish(_) => &[],
        }
    }

    /// The peers that are named, whatever for.
    pub fn named(&self) -> &[Peer] {
        match &self.what {
            Exported::Peers(peers) | Exported::Publish(peers) => peers,
            Exported::Hosts(_) => &[],
        }
    }
}

/// `external NAME -> HOST[:PORT]` or `-> IP[:PORT], IP …`
#[derive(Debug)]
pub struct External {
    /// Its name, and that of the Service.
    pub name: Name,
    /// What stands behind it, not yet taken apart.
    pub remotes: Vec<Text>,
}

/// `certificate NAME [issuer I] [secret S] [names HOST, …]`
#[derive(Debug)]
pub struct Certificate {
    /// The group's name.
    pub name: Name,
    /// The issuer, where it is not the platform's.
    pub issuer: Option<Name>,
    /// The Secret, where it is not `NAME-cert`.
    pub secret: Option<Name>,
    /// Names beside those that `expose` adds.
    pub names: Vec<Text>,
}

/// `group NAME = PEER, …`
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub name: Name,
    /// Its members.
    pub peers: Vec<Peer>,
}

/// `ports NAME = PORT, …`
#[derive(Debug)]
pub struct PortsSet {
    /// Its name.
    pub name: Name,
    /// Its members.
    pub ports: Vec<Spanned<PortSpec>>,
}

/// `include "FILE.yaml"`
#[derive(Debug)]
pub struct Include {
    /// The file, relative to the one that includes it.
    pub path: Text,
}

/// `platform { … }`
#[derive(Debug)]
pub struct Platform {
    /// Its facts, in order.
    pub facts: Vec<Fact>,
}

/// One line of `platform`.
#[derive(Debug)]
pub struct Fact {
    /// From its name to its end.
    pub span: Span,
    /// Which fact.
    pub name: Name,
    /// Its words.
    pub items: Vec<Text>,
    /// The values in its braces, for `env`.
    pub values: Vec<(Name, Text)>,
}

/// One end of a rule.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The peer with its ports.
    pub span: Span,
    /// Who.
    pub kind: PeerKind,
    /// `:PORTS`.
    pub ports: Option<Ports>,
}

impl Peer {
    /// A peer that nobody wrote, on these ports; none means without ports.
    pub fn unwritten(kind: PeerKind, ports: Vec<PortSpec>) -> Peer {
        let specs: Vec<_> = ports.into_iter().map(unwritten).collect();
        let ports = (!specs.is_empty()).then_some(Ports { span: UNWRITTEN, specs, sound: true });
        Peer { span: UNWRITTEN, kind, ports }
    }
}

/// `:80,443`
#[derive(Debug, Clone)]
pub struct Ports {
    /// The words behind the colon.
    pub span: Span,
    /// Each port that is sound.
    pub specs: Vec<Spanned<PortSpec>>,
    /// Whether all of them are.
    pub sound: bool,
}

/// Who stands at one end of a rule.
#[derive(Debug, Clone)]
pub enum PeerKind {
    /// A bare word: one of the language's own (`internet`), a group, an external, or an app.
    Word(Name),
    /// Pods of a tenant, here or elsewhere.
    Pods(Place, Selection),
    /// `ingress public`, `ingress private`.
    Ingress(Access),
    /// `10.0.0.0/8 except 10.1.0.0/16`.
    Range(Spanned<IpNet>, Vec<Spanned<IpNet>>),
    /// `dns api.example.com`.
    Dns(Name),
}

/// Whose pods.
#[derive(Debug, Clone)]
pub enum Place {
    /// This tenant's.
    Here,
    /// `team/…`
    Team(Name),
    /// `*/…`
    Every,
    /// `tenants(k=v)/…`
    Labelled(Vec<Requirement>),
}

/// Which pods.
#[derive(Debug, Clone)]
pub enum Selection {
    /// `*`
    All,
    /// An app, written with `./` or behind a tenant.
    App(Name),
    /// `pods(k=v)`
    Labelled(Vec<Requirement>),
}
