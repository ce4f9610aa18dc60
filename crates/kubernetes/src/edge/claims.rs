//! What objects lay claim to that somebody else could want too: hosts and paths, certificates, upstreams, Secrets. The same
//! nouns are made of anybody's objects ([`crate::cluster::claims`]) and of the model of a workspace, and a test holds the
//! two equal for everything that is built.

use super::Behavior;
use smol_str::SmolStr;
use std::net::IpAddr;
use std::sync::Arc;
use xks_base::values::port::Protocol;

/// Everything that some objects claim, each list sorted and without repetitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Hosts and paths.
    pub routes: Vec<Route>,
    /// Names in certificates.
    pub certificates: Vec<Certificate>,
    /// What Services lead to.
    pub upstreams: Vec<Upstream>,
    /// Secrets that are read or written.
    pub secrets: Vec<Secret>,
}

impl Claims {
    /// Sorts what was gathered.
    pub fn sorted(mut self) -> Claims {
        self.routes.sort_by(|a, b| a.order().cmp(&b.order()));
        self.certificates.sort();
        self.certificates.dedup();
        self.upstreams.sort();
        self.upstreams.dedup();
        self.secrets.sort();
        self.secrets.dedup();
        self
    }
}

/// Who claims something: an object by its namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Claimant {
    /// The namespace.
    pub namespace: SmolStr,
    /// The name.
    pub name: SmolStr,
}

/// A host and path that a controller serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The Ingress.
    pub by: Claimant,
    /// The class, which tells the controller; the default class without one.
    pub class: Option<SmolStr>,
    /// The host, perhaps with a leading `*.`; without one, every host that no other route names.
    pub host: Option<SmolStr>,
    /// The path; `/` is all of the host.
    pub path: SmolStr,
    /// How the path is compared.
    pub path_match: PathMatch,
    /// Where requests go; `None` is something other than a Service.
    pub backend: Option<Backend>,
    /// Whether a certificate is served for the host.
    pub tls: bool,
    /// How requests are treated.
    pub behavior: Arc<Behavior>,
}

impl Route {
    /// What tells routes apart, in the order in which they are listed.
    fn order(&self) -> (&Claimant, &Option<SmolStr>, &SmolStr, PathMatch, &Option<Backend>) {
        (&self.by, &self.host, &self.path, self.path_match, &self.backend)
    }
}

/// How a path is compared with that of a request; in the order of the names that the API has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathMatch {
    /// The same path.
    Exact,
    /// As the controller likes, which means a regular expression where it reads one.
    Controller,
    /// The same path, or one below it.
    Prefix,
}

impl PathMatch {
    /// The `pathType` of that name.
    pub fn of(path_type: &str) -> PathMatch {
        match path_type {
            "Exact" => PathMatch::Exact,
            "Prefix" => PathMatch::Prefix,
            _ => PathMatch::Controller,
        }
    }

    /// The `pathType` as the API names it.
    pub fn path_type(self) -> &'static str {
        match self {
            PathMatch::Exact => "Exact",
            PathMatch::Prefix => "Prefix",
            PathMatch::Controller => "ImplementationSpecific",
        }
    }
}

/// A Service and its port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Backend {
    /// The Service, in the namespace of whoever names it.
    pub service: SmolStr,
    /// Its port.
    pub port: BackendPort,
}

/// A Service's port as an Ingress names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BackendPort {
    Name(SmolStr),
    Number(u16),
}

/// The names of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certificate {
    /// The Certificate.
    pub by: Claimant,
    /// Its DNS names, sorted.
    pub names: Vec<SmolStr>,
    /// The Secret that it is written to.
    pub secret: SmolStr,
    /// Its issuer: kind and name.
    pub issuer: (SmolStr, SmolStr),
}

/// What a Service leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Upstream {
    /// The Service.
    pub by: Claimant,
    /// What stands behind it.
    pub to: Behind,
    /// Its ports: number at the Service, protocol, and the pods' port where it has another number.
    pub ports: Vec<(u16, Protocol, Option<u16>)>,
}

/// What stands behind a Service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behind {
    /// Pods with these labels.
    Pods(Vec<(SmolStr, SmolStr)>),
    /// A DNS name.
    Name(SmolStr),
    /// Addresses, sorted; none where nobody has written any.
    Addresses(Vec<IpAddr>),
}

/// A Secret that something reads or writes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret {
    /// Who: kind, namespace and name.
    pub by: (&'static str, Claimant),
    /// The namespace of the Secret.
    pub namespace: SmolStr,
    /// Its name.
    pub name: SmolStr,
}

/// The Secrets that an exposure of a namespace reads for what its behavior asks: as `NAMESPACE/NAME`, or a name alone.
pub fn secrets_of(behavior: &Behavior, namespace: &SmolStr) -> Vec<(SmolStr, SmolStr)> {
    let named = |text: &SmolStr| match text.split_once('/') {
        Some((namespace, name)) => (SmolStr::new(namespace), SmolStr::new(name)),
        None => (namespace.clone(), text.clone()),
    };
    let verification = behavior.upstream.verification.as_ref().map(|verification| &verification.secret);
    let password = behavior.authentication.password.as_ref().map(|password| &password.secret);
    verification.into_iter().chain(password).map(named).collect()
}
