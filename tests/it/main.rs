//! One binary of integration tests: fixtures are found by walking folders, expectations are rewritten by `BLESS=1`.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "tests read files and run programs"
)]

mod again;
mod border;
mod claims;
mod cli;
mod cluster;
mod diff;
mod docs;
mod fixture;
mod forged;
mod gate;
mod golden;
mod graph;
mod k8s;
mod laws;
mod manifests;
mod oracles;
mod output;
mod ownership;
mod pipeline;
mod proof;
mod questions;
mod reach;
mod repository;
mod revision;
mod tidy;
mod ui;
mod verify;
