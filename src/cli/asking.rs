//! What `xks can` and `xks who` have in common: whom they ask.

use super::build::{declared, disproved};
use super::failure::{Exit, Failure};
use super::manifests;
use super::report::{Report, human};
use super::terminal::Terminal;
use super::workspace::{Analyzed, Outcome, Workspace};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use xks_core::Options;
use xks_core::cluster::network::Network;
use xks_core::cluster::{Cluster, Facts};
use xks_core::diagnostics::Diagnostic;
use xks_core::diagnostics::suggest::listed;
use xks_core::model::Platform;
use xks_core::names::{declare, owners};
use xks_core::questions::{Subject, tenants};
use xks_core::source::{FileId, Source, Sources};

/// Whom to ask.
#[derive(clap::Args)]
pub(super) struct Asking {
    /// The workspace: a folder or one file
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Ask these manifests instead: a folder of YAML and JSON of any origin, or one file
    #[arg(long, value_name = "DIR", conflicts_with = "path")]
    manifests: Option<PathBuf>,
    /// The environment of the workspace
    #[arg(long, value_name = "ENV", conflicts_with = "manifests")]
    env: Option<String>,
    /// The tenant whose names bare words are
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// What is known of the network under the manifests
    #[arg(long, value_enum, value_name = "CNI", requires = "manifests")]
    cni: Option<Cni>,
    /// How to answer
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Format,
}

/// What `--format` says.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
}

/// What `--cni` says.
#[derive(Clone, Copy, ValueEnum)]
enum Cni {
    Calico,
    Cilium,
}

/// A question on its way to its answer.
pub(super) struct Asked<'a, 's> {
    /// Whom it is asked.
    pub(super) subject: &'a Subject<'s>,
    /// The tenant whose names bare words are.
    pub(super) tenant: Option<&'a str>,
    /// The file that the question is.
    pub(super) file: FileId,
}

/// Why there is no answer.
pub(super) enum Unanswered {
    /// What is wrong with the question.
    Findings(Vec<Diagnostic>),
    /// Something else.
    Failure(Failure),
}

impl From<Vec<Diagnostic>> for Unanswered {
    fn from(findings: Vec<Diagnostic>) -> Unanswered {
        Unanswered::Findings(findings)
    }
}

impl From<Failure> for Unanswered {
    fn from(failure: Failure) -> Unanswered {
        Unanswered::Failure(failure)
    }
}

/// Puts a question to whom it is asked, and says what is wrong with it if it is not answered; with this exit status if that
/// is because the sources have errors.
pub(super) fn ask(
    args: &Asking,
    question: &str,
    terminal: &Terminal,
    unsound: Exit,
    answer: impl FnOnce(&Asked<'_, '_>) -> Result<Exit, Unanswered>,
) -> Result<Exit, Failure> {
    match &args.manifests {
        Some(manifests) => of_manifests(args, manifests, question, terminal, answer),
        None => of_workspace(args, question, terminal, unsound, answer),
    }
}

fn of_manifests(
    args: &Asking,
    path: &Path,
    question: &str,
    terminal: &Terminal,
    answer: impl FnOnce(&Asked<'_, '_>) -> Result<Exit, Unanswered>,
) -> Result<Exit, Failure> {
    let network = match args.cni {
        Some(Cni::Calico) => Network::calico(),
        Some(Cni::Cilium) => Network::cilium(),
        None => Network::default(),
    };
    let cluster = Cluster::new(manifests::read(path, terminal)?, Facts { network, ..Facts::default() });
    let mut sources = Sources::new(tenants(&cluster));
    let parsed = xks_core::parse(&sources);
    let files: Vec<_> = parsed.iter().map(|parsed| &parsed.file).collect();
    let mut findings = Vec::new();
    let platform = Platform::default();
    let owners = owners(&sources, &files, &platform, &mut findings);
    let names = declare(&files, &owners, &platform.ownership, None, None, &mut findings);
    let file = sources.append(Source::new(QUESTION, question));
    let subject = Subject { cluster: &cluster, names: &names, platform: &platform, env: None, workspace: None };
    let tenant = known(args.tenant.as_deref(), &subject)?;
    let done = answer(&Asked { subject: &subject, tenant, file });
    settle(done, &Workspace::new(Path::new(""), sources, Vec::new()), terminal)
}

fn of_workspace(
    args: &Asking,
    question: &str,
    terminal: &Terminal,
    unsound: Exit,
    answer: impl FnOnce(&Asked<'_, '_>) -> Result<Exit, Unanswered>,
) -> Result<Exit, Failure> {
    let mut workspace = Workspace::load(&args.path, None)?;
    workspace.introduce(terminal);
    let outcome = workspace.analyze(&Options { today: None });
    let sound = match &outcome {
        Outcome::Whole(whole) => whole.analysis.standing().map(|checked| (whole, checked)),
        Outcome::Parts(_) => None,
    };
    let Some((Analyzed { analysis, parsed, .. }, checked)) = sound else {
        let found =
            Report { workspace: &workspace, diagnostics: outcome.diagnostics(), is_judged: outcome.is_judged() };
        terminal.err(&human::write(&found, terminal.color_err));
        return Ok(unsound);
    };
    let withdrawn: Vec<Diagnostic> = analysis.diagnostics.iter().filter(|found| found.is_error()).cloned().collect();
    if !withdrawn.is_empty() {
        let found = Report { workspace: &workspace, diagnostics: &withdrawn, is_judged: true };
        terminal.err(&human::write(&found, terminal.color_err));
    }
    let envs = analysis.envs();
    let env = match declared(args.env.as_deref(), analysis)? {
        None if envs.len() > 1 => {
            return Err(Failure::usage("the answer may differ between environments")
                .hint(format!("say which one: `--env` {}", listed(&envs, "or"))));
        }
        None => envs.first().copied(),
        env => env,
    };
    let tree = xks_core::build(&workspace.sources, &checked, env, xks_core::emit::Format::Yaml)
        .map_err(|differences| disproved(&workspace, &differences))?;
    let file = workspace.sources.append(Source::new(QUESTION, question));
    let Some(model) = analysis.in_env(env) else {
        return Err(Failure::no_answer(vec!["there is nothing to ask".to_string()]));
    };
    let done = xks_core::ask(&workspace.sources, parsed, model, &tree, |subject| {
        let tenant = known(args.tenant.as_deref(), subject).map_err(Unanswered::Failure)?;
        answer(&Asked { subject, tenant, file })
    });
    let nothing = || Err(Unanswered::Failure(Failure::no_answer(vec!["the workspace becomes nothing".to_string()])));
    settle(done.unwrap_or_else(nothing), &workspace, terminal)
}

/// What a question is called among the files.
const QUESTION: &str = "question";

/// The tenant that `--tenant` names.
fn known<'t>(tenant: Option<&'t str>, subject: &Subject<'_>) -> Result<Option<&'t str>, Failure> {
    match tenant {
        Some(name) if subject.names.tenant(name).is_none() => {
            Err(Failure::no_tenant(name, subject.names.tenants.iter().map(|scope| scope.name.as_str())))
        }
        tenant => Ok(tenant),
    }
}

fn settle(done: Result<Exit, Unanswered>, workspace: &Workspace, terminal: &Terminal) -> Result<Exit, Failure> {
    match done {
        Ok(exit) => Ok(exit),
        Err(Unanswered::Failure(failure)) => Err(failure),
        Err(Unanswered::Findings(diagnostics)) => {
            terminal.err(&human::write(
                &Report { workspace, diagnostics: &diagnostics, is_judged: true },
                terminal.color_err,
            ));
            Ok(Exit::Usage)
        }
    }
}
