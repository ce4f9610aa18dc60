//! The two readers of claims agree: what the model claims is what the objects claim that are made of it.

use crate::{fixture, golden, laws};
use proptest::prelude::*;
use xks_core::Options;
use xks_core::cluster::claims::claims;
use xks_core::cluster::manifests;
use xks_core::edge::claims::Claims;
use xks_core::emit::Format;
use xks_core::model;

/// Builds a workspace and compares, in each environment; returns how much was compared. Objects that ride along are not of
/// the model: the files of theirs are left out.
fn compare(workspace: &fixture::Workspace) -> Result<usize, TestCaseError> {
    let checked = workspace.analysis.checked().expect("a sound workspace");
    let tree = xks_core::build(&workspace.sources, &checked, None, Format::Yaml).expect("a proved build");
    let mut compared = 0;
    for model in &workspace.analysis.workspaces {
        let prefix = model.folder();
        let ours = tree.files.iter().filter(|(path, _)| path.starts_with(&prefix) && !path.contains("/include-"));
        let ours = ours.filter(|(path, _)| !path.ends_with("kustomization.yaml"));
        let texts: Vec<(&str, &str)> =
            ours.map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).expect("UTF-8"))).collect();
        let objects = manifests::read(texts);
        prop_assert_eq!(&objects.faults, &Vec::new());
        let (said, written) = (model::claims(model), claims(&objects, model.platform.edge()));
        same(&said, &written)?;
        compared += said.routes.len() + said.certificates.len() + said.upstreams.len();
    }
    Ok(compared)
}

fn same(said: &Claims, written: &Claims) -> Result<(), TestCaseError> {
    prop_assert_eq!(&said.routes, &written.routes);
    prop_assert_eq!(&said.certificates, &written.certificates);
    prop_assert_eq!(&said.upstreams, &written.upstreams);
    prop_assert_eq!(&said.secrets, &written.secrets);
    Ok(())
}

#[test]
fn claims_of_golden_workspaces_are_those_of_their_objects() {
    let mut compared = 0;
    for (case, expected) in golden::cases() {
        let workspace = golden::workspace(&case, expected);
        compared += compare(&workspace).unwrap_or_else(|why| panic!("{}: {why}", case.display()));
    }
    assert!(compared > 150, "only {compared} claims were compared");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn claims_of_random_workspaces_are_those_of_their_objects(program in laws::programs()) {
        compare(&fixture::analyzed(program.files(laws::Layout::Line), &Options::default()))?;
    }
}

#[test]
fn a_difference_is_seen() {
    let workspace = fixture::workspace("app web port http 80\nexpose web at a.example.com/x tls s\n");
    let said = model::claims(&workspace.analysis.workspaces[0]);
    let mut other = said.clone();
    assert!(same(&said, &other).is_ok());
    other.routes[0].tls = false;
    assert!(same(&said, &other).is_err());
}
