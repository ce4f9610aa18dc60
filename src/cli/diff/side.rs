//! One side of a comparison: a workspace or manifests, in a folder or a git revision.

use crate::cli::build::disproved;
use crate::cli::failure::{Failure, shown};
use crate::cli::report::{self, human};
use crate::cli::revision;
use crate::cli::terminal::{Paint, Terminal};
use crate::cli::workspace::{Analyzed, Outcome, Workspace};
use std::path::Path;
use xks_core::change::{self, Program, Side, Which};
use xks_core::cluster::{Cluster, Facts, manifests};
use xks_core::escape::word;
use xks_core::model::Platform;
use xks_core::{Options, emit};

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

enum Content {
    /// One without errors.
    Workspace(Box<(Workspace, Analyzed)>),
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
    pub(super) fn workspace(
        name: &str,
        workspace: &Path,
        which: Which,
        terminal: &Terminal,
    ) -> Result<Option<Loaded>, Failure> {
        let mut found = revision::load(name, workspace)?;
        found.introduce(terminal);
        let unseen = revision::unseen(&found)?;
        match which {
            // What is wrong there is not of this change, and mending it must not be stopped.
            Which::Old => {
                unseen.iter().for_each(|found| terminal.err(&format!("warning: `{name}`: {}\n", found.whole_text())));
            }
            Which::New => found.unreadable.extend(unseen),
        }
        let is_revision = found.tree.is_some();
        let label = if is_revision { name.to_string() } else { shown(Path::new(name)) };
        // Without a date: what a change means does not depend on the day.
        let outcome = found.analyze(&Options { today: None });
        let sound = match &outcome {
            Outcome::Whole(whole) => whole.analysis.standing().is_some(),
            Outcome::Parts(_) => false,
        };
        let Outcome::Whole(whole) = outcome else {
            return Ok(refused(&label, &found, (outcome.diagnostics(), false), terminal));
        };
        // What cannot be read may say anything: nothing is called equal beside it.
        if !sound || !found.unreadable.is_empty() {
            return Ok(refused(&label, &found, (&whole.analysis.diagnostics, true), terminal));
        }
        if which == Which::New {
            let sources = found.sources.ids().map(|id| found.sources.get(id).real_path());
            let paths = sources.chain(whole.manifests.keys().map(String::as_str));
            found.unreadable = revision::disguised(name, &found, paths)?;
            if !found.unreadable.is_empty() {
                return Ok(refused(&label, &found, (&[], true), terminal));
            }
        }
        let withdrawn: Vec<_> = whole.analysis.diagnostics.iter().filter(|found| found.is_error()).cloned().collect();
        if !withdrawn.is_empty() {
            terminal.err(&format!("what was withdrawn is absent from `{label}`:\n\n"));
            let report = report::Report { workspace: &found, diagnostics: &withdrawn, is_judged: true };
            terminal.err(&human::write(&report, terminal.color_err));
        }
        let prefix = found.prefix.clone();
        let content = Content::Workspace(Box::new((found, whole)));
        Ok(Some(Loaded { label, prefix, is_revision, content }))
    }

    /// Reads manifests. `None` if one of them is refused, which is then shown.
    pub(super) fn manifests(name: &str, workspace: &Path, terminal: &Terminal) -> Result<Option<Loaded>, Failure> {
        let revision::Manifests { prefix, is_revision, files } = revision::manifests(name, workspace)?;
        let label = if is_revision { name.to_string() } else { shown(Path::new(name)) };
        if files.is_empty() {
            return Err(Failure::usage(format!("there is no manifest below `{label}`")));
        }
        let files: Vec<(String, Vec<u8>)> = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
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
            let why = format!("{prefix}{}: {object}{}", objects.place(fault.place), fault.rule);
            text.push_str(&format!("{head} {}\n", word(&why)));
        }
        if refused {
            terminal.err(&not_compared(&label));
        }
        terminal.err(&text);
        if refused {
            return Ok(None);
        }
        Ok(Some(Loaded { label, prefix, is_revision, content: Content::Manifests(files) }))
    }

    /// The environments that the workspace declares.
    pub(super) fn envs(&self) -> Vec<&str> {
        match &self.content {
            Content::Workspace(checked) => checked.1.analysis.envs(),
            Content::Manifests(_) => Vec::new(),
        }
    }

    /// An environment that this side does not declare: nothing is there, but for the facts that hold everywhere.
    pub(super) fn without(&self) -> Built<'_> {
        let platform = match &self.content {
            Content::Workspace(checked) => checked.1.analysis.workspaces.first().map(|any| any.platform.clone()),
            Content::Manifests(_) => None,
        };
        let cluster = Cluster::new(manifests::read(std::iter::empty()), Facts::default());
        Built { files: Vec::new(), cluster, platform: platform.unwrap_or_default(), program: None }
    }

    /// Builds one environment; `None` if it is not declared.
    pub(super) fn build(&self, env: Option<&str>) -> Result<Option<Built<'_>>, Failure> {
        match &self.content {
            Content::Manifests(files) => {
                let cluster = Cluster::new(manifests::read(texts(files)), Facts::default());
                Ok(Some(Built { files: files.clone(), cluster, platform: Platform::default(), program: None }))
            }
            Content::Workspace(checked) => {
                let (loaded, Analyzed { analysis, parsed, .. }) = &**checked;
                let (Some(workspace), Some(checked)) = (analysis.in_env(env), analysis.standing()) else {
                    return Ok(None);
                };
                let sources = &loaded.sources;
                let tree = xks_core::build(sources, &checked, env, emit::Format::Yaml)
                    .map_err(|differences| disproved(loaded, &differences))?;
                let below = workspace.folder();
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
    label: &str,
    workspace: &Workspace,
    (diagnostics, is_judged): (&[xks_core::diagnostics::Diagnostic], bool),
    terminal: &Terminal,
) -> Option<Loaded> {
    let found = report::Report { workspace, diagnostics, is_judged };
    terminal.err(&not_compared(label));
    terminal.err(&human::write(&found, terminal.color_err));
    None
}

fn not_compared(label: &str) -> String {
    format!("nothing is compared, for there are errors in `{label}`:\n\n")
}
