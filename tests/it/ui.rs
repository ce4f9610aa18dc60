//! `tests/ui/CODE/CASE.xks`: each raises its code, and is rendered as `CASE.stderr` beside it says.

use crate::fixture;
use std::collections::BTreeSet;

#[test]
fn each_case_raises_its_code_and_renders_as_expected() {
    let folder = fixture::root().join("tests/ui");
    let mut complaints = Vec::new();
    let mut covered = BTreeSet::new();
    for path in
        fixture::files(&folder).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "xks"))
    {
        let code = path
            .parent()
            .and_then(|folder| folder.file_name())
            .and_then(|name| name.to_str())
            .expect("a folder named after a code")
            .to_string();
        let workspace = fixture::workspace(&fixture::read(&path));
        if !workspace.codes().contains(&code.as_str()) {
            complaints.push(format!("{} does not raise `{code}` but {:?}", path.display(), workspace.codes()));
        }
        complaints.extend(fixture::expect(&path.with_extension("stderr"), &workspace.rendered()).err());
        covered.insert(code);
    }
    for code in xks_core::codes().iter().filter(|code| !covered.contains(code.name)) {
        complaints.push(format!("`{}` has no case in tests/ui/{}", code.name, code.name));
    }
    fixture::report(complaints);
}
