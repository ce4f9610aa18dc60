//! The outline of a file, and the search for names in all files.

use crate::view::View;
use tower_lsp_server::gen_lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolResponse, SymbolInformation, SymbolKind, WorkspaceSymbol,
    WorkspaceSymbolLocation,
};
use xks_core::escape::word;
use xks_core::source::FileId;
use xks_ide::features::symbols::{self, Found, Item, Kind, MOST};

/// What a file says, statement by statement.
pub(crate) fn outline(view: &View, file: FileId) -> DocumentSymbolResponse {
    let items = symbols::outline(&view.snapshot, file).into_iter();
    if view.client.nested_symbols {
        return items.map(|item| nested(view, item)).collect::<Vec<_>>().into();
    }
    let tenant = view.snapshot.index().tenant_of(file).map(ToString::to_string);
    let flat = items.flat_map(|item| {
        let mut children = item.children;
        children.insert(0, Item { children: Vec::new(), ..item });
        children
    });
    let one = |item: Item| {
        let symbol = base(&item.name, item.kind, tenant.clone());
        SymbolInformation::new(None, view.location(item.name_span), symbol)
    };
    flat.map(one).collect::<Vec<_>>().into()
}

/// What goes with a query in all workspaces, the shortest first.
pub(crate) fn search<'s>(views: impl Iterator<Item = &'s View>, query: &str) -> Vec<WorkspaceSymbol> {
    let of = |view: &'s View| symbols::search(&view.snapshot, query).into_iter().map(move |found| (view, found));
    let mut all: Vec<(&View, Found)> = views.flat_map(of).collect();
    all.sort_by(|(_, a), (_, b)| a.rank().cmp(&b.rank()));
    let mut symbols: Vec<WorkspaceSymbol> = all.into_iter().map(|(view, found)| symbol(view, found)).collect();
    symbols.dedup();
    symbols.truncate(MOST);
    symbols
}

fn symbol(view: &View, found: Found) -> WorkspaceSymbol {
    WorkspaceSymbol {
        location: WorkspaceSymbolLocation::Location(view.location(found.span)),
        data: None,
        base_symbol_information: base(&found.name, found.kind, found.container),
    }
}

fn base(name: &str, kind: Kind, container_name: Option<String>) -> BaseSymbolInformation {
    BaseSymbolInformation { name: word(name).into_owned(), kind: kind_of(kind), tags: None, container_name }
}

fn nested(view: &View, item: Item) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> = item.children.into_iter().map(|child| nested(view, child)).collect();
    DocumentSymbol::new(
        word(&item.name).into_owned(),
        (!item.detail.is_empty()).then(|| word(&item.detail).into_owned()),
        kind_of(item.kind),
        None,
        None,
        view.range(item.whole),
        view.range(item.name_span),
        (!children.is_empty()).then_some(children),
    )
}

/// The protocol's kinds are those of programs; each of ours takes the one with the fitting picture.
fn kind_of(kind: Kind) -> SymbolKind {
    match kind {
        Kind::Platform => SymbolKind::Module,
        Kind::Fact => SymbolKind::Property,
        Kind::Value => SymbolKind::Constant,
        Kind::Tenant => SymbolKind::Namespace,
        Kind::App => SymbolKind::Class,
        Kind::Port => SymbolKind::Field,
        Kind::Service => SymbolKind::Interface,
        Kind::Exposure => SymbolKind::Event,
        Kind::Host => SymbolKind::String,
        Kind::Allow => SymbolKind::Operator,
        Kind::Claim => SymbolKind::Boolean,
        Kind::Export => SymbolKind::Method,
        Kind::External => SymbolKind::Object,
        Kind::Certificate => SymbolKind::Key,
        Kind::Group => SymbolKind::Array,
        Kind::PortSet => SymbolKind::Number,
        Kind::Include => SymbolKind::File,
        Kind::Object => SymbolKind::Struct,
    }
}
