//! One binary of integration tests: fixtures are found by walking folders, expectations are rewritten by `BLESS=1`.

mod cli;
mod docs;
mod fixture;
mod golden;
mod tidy;
mod ui;
