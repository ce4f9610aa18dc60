//! A workspace that states who may write what, as people and pipelines use it: what is found, what is checked and built of it,
//! and what is held up by whom.

use crate::repository::{git, write};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", message]);
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xks")).args(arguments).current_dir(folder).output().expect("xks runs")
}

/// What a run ends with: its exit status, and all that it says.
fn xks(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(folder, arguments);
    let said = [output.stderr, output.stdout].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code().expect("an exit status"), said)
}

/// Holds a run to its exit status; what it says.
fn ends(folder: &Path, arguments: &[&str], status: i32) -> String {
    let (found, said) = xks(folder, arguments);
    assert_eq!(found, status, "{arguments:?} in {}:\n{said}", folder.display());
    said
}

fn read(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap_or_default()
}

const PLATFORM: &str = "platform {\n  tenants from \"tenants/*\"\n  owners @acme/platform\n  tenant shop owners @acme/shop\n  \
                        tenant payments owners @acme/payments\n}\n";
const SHOP: &str = "app web port http 8080\nallow web -> payments/api:http\nallow web -> 203.0.113.1:443\n";
const PAYMENTS: &str = "app api port http 8080\nexport api:http to shop\n";
const AUDIT: &str = "app log port http 8080\nallow log -> 203.0.113.9:443\n";

/// An owned workspace of three tenants in a folder `net` of a repository: one commit, with its output, on `main`.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    write(at, "net/platform.xks", PLATFORM);
    write(at, "net/tenants/shop/net.xks", SHOP);
    write(at, "net/tenants/shop/deep/notes.txt", "no source\n");
    write(at, "net/tenants/payments.xks", PAYMENTS);
    write(at, "net/tenants/audit/net.xks", AUDIT);
    ends(&at.join("net"), &["build"], 0);
    commit(at, "one");
    folder
}

const BOTH: [&str; 2] = ["net/generated/shop/networkpolicies.yaml", "net/generated/payments/networkpolicies.yaml"];

/// The statement that opens the connection between the tenants, as each side's comment has it.
fn has_pair(folder: &Path) -> [bool; 2] {
    BOTH.map(|path| read(folder, path).contains("allow web -> payments/api:http"))
}

#[test]
fn the_workspace_is_found_from_any_folder_and_file_in_it() {
    let repository = repository();
    let net = repository.path().join("net");
    let said = "whose `platform.xks` states who may write what";
    for (from, arguments, root) in [
        ("net", &["check"][..], None),
        ("", &["check", "net"], None),
        ("", &["check", "net/tenants/shop"], Some("net")),
        ("", &["check", "net/tenants/payments.xks"], Some("net")),
        ("net/tenants/shop", &["check"], Some("../..")),
        ("net/tenants/shop/deep", &["check"], Some("../../..")),
        ("net/tenants/shop", &["check", "net.xks"], Some("../..")),
        ("net/tenants", &["check", "shop/net.xks"], Some("..")),
    ] {
        let said_all = ends(&repository.path().join(from), arguments, 0);
        match root {
            Some(root) => assert_eq!(
                said_all.lines().next(),
                Some(format!("workspace `{root}`, {said}").as_str()),
                "{from} {arguments:?}: {said_all}"
            ),
            None => assert!(!said_all.contains(said), "{from} {arguments:?}: {said_all}"),
        }
    }
    // What lies elsewhere is counted, and reported by those whose it is.
    write(&net, "tenants/audit/net.xks", "app log\nallow log -> nothing:at all\n");
    let shop = ends(&net, &["check", "tenants/shop"], 0);
    assert!(shop.contains("elsewhere in the workspace") && !shop.contains("tenants/audit"), "{shop}");
    assert!(ends(&net, &["check", "tenants/audit"], 1).contains("tenants/audit/net.xks:2"));
}

#[test]
fn outside_a_repository_and_without_facts_the_folder_is_the_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    write(at, "platform.xks", PLATFORM);
    write(at, "tenants/shop/shop.xks", "app web\n");
    // No repository says where to stop.
    assert!(!ends(at, &["check", "tenants/shop"], 0).contains("workspace `"));
    git(at, &["init", "--quiet"]);
    assert!(ends(at, &["check", "tenants/shop"], 0).contains("workspace `.`"));
    // Without the fact a folder is what it was.
    write(at, "platform.xks", "platform { }\n");
    assert!(!ends(at, &["check", "tenants/shop"], 0).contains("workspace `"));
}

#[test]
fn a_part_is_built_alone_and_removes_nothing() {
    let repository = repository();
    let net = repository.path().join("net");
    write(&net, "tenants/shop/net.xks", SHOP.replace("203.0.113.1", "203.0.113.2"));
    write(&net, "tenants/audit/net.xks", AUDIT.replace("203.0.113.9", "203.0.113.8"));
    write(&net, "generated/gone/networkpolicies.yaml", read(&net, "generated/shop/networkpolicies.yaml"));
    for part in ["tenants/shop", "tenants/shop/net.xks"] {
        let said = ends(&net, &["build", part], 0);
        assert!(said.starts_with("workspace `.`"), "{said}");
        assert!(read(&net, "generated/shop/networkpolicies.yaml").contains("203.0.113.2"));
        assert!(read(&net, "generated/audit/networkpolicies.yaml").contains("203.0.113.9"), "audit's is not built");
        assert!(net.join("generated/gone/networkpolicies.yaml").is_file(), "nothing is removed");
        ends(&net, &["build", "--check", part], 0);
    }
    ends(&net, &["build"], 0);
    assert!(!net.join("generated/gone").exists(), "a build of the whole removes what is not wanted");
    // Without ownership, too, one file is a part of what may be more.
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "shop.xks", "app web\n");
    write(folder.path(), "audit.xks", "app log\n");
    ends(folder.path(), &["build"], 0);
    ends(folder.path(), &["build", "shop.xks"], 0);
    assert!(folder.path().join("generated/audit").is_dir(), "it is another part's");
}

#[test]
fn a_withdrawal_holds_nobody_up() {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    assert_eq!(has_pair(at), [true, true]);
    git(at, &["checkout", "--quiet", "-b", "withdraw"]);
    write(&net, "tenants/payments.xks", "app api port http 8080\n");
    let said = ends(&net, &["check"], 1);
    assert!(said.contains("not-exported"), "{said}");
    let said = ends(&net, &["check", "--since", "main"], 0);
    assert!(said.contains("warning[not-exported]") && said.contains("withdrawn by somebody else"), "{said}");
    ends(&net, &["check", "--since", "main", "tenants/payments.xks"], 0);
    // Others, on the merge result: what they change has nothing to do with it.
    git(at, &["commit", "--quiet", "--all", "--message", "withdrawn"]);
    ends(&net, &["check", "--since", "main"], 0);
    git(at, &["checkout", "--quiet", "main"]);
    git(at, &["merge", "--quiet", "--ff-only", "withdraw"]);
    git(at, &["checkout", "--quiet", "-b", "audit"]);
    write(&net, "tenants/audit/net.xks", AUDIT.replace("203.0.113.9", "203.0.113.8"));
    ends(&net, &["check", "--since", "main"], 0);
    // Who names it anew is told.
    write(&net, "tenants/shop/net.xks", SHOP.replace("api:http", "api:http because \"again\""));
    assert!(ends(&net, &["check", "--since", "main"], 1).contains("error[not-exported]"));
    git(at, &["checkout", "--quiet", "--force", "main"]);

    assert!(ends(&net, &["build"], 1).contains("not-exported"));
    assert!(ends(&net, &["build", "--check"], 1).contains("not-exported"));
    assert_eq!(has_pair(at), [true, true], "nothing was written");
    let stale = ends(&net, &["build", "--check", "--keep-going"], 1);
    assert!(stale.contains("changed net/generated") || stale.contains("changed generated"), "{stale}");
    assert!(ends(&net, &["build", "--keep-going"], 0).contains("not-exported"), "it is listed");
    assert_eq!(has_pair(at), [false, false]);
    assert!(read(&net, "generated/shop/networkpolicies.yaml").contains("203.0.113.1"), "the rest stays");
    ends(&net, &["build", "--check", "--keep-going"], 0);
    ends(&net, &["verify", "generated", "--keep-going"], 0);
    ends(&net, &["verify", "generated"], 1);
}

#[test]
fn questions_and_pictures_go_on_without_what_was_withdrawn() {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    ends(&net, &["can", "shop/web -> payments/api:8080"], 0);
    write(&net, "tenants/payments.xks", "app api port http 8080\n");
    let said = ends(&net, &["can", "shop/web -> payments/api:8080"], 1);
    assert!(said.contains("not-exported"), "it is listed: {said}");
    let said = ends(&net, &["who", "payments/api"], 0);
    assert!(said.contains("not-exported"), "{said}");
    let said = ends(&net, &["diff", "main"], 0);
    assert!(said.contains("NARROWER") && said.contains("shop/web"), "{said}");
    let said = ends(&net, &["graph", "--format", "dot"], 0);
    assert!(said.contains("not-exported") && !said.contains("\"shop/web\" -> \"payments/api\""), "{said}");
    // From a folder inside, the same.
    let inside = net.join("tenants/shop");
    ends(&inside, &["can", "shop/web -> payments/api:8080"], 1);
    assert!(ends(&inside, &["diff", "main"], 0).contains("NARROWER"));
    assert!(at.join("net").is_dir());
}

#[test]
fn a_file_that_cannot_be_read_is_its_owners_alone() {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    git(at, &["checkout", "--quiet", "-b", "broken"]);
    write(&net, "tenants/audit/more.xks", b"\xff\xfea\0p\0p\0".as_slice());
    let said = ends(&net, &["check"], 1);
    assert!(said.contains("tenants/audit/more.xks") && said.contains("UTF-16"), "{said}");
    ends(&net, &["check", "tenants/shop"], 0);
    assert!(ends(&net, &["check", "tenants/audit"], 1).contains("UTF-16"));
    assert!(ends(&net, &["check", "--since", "main"], 1).contains("UTF-16"), "its own change fails");
    // Merged in spite of all, it is nobody else's.
    commit(at, "broken");
    git(at, &["checkout", "--quiet", "main"]);
    git(at, &["merge", "--quiet", "--ff-only", "broken"]);
    write(&net, "tenants/shop/net.xks", SHOP.replace("203.0.113.1", "203.0.113.2"));
    let said = ends(&net, &["check", "--since", "main"], 0);
    assert!(said.contains("not of this change") && said.contains("UTF-16"), "{said}");
    // What is wrong in shop is found all the same.
    write(&net, "tenants/shop/net.xks", SHOP.replace("web -> 203", "wbe -> 203"));
    assert!(ends(&net, &["check", "tenants/shop"], 1).contains("unknown-app"));
    // A file of the platform is everybody's.
    write(&net, "more.xks", b"\xff\xfea\0p\0p\0".as_slice());
    assert!(ends(&net, &["check", "tenants/shop"], 1).contains("UTF-16"));
}

#[cfg(unix)]
#[test]
fn links_lead_nobody_into_the_place_of_another() {
    use std::os::unix::fs::symlink;
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    write(at, "outside.xks", "app ghost\n");
    symlink("../../../outside.xks", net.join("tenants/audit/out.xks")).expect("a link");
    let said = ends(&net, &["check"], 1);
    assert!(said.contains("tenants/audit/out.xks") && said.contains("leads out of the workspace"), "{said}");
    ends(&net, &["check", "tenants/shop"], 0);
    std::fs::remove_file(net.join("tenants/audit/out.xks")).expect("a link");

    // To another tenant's source, which is read as itself.
    symlink("../payments.xks", net.join("tenants/audit/theirs.xks")).expect("a link");
    let said = ends(&net, &["check"], 1);
    assert!(said.contains("not-your-file") && said.contains("is a link to `tenants/payments.xks`"), "{said}");
    std::fs::remove_file(net.join("tenants/audit/theirs.xks")).expect("a link");

    // To a text in another's place: that of its target counts.
    write(&net, "tenants/payments/notes.txt", "tenant audit\napp ghost\n");
    symlink("../payments/notes.txt", net.join("tenants/audit/notes.xks")).expect("a link");
    let said = ends(&net, &["check"], 1);
    assert!(said.contains("not-your-file"), "{said}");
    // In a revision, the same.
    write(&net, "tenants/payments/notes.txt", "app ghost\n");
    commit(at, "a link");
    let said = ends(&net, &["diff", "HEAD", "HEAD"], 0);
    assert!(said.contains("EQUAL"), "{said}");
    std::fs::remove_file(net.join("tenants/audit/notes.xks")).expect("a link");
    write(&net, "tenants/payments/notes.xks", "app ghost\n");
    let said = ends(&net, &["diff", "HEAD"], 0);
    assert!(said.contains("EQUAL"), "the link spoke for payments: {said}");
}

#[test]
fn nobody_leaves_the_workspace_by_a_platform_of_its_own() {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    write(&net, "tenants/audit/platform.xks", "platform { tenants from \"*\" }\n");
    let said = ends(&net, &["check"], 1);
    assert!(said.contains("platform-elsewhere") && said.contains("tenants/audit/platform.xks"), "{said}");
    let inside = ends(&net.join("tenants/audit"), &["check"], 1);
    assert!(inside.starts_with("workspace `../..`"), "{inside}");
    // Nor is it anybody else's error, nor a change's of others.
    ends(&net, &["check", "tenants/shop"], 0);
    commit(at, "one's own platform");
    write(&net, "tenants/shop/net.xks", SHOP.replace("203.0.113.1", "203.0.113.2"));
    ends(&net, &["check", "--since", "HEAD"], 0);
}

#[test]
fn a_base_that_is_not_there_is_a_clear_error() {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    let said = ends(&net, &["check", "--since", "no-such"], 2);
    assert!(said.contains("`no-such`") && said.contains("must be fetched before"), "{said}");
    let said = ends(&net, &["check", "--since", "--all"], 2);
    assert!(said.contains("error"), "{said}");

    // A clone that is shallow: the base is there by name alone, or not at all.
    git(at, &["checkout", "--quiet", "-b", "topic"]);
    write(&net, "tenants/shop/net.xks", SHOP.replace("203.0.113.1", "203.0.113.2"));
    commit(at, "two");
    git(at, &["checkout", "--quiet", "main"]);
    write(&net, "tenants/audit/net.xks", AUDIT.replace("203.0.113.9", "203.0.113.8"));
    commit(at, "three");
    let clones = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", at.display());
    git(clones.path(), &["clone", "--quiet", "--depth", "1", "--branch", "topic", &url, "shallow"]);
    let shallow = clones.path().join("shallow/net");
    let said = ends(&shallow, &["check", "--since", "origin/main"], 2);
    assert!(said.contains("the clone is shallow") && said.contains("--unshallow"), "{said}");
    git(&shallow, &["fetch", "--quiet", "--depth", "1", "origin", "main:refs/remotes/origin/main"]);
    let said = ends(&shallow, &["check", "--since", "origin/main"], 2);
    assert!(said.contains("no commit in common") && said.contains("--unshallow"), "{said}");
    git(&shallow, &["fetch", "--quiet", "--unshallow", "origin", "main:refs/remotes/origin/main", "topic"]);
    ends(&shallow, &["check", "--since", "origin/main"], 0);

    // Another history.
    git(at, &["checkout", "--quiet", "--orphan", "other"]);
    commit(at, "from nothing");
    let said = ends(&net, &["check", "--since", "main"], 2);
    assert!(said.contains("`main` and what is checked out have no commit in common"), "{said}");

    // No repository at all.
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "shop.xks", "app web\n");
    let said = ends(folder.path(), &["check", "--since", "main"], 2);
    assert!(said.contains("no git repository"), "{said}");
}

#[test]
fn a_base_without_a_workspace_or_that_cannot_be_read_has_no_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    write(at, "README.md", "nothing yet\n");
    commit(at, "zero");
    write(at, "shop.xks", "app web\nallow web -> payments/api\n");
    write(at, "payments.xks", "app api\n");
    assert!(ends(at, &["check", "--since", "main"], 1).contains("error[not-exported]"));
    commit(at, "one");
    ends(at, &["check", "--since", "main"], 0);
    write(at, "shop.xks", b"\xff\xfea\0".as_slice());
    commit(at, "unreadable");
    write(at, "shop.xks", "app web\nallow web -> payments/api\n");
    ends(at, &["check", "--since", "main"], 1);
}

#[test]
fn owners_are_printed_from_the_root_of_the_repository() {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    let said = String::from_utf8_lossy(&run(&net, &["owners"]).stdout).into_owned();
    for line in [
        "/.github/ @acme/platform",
        "/CODEOWNERS @acme/platform",
        "/net/.gitattributes @acme/platform",
        "/net/*.xks @acme/platform",
        "/net/tenants/ @acme/platform",
        "/net/tenants/shop/ @acme/shop",
        "/net/tenants/shop.xks @acme/shop",
        "/net/tenants/payments/ @acme/payments",
        "/net/tenants/audit/ @acme/platform",
    ] {
        assert!(said.lines().any(|found| found == line), "{line}\n{said}");
    }
    assert_eq!(said.lines().last(), Some("/net/generated/"), "the output is nobody's: {said}");
    // The same from anywhere.
    for (from, path) in [("", "net"), ("net/tenants/shop", "."), ("net", "tenants/payments.xks")] {
        assert_eq!(String::from_utf8_lossy(&run(&at.join(from), &["owners", path]).stdout), said, "{from} {path}");
    }
    let json = ends(&net, &["owners", "--format", "json"], 0);
    assert!(json.contains("\"path\": \"/net/tenants/shop/\"") && json.contains("\"version\": 1"), "{json}");

    assert!(ends(&net, &["owners", "--check"], 1).contains("there is no CODEOWNERS file"));
    write(at, ".github/CODEOWNERS", &said);
    let said = ends(&net, &["owners", "--check"], 0);
    assert_eq!(said, ".github/CODEOWNERS leaves every path to its owners\n");
    ends(&net, &["owners", "--check", "../.github/CODEOWNERS"], 0);
}

/// What `owners --check` says of a file with more lines behind the printed ones.
fn judged(file: &str, change: impl Fn(String) -> String) -> (i32, String) {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    let printed = String::from_utf8_lossy(&run(&net, &["owners"]).stdout).into_owned();
    write(at, file, change(printed));
    xks(&net, &["owners", "--check"])
}

#[test]
fn what_takes_a_path_from_its_owners_is_found() {
    let github = ".github/CODEOWNERS";
    let (status, said) = judged(github, |printed| printed);
    assert_eq!(status, 0, "{said}");
    for (more, words) in [
        ("/net/tenants/ @acme/everybody\n", "lets @acme/everybody approve it"),
        ("*.xks @acme/shop\n", "lets @acme/shop approve it"),
        ("/net/tenants/payments.xks\n", "leaves it to nobody"),
        ("/net/platform.xks @acme/shop\n", "lets @acme/shop approve it"),
        ("/.github/ @acme/shop\n", "lets @acme/shop approve it"),
        ("/.github/workflows/ @acme/shop\n", "lets @acme/shop approve it"),
        ("/.github/CODEOWNERS @acme/shop\n", "lets @acme/shop approve it"),
        ("/.gitattributes @acme/shop\n", "lets @acme/shop approve it"),
        ("/net/.gitattributes @acme/shop\n", "lets @acme/shop approve it"),
        ("/net/tenants/.gitattributes @acme/shop\n", "lets @acme/shop approve it"),
        ("/net/tenants/a* @acme/shop\n", "lets @acme/shop approve it"),
        ("[Net]\n", "GitHub has no sections"),
    ] {
        let (status, said) = judged(github, |printed| printed + more);
        assert_eq!(status, 1, "{more}{said}");
        assert!(said.contains(words) && said.contains(".github/CODEOWNERS:"), "{more}{said}");
    }
    // The output and what is no part of the workspace may have any owner.
    for more in ["/net/generated/ @acme/shop\n", "/apps/ @acme/shop\n"] {
        let (status, said) = judged(github, |printed| printed + more);
        assert_eq!(status, 0, "{more}{said}");
    }
    // A tenant to come belongs to the platform until it says whose it is.
    let (status, said) = judged(github, |printed| printed.replace("/net/tenants/ @acme/platform\n", ""));
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("a-tenant-to-come") && said.contains("no line names its owners"), "{said}");
    let (status, said) = judged(github, |printed| printed.replace("/net/*.xks @acme/platform\n", ""));
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("net/platform.xks"), "{said}");
    let (status, said) = judged(github, |printed| printed + &"# a line that says nothing at all\n".repeat(100_000));
    assert_eq!(status, 1);
    assert!(said.contains("larger than 3 MB"), "{said}");
}

#[test]
fn the_file_that_the_host_reads_is_checked() {
    let repository = repository();
    let (at, net) = (repository.path(), repository.path().join("net"));
    let printed = String::from_utf8_lossy(&run(&net, &["owners"]).stdout).into_owned();
    write(at, "CODEOWNERS", &printed);
    ends(&net, &["owners", "--check"], 0);
    // The other goes before it.
    write(at, ".github/CODEOWNERS", "* @acme/everybody\n");
    assert!(ends(&net, &["owners", "--check"], 1).contains("@acme/everybody"));
    let said = ends(&net, &["owners", "--check", "../CODEOWNERS"], 1);
    assert!(said.contains("has no effect: GitHub reads `.github/CODEOWNERS`"), "{said}");

    // GitLab: by sections, each of which counts.
    std::fs::remove_dir_all(at.join(".github")).expect("a folder");
    write(at, ".gitlab-ci.yml", "{}\n");
    write(at, "CODEOWNERS", format!("[Net]\n{printed}"));
    ends(&net, &["owners", "--check"], 0);
    write(at, "CODEOWNERS", format!("^[Net]\n{printed}"));
    assert!(ends(&net, &["owners", "--check"], 1).contains("is optional"));
    write(at, "CODEOWNERS", format!("[Net]\n{printed}\n[Docs] @acme/docs\n*.md\n"));
    ends(&net, &["owners", "--check"], 0);
}

#[test]
fn owners_need_the_facts() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "shop.xks", "app web\n");
    let said = ends(folder.path(), &["owners"], 2);
    assert!(said.contains("does not state who may write what") && said.contains("tenants from"), "{said}");
    write(folder.path(), "platform.xks", "platform { tenants from \"tenants/*\" }\n");
    std::fs::remove_file(folder.path().join("shop.xks")).expect("a file");
    let said = ends(folder.path(), &["owners"], 2);
    assert!(said.contains("who owns the platform's files"), "{said}");
}

#[test]
fn a_host_moves_in_four_changes_of_one_owner_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    let platform = |to: &str| {
        let facts = format!("hosts *.example.com to payments, checkout; hosts pay.example.com to {to}");
        write(at, "platform.xks", format!("platform {{ tenants from \"tenants/*\"; {facts} }}\n"));
    };
    let app = |tenant: &str, exposed: &str| {
        write(at, &format!("tenants/{tenant}/net.xks"), format!("app api port http 8080\n{exposed}"));
    };
    let pay = "expose api at pay.example.com tls pay\n";
    platform("payments");
    app("payments", pay);
    app("checkout", "");
    commit(at, "one");
    app("checkout", pay);
    assert!(ends(at, &["check", "--since", "HEAD"], 1).contains("host-not-yours"), "it is not its own yet");
    app("checkout", "");
    let merged = |what: &str| {
        let said = ends(at, &["check", "--since", "HEAD"], 0);
        assert!(said.contains("no findings"), "{what}: {said}");
        commit(at, what);
    };
    platform("payments, checkout");
    merged("the platform states both");
    app("payments", "");
    merged("the old one releases");
    app("checkout", pay);
    merged("the new one takes");
    platform("checkout");
    merged("the fact names the new one");

    // One that nobody has by name is whose it was first.
    app("payments", "expose api at new.example.com tls pay\n");
    merged("a free host");
    app("checkout", "expose api at new.example.com/docs tls pay\n");
    let said = ends(at, &["check", "--since", "HEAD"], 1);
    assert!(said.contains("both have `new.example.com`"), "{said}");
    app("payments", "expose api at new.example.com tls pay\nexport host new.example.com/docs to checkout\n");
    assert!(ends(at, &["check"], 0).contains("no findings"));
}

#[test]
fn a_workspace_moves_to_ownership_step_by_step() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    write(at, "platform.xks", "platform { kubernetes 1.33 }\n");
    write(at, "shop.xks", SHOP);
    write(
        at,
        "money/net.xks",
        "tenant payments namespace payments-system\napp api port http 8080\nexport api:http to shop\n",
    );
    ends(at, &["build"], 0);
    commit(at, "one");
    let facts = "kubernetes 1.33; tenants from \"tenants/*\"; tenant payments namespace payments-system";
    write(at, "platform.xks", format!("platform {{ {facts}; lint not-your-file warn }}\n"));
    let said = ends(at, &["check"], 0);
    assert!(said.contains("warning[not-your-file]"), "{said}");
    ends(at, &["build", "--check"], 0);
    std::fs::create_dir_all(at.join("tenants/payments")).expect("a folder");
    std::fs::rename(at.join("shop.xks"), at.join("tenants/shop.xks")).expect("a file");
    std::fs::rename(at.join("money/net.xks"), at.join("tenants/payments/net.xks")).expect("a file");
    assert!(ends(at, &["check"], 0).contains("no findings"));
    write(at, "platform.xks", format!("platform {{ {facts} }}\n"));
    assert!(ends(at, &["check"], 0).contains("no findings"));
    ends(at, &["build", "--check"], 0);
    // From now on, nobody speaks from elsewhere.
    write(at, "money/net.xks", "tenant payments\nexport api to *\n");
    assert!(ends(at, &["check"], 1).contains("error[not-your-file]"));
}

#[test]
fn a_start_has_owned_folders_and_is_no_part_of_another_workspace() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    git(at, &["init", "--quiet"]);
    ends(at, &["init"], 0);
    assert!(ends(at, &["check"], 0).contains("no findings"));
    let owners = ends(at, &["owners"], 0);
    assert!(owners.contains("/tenants/shop/ @example/shop"), "{owners}");
    for (from, path) in [("tenants/shop", "."), (".", "tenants/new"), ("tenants/shop", "deep/er")] {
        let said = ends(&at.join(from), &["init", path], 1);
        assert!(said.contains("lies in the workspace"), "{said}");
    }
    assert!(!at.join("tenants/new").exists());
}
