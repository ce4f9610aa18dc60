//! A change as one JSON document, for programs.

use super::Review;
use serde_json::{Value, json};
use xks_core::change::{Approval, Cause, Change, ObjectChange, Party, Row, Which};

/// The version of the format. It grows when something that was there changes its meaning or goes.
const VERSION: u32 = 2;

pub(super) fn write(review: &Review<'_>) -> String {
    let gates: Vec<String> = review.gates.iter().map(|gate| gate.word()).collect();
    let only = |new: bool| -> Vec<&str> {
        let those = review.uncompared.iter().filter(|(_, side)| *side == new);
        those.map(|(env, _)| env.as_str()).collect()
    };
    crate::cli::report::pretty(&json!({
        "version": VERSION,
        "verdict": review.verdict.word(),
        "old": review.old.label,
        "new": review.new.label,
        "environments_only_in_old": only(false),
        "environments_only_in_new": only(true),
        "fail_on": gates,
        "failed": review.tripped().next().is_some(),
        "changes": review.changes.iter().map(|(envs, change)| self::change(review, envs, change)).collect::<Vec<_>>(),
    }))
}

fn change(review: &Review<'_>, envs: &[String], change: &Change) -> Value {
    json!({
        "environments": envs,
        "verdict": change.verdict.word(),
        "moved": change.moved,
        "rows": change.rows.iter().map(|row| self::row(review, row)).collect::<Vec<_>>(),
        "objects": change.objects.iter().map(object).collect::<Vec<_>>(),
    })
}

fn row(review: &Review<'_>, row: &Row) -> Value {
    json!({
        "effect": row.effect.word(),
        "class": row.class.word(),
        "classes": row.classes.iter().map(|class| class.word()).collect::<Vec<_>>(),
        "title": row.title,
        "connections": row.connections,
        "note": row.note,
        "failed": review.stops(row),
        "risk": row.risk.word(),
        "rests_on": row.approvals.iter().map(approval).collect::<Vec<_>>(),
        "causes": row.causes.iter().map(|cause| self::cause(review, cause)).collect::<Vec<_>>(),
    })
}

fn approval(approval: &Approval) -> Value {
    let tenant = match &approval.of {
        Party::Tenant(tenant) => Some(tenant),
        Party::Platform => None,
    };
    json!({ "tenant": tenant, "platform": tenant.is_none(), "owners": approval.owners })
}

fn cause(review: &Review<'_>, cause: &Cause) -> Value {
    let consents = cause.consents.iter().map(|consent| {
        json!({
            "tenant": consent.tenant,
            "file": review.path(cause.side, &consent.path),
            "line": consent.line,
            "text": consent.text,
        })
    });
    json!({
        "side": if cause.side == Which::Old { "old" } else { "new" },
        "file": review.path(cause.side, &cause.path),
        "line": cause.line,
        "text": cause.text,
        "because": cause.because,
        "tenant": cause.tenant,
        "consents": consents.collect::<Vec<_>>(),
    })
}

fn object(object: &ObjectChange) -> Value {
    let fields = object.fields.iter().map(|field| json!({ "path": field.path, "old": field.old, "new": field.new }));
    let change = match (&object.old, &object.new) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    json!({
        "change": change,
        "kind": object.kind,
        "namespace": object.namespace,
        "name": object.name,
        "fields": fields.collect::<Vec<_>>(),
    })
}
