//! What each word is, and of that what has changed.

use crate::view::View;
use std::collections::BTreeMap;
use tower_lsp_server::gen_lsp_types::{
    SemanticToken, SemanticTokens, SemanticTokensDelta, SemanticTokensDeltaResponse, SemanticTokensEdit,
    SemanticTokensLegend,
};
use xks_core::source::{FileId, Span};
use xks_ide::features::semantic_tokens::{self, MODIFIERS, TYPES};

/// The names of types and modifiers.
pub(crate) fn legend() -> SemanticTokensLegend {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect();
    SemanticTokensLegend { token_types: names(TYPES), token_modifiers: names(MODIFIERS) }
}

/// The tokens of a file, or of a part of it.
pub(crate) fn tokens(view: &View, file: FileId, within: Option<Span>) -> Vec<SemanticToken> {
    let tokens = semantic_tokens::tokens(&view.snapshot, file, within);
    let numbers = semantic_tokens::encoded(view.snapshot.source(file), &tokens, view.client.encoding);
    let one = |[delta_line, delta_start, length, token_type, token_modifiers_bitset]: [u32; 5]| SemanticToken {
        delta_line,
        delta_start,
        length,
        token_type,
        token_modifiers_bitset,
    };
    numbers.into_iter().map(one).collect()
}

/// The tokens that each client was sent last, by document, so that only what changes is sent.
#[derive(Default)]
pub(crate) struct Sent {
    documents: BTreeMap<String, (u64, Vec<SemanticToken>)>,
    last: u64,
}

impl Sent {
    /// All tokens of a document.
    pub(crate) fn full(&mut self, uri: &str, data: Vec<SemanticToken>) -> SemanticTokens {
        self.last += 1;
        self.documents.insert(uri.to_string(), (self.last, data.clone()));
        SemanticTokens { result_id: Some(self.last.to_string()), data }
    }

    /// What has changed since an answer, or all if that is no longer known.
    pub(crate) fn delta(&mut self, uri: &str, since: &str, data: Vec<SemanticToken>) -> SemanticTokensDeltaResponse {
        let known = self.documents.get(uri).filter(|(id, _)| id.to_string() == since);
        let edits = known.map(|(_, old)| difference(old, &data));
        let full = self.full(uri, data);
        match edits {
            Some(edits) => SemanticTokensDelta { result_id: full.result_id, edits }.into(),
            None => full.into(),
        }
    }

    /// Forgets a document.
    pub(crate) fn close(&mut self, uri: &str) {
        self.documents.remove(uri);
    }
}

/// One edit from the first token that differs to the last; it counts numbers, five for each token.
fn difference(old: &[SemanticToken], new: &[SemanticToken]) -> Vec<SemanticTokensEdit> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tails = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tails.take_while(|(a, b)| a == b).count();
    let (gone, come) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if gone.is_empty() && come.is_empty() {
        return Vec::new();
    }
    let numbers = come.iter().flat_map(|token| {
        [token.delta_line, token.delta_start, token.length, token.token_type, token.token_modifiers_bitset]
    });
    vec![SemanticTokensEdit {
        start: head as u32 * 5,
        delete_count: gone.len() as u32 * 5,
        data: Some(numbers.collect()),
    }]
}
