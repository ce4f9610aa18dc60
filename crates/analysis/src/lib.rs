//! From statements to what they mean: [`names`], [`check`] and [`lints`] fill the nouns of [`model`].

pub mod check;
pub mod lints;
pub mod model;
pub mod names;
