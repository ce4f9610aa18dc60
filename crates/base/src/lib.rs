//! What every other room uses: [`source`], [`diagnostics`], [`values`], [`parallel`] and [`escape`].

pub mod diagnostics;
pub mod escape;
pub mod parallel;
pub mod source;
pub mod values;
