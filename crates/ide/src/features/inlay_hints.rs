//! What a name stands for, behind it: the number of a port, the size and the Secret of a certificate.

use super::{declared, describe};
use crate::settings::Settings;
use crate::snapshot::{At, Snapshot};
use smol_str::SmolStr;
use tower_lsp_server::gen_lsp_types::{InlayHint, InlayHintKind, InlayHintLabelPart, Label, MarkupContent, MarkupKind};
use xks_core::diagnostics::suggest::counted;
use xks_core::model::Certificate;
use xks_core::names::uses::{Kind, Occurrence, Role};
use xks_core::source::Span;
use xks_core::syntax::ast::Name;

/// The hints in a part of a file.
pub(crate) fn inlay_hints(snapshot: &Snapshot, within: Span, settings: Settings) -> Vec<InlayHint> {
    let uses = snapshot.index().within(within).filter(|name| name.role == Role::Use);
    uses.flat_map(|name| match name.symbol.kind {
        Kind::Port | Kind::ServicePort if settings.port_hints => port(snapshot, &name).into_iter().collect(),
        Kind::Certificate => certificate(snapshot, &name, settings),
        _ => Vec::new(),
    })
    .collect()
}

/// The environments that the statement around a name is limited to.
fn envs<'s>(snapshot: &'s Snapshot, name: &Occurrence) -> &'s [Name] {
    let at = At { file: name.span.file, offset: name.span.start };
    snapshot.statement(at).map_or(&[], |statement| &statement.tags.envs)
}

fn port(snapshot: &Snapshot, name: &Occurrence) -> Option<InlayHint> {
    let envs = envs(snapshot, name);
    let all = std::iter::once(&name.symbol).chain(&name.others);
    let mut numbers: Vec<String> = all.filter_map(|symbol| declared::numbers(snapshot, symbol, envs)).collect();
    numbers.sort();
    numbers.dedup();
    let declaration = snapshot.index().declarations(&name.symbol).first().copied();
    (!numbers.is_empty()).then(|| hint(snapshot, name, numbers.join(","), declaration, String::new()))
}

fn certificate(snapshot: &Snapshot, name: &Occurrence, settings: Settings) -> Vec<InlayHint> {
    let Some(tenant) = &name.symbol.tenant else { return Vec::new() };
    let envs = envs(snapshot, name);
    let wanted = |env: Option<&str>| envs.is_empty() || envs.iter().any(|name| Some(name.value.as_str()) == env);
    let found: Vec<(Vec<SmolStr>, &Certificate)> = describe::models(snapshot, tenant)
        .filter(|(env, _)| wanted(*env))
        .filter_map(|(env, model)| {
            let found = model.certificates.iter().find(|one| one.name == name.symbol.name)?;
            Some((env.into_iter().map(SmolStr::new).collect(), found))
        })
        .collect();
    let Some((_, first)) = found.first() else { return Vec::new() };
    let of_each = |value: &dyn Fn(&Certificate) -> String| {
        declared::in_envs(found.iter().map(|(envs, one)| (envs.clone(), value(one))).collect())
    };
    let mut hints = Vec::new();
    if settings.certificate_hints {
        let words = of_each(&|one| counted(one.names.len(), "name"));
        let mut names: Vec<&str> = found.iter().flat_map(|(_, one)| &one.names).map(|name| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let names: Vec<String> = names.into_iter().map(|name| format!("- `{name}`")).collect();
        hints.push(hint(snapshot, name, words, None, names.join("\n")));
    }
    if settings.secret_hints {
        let declaration = snapshot.index().declarations(&name.symbol).first().copied();
        let tooltip = format!("The Secret `{}`, from `{}`", first.secret, first.issuer);
        let words = of_each(&|one| format!("in {}", one.secret));
        hints.push(hint(snapshot, name, words, declaration, tooltip));
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
