//! From the model to files: [`lower`] makes objects, [`emit`] writes them, and [`prove`] reads them back.

pub mod emit;
pub mod lower;
pub mod prove;
