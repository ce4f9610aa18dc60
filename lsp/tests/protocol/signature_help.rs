//! `textDocument/signatureHelp`

use crate::fixture::cases;

#[test]
fn signature_help() {
    cases("signature_help", |session| {
        let answer = session.ask("textDocument/signatureHelp");
        let mut out = String::new();
        for signature in answer["signatures"].as_array().into_iter().flatten() {
            let label = signature["label"].as_str().expect("a label");
            out += &format!("{label}\n");
            if let Some(active) = signature["activeParameter"].as_u64() {
                let parameter = &signature["parameters"][active as usize];
                let at = |end: usize| parameter["label"][end].as_u64().expect("a place") as usize;
                let units: Vec<u16> = label.encode_utf16().collect();
                let part = String::from_utf16(&units[at(0)..at(1)]).expect("a part");
                out += &format!("{}{}\n", " ".repeat(at(0)), "^".repeat(part.chars().count()));
                out += &format!("{}\n", parameter["documentation"]["value"].as_str().unwrap_or_default());
            }
        }
        if out.is_empty() { "nothing\n".to_string() } else { out }
    });
}
