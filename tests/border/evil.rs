//! A tenant who may write one folder and knows the compiler by heart. What it writes is chosen by bytes, so that a property
//! test and a fuzzer can both try; and the law that holds for each of its changes.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use xks_core::emit::Format;
use xks_core::since::{Side, answers_for};
use xks_core::source::{Source, Sources};
use xks_core::syntax::Parsed;
use xks_core::values::date::Date;
use xks_core::{Analysis, Manifests, Options};

/// Path and bytes of what is written.
type Output = Vec<(String, Vec<u8>)>;

/// Path and text.
pub(crate) type Files = BTreeMap<String, String>;

/// The workspace that evil lives in.
pub(crate) fn base() -> Files {
    files(include_str!("base.xks"))
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
                "pay.example.com:443"
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
    let mut workspace = base();
    if choices.next() % 8 == 1 {
        workspace.remove("tenants/evil/web.xks");
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
        let answered = answers_for(Some(before.side()), self.side());
        let errors =
            self.analysis.diagnostics.iter().zip(answered).filter(|(found, answered)| found.is_error() && *answered);
        errors
            .map(|(found, _)| {
                format!("{}: {}: {}", self.sources.get(found.primary.span.file).path, found.code.name, found.message)
            })
            .collect()
    }
}

fn of_others(files: Output) -> Output {
    files.into_iter().filter(|(path, _)| !path.starts_with("evil/")).collect()
}

/// The law. For each change of evil's that passes its own `check --since`: what the others' folders hold is as it was, and
/// neither their builds nor the checks of their own changes fail.
///
/// # Errors
/// What evil has managed to do.
pub(crate) fn law(bytes: &[u8]) -> Result<bool, String> {
    static BASE: OnceLock<(Read, Output)> = OnceLock::new();
    let (before, was) = BASE.get_or_init(|| {
        let base = Read::new(&base());
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
    if *was != is {
        let changed = is.iter().filter(|file| !was.contains(file)).chain(was.iter().filter(|file| !is.contains(file)));
        let paths: Vec<&str> = changed.map(|(path, _)| path.as_str()).collect();
        return Err(format!("files of others have changed: {}\n{}", paths.join(", "), shown()));
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
    // Payments withdraws its consent.
    let mut next = attacked.clone();
    let api = next.entry("tenants/payments/api.xks".to_string()).or_default();
    *api = api.replace("export api:http to shop\n", "");
    let withdrawn = Read::new(&next);
    let failing = withdrawn.failing(&after);
    if !failing.is_empty() || withdrawn.kept_going().is_none() {
        return Err(format!("payments cannot withdraw: {}\n{}", failing.join("; "), shown()));
    }
    Ok(true)
}
