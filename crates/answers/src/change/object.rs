//! Objects that came, went or changed, field by field.

use serde_json::Value;
use std::collections::BTreeMap;
use xks_base::parallel;
use xks_kubernetes::cluster::manifests::split;
use xks_kubernetes::{stored, yaml};

/// An object that differs between the sides.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectChange {
    /// Its namespace; empty for an object that is in none.
    pub namespace: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The file that it is in, or was.
    pub path: String,
    /// What it was; `None` if it came.
    pub old: Option<Value>,
    /// What it is; `None` if it went.
    pub new: Option<Value>,
    /// What the comment above it said.
    pub old_comment: Option<String>,
    /// What the comment above it says.
    pub new_comment: Option<String>,
    /// What changed of it, if it was there and is; in the order of its fields.
    pub fields: Vec<Field>,
}

impl ObjectChange {
    /// `NetworkPolicy shop/allow-web-to-internet`
    pub fn title(&self) -> String {
        let ObjectChange { kind, namespace, name, .. } = self;
        if namespace.is_empty() { format!("{kind} {name}") } else { format!("{kind} {namespace}/{name}") }
    }
}

/// A field that differs: at least one of both values is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// `spec.egress[0].ports[0].port`; of an item of a list where it stands now, or stood if it went.
    pub path: String,
    /// What it was.
    pub old: Option<Value>,
    /// What it is.
    pub new: Option<Value>,
}

/// What tells an object from others: its API group, so that a new version of its API is a changed field, kind, and names.
type Key = (String, String, String, String);

/// An object as it was read.
struct Found {
    path: String,
    /// What the comment above it says.
    comment: Option<String>,
    value: Value,
}

/// Compares the objects of files, given as paths and bytes. Files of the same path and bytes are not read.
pub(super) fn changes(old: &[(String, Vec<u8>)], new: &[(String, Vec<u8>)]) -> Vec<ObjectChange> {
    let index = |files: &'_ [(String, Vec<u8>)]| -> BTreeMap<String, usize> {
        files.iter().enumerate().map(|(at, (path, _))| (path.clone(), at)).collect()
    };
    let (in_old, in_new) = (index(old), index(new));
    let same = |(path, bytes): &(String, Vec<u8>), at: &BTreeMap<String, usize>, files: &[(String, Vec<u8>)]| {
        at.get(path).and_then(|at| files.get(*at)).is_some_and(|(_, other)| other == bytes)
    };
    let was = read(old.iter().filter(|file| !same(file, &in_new, new)));
    let mut is = read(new.iter().filter(|file| !same(file, &in_old, old)));
    let mut out = Vec::new();
    for (key, old) in was {
        match is.remove(&key) {
            Some(new) if new.value == old.value => {}
            Some(new) => {
                let mut fields = Vec::new();
                compare(&mut String::new(), &old.value, &new.value, &mut fields);
                out.push(change(key, Some(old), Some(new), fields));
            }
            None => out.push(change(key, Some(old), None, Vec::new())),
        }
    }
    out.extend(is.into_iter().map(|(key, new)| change(key, None, Some(new), Vec::new())));
    out.sort_by(|a, b| (&a.namespace, &a.kind, &a.name).cmp(&(&b.namespace, &b.kind, &b.name)));
    out
}

/// How a file of one object without a name differs, if it does; it goes by its path.
pub(super) fn file_change(path: &str, old: Option<&[u8]>, new: Option<&[u8]>) -> Option<ObjectChange> {
    let read = |bytes: &[u8]| -> Value {
        let documents = yaml::values(&String::from_utf8_lossy(bytes)).unwrap_or_default();
        documents.into_iter().next().unwrap_or_default()
    };
    let (old, new) = (old.map(read), new.map(read));
    if old == new {
        return None;
    }
    let mut fields = Vec::new();
    if let (Some(old), Some(new)) = (&old, &new) {
        compare(&mut String::new(), old, new, &mut fields);
    }
    let kind = old.as_ref().or(new.as_ref()).and_then(|value| value["kind"].as_str()).unwrap_or("Kustomization");
    Some(ObjectChange {
        namespace: String::new(),
        kind: kind.to_string(),
        name: path.to_string(),
        path: path.to_string(),
        old,
        new,
        old_comment: None,
        new_comment: None,
        fields,
    })
}

fn change(key: Key, old: Option<Found>, new: Option<Found>, fields: Vec<Field>) -> ObjectChange {
    let (namespace, kind, _, name) = key;
    let path = new.as_ref().or(old.as_ref()).map(|found| found.path.clone()).unwrap_or_default();
    let split = |found: Option<Found>| found.map_or((None, None), |found| (Some(found.value), found.comment));
    let ((old, old_comment), (new, new_comment)) = (split(old), split(new));
    ObjectChange { namespace, kind, name, path, old, new, old_comment, new_comment, fields }
}

/// The objects of files; of those that stand twice, the last. What is no object, such as a kustomization, is left out.
fn read<'a>(files: impl Iterator<Item = &'a (String, Vec<u8>)>) -> BTreeMap<Key, Found> {
    let files: Vec<&(String, Vec<u8>)> = files.collect();
    parallel::map(&files, 16, |(path, bytes)| objects(path, bytes)).into_iter().flatten().collect()
}

fn objects(path: &str, bytes: &[u8]) -> Vec<(Key, Found)> {
    let text = String::from_utf8_lossy(bytes);
    let mut out = Vec::new();
    for (_, _, document) in split(&text) {
        let comment = comment(document);
        let mut waiting = yaml::values(document).unwrap_or_default();
        waiting.reverse();
        while let Some(mut value) = waiting.pop() {
            let is_list = value["kind"].as_str().is_some_and(|kind| kind.ends_with("List"));
            if let Some(items) = value.get_mut("items").and_then(Value::as_array_mut).filter(|_| is_list) {
                waiting.extend(items.drain(..).rev());
                continue;
            }
            let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
            let name = text(&value["metadata"]["name"]);
            if name.is_empty() {
                continue;
            }
            let api_version = text(&value["apiVersion"]);
            let group = api_version.rsplit_once('/').map_or("", |(group, _)| group).to_string();
            stored::as_written(&mut value);
            let key = (text(&value["metadata"]["namespace"]), text(&value["kind"]), group, name);
            out.push((key, Found { path: path.to_string(), comment: comment.clone(), value }));
        }
    }
    out
}

/// The comment that a document starts with.
fn comment(document: &str) -> Option<String> {
    let lines = document.lines().skip_while(|line| line.starts_with("---"));
    let comment: Vec<&str> = lines.map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
    (!comment.is_empty()).then(|| comment.join(" "))
}

fn compare(path: &mut String, old: &Value, new: &Value, out: &mut Vec<Field>) {
    let length = path.len();
    match (old, new) {
        (Value::Object(was), Value::Object(is)) => {
            for (key, old) in was {
                enter(path, key);
                match is.get(key) {
                    Some(new) => compare(path, old, new, out),
                    None => out.push(Field { path: path.clone(), old: Some(old.clone()), new: None }),
                }
                path.truncate(length);
            }
            for (key, new) in is.iter().filter(|(key, _)| !was.contains_key(*key)) {
                enter(path, key);
                out.push(Field { path: path.clone(), old: None, new: Some(new.clone()) });
                path.truncate(length);
            }
        }
        (Value::Array(was), Value::Array(is)) => {
            for (old, new) in pairs(was, is) {
                let at = new.or(old).map_or(0, |(at, _)| at);
                path.push_str(&format!("[{at}]"));
                match (old, new) {
                    (Some((_, old)), Some((_, new))) => compare(path, old, new, out),
                    (old, new) => {
                        let value = |side: Option<(usize, &Value)>| side.map(|(_, value)| value.clone());
                        out.push(Field { path: path.clone(), old: value(old), new: value(new) });
                    }
                }
                path.truncate(length);
            }
        }
        _ if old == new => {}
        _ => out.push(Field { path: path.clone(), old: Some(old.clone()), new: Some(new.clone()) }),
    }
}

/// Goes into a field: `.name`, or `["app.kubernetes.io/name"]` where a dot in it would mislead.
fn enter(path: &mut String, key: &str) {
    if key.contains(['.', '/', '[', ' ']) {
        path.push_str(&format!("[{}]", Value::from(key)));
    } else {
        path.push_str(if path.is_empty() { "" } else { "." });
        path.push_str(key);
    }
}

type Item<'a> = Option<(usize, &'a Value)>;

/// Which items of two lists belong together: equal ones wherever they stand, then those that go by the same name, then what
/// is left in its order. What is left are plain values only if no further one would fit: `- a` and `+ b` say more than `a -> b`
/// in a list that is a set.
fn pairs<'a>(was: &'a [Value], is: &'a [Value]) -> Vec<(Item<'a>, Item<'a>)> {
    let mut old: Vec<(usize, &Value)> = was.iter().enumerate().collect();
    let mut new: Vec<(usize, &Value)> = is.iter().enumerate().collect();
    let mut out: Vec<(Item<'_>, Item<'_>)> = Vec::new();
    let mut take = |old: &mut Vec<(usize, &'a Value)>, fits: &dyn Fn(&Value, &Value) -> bool, keep: bool| {
        old.retain(|item| {
            let found = new.iter().position(|(_, candidate)| fits(item.1, candidate));
            let Some(found) = found else { return true };
            let partner = new.remove(found);
            if keep {
                out.push((Some(*item), Some(partner)));
            }
            false
        });
    };
    take(&mut old, &|a, b| a == b, false);
    take(&mut old, &|a, b| identity(a).is_some_and(|name| Some(name) == identity(b)), true);
    take(
        &mut old,
        &|a, b| (a.is_object() && b.is_object() && identity(a).is_none()) || (a.is_array() && b.is_array()),
        true,
    );
    out.extend(old.into_iter().map(|item| (Some(item), None)));
    out.extend(new.into_iter().map(|item| (None, Some(item))));
    out.sort_by_key(|(old, new)| (new.or(*old).map(|(at, _)| at), new.is_some()));
    out
}

/// What an item of a list goes by.
fn identity(item: &Value) -> Option<&str> {
    ["name", "host", "path", "secretName", "ip"].into_iter().find_map(|key| item.get(key)?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(old: Value, new: Value) -> Vec<String> {
        let mut out = Vec::new();
        compare(&mut String::new(), &old, &new, &mut out);
        let word = |value: &Option<Value>| value.as_ref().map_or("nothing".to_string(), Value::to_string);
        out.iter().map(|field| format!("{}: {} -> {}", field.path, word(&field.old), word(&field.new))).collect()
    }

    #[test]
    fn a_field_is_named_by_its_path() {
        let policy = |port: u16| json!({"spec": {"egress": [{"ports": [{"protocol": "TCP", "port": port}]}]}});
        assert_eq!(fields(policy(80), policy(443)), ["spec.egress[0].ports[0].port: 80 -> 443"]);
        let old = json!({"metadata": {"annotations": {"example.com/a": "1"}}});
        let new = json!({"metadata": {"annotations": {}}});
        assert_eq!(fields(old, new), ["metadata.annotations[\"example.com/a\"]: \"1\" -> nothing"]);
    }

    #[test]
    fn the_order_of_a_list_does_not_count() {
        assert_eq!(fields(json!(["a", "b"]), json!(["b", "a"])), [""; 0]);
        assert_eq!(fields(json!(["a", "b"]), json!(["c", "b"])), ["[0]: \"a\" -> nothing", "[0]: nothing -> \"c\""]);
        let rule = |host: &str, path: &str| json!({"host": host, "path": path});
        let (old, new) = (json!([rule("a", "/"), rule("b", "/")]), json!([rule("b", "/x"), rule("a", "/")]));
        assert_eq!(fields(old, new), ["[0].path: \"/\" -> \"/x\""]);
    }
}
