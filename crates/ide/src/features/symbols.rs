//! The outline of a file, and the search for names in all files.

use crate::snapshot::Snapshot;
use tower_lsp_server::gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolResponse, SymbolInformation, SymbolKind, WorkspaceSymbol,
    WorkspaceSymbolLocation,
};
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::{self, Body, Statement};

/// The most symbols that a search gives: a person narrows it down rather than read them.
const MOST: usize = 512;

/// What a file says, statement by statement.
pub(crate) fn outline(snapshot: &Snapshot, file: FileId) -> DocumentSymbolResponse {
    let items = snapshot.parsed[file.0 as usize].file.statements.iter();
    let items = items.flat_map(|statement| items_of(snapshot, statement));
    if snapshot.client.nested_symbols {
        return items.map(|item| nested(snapshot, item)).collect::<Vec<_>>().into();
    }
    let tenant = snapshot.index().tenant_of(file).map(ToString::to_string);
    let flat = items.flat_map(|item| {
        let mut children = item.children;
        children.insert(0, Item { children: Vec::new(), ..item });
        children
    });
    flat.map(|item| {
        SymbolInformation::new(None, snapshot.location(item.name_span), base(item.name, item.kind, tenant.clone()))
    })
    .collect::<Vec<_>>()
    .into()
}

/// Every name, host and generated object that holds the letters of `query` in that order; the shortest first.
pub(crate) fn search<'s>(workspaces: impl Iterator<Item = &'s Snapshot>, query: &str) -> Vec<WorkspaceSymbol> {
    let mut found: Vec<(usize, String, WorkspaceSymbol)> = Vec::new();
    for snapshot in workspaces {
        for parsed in &snapshot.parsed {
            let tenant = snapshot.index().tenant_of(parsed.file.id).map(ToString::to_string);
            for statement in parsed.file.statements.iter().filter(|one| names_something(one)) {
                for item in found_by_name(snapshot, statement) {
                    if matches(&item.name, query) {
                        found.push(entry(snapshot, item.name, item.kind, item.name_span, tenant.clone()));
                    }
                }
            }
        }
        for tenant in snapshot.analysis().workspaces.iter().flat_map(xks_core::model::Workspace::tenants) {
            let ingresses = tenant.exposures.iter().map(|one| (format!("Ingress/{}", one.name), one.origin));
            let certificates = tenant
                .certificates
                .iter()
                .filter_map(|one| Some((format!("Certificate/{}", one.name), *one.origins.first()?)));
            for (name, origin) in ingresses.chain(certificates).filter(|(name, _)| matches(name, query)) {
                found.push(entry(snapshot, name, SymbolKind::Struct, origin, Some(tenant.namespace.to_string())));
            }
        }
    }
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    found.dedup_by(|b, a| a.2 == b.2);
    found.truncate(MOST);
    found.into_iter().map(|(.., symbol)| symbol).collect()
}

fn entry(
    snapshot: &Snapshot,
    name: String,
    kind: SymbolKind,
    span: Span,
    container: Option<String>,
) -> (usize, String, WorkspaceSymbol) {
    let symbol = WorkspaceSymbol {
        location: WorkspaceSymbolLocation::Location(snapshot.location(span)),
        data: None,
        base_symbol_information: base(name.clone(), kind, container),
    };
    (name.len(), name, symbol)
}

fn base(name: String, kind: SymbolKind, container_name: Option<String>) -> BaseSymbolInformation {
    BaseSymbolInformation { name, kind, tags: None, container_name }
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
            kind: SymbolKind::Class,
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

/// A line of an outline.
struct Item {
    name: String,
    detail: String,
    kind: SymbolKind,
    whole: Span,
    name_span: Span,
    children: Vec<Item>,
}

fn nested(snapshot: &Snapshot, item: Item) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> = item.children.into_iter().map(|child| nested(snapshot, child)).collect();
    DocumentSymbol::new(
        item.name,
        (!item.detail.is_empty()).then_some(item.detail),
        item.kind,
        None,
        None,
        snapshot.range(item.whole),
        snapshot.range(item.name_span),
        (!children.is_empty()).then_some(children),
    )
}

fn items_of(snapshot: &Snapshot, statement: &Statement) -> Vec<Item> {
    let whole = statement.span;
    let item = |name: &ast::Name, detail: &str, kind: SymbolKind, children: Vec<Item>| Item {
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
        Body::Tenant(tenant) => vec![item(&tenant.name, "tenant", SymbolKind::Namespace, Vec::new())],
        Body::App(app) => {
            let names: Vec<&str> = app.names.iter().map(|name| name.value.as_str()).collect();
            let span = ends(app.names.first().map(|name| name.span), app.names.last().map(|name| name.span));
            let (name, detail) = (names.join(", "), "app".to_string());
            vec![Item { name, detail, kind: SymbolKind::Class, whole, name_span: span, children: ports(&app.ports) }]
        }
        Body::Service(service) => vec![item(&service.name, "service", SymbolKind::Interface, ports(&service.ports))],
        Body::Expose(expose) => {
            let hosts: Vec<&str> = expose.addresses.iter().map(|address| address.value.as_str()).collect();
            let mut shown = item(&expose.target, &hosts.join(", "), SymbolKind::Event, Vec::new());
            shown.name = format!("expose {}", expose.target.value);
            let detail = format!("expose {}", expose.target.value);
            let host = |address: &ast::Text| item(address, &detail, SymbolKind::String, Vec::new());
            shown.children = expose.addresses.iter().map(host).collect();
            shown.children.iter_mut().for_each(|child| child.whole = child.name_span);
            vec![shown]
        }
        Body::Allow(node) => rule(node, "allow", SymbolKind::Operator),
        Body::Never(node) => rule(node, "never", SymbolKind::Boolean),
        Body::Expect(node) => rule(node, "expect", SymbolKind::Boolean),
        Body::Export(export) => {
            let span = ends(export.what.first().map(|peer| peer.span), export.to.last().map(|to| to.span));
            let (name, detail) = (text(span), "export".to_string());
            vec![Item { name, detail, kind: SymbolKind::Method, whole, name_span: span, children: Vec::new() }]
        }
        Body::External(external) => {
            let remotes: Vec<&str> = external.remotes.iter().map(|remote| remote.value.as_str()).collect();
            vec![item(&external.name, &format!("external {}", remotes.join(", ")), SymbolKind::Object, Vec::new())]
        }
        Body::Certificate(certificate) => vec![item(&certificate.name, "certificate", SymbolKind::Key, Vec::new())],
        Body::Group(group) => vec![item(&group.name, "group", SymbolKind::Array, Vec::new())],
        Body::Ports(set) => vec![item(&set.name, "ports", SymbolKind::Number, Vec::new())],
        Body::Include(include) => vec![item(&include.path, "include", SymbolKind::File, Vec::new())],
        Body::Platform(platform) => {
            let fact = |fact: &ast::Fact| {
                let words: Vec<&str> = fact.items.iter().map(|item| item.value.as_str()).collect();
                let mut shown = item(&fact.name, &words.join(" "), SymbolKind::Property, Vec::new());
                shown.whole = fact.span;
                shown.children = fact.values.iter().map(value).collect();
                shown
            };
            let keyword = Span { end: whole.start + "platform".len() as u32, ..whole };
            vec![Item {
                name: "platform".to_string(),
                detail: String::new(),
                kind: SymbolKind::Module,
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
        kind: SymbolKind::Field,
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
        kind: SymbolKind::Constant,
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
