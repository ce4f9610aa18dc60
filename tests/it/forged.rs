//! Nothing is forged: whatever a user writes, a terminal, a log, a page, a picture and a document show it and do not obey it.
//!
//! Two hundred hostile words go through each place where a word of a user can come out, and each output is read as its reader reads it.

use crate::repository::{git, write};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use xks_core::escape::is_hidden;

/// What readers obey, or do not show.
const CORES: &[&str] = &[
    "\u{1b}[45mx\u{1b}[0m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://evil.example\u{1b}\\x",
    "\u{1b}[2J",
    "\u{1b}[1A\u{1b}[2K",
    "\u{9b}45m",
    "\u{90}x\u{9c}",
    "##vso[task.prependpath]/x/bin",
    "##VSO[task.setvariable variable=a]b",
    "##[error]x",
    "##[command]x",
    "###[section]x",
    "##teamcity[buildStatus]",
    "::error::x",
    "::add-mask::x",
    "::stop-commands::x",
    "::",
    "%0A::error::x",
    "%0D%0A##vso[task]x",
    "%AZP25",
    "%25",
    "a\u{2028}::error::x",
    "a\u{2029}##[x]",
    "a\u{85}::error::x",
    "\u{202e}txet",
    "\u{2066}x\u{2069}",
    "\u{200f}x",
    "\u{61c}x",
    "a\u{200b}b",
    "a\u{200d}b\u{2060}c",
    "#\u{200b}#vso[x]",
    "\u{feff}x",
    "\u{ad}x",
    "\u{e0041}\u{e0042}",
    "\u{fdd0}x",
    "`x`",
    "``` x",
    "| x | y |",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</svg><text onclick=x>",
    "]]>",
    "-->",
    "<!--",
    "&lt;b&gt;",
    "\"; }; x [",
    "'x'",
    "\\",
    "\\u{202e}",
    "a\r::error::x",
    "a\tb",
    "a\nb",
    "a\n::error::x",
    "a\n##vso[task.x]y",
    "a\u{b}b\u{c}c",
    "a\u{0}b",
    "\u{7f}",
    "\u{8}\u{8}\u{8}x",
    "@everyone [x](http://evil.example) ![x](y)",
    "]x;y=z",
    "a,b:c;d",
    "__NONCE__",
    "{{script}}",
    "end\n  click x call y()",
    "#quot;#59;",
    "x' --> y",
    "%%{init: {}}%%",
];

/// Each of them, alone and among others.
fn hostile() -> Vec<String> {
    let long = ["x".repeat(5000), "\u{202e}".repeat(700), "|".repeat(900), "\"".repeat(300)];
    let around = |core: &&str| [core.to_string(), format!("x{core}"), format!("{core} y")];
    let all: Vec<String> = CORES.iter().flat_map(around).chain(long).collect();
    assert!(all.len() >= 200, "{}", all.len());
    all
}

/// A word as the language writes a string; `None` where no string holds it.
fn string(word: &str) -> Option<String> {
    let is_one_line = !word.contains(['\n', '\r']);
    is_one_line.then(|| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A word as the name of a file, as far as there are such.
fn file_name(word: &str) -> String {
    let mut name: String = word.chars().filter(|c| !matches!(c, '/' | '\0')).take(60).collect();
    while name.starts_with('.') {
        name.remove(0);
    }
    name
}

/// A repository with a workspace in it.
struct Repository(TempDir);

impl Repository {
    fn new() -> Repository {
        let folder = tempfile::tempdir().expect("a folder");
        git(folder.path(), &["init", "-q"]);
        Repository(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        write(self.path(), path, text);
    }

    fn commit(&self, message: &str) {
        git(self.path(), &["add", "-A"]);
        git(self.path(), &["commit", "-q", "-m", message]);
    }
}

fn xks(folder: &Path, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xks"));
    let output = command.args(arguments).current_dir(folder).output().expect("it runs");
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).expect("UTF-8").to_string();
    assert!(output.status.code().is_some_and(|code| code < 3), "{arguments:?}: {}", text(&output.stderr));
    (text(&output.stdout), text(&output.stderr))
}

/// What reaches a terminal: no control but the ends of lines, nothing that is not seen where it stands, and no colour but ours.
fn terminal(what: &str, text: &str) {
    let mut rest = text.to_string();
    for ours in ["0", "1", "31", "32", "33", "34", "36"] {
        rest = rest.replace(&format!("\u{1b}[{ours}m"), "");
    }
    // Those of the renderer of findings.
    for code in 0..16 {
        rest = rest.replace(&format!("\u{1b}[38;5;{code}m"), "");
    }
    if let Some(at) = rest.find(|c: char| c != '\n' && is_hidden(c)) {
        let around: String = rest[at..].chars().take(40).collect();
        panic!("{what}: {around:?} reaches the terminal");
    }
}

/// What the log of a build server obeys: GitHub at the start of a line and Azure anywhere in it. `ours` are the commands that may be.
fn log(what: &str, text: &str, ours: &[&str]) {
    // Whoever reads lines otherwise than we write them must not find more of them.
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let own = ours.iter().find_map(|ours| line.strip_prefix(ours));
        let rest = own.unwrap_or(line);
        assert!(own.is_some() || !line.trim_start().starts_with("::"), "{what}: {line:?}");
        for (at, _) in rest.match_indices("##") {
            let word = rest[at..].trim_start_matches('#').trim_start_matches(|c: char| c.is_ascii_alphabetic());
            assert!(!word.starts_with('['), "{what}: {line:?}");
        }
    }
}

/// For people, with colours and without.
fn people(folder: &Path, arguments: &[&str]) -> String {
    let mut all = String::new();
    for color in ["never", "always"] {
        let (out, err) = xks(folder, &[arguments, &["--color", color]].concat());
        for text in [&out, &err] {
            let what = format!("{arguments:?}");
            terminal(&what, text);
            log(&what, text, &[]);
        }
        all = out + &err;
    }
    all
}

/// In a format, which is not for terminals first, and yet is printed there.
fn format(folder: &Path, arguments: &[&str], ours: &[&str]) -> String {
    let (out, err) = xks(folder, arguments);
    let what = format!("{arguments:?}");
    for text in [&out, &err] {
        terminal(&what, text);
    }
    log(&what, &out, ours);
    log(&what, &err, &[]);
    out
}

fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let text = format(folder, arguments, &[]);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}; {}", xks(folder, arguments).1))
}

const GITHUB: &[&str] = &["::error ", "::warning ", "::notice "];
const AZURE: &[&str] = &["##vso[task.logissue "];

/// Each command ends where its own text does: its properties are those that we write.
fn commands(text: &str) {
    for line in text.lines().filter_map(|line| GITHUB.iter().find_map(|head| line.strip_prefix(head))) {
        let (properties, _) = line.split_once("::").expect("a text behind the properties");
        for property in properties.split(',') {
            let (name, _) = property.split_once('=').unwrap_or_else(|| panic!("{line:?}"));
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name), "{line:?}");
        }
    }
    for line in text.lines().filter_map(|line| line.strip_prefix(AZURE[0])) {
        let (properties, _) = line.split_once(']').expect("a text behind the properties");
        for property in properties.split(';') {
            let (name, _) = property.split_once('=').unwrap_or_else(|| panic!("{line:?}"));
            assert!(["type", "sourcepath", "linenumber", "columnnumber", "code"].contains(&name), "{line:?}");
        }
    }
}

/// No element but ours, and tables whose rows have as many cells as their heads.
fn markdown(text: &str) {
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {
                if line.starts_with('|') {
                    assert_eq!(line.matches('|').count(), 4, "{line}");
                }
                for (at, _) in line.match_indices('<') {
                    let tag: String = line[at + 1..].chars().take_while(|c| *c != '>').collect();
                    let known = ["code", "/code", "br", "i", "/i", "details", "/details", "summary", "/summary"];
                    assert!(known.contains(&tag.as_str()), "<{tag}>: {line}");
                }
                assert!(!line.contains("](") && !line.contains('@'), "{line}");
            }
        }
    }
    assert!(fence.is_none(), "a fence is not closed");
}

/// The names of the elements and attributes of a page.
fn elements(page: &str) -> BTreeSet<String> {
    // What stands in a script or a style are no elements.
    let mut out = BTreeSet::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let tag = after.split_once('>').map_or(after, |(tag, _)| tag);
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/' || *c == '!').collect();
        rest = after;
        for raw in ["script", "style"] {
            if name == raw {
                rest = after.split_once(&format!("</{raw}>")).expect("its end").1;
            }
        }
        out.insert(name);
        out.extend(tag.split_whitespace().filter_map(|word| Some(word.split_once('=')?.0.to_string())));
    }
    out
}

/// Strings end where we end them: between them stands nothing but the words of Graphviz.
fn dot(text: &str) {
    let (mut in_string, mut escaped) = (false, false);
    let mut between = String::new();
    for c in text.chars() {
        match (in_string, escaped, c) {
            (true, true, _) => escaped = false,
            (true, false, '\\') => escaped = true,
            (_, _, '"') => in_string = !in_string,
            (true, ..) => assert_ne!(c, '\n', "a string ends with its line"),
            (false, ..) => between.push(c),
        }
    }
    assert!(!in_string);
    let between = between.replace("// Written by `xks graph`.", "");
    let odd = between.find(|c: char| !c.is_ascii_alphanumeric() && !" \n=[],;{}->._".contains(c));
    assert!(odd.is_none(), "{:?}", odd.map(|at| between[at..].chars().take(60).collect::<String>()));
}

/// Quotes are in pairs in each line, and outside of them stands nothing of users.
fn mermaid(text: &str) {
    for line in text.lines().skip_while(|line| !line.starts_with("flowchart")).skip(1) {
        if line == "%% Too large for Mermaid: tenants alone. `--tenant NAME` draws one whole." {
            continue;
        }
        assert_eq!(line.matches('"').count() % 2, 0, "{line}");
        let outside: String = line.split('"').step_by(2).collect();
        let odd = outside.find(|c: char| !c.is_ascii_alphanumeric() && !" _[](){}|=->.:,#".contains(c));
        assert!(odd.is_none(), "{outside}");
    }
}

/// A workspace that compiles, with each word wherever one may stand.
fn sound(words: &[String]) -> Repository {
    let repository = Repository::new();
    repository.write("platform.xks", "platform {\n  lint shared-host allow\n}\n");
    for (number, word) in words.iter().enumerate() {
        let Some(string) = string(word) else { continue };
        let folder = format!("tenants/{}", file_name(word));
        let comment = word.replace(['\n', '\r'], " ");
        let name = format!("{number} {}.yaml", file_name(word));
        let mut text = format!(
            "# {comment}\ntenant t{number}\napp web, api {{ port http 80 }} # {comment}\n\
             allow web -> api:http because {string}\nexport api to t0 because {string}\n\
             expose web at h{number}.example.com no-tls because {string}\n"
        );
        if let Some(include) = self::string(&name).filter(|_| !name.contains('\\')) {
            text.push_str(&format!("include {include}\n"));
        }
        repository.write(&format!("{folder}/{number}{}.xks", file_name(word)), &text);
        let value = serde_json::to_string(word).expect("JSON");
        let value = xks_core::escape::json(&value);
        repository.write(
            &format!("{folder}/{name}"),
            &format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  key: {value}\n"),
        );
    }
    repository
}

/// A workspace of mistakes, with each word where a name, a pattern, a host or a value should stand.
fn broken(words: &[String]) -> Repository {
    let repository = Repository::new();
    for (number, word) in words.iter().enumerate() {
        let string = string(word).unwrap_or_else(|| "\"x\"".to_string());
        let statements = [
            format!("tenant t{number}"),
            format!("app {word}"),
            format!("app {string}"),
            format!("allow {word} -> internet"),
            format!("allow web -> {word}:{word}"),
            format!("allow pods(a={string}) -> internet"),
            format!("expose web at {string} tls {string}"),
            format!("expose web at h.example.com no-tls nginx auth-url {string}"),
            format!("external e -> {string}"),
            format!("include {string}"),
            format!("group g = {string}, {word}"),
            format!("never {word} -> web until {word}"),
            word.clone(),
        ];
        let path = format!("{number}/{}.xks", file_name(word));
        repository.write(&path, &(statements.join("\n") + "\n"));
    }
    // What is found before files are joined, and what cannot be read.
    repository.write("##vso[task.x]y\u{202e}\n::error::z/latin\u{1b}[45m.xks", "tenant a\n");
    std::fs::write(repository.path().join("bad\u{1b}[45m\n::error::.xks"), b"\xff").expect("a file");
    repository
}

#[test]
fn findings_forge_nothing() {
    let repository = broken(&hostile());
    let folder = repository.path();
    let shown = people(folder, &["check"]);
    assert!(shown.contains("\\u{202e}") && shown.contains("\\u{1b}[45m"), "what is hidden is shown");
    commands(&format(folder, &["check", "--format", "github"], GITHUB));
    commands(&format(folder, &["check", "--format", "azure"], AZURE));
    json(folder, &["check", "--format", "json"]);
    json(folder, &["check", "--format", "sarif"]);
    std::fs::remove_file(folder.join("bad\u{1b}[45m\n::error::.xks")).expect("it was there");
    for arguments in [
        &["check"][..],
        &["build"],
        &["fmt", "--check"],
        &["graph"],
        &["can", "a -> b"],
        &["who", "a"],
        &["verify", "."],
    ] {
        people(folder, arguments);
    }
    commands(&format(folder, &["check", "--format", "github"], GITHUB));
    commands(&format(folder, &["check", "--format", "azure"], AZURE));
    json(folder, &["check", "--format", "json"]);
    json(folder, &["check", "--format", "sarif"]);
}

#[test]
fn what_compiles_forges_nothing() {
    let words = hostile();
    let repository = sound(&words);
    let folder = repository.path();
    let (_, complaints) = xks(folder, &["build"]);
    assert!(folder.join("generated/t0").is_dir(), "{complaints}");
    people(folder, &["check"]);
    let yaml = format(folder, &["build", "-o", "-"], &[]);
    let documents = yaml.split("---\n").skip(1);
    let objects: Vec<serde_json::Value> =
        documents.map(|text| serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))).collect();
    assert!(objects.len() > words.len());
    format(folder, &["build", "-o", "-", "--format", "json"], &[]);
    people(folder, &["build", "--check"]);
    std::fs::write(
        folder.join("generated/t1/kustomization.yaml"),
        "# Written by xks; changes belong into the .xks files.\n",
    )
    .expect("a file");
    for word in words.iter().map(|word| file_name(word)).filter(|word| !word.is_empty()) {
        std::fs::create_dir_all(folder.join("generated").join(format!("f{word}"))).expect("a folder");
    }
    people(folder, &["build", "--check"]);
    people(folder, &["build"]);
    people(folder, &["verify", "generated"]);
    json(folder, &["verify", "generated", "--format", "json"]);
    for arguments in [&["can", "t1/web -> t1/api:http"][..], &["who", "t1/api"], &["can", "internet -> t3/web"]] {
        people(folder, arguments);
        json(folder, &[arguments, &["--format", "json"]].concat());
    }
    dot(&format(folder, &["graph", "--format", "dot"], &[]));
    mermaid(&format(folder, &["graph", "--format", "mermaid"], &[]));
    for number in (0..words.len()).step_by(10).filter(|number| string(&words[*number]).is_some()) {
        mermaid(&format(folder, &["graph", "--format", "mermaid", "--tenant", &format!("t{number}")], &[]));
    }
    let svg = format(folder, &["graph", "--format", "svg"], &[]);
    let document = roxmltree::Document::parse(&svg).expect("XML");
    assert!(document.descendants().all(|node| !node.has_tag_name("script")));
    let plain = sound(&["plain".to_string(), "words".to_string()]);
    let known = elements(&format(plain.path(), &["graph", "--format", "html"], &[]));
    let page = elements(&format(folder, &["graph", "--format", "html"], &[]));
    assert!(page.is_subset(&known), "{:?}", page.difference(&known).collect::<Vec<_>>());
}

#[test]
fn changes_forge_nothing() {
    let words = hostile();
    let repository = sound(&[]);
    repository.write("tenants/plain.xks", "tenant plain\n");
    repository.commit("before");
    let full = sound(&words);
    for entry in std::fs::read_dir(full.path().join("tenants")).expect("a folder") {
        let from = entry.expect("an entry").path();
        let to = repository.path().join("tenants").join(from.file_name().expect("a name"));
        std::fs::rename(from, to).expect("a folder to move");
    }
    let folder = repository.path();
    people(folder, &["diff"]);
    markdown(&format(folder, &["diff", "--format", "markdown"], &[]));
    commands(&format(folder, &["diff", "--format", "github"], GITHUB));
    commands(&format(folder, &["diff", "--format", "azure"], AZURE));
    json(folder, &["diff", "--format", "json"]);
    json(folder, &["diff", "--format", "sarif"]);
    people(folder, &["check", "--since", "HEAD"]);
}

#[test]
fn questions_and_arguments_forge_nothing() {
    let repository = sound(&["plain".to_string()]);
    let folder = repository.path();
    // A process each, so not each of them.
    for word in hostile().iter().step_by(3).filter(|word| !word.contains('\0') && !word.starts_with('-')) {
        people(folder, &["can", word]);
        people(folder, &["who", word]);
        people(folder, &["check", word]);
        people(folder, &["explain", word]);
        people(folder, &["graph", "--tenant", word]);
        people(folder, &["diff", word]);
    }
}

#[test]
fn manifests_and_owners_forge_nothing() {
    let repository = Repository::new();
    let words = hostile();
    for (number, word) in words.iter().enumerate() {
        let value = serde_json::to_string(word).expect("JSON");
        let policy = |namespace: &str, name: &str, more: &str| {
            format!(
                "{{\"apiVersion\": \"networking.k8s.io/v1\", \"kind\": \"NetworkPolicy\", \"metadata\": {{\"name\": {name}, \
                 \"namespace\": {namespace}}}, \"spec\": {{\"podSelector\": {{}}{more}}}}}\n"
            )
        };
        let texts = [
            policy("\"a\"", &value, ""),
            policy(&value, "\"p\"", ""),
            policy(
                "\"a\"",
                &format!("\"p{number}\""),
                &format!(", \"ingress\": [{{\"ports\": [{{\"protocol\": {value}}}]}}], {value}: 1"),
            ),
            format!("{{\"apiVersion\": {value}, \"kind\": {value}, \"metadata\": {{\"name\": {value}}}}}\n"),
        ];
        repository.write(&format!("m/{}/{number}.yaml", file_name(word)), &texts.join("---\n"));
        repository.write(&format!("m/{number}{}.yaml", file_name(word)), &texts[2]);
    }
    let sound = "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nmetadata: {name: p, namespace: a}\nspec: {podSelector: {}}\n";
    repository.write("m/sound.yaml", sound);
    let folder = repository.path();
    people(folder, &["who", "a/*", "--manifests", "m"]);
    people(folder, &["can", "a/* -> a/*", "--manifests", "m"]);
    json(folder, &["who", "a/*", "--manifests", "m", "--format", "json"]);
    let facts = |owners: &str| format!("platform {{\n  tenants from \"tenants/*\"\n  owners {owners}\n}}\n");
    for word in words.iter().step_by(5) {
        repository.write("platform.xks", &facts(&string(word).unwrap_or_default()));
        repository.write("CODEOWNERS", &format!("/{} @x\n* {}\n", word, word));
        people(folder, &["owners"]);
        people(folder, &["owners", "--check"]);
        people(folder, &["check"]);
    }
}
