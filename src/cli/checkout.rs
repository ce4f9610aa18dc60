//! A git revision as a folder: what it holds of a workspace is laid out in a temporary place, as a checkout would.

use super::failure::{self, Failure};
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The files of a revision. They go when this does.
pub(super) struct Revision {
    /// The folder that stands for the one in the work tree.
    pub(super) folder: PathBuf,
    /// What comes before paths below `folder` where they are shown: `HEAD:shop/`.
    pub(super) prefix: String,
    _place: TempDir,
}

impl Revision {
    /// Lays out what the revision `name` holds of `folder`: the files with one of the endings, and what git ignores.
    pub(super) fn check_out(name: &str, folder: &Path, endings: &[&str]) -> Result<Revision, Failure> {
        let git = Git { folder };
        let Some(top) = git.line(&["rev-parse", "--show-toplevel"])? else {
            let place = failure::shown(folder);
            return Err(Failure::usage(format!("there is no folder `{name}`, and `{place}` is in no git repository"))
                .hint("name two folders, or start in a repository"));
        };
        let below = git.line(&["rev-parse", "--show-prefix"])?.unwrap_or_default();
        // `--end-of-options`: a revision is never taken for an option.
        let commit = ["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")];
        let Some(commit) = git.line(&commit)? else {
            let failure = Failure::usage(format!("`{name}` is neither a folder nor a revision of the git repository"));
            let shallow = git.line(&["rev-parse", "--is-shallow-repository"])?.is_some_and(|word| word == "true");
            return Err(match (shallow, name) {
                (true, _) => failure.hint("the clone is shallow: fetch the history first, `git fetch --unshallow`"),
                (false, "HEAD") => failure.hint("nothing is committed yet"),
                _ => failure.hint("`git branch --all` and `git tag` list what there is"),
            });
        };
        let place = TempDir::new().map_err(|error| Failure::at("write to", &std::env::temp_dir(), &error))?;
        let tree = place.path().join("tree");
        let target = tree.join(&below);
        // The mark of a repository, so that its `.gitignore` files count.
        for folder in [&target, &tree.join(".git")] {
            std::fs::create_dir_all(folder).map_err(|error| Failure::at("write to", folder, &error))?;
        }
        let top = Git { folder: Path::new(&top) };
        let index = place.path().join("index");
        top.run(Some(&index), &[OsStr::new("read-tree"), OsStr::new(&commit)], &[])?;
        let all = top.run(Some(&index), &[OsStr::new("ls-files"), OsStr::new("-z")], &[])?.stdout;
        let wanted = |path: &&[u8]| {
            let text = String::from_utf8_lossy(path);
            let file = Path::new(text.as_ref());
            let ending = file.extension().and_then(OsStr::to_str);
            file.file_name() == Some(OsStr::new(".gitignore"))
                || text.starts_with(&below) && ending.is_some_and(|ending| endings.contains(&ending))
        };
        let mut list = Vec::new();
        for path in all.split(|byte| *byte == 0).filter(|path| !path.is_empty()).filter(wanted) {
            list.extend_from_slice(path);
            list.push(0);
        }
        let mut prefix = OsStr::new("--prefix=").to_os_string();
        prefix.push(&tree);
        prefix.push("/");
        let check_out = ["checkout-index", "--quiet", "--force", "-z", "--stdin"].map(OsStr::new);
        let arguments: Vec<&OsStr> = check_out.into_iter().chain([prefix.as_os_str()]).collect();
        top.run(Some(&index), &arguments, &list)?;
        Ok(Revision { folder: target, prefix: format!("{name}:{below}"), _place: place })
    }
}

/// git, started in a folder.
struct Git<'a> {
    folder: &'a Path,
}

impl Git<'_> {
    /// The line that git answers; `None` if it refuses.
    fn line(&self, arguments: &[&str]) -> Result<Option<String>, Failure> {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let output = self.start(None, &arguments, &[])?;
        let text = String::from_utf8_lossy(&output.stdout).trim_end_matches(['\r', '\n']).to_string();
        Ok(output.status.success().then_some(text))
    }

    /// What git answers; what it says of a failure is handed on.
    fn run(&self, index: Option<&Path>, arguments: &[&OsStr], input: &[u8]) -> Result<Output, Failure> {
        let output = self.start(index, arguments, input)?;
        if output.status.success() {
            return Ok(output);
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_string();
        Err(Failure::failed(format!("`git {}` failed: {said}", arguments[0].to_string_lossy())))
    }

    fn start(&self, index: Option<&Path>, arguments: &[&OsStr], input: &[u8]) -> Result<Output, Failure> {
        let failed = |error: std::io::Error| {
            let reason = xks_disk::reason(&error);
            Failure::failed(format!("cannot run `git`, which reads revisions: {reason}"))
        };
        let mut command = Command::new("git");
        command.arg("-C").arg(self.folder).args(arguments);
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A git that fails early does not read it all; what it says then is the answer.
            let _ = stdin.write_all(input);
        }
        child.wait_with_output().map_err(failed)
    }
}
