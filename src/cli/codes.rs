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

/// Something in the output folder that no build put there.
pub(super) static FOREIGN_FILE: Code = Code {
    name: "foreign-file",
    level: Level::Deny,
    lint: false,
    summary: "a file or folder in the output folder is nobody's",
    page: "\
# foreign-file

The output folder holds a file or folder that `xks build` did not write. What delivers the folder to the cluster may read it all the
same: a second `kustomization.yml`, a folder of manifests, a hidden `.argocd-source.yaml`. So `xks build --check` and `xks verify` fail,
and `xks build` says so and leaves it alone.

Move it out of the folder, or remove it. Objects that should be delivered with a tenant's go into a file in the tenant's own place,
which a line `include` names. What a platform writes by hand lies beside the output folder, and refers to it:

```yaml
resources:
- ../generated/shop
```
",
};

/// An output folder that remembers another workspace.
pub(super) static OTHER_WORKSPACE: Code = Code {
    name: "other-workspace",
    level: Level::Deny,
    lint: false,
    summary: "the output folder belongs to another workspace",
    page: "\
# other-workspace

An output folder holds what one workspace becomes: a build of the whole workspace removes what is no longer wanted. So the folder
remembers its workspace in the file `.xks-output`, as the path from the root of the repository, and another workspace neither
writes to it nor compares with it.

Most often the command was started for another folder than intended, such as one tenant's folder in place of the workspace's root:
`xks build PATH`. A workspace that should have an output of its own names it with `-o DIR`, or with `output` in its platform's facts.

Where a workspace has moved, or takes the folder's place, `xks build --adopt` takes the folder over: what the other workspace wrote
there is removed, and the folder remembers this one.
",
};

/// An answer with more rows than anybody reads.
pub(super) static TOO_MANY_ROWS: Code = Code {
    name: "too-many-rows",
    level: Level::Note,
    lint: false,
    summary: "an answer has more rows than are shown",
    page: "\
# too-many-rows

`xks who` finds the first 1,000 rows of who may reach a peer, and as many of whom it may reach. It counts the others, and leaves
them out.

Ask about fewer pods: `xks who 'shop/pods(app=web)'` in place of `xks who 'shop/*'`. Whether one connection is open, `xks can`
says however many there are.
",
};

/// Every code there is, sorted by name.
pub(super) fn all() -> Vec<&'static Code> {
    let mut codes = xks_core::codes();
    codes.extend([&UNREADABLE_FILE, &EMPTY_WORKSPACE, &FOREIGN_FILE, &OTHER_WORKSPACE, &TOO_MANY_ROWS]);
    codes.sort_by_key(|code| code.name);
    codes
}
