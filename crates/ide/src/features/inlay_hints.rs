//! What a name stands for, behind it: the number of a port, the size and the Secret of a certificate.

use super::{declared, describe};
use crate::snapshot::{At, Snapshot};
use smol_str::SmolStr;
use xks_core::diagnostics::suggest::counted;
use xks_core::model::Certificate;
use xks_core::names::uses::{Kind, Occurrence, Role};
use xks_core::source::Span;
use xks_core::syntax::ast::Name;

/// Which hints a user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The number behind a port's name.
    pub ports: bool,
    /// How many names a certificate has.
    pub certificates: bool,
    /// The Secret that a certificate is in.
    pub secrets: bool,
}

/// Words that are shown behind a name, and do not stand in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where they are shown: an empty span.
    pub place: Span,
    /// The words.
    pub words: String,
    /// What is said besides, in Markdown; may be empty.
    pub tooltip: String,
    /// Where the words lead.
    pub leads: Option<Span>,
}

/// The hints in a part of a file.
pub fn inlay_hints(snapshot: &Snapshot, within: Span, wanted: Wanted) -> Vec<Hint> {
    let uses = snapshot.index().within(within).filter(|name| name.role == Role::Use);
    uses.flat_map(|name| match name.symbol.kind {
        Kind::Port | Kind::ServicePort if wanted.ports => port(snapshot, &name).into_iter().collect(),
        Kind::Certificate => certificate(snapshot, &name, wanted),
        _ => Vec::new(),
    })
    .collect()
}

/// The environments that the statement around a name is limited to.
fn envs<'s>(snapshot: &'s Snapshot, name: &Occurrence) -> &'s [Name] {
    let at = At { file: name.span.file, offset: name.span.start };
    snapshot.statement(at).map_or(&[], |statement| &statement.tags.envs)
}

fn port(snapshot: &Snapshot, name: &Occurrence) -> Option<Hint> {
    let envs = envs(snapshot, name);
    let all = std::iter::once(&name.symbol).chain(&name.others);
    let mut numbers: Vec<String> = all.filter_map(|symbol| declared::numbers(snapshot, symbol, envs)).collect();
    numbers.sort();
    numbers.dedup();
    let declaration = snapshot.index().declarations(&name.symbol).first().copied();
    (!numbers.is_empty()).then(|| hint(name, numbers.join(","), declaration, String::new()))
}

fn certificate(snapshot: &Snapshot, name: &Occurrence, wanted: Wanted) -> Vec<Hint> {
    let Some(tenant) = &name.symbol.tenant else { return Vec::new() };
    let envs = envs(snapshot, name);
    let holds = |env: Option<&str>| envs.is_empty() || envs.iter().any(|name| Some(name.value.as_str()) == env);
    let found: Vec<(Vec<SmolStr>, &Certificate)> = describe::models(snapshot, tenant)
        .filter(|(env, _)| holds(*env))
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
    if wanted.certificates {
        let words = of_each(&|one| counted(one.names.len(), "name"));
        let mut names: Vec<&str> = found.iter().flat_map(|(_, one)| &one.names).map(|name| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let names: Vec<String> = names.into_iter().map(|name| format!("- `{name}`")).collect();
        hints.push(hint(name, words, None, names.join("\n")));
    }
    if wanted.secrets {
        let declaration = snapshot.index().declarations(&name.symbol).first().copied();
        let tooltip = format!("The Secret `{}`, from `{}`", first.secret, first.issuer);
        let words = of_each(&|one| format!("in {}", one.secret));
        hints.push(hint(name, words, declaration, tooltip));
    }
    hints
}

/// A hint behind a name, which leads to a place.
fn hint(name: &Occurrence, words: String, leads: Option<Span>, tooltip: String) -> Hint {
    Hint { place: name.span.after(), words, tooltip, leads }
}
