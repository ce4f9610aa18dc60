//! What can stand at the cursor. An item's data says what its documentation is about, for when it is looked at more closely.

use super::markdown::markdown;
use crate::snapshots::Snapshots;
use crate::view::View;
use serde_json::{Value, json};
use tower_lsp_server::gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, Documentation, InsertTextFormat,
    TextEdit, Uri,
};
use xks_core::escape::word;
use xks_core::names::uses::{Kind, Symbol};
use xks_ide::features::completion::{self, About, Item, ItemKind};
use xks_ide::features::describe;
use xks_ide::snapshot::At;

/// What can stand at a place.
pub(crate) fn completion(view: &View, at: At) -> Option<CompletionList> {
    let found = completion::completion(&view.snapshot, at)?;
    let uri = view.uri(at.file);
    let items = found.items.into_iter().map(|item| one(view, &uri, item)).collect();
    Some(CompletionList { is_incomplete: found.cut, items, ..CompletionList::default() })
}

fn one(view: &View, uri: &Uri, item: Item) -> CompletionItem {
    let snippet = item.snippet.filter(|_| view.client.snippets);
    let insert_text_format = snippet.as_ref().map(|_| InsertTextFormat::Snippet);
    let new_text = snippet.unwrap_or_else(|| item.label.clone());
    CompletionItem {
        label: word(&item.label).into_owned(),
        kind: Some(kind(item.kind)),
        detail: (!item.detail.is_empty()).then(|| word(&item.detail).into_owned()),
        sort_text: Some(format!("{:05}", item.order)),
        insert_text_format,
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range: view.range(item.replaces), new_text })),
        data: item.about.map(|about| data(uri, &about)),
        ..CompletionItem::default()
    }
}

fn kind(kind: ItemKind) -> CompletionItemKind {
    match kind {
        ItemKind::Class => CompletionItemKind::Class,
        ItemKind::Constant => CompletionItemKind::Constant,
        ItemKind::EnumMember => CompletionItemKind::EnumMember,
        ItemKind::File => CompletionItemKind::File,
        ItemKind::Folder => CompletionItemKind::Folder,
        ItemKind::Function => CompletionItemKind::Function,
        ItemKind::Interface => CompletionItemKind::Interface,
        ItemKind::Keyword => CompletionItemKind::Keyword,
        ItemKind::Module => CompletionItemKind::Module,
        ItemKind::Operator => CompletionItemKind::Operator,
        ItemKind::Property => CompletionItemKind::Property,
        ItemKind::Reference => CompletionItemKind::Reference,
        ItemKind::Struct => CompletionItemKind::Struct,
        ItemKind::Value => CompletionItemKind::Value,
        ItemKind::Variable => CompletionItemKind::Variable,
    }
}

fn data(uri: &Uri, about: &About) -> Value {
    match about {
        About::Statement(word) => json!({ "statement": word.as_str() }),
        About::Clause { of, word } => json!({ "clause": word.as_str(), "of": of.as_str() }),
        About::Fact(name) => json!({ "fact": name.as_str() }),
        About::Annotation(name) => json!({ "annotation": name.as_str() }),
        About::Symbol(symbol) => json!({
            "uri": uri.0,
            "kind": describe::word(symbol.kind),
            "service": symbol.kind == Kind::ServicePort,
            "tenant": symbol.tenant.as_deref(),
            "owner": symbol.owner.as_deref(),
            "name": symbol.name.as_str(),
        }),
    }
}

fn about(data: &Value) -> Option<About> {
    let text = |key: &str| data.get(key).and_then(Value::as_str);
    if let Some(word) = text("statement") {
        return Some(About::Statement(word.into()));
    }
    if let Some(word) = text("clause") {
        return Some(About::Clause { of: text("of")?.into(), word: word.into() });
    }
    if let Some(name) = text("fact") {
        return Some(About::Fact(name.into()));
    }
    if let Some(name) = text("annotation") {
        return Some(About::Annotation(name.into()));
    }
    let kind = describe::kind_of(text("kind")?)?;
    let service = kind == Kind::Port && data.get("service").and_then(Value::as_bool) == Some(true);
    Some(About::Symbol(Symbol {
        kind: if service { Kind::ServicePort } else { kind },
        tenant: text("tenant").map(Into::into),
        owner: text("owner").map(Into::into),
        name: text("name")?.into(),
    }))
}

/// Adds the documentation of an item that the client wants to show.
pub(crate) fn resolve(snapshots: &Snapshots, mut item: CompletionItem) -> CompletionItem {
    let found = item.data.as_ref().and_then(|data| {
        let uri = data.get("uri").and_then(Value::as_str).map(|uri| Uri(uri.to_string()));
        let view = uri.and_then(|uri| snapshots.find(&uri)).map(|(view, _)| view);
        completion::documentation(view.map(|view| &*view.snapshot), &about(data)?)
    });
    if let Some(value) = found.filter(|value| !value.is_empty()) {
        item.documentation = Some(Documentation::MarkupContent(markdown(value)));
    }
    item
}
