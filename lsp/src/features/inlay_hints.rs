//! What a name stands for, behind it: the number of a port, the size and the Secret of a certificate.

use super::declared::{self, number};
use super::describe;
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use tower_lsp_server::gen_lsp_types::{InlayHint, InlayHintKind, InlayHintLabelPart, Label, MarkupContent, MarkupKind};
use xks::diagnostics::suggest::counted;
use xks::names::uses::{Kind, Occurrence, Role};
use xks::source::Span;

/// The hints in a part of a file.
pub(crate) fn inlay_hints(snapshot: &Snapshot, within: Span, settings: Settings) -> Vec<InlayHint> {
    let names = snapshot.index().in_file(within.file);
    let uses =
        names.filter(|name| name.role == Role::Use && name.span.start <= within.end && within.start <= name.span.end);
    uses.flat_map(|name| match name.symbol.kind {
        Kind::Port | Kind::ServicePort if settings.port_hints => port(snapshot, &name).into_iter().collect(),
        Kind::Certificate => certificate(snapshot, &name, settings),
        _ => Vec::new(),
    })
    .collect()
}

fn port(snapshot: &Snapshot, name: &Occurrence) -> Option<InlayHint> {
    let (tenant, owner) = (name.symbol.tenant.as_ref()?, name.symbol.owner.as_ref()?);
    let ports = match name.symbol.kind {
        Kind::ServicePort => &declared::service(snapshot, tenant, owner)?.ports,
        _ => &declared::app(snapshot, tenant, owner)?.ports,
    };
    let numbers: Vec<String> = ports.iter().filter(|port| port.name.value == name.symbol.name).map(number).collect();
    let declaration = snapshot.index().declarations(&name.symbol).first().copied();
    (!numbers.is_empty()).then(|| hint(snapshot, name, numbers.join(","), declaration, String::new()))
}

fn certificate(snapshot: &Snapshot, name: &Occurrence, settings: Settings) -> Vec<InlayHint> {
    let Some(tenant) = &name.symbol.tenant else { return Vec::new() };
    let mut models = describe::models(snapshot, tenant);
    let Some(found) = models.find_map(|model| model.certificates.iter().find(|one| one.name == name.symbol.name))
    else {
        return Vec::new();
    };
    let mut hints = Vec::new();
    if settings.certificate_hints {
        let words = counted(found.names.len(), "name");
        let names: Vec<String> = found.names.iter().map(|name| format!("- `{}`", name.as_str())).collect();
        hints.push(hint(snapshot, name, words, None, names.join("\n")));
    }
    if settings.secret_hints {
        let declaration = snapshot.index().declarations(&name.symbol).first().copied();
        let tooltip = format!("The Secret `{}`, from `{}`", found.secret, found.issuer);
        hints.push(hint(snapshot, name, format!("in {}", found.secret), declaration, tooltip));
    }
    hints
}

/// A hint behind a name, which leads to a place.
fn hint(snapshot: &Snapshot, name: &Occurrence, value: String, leads: Option<Span>, tooltip: String) -> InlayHint {
    let tooltip = (!tooltip.is_empty()).then(|| MarkupContent { kind: MarkupKind::Markdown, value: tooltip }.into());
    let part =
        InlayHintLabelPart { value, tooltip, location: leads.map(|span| snapshot.location(span)), command: None };
    InlayHint {
        position: snapshot.range(name.span.after()).start,
        label: Label::InlayHintLabelPartList(vec![part]),
        kind: Some(InlayHintKind::Type),
        text_edits: None,
        tooltip: None,
        padding_left: Some(true),
        padding_right: None,
        data: None,
    }
}
