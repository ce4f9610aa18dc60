//! Asking the `git` program what a revision holds.

use super::failure::Failure;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use xks_core::syntax::MAX_FILE;

/// The files of a revision below one folder.
pub(super) struct Tree {
    /// Where git is run.
    folder: PathBuf,
    /// By path from that folder, with `/`.
    entries: BTreeMap<String, Entry>,
    /// The files that the ignore files of this same tree leave out, although they are committed.
    ignored: BTreeSet<String>,
    /// Where other repositories lie.
    pub(super) modules: Vec<String>,
    /// The names of files that are not UTF-8, as far as they can be shown.
    pub(super) unnamed: Vec<String>,
}

/// A file of a revision.
struct Entry {
    object: String,
    size: u64,
    kind: Kind,
}

/// What a file of a revision holds.
pub(super) struct Text {
    pub(super) text: String,
    /// Where it leads, if it is a link.
    pub(super) real: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
}

/// How many links to links are followed.
const MOST_LINKS: usize = 8;

/// Runs git in a folder, and gives what it prints, or what it complains of.
fn git(folder: &Path, arguments: &[&str]) -> Result<Result<Vec<u8>, String>, Failure> {
    let output = command(folder).args(arguments).output().map_err(|error| not_started(&error))?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let first = complaint.lines().find(|line| !line.trim().is_empty()).unwrap_or("it failed without a word");
    Ok(Err(first.trim_start_matches("fatal: ").to_string()))
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).stdin(Stdio::null());
    // Its messages in English, names of files taken as they are, and nothing written into the repository.
    command.env("LC_ALL", "C").env("GIT_LITERAL_PATHSPECS", "1").env("GIT_OPTIONAL_LOCKS", "0");
    command
}

fn not_started(error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "`git` is not installed, or not in PATH".to_string(),
        _ => format!("cannot run `git`: {}", xks_disk::reason(error)),
    };
    Failure::failed(reason).hint("name a folder with the older state in place of a revision")
}

/// There is no revision of this name, and no folder either.
fn no_revision(folder: &Path, revision: &str) -> Failure {
    let shown = crate::cli::failure::shown(folder);
    let failure =
        Failure::usage(format!("`{revision}` is neither a folder nor a revision of the git repository of `{shown}`"));
    let shallow =
        matches!(git(folder, &["rev-parse", "--is-shallow-repository"]), Ok(Ok(word)) if word.starts_with(b"true"));
    match (shallow, revision) {
        (true, _) => failure.hint("the clone is shallow: fetch the history first, `git fetch --unshallow`"),
        (false, "HEAD") => failure.hint("nothing is committed yet"),
        _ => failure.hint("a branch, a tag or a commit; one that only the server has must be fetched before"),
    }
}

/// A folder is in no repository, or git does not read the one that it is in.
fn no_repository(folder: &Path, revision: &str, complaint: String) -> Failure {
    let reason = match complaint.starts_with("not a git repository") {
        true => format!("`{}` is in no git repository", crate::cli::failure::shown(folder)),
        false => complaint,
    };
    Failure::usage(format!("there is no folder `{revision}`, and no revision can be looked for: {reason}"))
        .hint("name a folder, or start in a repository")
}

/// The tree that is checked out in the repository that `folder` lies in; `None` outside of one, and before its first commit.
pub(super) fn checked_out(folder: &Path) -> Result<Option<Tree>, Failure> {
    if has(folder, "HEAD") { Tree::open(folder, "HEAD").map(Some) } else { Ok(None) }
}

/// Whether a revision is what is checked out.
pub(super) fn is_checked_out(folder: &Path, revision: &str) -> bool {
    let tree = |revision| tree_of(folder, revision).ok().and_then(Result::ok);
    tree(revision).is_some_and(|found| tree("HEAD") == Some(found))
}

/// The files below `folder` that are tracked although they are ignored, and the other repositories among what is tracked.
pub(super) fn tracked_oddly(folder: &Path) -> Result<(Vec<String>, Vec<String>), Failure> {
    let list = |arguments: &[&str]| -> Result<Vec<String>, Failure> {
        let all = git(folder, arguments)?.unwrap_or_default();
        Ok(all.split(|byte| *byte == 0).map(|line| String::from_utf8_lossy(line).into_owned()).collect())
    };
    // The ignore files of the repository alone, as for what a workspace is.
    let per_folder = "--exclude-per-directory=.gitignore";
    let ignored = list(&["ls-files", "--cached", "--ignored", per_folder, "-z"])?;
    let staged = list(&["ls-files", "--stage", "-z"])?;
    let modules = staged.iter().filter(|line| line.starts_with("160000 "));
    let modules = modules.filter_map(|line| line.split_once('\t')).map(|(_, path)| path.to_string()).collect();
    Ok((ignored.into_iter().filter(|path| !path.is_empty()).collect(), modules))
}

/// Whether the repository that `folder` lies in, if it does, has a revision of this name.
pub(super) fn has(folder: &Path, revision: &str) -> bool {
    matches!(tree_of(folder, revision), Ok(Ok(_)))
}

/// Where the branch that is checked out left a revision: the commit that both descend from.
pub(super) fn merge_base(folder: &Path, revision: &str) -> Result<String, Failure> {
    if let Err(complaint) = git(folder, &["rev-parse", "--show-prefix"])? {
        return Err(no_repository(folder, revision, complaint));
    }
    if tree_of(folder, revision)?.is_err() || revision.starts_with('-') {
        return Err(no_revision(folder, revision));
    }
    let found = git(folder, &["merge-base", "--all", revision, "HEAD"])?.unwrap_or_default();
    let found = String::from_utf8_lossy(&found).into_owned();
    match found.lines().collect::<Vec<_>>().as_slice() {
        [only] => Ok((*only).to_string()),
        [] => Err(Failure::usage(format!("`{revision}` and what is checked out have no commit in common"))
            .hint("fetch the history of both, `git fetch --unshallow`, or name another revision")),
        several => Err(Failure::usage(format!(
            "`{revision}` and what is checked out have {} commits that could be where they parted",
            several.len()
        ))
        .hint("merge the revision into the branch first, so that there is one")),
    }
}

/// The name of the tree of a revision.
fn tree_of(folder: &Path, revision: &str) -> Result<Result<String, String>, Failure> {
    let name = format!("{revision}^{{tree}}");
    let answer = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
    Ok(answer.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_string()))
}

impl Tree {
    /// The files that `revision` has in `folder` and below.
    pub(super) fn open(folder: &Path, revision: &str) -> Result<Tree, Failure> {
        let shown = crate::cli::failure::shown(folder);
        let prefix = git(folder, &["rev-parse", "--show-prefix"])?
            .map_err(|complaint| no_repository(folder, revision, complaint))?;
        let prefix = String::from_utf8(prefix)
            .map_err(|_| Failure::failed(format!("cannot read `{shown}`: {}", xks_disk::NOT_UTF8)))?;
        let prefix = prefix.strip_suffix('\n').unwrap_or(&prefix);
        let Ok(tree) = tree_of(folder, revision)? else { return Err(no_revision(folder, revision)) };
        let mut arguments = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", &tree];
        if !prefix.is_empty() {
            arguments.push(prefix);
        }
        let listing = git(folder, &arguments)?
            .map_err(|complaint| Failure::failed(format!("git cannot list the files of `{revision}`: {complaint}")))?;
        let mut found = Tree {
            folder: folder.to_path_buf(),
            entries: BTreeMap::new(),
            ignored: BTreeSet::new(),
            modules: Vec::new(),
            unnamed: Vec::new(),
        };
        for line in listing.split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            match entry(line, prefix) {
                Listed::Entry(path, entry) => drop(found.entries.insert(path, entry)),
                Listed::Module(path) => found.modules.push(path),
                Listed::Unnamed(path) => found.unnamed.push(path),
                Listed::Other => {}
            }
        }
        found.read_ignore_files(&tree, prefix)?;
        Ok(found)
    }

    /// Notes what the tree's own ignore files leave out: those of its folders and of the folders above.
    fn read_ignore_files(&mut self, tree: &str, prefix: &str) -> Result<(), Failure> {
        const NAME: &str = ".gitignore";
        let mut files: Vec<(String, String)> = Vec::new();
        let own = |path: &&String| path.rsplit('/').next() == Some(NAME);
        for (path, entry) in self.entries.iter().filter(|(path, _)| own(path)) {
            files.push((format!("{prefix}{path}"), entry.object.clone()));
        }
        let above: Vec<String> = std::iter::once(NAME.to_string())
            .chain(prefix.match_indices('/').map(|(at, _)| format!("{}/{NAME}", &prefix[..at])))
            .filter(|path| *path != format!("{prefix}{NAME}"))
            .collect();
        if !above.is_empty() {
            let mut arguments = vec!["ls-tree", "-z", "-l", "--full-tree", tree];
            arguments.extend(above.iter().map(String::as_str));
            let listing = git(&self.folder, &arguments)?
                .map_err(|complaint| Failure::failed(format!("git cannot list ignore files: {complaint}")))?;
            for line in listing.split(|byte| *byte == 0) {
                if let Listed::Entry(path, entry) = entry(line, "") {
                    files.push((path, entry.object));
                }
            }
        }
        if files.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = files.iter().map(|(_, object)| object.as_str()).collect();
        let texts = self.objects(&names)?;
        let mut read = Vec::new();
        for ((path, _), bytes) in files.iter().zip(texts) {
            let bytes = bytes.map_err(|reason| Failure::failed(format!("cannot read `{path}`: {reason}")))?;
            let folder = path.strip_suffix(NAME).unwrap_or(path).trim_end_matches('/');
            read.push((folder.to_string(), String::from_utf8_lossy(&bytes).into_owned()));
        }
        let ignored = xks_disk::Ignored::new(read);
        self.ignored = self.entries.keys().filter(|path| ignored.holds(&format!("{prefix}{path}"))).cloned().collect();
        Ok(())
    }

    /// What is committed although the ignore files of the same tree leave it out. On the disk it is no part of a workspace.
    pub(super) fn ignored(&self) -> impl Iterator<Item = &str> {
        self.ignored.iter().map(String::as_str)
    }

    /// The paths of all files that no ignore file leaves out, sorted.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str).filter(|path| !self.ignored.contains(*path))
    }

    /// Of these files those that git calls unchanged since this tree, the one that is checked out, and that are other than
    /// by their line ends: an attribute or a flag of the index makes builds read another text than reviews.
    pub(super) fn disguised<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<Vec<String>, Failure> {
        let changed = git(&self.folder, &["diff", "--name-only", "--relative", "--no-ext-diff", "-z", "HEAD"])?
            .map_err(|complaint| Failure::failed(format!("git cannot tell what is changed: {complaint}")))?;
        let changed: BTreeSet<String> =
            changed.split(|byte| *byte == 0).map(|path| String::from_utf8_lossy(path).into_owned()).collect();
        let is_asked = |path: &&str| {
            self.entries.get(*path).is_some_and(|entry| entry.kind == Kind::File) && !changed.contains(*path)
        };
        let asked: BTreeSet<&str> = paths.filter(is_asked).collect();
        let objects: Vec<&str> =
            asked.iter().filter_map(|path| self.entries.get(*path)).map(|entry| entry.object.as_str()).collect();
        let texts = self.objects(&objects)?;
        let plain = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        let differs = |(path, committed): (&str, Result<Vec<u8>, String>)| {
            let here = xks_disk::read(&self.folder.join(path), MAX_FILE);
            let same =
                matches!((&committed, &here), (Ok(committed), Ok(here)) if plain(committed) == plain(here.as_bytes()));
            (!same).then(|| path.to_string())
        };
        Ok(asked.into_iter().zip(texts).filter_map(differs).collect())
    }

    /// The text of each of these files, or why there is none. Links are followed inside the folder.
    pub(super) fn read(&self, paths: Vec<String>) -> Result<BTreeMap<String, Result<Text, String>>, Failure> {
        let mut read = BTreeMap::new();
        // The path that was asked for, and where it has led so far.
        let mut waiting: Vec<(String, String)> = paths.into_iter().map(|path| (path.clone(), path)).collect();
        for round in 0..=MOST_LINKS {
            let mut wanted: Vec<(String, String, &Entry)> = Vec::new();
            for (asked, path) in std::mem::take(&mut waiting) {
                match self.entries.get(&path) {
                    Some(entry) if entry.size > MAX_FILE as u64 => {
                        read.insert(asked, Err(format!("it is larger than {} MiB", MAX_FILE >> 20)));
                    }
                    Some(entry) => wanted.push((asked, path, entry)),
                    None if round == 0 => drop(read.insert(asked, Err("there is no such file".to_string()))),
                    None => drop(read.insert(asked, Err("it is a link that leads nowhere".to_string()))),
                }
            }
            let objects: Vec<&str> = wanted.iter().map(|(.., entry)| entry.object.as_str()).collect();
            let texts = self.objects(&objects)?;
            for ((asked, path, entry), bytes) in wanted.into_iter().zip(texts) {
                let text = bytes.and_then(|bytes| xks_disk::text(bytes, MAX_FILE));
                match (entry.kind, text) {
                    (Kind::Link, Ok(target)) => match beside(&path, &target) {
                        Some(next) => waiting.push((asked, next)),
                        None => {
                            drop(read.insert(asked, Err("it is a link that leads out of the workspace".to_string())))
                        }
                    },
                    (_, text) => {
                        let real = Some(path).filter(|path| *path != asked);
                        drop(read.insert(asked, text.map(|text| Text { text, real })));
                    }
                }
            }
        }
        let circles = waiting.into_iter().map(|(asked, _)| asked);
        read.extend(circles.map(|asked| (asked, Err("it is a link that leads in a circle".to_string()))));
        Ok(read)
    }

    /// What objects hold, in the same order.
    fn objects(&self, names: &[&str]) -> Result<Vec<Result<Vec<u8>, String>>, Failure> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut child = command(&self.folder)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (questions, answers) = (child.stdin.take(), child.stdout.take());
        let read = std::thread::scope(|scope| {
            // Side by side: git stops to read names when nobody takes its answers.
            scope.spawn(move || {
                let Some(mut questions) = questions else { return };
                let all: String = names.iter().flat_map(|name| [name, "\n"]).collect();
                let _ = questions.write_all(all.as_bytes()); // it may have ended; its answers show that
            });
            let mut answers = answers.map(BufReader::new);
            names.iter().map(|_| answers.as_mut().map_or_else(|| Err(io::Error::other("no output")), answer)).collect()
        });
        let read: io::Result<Vec<Result<Vec<u8>, String>>> = read;
        let ended = child.wait();
        read.and_then(|read| ended.map(|_| read))
            .map_err(|error| Failure::failed(format!("cannot read from `git cat-file`: {}", xks_disk::reason(&error))))
    }
}

/// Reads `OBJECT TYPE SIZE`, a line end, as many bytes and a line end; or `OBJECT missing`.
fn answer(from: &mut BufReader<std::process::ChildStdout>) -> io::Result<Result<Vec<u8>, String>> {
    let mut head = String::new();
    if from.read_line(&mut head)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ended early"));
    }
    let Some(size) = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok()) else {
        return Ok(Err("the repository lacks its content".to_string()));
    };
    let mut bytes = Vec::new();
    from.take(size).read_to_end(&mut bytes)?;
    from.read_exact(&mut [0])?;
    Ok(Ok(bytes))
}

/// What a line of a listing names.
enum Listed {
    Entry(String, Entry),
    /// Another repository.
    Module(String),
    /// A file of a workspace whose name is not UTF-8.
    Unnamed(String),
    Other,
}

/// Reads `MODE TYPE OBJECT SIZE`, a tab and the path. An object that is missing has no size; reading it says so.
fn entry(line: &[u8], prefix: &str) -> Listed {
    let text = String::from_utf8_lossy(line);
    let Some((head, path)) = text.split_once('\t') else { return Listed::Other };
    let Some(path) = path.strip_prefix(prefix) else { return Listed::Other };
    if std::str::from_utf8(line).is_err() {
        return if path.ends_with(".xks") { Listed::Unnamed(path.to_string()) } else { Listed::Other };
    }
    let mut words = head.split_ascii_whitespace();
    let (Some(mode), Some(_), Some(object), size) = (words.next(), words.next(), words.next(), words.next()) else {
        return Listed::Other;
    };
    let kind = match mode {
        "120000" => Kind::Link,
        "160000" => return Listed::Module(path.to_string()),
        mode if mode.starts_with("100") => Kind::File,
        _ => return Listed::Other,
    };
    let size = size.and_then(|size| size.parse().ok()).unwrap_or_default();
    Listed::Entry(path.to_string(), Entry { object: object.to_string(), size, kind })
}

/// Where a link in the folder of `path` leads; `None` if that is outside.
fn beside(path: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_along_their_folder() {
        assert_eq!(beside("a/b.xks", "c.xks").as_deref(), Some("a/c.xks"));
        assert_eq!(beside("a/b.xks", ".././d/./c.xks").as_deref(), Some("d/c.xks"));
        assert_eq!(beside("a/b.xks", "../../c.xks"), None);
        assert_eq!(beside("a/b.xks", "/etc/passwd"), None);
    }

    #[test]
    fn only_files_and_links_are_listed() {
        let line = b"100644 blob 0123  42\ttenants/a b.xks";
        let Listed::Entry(path, entry) = super::entry(line, "tenants/") else { panic!("a file") };
        assert_eq!((path.as_str(), entry.size), ("a b.xks", 42));
        assert!(matches!(super::entry(b"160000 commit 0123  -\ttenants/module", "tenants/"), Listed::Module(_)));
        assert!(matches!(super::entry(b"100644 blob 0123  BAD\ta.xks", ""), Listed::Entry(..)));
        assert!(matches!(super::entry(b"100644 blob 0123  1\t\xff.xks", ""), Listed::Unnamed(_)));
        assert!(matches!(super::entry(b"", ""), Listed::Other));
    }
}
