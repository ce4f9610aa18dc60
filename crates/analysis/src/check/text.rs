//! `${name}` in hosts, paths and strings.

use super::{Context, errors};
use crate::model;
use smol_str::SmolStr;
use xks_base::diagnostics::Diagnostic;
use xks_base::diagnostics::suggest::nearest;
use xks_base::source::Span;
use xks_syntax::ast::Text;

/// Replaces each `${name}` by its value in the environment. `None` after a report.
pub(super) fn expand(cx: &Context<'_, '_>, text: &Text, out: &mut Vec<Diagnostic>) -> Option<SmolStr> {
    let unknown = match model::expand(cx.env, &text.value) {
        Ok(found) => return Some(found),
        Err(unknown) => unknown,
    };
    for name in unknown {
        let values = cx.env.map_or(&[][..], |env| &env.values);
        let near = nearest(name, values.iter().map(|(key, _)| key.as_str()));
        let env = cx.env.map(|env| (env.name.as_str(), env.span));
        out.push(errors::unknown_value(place(text, name), name, env, near));
    }
    None
}

/// The words of a `${name}`, where the text stands in the source as it is.
fn place(text: &Text, name: &str) -> Span {
    let written = format!("${{{name}}}");
    match text.value.find(&written) {
        Some(at) if (text.span.end - text.span.start) as usize == text.value.len() => {
            let start = text.span.start + at as u32;
            Span { start, end: start + written.len() as u32, ..text.span }
        }
        _ => text.span,
    }
}
