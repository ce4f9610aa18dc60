//! What follows when files get other names: `include` finds its manifests, and others find a tenant that is called like its
//! file.

use crate::edits::in_place;
use crate::paths::name_below;
use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use std::path::{Path, PathBuf};
use xks_core::diagnostics::Edit;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::syntax::ast::Body;
use xks_core::values::name;

/// The changes of texts that go with renames of files and folders, whole paths from the old to the new one. `root` is the
/// folder of the workspace.
pub fn edits(snapshot: &Snapshot, root: &Path, moves: &[(PathBuf, PathBuf)]) -> Vec<Edit> {
    let mut edits = includes(snapshot, root, moves);
    edits.extend(tenants(snapshot, root, moves));
    in_place(snapshot, edits)
}

/// A path after the renames.
fn moved(moves: &[(PathBuf, PathBuf)], path: &Path) -> PathBuf {
    let mut found = moves.iter().filter_map(|(old, new)| path.strip_prefix(old).ok().map(|rest| (new, rest)));
    match found.next() {
        // Joining nothing would add a `/`.
        Some((new, rest)) if rest.as_os_str().is_empty() => new.clone(),
        Some((new, rest)) => new.join(rest),
        None => path.to_path_buf(),
    }
}

fn includes(snapshot: &Snapshot, root: &Path, moves: &[(PathBuf, PathBuf)]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for statement in snapshot.parsed.iter().flat_map(|parsed| &parsed.file.statements) {
        let Body::Include(include) = &statement.body else { continue };
        let Some(target) = xks_core::included(&snapshot.sources, include) else { continue };
        let target = root.join(target);
        let source = root.join(&snapshot.source(statement.span.file).path);
        let (new_target, new_source) = (moved(moves, &target), moved(moves, &source));
        if new_target.strip_prefix(root).is_err() {
            continue; // no `include` leads out of the workspace
        }
        let old = relative(&source, &target);
        let new = relative(&new_source, &new_target);
        if old != new
            && let Some(path) = new.filter(|path| !path.contains(['"', '\\']))
        {
            edits.push(Edit { span: include.path.span, text: format!("\"{path}\"") });
        }
    }
    edits
}

/// The way from a file's folder to another file, with `/`.
fn relative(from: &Path, to: &Path) -> Option<String> {
    let folder: Vec<_> = from.parent()?.components().collect();
    let target: Vec<_> = to.components().collect();
    let common = folder.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(Some(".."), folder.len() - common);
    let down = target[common..].iter().map(|part| part.as_os_str().to_str());
    Some(up.chain(down).collect::<Option<Vec<_>>>()?.join("/"))
}

fn tenants(snapshot: &Snapshot, root: &Path, moves: &[(PathBuf, PathBuf)]) -> Vec<Edit> {
    let index = snapshot.index();
    let mut edits = Vec::new();
    for file in snapshot.sources.ids() {
        let Some(tenant) = index.tenant_of(file).filter(|_| !index.says_tenant(file)) else { continue };
        let path = moved(moves, &root.join(&snapshot.source(file).path));
        let Some(new) = name_below(root, &path) else { continue };
        let stem = new.rsplit('/').next().and_then(|name| name.strip_suffix(".xks")).unwrap_or_default();
        // Only the tenant's last file takes its name along, and only to a name that is free.
        let alone = index.files_of(tenant) == [file] && index.files_of(stem).is_empty();
        if stem != tenant && alone && name::label(stem).is_ok() {
            let places = index.occurrences(&Symbol::global(Kind::Tenant, tenant.clone()));
            edits.extend(
                places.into_iter().map(|place| Edit { span: place.span, text: SmolStr::new(stem).to_string() }),
            );
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_folders() {
        let moves = [(PathBuf::from("/w/a"), PathBuf::from("/w/b")), ("/w/x.yaml".into(), "/w/y.yaml".into())];
        assert_eq!(moved(&moves, Path::new("/w/a/c.xks")), PathBuf::from("/w/b/c.xks"));
        assert_eq!(moved(&moves, Path::new("/w/ab/c.xks")), PathBuf::from("/w/ab/c.xks"));
        assert_eq!(moved(&moves, Path::new("/w/x.yaml")), PathBuf::from("/w/y.yaml"));
        let way = |from: &str, to: &str| relative(Path::new(from), Path::new(to)).unwrap();
        assert_eq!(way("/w/a/c.xks", "/w/m/x.yaml"), "../m/x.yaml");
        assert_eq!(way("/w/c.xks", "/w/x.yaml"), "x.yaml");
    }
}
