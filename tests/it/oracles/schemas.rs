//! Makes the table of schemas, `crates/kubernetes/src/validate/schemas.txt`, of the OpenAPI documents that an API server
//! serves. The table holds what the structure of an object is checked against: its fields, their types, the values of
//! enumerations. Descriptions are left out.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Groups and versions whose documents are asked for.
pub(super) const DOCUMENTS: &[&str] = &[
    "api/v1",
    "apis/apps/v1",
    "apis/autoscaling/v1",
    "apis/autoscaling/v2",
    "apis/batch/v1",
    "apis/bitnami.com/v1alpha1",
    "apis/cert-manager.io/v1",
    "apis/discovery.k8s.io/v1",
    "apis/networking.k8s.io/v1",
    "apis/policy/v1",
    "apis/rbac.authorization.k8s.io/v1",
];

/// The kinds of the table, by group, version and name.
const KINDS: &[(&str, &str, &str)] = &[
    ("", "v1", "ConfigMap"),
    ("", "v1", "Endpoints"),
    ("", "v1", "LimitRange"),
    ("", "v1", "Namespace"),
    ("", "v1", "PersistentVolumeClaim"),
    ("", "v1", "Pod"),
    ("", "v1", "ReplicationController"),
    ("", "v1", "ResourceQuota"),
    ("", "v1", "Secret"),
    ("", "v1", "Service"),
    ("", "v1", "ServiceAccount"),
    ("apps", "v1", "DaemonSet"),
    ("apps", "v1", "Deployment"),
    ("apps", "v1", "ReplicaSet"),
    ("apps", "v1", "StatefulSet"),
    ("autoscaling", "v1", "HorizontalPodAutoscaler"),
    ("autoscaling", "v2", "HorizontalPodAutoscaler"),
    ("batch", "v1", "CronJob"),
    ("batch", "v1", "Job"),
    ("bitnami.com", "v1alpha1", "SealedSecret"),
    ("cert-manager.io", "v1", "Certificate"),
    ("cert-manager.io", "v1", "Issuer"),
    ("discovery.k8s.io", "v1", "EndpointSlice"),
    ("networking.k8s.io", "v1", "Ingress"),
    ("networking.k8s.io", "v1", "NetworkPolicy"),
    ("policy", "v1", "PodDisruptionBudget"),
    ("rbac.authorization.k8s.io", "v1", "Role"),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding"),
];

/// Fields that the documents call required, and that the API server does without.
const DISPENSABLE: &[(&str, &str)] = &[("EndpointSlice", "endpoints"), ("ForZone", "name")];

/// The table, of all documents.
pub(super) fn table(documents: &[Value]) -> String {
    let mut schemas = BTreeMap::new();
    for document in documents {
        let found = document.pointer("/components/schemas").and_then(Value::as_object).expect("a document has schemas");
        schemas.extend(found.iter().map(|(name, schema)| (name.clone(), schema.clone())));
    }
    let mut table = Table {
        names: short_names(&schemas),
        schemas,
        types: BTreeMap::new(),
        scalars: BTreeMap::new(),
        custom: false,
    };
    let mut kinds = BTreeMap::new();
    for (name, schema) in table.schemas.clone() {
        let versions = schema.get("x-kubernetes-group-version-kind").and_then(Value::as_array);
        for version in versions.into_iter().flatten() {
            let word = |key: &str| version.get(key).and_then(Value::as_str).unwrap_or_default();
            let known = KINDS.iter().find(|known| **known == (word("group"), word("version"), word("kind")));
            if let Some((group, version, kind)) = known {
                let api_version = if group.is_empty() { (*version).to_string() } else { format!("{group}/{version}") };
                kinds.insert((api_version, *kind), table.named(&name));
            }
        }
    }
    assert_eq!(kinds.len(), KINDS.len(), "some kinds are in no document: {kinds:?}");
    let mut out = String::new();
    for ((api_version, kind), name) in kinds {
        writeln!(out, "kind {api_version} {kind} {name}").unwrap();
    }
    for (name, scalar) in table.scalars {
        writeln!(out, "scalar {name} {scalar}").unwrap();
    }
    for (name, (word, fields)) in table.types {
        writeln!(out, "{word} {name}").unwrap();
        fields.iter().for_each(|field| writeln!(out, " {field}").unwrap());
    }
    out
}

/// The last part of each name, with what goes before it where that alone would be ambiguous.
fn short_names(schemas: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let short = |name: &str, parts: usize| {
        let all: Vec<&str> = name.split('.').collect();
        all[all.len().saturating_sub(parts)..].join(".")
    };
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    schemas.keys().for_each(|name| *taken.entry(short(name, 1)).or_default() += 1);
    let name = |name: &String| if taken[&short(name, 1)] > 1 { short(name, 3) } else { short(name, 1) };
    schemas.keys().map(|long| (long.clone(), name(long))).collect()
}

struct Table {
    schemas: BTreeMap<String, Value>,
    /// Long names to those of the table.
    names: BTreeMap<String, String>,
    /// By name: `type` for one of Kubernetes itself, `custom` for one of a CustomResourceDefinition, `open` for such a one that
    /// takes further fields; and the fields.
    types: BTreeMap<String, (&'static str, Vec<String>)>,
    scalars: BTreeMap<String, String>,
    /// Whether the type that is written is one of a CustomResourceDefinition.
    custom: bool,
}

impl Table {
    /// The name in the table of a schema, which is put there with all that it refers to.
    fn named(&mut self, long: &str) -> String {
        let word = match long.rsplit('.').next().unwrap_or(long) {
            "IntOrString" => "port",
            "Quantity" => "quantity",
            "Time" | "MicroTime" => "time",
            "RawExtension" | "FieldsV1" | "JSON" => "any",
            _ => "",
        };
        if !word.is_empty() {
            return word.to_string();
        }
        let name = self.names[long].clone();
        let schema = self.schemas[long].clone();
        if schema.get("properties").is_none() {
            return self.word(&schema, &name);
        }
        let outer = std::mem::replace(&mut self.custom, !long.starts_with("io.k8s."));
        self.object(&schema, &name);
        self.custom = outer;
        name
    }

    fn object(&mut self, schema: &Value, name: &str) {
        if self.types.contains_key(name) {
            return;
        }
        let open = schema.get("x-kubernetes-preserve-unknown-fields").and_then(Value::as_bool) == Some(true);
        let word = if open {
            "open"
        } else if self.custom {
            "custom"
        } else {
            "type"
        };
        self.types.insert(name.to_string(), (word, Vec::new()));
        let listed = schema.get("required").and_then(Value::as_array);
        let required: BTreeSet<&str> = listed.into_iter().flatten().filter_map(Value::as_str).collect();
        let mut fields = Vec::new();
        for (field, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let dispensable = DISPENSABLE.contains(&(name, field));
            let mark = if required.contains(field.as_str()) && !dispensable { "!" } else { "" };
            fields.push(format!("{field}{mark} {}", self.word(schema, &format!("{name}.{field}"))));
        }
        fields.sort();
        self.types.insert(name.to_string(), (word, fields));
    }

    /// The word for what a schema admits. `name` is for what has no name of its own.
    fn word(&mut self, schema: &Value, name: &str) -> String {
        if let Some(one) = schema.get("allOf").and_then(|all| all.get(0)) {
            return self.word(one, name);
        }
        if let Some(link) = schema.get("$ref").and_then(Value::as_str) {
            return self.named(link.rsplit('/').next().unwrap_or(link));
        }
        let is = |key: &str| schema.get(key).and_then(Value::as_bool) == Some(true);
        if is("x-kubernetes-int-or-string") {
            return "port".to_string();
        }
        let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
        match (text("type"), text("format")) {
            ("string", "byte") => "bytes".to_string(),
            ("string", "date-time") => "time".to_string(),
            ("string", "int-or-string") => "port".to_string(),
            ("string", _) => self.scalar(schema, "string", name),
            ("integer", "int64") => self.scalar(schema, "int64", name),
            ("integer", _) => self.scalar(schema, "int32", name),
            ("number", _) => "number".to_string(),
            ("boolean", _) => "bool".to_string(),
            ("array", _) => {
                let items = self.word(schema.get("items").expect("a list has items"), &format!("{name}.item"));
                let keys = schema.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
                let keys: Vec<&str> = keys.into_iter().flatten().filter_map(Value::as_str).collect();
                let by = if keys.is_empty() { String::new() } else { format!("/{}", keys.join(",")) };
                format!("[{items}]{by}")
            }
            ("object", _) if schema.get("properties").is_some() => {
                self.object(schema, name);
                name.to_string()
            }
            ("object", _) => match schema.get("additionalProperties").filter(|values| values.is_object()) {
                Some(values) => format!("{{{}}}", self.word(values, &format!("{name}.value"))),
                None => "any".to_string(),
            },
            _ => "any".to_string(),
        }
    }

    /// A scalar, with what it is held to besides its type.
    fn scalar(&mut self, schema: &Value, word: &str, name: &str) -> String {
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let mut values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            values.sort_unstable();
            assert!(values.iter().all(|value| !value.contains('_')), "a blank is written `_`: {values:?}");
            // What is empty counts as missing, but in custom resources.
            let empty = if self.custom || values.contains(&"") { "" } else { "|" };
            return format!("{word}:{empty}{}", values.join("|").replace(' ', "_"));
        }
        let mut held = String::new();
        for key in ["minimum", "maximum", "minLength", "maxLength", "pattern"] {
            match schema.get(key) {
                Some(Value::String(text)) => write!(held, " {key} {text}").unwrap(),
                Some(other) => write!(held, " {key} {other}").unwrap(),
                None => {}
            }
        }
        if held.is_empty() {
            return word.to_string();
        }
        self.scalars.insert(name.to_string(), format!("{word}{held}"));
        name.to_string()
    }
}
