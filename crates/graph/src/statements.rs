//! The statements that a graph refers to.

use super::{Place, Statement};
use smol_str::SmolStr;
use xks_base::source::{Sources, Span};
use xks_syntax::Parsed;
use xks_syntax::ast;
use xks_syntax::format::one_line;

/// The texts, and who wrote them.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) sources: &'a Sources,
    pub(super) parsed: &'a [&'a Parsed],
    /// The tenant of each file.
    pub(super) owners: &'a [Option<SmolStr>],
}

impl<'a> Texts<'a> {
    /// The statement that holds `span`.
    pub(super) fn holding(&self, span: Span) -> Option<&'a ast::Statement> {
        let statements = &self.parsed.get(span.file.0 as usize)?.file.statements;
        let after = statements.partition_point(|statement| statement.span.start <= span.start);
        statements[..after].last().filter(|statement| statement.span.end >= span.end)
    }

    /// The tenant whose file `span` lies in.
    pub(super) fn owner(&self, span: Span) -> Option<&'a SmolStr> {
        self.owners.get(span.file.0 as usize)?.as_ref()
    }

    /// Where `span` starts.
    pub(super) fn place(&self, span: Span) -> Place {
        let source = self.sources.get(span.file);
        let (line, column) = source.position(span.start);
        Place { file: source.path.clone(), line, column }
    }

    /// The statement at `span` as a reader sees it.
    pub(super) fn statement(&self, span: Span) -> Statement {
        let tags = self.holding(span).map(|statement| &statement.tags);
        Statement {
            place: self.place(span),
            text: one_line(self.sources.text(span)).into_owned(),
            tenant: self.owner(span).cloned(),
            because: tags.and_then(|tags| tags.because.as_ref()).map(|because| because.value.clone()),
            until: tags.and_then(|tags| tags.until.as_ref()).map(|until| until.value.to_string()),
            gone: false,
        }
    }
}
