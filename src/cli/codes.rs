//! What only the command line can find wrong: files that are not there or cannot be read.

use xks_core::diagnostics::{Code, Level};

/// A file or folder that cannot be read.
pub(super) static UNREADABLE_FILE: Code = Code {
    name: "unreadable-file",
    level: Level::Deny,
    lint: false,
    summary: "a file of the workspace cannot be read",
    page: "\
# unreadable-file

A file or folder of the workspace is missing, may not be opened, is not UTF-8, is not a regular file, or is far larger
than a hand-written file can be.

What a workspace says depends on all of its files, so nothing is compiled without one of them. The other files are
still read, and mistakes in how they are written are reported in the same run.

What helps depends on the reason in the message: `chmod` for a missing permission, saving the file as UTF-8, renaming a
folder whose name ends in `.xks`, mending a link that leads nowhere, or a line in `.gitignore` for a file that does not
belong to the workspace.
",
};

/// A folder without a single `.xks` file.
pub(super) static EMPTY_WORKSPACE: Code = Code {
    name: "empty-workspace",
    level: Level::Deny,
    lint: false,
    summary: "there is no `.xks` file below the folder",
    page: "\
# empty-workspace

There is no `.xks` file in the folder or below it. Most often the command was started in another folder than intended:
give the workspace as an argument, `xks check PATH`.

Hidden folders, links to folders, and what `.gitignore` names are not looked into.

`xks init` writes a small workspace to start from.
",
};

/// Every code there is, sorted by name.
pub(super) fn all() -> Vec<&'static Code> {
    let mut codes = xks_core::codes();
    codes.extend([&UNREADABLE_FILE, &EMPTY_WORKSPACE]);
    codes.sort_by_key(|code| code.name);
    codes
}
