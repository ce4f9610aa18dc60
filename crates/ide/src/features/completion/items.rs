//! The list of items, and what is known of each when it is looked at more closely.

use super::super::describe;
use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use xks_core::edge::nginx::annotations;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::source::Span;
use xks_core::syntax::reference;

/// What an item is, for its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ItemKind {
    Class,
    Constant,
    EnumMember,
    File,
    Folder,
    /// A word with parts to fill in.
    Function,
    Interface,
    Keyword,
    Module,
    Operator,
    Property,
    Reference,
    Struct,
    Value,
    Variable,
}

/// What can stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is shown, and put in unless there is a snippet.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// What is said beside it; may be empty.
    pub detail: String,
    /// Its place in the list: the nearest come first. Some numbers may be missing.
    pub order: usize,
    /// What has been typed of it, and goes.
    pub replaces: Span,
    /// What is put in by an editor that fills in parts: `${1:example}`.
    pub snippet: Option<String>,
    /// What its documentation is about.
    pub about: Option<About>,
}

/// The items for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completions {
    /// The items, each label once.
    pub items: Vec<Item>,
    /// Whether there are more, which come when more of the word has been typed.
    pub cut: bool,
}

/// What an item's documentation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// The keyword of a statement.
    Statement(SmolStr),
    /// The keyword of a clause.
    Clause {
        /// The statement.
        of: SmolStr,
        /// The clause.
        word: SmolStr,
    },
    /// The name of a fact.
    Fact(SmolStr),
    /// The key of an annotation.
    Annotation(SmolStr),
    /// Something with a name.
    Symbol(Symbol),
}

/// The most items of a list. What comes behind them comes when more of the word has been typed.
const MOST: usize = 200;

/// The items for one word.
pub(super) struct Items<'s> {
    pub(super) snapshot: &'s Snapshot,
    /// What has been typed of the word.
    pub(super) word: Span,
    found: Vec<Item>,
    /// Whether what does not go with the word is left out, as there are so many names.
    narrow: bool,
    /// Whether anything was left out.
    cut: bool,
}

impl<'s> Items<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, word: Span) -> Items<'s> {
        let narrow = snapshot.index().tenants().nth(MOST).is_some();
        Items { snapshot, word, found: Vec::new(), narrow, cut: false }
    }

    /// What has been typed of the word.
    pub(super) fn typed(&self) -> &'s str {
        self.snapshot.sources.text(self.word)
    }

    /// Leaves the beginning of the word as it is: what follows is for the rest.
    pub(super) fn behind(&mut self, length: usize) {
        self.word.start += length as u32;
    }

    pub(super) fn word(&mut self, label: &str, kind: ItemKind, detail: &str) {
        self.push(label, kind, detail, None, None);
    }

    pub(super) fn keyword(&mut self, word: &str, snippet: Option<String>, about: About) {
        self.push(word, ItemKind::Keyword, "", snippet, Some(about));
    }

    /// What a word starts that has parts to fill in.
    pub(super) fn form(&mut self, word: &str, snippet: &str, detail: &str) {
        self.push(word, ItemKind::Function, detail, Some(snippet.to_string()), None);
    }

    pub(super) fn fact(&mut self, name: &str) {
        self.about(name, ItemKind::Property, "", About::Fact(SmolStr::new(name)));
    }

    pub(super) fn symbol(&mut self, symbol: &Symbol, label: &str, detail: &str) {
        let kind = match symbol.kind {
            Kind::Tenant => ItemKind::Module,
            Kind::App => ItemKind::Class,
            Kind::Port | Kind::ServicePort | Kind::PortSet => ItemKind::EnumMember,
            Kind::Service => ItemKind::Interface,
            Kind::External => ItemKind::Reference,
            Kind::Group => ItemKind::Struct,
            Kind::Certificate | Kind::Secret | Kind::Issuer => ItemKind::File,
            Kind::Environment | Kind::Value => ItemKind::Variable,
            Kind::Host => ItemKind::Value,
            Kind::Annotation | Kind::Lint => ItemKind::Property,
            Kind::BuiltIn => ItemKind::Constant,
        };
        self.about(label, kind, detail, About::Symbol(symbol.clone()));
    }

    pub(super) fn about(&mut self, label: &str, kind: ItemKind, detail: &str, about: About) {
        self.push(label, kind, detail, None, Some(about));
    }

    fn push(&mut self, label: &str, kind: ItemKind, detail: &str, snippet: Option<String>, about: Option<About>) {
        if self.narrow && (self.found.len() == MOST || !goes_with(self.typed(), label)) {
            self.cut = true;
            return;
        }
        self.found.push(Item {
            label: label.to_string(),
            kind,
            detail: detail.to_string(),
            order: self.found.len(),
            replaces: self.word,
            snippet,
            about,
        });
    }

    /// The items, each label once.
    pub(super) fn finish(self) -> Completions {
        let mut seen = std::collections::BTreeSet::new();
        let items = self.found.into_iter().filter(|item| seen.insert(item.label.clone())).collect();
        Completions { items, cut: self.cut }
    }
}

/// Whether a label holds the letters that were typed, in their order: what editors look for.
fn goes_with(typed: &str, label: &str) -> bool {
    let mut letters = label.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|letter| letters.any(|other| other == letter))
}

/// The documentation of an item, in Markdown. What has a name is looked up in its workspace.
pub fn documentation(snapshot: Option<&Snapshot>, about: &About) -> Option<String> {
    Some(match about {
        About::Statement(word) => describe::entry(&reference::statement(word)?),
        About::Clause { of, word } => describe::entry(&reference::clause(of, word)?),
        About::Fact(name) => describe::entry(&reference::fact(name)?),
        About::Annotation(name) => describe::annotation(annotations::find(name)?),
        About::Symbol(symbol) => describe::symbol(snapshot?, symbol),
    })
}
