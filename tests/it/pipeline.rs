//! The README's pipelines, run as scripts in a repository with three authors: a platform, and the tenants payments and shop.

use crate::fixture;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use xks_core::yaml;

/// What a pipeline comes to.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// It may be merged.
    Green,
    /// Somebody has to approve it; what the gate says.
    Waits(String),
    /// It may not be merged; what the step that failed says.
    Red(String),
}

/// The scripts of one pipeline, in order.
struct Scripts {
    steps: Vec<String>,
    /// The last one, which says whether somebody has to approve.
    gate: String,
}

/// The block of the README that starts with a comment.
fn block(start: &str) -> serde_json::Value {
    let readme = fixture::read(&fixture::root().join("README.md"));
    let blocks = readme.split("```yaml\n").skip(1);
    let mut found = blocks.filter_map(|rest| rest.split_once("\n```")).map(|(block, _)| block);
    let text = found.find(|block| block.starts_with(start)).expect("the block");
    yaml::values(text).expect("YAML").remove(0)
}

fn runs(steps: &serde_json::Value, key: &str) -> Vec<String> {
    let steps = steps.as_array().expect("steps").iter();
    // What needs a server is left out.
    steps
        .filter_map(|step| step[key].as_str())
        .filter(|run| !run.starts_with("gh ") && !run.starts_with("git push"))
        .map(String::from)
        .collect()
}

fn github() -> Scripts {
    let jobs = block("# .github/workflows/xks.yaml:").get("jobs").cloned().expect("jobs");
    let mut steps = runs(&jobs["xks"]["steps"], "run");
    steps.extend(runs(&jobs["gate"]["steps"], "run"));
    let gate = steps.pop().expect("a gate");
    assert_eq!(jobs["approved"]["if"], "needs.gate.outputs.risky == 'true'");
    assert_eq!(jobs["gate"]["outputs"]["risky"], "${{ steps.risky.outputs.risky }}");
    assert!(jobs["approved"]["environment"].is_string());
    Scripts { steps, gate }
}

fn azure() -> Scripts {
    let stages = block("# azure-pipelines.yml").get("stages").cloned().expect("stages");
    let mut steps = runs(&stages[0]["jobs"][0]["steps"], "bash");
    let gate = steps.pop().expect("a gate");
    assert!(stages[1]["condition"].as_str().is_some_and(|words| words.contains("outputs['xks.gate.risky'], 'true'")));
    assert!(stages[1]["jobs"][0]["environment"].is_string());
    Scripts { steps, gate }
}

/// A repository of three authors.
struct Repository {
    folder: TempDir,
    github: Scripts,
    azure: Scripts,
}

const PLATFORM: &str = "platform {
  kube-api 192.0.2.10/32
  ingress-class public nginx private nginx-private
  hosts pay.example.com to payments
  hosts www.example.com to shop
  hosts *.example.com to payments, shop
  internet-egress to shop
}
";

const OWNED: &str = "platform {
  tenants from \"tenants/*\"
  owners @acme/platform
  tenant payments owners @acme/payments
  tenant shop owners @acme/shop
  kube-api 192.0.2.10/32
  ingress-class public nginx private nginx-private
  hosts pay.example.com to payments
  hosts www.example.com to shop
  hosts *.example.com to payments, shop
  internet-egress to shop
}
";

const PAYMENTS: &str = "tenant payments
app api { port http 8080 }
app db
export api:http to shop
allow api -> ./db:5432
expose api at pay.example.com tls t
";

const SHOP: &str = "tenant shop
app web { port http 8080 }
app cart
allow web -> payments/api:http
expose web at www.example.com tls t
";

const P: &str = "tenants/payments/a.xks";
const S: &str = "tenants/shop/a.xks";
const F: &str = "platform.xks";

impl Repository {
    fn new(platform: &str) -> Repository {
        let folder = tempfile::tempdir().expect("a folder");
        let repository = Repository { folder, github: github(), azure: azure() };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.git(&["config", "core.autocrlf", "false"]);
        for (path, text) in [(F, platform), (P, PAYMENTS), (S, SHOP)] {
            repository.write(path, text);
        }
        repository.commits("platform", "first");
        repository
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn git(&self, arguments: &[&str]) -> bool {
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        let output = command.args(who).args(arguments).current_dir(self.at()).output().expect("git runs");
        let expected = arguments[0] == "merge" || output.status.success();
        assert!(expected, "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.status.success()
    }

    /// What an author does before a commit: everything is built, and what was withdrawn is left out.
    fn commits(&self, author: &str, message: &str) {
        let output = self.run("xks build --keep-going", &[]);
        assert!(output.0, "{message}: {}", output.1);
        self.git(&["add", "--all"]);
        let author = format!("--author={author} <{author}@example.com>");
        self.git(&["commit", "--quiet", "--allow-empty", &author, "-m", message]);
    }

    /// A branch of an author that leaves main where it is now: one text of a file in place of another, which is there once; an
    /// empty one adds at the end.
    fn branch(&self, name: &str, edits: &[(&str, &str, &str)]) {
        self.git(&["checkout", "--quiet", "-B", name, "main"]);
        for (path, from, to) in edits {
            let text = fixture::read(&self.at().join(path));
            match from.is_empty() {
                true => self.write(path, &format!("{text}{to}\n")),
                false => {
                    assert_eq!(text.matches(from).count(), 1, "{from} in {path}");
                    self.write(path, &text.replace(from, to));
                }
            }
        }
        let output = self.run("xks build --keep-going", &[]);
        // A branch with a mistake is pushed all the same.
        let message = if output.0 { name.to_string() } else { format!("{name}: {}", output.1) };
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", &message]);
    }

    fn run(&self, script: &str, environment: &[(&str, &str)]) -> (bool, String) {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_xks"));
        let folder = program.parent().expect("a folder").display().to_string();
        let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("bash");
        command.args(["-e", "-c", script]).current_dir(self.at()).env("PATH", path).envs(environment.iter().copied());
        let output = command.output().expect("bash runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Both pipelines on what a branch would be merged into main.
    fn pipelines(&self, name: &str) -> Outcome {
        self.merged(name);
        let (github, azure) = (self.pipeline(&self.github), self.pipeline(&self.azure));
        assert_eq!(std::mem::discriminant(&github), std::mem::discriminant(&azure), "{github:?}\n{azure:?}");
        github
    }

    /// Leaves the merge of a branch into main checked out, as a server makes it.
    fn merged(&self, name: &str) {
        self.git(&["checkout", "--quiet", "--detach", "main"]);
        if !self.git(&["merge", "--quiet", "--no-ff", "--no-edit", name]) {
            // A conflict in the output is settled by building again.
            self.run("git checkout --quiet --theirs generated && xks build --keep-going", &[]);
            self.git(&["add", "--all"]);
            self.git(&["commit", "--quiet", "--no-edit"]);
        }
    }

    fn pipeline(&self, scripts: &Scripts) -> Outcome {
        let output = self.at().join(".git/output");
        std::fs::write(&output, "").expect("a file");
        let environment = [("BASE", "HEAD^1"), ("GITHUB_OUTPUT", output.to_str().expect("UTF-8"))];
        let has_owners = self.at().join(".github/CODEOWNERS").exists();
        for step in scripts.steps.iter().filter(|step| has_owners || !step.starts_with("xks owners")) {
            let (passes, said) = self.run(step, &environment);
            if !passes {
                self.git(&["clean", "--quiet", "-fd"]);
                return Outcome::Red(format!("{step}\n{said}"));
            }
        }
        let (passes, said) = self.run(&scripts.gate, &environment);
        assert!(passes, "{said}");
        self.git(&["clean", "--quiet", "-fd"]);
        let said = said + &fixture::read(&output);
        match (said.contains("risky=true") || said.contains("isOutput=true]true"), said.contains("false")) {
            (true, _) => Outcome::Waits(said),
            (false, true) => Outcome::Green,
            (false, false) => panic!("{said}"),
        }
    }

    /// Merges a branch; main is then verified as it is delivered.
    fn merge(&self, name: &str) {
        self.merged(name);
        self.git(&["branch", "--force", "main", "HEAD"]);
        let main = block("# .github/workflows/xks-main.yaml").get("jobs").cloned().expect("jobs");
        let steps = runs(&main["deliver"]["steps"], "run");
        let (passes, said) = self.run(&steps[0], &[]);
        assert!(passes, "{name}: {said}");
    }

    fn is_green(&self, name: &str) {
        let outcome = self.pipelines(name);
        assert_eq!(outcome, Outcome::Green, "{name}");
        self.merge(name);
    }

    fn waits(&self, name: &str, words: &[&str]) {
        match self.pipelines(name) {
            Outcome::Waits(said) => {
                for word in words {
                    assert!(said.contains(word), "{name}: lacks `{word}`: {said}");
                }
            }
            other @ (Outcome::Green | Outcome::Red(_)) => panic!("{name}: {other:?}"),
        }
    }

    fn is_red(&self, name: &str, words: &[&str]) {
        match self.pipelines(name) {
            Outcome::Red(said) => {
                for word in words {
                    assert!(said.contains(word), "{name}: lacks `{word}`: {said}");
                }
            }
            other @ (Outcome::Green | Outcome::Waits(_)) => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn consent_is_withdrawn_while_others_work() {
    let repository = Repository::new(OWNED);
    repository.branch("withdraw", &[(P, "export api:http to shop\n", "")]);
    repository.is_green("withdraw");
    // Shop is in want of consent, and goes on with its work.
    repository.branch("more", &[(S, "", "app mail"), (S, "", "allow web -> ./mail:25")]);
    repository.is_green("more");
    // What is new needs consent.
    repository.branch("again", &[(S, "", "allow cart -> payments/api:http")]);
    repository.is_red("again", &["not-exported"]);
    // And it is given back by its owner alone.
    repository.branch("back", &[(P, "", "export api:http to shop")]);
    repository.is_green("back");
    // What was built while it was withdrawn is built again.
    repository.is_red("again", &["build --check"]);
    repository.branch("again", &[(S, "", "allow cart -> payments/api:http")]);
    repository.is_green("again");
}

#[test]
fn a_green_branch_was_right_yesterday() {
    let repository = Repository::new(OWNED);
    repository.branch("late", &[(S, "", "allow cart -> payments/api:http")]);
    assert_eq!(repository.pipelines("late"), Outcome::Green);
    repository.branch("withdraw", &[(P, "export api:http to shop\n", "")]);
    repository.is_green("withdraw");
    repository.is_red("late", &["not-exported"]);
    // Two branches that are right by themselves, and open the Internet together.
    repository.branch("group", &[(S, "", "group outside = 198.51.100.0/24"), (S, "", "allow cart -> outside:443")]);
    repository.is_green("group");
    repository.branch("use", &[(P, "", "app out"), (P, "", "allow out -> internet:443")]);
    repository.waits("use", &["internet", "the platform (@acme/platform)"]);
}

#[test]
fn a_host_moves() {
    let repository = Repository::new(OWNED);
    // Not without its holder.
    repository.branch("grab", &[(S, "", "expose web at pay.example.com/shop tls t")]);
    repository.is_red("grab", &["host"]);
    repository.branch("both", &[(F, "hosts pay.example.com to payments", "hosts pay.example.com to payments, shop")]);
    repository.waits("both", &["facts", "the platform (@acme/platform)"]);
    repository.merge("both");
    repository.branch("release", &[(P, "expose api at pay.example.com tls t\n", "")]);
    repository.is_green("release");
    repository.branch("take", &[(S, "", "expose web at pay.example.com tls t")]);
    repository.is_green("take");
    repository.branch("settle", &[(F, "hosts pay.example.com to payments, shop", "hosts pay.example.com to shop")]);
    repository.is_green("settle");
}

#[test]
fn a_tenant_comes() {
    let repository = Repository::new(OWNED);
    let facts = "tenant shop owners @acme/shop\n  tenant mail owners @acme/mail\n  hosts mail.example.com to mail";
    repository.branch("place", &[(F, "tenant shop owners @acme/shop", facts)]);
    repository.waits("place", &["facts", "the platform (@acme/platform)"]);
    repository.merge("place");
    repository.git(&["checkout", "--quiet", "-B", "mail", "main"]);
    repository.write(
        "tenants/mail/a.xks",
        "tenant mail\napp web { port http 8080 }\napp box\nallow web -> ./box:143\nexpose web at mail.example.com tls t\n",
    );
    repository.commits("mail", "mail");
    repository.is_green("mail");
}

#[test]
fn ownership_is_adopted_step_by_step() {
    let repository = Repository::new(PLATFORM);
    repository.branch("owners", &[(F, "platform {\n", "platform {\n  owners @acme/platform\n")]);
    repository.is_green("owners");
    // Where nobody is held to their own files, consent is a risk.
    repository.branch("consent", &[(P, "", "export db to shop")]);
    repository.waits("consent", &["consent", "payments"]);
    repository.branch(
        "places",
        &[(F, "platform {\n", "platform {\n  tenants from \"tenants/*\"\n  lint not-your-file warn\n")],
    );
    repository.waits("places", &["facts"]);
    repository.merge("places");
    repository.branch("strict", &[(F, "  lint not-your-file warn\n", "")]);
    repository.is_green("strict");
    let people = "tenant payments owners @acme/payments\n  tenant shop owners @acme/shop\n  kube-api";
    repository.branch("people", &[(F, "kube-api", people)]);
    repository.is_green("people");
    repository.is_green("consent");
    repository.git(&["checkout", "--quiet", "-B", "codeowners", "main"]);
    let (passes, said) = repository.run("mkdir -p .github && xks owners > .github/CODEOWNERS", &[]);
    assert!(passes, "{said}");
    repository.commits("platform", "codeowners");
    repository.branch("evil", &[(S, "", "app x")]);
    repository.is_green("evil");
    // Nobody speaks for another from then on.
    repository.git(&["checkout", "--quiet", "-B", "speaks", "main"]);
    repository.write("tenants/shop/b.xks", "tenant payments\nexport db to shop\n");
    repository.run("xks build --keep-going", &[]);
    repository.git(&["add", "--all"]);
    repository.git(&["commit", "--quiet", "-m", "speaks"]);
    repository.is_red("speaks", &["not-your-file"]);
}

#[test]
fn a_month_of_ordinary_changes_stays_green() {
    let repository = Repository::new(OWNED);
    let work: &[&[(&str, &str, &str)]] = &[
        &[(S, "", "app search { port http 8080 }")],
        &[(S, "", "allow web -> ./search:http")],
        &[(S, "", "service search { port http 80 -> 8080; for search }")],
        &[(S, "", "expose search at www.example.com/search tls t")],
        &[(S, "", "allow search -> internet:443 because \"the index\"")],
        &[(S, "because \"the index\"", "because \"the index of products\"")],
        &[(P, "", "app report { port http 8080 }"), (P, "", "expose report at report.example.com private tls t")],
        &[(P, "", "allow report -> ./db:5432 until 2035-01-01")],
        &[(P, "pay.example.com tls t", "pay.example.com tls t limit rps 20")],
        &[(P, "limit rps 20", "limit rps 10")],
        &[(P, "", "export report:http to shop")],
        &[(S, "", "allow cart -> payments/report:http")],
        &[(P, "", "never shop/cart -> db")],
        &[(S, "app cart", "app cart { port http 8080 }")],
        &[(S, "", "allow cart -> ./search:http, ./web:http")],
        &[(S, "allow search -> internet:443 because \"the index of products\"\n", "")],
        &[(P, "allow report -> ./db:5432 until 2035-01-01", "allow report -> ./db:5432 until 2034-01-01")],
        &[(S, "www.example.com/search tls t", "www.example.com/search tls t timeout 60s")],
        &[(P, "", "certificate more names more.example.com")],
        &[(S, "", "# a comment")],
        &[(F, "", "# a comment of the platform")],
    ];
    for (day, edits) in work.iter().enumerate() {
        let name = format!("day-{day}");
        repository.branch(&name, edits);
        let outcome = repository.pipelines(&name);
        assert_eq!(outcome, Outcome::Green, "{edits:?}");
        repository.merge(&name);
    }
}
