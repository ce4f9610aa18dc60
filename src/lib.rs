//! xks: networking intents of tenants on a default-deny Kubernetes platform, compiled to the YAML that a cluster accepts.

extern crate alloc; // the parser that pest derives names it

pub mod diagnostics;
pub mod source;
pub mod syntax;
pub mod values;
