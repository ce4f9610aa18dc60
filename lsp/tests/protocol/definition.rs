//! `textDocument/definition`

use crate::fixture::cases;

#[test]
fn definition() {
    cases("definition", |session| {
        let answer = session.ask("textDocument/definition");
        assert_eq!(session.ask("textDocument/declaration"), answer);
        session.client.draw_locations(&answer)
    });
}
