//! A tenant who may write one folder and knows the compiler by heart. What it writes is chosen by bytes, so that a property
//! test and a fuzzer can both try; and the law that holds for each of its changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use xks_core::emit::Format;
use xks_core::since::{Side, judged};
use xks_core::source::{Source, Sources};
use xks_core::syntax::Parsed;
use xks_core::values::date::Date;
use xks_core::{Analysis, Manifests, Options};

/// Path and bytes of what is written.
type Output = Vec<(String, Vec<u8>)>;

/// Path and text.
pub(crate) type Files = BTreeMap<String, String>;

/// The workspace that evil lives in: two environments, and tenants that consent to evil and depend on it.
pub(crate) fn world() -> Files {
    files(include_str!("world.xks"))
}

/// Reads files from one text: a line `#- PATH` starts each.
pub(crate) fn files(text: &str) -> Files {
    let mut files = Files::new();
    let mut path = None;
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("#- ") {
            Some(header) => {
                let header = header.trim().to_string();
                files.insert(header.clone(), String::new());
                path = Some(header);
            }
            None => {
                if let Some(text) = path.as_ref().and_then(|path| files.get_mut(path)) {
                    text.push_str(line);
                }
            }
        }
    }
    files
}

/// Bytes, read one after the other; zeros behind their end.
struct Choices<'b>(&'b [u8]);

impl Choices<'_> {
    fn next(&mut self) -> usize {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        usize::from(*first)
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.next() % all.len()]
    }
}

const PEERS: &[&str] = &[
    "web",
    "api",
    "db",
    "*",
    "payments/db",
    "payments/api",
    "payments/api:http",
    "payments/db:5432",
    "shop/web",
    "shop/*",
    "obs/prometheus",
    "obs/grp",
    "evil/web",
    "evil/grp",
    "grp",
    "friends",
    "shop/suppliers",
    "partners",
    "internet",
    "ingress",
    "ingress-private",
    "kube-api",
    "metadata",
    "nodes",
    "*/*",
    "*/web",
    "tenants(team=obs)/*",
    "tenants(kubernetes.io/metadata.name=payments-system)/db",
    "pods(app=db)",
    "payments/pods(app=db)",
    "nobody/x",
    "argocd/server",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "203.0.113.7",
    "dns:pay.example.com",
    "payments-system/db",
    "web:8080",
];
const HOSTS: &[&str] = &[
    "evil.example.com",
    "pay.example.com",
    "pay.example.com/x",
    "PAY.example.com",
    "shop.example.com",
    "shop.example.com/a",
    "*.example.com",
    "admin.example.com",
    "other.example.com",
    "x.example.org",
    "pay.example.com.",
    "www.pay.example.com",
    "new.example.com/(.*)",
    "${domain}",
    "evil.example.com/shop",
    "pay.example.com/evil/x",
    "pay2.example.com",
    "dev.example.com",
];
const TENANTS: &[&str] = &["evil", "payments", "shop", "obs", "*", "nobody", "new", "kube-system", "payments-system"];
const CLAUSES: &[&str] = &[
    "",
    "",
    "",
    " private",
    " until 2020-01-01",
    " until 2999-01-01",
    " in prod",
    " in dev",
    " in nowhere",
    " because \"x\"",
    " nginx server-alias pay.example.com",
    " nginx auth-secret payments-system/x",
    " nginx canary true",
    " nginx from-to-www-redirect true",
    " tls evil",
    " tls pay",
    " no-tls",
    " nginx whitelist-source-range 0.0.0.1/0",
    " nginx auth-url http://api.payments-system.svc/",
    " nginx server-alias dev.example.com",
    " nginx ssl-passthrough true",
    " nginx default-backend e1",
];
const DOCUMENTS: &[&str] = &[
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: i\nspec:\n  rules:\n  - host: HOST\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend:\n          service:\n            name: web\n            port:\n              number: 80\n",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: d\nspec:\n  defaultBackend:\n    service:\n      name: web\n      port:\n        number: 80\n",
    "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata:\n  name: c\nspec:\n  secretName: c\n  dnsNames:\n  - HOST\n  issuerRef:\n    name: letsencrypt\n    kind: ClusterIssuer\n",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\nspec:\n  podSelector: {}\n  policyTypes:\n  - Ingress\n  ingress:\n  - {}\n",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  namespace: payments-system\nspec:\n  podSelector: {}\n  policyTypes:\n  - Ingress\n  ingress:\n  - {}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: b\n",
    "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n  - port: 80\n",
];

fn statement(choices: &mut Choices<'_>) -> String {
    let peer = |choices: &mut Choices<'_>| choices.of(PEERS).to_string();
    let clause = choices.of(CLAUSES);
    match choices.next() % 20 {
        0..=3 => format!("allow {} -> {}{clause}", peer(choices), peer(choices)),
        4 => format!("allow {}, {} -> {}{clause}", peer(choices), peer(choices), peer(choices)),
        5 | 6 => format!("export {} to {}{clause}", peer(choices), choices.of(TENANTS)),
        7 => format!("export host {} to {}", choices.of(HOSTS), choices.of(TENANTS)),
        8 => format!("export publish {} to {}", peer(choices), choices.of(TENANTS)),
        9 | 10 => format!("expose web at {}{clause}", choices.of(HOSTS)),
        11 => format!("never {} -> {}", peer(choices), peer(choices)),
        12 => format!("expect {} -> {}", peer(choices), peer(choices)),
        13 => format!(
            "group {} = {}, {}",
            choices.of(&["grp", "partners", "web", "friends"]),
            peer(choices),
            peer(choices)
        ),
        14 => format!("certificate c{} names {}", choices.next() % 3, choices.of(HOSTS)),
        15 => format!(
            "external e{} -> {}",
            choices.next() % 3,
            choices.of(&[
                "api.example.net:443",
                "192.0.2.10:443",
                "10.0.0.1:80",
                "argocd-server.argocd:443",
                "pay.example.com:443",
                "pay2.example.com:443"
            ])
        ),
        16 => format!("expose e{} at {}{clause}", choices.next() % 3, choices.of(HOSTS)),
        17 => "include \"m.yaml\"".to_string(),
        18 => choices
            .of(&[
                "include \"../payments/api.xks\"",
                "include \"../../platform.xks\"",
                "app x",
                "app api { port http 8080 }",
                "ports pg = 5432",
                "service api port http 80 -> 8080",
                "}",
                "{",
                "tenant",
                "allow ->",
            ])
            .to_string(),
        _ => choices
            .of(&[
                "platform { lint not-your-file allow }",
                "platform { tenants from \"*\" }",
                "platform { hosts pay.example.com to evil }",
                "app db",
                "app web { port http 1 }",
            ])
            .to_string(),
    }
}

/// The workspace after evil has written what it likes into its folder.
pub(crate) fn attacked(bytes: &[u8]) -> Files {
    let mut choices = Choices(bytes);
    let mut workspace = world();
    // What it has said before it may take back.
    match choices.next() % 8 {
        0 => drop(workspace.remove("tenants/evil/web.xks")),
        1..=4 => {
            let own = workspace.get_mut("tenants/evil/web.xks").expect("evil's own file");
            let mut gone = choices.next() | choices.next() << 8;
            let kept = own.lines().filter(|_| {
                gone = gone.rotate_right(1);
                gone & 3 != 3
            });
            *own = kept.map(|line| format!("{line}\n")).collect();
        }
        _ => {}
    }
    for _ in 0..=choices.next() % 5 / 3 {
        let path = choices.of(&["a.xks", "payments.xks", "platform.xks", "deep/b.xks", "web.xks", "Web.xks"]);
        let mut text = String::new();
        match choices.next() % 14 {
            0 => text.push_str(&format!("tenant {}\n", choices.of(TENANTS))),
            1 => text.push_str(&format!(
                "tenant evil namespace {}\n",
                choices.of(&["payments-system", "argocd", "shop", "evil"])
            )),
            2 => text.push_str(&format!("tenant evil labels {}\n", choices.of(&["team=obs", "a=b"]))),
            _ => {}
        }
        for _ in 0..=choices.next() % 5 / 2 {
            text.push_str(&statement(&mut choices));
            text.push('\n');
        }
        workspace.insert(format!("tenants/evil/{path}"), text);
    }
    let mut documents = String::new();
    for _ in 0..=choices.next() % 2 {
        let host = choices.of(HOSTS).split('/').next().unwrap_or_default().to_string();
        documents.push_str(&choices.of(DOCUMENTS).replace("HOST", &format!("\"{host}\"")));
        documents.push_str("---\n");
    }
    for folder in ["tenants/evil", "tenants/evil/deep"] {
        workspace.insert(format!("{folder}/m.yaml"), documents.trim_end_matches("---\n").to_string());
    }
    workspace
}

/// A workspace, analysed as `xks check` does.
pub(crate) struct Read {
    pub(crate) sources: Sources,
    pub(crate) parsed: Vec<Parsed>,
    pub(crate) analysis: Analysis,
    manifests: Manifests,
}

impl Read {
    pub(crate) fn new(files: &Files) -> Read {
        let programs = files.iter().filter(|(path, _)| path.ends_with(".xks"));
        let sources = Sources::new(programs.map(|(path, text)| Source::new(path.as_str(), text.as_str())).collect());
        let others = files.iter().filter(|(path, _)| !path.ends_with(".xks"));
        let manifests: Manifests = others.map(|(path, text)| (path.clone(), Ok(text.clone()))).collect();
        let parsed = xks_core::parse(&sources);
        let options = Options { today: "2026-01-01".parse::<Date>().ok() };
        let mut analysis = xks_core::analyze(&sources, &parsed, &manifests, &options);
        if let (Some(checked), true) = (analysis.standing(), analysis.has_invariants()) {
            let tree = xks_core::build(&sources, &checked, None, Format::Yaml).expect("what is built is proved");
            let broken = analysis.broken(&sources, &parsed, &tree);
            analysis.diagnostics.extend(broken);
            analysis.diagnostics.sort_by_key(|found| found.primary.span);
        }
        Read { sources, parsed, analysis, manifests }
    }

    fn side(&self) -> Side<'_> {
        Side { sources: &self.sources, parsed: &self.parsed, analysis: &self.analysis, manifests: &self.manifests }
    }

    /// What `xks build --keep-going` writes; `None` where it writes nothing.
    fn kept_going(&self) -> Option<Output> {
        // Built without a date, and tenants' own assertions do not stop it.
        let options = Options { today: None };
        let analysis = xks_core::analyze(&self.sources, &self.parsed, &self.manifests, &options);
        let tree =
            xks_core::build(&self.sources, &analysis.standing()?, None, Format::Yaml).expect("what is built is proved");
        let broken = analysis.broken(&self.sources, &self.parsed, &tree);
        let stops = broken
            .iter()
            .any(|found| found.is_error() && analysis.owners.of_platform[found.primary.span.file.0 as usize]);
        (!stops).then_some(tree.files)
    }

    /// What of the errors a change answers for, in words.
    fn failing(&self, before: &Read) -> Vec<String> {
        let errors = judged(Some(before.side()), self.side())
            .into_iter()
            .filter(|(found, is_answered)| found.is_error() && *is_answered);
        errors
            .map(|(found, _)| {
                format!("{}: {}: {}", self.sources.get(found.primary.span.file).path, found.code.name, found.message)
            })
            .collect()
    }
}

/// The objects in the folders of others, each with its file.
fn of_others(files: Output) -> BTreeSet<(String, String)> {
    let others = files.into_iter().filter(|(path, _)| !path.split('/').any(|folder| folder == "evil"));
    // A kustomization lists files, and the comment above an object tells of statements.
    let objects = others.filter(|(path, _)| !path.ends_with("kustomization.yaml")).flat_map(|(path, bytes)| {
        let text = String::from_utf8(bytes).expect("YAML");
        let bare = |document: &str| {
            let lines = document.lines().filter(|line| !line.starts_with('#'));
            lines.map(|line| format!("{line}\n")).collect::<String>()
        };
        text.split("---\n").map(|document| (path.clone(), bare(document))).collect::<Vec<_>>()
    });
    objects.collect()
}

/// Whether an object opens or publishes something between its tenant and evil alone.
fn is_about_evil((_, object): &(String, String)) -> bool {
    let mut names = object.lines().filter_map(|line| line.split_once("kubernetes.io/metadata.name: ")).peekable();
    let is_between = names.peek().is_some() && names.all(|(_, name)| name == "evil") && !object.contains("ipBlock");
    let hosts: Vec<&str> =
        object.lines().filter_map(|line| line.split_once("- host: ")).map(|(_, host)| host).collect();
    is_between || hosts == ["evil.example.com"]
}

/// What others may do at any time: in words, the file, and the text that takes the place of another, or of nothing.
const RIGHTS: &[(&str, &str, &str, &str)] = &[
    ("payments cannot withdraw", "tenants/payments/api.xks", "export api:http to shop\n", ""),
    ("payments cannot shut evil out", "tenants/payments/api.xks", "allow evil/friends -> api:http\n", ""),
    (
        "payments cannot take its path back",
        "tenants/payments/api.xks",
        "export host pay.example.com/evil to evil\n",
        "",
    ),
    ("payments cannot have its host", "tenants/payments/api.xks", "", "expose api at pay2.example.com tls pay"),
    ("shop cannot leave", "tenants/shop/web.xks", "allow web -> suppliers:http\n", ""),
    ("obs cannot stop", "tenants/obs/prometheus.xks", "allow prometheus -> evil/*:8080\n", ""),
];

/// The law. For each change of evil's that passes its own `check --since`: what the others' folders hold is as it was, and
/// neither their builds nor the checks of their own changes fail.
///
/// # Errors
/// What evil has managed to do.
pub(crate) fn law(bytes: &[u8]) -> Result<bool, String> {
    static BASE: OnceLock<(Read, BTreeSet<(String, String)>)> = OnceLock::new();
    let (before, was) = BASE.get_or_init(|| {
        let base = Read::new(&world());
        let files = of_others(base.kept_going().expect("the base can be built"));
        (base, files)
    });
    let attacked = attacked(bytes);
    let after = Read::new(&attacked);
    let shown = || {
        let own = attacked.iter().filter(|(path, _)| path.starts_with("tenants/evil/"));
        own.map(|(path, text)| format!("#- {path}\n{text}")).collect::<String>()
    };
    if !after.failing(before).is_empty() {
        return Ok(false);
    }
    let Some(files) = after.kept_going() else {
        let errors: Vec<&str> = after
            .analysis
            .diagnostics
            .iter()
            .filter(|found| found.is_error())
            .map(|found| found.message.as_str())
            .collect();
        return Err(format!("nobody can build any more: {}\n{}", errors.join("; "), shown()));
    };
    let is = of_others(files);
    // What evil consents to, and takes back, is between it and whom it concerns.
    let changed: Vec<String> = is
        .symmetric_difference(was)
        .filter(|object| !is_about_evil(object))
        .map(|(path, object)| format!("{path}:\n{object}"))
        .collect();
    if !changed.is_empty() {
        return Err(format!("objects of others have changed: {}\n{}", changed.join("\n"), shown()));
    }
    // An honest change of each of the others, on top of evil's.
    for path in ["tenants/payments/api.xks", "tenants/shop/web.xks", "tenants/obs/prometheus.xks"] {
        let mut next = attacked.clone();
        next.entry(path.to_string())
            .or_default()
            .push_str("app another { port http 8081 }\nallow another -> internet:443\n");
        let failing = Read::new(&next).failing(&after);
        if !failing.is_empty() {
            return Err(format!("an honest change of {path} fails: {}\n{}", failing.join("; "), shown()));
        }
    }
    // What each has a right to, whatever evil says.
    for (what, path, from, to) in RIGHTS {
        let mut next = attacked.clone();
        let text = next.entry(path.to_string()).or_default();
        *text = if from.is_empty() { format!("{text}{to}\n") } else { text.replace(from, to) };
        let changed = Read::new(&next);
        let failing = changed.failing(&after);
        if !failing.is_empty() || changed.kept_going().is_none() {
            return Err(format!("{what}: {}\n{}", failing.join("; "), shown()));
        }
    }
    Ok(true)
}
