//! The outline of a file, and the search for names in all files.

use crate::snapshot::Snapshot;
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::{self, Body, Exported, Statement};

/// The most symbols that a search gives: a person narrows it down rather than read them.
pub const MOST: usize = 512;

/// What a symbol is, for its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Platform,
    Fact,
    Value,
    Tenant,
    App,
    Port,
    Service,
    Exposure,
    Host,
    Allow,
    Claim,
    Export,
    External,
    Certificate,
    Group,
    PortSet,
    Include,
    /// An object that a build writes.
    Object,
}

/// A line of an outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is called.
    pub name: String,
    /// What is said beside the name; may be empty.
    pub detail: String,
    /// What it is.
    pub kind: Kind,
    /// All of its words.
    pub whole: Span,
    /// The words of its name, within the others.
    pub name_span: Span,
    /// What is in it.
    pub children: Vec<Item>,
}

/// What a search finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
    /// The tenant that it belongs to.
    pub container: Option<String>,
}

/// What a file says, statement by statement.
pub fn outline(snapshot: &Snapshot, file: FileId) -> Vec<Item> {
    let statements = snapshot.parsed[file.0 as usize].file.statements.iter();
    statements.flat_map(|statement| items_of(snapshot, statement)).collect()
}

/// Every name, host and generated object that holds the letters of `query` in that order; the shortest first, and no more
/// than [`MOST`].
pub fn search(snapshot: &Snapshot, query: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for parsed in &snapshot.parsed {
        let tenant = snapshot.index().tenant_of(parsed.file.id).map(ToString::to_string);
        for statement in parsed.file.statements.iter().filter(|one| names_something(one)) {
            for item in found_by_name(snapshot, statement).into_iter().filter(|item| matches(&item.name, query)) {
                let Item { name, kind, name_span: span, .. } = item;
                found.push(Found { name, kind, span, container: tenant.clone() });
            }
        }
    }
    for tenant in snapshot.analysis().workspaces.iter().flat_map(xks_core::model::Workspace::tenants) {
        let ingresses = tenant.exposures.iter().map(|one| (format!("Ingress/{}", one.name), one.origin));
        let certificates = tenant
            .certificates
            .iter()
            .filter_map(|one| Some((format!("Certificate/{}", one.name), *one.origins.first()?)));
        for (name, span) in ingresses.chain(certificates).filter(|(name, _)| matches(name, query)) {
            found.push(Found { name, kind: Kind::Object, span, container: Some(tenant.namespace.to_string()) });
        }
    }
    found.sort_by(|a, b| a.rank().cmp(&b.rank()));
    found.dedup();
    found.truncate(MOST);
    found
}

impl Found {
    /// What the order of a search goes by.
    pub fn rank(&self) -> (usize, &str) {
        (self.name.len(), &self.name)
    }
}

/// Whether a name holds the letters of a query in order, in any case.
fn matches(name: &str, query: &str) -> bool {
    let mut letters = name.chars().map(|c| c.to_ascii_lowercase());
    query.chars().filter(|c| !c.is_whitespace()).all(|wanted| letters.any(|c| c == wanted.to_ascii_lowercase()))
}

/// Rules are found in the outline; a search looks for what has a name or a host.
fn names_something(statement: &Statement) -> bool {
    !matches!(
        statement.body,
        Body::Allow(_) | Body::Never(_) | Body::Expect(_) | Body::Export(_) | Body::Include(_) | Body::Platform(_)
    )
}

/// What a search finds of a statement: each app by itself, and the hosts of an exposure beside it.
fn found_by_name(snapshot: &Snapshot, statement: &Statement) -> Vec<Item> {
    if let Body::App(app) = &statement.body {
        let one = |name: &ast::Name| Item {
            name: name.value.to_string(),
            detail: String::new(),
            kind: Kind::App,
            whole: statement.span,
            name_span: name.span,
            children: Vec::new(),
        };
        return app.names.iter().map(one).collect();
    }
    let mut items = items_of(snapshot, statement);
    if matches!(statement.body, Body::Expose(_)) {
        let hosts: Vec<Item> = items.iter_mut().flat_map(|item| std::mem::take(&mut item.children)).collect();
        items.extend(hosts);
    }
    items
}

fn items_of(snapshot: &Snapshot, statement: &Statement) -> Vec<Item> {
    let whole = statement.span;
    let item = |name: &ast::Name, detail: &str, kind: Kind, children: Vec<Item>| Item {
        name: name.value.to_string(),
        detail: detail.to_string(),
        kind,
        whole,
        name_span: name.span,
        children,
    };
    let text = |span: Span| snapshot.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = |first: Option<Span>, last: Option<Span>| {
        let span = first.zip(last).map_or(whole, |(first, last)| first.to(last));
        let blanks = snapshot.sources.text(span).len() - snapshot.sources.text(span).trim_end().len();
        Span { end: span.end - blanks as u32, ..span } // a peer takes the blanks behind it along
    };
    let rule = |rule: &ast::Rule, detail: &str, kind| {
        let span = ends(rule.from.first().map(|peer| peer.span), rule.to.last().map(|peer| peer.span));
        vec![Item { name: text(span), detail: detail.to_string(), kind, whole, name_span: span, children: Vec::new() }]
    };
    match &statement.body {
        Body::Tenant(tenant) => vec![item(&tenant.name, "tenant", Kind::Tenant, Vec::new())],
        Body::App(app) => {
            let names: Vec<&str> = app.names.iter().map(|name| name.value.as_str()).collect();
            let span = ends(app.names.first().map(|name| name.span), app.names.last().map(|name| name.span));
            let (name, detail) = (names.join(", "), "app".to_string());
            vec![Item { name, detail, kind: Kind::App, whole, name_span: span, children: ports(&app.ports) }]
        }
        Body::Service(service) => vec![item(&service.name, "service", Kind::Service, ports(&service.ports))],
        Body::Expose(expose) => {
            let hosts: Vec<&str> = expose.addresses.iter().map(|address| address.value.as_str()).collect();
            let mut shown = item(&expose.target, &hosts.join(", "), Kind::Exposure, Vec::new());
            shown.name = format!("expose {}", expose.target.value);
            let detail = format!("expose {}", expose.target.value);
            let host = |address: &ast::Text| item(address, &detail, Kind::Host, Vec::new());
            shown.children = expose.addresses.iter().map(host).collect();
            shown.children.iter_mut().for_each(|child| child.whole = child.name_span);
            vec![shown]
        }
        Body::Allow(node) => rule(node, "allow", Kind::Allow),
        Body::Never(node) => rule(node, "never", Kind::Claim),
        Body::Expect(node) => rule(node, "expect", Kind::Claim),
        Body::Export(export) => {
            let first = match &export.what {
                Exported::Peers(peers) | Exported::Publish(peers) => peers.first().map(|peer| peer.span),
                Exported::Hosts(hosts) => hosts.first().map(|host| host.span),
            };
            let span = ends(first, export.to.last().map(|to| to.span));
            let (name, detail) = (text(span), "export".to_string());
            vec![Item { name, detail, kind: Kind::Export, whole, name_span: span, children: Vec::new() }]
        }
        Body::External(external) => {
            let remotes: Vec<&str> = external.remotes.iter().map(|remote| remote.value.as_str()).collect();
            vec![item(&external.name, &format!("external {}", remotes.join(", ")), Kind::External, Vec::new())]
        }
        Body::Certificate(certificate) => vec![item(&certificate.name, "certificate", Kind::Certificate, Vec::new())],
        Body::Group(group) => vec![item(&group.name, "group", Kind::Group, Vec::new())],
        Body::Ports(set) => vec![item(&set.name, "ports", Kind::PortSet, Vec::new())],
        Body::Include(include) => vec![item(&include.path, "include", Kind::Include, Vec::new())],
        Body::Platform(platform) => {
            let fact = |fact: &ast::Fact| {
                let words: Vec<&str> = fact.items.iter().map(|item| item.value.as_str()).collect();
                let mut shown = item(&fact.name, &words.join(" "), Kind::Fact, Vec::new());
                shown.whole = fact.span;
                shown.children = fact.values.iter().map(value).collect();
                shown
            };
            let keyword = Span { end: whole.start + "platform".len() as u32, ..whole };
            vec![Item {
                name: "platform".to_string(),
                detail: String::new(),
                kind: Kind::Platform,
                whole,
                name_span: keyword,
                children: platform.facts.iter().map(fact).collect(),
            }]
        }
    }
}

fn ports(ports: &[ast::Port]) -> Vec<Item> {
    let one = |port: &ast::Port| Item {
        name: port.name.value.to_string(),
        detail: port.number.value.to_string(),
        kind: Kind::Port,
        whole: port.name.span.to(port.target.map_or(port.number.span, |target| target.span)),
        name_span: port.name.span,
        children: Vec::new(),
    };
    ports.iter().map(one).collect()
}

fn value((key, text): &(ast::Name, ast::Text)) -> Item {
    Item {
        name: key.value.to_string(),
        detail: text.value.to_string(),
        kind: Kind::Value,
        whole: key.span.to(text.span),
        name_span: key.span,
        children: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn letters_in_order() {
        assert!(matches("payments", "") && matches("payments", "pmt") && matches("Ingress/web", "ing web"));
        assert!(!matches("payments", "pmx") && !matches("web", "webs"));
    }
}
