//! `xks owners`: who must approve which path, from the platform's facts.

mod codeowners;

use super::failure::{Exit, Failure, shown};
use super::report::{Report, human, pretty};
use super::terminal::Terminal;
use super::workspace::{Analyzed, Outcome, Workspace};
use clap::ValueEnum;
use codeowners::{Host, Rules};
use serde::Serialize;
use std::path::{Path, PathBuf};
use xks_core::diagnostics::suggest::listed;
use xks_core::escape::word;
use xks_core::model::{Ownership, PLATFORM_FILE, Platform};
use xks_core::{Analysis, Options};

/// The arguments of `xks owners`.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xks owners > .github/CODEOWNERS     what GitHub and GitLab read
  xks owners --check                  whether the file that they read says the same")]
pub(super) struct Args {
    /// The workspace
    #[arg(default_value = ".")]
    path: PathBuf,
    /// What to print
    #[arg(long, value_enum, default_value = "codeowners")]
    format: Format,
    /// Print nothing; check that this file, or the one that GitHub or GitLab reads, leaves every path to its owners
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    check: Option<Option<PathBuf>>,
}

/// What `--format` says.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Lines for a CODEOWNERS file
    Codeowners,
    /// One JSON document
    Json,
}

/// A path and who must approve what changes in it.
#[derive(Serialize)]
struct Owned {
    /// From the root of the repository; a folder ends in `/`.
    path: String,
    /// Who speaks there: a tenant, `(platform)`, or nobody.
    of: Option<String>,
    owners: Vec<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    paths: &'a [Owned],
}

/// Prints, or checks.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let workspace = Workspace::load(&args.path, None)?;
    let outcome = workspace.analyze(&Options { today: None });
    let Outcome::Whole(Analyzed { analysis, .. }) = &outcome else {
        let found =
            Report { workspace: &workspace, diagnostics: outcome.diagnostics(), is_judged: outcome.is_judged() };
        terminal.err(&human::write(&found, terminal.color_err));
        return Ok(Exit::Findings);
    };
    let Some(platform) = analysis.platform().filter(|platform| platform.ownership.is_stated()) else {
        return Err(Failure::usage("this workspace does not state who may write what")
            .hint("add to `platform`: `tenants from \"tenants/*\"`, and the owners of each tenant: `tenant NAME owners @TEAM`"));
    };
    if platform.ownership.owners.is_empty() {
        return Err(Failure::usage("this workspace does not state who owns the platform's files")
            .hint("add to `platform`: `owners @TEAM`"));
    }
    let repository = Repository::around(&workspace.root);
    let owned = owned(platform, &tenants(analysis, &platform.ownership), &repository.prefix);
    if let Some(file) = &args.check {
        return check(file.as_deref(), &owned, platform, &repository, terminal);
    }
    let text = match args.format {
        Format::Codeowners => lines(&owned),
        Format::Json => pretty(&Document { version: 1, paths: &owned }),
    };
    terminal.out(text.as_bytes())?;
    Ok(Exit::Fine)
}

/// The repository that a workspace lies in.
struct Repository {
    root: PathBuf,
    /// The workspace's path from there, with `/` at its end unless it is empty.
    prefix: String,
}

impl Repository {
    fn around(workspace: &Path) -> Repository {
        let real = std::fs::canonicalize(workspace).unwrap_or_else(|_| workspace.to_path_buf());
        let root = real.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&real).to_path_buf();
        let below = real.strip_prefix(&root).unwrap_or(Path::new(""));
        let parts: Vec<String> =
            below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let prefix = if parts.is_empty() { String::new() } else { format!("{}/", parts.join("/")) };
        Repository { root, prefix }
    }
}

/// Every tenant that is described or speaks, sorted.
fn tenants(analysis: &Analysis, ownership: &Ownership) -> Vec<String> {
    let speaking = analysis.owners.of_file.iter().flatten().chain(&analysis.owners.unknown);
    let described = ownership.tenants.iter().map(|fact| &fact.name.value);
    let mut tenants: Vec<String> = speaking.chain(described).map(ToString::to_string).collect();
    tenants.sort();
    tenants.dedup();
    tenants
}

/// Who must approve which path, so that the last line that fits decides.
fn owned(platform: &Platform, tenants: &[String], prefix: &str) -> Vec<Owned> {
    let ownership = &platform.ownership;
    let of_platform: Vec<String> = ownership.owners.iter().map(ToString::to_string).collect();
    let mut owned = Vec::new();
    let mut platform_owns = |path: String| {
        owned.push(Owned { path, of: Some(PLATFORM.to_string()), owners: of_platform.clone() });
    };
    for path in GUARDED {
        platform_owns(format!("/{path}"));
    }
    let mut above = prefix.trim_end_matches('/');
    while !above.is_empty() {
        platform_owns(format!("/{above}/.gitattributes"));
        above = above.rsplit_once('/').map_or("", |(above, _)| above);
    }
    match &ownership.platform {
        Some(from) => {
            platform_owns(format!("/{prefix}{PLATFORM_FILE}"));
            platform_owns(format!("/{prefix}{}/", from.value));
            platform_owns(format!("/{prefix}{}.xks", from.value));
        }
        None => platform_owns(format!("/{prefix}*.xks")),
    }
    for pattern in &ownership.patterns {
        match pattern.parent().as_str() {
            "" => platform_owns(format!("/{prefix}*/")),
            parent => platform_owns(format!("/{prefix}{parent}/")),
        }
    }
    for tenant in tenants {
        let owners = ownership.owners_of(tenant);
        let owners = if owners.is_empty() { ownership.owners.iter().collect() } else { owners };
        let owners: Vec<String> = owners.into_iter().map(ToString::to_string).collect();
        for folder in ownership.folders(tenant) {
            for path in [format!("/{prefix}{folder}/"), format!("/{prefix}{folder}.xks")] {
                owned.push(Owned { path, of: Some(tenant.clone()), owners: owners.clone() });
            }
        }
    }
    // A pattern of the root may fit the platform's own folder, which a later line has to take back.
    if ownership.patterns.iter().any(|pattern| pattern.parent().is_empty()) {
        let taken: Vec<String> = match &ownership.platform {
            Some(from) => vec![format!("/{prefix}{PLATFORM_FILE}"), format!("/{prefix}{}/", from.value)],
            None => vec![format!("/{prefix}{PLATFORM_FILE}")],
        };
        let guarded = GUARDED.iter().map(|path| format!("/{path}"));
        owned.retain(|line| !taken.contains(&line.path) && !guarded.clone().any(|path| path == line.path));
        let back = guarded.chain(taken.clone());
        owned.extend(back.map(|path| Owned { path, of: Some(PLATFORM.to_string()), owners: of_platform.clone() }));
    }
    owned.push(Owned { path: format!("/{prefix}{}/", platform.output), of: None, owners: Vec::new() });
    owned
}

/// Who speaks for what no tenant owns.
const PLATFORM: &str = "(platform)";

/// What decides who approves, and what is checked: whoever owns it decides over all the rest.
const GUARDED: &[&str] = &[".gitattributes", ".github/", ".gitlab/", ".gitlab-ci.yml", "CODEOWNERS", "docs/CODEOWNERS"];

fn lines(owned: &[Owned]) -> String {
    let mut text = String::from(
        "# Written by `xks owners`: the facts of the platform say who approves what. The last line that fits decides.\n",
    );
    for line in owned {
        text.push_str(&line.path.replace(' ', "\\ "));
        for owner in &line.owners {
            text.push(' ');
            text.push_str(owner);
        }
        text.push('\n');
    }
    text
}

/// Checks what the host of the repository reads.
fn check(
    file: Option<&Path>,
    owned: &[Owned],
    platform: &Platform,
    repository: &Repository,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let host = Host::of(&repository.root);
    let Some(read) = host.file(&repository.root) else {
        return Err(Failure::failed("there is no CODEOWNERS file, so nobody has to approve anything")
            .hint("write one: `xks owners > .github/CODEOWNERS`"));
    };
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if let Some(file) = file
        && real(file) != real(&read)
    {
        return Err(Failure::failed(format!(
            "`{}` has no effect: {} reads `{}`",
            shown(file),
            host.name(),
            shown(read.strip_prefix(&repository.root).unwrap_or(&read))
        )));
    }
    let name = shown(read.strip_prefix(&repository.root).unwrap_or(&read));
    let size = std::fs::metadata(&read).map_err(|error| Failure::at("read", &read, &error))?.len();
    if size > codeowners::MOST_BYTES {
        return Err(Failure::failed(format!(
            "`{name}` is larger than 3 MB, and {} does not read it then",
            host.name()
        )));
    }
    let text = xks_disk::read(&read, codeowners::MOST_BYTES as usize)
        .map_err(|reason| Failure::failed(format!("cannot read `{name}`: {reason}")))?;
    let rules = Rules::read(&text, host);
    let mut faults: Vec<String> = rules.faults.iter().map(|(line, fault)| format!("{name}:{line}: {fault}")).collect();
    for sample in samples(owned, platform, &repository.prefix, &rules) {
        if let Some(fault) = rules.fault(&sample.path, &sample.owners) {
            let whose = format!("`{}` is of {}", sample.path, sample.of);
            faults.push(match fault.line {
                Some(line) => format!("{name}:{line}: {whose}, and {}", fault.words),
                None => format!("{name}: {whose}, and {}", fault.words),
            });
        }
    }
    faults.sort();
    faults.dedup();
    if faults.is_empty() {
        terminal.say(&format!("{name} leaves every path to its owners\n"))?;
        return Ok(Exit::Fine);
    }
    const MOST: usize = 50;
    let count = faults.len();
    faults.truncate(MOST);
    let mut text: String = faults.iter().map(|fault| format!("error: {}\n", word(fault))).collect();
    if count > MOST {
        text.push_str(&format!("… and {} more\n", count - MOST));
    }
    text.push_str("help: `xks owners` prints lines that do; put them last\n");
    terminal.say(&text)?;
    Ok(Exit::Findings)
}

/// A path that may come to be, and who must approve it.
struct Sample {
    path: String,
    of: String,
    owners: Vec<String>,
}

/// Paths of each kind that matter: in each place, deep in it, those that a line of the file fits, and places of tenants that
/// are not there yet.
fn samples(owned: &[Owned], platform: &Platform, prefix: &str, rules: &Rules) -> Vec<Sample> {
    let ownership = &platform.ownership;
    let of_platform: Vec<String> = ownership.owners.iter().map(ToString::to_string).collect();
    let mut samples = Vec::new();
    for line in owned.iter().filter(|line| line.of.is_some()) {
        let place = line.path.trim_start_matches('/');
        let of = line.of.as_deref().unwrap_or_default();
        let of = if of == PLATFORM { "the platform".to_string() } else { format!("tenant `{of}`") };
        let mut add = |path: String| samples.push(Sample { path, of: of.clone(), owners: line.owners.clone() });
        if place.contains('*') {
            continue;
        }
        let is_parent = ownership.patterns.iter().any(|pattern| format!("{prefix}{}/", pattern.parent()) == place);
        match place.strip_suffix('/') {
            // What lies in the parent of the tenants are the tenants.
            Some(folder) if is_parent => add(format!("{folder}/.gitattributes")),
            Some(folder) => {
                add(format!("{folder}/net.xks"));
                add(format!("{folder}/deep/er/net.xks"));
                for pattern in rules.samples() {
                    add(format!("{folder}/{pattern}"));
                    if pattern.starts_with(place) {
                        add(pattern);
                    }
                }
            }
            None => add(place.to_string()),
        }
    }
    for pattern in &ownership.patterns {
        let folder = format!("{prefix}{}", pattern.folder("a-tenant-to-come"));
        for path in [format!("{folder}/net.xks"), format!("{folder}.xks")] {
            let of = format!("the platform, until it states the owners of {}", listed(["a-tenant-to-come"], "and"));
            samples.push(Sample { path, of, owners: of_platform.clone() });
        }
    }
    samples.push(Sample {
        path: format!("{prefix}{PLATFORM_FILE}"),
        of: "the platform".to_string(),
        owners: of_platform,
    });
    samples
}
