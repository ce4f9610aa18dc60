//! Any file of manifests is read without a panic, and the fast reader reads what the general one reads.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xks_core::cluster::claims::claims;
use xks_core::cluster::manifests::{Reader, read, read_by};
use xks_core::edge::Edge;

fuzz_target!(|text: &str| {
    let file = [("cluster.yaml", text)];
    let objects = read(file);
    assert_eq!(objects, read_by(Reader::General, file), "the readers differ");
    claims(&objects, Edge::Nginx);
    let values = xks_core::yaml::values(text);
    assert_eq!(values.is_err(), xks_core::yaml::documents(text, 1).1.is_some());
});
