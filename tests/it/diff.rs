//! `xks diff`: cases that are found by walking, laws, git repositories, and what it refuses.

use crate::fixture;
use proptest::prelude::*;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use xks_core::change::{self, Change, Program, Side, Verdict};
use xks_core::cluster::Cluster;
use xks_core::source::{Source, Sources};
use xks_core::{Analysis, Manifests, Options, emit, syntax};

fn xks(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xks"));
    command.args(arguments).current_dir(folder).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.output().expect("the command runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn cases_are_reported_as_expected() {
    let mut complaints = Vec::new();
    let mut cases: Vec<_> = std::fs::read_dir(fixture::root().join("tests/diff"))
        .expect("a folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let further = fixture::read(&case.join("arguments"));
        for (format, file) in [("human", "human.txt"), ("markdown", "markdown.md"), ("json", "json.json")] {
            let mut arguments = vec!["diff", "old", "new", "--format", format];
            arguments.extend(further.split_whitespace());
            let output = xks(&case, &arguments);
            if output.status.code() != Some(0) {
                complaints.push(format!("{}: {}", case.display(), err(&output)));
                break;
            }
            complaints.extend(fixture::expect(&case.join(file), &out(&output)).err());
        }
    }
    fixture::report(complaints);
}

/// A workspace in memory, built.
struct Built {
    sources: Sources,
    parsed: Vec<syntax::Parsed>,
    analysis: Analysis,
    files: Vec<(String, Vec<u8>)>,
    cluster: Cluster,
}

/// `None` if there are errors.
fn built(files: &[(String, String)]) -> Option<Built> {
    let sources = Sources::new(files.iter().map(|(path, text)| Source::new(path, text)).collect());
    let parsed = xks_core::parse(&sources);
    let analysis = xks_core::analyze(&sources, &parsed, &Manifests::new(), &Options::default());
    let files =
        xks_core::build(&sources, &analysis.checked()?, None, emit::Format::Yaml).expect("a proved build").files;
    let bytes = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    let cluster = change::observed(&analysis.workspaces[0], bytes);
    Some(Built { sources, parsed, analysis, files, cluster })
}

impl Built {
    fn side(&self) -> Side<'_> {
        let workspace = &self.analysis.workspaces[0];
        let program = Program { sources: &self.sources, parsed: &self.parsed, workspace };
        Side { cluster: &self.cluster, files: &self.files, platform: &workspace.platform, program: Some(program) }
    }

    fn against(&self, new: &Built) -> Change {
        change::compare(&self.side(), &new.side())
    }
}

/// Statements that can stand together in any number and order.
const STATEMENTS: [(&str, &str); 16] = [
    ("a", "allow web -> internet:443"),
    ("a", "allow web -> internet"),
    ("a", "allow * -> 192.0.2.0/24:5432"),
    ("a", "allow web -> b/api:8080"),
    ("a", "allow * -> b/*"),
    ("a", "allow web -> ./api"),
    ("a", "expose web at www.example.com no-tls"),
    ("a", "expose api at api.example.com/v1 private no-tls"),
    ("a", "external legacy -> legacy.example.net:443"),
    ("b", "export api:8080 to a"),
    ("b", "export * to *"),
    ("b", "allow a/web -> api:8080"),
    ("b", "allow */* -> api:9090"),
    ("b", "allow 198.51.100.0/24 -> api:8080-8090"),
    ("b", "allow api -> kube-api"),
    ("b", "allow ingress -> api:8443"),
];

/// A workspace of some of them. `b` is isolated in some.
fn program(chosen: &[usize], isolated: bool) -> Vec<(String, String)> {
    let isolated = if isolated { " isolated" } else { "" };
    let mut texts = [
        ("a", "tenant a\napp web, api { port http 8080 }\n".to_string()),
        ("b", format!("tenant b{isolated}\napp api\n")),
    ];
    for (tenant, statement) in chosen.iter().map(|at| STATEMENTS[*at]) {
        let text = texts.iter_mut().find(|(name, _)| *name == tenant).expect("a tenant");
        text.1.push_str(statement);
        text.1.push('\n');
    }
    let platform = "platform { kube-api 192.0.2.10/32 }\n".to_string();
    let files = texts.into_iter().map(|(name, text)| (format!("{name}.xks"), text));
    files.chain([("platform.xks".to_string(), platform)]).collect()
}

fn chosen() -> impl Strategy<Value = Vec<usize>> {
    prop::sample::subsequence((0..STATEMENTS.len()).collect::<Vec<_>>(), 0..STATEMENTS.len())
}

fn mirrored(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Changed => Verdict::Changed,
        verdict => Verdict::of(verdict.closes(), verdict.opens()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fixture::cases(200)))]

    #[test]
    fn nothing_differs_from_itself(chosen in chosen(), isolated in any::<bool>()) {
        let Some(one) = built(&program(&chosen, isolated)) else { return Ok(()) };
        let change = one.against(&one);
        prop_assert_eq!((change.verdict, change.moved), (Verdict::Equal, false));
        prop_assert!(change.rows.is_empty() && change.objects.is_empty(), "{:?}", change);
    }

    #[test]
    fn the_way_back_is_the_mirrored_way(a in chosen(), b in chosen(), x in any::<bool>(), y in any::<bool>()) {
        let (Some(old), Some(new)) = (built(&program(&a, x)), built(&program(&b, y))) else { return Ok(()) };
        let (there, back) = (old.against(&new), new.against(&old));
        prop_assert_eq!(back.verdict, mirrored(there.verdict));
        // The verdict and the rows say the same.
        let has = |change: &Change, effect| change.rows.iter().any(|row| row.effect == effect);
        prop_assert_eq!(has(&there, change::Effect::Opens), there.verdict.opens());
        prop_assert_eq!(has(&there, change::Effect::Closes), there.verdict.closes());
        prop_assert!(there.rows.iter().all(|row| !row.causes.is_empty()), "{:?}", there.rows);
    }

    #[test]
    fn order_and_layout_change_nothing(chosen in chosen(), shuffled in any::<prop::sample::Index>()) {
        let files = program(&chosen, false);
        let mut turned = chosen.clone();
        if !turned.is_empty() {
            let by = shuffled.index(turned.len());
            turned.rotate_left(by);
        }
        let mut others = program(&turned, false);
        for (_, text) in &mut others {
            *text = text.replace('\n', "  # said so\r\n\r\n");
        }
        others.reverse();
        let (Some(old), Some(new)) = (built(&files), built(&others)) else { return Ok(()) };
        let change = old.against(&new);
        prop_assert_eq!(change.verdict, Verdict::Equal);
        prop_assert!(change.rows.is_empty() && change.objects.is_empty(), "{:?}", change);
    }

    #[test]
    fn a_further_statement_never_closes(chosen in chosen(), further in 0..STATEMENTS.len()) {
        let mut more = chosen.clone();
        more.push(further);
        let (Some(old), Some(new)) = (built(&program(&chosen, true)), built(&program(&more, true))) else { return Ok(()) };
        let change = old.against(&new);
        prop_assert!(!change.verdict.closes(), "{:?}", change.rows);
    }
}

/// A git repository with a first commit of these files.
struct Repository(TempDir);

impl Repository {
    fn new(files: &[(&str, &str)]) -> Repository {
        let repository = Repository(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.git(&["config", "core.autocrlf", "false"]);
        repository.write(files);
        repository.commit("first");
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
    }

    fn git(&self, arguments: &[&str]) {
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(who).args(arguments).current_dir(self.path()).output();
        let output = output.expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", err(&output));
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    fn first_line(&self, folder: &str, arguments: &[&str]) -> String {
        let output = xks(&self.path().join(folder), arguments);
        out(&output).lines().next().map_or_else(|| err(&output), String::from)
    }
}

const SHOP: &str = "tenant shop\napp web\n\nallow web -> internet:443\n";

#[test]
fn the_work_tree_is_compared_with_the_last_commit() {
    let repository = Repository::new(&[("shop.xks", SHOP)]);
    let at = repository.path();
    assert_eq!(repository.first_line("", &["diff"]), "EQUAL: nothing changed");
    repository.write(&[("shop.xks", &format!("{SHOP}allow web -> 192.0.2.7:25\n"))]);
    let output = xks(at, &["diff"]);
    assert!(out(&output).contains("shop.xks:5  allow web -> 192.0.2.7:25"), "{}", out(&output));
    repository.commit("second");
    assert_eq!(repository.first_line("", &["diff", "HEAD~1", "HEAD"]), "WIDER: 1 opened");
    assert_eq!(repository.first_line("", &["diff", "HEAD", "HEAD~1"]), "NARROWER: 1 closed");
    let back = out(&xks(at, &["diff", "HEAD", "HEAD~1"]));
    assert!(back.contains("HEAD:shop.xks:5  was: allow web -> 192.0.2.7:25"), "{back}");
    // The index and the work tree are as they were.
    let status = Command::new("git").args(["status", "--porcelain"]).current_dir(at).output().expect("git runs");
    assert_eq!(out(&status), "");
}

#[test]
fn a_workspace_may_lie_in_a_folder_of_the_repository() {
    let files = [("README.md", "x"), ("net/shop.xks", SHOP), ("net/out/a.xks", "broken {"), (".gitignore", "out\n")];
    let repository = Repository::new(&files);
    repository.write(&[("net/shop.xks", "tenant shop\napp web\n")]);
    assert_eq!(repository.first_line("net", &["diff"]), "NARROWER: 1 closed");
    assert_eq!(repository.first_line("", &["diff", "--workspace", "net"]), "NARROWER: 1 closed");
    let text = out(&xks(repository.path(), &["diff", "--workspace", "net"]));
    assert!(text.contains("HEAD:net/shop.xks:4  was: allow web -> internet:443"), "{text}");
}

#[test]
fn other_line_ends_and_other_names_of_files_are_equal() {
    let repository = Repository::new(&[("shop.xks", SHOP)]);
    repository.git(&["mv", "shop.xks", "store.xks"]);
    repository.write(&[("store.xks", &SHOP.replace('\n', "\r\n"))]);
    repository.commit("renamed");
    assert_eq!(repository.first_line("", &["diff", "HEAD~1"]), "EQUAL: nothing changed");
}

#[test]
fn a_file_with_an_odd_name_and_included_manifests_are_read_from_a_revision() {
    let policy = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress]}\n";
    let shop = "tenant shop\napp web\ninclude \"x y.yaml\"\n";
    let repository = Repository::new(&[("ä b.xks", shop), ("x y.yaml", policy)]);
    repository.write(&[("x y.yaml", &policy.replace("[Egress]}", "[Egress], egress: [{ports: [{port: 25}]}]}"))]);
    let text = out(&xks(repository.path(), &["diff"]));
    assert!(text.starts_with("WIDER"), "{text}");
    assert!(text.contains("ä b.xks:3  include \"x y.yaml\""), "{text}");
}

#[test]
fn what_cannot_be_compared_says_why() {
    let repository = Repository::new(&[("shop.xks", SHOP)]);
    let at = repository.path();
    let refused = |arguments: &[&str], code: i32, words: &[&str]| {
        let output = xks(at, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", err(&output));
        assert_eq!(out(&output), "", "{arguments:?}");
        for word in words {
            assert!(err(&output).contains(word), "{arguments:?}: {}", err(&output));
        }
    };
    refused(&["diff", "no-such"], 2, &["`no-such` is neither a folder nor a revision of the git repository"]);
    refused(&["diff", "--upload-pack=x"], 2, &["unexpected argument"]);
    refused(&["diff", "--", "--all"], 2, &["`--all` is neither a folder nor a git revision"]);
    refused(&["diff", "--env", "prod"], 2, &["there is no environment `prod`", "it declares none"]);
    refused(&["diff", "--fail-on", "wider:intrnet"], 2, &["knows no `wider:intrnet`", "did you mean `internet`"]);
    repository.write(&[("shop.xks", "tenant shop\nallow web ->\n")]);
    refused(&["diff"], 1, &["shop.xks:2", "nothing is compared, for there are errors in `.`"]);
    repository.commit("broken");
    repository.write(&[("shop.xks", SHOP)]);
    refused(&["diff"], 1, &["shop.xks:2", "there are errors in `HEAD`"]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("shop.xks"), SHOP).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_xks"))
        .arg("diff")
        .current_dir(folder.path())
        .env("GIT_CEILING_DIRECTORIES", folder.path().parent().expect("a parent"))
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("is in no git repository"), "{}", err(&output));
}

#[test]
fn gates_decide_on_the_exit_status() {
    let case = fixture::root().join("tests/diff/wider-and-other-ports");
    let status = |further: &[&str]| {
        let arguments: Vec<&str> = ["diff", "old", "new"].iter().chain(further).copied().collect();
        xks(&case, &arguments).status.code()
    };
    assert_eq!(status(&[]), Some(0));
    assert_eq!(status(&["--exit-code"]), Some(1));
    assert_eq!(status(&["--fail-on", "wider:internet,public"]), Some(1));
    assert_eq!(status(&["--fail-on", "public,tenants"]), Some(0));
    assert_eq!(status(&["--fail-on", "ports"]), Some(1));
    assert_eq!(status(&["--fail-on", "narrower"]), Some(1));
    let output = xks(&case, &["diff", "old", "new", "--format", "github", "--fail-on", "internet"]);
    assert!(
        out(&output).contains("::error file=new/source.xks,line=4,title=xks diff opens-internet::"),
        "{}",
        out(&output)
    );
    let output = xks(&case, &["diff", "old", "new", "--format", "azure"]);
    assert!(out(&output).contains("##vso[task.logissue type=warning;sourcepath=new/source.xks;linenumber=4;"));
    let output = xks(&case, &["diff", "old", "new", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "opens-internet");
}

#[test]
fn a_comment_stays_within_its_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    for side in ["old", "new"] {
        let path = folder.path().join(side);
        std::fs::create_dir(&path).expect("a folder");
        let mut text = "tenant shop\n".to_string();
        for at in 0..if side == "new" { 400 } else { 1 } {
            text.push_str(&format!("app app-{at}\nallow app-{at} -> internet:{}\n", 1000 + at));
        }
        std::fs::write(path.join("shop.xks"), text).expect("a file");
    }
    let text = out(&xks(folder.path(), &["diff", "old", "new", "--format", "markdown"]));
    assert!(text.chars().count() < 60_000, "{}", text.chars().count());
    let head: String = text.lines().take(6).collect();
    assert!(head.contains("rows are left out below, for want of room: "), "{head}");
    assert!(head.contains("internet"), "{head}");
}

const FACTS: &str = "platform { kube-api 192.0.2.10/32; metadata 169.254.169.254/32 }\n";

/// The exit status, and all that is said.
fn said(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = xks(folder, arguments);
    (output.status.code(), out(&output) + &err(&output))
}

#[test]
fn what_is_committed_and_ignored_is_an_error_of_the_new_side() {
    for (path, pattern) in
        [(".gitignore", "platform.xks"), ("tenants/.gitignore", "*.xks"), ("tenants/shop/.gitignore", "/a.xks")]
    {
        let repository = Repository::new(&[("platform.xks", FACTS), ("tenants/shop/a.xks", SHOP)]);
        let at = repository.path();
        repository.write(&[(path, pattern)]);
        repository.commit("hidden");
        for arguments in [&["diff", "HEAD~1"][..], &["diff", "HEAD~1", "HEAD"]] {
            let (status, words) = said(at, arguments);
            assert_eq!(status, Some(1), "{path} {arguments:?}: {words}");
            assert!(
                words.contains("it is committed, and an ignore file leaves it out"),
                "{path} {arguments:?}: {words}"
            );
        }
        // The way back is not stopped, and says what was hidden.
        std::fs::remove_file(at.join(path)).expect("a file");
        repository.commit("shown");
        let (status, words) = said(at, &["diff", "HEAD~1", "HEAD"]);
        assert_eq!(status, Some(0), "{path}: {words}");
        assert!(words.contains("warning: `HEAD~1`: cannot read"), "{path}: {words}");
        assert!(!words.contains("EQUAL"), "{path}: {words}");
        let (status, words) = said(at, &["diff", "HEAD~2", "HEAD"]);
        assert_eq!((status, words.as_str()), (Some(0), "EQUAL: nothing changed\n"), "{path}");
    }
}

#[test]
fn what_a_revision_lacks_is_an_error() {
    let repository = Repository::new(&[("platform.xks", FACTS), ("shop.xks", SHOP)]);
    let at = repository.path();
    repository.write(&[("shop.xks", &format!("{SHOP}# more\n"))]);
    repository.commit("second");
    for file in ["platform.xks", "shop.xks"] {
        let name = Command::new("git").args(["rev-parse", &format!("HEAD:{file}")]).current_dir(at).output();
        let name = out(&name.expect("git runs")).trim().to_string();
        let object = at.join(".git/objects").join(&name[..2]).join(&name[2..]);
        let bytes = std::fs::read(&object).expect("a loose object");
        std::fs::remove_file(&object).expect("a loose object");
        let (status, words) = said(at, &["diff", "HEAD~1", "HEAD"]);
        assert_eq!(status, Some(1), "{words}");
        assert!(words.contains(file) && words.contains("the repository lacks its content"), "{words}");
        std::fs::write(&object, bytes).expect("a loose object");
    }
}

#[test]
fn other_repositories_inside_are_an_error() {
    let repository = Repository::new(&[("platform.xks", FACTS), ("shop.xks", SHOP)]);
    let at = repository.path();
    let head = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(at).output().expect("git runs");
    let link = format!("160000,{},tenants/module", out(&head).trim());
    repository.git(&["update-index", "--add", "--cacheinfo", &link]);
    repository.git(&["commit", "--quiet", "-m", "a module"]);
    for arguments in [&["diff", "HEAD~1", "HEAD"][..], &["diff", "HEAD~1"]] {
        let (status, words) = said(at, arguments);
        assert_eq!(status, Some(1), "{arguments:?}: {words}");
        assert!(words.contains("`tenants/module`: it is another git repository"), "{arguments:?}: {words}");
    }
    let repository = Repository::new(&[("platform.xks", FACTS), ("shop.xks", SHOP)]);
    repository.write(&[("inner/bank.xks", "tenant bank\napp a\n")]);
    let inner = repository.path().join("inner");
    assert!(Command::new("git").args(["init", "--quiet"]).current_dir(&inner).status().expect("git runs").success());
    let (status, words) = said(repository.path(), &["diff"]);
    assert_eq!(status, Some(1), "{words}");
    assert!(words.contains("`inner`: it is another git repository"), "{words}");
}

#[test]
fn files_that_git_disguises_are_an_error() {
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        let repository = Repository::new(&[("platform.xks", FACTS), ("shop.xks", SHOP)]);
        let at = repository.path();
        repository.write(&[("shop.xks", &format!("{SHOP}# more\n"))]);
        repository.commit("second");
        repository.git(&["update-index", flag, "shop.xks"]);
        repository.write(&[("shop.xks", &format!("{SHOP}allow web -> 192.0.2.7:25\n"))]);
        for arguments in [&["diff", "HEAD~1", "HEAD"][..], &["diff"]] {
            let (status, words) = said(at, arguments);
            assert_eq!(status, Some(1), "{flag} {arguments:?}: {words}");
            assert!(words.contains("`shop.xks`: git calls it unchanged"), "{flag} {arguments:?}: {words}");
        }
    }
    // What is not committed yet, and other line ends, are nothing odd.
    let repository = Repository::new(&[("shop.xks", SHOP)]);
    repository.write(&[("shop.xks", &format!("{SHOP}allow web -> 192.0.2.7:25\n"))]);
    assert_eq!(said(repository.path(), &["diff", "HEAD", "HEAD"]).0, Some(0));
    let repository = Repository::new(&[("shop.xks", SHOP), (".gitattributes", "*.xks text eol=crlf\n")]);
    repository.write(&[("shop.xks", &SHOP.replace('\n', "\r\n"))]);
    assert_eq!(said(repository.path(), &["diff"]), (Some(0), "EQUAL: nothing changed\n".to_string()));
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let repository = Repository::new(&[("shop.xks", SHOP), ("bank.xks", "tenant bank\napp a\n")]);
    let at = repository.path();
    repository.git(&["checkout", "--quiet", "-b", "work"]);
    repository.write(&[("shop.xks", &format!("{SHOP}allow web -> 192.0.2.7:25\n"))]);
    repository.commit("work");
    repository.git(&["checkout", "--quiet", "main"]);
    repository.write(&[("bank.xks", "tenant bank\napp a\nallow a -> 192.0.2.8:25\n")]);
    repository.commit("others");
    repository.git(&["checkout", "--quiet", "work"]);
    assert_eq!(repository.first_line("", &["diff", "main"]), "MIXED: 1 opened, 1 closed");
    assert_eq!(repository.first_line("", &["diff", "--merge-base", "main"]), "WIDER: 1 opened");
    assert_eq!(said(at, &["diff", "--merge-base", "no-such"]).0, Some(2));
    assert_eq!(said(at, &["diff", "main", "--merge-base", "main"]).0, Some(2));
    // Two commits from which both sides could have parted.
    repository.git(&["branch", "old-work"]);
    repository.git(&["merge", "--quiet", "--no-edit", "main"]);
    repository.git(&["checkout", "--quiet", "main"]);
    repository.git(&["merge", "--quiet", "--no-edit", "old-work"]);
    repository.git(&["checkout", "--quiet", "work"]);
    let (status, words) = said(at, &["diff", "--merge-base", "main"]);
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("2 commits that could be where they parted"), "{words}");
}

#[test]
fn a_renamed_environment_is_a_new_one_and_an_old_one() {
    let of = |env: &str, more: &str| format!("platform {{ env {env} {{ a = b }} }}\n{more}");
    let repository = Repository::new(&[("platform.xks", &of("prod", "")), ("shop.xks", SHOP)]);
    repository.write(&[
        ("platform.xks", &of("production", "")),
        ("shop.xks", &format!("{SHOP}allow internet -> web:80 in production\n")),
    ]);
    let (status, words) = said(repository.path(), &["diff", "--fail-on", "risky"]);
    assert_eq!(status, Some(1), "{words}");
    assert!(words.starts_with("MIXED"), "{words}");
    assert!(words.contains("the environment `production` is new: all that it permits comes"), "{words}");
    assert!(words.contains("allow internet -> web:80 in production"), "{words}");
    // What holds everywhere is not hidden by it.
    repository.write(&[("platform.xks", &of("production", "")), ("shop.xks", SHOP)]);
    repository.git(&["checkout", "--quiet", "--", "."]);
    let guarded = "platform { env prod { a = b }; lint any-address deny }\nnever internet -> shop/web\n";
    repository.write(&[("platform.xks", guarded)]);
    repository.commit("guarded");
    repository.write(&[("platform.xks", "platform { env production { a = b }; lint any-address allow }\n")]);
    let (_, words) = said(repository.path(), &["diff"]);
    assert!(words.contains("`lint`: any-address is `allow`, no more `deny` [facts]"), "{words}");
    assert!(words.contains("no more `never` [invariants]"), "{words}");
    // A workspace that declares none any more.
    repository.write(&[("platform.xks", "platform { kube-api 192.0.2.10/32 }\n"), ("shop.xks", SHOP)]);
    let (status, words) = said(repository.path(), &["diff", "--env", "prod"]);
    assert_eq!(status, Some(0), "{words}");
    assert!(words.starts_with("NARROWER"), "{words}");
    assert_eq!(said(repository.path(), &["diff", "--env", "none"]).0, Some(2));
}

#[test]
fn a_gate_looks_at_rows_that_have_no_room() {
    let folder = tempfile::tempdir().expect("a folder");
    for side in ["old", "new"] {
        let path = folder.path().join(side);
        std::fs::create_dir(&path).expect("a folder");
        let mut text = "tenant shop\napp web\n".to_string();
        for at in 0..if side == "new" { 400 } else { 0 } {
            text.push_str(&format!(
                "external e{at} -> 198.51.100.{}:443\nallow web -> 10.0.{}.0/24:{}\n",
                at % 250,
                at / 200,
                1000 + at
            ));
        }
        text.push_str(if side == "new" {
            "expose web:80 at w.example.com no-tls nginx ssl-redirect \"false\"\n"
        } else {
            "expose web:80 at w.example.com no-tls\n"
        });
        std::fs::write(path.join("shop.xks"), text).expect("a file");
    }
    let output = xks(folder.path(), &["diff", "old", "new", "--format", "markdown", "--fail-on", "risky"]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    let head: String = out(&output).lines().take(8).collect();
    assert!(head.contains("**Stopped** by <code>risky</code>: 1 weakens (stopped)"), "{head}");
}
