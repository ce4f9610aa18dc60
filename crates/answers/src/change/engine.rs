//! Objects that the compiler does not judge: policies of other engines, and kinds that it does not know.

use super::cause::Provenance;
use super::exposure::object_cause;
use super::object::ObjectChange;
use super::{Approval, Class, Effect, Party, Row, Which};
use xks_kubernetes::kinds::{self, Standing};

pub(super) fn rows(objects: &[ObjectChange], provenance: &mut Provenance<'_>) -> Vec<Row> {
    let mut out = Vec::new();
    for object in objects.iter().filter(|object| is_foreign(object)) {
        let (which, what) = match (&object.old, &object.new) {
            (None, _) => (Which::New, "new"),
            (_, None) => (Which::Old, "no more"),
            (Some(_), Some(_)) => (Which::New, "another"),
        };
        let (book, other) = provenance.of(which);
        let spans: Vec<_> = book.including(&object.namespace, &object.kind, &object.name).into_iter().collect();
        let causes = book.causes(&spans, other);
        let causes = if causes.is_empty() { vec![object_cause(object, which)] } else { causes };
        let title = format!("{what} {}", object.title());
        let note = Some("what objects of this kind do is not known here; read it".to_string());
        let approvals = vec![Approval::of(Party::Platform)];
        out.push(Row { note, approvals, ..Row::new(Effect::Weakens, &[Class::Foreign], title, causes) });
    }
    out
}

/// Whether an object is of a kind that does not ride along by itself, or a policy of another engine.
pub(super) fn is_foreign(object: &ObjectChange) -> bool {
    let version = object.new.as_ref().or(object.old.as_ref()).and_then(|value| value["apiVersion"].as_str());
    let group = version.and_then(|version| version.rsplit_once('/')).map_or("", |(group, _)| group);
    kinds::standing(group, &object.kind) != Standing::Free || kinds::is_policy(group)
}
