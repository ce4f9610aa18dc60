//! The lean types of `xks_core::k8s` against the types of the same name in `k8s-openapi`: whatever field one of ours writes,
//! theirs reads and writes back. Theirs pass over fields that they do not know, so a misspelt or misplaced one is missing
//! from what comes back. Certificates, of which `k8s-openapi` knows nothing, are held against cert-manager in `oracles`.

use super::maximal;
use crate::{fixture, laws};
use k8s_openapi::api::core::v1::{Endpoints, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::{Ingress, NetworkPolicy};
use serde_json::Value;
use xks_core::emit::Format;

/// Reads an object as Kubernetes does and writes it again.
fn there_and_back<T: serde::de::DeserializeOwned + serde::Serialize>(object: &Value) -> Result<Value, String> {
    let read: T = serde_json::from_value(object.clone()).map_err(|error| format!("{error}\n{object:#}"))?;
    Ok(serde_json::to_value(read).expect("what was read can be written"))
}

/// What is wrong with an object in the eyes of `k8s-openapi`.
fn complaint(object: &Value) -> Option<String> {
    let kind = (object["apiVersion"].as_str().unwrap_or_default(), object["kind"].as_str().unwrap_or_default());
    let back = match kind {
        ("networking.k8s.io/v1", "NetworkPolicy") => there_and_back::<NetworkPolicy>(object),
        ("networking.k8s.io/v1", "Ingress") => there_and_back::<Ingress>(object),
        ("v1", "Service") => there_and_back::<Service>(object),
        ("v1", "Endpoints") => there_and_back::<Endpoints>(object),
        ("discovery.k8s.io/v1", "EndpointSlice") => there_and_back::<EndpointSlice>(object),
        ("cert-manager.io/v1", "Certificate") => return None,
        other => Err(format!("the compiler writes no {other:?}")),
    };
    match back {
        Err(error) => Some(error),
        Ok(back) if back == *object => None,
        Ok(back) => {
            let (ours, theirs) = (format!("{object:#}"), format!("{back:#}"));
            Some(similar::TextDiff::from_lines(&ours, &theirs).unified_diff().header("ours", "k8s-openapi").to_string())
        }
    }
}

#[test]
fn a_maximal_object_of_each_kind_is_read_and_written_back() {
    fixture::report(
        maximal().iter().filter_map(|object| complaint(&serde_json::to_value(object).expect("JSON"))).collect(),
    );
}

#[test]
fn a_misspelt_or_misplaced_field_would_be_found() {
    for object in maximal() {
        let object = serde_json::to_value(object).expect("JSON");
        if object["kind"] == "Certificate" {
            continue;
        }
        let mut misspelt = object.clone();
        misspelt["metadata"]["label"] = misspelt["metadata"]["labels"].take();
        assert!(complaint(&misspelt).is_some(), "{misspelt:#}");
        let mut misplaced = object.clone();
        misplaced["policyTypes"] = Value::Array(Vec::new());
        assert!(complaint(&misplaced).is_some(), "{misplaced:#}");
    }
}

#[test]
fn every_object_of_random_workspaces_is_read_and_written_back() {
    let mut complaints = Vec::new();
    for program in laws::samples(100) {
        for (path, bytes) in laws::built(program.files(laws::Layout::Line), Format::Json).expect("a sound workspace") {
            if !path.ends_with(".json") {
                continue;
            }
            let list: Value = serde_json::from_slice(&bytes).expect("JSON");
            complaints.extend(list["items"].as_array().expect("a list").iter().filter_map(complaint));
        }
    }
    fixture::report(complaints);
}
