//! `${name}` in hosts, paths and strings.

use super::{Context, errors};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::suggest::nearest;
use crate::source::Span;
use crate::syntax::ast::Text;
use smol_str::SmolStr;

/// Replaces each `${name}` by its value in the environment. `None` after a report.
pub(super) fn expand(cx: &Context<'_, '_>, text: &Text, out: &mut Vec<Diagnostic>) -> Option<SmolStr> {
    if !text.value.contains("${") {
        return Some(text.value.clone());
    }
    let mut result = String::new();
    let mut rest = text.value.as_str();
    let mut sound = true;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else { break };
        let name = &rest[start + 2..start + length];
        let values = cx.env.map_or(&[][..], |env| &env.values);
        match values.iter().find(|(key, _)| key == name) {
            Some((_, value)) => {
                result.push_str(&rest[..start]);
                result.push_str(value);
            }
            None => {
                let near = nearest(name, values.iter().map(|(key, _)| key.as_str()));
                let env = cx.env.map(|env| env.name.as_str());
                out.push(errors::unknown_value(place(text, name), name, env, near, cx.env.map(|env| env.span)));
                sound = false;
            }
        }
        rest = &rest[start + length + 1..];
    }
    result.push_str(rest);
    sound.then(|| SmolStr::new(result))
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
