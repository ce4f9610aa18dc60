//! What `xks diff` says of changes that are a risk, and of those that are not: the classes, what is granted, and whose consent
//! it takes. And the law that nothing is called equal that is not.

use crate::{fixture, laws};
use proptest::prelude::*;
use std::collections::BTreeMap;
use xks_core::change::{self, Change, Party, Program, Risk, Side, Verdict};
use xks_core::cluster::{Cluster, Facts, claims, manifests};
use xks_core::edge::Edge;
use xks_core::source::{Source, Sources};
use xks_core::{Analysis, Manifests, Options, emit, syntax};

/// A workspace in memory, built in one environment.
struct Built {
    sources: Sources,
    parsed: Vec<syntax::Parsed>,
    analysis: Analysis,
    env: Option<String>,
    files: Vec<(String, Vec<u8>)>,
    cluster: Cluster,
}

/// Why there is nothing to compare, if there are errors.
fn built(files: &[(String, String)], env: Option<&str>) -> Result<Built, String> {
    let (programs, others): (Vec<_>, Vec<_>) = files.iter().cloned().partition(|(path, _)| path.ends_with(".xks"));
    let sources = Sources::new(programs.into_iter().map(|(path, text)| Source::new(path, text)).collect());
    let manifests: Manifests = others.into_iter().map(|(path, text)| (path, Ok(text))).collect();
    let parsed = xks_core::parse(&sources);
    let analysis = xks_core::analyze(&sources, &parsed, &manifests, &Options::default());
    let errors: Vec<&str> =
        analysis.diagnostics.iter().filter(|found| found.is_error()).map(|found| found.message.as_str()).collect();
    let checked = analysis.checked().ok_or_else(|| errors.join("\n"))?;
    let tree = xks_core::build(&sources, &checked, env, emit::Format::Yaml).expect("a proved build");
    let workspace = analysis.in_env(env).ok_or("no such environment")?;
    let below = workspace.folder();
    let plain =
        |(path, bytes): (String, Vec<u8>)| (path.strip_prefix(&below).map_or(path.clone(), String::from), bytes);
    let files: Vec<(String, Vec<u8>)> = tree.files.into_iter().map(plain).collect();
    let cluster = change::observed(workspace, files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())));
    Ok(Built { env: env.map(String::from), sources, parsed, analysis, files, cluster })
}

impl Built {
    fn side(&self) -> Side<'_> {
        let workspace = self.analysis.in_env(self.env.as_deref()).expect("the environment");
        let program = Program { sources: &self.sources, parsed: &self.parsed, workspace };
        Side { cluster: &self.cluster, files: &self.files, platform: &workspace.platform, program: Some(program) }
    }

    fn against(&self, new: &Built) -> Change {
        change::compare(&self.side(), &new.side())
    }
}

const PLATFORM: &str = "platform {
  tenants from \"tenants/*\"
  owners @acme/platform
  tenant payments owners @acme/payments
  tenant shop owners @acme/shop
  tenant evil owners @acme/evil
  hosts pay.example.com to payments
  hosts www.example.com to shop
  hosts *.example.com to shop, payments, evil
  kube-api 192.0.2.10/32
  metadata 169.254.169.254/32
  internet except 203.0.113.0/24
  internet-egress to shop
  ingress-class public nginx private nginx-private
  annotations deny server-snippet
  lint any-address deny
  env dev { domain = dev.example.com; port = 8080 }
  env prod { domain = example.com; port = 8080 }
}
never internet -> payments/db
";

const PAYMENTS: &str = "tenant payments
app api { port http 8080 }
app db
service ledger { port http 80 -> 8080; for api }
external bank -> bank.example.net:443
external vault -> 198.51.100.7:443
ports open = 8080
group friends = shop/web
group many = api, db
export api:open to shop
allow friends -> db:5432
allow api -> 198.51.100.0/24:443 until 2030-01-01
allow api -> ./db
expose api at pay.example.com tls t { from 10.0.0.0/8; limit rps 5; nginx auth-url \"https://login.example.com/check\" }
expose ledger at ledger.example.com tls t { timeout 30s }
expose bank at bank.example.com tls t
expose vault at vault.example.com tls t
expose api at api.${domain} private tls t
never shop/* -> many
";

const SHOP: &str = "tenant shop
app web { port http 8080 }
app cart
group helpers = evil/bots
allow web -> payments/api:http
allow helpers -> cart
expose web at www.example.com tls t
allow web -> ./cart
";

const EVIL: &str = "tenant evil
app bots
app web { port http 8080 }
allow bots -> shop/cart
";

fn base() -> BTreeMap<&'static str, String> {
    let files = [
        ("platform.xks", PLATFORM),
        ("tenants/payments/a.xks", PAYMENTS),
        ("tenants/shop/a.xks", SHOP),
        ("tenants/evil/a.xks", EVIL),
    ];
    files.into_iter().map(|(path, text)| (path, text.to_string())).collect()
}

/// The base with one text in place of another, which is there once; an empty one adds at the end of the file.
fn edited(mut files: BTreeMap<&'static str, String>, edits: &[(&'static str, &str, &str)]) -> Vec<(String, String)> {
    for (path, from, to) in edits {
        let text = files.entry(path).or_default();
        if from.is_empty() {
            text.push_str(to);
            text.push('\n');
        } else {
            assert_eq!(text.matches(from).count(), 1, "{from} in {path}");
            *text = text.replace(from, to);
        }
    }
    files.into_iter().map(|(path, text)| (path.to_string(), text)).collect()
}

const P: &str = "tenants/payments/a.xks";
const S: &str = "tenants/shop/a.xks";
const E: &str = "tenants/evil/a.xks";
const F: &str = "platform.xks";

/// The rows as `EFFECT CLASS RISK`, each once, in their order.
fn told(change: &Change) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for row in &change.rows {
        let line = format!("{} {} {}", row.effect.word(), row.class.word(), row.risk.word());
        if !out.contains(&line) {
            out.push(line);
        }
    }
    out
}

/// Compares the base with edits, in the environment `prod`.
fn changed(before: &[(&'static str, &str, &str)], edits: &[(&'static str, &str, &str)]) -> Result<Change, String> {
    let old = built(&edited(base(), before), Some("prod"))?;
    let all: Vec<_> = before.iter().chain(edits).copied().collect();
    Ok(old.against(&built(&edited(base(), &all), Some("prod"))?))
}

#[test]
fn each_kind_of_change_has_its_class() {
    type Case = (&'static str, &'static [(&'static str, &'static str, &'static str)], &'static [&'static str]);
    let cases: &[Case] = &[
        // What protects a host is gone or weaker.
        (
            "auth-url goes",
            &[(P, "; nginx auth-url \"https://login.example.com/check\"", "")],
            &["weakens weakens risky"],
        ),
        ("a limit grows", &[(P, "limit rps 5", "limit rps 50")], &["weakens weakens risky"]),
        ("a limit shrinks", &[(P, "limit rps 5", "limit rps 4")], &["strengthens weakens none"]),
        ("from goes", &[(P, "from 10.0.0.0/8; ", "")], &["opens public risky"]),
        ("from shrinks", &[(P, "from 10.0.0.0/8", "from 10.1.0.0/16")], &["closes public none"]),
        (
            "ssl-redirect off",
            &[(P, "timeout 30s", "timeout 30s; nginx ssl-redirect \"false\"")],
            &["weakens weakens risky"],
        ),
        (
            "body size grows",
            &[(P, "timeout 30s", "timeout 30s; nginx proxy-body-size 100m")],
            &["weakens weakens risky"],
        ),
        ("tls goes", &[(S, "www.example.com tls t", "www.example.com no-tls")], &["weakens tls risky"]),
        (
            "a path beside the protected one",
            &[(P, "", "expose api at pay.example.com/open tls t")],
            &["weakens weakens risky", "opens public risky"],
        ),
        // What hosts lead to in the end.
        (
            "another port",
            &[(P, "port http 80 -> 8080; for api", "port http 80 -> 9999; for api")],
            &["opens public risky"],
        ),
        (
            "another name",
            &[(P, "bank.example.net", "bank.example.org")],
            &["weakens foreign risky", "opens public risky"],
        ),
        ("another address", &[(P, "198.51.100.7:443", "198.51.100.8:443")], &["opens public risky"]),
        ("other pods", &[(P, "for api }", "for db }")], &["opens public risky"]),
        (
            "another value of the environment",
            &[
                (F, "prod { domain = example.com", "prod { domain = example.org"),
                (F, "hosts *.example.com", "hosts *.example.com, *.example.org"),
            ],
            &["opens private none", "weakens facts risky"],
        ),
        (
            "the controllers change places",
            &[(F, "public nginx private nginx-private", "public nginx-private private nginx")],
            &["opens public risky", "weakens facts risky"],
        ),
        (
            "the same door by a controller of another name",
            &[(F, "private nginx-private", "private inner")],
            &["notes moved none", "weakens facts risky"],
        ),
        ("only a timeout", &[(P, "timeout 30s", "timeout 40s")], &["notes objects none"]),
        // Another tenant's host.
        (
            "a host is taken",
            &[
                (S, "expose web at www.example.com tls t\n", ""),
                (F, "hosts www.example.com to shop\n", ""),
                (E, "", "expose web at www.example.com tls t"),
            ],
            &["weakens taken risky", "weakens facts risky"],
        ),
        // Consent.
        ("an export comes", &[(P, "", "export api:http to evil")], &["weakens consent none"]),
        ("an export goes to another", &[(P, "", "export db to *")], &["weakens consent none"]),
        ("an allow consents", &[(P, "", "allow evil/bots -> api:8080")], &["weakens consent none"]),
        (
            "a group that is named changes",
            &[(P, "group friends = shop/web", "group friends = shop/web, shop/cart")],
            &["weakens consent none"],
        ),
        (
            "ports that an export names change",
            &[(P, "ports open = 8080", "ports open = 8080-8090")],
            &["weakens consent none"],
        ),
        // Facts.
        ("a lint is quieter", &[(F, "lint any-address deny", "lint any-address allow")], &["weakens facts risky"]),
        (
            "a lint that was loud by itself",
            &[(F, "lint any-address deny", "lint any-address deny\n  lint shared-host allow")],
            &["weakens facts risky"],
        ),
        ("an exact host is free", &[(F, "  hosts www.example.com to shop\n", "")], &["weakens facts risky"]),
        ("a range that is guarded goes", &[(F, "  internet except 203.0.113.0/24\n", "")], &["weakens facts risky"]),
        ("metadata is elsewhere", &[(F, "169.254.169.254/32", "169.254.169.253/32")], &["weakens facts risky"]),
        ("an annotation is free", &[(F, "  annotations deny server-snippet\n", "")], &["weakens facts risky"]),
        ("others approve", &[(F, "@acme/payments", "@acme/evil-too")], &["weakens facts risky"]),
        (
            "a way out is given",
            &[(F, "internet-egress to shop", "internet-egress to shop, evil")],
            &["weakens facts risky"],
        ),
        (
            "a default deny that the cluster has",
            &[(F, "", ""), (F, "lint any-address deny", "lint any-address deny\n  default-deny provided closed")],
            &["weakens facts risky"],
        ),
        // Invariants.
        ("an invariant goes", &[(F, "never internet -> payments/db\n", "")], &["weakens invariants risky"]),
        (
            "an invariant covers less in the same words",
            &[(P, "group many = api, db", "group many = api")],
            &["weakens invariants risky"],
        ),
        // Ends.
        ("an end is later", &[(P, "until 2030-01-01", "until 2035-01-01")], &["weakens expiry risky"]),
        (
            "an end goes, and the words are in another order",
            &[(
                P,
                "allow api -> 198.51.100.0/24:443 until 2030-01-01",
                "allow api -> 198.51.100.0/24:443 because \"x\"",
            )],
            &["weakens expiry risky"],
        ),
        (
            "an end comes",
            &[(P, "allow api -> ./db", "allow api -> ./db until 2030-01-01")],
            &["strengthens expiry none"],
        ),
        // Ways out, granted and not.
        ("a granted way out", &[(S, "", "allow web -> internet:443")], &["opens internet granted"]),
        ("a way out", &[(E, "", "allow web -> internet:443")], &["opens internet risky"]),
        ("a way in", &[(S, "", "allow internet -> web:8080")], &["opens internet risky"]),
        ("the API server", &[(S, "", "allow web -> kube-api:443")], &["opens platform risky"]),
        (
            "an own host leads outside",
            &[
                (S, "", "external out -> 198.51.100.9:443"),
                (S, "expose web at www.example.com tls t", "expose out at www.example.com tls t"),
            ],
            &["opens public risky"],
        ),
        (
            "an own host leads where the platform says",
            &[(
                F,
                "internet-egress to shop",
                "internet-egress to shop\n  externals bank.example.net, login.example.com to payments\n  externals 198.51.100.0/24 to payments",
            )],
            &["strengthens facts none"],
        ),
        // Ordinary work.
        ("a path of an own host", &[(S, "", "expose web at www.example.com/shop tls t")], &["opens public granted"]),
        ("a host of the pattern", &[(S, "", "expose web at new.example.com tls t")], &["opens public risky"]),
        ("a private host", &[(S, "", "expose web at inner.example.com private tls t")], &["opens private none"]),
        ("a service", &[(S, "", "service cart { port http 80 -> 8080; for cart }")], &["notes objects none"]),
    ];
    let mut complaints = Vec::new();
    for (name, edits, expected) in cases {
        let change = match changed(&[], edits) {
            Ok(change) => change,
            Err(errors) => {
                complaints.push(format!("{name}: {errors}"));
                continue;
            }
        };
        let told = told(&change);
        if change.verdict == Verdict::Equal {
            complaints.push(format!("{name}: EQUAL"));
        }
        for line in expected.iter().filter(|line| !told.contains(&line.to_string())) {
            complaints.push(format!("{name}: lacks `{line}` among {told:?}"));
        }
        let risky = |lines: &[String]| lines.iter().any(|line| line.ends_with(" risky"));
        let wanted = expected.iter().any(|line| line.ends_with(" risky"));
        if risky(&told) != wanted {
            complaints.push(format!("{name}: {told:?}"));
        }
        for row in change.rows.iter().filter(|row| row.causes.is_empty() || row.approvals.is_empty()) {
            complaints.push(format!("{name}: nobody did `{}`, or it rests on nobody", row.title));
        }
    }
    fixture::report(complaints);
}

#[test]
fn a_row_names_those_whose_consent_it_rests_on() {
    let rests = |change: &Change, class: &str| -> Vec<String> {
        let rows = change.rows.iter().filter(|row| row.class.word() == class);
        let words = rows.flat_map(|row| &row.approvals).map(|approval| match &approval.of {
            Party::Tenant(tenant) => format!("{tenant} {}", approval.owners.join(" ")),
            Party::Platform => format!("(platform) {}", approval.owners.join(" ")),
        });
        let mut words: Vec<String> = words.collect();
        words.sort();
        words.dedup();
        words
    };
    let change = changed(&[], &[(P, "limit rps 5", "limit rps 50")]).expect("sound");
    assert_eq!(rests(&change, "weakens"), ["payments @acme/payments"]);
    let change = changed(&[], &[(E, "", "allow web -> internet:443")]).expect("sound");
    assert_eq!(rests(&change, "internet"), ["(platform) @acme/platform"]);
    let change = changed(
        &[],
        &[(S, "", "group g = web"), (S, "", "allow cart -> internet:443"), (P, "", "allow evil/* -> api:http")],
    )
    .expect("sound");
    assert_eq!(rests(&change, "consent"), ["payments @acme/payments"]);
    // Another tenant's group: whoever names it is concerned, and comes first.
    let change = changed(
        &[(E, "", "group friends = bots"), (S, "", "allow evil/friends -> web:8080")],
        &[(E, "group friends = bots", "group friends = bots, web"), (E, "", "app a"), (E, "", "allow web -> ./bots")],
    )
    .expect("sound");
    assert_eq!(rests(&change, "consent"), ["shop @acme/shop"]);
    assert!(change.rows[0].concerns_another(), "{:?}", change.rows);
    // What is changed about who approves is approved by those who did before.
    let change =
        changed(&[], &[(F, "@acme/payments", "@acme/evil"), (P, "limit rps 5", "limit rps 50")]).expect("sound");
    assert_eq!(rests(&change, "weakens"), ["payments @acme/payments"]);
}

#[test]
fn consent_is_a_risk_where_nobody_is_held_to_their_own_files() {
    let open = |text: &str| {
        vec![
            ("platform.xks".to_string(), "platform { kube-api 192.0.2.10/32 }\n".to_string()),
            ("a.xks".to_string(), "tenant a\napp web\n".to_string()),
            ("b.xks".to_string(), format!("tenant b\napp api\n{text}")),
        ]
    };
    let old = built(&open(""), None).expect("sound");
    let new = built(&open("export api to a\n"), None).expect("sound");
    assert_eq!(told(&old.against(&new)), ["weakens consent risky"]);
    assert_eq!(told(&new.against(&old)), ["strengthens consent none"]);
    let change = old.against(&new);
    assert!(change.rows.iter().all(|row| row.risk != Risk::Granted));
}

// -------------------------------------------------------------------------------------- nothing is equal that is not

/// Words, and others that mean something else.
const SWAPS: &[(&str, &str)] = &[
    ("8080", "9999"),
    (":443", ":8443"),
    ("private", "public"),
    ("public", "private"),
    ("no-tls", "tls shared"),
    ("tls shared", "tls secret by-hand"),
    ("tls secret by-hand", "no-tls"),
    ("rps 5", "rps 50"),
    ("connections 10", "connections 1"),
    ("example.net", "example.org"),
    ("1.2.3.4", "1.2.3.9"),
    ("isolated", "labels x=y"),
    ("2030-01-01", "2031-02-03"),
    ("team=obs", "team=ops"),
    ("letsencrypt", "other"),
    ("10.0.0.0/8", "10.0.0.0/9"),
    ("1M", "2M"),
    ("timeout 30", "timeout 31"),
    ("exact", "private"),
    ("mesh linkerd", "because \"x\""),
    ("secret c", "secret d"),
    ("issuer other-issuer", "secret other"),
    ("/v1/users", "/v2"),
    ("tier=web", "tier=db"),
    ("8000-9000", "8000-9001"),
    ("a.b/c=public", "a.b/c=open"),
    ("k8s-app=kube-dns", "k8s-app=coredns"),
    ("domain = example.com", "domain = example.org"),
];

/// A workspace with a few random edits.
fn disturbed(
    files: &[(String, String)],
    edits: &[(u8, prop::sample::Index, prop::sample::Index)],
) -> Vec<(String, String)> {
    let mut files = files.to_vec();
    for (kind, at, what) in edits {
        let file = at.index(files.len());
        let text = &mut files[file].1;
        let lines: Vec<String> = text.lines().map(String::from).collect();
        let line = what.index(lines.len().max(1));
        match kind % 3 {
            0 if !lines.is_empty() && !lines[line].starts_with("tenant") && !lines[line].starts_with("platform") => {
                let kept = lines.iter().enumerate().filter(|(at, _)| *at != line).map(|(_, line)| format!("{line}\n"));
                *text = kept.collect();
            }
            _ => {
                let swaps: Vec<_> = SWAPS.iter().filter(|(from, _)| text.contains(from)).collect();
                if !swaps.is_empty() {
                    let (from, to) = swaps[what.index(swaps.len())];
                    *text = text.replacen(from, to, 1);
                }
            }
        }
    }
    files
}

/// The routes that files have, without the names of the Ingresses: what may be written in another way.
fn routes(files: &[(String, Vec<u8>)]) -> Vec<String> {
    let texts = files.iter().map(|(path, bytes)| (path.as_str(), std::str::from_utf8(bytes).expect("UTF-8")));
    let cluster = Cluster::new(manifests::read(texts), Facts::default());
    let claims = claims::claims(cluster.objects(), Edge::Nginx);
    let mut out: Vec<String> = claims
        .routes
        .iter()
        .map(|route| {
            let (namespace, class, behavior) = (&route.by.namespace, &route.class, &route.behavior);
            format!(
                "{namespace} {class:?} {:?} {} {:?} {:?} {behavior:?}",
                route.host, route.path, route.path_match, route.backend
            )
        })
        .collect();
    out.sort();
    out.dedup();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: fixture::cases(300), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_called_equal_that_is_not(
        program in laws::programs(),
        edits in proptest::collection::vec((any::<u8>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let files = program.files(laws::Layout::Line);
        let others = disturbed(&files, &edits);
        let envs = fixture::analyzed(files.clone(), &Options::default());
        for env in envs.analysis.envs().into_iter().map(Some).chain([None]) {
            let (Ok(old), Ok(new)) = (built(&files, env), built(&others, env)) else { continue };
            for (old, new) in [(&old, &new), (&new, &old)] {
                let change = old.against(new);
                prop_assert_eq!(change.verdict == Verdict::Equal, change.rows.is_empty(), "{:?}", change.rows);
                if change.verdict != Verdict::Equal {
                    continue;
                }
                // Policies are compared by what they permit, Ingresses by their routes; all else stands as it is.
                for object in &change.objects {
                    let is_read = matches!(object.kind.as_str(), "NetworkPolicy" | "Ingress");
                    prop_assert!(is_read, "{} changed unseen: {:?}\n{:?}", object.title(), object.fields, others);
                }
                if change.objects.iter().any(|object| object.kind == "Ingress") {
                    prop_assert_eq!(routes(&old.files), routes(&new.files));
                }
            }
        }
    }
}
