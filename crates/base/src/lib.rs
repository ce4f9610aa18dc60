//! What every other room uses: [`source`], [`diagnostics`], [`values`] and [`parallel`].

pub mod diagnostics;
pub mod parallel;
pub mod source;
pub mod values;
