//! A workspace as it lies on the disk: its files, and those of them that cannot be read.

use super::codes::{EMPTY_WORKSPACE, UNREADABLE_FILE};
use super::failure::Failure;
use super::git::Tree;
use rayon::prelude::*;
use smol_str::SmolStr;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use xks_core::diagnostics::{Code, Diagnostic, Levels, settle};
use xks_core::escape::word;
use xks_core::model::{PLATFORM_FILE, is_below};
use xks_core::source::{FileId, Source, Sources};
use xks_core::syntax::{MAX_FILE, Parsed};
use xks_core::values::name;
use xks_core::{Analysis, Manifests, Options};

/// From this many files on, a second core reads faster than the start of it costs.
const MANY_FILES: usize = 64;

/// What keeps a workspace from being read whole.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// Which kind.
    pub(super) code: &'static Code,
    /// The file or folder, from the root of the workspace.
    pub(super) path: String,
    /// What is wrong, the path included.
    pub(super) message: String,
    /// What to do.
    pub(super) help: Option<String>,
}

impl Unreadable {
    /// The file or folder at `path` cannot be read because of `reason`.
    pub(super) fn new(path: impl Into<String>, reason: &str) -> Unreadable {
        let path = path.into();
        let message = format!("cannot read `{}`: {}", word(&path), word(reason));
        Unreadable { code: &UNREADABLE_FILE, path, message, help: None }
    }

    /// What is wrong and what to do, as one text.
    pub(super) fn whole_text(&self) -> String {
        let help = self.help.iter().map(|help| format!("\nhelp: {help}"));
        std::iter::once(self.message.clone()).chain(help).collect()
    }
}

impl From<xks_disk::Unreadable> for Unreadable {
    fn from(found: xks_disk::Unreadable) -> Unreadable {
        Unreadable::new(found.path, &found.reason)
    }
}

/// The files that a command works on.
pub(super) struct Workspace {
    /// The folder that paths in sources and diagnostics start from.
    pub(super) root: PathBuf,
    /// What leads from the current folder to `root` in reports: empty, or with a `/` at its end.
    pub(super) prefix: String,
    /// What could be read.
    pub(super) sources: Sources,
    /// What could not.
    pub(super) unreadable: Vec<Unreadable>,
    /// The files of the git revision that it was read from; `None` for what lies on the disk.
    pub(super) tree: Option<Tree>,
    /// The file or folder that was named, from the root, where the workspace is around it or holds more than it.
    pub(super) part: Option<String>,
    /// Whether it was read from standard input.
    pub(super) is_stdin: bool,
}

/// What is known about a workspace.
#[allow(clippy::large_enum_variant, reason = "there is one of each side, and it is taken apart where it is used")]
pub(super) enum Outcome {
    /// All of it.
    Whole(Analyzed),
    /// Only how its readable files are written. What they mean depends on those that are missing, so it is not judged.
    Parts(Vec<Diagnostic>),
}

/// A workspace whose files could all be read.
pub(super) struct Analyzed {
    /// What it means.
    pub(super) analysis: Analysis,
    /// What its files say, in their order.
    pub(super) parsed: Vec<Parsed>,
    /// What it includes.
    pub(super) manifests: Manifests,
}

impl Outcome {
    /// The findings, in order.
    pub(super) fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Outcome::Whole(whole) => &whole.analysis.diagnostics,
            Outcome::Parts(diagnostics) => diagnostics,
        }
    }

    /// Whether it was looked at what the files mean.
    pub(super) fn is_judged(&self) -> bool {
        matches!(self, Outcome::Whole(_))
    }
}

/// Whether a PATH stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Workspace {
    /// Reads what PATH names: a folder, a file, or `-` for standard input, whose tenant has to be said.
    pub(super) fn load(path: &Path, tenant: Option<&str>) -> Result<Workspace, Failure> {
        match (is_stdin(path), tenant) {
            (true, Some(tenant)) => Workspace::stdin(tenant),
            (true, None) => Err(Failure::usage("standard input has no name to tell the tenant by")
                .hint("say whose statements they are: `--tenant NAME`")),
            (false, Some(_)) => Err(Failure::usage("`--tenant` goes with `-`, standard input, only")
                .hint("the tenant of a file is what its `tenant` statement says, else the file's name")),
            (false, None) => Workspace::from_disk(path),
        }
    }

    /// Reads a folder or one file. Inside a workspace that states who may write what, all of that workspace.
    pub(super) fn from_disk(path: &Path) -> Result<Workspace, Failure> {
        match xks_disk::around(path) {
            Some(xks_disk::Around { root, part }) => {
                Ok(Workspace { part: Some(part).filter(|part| !part.is_empty()), ..Workspace::folder(&root) })
            }
            None => Workspace::named(path),
        }
    }

    /// The root of the workspace that states who may write what and holds what lies at a path.
    pub(super) fn root_around(path: &Path) -> Option<PathBuf> {
        xks_disk::around(path).map(|around| around.root)
    }

    /// Reads what was named, and nothing around it.
    pub(super) fn named(path: &Path) -> Result<Workspace, Failure> {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Ok(Workspace::folder(path)),
            Ok(_) if path.extension().is_none_or(|extension| extension != "xks") => {
                Err(Failure::usage(format!("`{}` is no `.xks` file", path.display())))
            }
            Ok(_) => {
                let part = path.file_name().map(|name| name.to_string_lossy().into_owned());
                Ok(Workspace { part, ..Workspace::file(path) })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !path.is_symlink() => {
                let path = super::failure::shown(path);
                Err(Failure::usage(format!("cannot read `{path}`: there is no such file or folder")))
            }
            Err(error) => {
                let reason = xks_disk::reason_at(path, &error);
                let unreadable = vec![Unreadable::new(path.to_string_lossy(), &reason)];
                Ok(Workspace::new(Path::new(""), Sources::default(), unreadable))
            }
        }
    }

    fn folder(root: &Path) -> Workspace {
        let (found, unreadable) = xks_disk::find(root);
        let mut unreadable: Vec<Unreadable> = unreadable.into_iter().map(Unreadable::from).collect();
        // Who may write what holds although somebody has it ignored.
        if found.iter().all(|file| file.name != PLATFORM_FILE) && xks_disk::states_ownership(root) {
            unreadable.push(Unreadable {
                help: Some(format!("take `{PLATFORM_FILE}` out of `.gitignore`")),
                ..Unreadable::new(PLATFORM_FILE, "`.gitignore` leaves it out, and it states who may write what")
            });
        }
        let read = |file: xks_disk::Found| match xks_disk::read(&file.path, MAX_FILE) {
            Ok(text) => Ok(Source::new(file.name, text).leading_to(file.real)),
            Err(reason) => Err(Unreadable::new(file.name, &reason)),
        };
        let all: Vec<Result<Source, Unreadable>> = if found.len() > MANY_FILES {
            found.into_par_iter().with_min_len(16).map(read).collect()
        } else {
            found.into_iter().map(read).collect()
        };
        let mut sources = Vec::with_capacity(all.len());
        for one in all {
            match one {
                Ok(source) => sources.push(source),
                Err(problem) => unreadable.push(problem),
            }
        }
        if sources.is_empty() && unreadable.is_empty() {
            unreadable.push(Unreadable {
                code: &EMPTY_WORKSPACE,
                path: ".".to_string(),
                message: format!("there is no `.xks` file below `{}`", super::failure::shown(root)),
                help: Some("`xks init` writes a small workspace to start from".to_string()),
            });
        }
        unreadable.sort_by(|a, b| a.path.cmp(&b.path));
        Workspace::new(root, Sources::new(sources), unreadable)
    }

    /// What was read below a folder of the disk.
    pub(super) fn new(root: &Path, sources: Sources, unreadable: Vec<Unreadable>) -> Workspace {
        let sources = sources.beside(unreadable.iter().map(|found| found.path.clone()).collect());
        Workspace {
            root: root.to_path_buf(),
            prefix: prefix(root),
            sources,
            unreadable,
            tree: None,
            part: None,
            is_stdin: false,
        }
    }

    fn file(path: &Path) -> Workspace {
        let root = match path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let name = path.file_name().unwrap_or_default();
        let read = match name.to_str() {
            Some(name) => xks_disk::read(path, MAX_FILE).map(|text| Source::new(name, text)),
            None => Err(xks_disk::NOT_UTF8.to_string()),
        };
        let (sources, unreadable) = match read {
            Ok(source) => (vec![source], Vec::new()),
            Err(reason) => (Vec::new(), vec![Unreadable::new(name.to_string_lossy(), &reason)]),
        };
        Workspace::new(root, Sources::new(sources), unreadable)
    }

    fn stdin(tenant: &str) -> Result<Workspace, Failure> {
        if let Err(problem) = name::label(tenant) {
            let failure = Failure::usage(format!("`{tenant}` is not the name of a tenant: {}", problem.reason));
            return Err(match problem.meant {
                Some(meant) => failure.hint(format!("write `{meant}`")),
                None => failure,
            });
        }
        // A file's stem is its tenant, so the text gets a name that says it.
        let (sources, unreadable) = match stdin_text() {
            Ok(text) => (vec![Source::new(format!("{tenant}.xks"), text)], Vec::new()),
            Err(reason) => (Vec::new(), vec![Unreadable::new("<stdin>", &reason)]),
        };
        Ok(Workspace { is_stdin: true, ..Workspace::new(Path::new("."), Sources::new(sources), unreadable) })
    }

    /// Reads every file, what it includes, and finds all mistakes.
    pub(super) fn analyze(&self, options: &Options) -> Outcome {
        let parsed = xks_core::parse(&self.sources);
        if !xks_core::judges(&self.sources, &parsed) {
            let diagnostics = parsed.into_iter().flat_map(|file| file.diagnostics).collect();
            return Outcome::Parts(settle(diagnostics, &Levels::new()));
        }
        let manifests = self.includes(xks_core::includes(&self.sources, &parsed));
        let analysis = xks_core::analyze(&self.sources, &parsed, &manifests, options);
        Outcome::Whole(Analyzed { analysis, parsed, manifests })
    }

    /// The text of each included file, or why it cannot be had.
    fn includes(&self, names: Vec<String>) -> Manifests {
        match &self.tree {
            None => xks_disk::read_includes(&self.root, names, MAX_FILE),
            Some(tree) => match tree.read(names.clone()) {
                Ok(read) => read.into_iter().map(|(name, found)| (name, found.map(|found| found.text))).collect(),
                Err(failure) => {
                    let reason = failure.into_messages().join("; ");
                    names.into_iter().map(|name| (name, Err(reason.clone()))).collect()
                }
            },
        }
    }

    /// Whether a path lies in the part that was named, if one was.
    pub(super) fn is_in_part(&self, path: &str) -> bool {
        self.part.as_deref().is_none_or(|part| path == part || is_below(path, part))
    }

    /// Whether this may be less than a workspace: a part was named, or it is what standard input holds.
    pub(super) fn is_partial(&self) -> bool {
        self.part.is_some() || self.is_stdin
    }

    /// The folders that sources lie in, and the root.
    pub(super) fn folders(&self) -> impl Iterator<Item = PathBuf> {
        let sources = self.sources.files().iter();
        let mut folders: Vec<&str> = sources.filter_map(|file| Some(file.path.rsplit_once('/')?.0)).collect();
        folders.push("");
        folders.sort_unstable();
        folders.dedup();
        folders.into_iter().map(|folder| self.root.join(folder))
    }

    /// The tenants that the named part speaks for, if one was named.
    pub(super) fn tenants_of_part(&self, analysis: &Analysis) -> Option<Vec<SmolStr>> {
        if !self.is_partial() {
            return None;
        }
        let files = self.sources.ids().filter(|id| self.is_in_part(&self.sources.get(*id).path));
        let mut tenants: Vec<SmolStr> =
            files.filter_map(|id| analysis.owners.of_file.get(id.0 as usize)?.clone()).collect();
        tenants.sort();
        tenants.dedup();
        Some(tenants)
    }

    /// Whether the workspace is one file of a folder.
    pub(super) fn is_one_file(&self) -> bool {
        self.part.as_deref().is_some_and(|part| self.sources.files().iter().all(|file| file.path == part))
    }

    /// Says which workspace was found, if it is not the folder that was named.
    pub(super) fn introduce(&self, terminal: &super::terminal::Terminal) {
        if self.part.is_some() && self.sources.files().len() + self.unreadable.len() > 1 {
            let root = super::failure::shown(&self.root);
            terminal.err(&format!("workspace `{root}`, whose `{PLATFORM_FILE}` states who may write what\n"));
        }
    }

    /// Where a file lies on the disk.
    pub(super) fn disk_path(&self, file: FileId) -> PathBuf {
        self.root.join(&self.sources.get(file).path)
    }
}

/// Standard input as one text, or why there is none.
pub(super) fn stdin_text() -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = MAX_FILE as u64 + 1;
    match std::io::stdin().lock().take(limit).read_to_end(&mut bytes) {
        Ok(_) => xks_disk::text(bytes, MAX_FILE),
        Err(error) => Err(xks_disk::reason(&error)),
    }
}

/// The way from the current folder to `root`, with `/` between its parts. A report's reader starts from the current
/// folder, so an absolute path is shortened where that is possible.
pub(super) fn prefix(root: &Path) -> String {
    let here = if root.is_absolute() { std::env::current_dir().ok() } else { None };
    let path = here.as_deref().and_then(|here| root.strip_prefix(here).ok()).unwrap_or(root);
    let mut prefix = String::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::RootDir => prefix.push('/'),
            other => {
                prefix.push_str(&other.as_os_str().to_string_lossy());
                prefix.push('/');
            }
        }
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_leads_to_the_root() {
        assert_eq!(prefix(Path::new(".")), "");
        assert_eq!(prefix(Path::new("./a//b/")), "a/b/");
        assert_eq!(prefix(Path::new("../a")), "../a/");
        assert_eq!(prefix(Path::new("/no/such")), "/no/such/");
        assert_eq!(prefix(Path::new("/")), "/");
    }
}
