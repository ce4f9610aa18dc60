//! A verification as one JSON document, for programs.

use super::Verification;
use serde_json::{Value, json};
use xks_core::change::verify::Drift;

/// The version of the format. It grows when something that was there changes its meaning or goes.
const VERSION: u32 = 1;

pub(super) fn write(verification: &Verification) -> String {
    let object = |env: &Option<String>, drift: &Drift| -> Value {
        let object = &drift.object;
        let fields = object.fields.iter();
        let fields = fields.map(|field| json!({ "path": field.path, "expected": field.old, "found": field.new }));
        json!({
            "state": drift.state.word(),
            "environment": env,
            "file": format!("{}{}", verification.prefix, object.path),
            "kind": object.kind,
            "namespace": object.namespace,
            "name": object.name,
            "statement": object.old_comment,
            "written_for": object.new_comment,
            "fields": fields.collect::<Vec<_>>(),
            "verdict": drift.effect.verdict().word(),
            "opens": drift.effect.opens,
            "closes": drift.effect.closes,
            "in_vain": drift.effect.in_vain,
        })
    };
    let parts = || verification.parts.iter();
    let objects = parts().flat_map(|(env, part)| part.objects.iter().map(move |drift| (env, drift)));
    let objects: Vec<Value> = objects.map(|(env, drift)| object(env, drift)).collect();
    let moved = parts().flat_map(|(_, part)| &part.moved).map(|path| format!("{}{path}", verification.prefix));
    let foreign = verification.foreign.iter().map(|path| format!("{}{path}", verification.prefix));
    crate::cli::report::pretty(&json!({
        "version": VERSION,
        "equal": verification.is_equal(),
        "verdict": verification.verdict().word(),
        "total": verification.total,
        "unreadable": verification.unreadable,
        "foreign": foreign.collect::<Vec<_>>(),
        "objects": objects,
        "moved": moved.collect::<Vec<_>>(),
    }))
}
