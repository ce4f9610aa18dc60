//! The protocol that a controller speaks to a backend.

/// The protocol that a controller speaks to a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BackendProtocol {
    Http,
    Https,
    Grpc,
    Grpcs,
}

impl BackendProtocol {
    /// All of them.
    pub const ALL: [BackendProtocol; 4] =
        [BackendProtocol::Http, BackendProtocol::Https, BackendProtocol::Grpc, BackendProtocol::Grpcs];

    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            BackendProtocol::Http => "http",
            BackendProtocol::Https => "https",
            BackendProtocol::Grpc => "grpc",
            BackendProtocol::Grpcs => "grpcs",
        }
    }

    /// Whether it is spoken over TLS.
    pub fn is_encrypted(self) -> bool {
        matches!(self, BackendProtocol::Https | BackendProtocol::Grpcs)
    }
}
