//! Kubernetes alone, without the language: the reader of YAML ([`yaml`]), the objects that are written ([`k8s`]), the controllers
//! that publish hosts ([`edge`]), and what
//! anybody's objects permit ([`cluster`]).

pub mod cluster;
pub mod edge;
pub mod k8s;
pub mod kinds;
pub mod stored;
pub mod validate;
pub mod yaml;
