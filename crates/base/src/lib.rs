//! What every other room uses: [`source`], [`diagnostics`] and [`values`].

pub mod diagnostics;
pub mod source;
pub mod values;
