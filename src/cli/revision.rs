//! Another state of a workspace: a folder, or a revision of the git repository that the workspace lies in.

use super::codes::EMPTY_WORKSPACE;
use super::failure::{self, Failure};
use super::git::{self, Tree};
use super::manifests as on_disk;
use super::workspace::{Unreadable, Workspace, is_stdin, prefix};
use std::path::{Path, PathBuf};
use xks_core::source::{Source, Sources};

/// Reads the older state that `old` names of the workspace at `path`.
pub(super) fn load(old: &str, path: &Path) -> Result<Workspace, Failure> {
    if is_stdin(path) {
        return Err(Failure::usage("standard input has no older state").hint("name the folder or the file to compare"));
    }
    let root = Workspace::root_around(path);
    let path = root.as_deref().unwrap_or(path);
    let (folder, file) = match path.is_dir() {
        true => (path, None),
        false => (folder_of(path), path.file_name().and_then(|name| name.to_str())),
    };
    if is_on_disk(old, folder)? { Workspace::from_disk(Path::new(old)) } else { read(old, folder, file) }
}

/// The workspace at `root` in a revision; `None` where it holds none yet.
pub(super) fn older(revision: &str, root: &Path) -> Result<Option<Workspace>, Failure> {
    let workspace = read(revision, root, None)?;
    Ok(Some(workspace)
        .filter(|workspace| workspace.unreadable.iter().all(|found| found.code.name != EMPTY_WORKSPACE.name)))
}

/// What lies in a workspace, in a folder of a git repository or one of its revisions, and is no part of it without anybody
/// seeing so: files that are committed and ignored, and other repositories.
pub(super) fn unseen(workspace: &Workspace) -> Result<Vec<Unreadable>, Failure> {
    if workspace.is_one_file() {
        return Ok(Vec::new());
    }
    let (ignored, modules) = match &workspace.tree {
        Some(tree) => (tree.ignored().map(String::from).collect(), tree.modules.clone()),
        None if git::has(&workspace.root, "HEAD") => git::tracked_oddly(&workspace.root)?,
        None => return Ok(Vec::new()),
    };
    let ignored = ignored.into_iter().filter(|path| path.ends_with(".xks") && !is_hidden(path)).map(|path| {
        let reason = "it is committed, and an ignore file leaves it out, so that no build reads it";
        let help = Some("take it out of the repository, `git rm --cached`, or out of `.gitignore`".to_string());
        Unreadable { help, ..Unreadable::new(path, reason) }
    });
    let mut inner: Vec<String> = modules.into_iter().filter(|path| !is_hidden(path)).collect();
    if workspace.tree.is_none() {
        inner.extend(nested(workspace));
    }
    inner.sort();
    inner.dedup();
    let inner = inner.into_iter().map(|path| {
        let reason = "it is another git repository, whose files no revision of this one holds";
        let help = Some("keep it outside of the workspace".to_string());
        Unreadable { help, ..Unreadable::new(path, reason) }
    });
    Ok(ignored.chain(inner).collect())
}

/// The folders of a workspace on the disk that are repositories by themselves.
fn nested(workspace: &Workspace) -> Vec<String> {
    let files = workspace.sources.ids().map(|id| workspace.sources.get(id).real_path().to_string());
    let folders = files
        .flat_map(|path| -> Vec<String> { path.match_indices('/').map(|(at, _)| path[..at].to_string()).collect() });
    let folders: std::collections::BTreeSet<String> = folders.collect();
    folders.into_iter().filter(|folder| workspace.root.join(folder).join(".git").exists()).collect()
}

/// Sources and included files that a build reads otherwise than a review, where the side is what is checked out.
pub(super) fn disguised<'p>(
    name: &str,
    workspace: &Workspace,
    paths: impl Iterator<Item = &'p str>,
) -> Result<Vec<Unreadable>, Failure> {
    let is_here = workspace.tree.is_none() || git::is_checked_out(&workspace.root, name);
    let Some(tree) = is_here.then(|| git::checked_out(&workspace.root)).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let found = tree.disguised(paths)?.into_iter().map(|path| {
        let reason = "git calls it unchanged, and its bytes in the work tree are others than what is committed";
        let help = "an attribute (`filter`, `ident`, `working-tree-encoding`) or a flag of the index does that: \
                    `git check-attr -a FILE`, `git ls-files -v FILE`";
        Unreadable { help: Some(help.to_string()), ..Unreadable::new(path, reason) }
    });
    Ok(found.collect())
}

/// Manifests as they lie in a folder or a revision.
pub(super) struct Manifests {
    /// What comes before their paths where they are shown.
    pub(super) prefix: String,
    /// Whether they are those of a revision.
    pub(super) is_revision: bool,
    /// Path and text, sorted by path.
    pub(super) files: Vec<(String, String)>,
}

/// Reads the manifests that `name` means: a folder, a file, or what a revision holds below the folder `path`.
pub(super) fn manifests(name: &str, path: &Path) -> Result<Manifests, Failure> {
    if is_on_disk(name, path)? {
        let place = Path::new(name);
        let root = if place.is_file() { folder_of(place) } else { place };
        let start = failure::shown(root);
        let below = |path: String| {
            let below = Path::new(&path).strip_prefix(&start).map(Path::to_path_buf);
            below.unwrap_or_else(|_| PathBuf::from(&path)).to_string_lossy().replace('\\', "/")
        };
        let files = on_disk::texts(place)?.into_iter().map(|(path, text)| (below(path), text)).collect();
        return Ok(Manifests { prefix: prefix(root), is_revision: false, files });
    }
    let tree = Tree::open(path, name)?;
    let is_wanted = |path: &str| {
        let ending = Path::new(path).extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("yaml" | "yml" | "json")) && !is_hidden(path)
    };
    let wanted: Vec<String> = tree.paths().filter(|path| is_wanted(path)).map(str::to_string).collect();
    let prefix = format!("{name}:{}", prefix(path));
    let mut files = Vec::new();
    for (path, text) in tree.read(wanted)? {
        let text = text.map_err(|reason| Failure::failed(format!("cannot read `{prefix}{path}`: {reason}")))?;
        files.push((path, text.text));
    }
    Ok(Manifests { prefix, is_revision: true, files })
}

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// Whether `old` is a file or folder. What is written like a path is one; of what could be both, neither is guessed.
fn is_on_disk(old: &str, folder: &Path) -> Result<bool, Failure> {
    let path = Path::new(old);
    if is_written_as_path(old) {
        return Ok(true);
    }
    if old.is_empty() || old.starts_with('-') {
        return Err(Failure::usage(format!("`{old}` is neither a folder nor a git revision")));
    }
    if !path.exists() {
        return Ok(false);
    }
    if git::has(folder, old) {
        return Err(Failure::usage(format!("`{old}` is a folder and a git revision"))
            .hint(format!("write `./{old}` for the folder, `{old}^0` for the revision")));
    }
    Ok(true)
}

fn is_written_as_path(name: &str) -> bool {
    name.ends_with('/')
        || Path::new(name).is_absolute()
        || matches!(name, "." | "..")
        || name.starts_with("./")
        || name.starts_with("../")
}

/// A path as it is never taken for a revision.
pub(super) fn as_path(path: &Path) -> String {
    let name = path.to_string_lossy();
    if is_written_as_path(&name) { name.into_owned() } else { format!("./{name}") }
}

/// Reads one file of a revision, or every `.xks` file below `folder` that is not hidden.
fn read(revision: &str, folder: &Path, file: Option<&str>) -> Result<Workspace, Failure> {
    let tree = Tree::open(folder, revision)?;
    let is_wanted = |path: &str| match file {
        Some(file) => path == file,
        None => path.ends_with(".xks") && !is_hidden(path),
    };
    let wanted: Vec<String> = tree.paths().filter(|path| is_wanted(path)).map(str::to_string).collect();
    let (mut sources, mut unreadable) = (Vec::new(), Vec::new());
    for (path, text) in tree.read(wanted)? {
        match text {
            Ok(found) => sources.push(Source::new(path, found.text).leading_to(found.real)),
            Err(reason) => unreadable.push(Unreadable::new(path, &reason)),
        }
    }
    let unnamed = tree.unnamed.iter().filter(|path| file.is_none() && !is_hidden(path));
    unreadable.extend(unnamed.map(|path| Unreadable::new(path, xks_disk::NOT_UTF8)));
    if sources.is_empty() && unreadable.is_empty() {
        let shown = failure::shown(&file.map_or(folder.to_path_buf(), |file| folder.join(file)));
        let message = match file {
            Some(_) => format!("there is no `{shown}` in `{revision}`"),
            None => format!("there is no `.xks` file below `{shown}` in `{revision}`"),
        };
        unreadable.push(Unreadable { code: &EMPTY_WORKSPACE, path: ".".to_string(), message, help: None });
    }
    // As git itself writes the name of a file in a revision.
    let prefix = format!("{revision}:{}", prefix(folder));
    Ok(Workspace { prefix, tree: Some(tree), ..Workspace::new(folder, Sources::new(sources), unreadable) })
}
