//! One side of a comparison: a workspace or manifests, in a folder or a git revision.

use crate::cli::build::disproved;
use crate::cli::checkout::Revision;
use crate::cli::failure::{Failure, shown};
use crate::cli::report::{self, human};
use crate::cli::terminal::{Paint, Terminal};
use crate::cli::workspace::{Outcome, Workspace};
use std::path::{Path, PathBuf};
use xks::change::{self, Program, Side};
use xks::cluster::{Cluster, Facts, manifests};
use xks::model::Platform;
use xks::syntax::{MAX_FILE, Parsed};
use xks::{Analysis, Options, emit};

/// The endings of manifests.
const MANIFESTS: [&str; 3] = ["yaml", "yml", "json"];

/// What a side is called, where it lies, and how its paths are shown.
struct Place {
    label: String,
    folder: PathBuf,
    /// The way from the current folder; `None` where the folder says it itself.
    prefix: Option<String>,
    /// Keeps the files of a revision.
    _revision: Option<Revision>,
}

impl Place {
    /// A folder if there is one of that name, else a revision.
    fn of(name: &str, workspace: &Path, endings: &[&str]) -> Result<Place, Failure> {
        let path = Path::new(name);
        if path.exists() {
            return Ok(Place { label: shown(path), folder: path.to_path_buf(), prefix: None, _revision: None });
        }
        let revision = Revision::check_out(name, workspace, endings)?;
        let (folder, prefix) = (revision.folder.clone(), Some(revision.prefix.clone()));
        Ok(Place { label: name.to_string(), folder, prefix, _revision: Some(revision) })
    }
}

/// A side that was read.
pub(super) struct Loaded {
    /// As the command line names it.
    pub(super) label: String,
    /// What comes before the paths of its files where they are shown.
    pub(super) prefix: String,
    /// Whether its files are those of a revision, which nobody can open at these paths.
    pub(super) is_revision: bool,
    content: Content,
}

#[allow(clippy::large_enum_variant, reason = "there are two of them in a run")]
enum Content {
    Workspace { workspace: Workspace, parsed: Vec<Parsed>, analysis: Analysis },
    Manifests(Vec<(String, Vec<u8>)>),
}

/// One environment of a side.
pub(super) struct Built<'a> {
    files: Vec<(String, Vec<u8>)>,
    cluster: Cluster,
    platform: Platform,
    program: Option<Program<'a>>,
}

impl Loaded {
    /// Reads and checks a workspace. `None` if it has errors, which are then shown.
    pub(super) fn workspace(name: &str, workspace: &Path, terminal: &Terminal) -> Result<Option<Loaded>, Failure> {
        let place = Place::of(name, workspace, &["xks", "yaml", "yml", "json"])?;
        let mut found = Workspace::from_disk(&place.folder)?;
        if let Some(prefix) = &place.prefix {
            found.prefix.clone_from(prefix);
            if found.sources.files().is_empty() && found.unreadable.iter().all(|problem| problem.path == ".") {
                return Err(Failure::failed(format!("there is no `.xks` file in `{prefix}`")));
            }
        }
        let parsed = xks::parse(&found.sources);
        // Without a date: what a change means does not depend on the day.
        let outcome = found.analyze(&Options { today: None });
        let sound = match &outcome {
            Outcome::Whole(analysis) => analysis.checked().is_some(),
            Outcome::Parts(_) => false,
        };
        let Outcome::Whole(analysis) = outcome else {
            return Ok(refused(&place, &found, outcome.diagnostics(), terminal));
        };
        if !sound {
            return Ok(refused(&place, &found, &analysis.diagnostics, terminal));
        }
        let (label, prefix, is_revision) = (place.label, found.prefix.clone(), place.prefix.is_some());
        let content = Content::Workspace { workspace: found, parsed, analysis };
        Ok(Some(Loaded { label, prefix, is_revision, content }))
    }

    /// Reads manifests. `None` if one of them is refused, which is then shown.
    pub(super) fn manifests(name: &str, workspace: &Path, terminal: &Terminal) -> Result<Option<Loaded>, Failure> {
        let place = Place::of(name, workspace, &MANIFESTS)?;
        let mut files = Vec::new();
        let is_file = place.folder.is_file();
        let root = place.folder.parent().filter(|_| is_file).unwrap_or(&place.folder);
        let found = xks_disk::find_manifests(&place.folder);
        let cannot = |path: &str, reason: &str| Failure::failed(format!("cannot read `{path}`: {reason}"));
        for path in found.map_err(|problem| cannot(&problem.path, &problem.reason))? {
            let text = xks_disk::read(&path, MAX_FILE).map_err(|reason| cannot(&shown(&path), &reason))?;
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((below, text.into_bytes()));
        }
        files.sort();
        let prefix = place.prefix.clone().unwrap_or_else(|| match shown(root) {
            here if here == "." || here.is_empty() => String::new(),
            folder => format!("{}/", folder.trim_end_matches('/')),
        });
        if files.is_empty() {
            return Err(Failure::failed(format!("there is no manifest below `{}`", place.label)));
        }
        let objects = manifests::read(texts(&files));
        let mut refused = false;
        let mut text = String::new();
        for fault in &objects.faults {
            // What is no object at all, such as the values of a chart, lies among manifests often enough.
            let is_error = fault.refused && !fault.rule.starts_with("it is no Kubernetes object");
            refused |= is_error;
            let paint = Paint(terminal.color_err);
            let head = if is_error { paint.red("error:") } else { paint.yellow("warning:") };
            let object = if fault.object.is_empty() { String::new() } else { format!("{}: ", fault.object) };
            text.push_str(&format!("{head} {prefix}{}: {object}{}\n", objects.place(fault.place), fault.rule));
        }
        terminal.err(&text);
        if refused {
            terminal.err(&format!("nothing is compared: there are errors in `{}`\n", place.label));
            return Ok(None);
        }
        let is_revision = place.prefix.is_some();
        Ok(Some(Loaded { label: place.label, prefix, is_revision, content: Content::Manifests(files) }))
    }

    /// The environments that the workspace declares.
    pub(super) fn envs(&self) -> Vec<&str> {
        match &self.content {
            Content::Workspace { analysis, .. } => analysis.envs(),
            Content::Manifests(_) => Vec::new(),
        }
    }

    /// Builds one environment; `None` if it is not declared.
    pub(super) fn build(&self, env: Option<&str>) -> Result<Option<Built<'_>>, Failure> {
        match &self.content {
            Content::Manifests(files) => {
                let cluster = Cluster::new(manifests::read(texts(files)), Facts::default());
                Ok(Some(Built { files: files.clone(), cluster, platform: Platform::default(), program: None }))
            }
            Content::Workspace { workspace: loaded, parsed, analysis } => {
                let declared = analysis.workspaces.iter().find(|workspace| workspace.env.as_deref() == env);
                let (Some(workspace), Some(checked)) = (declared, analysis.checked()) else { return Ok(None) };
                let sources = &loaded.sources;
                let tree = xks::build(sources, &checked, env, emit::Format::Yaml)
                    .map_err(|differences| disproved(loaded, &differences))?;
                let below = env.map_or(String::new(), |env| format!("{env}/"));
                let plain = |(path, bytes): (String, Vec<u8>)| {
                    (path.strip_prefix(&below).map(String::from).unwrap_or(path), bytes)
                };
                let files: Vec<(String, Vec<u8>)> = tree.files.into_iter().map(plain).collect();
                let bytes = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
                let cluster = change::observed(workspace, bytes);
                let program = Some(Program { sources, parsed, workspace });
                Ok(Some(Built { files, cluster, platform: workspace.platform.clone(), program }))
            }
        }
    }
}

impl Built<'_> {
    pub(super) fn side(&self) -> Side<'_> {
        Side { cluster: &self.cluster, files: &self.files, platform: &self.platform, program: self.program }
    }
}

fn texts(files: &[(String, Vec<u8>)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().filter_map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?)))
}

fn refused(
    place: &Place,
    workspace: &Workspace,
    diagnostics: &[xks::diagnostics::Diagnostic],
    terminal: &Terminal,
) -> Option<Loaded> {
    let found = report::Report { workspace, diagnostics };
    terminal.err(&human::write(&found, terminal.color_err));
    terminal.err(&format!("nothing is compared: there are errors in `{}`\n", place.label));
    None
}
