//! What is asked of a workspace: [`questions`] about connections, and what a [`change`] does.

pub mod change;
pub mod questions;
