//! What to write so that a connection is permitted: the fewest words, in whose file.

use super::{Question, Subject, Target};
use smol_str::SmolStr;
use xks_analysis::model::{End, Namespaces, Pods, Port, names_tenant, ports_cover};
use xks_analysis::names::Scope;
use xks_analysis::names::resolve::{BUILT_IN, Owner, Resolver, every, internet};
use xks_analysis::names::write;
use xks_base::diagnostics::Edit;
use xks_base::source::{Sources, Span};
use xks_base::values::label::Requirement;
use xks_kubernetes::cluster::labels::NAMESPACE_NAME;
use xks_syntax::ast::{self, Body, Peer, PeerKind, Place, Selection, unwritten};
use xks_syntax::print;

/// Edits that go together.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// One for each tenant that has to agree.
    pub edits: Vec<Proposed>,
}

/// One change of a file.
#[derive(Debug, Clone)]
pub struct Proposed {
    /// The tenant whose file and consent it is.
    pub tenant: SmolStr,
    /// The file, from the root of the workspace.
    pub path: String,
    /// The statement that is added, or the one that grows and how.
    pub line: String,
    /// The change.
    pub edit: Edit,
}

/// What to write, the smallest change first. Nothing where more than one connection is asked for, or where one has no words
/// in the language.
pub fn proposals(subject: &Subject<'_>, question: &Question, tenant: Option<&str>) -> Vec<Proposal> {
    let Some((sources, _)) = subject.workspace else { return Vec::new() };
    let (Target::Ends(to), [from]) = (&question.to, &question.from[..]) else { return Vec::new() };
    let [(to, ports)] = &to[..] else { return Vec::new() };
    let (source, destination) = (home(subject, from), home(subject, to));
    let author = source.or(destination).or_else(|| tenant.and_then(|tenant| subject.names.tenant(tenant)));
    let Some(author) = author else { return Vec::new() };
    let (Some(left), Some(right)) = (written(subject, author, from, &[]), written(subject, author, to, ports)) else {
        return Vec::new();
    };
    let rule = Rule { from, to, ports };
    let mut allows = grown_allows(subject, sources, author, &rule);
    allows.push(appended(sources, author, write::allow(left, right)));
    let End::Pods(_, pods) = to else { return alone(allows) };
    let Some(destination) = destination.filter(|scope| scope.id != author.id) else { return alone(allows) };
    if consents(subject, destination, author, &rule, pods) {
        return alone(allows);
    }
    let export = write::export(write::own(destination, pods, ports), &author.name);
    let mut consents = grown_exports(sources, destination, author, pods, ports);
    consents.push(appended(sources, destination, export));
    let both = |allow: &Proposed| {
        let with = |consent: &Proposed| Proposal { edits: vec![allow.clone(), consent.clone()] };
        consents.iter().map(with).collect::<Vec<_>>()
    };
    allows.iter().flat_map(both).collect()
}

fn alone(allows: Vec<Proposed>) -> Vec<Proposal> {
    allows.into_iter().map(|allow| Proposal { edits: vec![allow] }).collect()
}

/// Whether a tenant lets another reach this already: by an `export`, or by an `allow` of its own.
fn consents<'n>(subject: &Subject<'n>, scope: &Scope<'n>, asks: &Scope<'n>, rule: &Rule<'_>, pods: &Pods) -> bool {
    let Subject { names, platform, env, .. } = subject;
    let (internet, every) = (internet(platform), every(names, platform));
    let resolver = Resolver::new(names, platform, *env, &internet, &every, scope);
    let reach = |peers: &[Peer]| {
        let found = resolver.destinations(peers, &mut Vec::new());
        found.iter().any(|what| {
            what.owner == Owner::Tenant(scope.id)
                && matches!(&what.end, End::Pods(_, open) if open.cover(pods))
                && ports_cover(&what.ports, rule.ports)
        })
    };
    let is_us = |owner: &Owner| match owner {
        Owner::Tenant(id) => *id == asks.id,
        Owner::Several(ids) => ids.contains(&asks.id),
        Owner::Foreign(_) | Owner::Outside => false,
    };
    let from_us = |peers: &[Peer]| {
        let End::Pods(_, ours) = rule.from else { return false };
        let found = resolver.sources(peers, &mut Vec::new());
        found.iter().any(|who| is_us(&who.owner) && matches!(&who.end, End::Pods(_, theirs) if theirs.cover(ours)))
    };
    scope.statements.iter().any(|statement| match &statement.body {
        Body::Export(export) => {
            names_tenant(export.to.iter().map(|name| &name.value), &asks.name) && reach(export.peers())
        }
        Body::Allow(allow) => from_us(&allow.from) && reach(&allow.to),
        Body::Tenant(_)
        | Body::App(_)
        | Body::Service(_)
        | Body::Expose(_)
        | Body::External(_)
        | Body::Certificate(_)
        | Body::Never(_)
        | Body::Expect(_)
        | Body::Group(_)
        | Body::Ports(_)
        | Body::Include(_)
        | Body::Platform(_) => false,
    })
}

/// The rule that is asked for.
struct Rule<'q> {
    from: &'q End,
    to: &'q End,
    ports: &'q [Port],
}

/// The tenant whose pods they are.
fn home<'s, 'a>(subject: &'s Subject<'a>, end: &End) -> Option<&'s Scope<'a>> {
    match end {
        End::Pods(Namespaces::One(name, _), _) => subject.names.tenant(name),
        _ => None,
    }
}

/// An end as a tenant writes it; `None` for what has no words of its own there.
fn written<'n>(subject: &Subject<'n>, author: &Scope<'n>, end: &End, ports: &[Port]) -> Option<Peer> {
    let kind = match end {
        End::Pods(Namespaces::One(name, _), pods) => return Some(pods_of(subject, author, name, pods, ports)),
        End::Pods(Namespaces::Every(_) | Namespaces::Labelled(_), _) => return None,
        End::Ingress(None) => PeerKind::Word(unwritten(SmolStr::new_static("ingress"))),
        End::Ingress(Some(access)) => PeerKind::Ingress(*access),
        End::Blocks(name, blocks) => {
            let by_name = BUILT_IN.contains(&name.as_str()) || author.externals.contains_key(name);
            match &blocks[..] {
                _ if by_name => PeerKind::Word(unwritten(name.clone())),
                [block] => {
                    PeerKind::Range(unwritten(block.cidr), block.except.iter().copied().map(unwritten).collect())
                }
                _ => return None,
            }
        }
    };
    Some(Peer::unwritten(kind, write::specs(author, &Pods::all(), ports)))
}

/// Pods of the tenant or namespace `name` as `author` writes them.
fn pods_of<'n>(subject: &Subject<'n>, author: &Scope<'n>, name: &SmolStr, pods: &Pods, ports: &[Port]) -> Peer {
    let scope = subject.names.tenant(name);
    let specs = write::specs(scope.unwrap_or(author), pods, ports);
    let selection = write::selection(pods);
    let is_shadowed = |name: &ast::Name| BUILT_IN.contains(&name.value.as_str());
    let kind = match selection {
        Selection::App(app) if *name == author.name && !is_shadowed(&app) => PeerKind::Word(app),
        own if *name == author.name => PeerKind::Pods(Place::Here, own),
        foreign if scope.is_none() && subject.platform.owns_namespace(name) => {
            let namespace = Requirement::In(NAMESPACE_NAME, vec![name.clone()]);
            PeerKind::Pods(Place::Labelled(vec![namespace]), foreign)
        }
        foreign => PeerKind::Pods(Place::Team(unwritten(name.clone())), foreign),
    };
    Peer::unwritten(kind, specs)
}

/// A new line at the end of the file in which a tenant is set up.
fn appended(sources: &Sources, scope: &Scope<'_>, line: String) -> Proposed {
    let source = sources.get(scope.span.file);
    let end = source.text.len();
    let newline = if source.text.is_empty() || source.text.ends_with('\n') { "" } else { "\n" };
    let edit = Edit { span: Span::new(scope.span.file, end, end), text: format!("{newline}{line}\n") };
    Proposed { tenant: scope.name.clone(), path: source.path.clone(), line, edit }
}

/// Whether a written peer is just this end.
fn names(peer: &Peer, scope: &Scope<'_>, end: &End) -> bool {
    match (end, &peer.kind) {
        (End::Blocks(name, _), PeerKind::Word(word)) => word.value == *name,
        (End::Pods(Namespaces::One(tenant, _), pods), kind) => match (kind, &pods.app, pods.requirements.is_empty()) {
            (PeerKind::Word(word), Some(app), _) => *tenant == scope.name && word.value == *app,
            (PeerKind::Pods(Place::Here, Selection::App(word)), Some(app), _) => {
                *tenant == scope.name && word.value == *app
            }
            (PeerKind::Pods(Place::Team(team), Selection::App(word)), Some(app), _) => {
                team.value == *tenant && word.value == *app
            }
            (PeerKind::Pods(Place::Here, Selection::All), None, true) => *tenant == scope.name,
            (PeerKind::Pods(Place::Team(team), Selection::All), None, true) => team.value == *tenant,
            _ => false,
        },
        _ => false,
    }
}

/// The change that adds ports to a written peer: behind those that it has, or in place of them where all are asked for.
fn grown(sources: &Sources, scope: &Scope<'_>, peer: &Peer, statement: Span, added: &str) -> Option<Proposed> {
    let written = peer.ports.as_ref()?;
    let edit = match added {
        "" => Edit { span: Span { start: written.span.start.checked_sub(1)?, ..written.span }, text: String::new() },
        added => Edit { span: written.span.after(), text: format!(",{added}") },
    };
    let text = sources.text(statement);
    let (start, end) = (edit.span.start.checked_sub(statement.start)?, edit.span.end.checked_sub(statement.start)?);
    let line = format!("{}{}{}", text.get(..start as usize)?, edit.text, text.get(end as usize..)?);
    let path = sources.get(statement.file).path.clone();
    Some(Proposed { tenant: scope.name.clone(), path, line: xks_syntax::format::one_line(&line).into_owned(), edit })
}

/// The tenant's rules for the same two ends and nobody else, with the ports added.
fn grown_allows<'n>(subject: &Subject<'n>, sources: &Sources, author: &Scope<'n>, rule: &Rule<'_>) -> Vec<Proposed> {
    let mut out = Vec::new();
    for statement in &author.statements {
        let Body::Allow(allow) = &statement.body else { continue };
        let [source] = &allow.from[..] else { continue };
        if !names(source, author, rule.from) || !statement.is_bare() {
            continue;
        }
        for peer in allow.to.iter().filter(|peer| names(peer, author, rule.to)) {
            out.extend(grown(sources, author, peer, statement.span, &ports_of(subject, rule)));
        }
    }
    out
}

/// The ports as they are written behind the destination.
fn ports_of(subject: &Subject<'_>, rule: &Rule<'_>) -> String {
    let pods = match rule.to {
        End::Pods(_, pods) => pods.clone(),
        End::Blocks(..) | End::Ingress(_) => Pods::all(),
    };
    let outside = Scope::outside();
    print::ports(&write::specs(home(subject, rule.to).unwrap_or(&outside), &pods, rule.ports))
}

/// The tenant's consents to this app that lack the ports or the name of who asks.
fn grown_exports(sources: &Sources, scope: &Scope<'_>, asks: &Scope<'_>, pods: &Pods, ports: &[Port]) -> Vec<Proposed> {
    let end = End::Pods(Namespaces::One(scope.name.clone(), scope.namespace.clone()), pods.clone());
    let mut out = Vec::new();
    for statement in &scope.statements {
        let Body::Export(export) = &statement.body else { continue };
        let [what] = export.peers() else { continue };
        if !names(what, scope, &end) || !statement.is_bare() {
            continue;
        }
        let to_us = matches!(&export.to[..], [only] if only.value == asks.name);
        if to_us {
            let added = print::ports(&write::specs(scope, pods, ports));
            out.extend(grown(sources, scope, what, statement.span, &added));
        }
    }
    out
}
