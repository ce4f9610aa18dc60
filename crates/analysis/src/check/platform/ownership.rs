//! The facts that say who may write what.

use super::{Mistake, labels, parts, single, word};
use crate::check::errors;
use crate::model::{Pattern, Platform, TenantFact, is_below};
use smol_str::SmolStr;
use xks_base::diagnostics::Diagnostic;
use xks_base::source::Spanned;
use xks_base::values::{Problem, name};
use xks_syntax::ast;

/// `tenants from PATTERN, …`
pub(super) fn tenants(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    parts(fact, &["from"], |_, values| {
        for item in values {
            let segments = word(item, pattern)?;
            platform.ownership.patterns.push(Pattern { segments, span: item.span });
        }
        Ok(())
    })
}

/// `platform from DIR`
pub(super) fn platform(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    parts(fact, &["from"], |keyword, values| {
        let item = single(keyword, values)?;
        platform.ownership.platform = Some(Spanned::new(word(item, folder)?, item.span));
        Ok(())
    })
}

/// `owners NAME, …`
pub(super) fn owners(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    if fact.items.is_empty() {
        return Err(Mistake::at(fact.name.span, "an owner is missing behind it"));
    }
    platform.ownership.owners = approvers(&fact.items)?;
    Ok(())
}

/// `tenant NAME [from DIR] [namespace NAME] [labels KEY=VALUE, …] [owners NAME, …] [in ENV, …]`
pub(super) fn tenant(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let Some((first, rest)) = fact.items.split_first() else {
        return Err(Mistake::at(fact.name.span, "the tenant's name is missing behind it"));
    };
    let mut tenant = TenantFact {
        name: Spanned::new(word(first, name::label)?, first.span),
        from: None,
        namespace: None,
        labels: None,
        owners: Vec::new(),
        envs: Vec::new(),
    };
    if !rest.is_empty() {
        let tail = ast::Fact { span: fact.span, name: fact.name.clone(), items: rest.to_vec(), values: Vec::new() };
        parts(&tail, &["from", "namespace", "labels", "owners", "in"], |keyword, values| {
            let item = &values[0];
            match keyword.value.as_str() {
                "from" => {
                    let item = single(keyword, values)?;
                    tenant.from = Some(Spanned::new(word(item, folder)?, item.span));
                }
                "namespace" => {
                    let item = single(keyword, values)?;
                    tenant.namespace = Some(Spanned::new(word(item, name::label)?, item.span));
                }
                "labels" => tenant.labels = Some(Spanned::new(labels(values)?, item.span)),
                "owners" => tenant.owners = approvers(values)?,
                _ => {
                    for item in values {
                        tenant.envs.push(Spanned::new(word(item, name::label)?, item.span));
                    }
                }
            }
            Ok(())
        })?;
    }
    platform.ownership.tenants.push(tenant);
    Ok(())
}

/// Who may approve, as the hosts of repositories write it: `@user`, `@group/team`, an address for mail.
fn approvers(items: &[ast::Text]) -> Result<Vec<SmolStr>, Mistake> {
    let approver = |text: &str| {
        let sound = text.contains('@')
            && !text.ends_with('@')
            && text.chars().all(|letter| letter.is_alphanumeric() || "@/._-+".contains(letter));
        if sound {
            Ok(SmolStr::new(text))
        } else {
            Err(Problem::new("an owner is written `@user`, `@group/team` or `name@example.com`"))
        }
    };
    items.iter().map(|item| word(item, approver)).collect()
}

fn folder(text: &str) -> Result<SmolStr, Problem> {
    let name = super::folder(text.strip_suffix('/').unwrap_or(text))?;
    match name.split('/').all(|segment| !segment.starts_with('.') && !segment.contains('*')) {
        true => Ok(name),
        false => Err(Problem::new("it is one folder of the workspace, and not a hidden one")),
    }
}

fn pattern(text: &str) -> Result<Vec<SmolStr>, Problem> {
    let text = super::folder(text.strip_suffix('/').unwrap_or(text))?;
    let segments: Vec<SmolStr> = text.split('/').map(SmolStr::new).collect();
    let stars = segments.iter().filter(|segment| segment.contains('*')).count();
    let sound = segments.iter().all(|segment| !segment.starts_with('.') && (!segment.contains('*') || segment == "*"));
    match (stars, sound) {
        (1, true) => Ok(segments),
        _ => Err(Problem::new("it is a folder with one segment `*`, the tenant's name, such as `tenants/*`")),
    }
}

/// What holds between the facts: no file has two owners, and no tenant is described twice.
pub(super) fn check(platform: &Platform, out: &mut Vec<Diagnostic>) {
    let ownership = &platform.ownership;
    let whole = |segments: &[SmolStr]| segments.iter().map(SmolStr::as_str).collect::<Vec<_>>().join("/");
    for (index, one) in ownership.patterns.iter().enumerate() {
        for other in ownership.patterns[..index].iter().filter(|other| other.meets(one)) {
            out.push(errors::places_overlap(one.span, &whole(&one.segments), other.span, &whole(&other.segments)));
        }
    }
    let literal = |text: &Spanned<SmolStr>| Pattern {
        segments: text.value.split('/').map(SmolStr::new).collect(),
        span: text.span,
    };
    let explicit: Vec<Pattern> = ownership.tenants.iter().filter_map(|fact| fact.from.as_ref()).map(literal).collect();
    let stated = ownership.platform.as_ref().map(literal);
    for (index, one) in explicit.iter().enumerate() {
        let name = whole(&one.segments);
        for other in explicit[..index].iter().chain(&stated).filter(|other| other.meets(one)) {
            out.push(errors::places_overlap(one.span, &name, other.span, &whole(&other.segments)));
        }
        // The folder of one tenant by the pattern may be stated to be another's; a folder in it, or around it, may not.
        let of_other_depth = |other: &&Pattern| other.segments.len() != one.segments.len() && other.meets(one);
        for other in ownership.patterns.iter().filter(of_other_depth) {
            out.push(errors::places_overlap(one.span, &name, other.span, &whole(&other.segments)));
        }
        if name == *platform.output || is_below(&name, &platform.output) || is_below(&platform.output, &name) {
            let output = platform.fact("output").unwrap_or(one.span);
            out.push(errors::places_overlap(one.span, &name, output, &platform.output));
        }
    }
    if let Some(stated) = &stated {
        let of_other_depth = |other: &&Pattern| other.segments.len() != stated.segments.len() && other.meets(stated);
        for other in ownership.patterns.iter().filter(of_other_depth) {
            let (name, other_name) = (whole(&stated.segments), whole(&other.segments));
            out.push(errors::places_overlap(stated.span, &name, other.span, &other_name));
        }
    }
    described_twice(platform, out);
}

fn described_twice(platform: &Platform, out: &mut Vec<Diagnostic>) {
    let tenants = &platform.ownership.tenants;
    let overlap = |one: &TenantFact, other: &TenantFact| {
        one.envs.is_empty()
            || other.envs.is_empty()
            || one.envs.iter().any(|env| other.envs.iter().any(|other| other.value == env.value))
    };
    for (index, one) in tenants.iter().enumerate() {
        let twice = tenants[..index].iter().find(|other| other.name.value == one.name.value && overlap(one, other));
        if let Some(first) = twice {
            out.push(errors::tenant_fact_twice(one.name.span, &one.name.value, first.name.span));
        }
    }
    let declared = |name: &str| platform.envs.iter().any(|env| env.name == name);
    for env in tenants.iter().flat_map(|tenant| &tenant.envs).filter(|env| !declared(&env.value)) {
        let declared: Vec<&str> = platform.envs.iter().map(|env| env.name.as_str()).collect();
        let near = xks_base::diagnostics::suggest::nearest(&env.value, declared.iter().copied());
        out.push(errors::unknown_environment(env.span, &env.value, near, &declared));
    }
}
