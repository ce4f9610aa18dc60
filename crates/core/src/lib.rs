//! xks: networking intents of tenants on a default-deny Kubernetes platform, compiled to the YAML that a cluster accepts.
//!
//! The pipeline, in order; each room uses only rooms before it:
//!
//! | room | from | to |
//! |---|---|---|
//! | [`source`] | paths and texts | [`source::Sources`] |
//! | [`diagnostics`] | | what every room reports |
//! | [`values`] | words | names, hosts, addresses, ports, labels |
//! | [`syntax`] | a text | [`syntax::Parsed`]: statements |
//! | [`model`] | | the nouns that the next two rooms fill |
//! | [`names`] | statements | [`names::Names`]: who is called what |
//! | [`check`] | statements and names | [`check::Checked`]: the model of one environment |
//! | [`lints`] | the model | findings |
//! | [`k8s`], [`lower`] | the model | Kubernetes objects |
//! | [`emit`] | objects | [`emit::OutputTree`]: paths and bytes |
//! | [`graph`] | the model | [`graph::Graph`]: the picture of who may reach whom |
//! | [`cluster`] | manifests | what they permit |
//! | [`prove`] | the model and the bytes | that they permit the same |
//! | [`questions`] | a question | the answer, and why |
//! | [`change`] | two sides of a change | what it does |
//!
//! Nothing here reads or writes files; the command line and the editor do.

pub use check::include::Manifests;
pub use xks_analysis::{check, lints, model, names};
pub use xks_answers::{change, questions};
pub use xks_base::{diagnostics, escape, source, values};
pub use xks_graph as graph;
pub use xks_kubernetes::{cluster, edge, k8s, validate, yaml};
pub use xks_output::{emit, lower, prove};
pub use xks_syntax as syntax;

pub mod since;

use diagnostics::{Code, Diagnostic};
use source::Sources;
use std::borrow::Borrow;
use xks_base::parallel;

/// What an analysis depends on besides the files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The day that `until` is compared with; without one, no date is looked at.
    pub today: Option<values::date::Date>,
}

/// How many files are read one after the other before it pays to use all cores.
const FEW: usize = 16;

/// Reads every file.
pub fn parse(sources: &Sources) -> Vec<syntax::Parsed> {
    let one = |id: &source::FileId| syntax::parse(*id, &sources.get(*id).text);
    parallel::map(&sources.ids().collect::<Vec<_>>(), FEW, one)
}

/// The tenant of each file, where the platform states who may write which; `None` where it does not, so that each file
/// belongs to whom it names.
pub fn owners(sources: &Sources, parsed: &[impl Borrow<syntax::Parsed>]) -> Option<Vec<Option<smol_str::SmolStr>>> {
    let files: Vec<&syntax::ast::File> = parsed.iter().map(|parsed| &parsed.borrow().file).collect();
    // What is wrong is said by the analysis.
    let platform = check::platform(sources, &files, &[], &mut Vec::new());
    platform.ownership.is_stated().then(|| names::owners(sources, &files, &platform, &mut Vec::new()).of_file)
}

/// Whether what the readable files say can be judged: all were read, or those that were not belong to tenants whose places
/// are known.
pub fn judges(sources: &Sources, parsed: &[impl Borrow<syntax::Parsed>]) -> bool {
    if sources.unreadable().is_empty() {
        return true;
    }
    let files: Vec<&syntax::ast::File> = parsed.iter().map(|parsed| &parsed.borrow().file).collect();
    let platform = check::platform(sources, &files, &[], &mut Vec::new());
    let is_tenants = |path: &String| {
        let place = platform.ownership.place(path, &platform.output);
        platform.ownership.is_stated() && matches!(place, model::Place::Tenant(_))
    };
    sources.unreadable().iter().all(is_tenants)
}

/// The files that `include` statements name, as paths from the workspace root.
pub fn includes(sources: &Sources, parsed: &[impl Borrow<syntax::Parsed>]) -> Vec<String> {
    let statements = parsed.iter().flat_map(|parsed| &parsed.borrow().file.statements);
    let mut paths: Vec<String> = statements
        .filter_map(|statement| match &statement.body {
            syntax::ast::Body::Include(include) => included(sources, include),
            _ => None,
        })
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

/// The file that one `include` names, as a path from the workspace root; `None` when it would lie outside.
pub fn included(sources: &Sources, include: &syntax::ast::Include) -> Option<String> {
    check::include::path_of(sources, &include.path)
}

/// What a workspace means, and what is wrong with it.
#[derive(Debug)]
pub struct Analysis {
    /// Everything found, in the order of files and lines.
    pub diagnostics: Vec<Diagnostic>,
    /// The model, once for each environment.
    pub workspaces: Vec<model::Workspace>,
    /// Whose each file is.
    pub owners: names::Owners,
    /// Whether every file could be read.
    is_complete: bool,
    output: smol_str::SmolStr,
    /// What each model was made from, for the next analysis.
    inputs: Vec<(check::Inputs, lints::Found)>,
}

/// An analysis of the same files, with the same manifests, before the texts of some of them changed.
#[derive(Clone, Copy, Debug)]
pub struct Previous<'a> {
    /// What it came to.
    pub analysis: &'a Analysis,
    /// The files whose texts are others now.
    pub changed: &'a [source::FileId],
}

/// Checks a workspace in each of its environments. Never fails: what is wrong is in the diagnostics.
pub fn analyze(
    sources: &Sources,
    parsed: &[impl Borrow<syntax::Parsed>],
    manifests: &Manifests,
    options: &Options,
) -> Analysis {
    analyze_again(sources, parsed, manifests, options, None)
}

/// Does what [`analyze`] does, and comes to the same; what the changes since an analysis do not concern is taken over
/// from it.
pub fn analyze_again(
    sources: &Sources,
    parsed: &[impl Borrow<syntax::Parsed>],
    manifests: &Manifests,
    options: &Options,
    before: Option<Previous<'_>>,
) -> Analysis {
    let parsed = || parsed.iter().map(Borrow::borrow);
    let mut out: Vec<Diagnostic> = parsed().flat_map(|parsed| parsed.diagnostics.iter().cloned()).collect();
    let files: Vec<&syntax::ast::File> = parsed().map(|parsed| &parsed.file).collect();
    let platform = check::platform(sources, &files, &codes(), &mut out);
    check::environments(&files, &platform, &mut out);
    if let Some(today) = options.today {
        check::expired(&files, today, &mut out);
    }
    let owners = names::owners(sources, &files, &platform, &mut out);
    let (mut workspaces, mut inputs) = (Vec::new(), Vec::new());
    let environments = platform.envs.iter().map(Some).chain(platform.envs.is_empty().then_some(None));
    for (index, env) in environments.enumerate() {
        let known = before.and_then(|Previous { analysis, changed }| {
            let (workspace, (inputs, found)) = (analysis.workspaces.get(index)?, analysis.inputs.get(index)?);
            Some((check::Previous { workspace, inputs, changed }, found))
        });
        let since = known.map(|(before, _)| before);
        let env_name = env.map(|env| env.name.as_str());
        let declared = since.and_then(|since| since.names(&owners.of_file, env_name));
        let names = names::declare(&files, &owners, &platform.ownership, env_name, declared, &mut out);
        let mut checked = check::workspace(sources, &names, &owners.of_file, &platform, env, manifests, since);
        out.append(&mut checked.diagnostics);
        let sound = !out.iter().any(Diagnostic::is_error);
        let facts = lints::Facts::new(sources, &names, &checked, sound, options.today);
        let found = lints::run(&facts, known.map(|(_, found)| found), &mut out);
        workspaces.push(checked.workspace);
        inputs.push((checked.inputs, found));
    }
    let is_complete = sources.unreadable().is_empty();
    let diagnostics = diagnostics::settle(out, &platform.levels);
    Analysis { diagnostics, workspaces, owners, is_complete, output: platform.output, inputs }
}

impl Analysis {
    /// The environments that the platform declares, in the order of the text; empty when there are none.
    pub fn envs(&self) -> Vec<&str> {
        self.workspaces.iter().filter_map(|workspace| workspace.env.as_deref()).collect()
    }

    /// The folder that the platform has written, relative to the workspace root.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// The model, if there is no error: only what is sound can be built.
    pub fn checked(&self) -> Option<Checked<'_>> {
        self.without(|_| true)
    }

    /// The model, if what is wrong comes from the right of others alone: what was withdrawn is absent, and listed among the
    /// diagnostics.
    pub fn standing(&self) -> Option<Checked<'_>> {
        self.without(|error| !error.is_withdrawal)
    }

    /// The model, if it has no error of a kind, and all was read.
    fn without(&self, stops: impl Fn(&Diagnostic) -> bool) -> Option<Checked<'_>> {
        let sound = self.is_complete && !self.diagnostics.iter().any(|found| found.is_error() && stops(found));
        sound.then_some(Checked { workspaces: &self.workspaces })
    }

    /// The facts of the platform; `None` of a workspace without an environment to look at.
    pub fn platform(&self) -> Option<&model::Platform> {
        self.workspaces.first().map(|workspace| &workspace.platform)
    }

    /// The model of one environment; without one, of a workspace that declares none.
    pub fn in_env(&self, env: Option<&str>) -> Option<&model::Workspace> {
        self.workspaces.iter().find(|workspace| workspace.env.as_deref() == env)
    }

    /// Each two tenants that have one host without a fact that says so, in every environment.
    fn meetings(&self) -> impl Iterator<Item = &check::contest::Meeting> {
        self.inputs.iter().flat_map(|(inputs, _)| &inputs.meetings)
    }

    /// Whether a tenant has a host, in any environment.
    fn has_host(&self, tenant: &str, host: &str) -> bool {
        self.inputs.iter().any(|(inputs, _)| inputs.has(tenant, host))
    }

    /// Whether there is a `never` or an `expect` to hold.
    pub fn has_invariants(&self) -> bool {
        self.workspaces.iter().any(|workspace| !workspace.invariants.is_empty())
    }

    /// Holds `never` and `expect` against what a build permits, in each environment that was built.
    pub fn broken(
        &self,
        sources: &Sources,
        parsed: &[impl Borrow<syntax::Parsed>],
        tree: &emit::OutputTree,
    ) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        for workspace in self.workspaces.iter().filter(|workspace| !workspace.invariants.is_empty()) {
            if let Some(found) = ask(sources, parsed, workspace, tree, questions::invariants::hold) {
                out.extend(found);
            }
        }
        let levels = self.workspaces.first().map(|workspace| &workspace.platform.levels);
        diagnostics::settle(out, levels.unwrap_or(&diagnostics::Levels::new()))
    }
}

/// Puts a question to what was built of one environment; `None` if that is not in the tree.
pub fn ask<T>(
    sources: &Sources,
    parsed: &[impl Borrow<syntax::Parsed>],
    workspace: &model::Workspace,
    tree: &emit::OutputTree,
    question: impl FnOnce(&questions::Subject<'_>) -> T,
) -> Option<T> {
    let prefix = workspace.folder();
    let files = tree.files.iter().filter(|(path, _)| path.starts_with(&prefix));
    let mut files = files.map(|(path, bytes)| (path.as_str(), &bytes[..])).peekable();
    files.peek()?;
    let cluster = prove::observed(workspace, files);
    let files: Vec<&syntax::ast::File> = parsed.iter().map(|parsed| &parsed.borrow().file).collect();
    // What is wrong with the names was said when the workspace was analysed.
    let mut diagnostics = Vec::new();
    let platform = &workspace.platform;
    let owners = names::owners(sources, &files, platform, &mut diagnostics);
    let env = workspace.env.as_deref();
    let names = names::declare(&files, &owners, &platform.ownership, env, None, &mut diagnostics);
    Some(question(&questions::Subject {
        cluster: &cluster,
        names: &names,
        platform,
        env: platform.envs.iter().find(|known| Some(known.name.as_str()) == env),
        workspace: Some((sources, workspace)),
    }))
}

/// A workspace without errors.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    workspaces: &'a [model::Workspace],
}

/// Writes the files of one environment, or of all of them, and proves that they permit what the statements say.
///
/// # Errors
/// Each namespace whose policies differ from the statements: a mistake of the compiler.
pub fn build(
    sources: &Sources,
    checked: &Checked<'_>,
    env: Option<&str>,
    format: emit::Format,
) -> Result<emit::OutputTree, Vec<prove::Difference>> {
    let mut files = Vec::new();
    let mut differences = Vec::new();
    for workspace in checked.workspaces.iter().filter(|workspace| env.is_none() || workspace.env.as_deref() == env) {
        let prefix = workspace.folder();
        let proof = prove::Proof::new(workspace);
        let shares = lower::shares(workspace);
        let one = |share: &lower::Share<'_>| {
            let files = emit::folder(sources, workspace, &lower::folder(workspace, share), &prefix, format);
            let ours = files.iter().filter(|file| file.of == Some(k8s::File::NetworkPolicies));
            let proved = proof.namespace(share.namespace(), ours.map(|file| (file.path.as_str(), &file.bytes[..])));
            (files, proved.err())
        };
        for (some, difference) in parallel::map(&shares, FEW, one) {
            files.extend(some.into_iter().map(|file| (file.path, file.bytes)));
            differences.extend(difference);
        }
        differences.extend(proof.counterexample(shares.iter().map(lower::Share::namespace)));
    }
    if !differences.is_empty() {
        return Err(differences);
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(emit::OutputTree { files })
}

/// Every code, by name.
pub fn codes() -> Vec<&'static Code> {
    let rooms = [
        syntax::errors::CODES,
        names::errors::CODES,
        check::errors::CODES,
        check::include::CODES,
        questions::invariants::CODES,
    ];
    let mut codes: Vec<&'static Code> = rooms.into_iter().flatten().copied().chain(lints::codes()).collect();
    codes.sort_by_key(|code| code.name);
    codes
}
