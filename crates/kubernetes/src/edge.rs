//! The controllers at the edge of the cluster, which publish hosts: the words that they share, and what each can do. A
//! controller's own words (annotations) are known in its own room, such as [`nginx`], and nowhere else.

pub mod claims;
pub mod nginx;

use ipnet::IpNet;
use smol_str::SmolStr;
use xks_base::values::backend::BackendProtocol;

/// A controller that publishes hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// ingress-nginx.
    Nginx,
}

/// What a statement may ask of a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// A regular expression for a path, with or without `exact`.
    Regex {
        /// Whether the path is to match exactly.
        exact: bool,
    },
    /// The verification of an upstream's certificate; `None` is an upstream whose protocol is not stated.
    Verification(Option<BackendProtocol>),
    /// A limit of connections beside one of requests a second.
    BothLimits,
}

/// Whether a controller can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It can.
    Yes,
    /// It cannot: why, as a sentence without a full stop.
    No(&'static str),
}

/// Whether a controller has a feature. Everything that depends on the controller is asked here.
pub fn supports(edge: Edge, feature: Feature) -> Support {
    match edge {
        Edge::Nginx => nginx::supports(feature),
    }
}

/// How requests to an exposure are treated, in words that every controller shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behavior {
    /// Who may come.
    pub clients: Clients,
    /// How much one client address may ask for.
    pub limits: Limits,
    /// What a path is rewritten to.
    pub rewrite: Option<SmolStr>,
    /// Whether paths are regular expressions by themselves, without a rewrite.
    pub regex: bool,
    /// Where every request is redirected to, for good.
    pub redirect: Option<SmolStr>,
    /// The connection to the backend.
    pub upstream: Upstream,
    /// Who has to prove who they are.
    pub authentication: Authentication,
    /// How long a silent backend is waited for.
    pub timeouts: Timeouts,
    /// The greatest body of a request, as the controller writes it.
    pub body: Option<SmolStr>,
    /// What a user wrote in the controller's own words: key without prefix, and value; sorted by key. Of what stands here,
    /// the fields above say what it means, if they have a place for it.
    pub extras: Vec<(SmolStr, SmolStr)>,
}

/// Who may come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clients {
    /// The only addresses that may; `None` means all. An empty list admits nobody.
    pub allowed: Option<Vec<IpNet>>,
    /// The addresses that may not, even if they are allowed. `None` means none; a list that the controller cannot read
    /// shuts out everybody, and is every address here.
    pub denied: Option<Vec<IpNet>>,
}

/// How much one client address may ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Requests in flight.
    pub connections: Option<u32>,
    /// Requests a second.
    pub requests_per_second: Option<u32>,
}

/// The connection to the backend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// The protocol; `None` where it is not stated.
    pub protocol: Option<BackendProtocol>,
    /// The `Host` that the backend is asked for; `None` passes on that of the request.
    pub host_header: Option<SmolStr>,
    /// How the backend's certificate is verified, if it is.
    pub verification: Option<Verification>,
}

/// How a backend's certificate is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The Secret with the authority, as `NAMESPACE/NAME`.
    pub secret: SmolStr,
    /// Whether the name is sent when the connection is opened (SNI).
    pub server_name: bool,
    /// The name that the certificate is to be for; `None` is a name that the controller makes up.
    pub name: Option<SmolStr>,
}

/// Who has to prove who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// The Secret with users and passwords, and the scheme (`basic`, `digest`).
    pub password: Option<Password>,
    /// The URL that decides about each request.
    pub external: Option<SmolStr>,
}

/// Users and their passwords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Password {
    /// `basic` or `digest`.
    pub scheme: SmolStr,
    /// The Secret, as it is written.
    pub secret: SmolStr,
}

/// How long a silent backend is waited for, in seconds; `None` is the controller's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// For its next bytes.
    pub read: Option<u32>,
    /// For it to take the next bytes.
    pub send: Option<u32>,
}
