//! Laws that hold for every input: of the formatter, of the reader, and of what random sound workspaces become.
//!
//! An input that once broke one of them goes to [`REGRESSIONS`].

use crate::fixture;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::fmt::Write as _;
use xks_core::Options;
use xks_core::diagnostics::{Diagnostic, apply_fixes, render::render};
use xks_core::emit::Format;
use xks_core::source::Span;
use xks_core::syntax::format::format;

/// Inputs that are easily got wrong, or were: every law of arbitrary text holds for each.
const REGRESSIONS: &[&str] = &[
    "",
    "\u{feff}",
    "\u{feff}\u{feff}",
    ";\u{feff}",
    "\n allow",
    "{\r\r\n}",
    "\n{\r\n }",
    "\u{feff}# a\r\nallow a -> b\r",
    " \t\r\n\r",
    ";;;\n;",
    "}",
    "}}}{",
    "{",
    "{{{}",
    "#",
    "# a\r# b\n\r# c",
    "platform {\n  mesh linkerd,; env dev { a = b.c }\n}",
    "allow a -> b,; c",
    "allow a -> b,  ;;c",
    "app a { port http 80,; port dns 53 }",
    "platform {\n  hosts a.b to c,\n  d,\n\n  e; cni x,\n}",
    "allow a -> b # c\u{a0}",
    "allow a -> b\u{a0}",
    "allow a -> b\u{2028}allow c -> d",
    "\u{b}allow a -> b\u{c}",
    "\0",
    "allow \0 -> \u{7f}",
    "allow a -> b; # c ; d\n;allow c -> d",
    "allow a, # x\n  b -> # y\n c",
    "allow a,b -> c:80,443, d:http",
    "allow pods ( a = b , ! c , d in ( e , f ) ) -> *",
    "allow 2001:db8::1 -> [2001:db8::1]:443",
    "allow a->b",
    "allow a -> 10.0.0.0/8except 10.1.0.0/16",
    "app a{port http 80;port b 81}",
    "app a {\n\n# x\n\n port http 80 # y\n # z\n}\n\n\n# end",
    "app a {}",
    "app a {;;}",
    "app a { # only a comment\n}",
    "app a { port http 80",
    "app a { allow b -> c }",
    "app a {\nallow b -> c\n}",
    "app a port http 80 { port b 81 } port c 82",
    "expose a at b.c { limit connections 1 } }",
    "expose a at \"unterminated",
    "expose a at \"b;c\" ; tls d",
    "expose a at b.c because \"a # b ; { } \\\" \\\\\"",
    "expose a at b.c nginx key a,b,c",
    "expose a at a.b,\n\n\n c.d",
    "platform { env a { b = c } env d { e = \"f;g\" }; lint x deny }",
    "platform{hosts a,b to c,d}",
    "platform { a b, c { d } }",
    "platform {\n  tenants from \"a/*\"\n  tenant b}",
    "platform { tenant a; platform from b; tenant c # d\n}",
    "platform {\n  tenant a isolated\n",
    "export host to to a; export host \"to\" to a; export publish to to a",
    "foo { bar { baz { qux } } }",
    "foo { # } \n } bar",
    "foo \"}\" } ; bar",
    "tenant a\ntenant b; tenant",
    "external a -> 1.2.3.4:443, [::1]:443 in dev, \n prod",
    "\u{e9}\u{301}\u{1f600} -> \u{202e}x",
    "allow \u{e9}t\u{e9} -> \u{65e5}\u{672c}",
    "$ ${ ${} ${a ${a}} \"${a\"",
    "group a = b, c, # d\n e; ports f = 80, 90-100/udp",
    "include \"a\\\nb\"",
    "never * -> ./internet, ./ingress",
    "allow ingress -> ingress ingress public ingress private:80",
    "allow dns a.b:80, dns *.c -> dns -> dns",
    "app a { lallowabels k=v,\ntrack=on ;;\n labels a=b }",
    "app a { lallowabels k=v,\ntrack=on ;\n; }",
    "allow pods(tier=web, k in (;\n    b), !x) -> *",
    "allow pods(tier=web;\n) -> b",
    "platform { app. }",
    "platform { env a { allow=\"\"; app = b } }",
    " \u{feff}app a",
    "allow s(t in(f,#\ng),x;)->f",
    "platform { cni calico; app=kube-dns }",
    "platform { env prod {a = b;other =  \"\na b\"  } }",
    "allow a -> 10.14.0.0/16,\n;    2001:db8::/48",
    "expose a at b.example.com,\n# c\n;www.b.example.com",
    "app a { labels a=b\n,\n10.0.0.0/8 c=d; \n}",
    "app a { allow pods(k=v;\n) -> b }",
    "expose a at b.c host-header ) backend https",
    "expose a at b.c nginx key , nginx other 1M {exact;}",
    "expose a at b.example.com, c.example.com, d.example.com, e.example.com nginx a-rather-long-key , tls shared",
];

fn config() -> ProptestConfig {
    ProptestConfig { cases: fixture::cases(256), failure_persistence: None, ..ProptestConfig::default() }
}

// ---------------------------------------------------------------------------------------------- arbitrary text

/// Words of the language, marks, blanks, line ends and what no editor writes.
const TOKENS: &[&str] = &[
    "allow",
    "app",
    "certificate",
    "expect",
    "export",
    "expose",
    "external",
    "group",
    "include",
    "never",
    "platform",
    "ports",
    "service",
    "tenant",
    "at",
    "to",
    "in",
    "except",
    "not",
    "dns",
    "ingress",
    "public",
    "private",
    "internet",
    "tls",
    "no-tls",
    "exact",
    "isolated",
    "rewrite",
    "limit",
    "connections",
    "rps",
    "backend",
    "https",
    "verify",
    "host-header",
    "from",
    "redirect",
    "nginx",
    "port",
    "labels",
    "mesh",
    "linkerd",
    "namespace",
    "for",
    "issuer",
    "secret",
    "names",
    "because",
    "until",
    "2030-01-01",
    "env",
    "lint",
    "deny",
    "hosts",
    "kubernetes",
    "1.33",
    "pods(a=b)",
    "tenants(a)/b",
    "team/foo:http",
    "*/*",
    "*",
    "a",
    "foo",
    "./a",
    "b.example.com/c(/|$)(.*)",
    "10.0.0.0/8",
    "[::1]:443",
    "2001:db8::/32",
    "80",
    "http",
    "443/udp",
    "8000-9000",
    "k=v",
    "!k",
    "!=",
    "${a}",
    "${",
    "kube-api",
    "nodes",
    "metadata",
    "client-body-buffer-size",
    "1M",
    "->",
    "-",
    ">",
    "=",
    ":",
    "/",
    ",",
    ", ",
    ";",
    "{",
    "}",
    "{ ",
    " }",
    "(",
    ")",
    "[",
    "]",
    "#",
    "# c",
    "# c ; d } {",
    "\"",
    "\"s\"",
    "\"a;b # { \"",
    "\\",
    "\"\\\"\"",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\0",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{e9}",
    "\u{1f600}",
    "\u{202e}",
    "\u{fffd}",
];

/// Tokens, most of them with a blank between.
fn soup() -> impl Strategy<Value = String> {
    let token = prop_oneof![9 => proptest::sample::select(TOKENS).prop_map(str::to_string), 1 => any::<char>().prop_map(String::from)];
    let glued = (token, proptest::bool::weighted(0.7));
    proptest::collection::vec(glued, 0..60)
        .prop_map(|tokens| tokens.into_iter().map(|(token, blank)| if blank { token + " " } else { token }).collect())
}

/// Statements of sound workspaces with some of their bytes cut out, doubled or replaced.
fn damaged() -> impl Strategy<Value = String> {
    let wound = (any::<prop::sample::Index>(), 0..8usize, proptest::sample::select(TOKENS));
    (programs(), proptest::collection::vec(wound, 1..6)).prop_map(|(program, wounds)| {
        let mut text: Vec<char> =
            program.files(Layout::Mixed).into_iter().map(|(_, text)| text).collect::<String>().chars().collect();
        for (at, length, instead) in wounds {
            let start = at.index(text.len() + 1);
            let end = (start + length).min(text.len());
            text.splice(start..end, instead.chars());
        }
        text.into_iter().collect()
    })
}

fn arbitrary() -> impl Strategy<Value = String> {
    prop_oneof![4 => soup(), 2 => damaged(), 1 => any::<String>(), 1 => "[ -~\n\r\t]{0,200}"]
}

/// What a text says: all of it but blanks and `;`.
fn said(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).chars().filter(|c| !c.is_whitespace() && *c != ';').collect()
}

fn findings(text: &str) -> Vec<Diagnostic> {
    let files = vec![("shop.xks".to_string(), text.to_string())];
    fixture::analyzed(files, &Options::default()).analysis.diagnostics
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
    codes.sort_unstable();
    codes
}

/// Whether some part of a file was not understood: where it ends is then a guess, and may be another one elsewhere.
fn is_guess(codes: &[&str]) -> bool {
    ["syntax-error", "unknown-statement", "stray-brace", "unclosed-brace"].iter().any(|code| codes.contains(code))
}

/// The laws of the formatter for any text.
fn formats(text: &str) -> Result<(), TestCaseError> {
    let once = format(text);
    prop_assert_eq!(said(&once), said(text), "formatting drops, adds or moves characters of {:?}", text);
    prop_assert_eq!(format(&once), once.clone(), "formatting twice differs from formatting {:?} once", text);
    prop_assert!(once.is_empty() || once.ends_with('\n'), "no line end behind {:?}", once);
    let (before, after) = (findings(text), findings(&once));
    let (before_codes, after_codes) = (codes(&before), codes(&after));
    if is_guess(&before_codes) {
        prop_assert!(after.iter().any(Diagnostic::is_error), "formatting {:?} to {:?} hides what is wrong", text, once);
    } else {
        prop_assert_eq!(after_codes, before_codes, "formatting {:?} to {:?} changes what is found", text, once);
    }
    Ok(())
}

fn spans(diagnostic: &Diagnostic) -> impl Iterator<Item = Span> {
    let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
    std::iter::once(diagnostic.primary.span).chain(diagnostic.secondary.iter().map(|label| label.span)).chain(edits)
}

/// The laws of the compiler for any text: it ends, and points at words that are there.
fn compiles(text: &str) -> Result<(), TestCaseError> {
    let files =
        vec![("shop.xks".to_string(), text.to_string()), ("other.xks".to_string(), "export * to shop".to_string())];
    let options = Options { today: Some("2026-01-31".parse().expect("a date")) };
    let workspace = fixture::analyzed(files, &options);
    for diagnostic in &workspace.analysis.diagnostics {
        for span in spans(diagnostic) {
            let text = workspace.sources.files().get(span.file.0 as usize).map(|file| file.text.get(span.range()));
            prop_assert!(
                matches!(text, Some(Some(_))),
                "{} points at {:?}, which is no place in the file",
                diagnostic.code.name,
                span
            );
        }
        prop_assert!(!render(&workspace.sources, diagnostic, true).is_empty());
    }
    let mended = apply_fixes(&workspace.analysis.diagnostics, |id| workspace.sources.get(id).text.clone());
    for (id, text) in mended {
        xks_core::syntax::parse(id, &text);
    }
    if let Some(checked) = workspace.analysis.checked() {
        for format in [Format::Yaml, Format::Json] {
            xks_core::build(&workspace.sources, &checked, None, format).expect("a proved build");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn formatting_any_text_keeps_what_it_says(text in arbitrary()) {
        formats(&text)?;
    }

    #[test]
    fn any_text_compiles_or_is_reported(text in arbitrary()) {
        compiles(&text)?;
    }
}

#[test]
fn the_laws_hold_for_every_regression() {
    let mut complaints = Vec::new();
    for text in REGRESSIONS {
        for crlf in [text.to_string(), text.replace('\n', "\r\n")] {
            complaints.extend(formats(&crlf).err().map(|error| error.to_string()));
            complaints.extend(compiles(&crlf).err().map(|error| error.to_string()));
        }
    }
    fixture::report(complaints);
}

#[test]
fn a_byte_order_mark_goes_and_line_ends_follow_the_first() {
    assert_eq!(format("\u{feff}allow a  -> b\r\n# c\n"), "allow a -> b\r\n# c\r\n");
    assert_eq!(format("allow a  -> b\n# c\r\n"), "allow a -> b\n# c\n");
}

/// Inputs that are long in one direction. Nothing here may take more than a few seconds even without optimisation: what
/// takes time that grows with the square of the length does not end.
#[test]
fn long_inputs_end() {
    let some = |count: usize| if fixture::thorough() { count } else { count / 4 };
    let megabyte = some(1 << 20);
    let inputs = [
        "a".repeat(2 * megabyte),
        " ".repeat(10 * megabyte),
        "# ".repeat(5 * megabyte),
        "\"".to_string() + &"a".repeat(2 * megabyte),
        "\n".repeat(megabyte),
        ";".repeat(megabyte),
        "{".repeat(some(200_000)),
        "}".repeat(some(200_000)),
        "{}".repeat(some(100_000)),
        "{\n".repeat(some(100_000)),
        "a {".repeat(some(100_000)),
        "a {\n".repeat(some(50_000)),
        "{\"".repeat(some(100_000)),
        "{#".repeat(some(100_000)),
        "\"\n".repeat(some(100_000)),
        "${".repeat(some(100_000)),
        "(".repeat(some(100_000)),
        "expose a at b.c {".repeat(some(30_000)),
        "expose a at b.c {\n".repeat(some(30_000)),
        "expose a at b.c { tls x; ".repeat(some(15_000)),
        "platform {".repeat(some(50_000)),
        "platform { env a {".repeat(some(30_000)),
        "platform { env a {\n".repeat(some(30_000)),
        "app ".to_string() + &"a, ".repeat(some(100_000)),
        "allow ".to_string() + &"a, ".repeat(some(50_000)) + "a -> b",
        "allow a -> b:".to_string() + &"80,".repeat(some(100_000)) + "80",
        (0..some(20_000)).map(|n| format!("allow a -> 10.0.{}.{}:443\n", n / 250, n % 250)).collect(),
        (0..some(5_000)).map(|n| format!("allow a -> other/b{n}:443\n")).collect(),
        "allow pods(".to_string() + &"a=b, ".repeat(some(50_000)) + "c) -> b",
        "allow a, # c\n".repeat(some(30_000)),
        "allow a -> b because \"".to_string() + &"\\\"".repeat(megabyte) + "\"",
        "expose a at b.c nginx ".to_string() + &"x".repeat(some(100_000)) + " y",
        "allow ".repeat(some(100_000)),
        "tenant a\n".repeat(some(20_000)),
    ];
    for text in &inputs {
        let started = std::time::Instant::now();
        let once = format(text);
        let formatted = started.elapsed();
        assert!(said(&once) == said(text), "formatting {:?}… changes it", &text[..20]);
        findings(text);
        eprintln!(
            "{:>8} bytes of {:?}…: formatted in {formatted:?}, all in {:?}",
            text.len(),
            &text[..20],
            started.elapsed()
        );
    }
}

/// Groups of groups: a long chain, and few groups that each name the next one twice.
#[test]
fn groups_of_groups_end() {
    let groups = |count: usize, of: &dyn Fn(usize) -> String| -> String {
        (0..count).map(|at| format!("group g{at} = {}\n", of(at + 1))).collect::<String>()
            + &format!("group g{count} = a\nallow g0 -> b\n")
    };
    findings(&groups(5000, &|next| format!("g{next}")));
    findings(&groups(30, &|next| format!("g{next}, g{next}")));
}

// -------------------------------------------------------------------------------------------- sound workspaces

/// How statements are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    /// All on one line.
    Line,
    /// Each clause on a line of its own, in braces.
    Braces,
    /// With blanks, line ends and comments wherever they may stand, different for each statement.
    Mixed,
}

/// A statement: the words before its clauses, and each clause's words. A comma is a word.
#[derive(Clone, Debug)]
struct Statement {
    head: String,
    clauses: Vec<String>,
}

/// A workspace without errors.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    files: Vec<(String, Vec<Statement>)>,
    seed: u64,
}

/// Small numbers one after the other, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len() as u64) as usize]
    }
}

/// What may stand between two words.
const GAPS: &[&str] = &[" ", " ", " ", "  ", "\t", " \t "];
/// What may stand behind a comma.
const BREAKS: &[&str] = &[" ", "", "\n", "  ", "\n    ", "\r\n", " # why ; } {\n", "\n# \"\n\n  "];
/// What may stand between two clauses in braces.
const ENDS: &[&str] =
    &["\n", "; ", ";", "\n\n", "\n\n\n", " # note; a } b\n", "\r\n  ", " ;\n;", "\n  # über \u{a0}\n"];
/// What may stand between two statements.
const TOPS: &[&str] =
    &["\n", "\n", "; ", "\n\n\n", " # a ; b } { \"\n", "\r\n", "\n# alone  \n", "\n;\n", "\n\n\n# a\n\n\n# b\n\n"];

impl Statement {
    fn new(head: impl Into<String>) -> Statement {
        Statement { head: head.into(), clauses: Vec::new() }
    }

    fn with(mut self, clause: impl Into<String>) -> Statement {
        self.clauses.push(clause.into());
        self
    }

    fn write(&self, layout: Layout, dice: &mut Dice, out: &mut String) {
        let layout = match layout {
            Layout::Mixed if dice.roll(4) == 0 && self.head != "platform" => Layout::Line,
            Layout::Mixed if dice.roll(3) == 0 => Layout::Braces,
            Layout::Line if self.head == "platform" => Layout::Braces, // its facts stand in braces always
            layout => layout,
        };
        let words = |text: &str, dice: &mut Dice, out: &mut String| {
            if layout != Layout::Mixed {
                out.push_str(text);
                return;
            }
            let mut quoted = false;
            let mut after_comma = false;
            for word in text.split(' ') {
                // The blanks of a string, and those in the braces of a platform, are left alone.
                if quoted {
                    out.push(' ');
                } else if after_comma {
                    out.push_str(dice.of(BREAKS));
                } else if !out.is_empty() && !out.ends_with(['\n', ' ', '{', ';', '}']) {
                    out.push_str(dice.of(GAPS));
                }
                out.push_str(word);
                quoted ^= word.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
                // A comma of ports is glued to the next one, so it stands inside a word.
                after_comma = word.ends_with(',') && !self.head.starts_with("platform");
            }
        };
        words(&self.head, dice, out);
        match layout {
            _ if self.clauses.is_empty() => {}
            Layout::Line => {
                for clause in &self.clauses {
                    let _ = write!(out, " {clause}");
                }
            }
            Layout::Braces => {
                out.push_str(" {\n");
                for clause in &self.clauses {
                    let _ = writeln!(out, "  {clause}");
                }
                out.push('}');
            }
            Layout::Mixed => {
                let outside = if self.head == "platform" { 0 } else { self.clauses.len() as u64 };
                let first_inside = dice.roll(1 + outside) as usize;
                for clause in &self.clauses[..first_inside] {
                    out.push_str(dice.of(GAPS));
                    words(clause, dice, out);
                }
                out.push_str(dice.of(&[" {", "{", " { ", " {\n", " { # block\n", "{;"]));
                for clause in &self.clauses[first_inside..] {
                    if dice.roll(3) == 0 {
                        out.push_str(dice.of(ENDS));
                    }
                    words(clause, dice, out);
                    out.push_str(dice.of(ENDS));
                }
                out.push_str(dice.of(&["}", " }", ";}", "\n}"]));
            }
        }
    }
}

impl Program {
    /// Paths and texts.
    pub(crate) fn files(&self, layout: Layout) -> Vec<(String, String)> {
        let mut dice = Dice(self.seed);
        let write = |statements: &Vec<Statement>, dice: &mut Dice| {
            let mut text = String::new();
            if layout == Layout::Mixed && dice.roll(4) == 0 {
                text.push_str("\u{feff}# a comment first ; \n\n");
            }
            for statement in statements {
                // Each statement starts a line or stands behind a `;`.
                let mut one = String::new();
                statement.write(layout, dice, &mut one);
                text.push_str(&one);
                text.push_str(if layout == Layout::Mixed { dice.of(TOPS) } else { "\n" });
            }
            text
        };
        self.files.iter().map(|(path, statements)| (path.clone(), write(statements, &mut dice))).collect()
    }
}

/// What `statement` makes of four small numbers.
type Choice = (u8, u8, u8, u8);

/// Random sound workspaces: up to four tenants, each with a few apps and up to a dozen statements that open something.
pub(crate) fn programs() -> impl Strategy<Value = Program> {
    let choice = (any::<u8>(), any::<u8>(), any::<u8>(), any::<u8>());
    let tenant = (any::<u8>(), 1..5usize, proptest::collection::vec(choice, 0..12));
    (any::<u64>(), any::<u8>(), proptest::collection::vec(tenant, 1..5))
        .prop_map(|(seed, facts, tenants)| program(seed, facts, &tenants))
}

/// The same sound workspaces on every run, for tests that ask other programs and cannot ask often.
pub(crate) fn samples(count: usize) -> Vec<Program> {
    let mut runner = TestRunner::deterministic();
    let strategy = programs();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a workspace").current()).collect()
}

fn program(seed: u64, facts: u8, tenants: &[(u8, usize, Vec<Choice>)]) -> Program {
    let envs = facts & 1 != 0;
    let described = envs || facts & 2 != 0;
    let mut files: Vec<(String, Vec<Statement>)> = Vec::new();
    if described {
        let isolated = tenants.iter().any(|(settings, ..)| settings & 2 != 0);
        files.push(("platform.xks".to_string(), vec![platform(facts, isolated)]));
    }
    let names = ["source", "destination", "team-3", "internet"];
    let mut exports: Vec<Vec<Statement>> = vec![Vec::new(); tenants.len()];
    let mut written: Vec<(Vec<Statement>, Vec<Statement>)> = Vec::new();
    for (at, (settings, apps, choices)) in tenants.iter().enumerate() {
        let mut first = vec![tenant(names[at], *settings, described)];
        for app in 0..*apps {
            first.push(declared(at, app, described));
        }
        let mut second = vec![Statement::new(format!("tenant {}", names[at]))];
        for (number, choice) in choices.iter().enumerate() {
            let place = Place { names: &names[..tenants.len()], tenants, at, number, envs };
            let file = if settings & 64 != 0 && choice.3 & 1 != 0 { &mut second } else { &mut first };
            statements(&place, *choice, file, &mut exports);
        }
        written.push((first, second));
    }
    for (at, ((mut first, second), exports)) in written.into_iter().zip(exports).enumerate() {
        first.extend(exports);
        files.push((format!("tenants/{}.xks", names[at]), first));
        if second.len() > 1 {
            files.push((format!("tenants/more/{}-2.xks", names[at]), second));
        }
    }
    Program { files, seed }
}

fn platform(facts: u8, isolated: bool) -> Statement {
    let mut statement = Statement::new("platform").with("mesh linkerd");
    if facts & 1 != 0 {
        statement = statement
            .with("env dev { domain = dev.example.com }")
            .with("env prod { domain = example.com; other = \"a b\" }");
    }
    if facts & 4 != 0 {
        statement = statement.with("kubernetes 1.33");
    }
    if facts & 8 != 0 {
        statement = statement.with("ipv6 on").with("namespace-label name");
    }
    if facts & 16 != 0 {
        statement = statement.with("issuer letsencrypt solver dns-01 zones example.com");
    }
    if facts & 32 != 0 {
        statement =
            statement.with("dns namespace kube-system labels k8s-app=kube-dns addresses 169.254.20.10, 10.0.0.10/32");
    }
    if facts & 64 != 0 {
        statement = statement.with("ingress-pods public a.b/c=public private a.b/c=private");
    }
    if facts & 128 != 0 && !isolated {
        statement = statement.with("default-deny provided xenit-tenant-default-deny");
    }
    statement
}

fn tenant(name: &str, settings: u8, mesh: bool) -> Statement {
    let mut statement = Statement::new(format!("tenant {name}"));
    if settings & 1 != 0 {
        statement = statement.with(format!("namespace {name}-ns"));
    }
    if settings & 2 != 0 {
        statement = statement.with("isolated");
    }
    if settings & 12 == 12 && mesh {
        statement = statement.with("mesh linkerd");
    }
    if settings & 16 != 0 {
        statement = statement.with("labels team=obs, a.b/c=on");
    }
    statement
}

/// The name of an app: some are words of the language.
fn app(tenant: usize, number: usize) -> String {
    const NAMES: &[&[&str]] = &[
        &["foo", "app-two", "api", "y"],
        &["bar", "no", "db", "null"],
        &["web", "ingress", "tls", "on"],
        &["a", "b", "c", "d"],
    ];
    NAMES[tenant][number].to_string()
}

fn declared(tenant: usize, number: usize, mesh: bool) -> Statement {
    let mut statement = Statement::new(format!("app {}", app(tenant, number))).with("port http 8080");
    if number % 2 == 1 {
        statement = statement.with("port dns 5353/udp");
    }
    if number == 2 {
        statement = statement.with("labels app.kubernetes.io/name=third, track=on");
    }
    if number == 3 && mesh {
        statement = statement.with("mesh linkerd");
    }
    statement
}

/// Where a statement stands.
struct Place<'a> {
    names: &'a [&'a str],
    tenants: &'a [(u8, usize, Vec<Choice>)],
    at: usize,
    number: usize,
    envs: bool,
}

impl Place<'_> {
    fn app(&self, pick: u8) -> String {
        app(self.at, pick as usize % self.tenants[self.at].1)
    }

    /// An app as a peer: `./` keeps it apart from the words of the language.
    fn peer(&self, pick: u8) -> String {
        format!("./{}", self.app(pick))
    }

    /// A host that nobody else has.
    fn host(&self, pick: u8) -> String {
        let zone = if self.envs && pick & 1 != 0 { "${domain}" } else { "example.com" };
        format!("h{}.{}.{zone}", self.number, self.names[self.at])
    }
}

/// Adds what a choice stands for to a file, and the consent that it needs to the exports of the other tenant.
fn statements(place: &Place<'_>, (kind, a, b, c): Choice, file: &mut Vec<Statement>, exports: &mut [Vec<Statement>]) {
    let (number, tenant) = (place.number, place.names[place.at]);
    let (from, to) = (place.peer(a), place.peer(b));
    let port = ["", ":http", ":8080", ":80,443/udp,1000-2000", ":53/tcp+udp"][c as usize % 5];
    let numbers = ["", ":443", ":8080", ":80,443/udp,1000-2000", ":53/tcp+udp"][c as usize % 5];
    let statement = match kind % 16 {
        0 => Statement::new(format!("allow {from} -> {to}{}", if c % 5 == 1 { port } else { "" })),
        1 if place.names.len() > 1 => {
            let other = (place.at + 1 + a as usize % (place.names.len() - 1)) % place.names.len();
            let target = app(other, b as usize % place.tenants[other].1);
            let port = ["", ":http", ":8080"][c as usize % 3];
            exports[other].push(Statement::new(format!("export ./{target}{port} to {tenant}")));
            Statement::new(format!("allow {from}, * -> {}/{target}{port}", place.names[other]))
        }
        2 => Statement::new(format!("allow {from}, {to} -> internet{numbers}")),
        3 => {
            Statement::new(format!("allow {from} -> 10.{a}.0.0/16{numbers} except 10.{a}.{b}.0/24, 2001:db8:{c}::/48"))
        }
        4 => Statement::new(format!("allow pods(tier=web, k in (a, b), e not in (f, g), !x) -> *, {to}")),
        5 => Statement::new(format!("allow tenants(team=obs)/pods(app=prometheus), foreign-{a}/* -> {to}:http")),
        6 => Statement::new(format!("allow ingress, ingress private -> {to}:http")),
        7 => {
            let name = format!("e{number}");
            let (remote, host) = match a % 3 {
                0 => ("api.example.net:443", true),
                1 => ("1.2.3.4:443, 1.2.3.5:443", false),
                _ => ("[2001:db9::1]:8443", false),
            };
            file.push(Statement::new(format!("external {name} -> {remote}")));
            if !host {
                file.push(Statement::new(format!("allow {from} -> {name}")));
            }
            expose(place, &name, b, c)
        }
        8 => {
            file.push(
                Statement::new(format!("service s{number}"))
                    .with("port http 80 -> 8080")
                    .with(format!("for {}", place.app(a))),
            );
            expose(place, &format!("s{number}"), b, c)
        }
        9 => {
            file.push(Statement::new(format!("group g{number} = {from}, 192.168.{a}.0/24, {to}")));
            Statement::new(format!("allow * -> g{number}"))
        }
        10 => {
            file.push(Statement::new(format!("ports p{number} = 80, 443, 8000-9000/udp")));
            Statement::new(format!("allow {from} -> 172.16.{a}.0/24:p{number}"))
        }
        11 => {
            let mut statement = Statement::new(format!("certificate c{number}"))
                .with(format!("names n{number}.{tenant}.example.com, *.w{number}.{tenant}.example.com"));
            if a & 1 != 0 {
                statement = statement.with("issuer other-issuer");
            }
            if b & 1 != 0 {
                statement = statement.with(format!("secret c{number}.pem"));
            }
            statement
        }
        12 => {
            file.push(Statement::new(format!("allow {from} -> {to}")));
            Statement::new(format!("expect {from} -> {to}"))
        }
        _ => expose(place, &place.app(a), b, c),
    };
    file.push(tagged(place, statement, a ^ b ^ c));
}

fn expose(place: &Place<'_>, target: &str, b: u8, c: u8) -> Statement {
    let host = place.host(b);
    let address = match b >> 5 {
        0 => format!("{host}/v1/users"),
        1 => format!("{host}, www.{host}, {host}/other"),
        _ => host,
    };
    let mut statement = Statement::new(format!("expose {target} at {address}"));
    let clauses = [
        (b & 2 != 0, "private".to_string()),
        (b & 6 == 4, "public".to_string()),
        (c & 3 == 1, "tls shared".to_string()),
        (c & 3 == 2, "tls secret by-hand".to_string()),
        (c & 3 == 3, "no-tls".to_string()),
        (c & 12 == 4, "limit connections 10".to_string()),
        (c & 12 == 8, "limit rps 5".to_string()),
        (c & 16 != 0, "from 10.0.0.0/8, 192.168.1.1".to_string()),
        (c & 32 != 0, "nginx client-body-buffer-size 1M".to_string()),
        (c & 64 != 0, "nginx proxy-read-timeout 30".to_string()),
        (c & 128 != 0, "exact".to_string()),
    ];
    for (_, clause) in clauses.into_iter().filter(|(chosen, _)| *chosen) {
        statement = statement.with(clause);
    }
    statement
}

/// Adds the clauses that go with every statement.
fn tagged(place: &Place<'_>, mut statement: Statement, pick: u8) -> Statement {
    if pick & 7 == 1 {
        statement = statement.with("because \"a; b # c  {d} \\\"e\\\" \u{fc}\"");
    }
    if pick & 24 == 8 {
        statement = statement.with("until 2030-01-01");
    }
    if pick & 96 == 32 && place.envs {
        statement = statement.with("in dev, prod");
    }
    statement
}

/// What a workspace becomes.
pub(crate) fn built(files: Vec<(String, String)>, format: Format) -> Result<Vec<(String, Vec<u8>)>, TestCaseError> {
    let workspace = fixture::analyzed(files, &Options::default());
    let Some(checked) = workspace.analysis.checked() else {
        let texts: Vec<&str> = workspace.sources.files().iter().map(|file| file.text.as_str()).collect();
        return Err(TestCaseError::fail(format!(
            "does not compile:\n{}\n{}",
            texts.join("\n----\n"),
            workspace.rendered()
        )));
    };
    Ok(xks_core::build(&workspace.sources, &checked, None, format).expect("a proved build").files)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn formatting_changes_nothing_that_is_compiled(program in programs()) {
        for layout in [Layout::Line, Layout::Braces, Layout::Mixed] {
            let files = program.files(layout);
            for (_, text) in &files {
                formats(text)?;
                let lines = text.split(['\n', '\r']).filter_map(|line| line.find("# ").filter(|at| !line[..*at].contains('"')).map(|at| line[at..].trim()));
                let formatted = format(text);
                prop_assert!(formatted.lines().all(|line| !line.ends_with([' ', '\t'])), "blanks at the end of a line of {:?}", formatted);
                for comment in lines {
                    prop_assert!(formatted.contains(comment), "the comment {:?} of {:?} is not in {:?}", comment, text, formatted);
                }
            }
            let formatted = files.iter().map(|(path, text)| (path.clone(), format(text))).collect();
            let before = built(files.clone(), Format::Yaml)?;
            let after = built(formatted, Format::Yaml)?;
            same(&before, &after, &files)?;
        }
    }

    #[test]
    fn each_spelling_of_a_statement_gives_the_same_objects(program in programs()) {
        let line = program.files(Layout::Line);
        let expected = built(line.clone(), Format::Json)?;
        for layout in [Layout::Braces, Layout::Mixed] {
            same(&expected, &built(program.files(layout), Format::Json)?, &program.files(layout))?;
        }
    }

    #[test]
    fn neither_the_order_of_files_nor_a_second_run_changes_anything(program in programs(), turn in any::<prop::sample::Index>()) {
        let mut files = program.files(Layout::Mixed);
        let expected = built(files.clone(), Format::Yaml)?;
        let shown = |files: &[(String, String)]| fixture::analyzed(files.to_vec(), &Options::default()).rendered();
        let reported = shown(&files);
        let turn = turn.index(files.len());
        files.rotate_left(turn);
        files.reverse();
        same(&expected, &built(files.clone(), Format::Yaml)?, &files)?;
        prop_assert_eq!(shown(&files), reported);
    }
}

fn same(
    expected: &[(String, Vec<u8>)],
    actual: &[(String, Vec<u8>)],
    files: &[(String, String)],
) -> Result<(), TestCaseError> {
    let text = |tree: &[(String, Vec<u8>)]| -> String {
        tree.iter().map(|(path, bytes)| format!("=== {path}\n{}", String::from_utf8_lossy(bytes))).collect()
    };
    if expected == actual {
        return Ok(());
    }
    let (expected, actual) = (text(expected), text(actual));
    let diff = similar::TextDiff::from_lines(&expected, &actual).unified_diff().to_string();
    Err(TestCaseError::fail(format!("{diff}\nof\n{files:#?}")))
}

/// Writes random workspaces, a folder each, for `tests/compare.sh`, which holds two builds of the compiler against each other.
#[test]
#[ignore = "it writes files: `tests/compare.sh` runs it"]
fn samples_are_written_for_comparing_two_builds() {
    let folder = std::env::var_os("XKS_SAMPLES").map(std::path::PathBuf::from).expect("XKS_SAMPLES names a folder");
    let count = std::env::var("XKS_SAMPLES_COUNT").map_or(2000, |count| count.parse().expect("a number"));
    for (at, program) in samples(count).iter().enumerate() {
        let place = folder.join(at.to_string());
        for (path, text) in program.files(Layout::Mixed) {
            let file = place.join(path);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder to write to");
            std::fs::write(file, text).expect("a file to write");
        }
    }
    assert!(folder.join("0").is_dir());
}
