//! From the words of a question to what they stand for.

use super::Subject;
use smol_str::SmolStr;
use xks_analysis::model::{End, Port};
use xks_analysis::names::Scope;
use xks_analysis::names::resolve::{Resolver, every, internet};
use xks_base::diagnostics::{Diagnostic, Edit};
use xks_base::source::{FileId, Span};
use xks_base::values::host::{Host as Name, Path};
use xks_syntax::ast::{Body, Rule};
use xks_syntax::parse;

/// `FROM -> TO`
#[derive(Debug, Clone)]
pub struct Question {
    /// Who connects.
    pub from: Vec<End>,
    /// To whom.
    pub to: Target,
}

/// What is to be reached.
#[derive(Debug, Clone)]
pub enum Target {
    /// These, each on its ports; none means all.
    Ends(Vec<(End, Vec<Port>)>),
    /// Whatever an Ingress serves under a host.
    Host(Host),
}

/// `HOST[/PATH]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The host.
    pub name: SmolStr,
    /// The path; `/` where none is written.
    pub path: SmolStr,
}

/// Reads `FROM -> TO`. Bare names are those of `tenant`, if one is given. `file` is the question's, for its findings.
///
/// # Errors
/// What is wrong with it.
pub fn question(
    subject: &Subject<'_>,
    tenant: Option<&str>,
    file: FileId,
    text: &str,
) -> Result<Question, Vec<Diagnostic>> {
    if let Some((from, to)) = text.split_once("->")
        && let Some(host) = host(to.trim())
    {
        let rule = Reader { subject, tenant, file, lead: LEAD.len() };
        let (from, _) = rule.read(&format!("{LEAD}{from}-> internet"))?;
        return Ok(Question { from, to: Target::Host(host) });
    }
    let reader = Reader { subject, tenant, file, lead: LEAD.len() };
    let (from, to) = reader.read(&format!("{LEAD}{text}"))?;
    Ok(Question { from, to: Target::Ends(to) })
}

/// Reads one peer, with ports or without.
///
/// # Errors
/// What is wrong with it.
pub fn peer(
    subject: &Subject<'_>,
    tenant: Option<&str>,
    file: FileId,
    text: &str,
) -> Result<Vec<(End, Vec<Port>)>, Vec<Diagnostic>> {
    let lead = format!("{LEAD}internet -> ");
    let reader = Reader { subject, tenant, file, lead: lead.len() };
    Ok(reader.read(&format!("{lead}{text}"))?.1)
}

/// The statement that a question is read as.
const LEAD: &str = "expect ";

/// `HOST`, `HOST/PATH`; not an address, nor a tenant's app. The ports of a controller add nothing.
fn host(text: &str) -> Option<Host> {
    let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    let (name, path) = text.split_at(text.find('/').unwrap_or(text.len()));
    let name = name.strip_suffix(":443").or_else(|| name.strip_suffix(":80")).unwrap_or(name);
    let address = name.chars().all(|c| c.is_ascii_digit() || c == '.');
    if address || !name.contains('.') || Name::parse(name).is_err() {
        return None;
    }
    let path = if path.is_empty() { "/" } else { path };
    Path::parse(path).ok()?;
    Some(Host { name: SmolStr::new(name), path: SmolStr::new(path) })
}

/// Who connects, and to whom on which ports.
type Ends = (Vec<End>, Vec<(End, Vec<Port>)>);

struct Reader<'a, 'w> {
    subject: &'a Subject<'w>,
    tenant: Option<&'a str>,
    file: FileId,
    /// How many bytes stand before what the user wrote.
    lead: usize,
}

impl Reader<'_, '_> {
    fn read(&self, text: &str) -> Result<Ends, Vec<Diagnostic>> {
        let parsed = parse(self.file, text);
        let mut findings = parsed.diagnostics;
        if !findings.is_empty() {
            return Err(self.shown(findings));
        }
        let rule = match &parsed.file.statements[..] {
            [one] => match &one.body {
                Body::Expect(rule) if one.is_bare() => Some(rule),
                _ => None,
            },
            _ => None,
        };
        let Some(rule) = rule else {
            let span = Span::new(self.file, self.lead, text.len());
            let finding = xks_syntax::errors::not_a_question(span);
            return Err(self.shown(vec![finding]));
        };
        let ends = self.resolve(rule, &mut findings);
        if findings.iter().any(Diagnostic::is_error) { Err(self.shown(findings)) } else { Ok(ends) }
    }

    fn resolve(&self, rule: &Rule, findings: &mut Vec<Diagnostic>) -> Ends {
        let Subject { names, platform, env, .. } = self.subject;
        let outside = Scope::outside();
        let only = match &names.tenants[..] {
            [only] => Some(only),
            _ => None,
        };
        let scope = self.tenant.and_then(|tenant| names.tenant(tenant)).or(only).unwrap_or(&outside);
        let (internet, every) = (internet(platform), every(names, platform));
        let resolver = Resolver { is_question: true, ..Resolver::new(names, platform, *env, &internet, &every, scope) };
        let from = resolver.sources(&rule.from, findings).into_iter().map(|resolved| resolved.end).collect();
        let to = resolver.destinations(&rule.to, findings).into_iter();
        (from, to.map(|resolved| (resolved.end, resolved.ports)).collect())
    }

    /// The findings as they are about the user's words: those alone are shown.
    fn shown(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let lead = self.lead as u32;
        let moved = |span: &mut Span| {
            if span.file == self.file {
                (span.start, span.end) = (span.start.saturating_sub(lead), span.end.saturating_sub(lead));
            }
        };
        let mut findings = findings;
        for finding in &mut findings {
            moved(&mut finding.primary.span);
            finding.secondary.iter_mut().for_each(|label| moved(&mut label.span));
            let edits = |edit: &Edit| edit.span.file != self.file;
            finding.fixes.retain(|fix| fix.edits.iter().all(edits));
        }
        findings
    }
}
