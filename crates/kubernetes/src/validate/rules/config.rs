//! `ConfigMap` and `Secret`

use super::super::Found;
use crate::yaml::Node;

/// How many bytes the values hold at most.
const SIZE: usize = 1024 * 1024;

pub(super) fn config_map<'n>(found: &mut Found<'n>, node: &'n Node<'n>) {
    let data = node.get("data").map_or(&[][..], Node::entries);
    for (key, value) in node.get("binaryData").map_or(&[][..], Node::entries) {
        if data.iter().any(|(known, _)| known == key) {
            found.refuse(value, "has a key that `data` has too");
        }
    }
    keys(found, node, &["data", "binaryData"]);
}

pub(super) fn secret<'n>(found: &mut Found<'n>, node: &'n Node<'n>) {
    keys(found, node, &["data", "stringData"]);
    let has = |key: &str| {
        ["data", "stringData"].iter().any(|field| node.get(field).is_some_and(|data| data.entry(key).is_some()))
    };
    let wanted: &[&str] = match node.get("type").and_then(Node::as_str) {
        Some("kubernetes.io/tls") => &["tls.crt", "tls.key"],
        Some("kubernetes.io/dockerconfigjson") => &[".dockerconfigjson"],
        Some("kubernetes.io/dockercfg") => &[".dockercfg"],
        Some("kubernetes.io/ssh-auth") => &["ssh-privatekey"],
        Some("kubernetes.io/basic-auth") if !has("username") => &["password"],
        _ => &[],
    };
    for key in wanted.iter().filter(|key| !has(key)) {
        found.lacks(node, "data", format!("lacks `{key}`, which a Secret of this type needs"));
    }
}

fn keys<'n>(found: &mut Found<'n>, node: &'n Node<'n>, fields: &[&'static str]) {
    let mut size = 0;
    for field in fields {
        for (key, value) in node.get(field).map_or(&[][..], Node::entries) {
            size +=
                value.as_str().map_or(0, |text| if *field == "binaryData" { text.len() / 4 * 3 } else { text.len() });
            if !super::is_word(key) || key.len() > 253 || matches!(key.as_ref(), "." | "..") || key.starts_with("..") {
                found.refuse(value, "has a key of other characters than letters, digits, `-`, `_` and `.`");
            }
        }
    }
    if size > SIZE {
        found.refuse(node, format!("holds {size} bytes; {SIZE} are the most"));
    }
}
