//! `textDocument/definition`

use crate::fixture::cases;

#[test]
fn definition() {
    cases("definition", |session| {
        let answer = session.ask("textDocument/definition");
        session.client.draw_locations(&answer)
    });
}
