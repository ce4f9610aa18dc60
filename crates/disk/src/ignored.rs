//! What ignore files leave out, read from texts: for a state of the workspace that does not lie on the disk.

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::{Path, PathBuf};

/// Where patterns start from. Nothing of that name is looked at.
const ROOT: &str = "/";

/// The ignore files of a tree.
pub struct Ignored {
    /// The deepest folder first: its patterns go before those above it.
    files: Vec<(PathBuf, Gitignore)>,
}

impl Ignored {
    /// Reads ignore files, each with its folder from the root of the tree (empty for the root itself).
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Ignored {
        let read = |(folder, text): (String, String)| {
            let root = Path::new(ROOT).join(folder);
            let mut builder = GitignoreBuilder::new(&root);
            for line in text.lines() {
                // A pattern that cannot be read leaves nothing out, as in git.
                let _ = builder.add_line(None, line);
            }
            builder.build().ok().map(|patterns| (root, patterns))
        };
        let mut files: Vec<(PathBuf, Gitignore)> = files.into_iter().filter_map(read).collect();
        files.sort_by_key(|(root, _)| std::cmp::Reverse(root.components().count()));
        Ignored { files }
    }

    /// Whether a file, by its path from the root of the tree with `/`, is left out: it, or a folder that it lies in.
    pub fn holds(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| (at, true)).chain([(path.len(), false)]);
        ends.into_iter().any(|(end, is_folder)| self.leaves_out(&path[..end], is_folder))
    }

    fn leaves_out(&self, path: &str, is_folder: bool) -> bool {
        let path = Path::new(ROOT).join(path);
        let above = self.files.iter().filter(|(root, _)| path.parent().is_some_and(|folder| folder.starts_with(root)));
        let decided = above.map(|(_, patterns)| patterns.matched(&path, is_folder)).find(|found| !found.is_none());
        matches!(decided, Some(Match::Ignore(_)))
    }
}
