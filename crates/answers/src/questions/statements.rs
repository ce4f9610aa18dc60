//! The statements that objects come from.

use serde::Serialize;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use xks_analysis::model::Workspace;
use xks_base::source::{Sources, Span};
use xks_output::lower;
use xks_syntax::format::one_line;

/// A statement as an answer shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Statement {
    /// The file, from the root of the workspace.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// Its words, on one line.
    pub text: String,
    /// Where it stands.
    #[serde(skip)]
    pub span: Span,
}

impl Statement {
    /// The statement at these words.
    pub fn at(sources: &Sources, span: Span) -> Statement {
        let source = sources.get(span.file);
        let text = one_line(sources.text(span)).into_owned();
        Statement { file: source.path.clone(), line: source.position(span.start).0, text, span }
    }
}

/// Which statements each object comes from.
#[derive(Debug, Default)]
pub struct Statements {
    of: BTreeMap<(SmolStr, &'static str, SmolStr), Vec<Span>>,
}

impl Statements {
    /// Those of a workspace.
    pub fn of(workspace: &Workspace) -> Statements {
        let mut of = BTreeMap::new();
        for share in lower::shares(workspace) {
            let folder = lower::folder(workspace, &share);
            for resource in folder.resources {
                let key = (folder.namespace.clone(), resource.object.kind(), resource.object.metadata().name.clone());
                let spans = match resource.origin {
                    lower::Origin::Statements(spans) => spans,
                    lower::Origin::Tenant(_) => Vec::new(),
                };
                of.insert(key, spans);
            }
        }
        Statements { of }
    }

    /// Those of an object.
    pub fn get(&self, namespace: &SmolStr, kind: &'static str, name: &SmolStr) -> &[Span] {
        self.of.get(&(namespace.clone(), kind, name.clone())).map_or(&[], Vec::as_slice)
    }
}
