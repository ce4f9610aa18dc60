//! The list of items, and what is known of each when it is looked at more closely.

use super::super::describe;
use crate::snapshot::Snapshot;
use serde_json::{Value, json};
use tower_lsp_server::gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, InsertTextFormat, Range, TextEdit,
};
use xks_core::edge::nginx::annotations;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::source::Span;
use xks_core::syntax::reference;

/// What an item's documentation is about.
pub(super) enum Documented<'d> {
    Nothing,
    Statement(&'d str),
    Clause(&'d str, &'d str),
    Fact(&'d str),
    Annotation(&'d str),
    Lint(&'d str),
    Symbol(&'d Symbol),
}

/// The most items of a list. What comes behind them comes when more of the word has been typed.
const MOST: usize = 200;

/// The items for one word.
pub(super) struct Items<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// What has been typed of the word.
    pub(super) word: Span,
    range: Range,
    found: Vec<CompletionItem>,
    /// Whether what does not go with the word is left out, as there are so many names.
    narrow: bool,
    /// Whether anything was left out.
    cut: bool,
}

impl<'s> Items<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, word: Span) -> Items<'s> {
        let narrow = snapshot.index().tenants().nth(MOST).is_some();
        Items { snapshot, word, range: snapshot.range(word), found: Vec::new(), narrow, cut: false }
    }

    /// What has been typed of the word.
    pub(super) fn typed(&self) -> &'s str {
        self.snapshot.sources.text(self.word)
    }

    /// Leaves the beginning of the word as it is: what follows is for the rest.
    pub(super) fn behind(&mut self, length: usize) {
        self.word.start += length as u32;
        self.range = self.snapshot.range(self.word);
    }

    pub(super) fn word(&mut self, label: &str, kind: CompletionItemKind, detail: &str) {
        self.documented(label, kind, detail, Documented::Nothing);
    }

    pub(super) fn keyword(&mut self, word: &str, snippet: Option<&str>, about: Documented<'_>) {
        self.documented(word, CompletionItemKind::Keyword, "", about);
        if let Some(snippet) = snippet {
            self.filled(snippet);
        }
    }

    /// Has the last item insert a snippet, if the client takes those.
    fn filled(&mut self, snippet: &str) {
        if let (true, Some(item)) = (self.snapshot.client.snippets, self.found.last_mut()) {
            item.insert_text_format = Some(InsertTextFormat::Snippet);
            item.text_edit = Some(edit(self.range, snippet));
        }
    }

    /// What a word starts that has parts to fill in.
    pub(super) fn form(&mut self, word: &str, snippet: &str, detail: &str) {
        self.documented(word, CompletionItemKind::Function, detail, Documented::Nothing);
        self.filled(snippet);
    }

    pub(super) fn fact(&mut self, name: &str) {
        self.documented(name, CompletionItemKind::Property, "", Documented::Fact(name));
    }

    pub(super) fn symbol(&mut self, symbol: &Symbol, label: &str, detail: &str) {
        let kind = match symbol.kind {
            Kind::Tenant => CompletionItemKind::Module,
            Kind::App => CompletionItemKind::Class,
            Kind::Port | Kind::ServicePort | Kind::PortSet => CompletionItemKind::EnumMember,
            Kind::Service => CompletionItemKind::Interface,
            Kind::External => CompletionItemKind::Reference,
            Kind::Group => CompletionItemKind::Struct,
            Kind::Certificate | Kind::Secret | Kind::Issuer => CompletionItemKind::File,
            Kind::Environment | Kind::Value => CompletionItemKind::Variable,
            Kind::Host => CompletionItemKind::Value,
            Kind::Annotation | Kind::Lint => CompletionItemKind::Property,
            Kind::BuiltIn => CompletionItemKind::Constant,
        };
        self.documented(label, kind, detail, Documented::Symbol(symbol));
    }

    pub(super) fn documented(&mut self, label: &str, kind: CompletionItemKind, detail: &str, about: Documented<'_>) {
        if self.narrow && (self.found.len() == MOST || !goes_with(self.typed(), label)) {
            self.cut = true;
            return;
        }
        // In the order in which they are found: the nearest first.
        let sort_text = format!("{:05}", self.found.len());
        let uri = &self.snapshot.document(self.word.file).uri.0;
        let data = match about {
            Documented::Nothing => None,
            Documented::Statement(word) => Some(json!({ "statement": word })),
            Documented::Clause(statement, word) => Some(json!({ "clause": word, "of": statement })),
            Documented::Fact(name) => Some(json!({ "fact": name })),
            Documented::Annotation(name) => Some(json!({ "annotation": name })),
            Documented::Lint(name) => Some(json!({ "uri": uri, "kind": "lint", "name": name })),
            Documented::Symbol(symbol) => Some(json!({
                "uri": uri,
                "kind": describe::word(symbol.kind),
                "service": symbol.kind == Kind::ServicePort,
                "tenant": symbol.tenant.as_deref(),
                "owner": symbol.owner.as_deref(),
                "name": symbol.name.as_str(),
            })),
        };
        self.found.push(CompletionItem {
            label: label.to_string(),
            kind: Some(kind),
            detail: (!detail.is_empty()).then(|| detail.to_string()),
            sort_text: Some(sort_text),
            text_edit: Some(edit(self.range, label)),
            data,
            ..CompletionItem::default()
        });
    }

    /// The items, each label once.
    pub(super) fn finish(self) -> CompletionList {
        let mut seen = std::collections::BTreeSet::new();
        let items = self.found.into_iter().filter(|item| seen.insert(item.label.clone())).collect();
        CompletionList { is_incomplete: self.cut, items, ..CompletionList::default() }
    }
}

/// Whether a label holds the letters that were typed, in their order: what editors look for.
fn goes_with(typed: &str, label: &str) -> bool {
    let mut letters = label.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|letter| letters.any(|other| other == letter))
}

fn edit(range: Range, text: &str) -> CompletionItemTextEdit {
    CompletionItemTextEdit::TextEdit(TextEdit { range, new_text: text.to_string() })
}

const KINDS: [Kind; 17] = [
    Kind::Tenant,
    Kind::App,
    Kind::Port,
    Kind::ServicePort,
    Kind::Service,
    Kind::External,
    Kind::Group,
    Kind::PortSet,
    Kind::Certificate,
    Kind::Secret,
    Kind::Issuer,
    Kind::Environment,
    Kind::Value,
    Kind::Host,
    Kind::Annotation,
    Kind::Lint,
    Kind::BuiltIn,
];

/// The documentation that an item's data asks for.
pub(super) fn documentation(snapshot: Option<&Snapshot>, data: &Value) -> Option<String> {
    let text = |key: &str| data.get(key).and_then(Value::as_str);
    if let Some(word) = text("statement") {
        return Some(describe::entry(&reference::statement(word)?));
    }
    if let Some(word) = text("clause") {
        return Some(describe::entry(&reference::clause(text("of")?, word)?));
    }
    if let Some(name) = text("fact") {
        return Some(describe::entry(&reference::fact(name)?));
    }
    if let Some(name) = text("annotation") {
        return Some(describe::annotation(annotations::find(name)?));
    }
    let named = KINDS.into_iter().find(|kind| Some(describe::word(*kind)) == text("kind"))?;
    let kind = if data.get("service").and_then(Value::as_bool) == Some(true) { Kind::ServicePort } else { named };
    let symbol = Symbol {
        kind,
        tenant: text("tenant").map(Into::into),
        owner: text("owner").map(Into::into),
        name: text("name")?.into(),
    };
    Some(describe::symbol(snapshot?, &symbol))
}
