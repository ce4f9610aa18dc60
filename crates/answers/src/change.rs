//! What a change does to the cluster: who reaches whom now and did not before, and the other way round; hosts, certificates
//! and invariants that come and go; and the objects, field by field.
//!
//! Two sides are compared, each as what it permits ([`Cluster`]) and what it is written as: the same for a workspace, of
//! which the statements are known, and for manifests of any origin. Nothing is compared as text: what only moves is equal.

mod approval;
mod cause;
mod certificate;
mod connection;
mod consent;
mod engine;
mod expiry;
mod exposure;
mod facts;
mod invariant;
mod named;
pub mod object;
mod observed;
mod reach;
mod rest;
mod tenant;
pub mod verify;
mod words;

pub use approval::{Approval, Party, Risk};
pub use object::{Field, ObjectChange};
pub use observed::observed;
use smol_str::SmolStr;
use xks_analysis::model::{Platform, Workspace};
use xks_base::source::Sources;
use xks_kubernetes::cluster::Cluster;
use xks_syntax::{Keyword, Parsed};

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What it permits.
    pub cluster: &'a Cluster,
    /// Its manifests: paths and bytes, sorted by path.
    pub files: &'a [(String, Vec<u8>)],
    /// The facts of the platform; the built-in ones where nothing states them.
    pub platform: &'a Platform,
    /// The statements that the manifests come from, if they come from some.
    pub program: Option<Program<'a>>,
}

/// The statements of a side.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// What was read of each text.
    pub parsed: &'a [Parsed],
    /// What they mean in the environment that is compared.
    pub workspace: &'a Workspace,
}

/// Before or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// Before the change.
    Old,
    /// After it.
    New,
}

/// What becomes of the set of connections that are permitted, exposures counted among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It stays the same, and nothing else changed in meaning.
    Equal,
    /// It stays the same, and something else changed.
    Changed,
    /// Some go.
    Narrower,
    /// Some come.
    Wider,
    /// Some come and some go.
    Mixed,
}

impl Verdict {
    /// The verdict on what opens and what closes.
    pub fn of(opens: bool, closes: bool) -> Verdict {
        match (opens, closes) {
            (false, false) => Verdict::Equal,
            (false, true) => Verdict::Narrower,
            (true, false) => Verdict::Wider,
            (true, true) => Verdict::Mixed,
        }
    }

    /// The verdict on several changes together.
    #[must_use]
    pub fn and(self, other: Verdict) -> Verdict {
        let reach = Verdict::of(self.opens() || other.opens(), self.closes() || other.closes());
        let same = self == Verdict::Equal && other == Verdict::Equal;
        if reach == Verdict::Equal && !same { Verdict::Changed } else { reach }
    }

    /// The verdict on connections alone.
    #[must_use]
    pub fn of_reach(self) -> Verdict {
        Verdict::of(self.opens(), self.closes())
    }

    /// Whether a connection comes.
    pub fn opens(self) -> bool {
        matches!(self, Verdict::Wider | Verdict::Mixed)
    }

    /// Whether a connection goes.
    pub fn closes(self) -> bool {
        matches!(self, Verdict::Narrower | Verdict::Mixed)
    }

    /// `EQUAL`, `CHANGED`, `NARROWER`, `WIDER` or `MIXED`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Equal => "EQUAL",
            Verdict::Changed => "CHANGED",
            Verdict::Narrower => "NARROWER",
            Verdict::Wider => "WIDER",
            Verdict::Mixed => "MIXED",
        }
    }
}

/// What a row is, in the order of its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Connections come.
    Opens,
    /// A protection goes.
    Weakens,
    /// Connections go.
    Closes,
    /// Something else that a reviewer wants to know.
    Notes,
    /// A protection comes.
    Strengthens,
}

impl Effect {
    /// `opens`, `weakens`, …
    pub fn word(self) -> &'static str {
        match self {
            Effect::Opens => "opens",
            Effect::Weakens => "weakens",
            Effect::Closes => "closes",
            Effect::Notes => "notes",
            Effect::Strengthens => "strengthens",
        }
    }
}

/// What a row is about, the greatest risk first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A host that the public ingress controller serves.
    Public,
    /// Connections to or from public addresses.
    Internet,
    /// Connections from one tenant to another.
    Tenants,
    /// A host that the private ingress controller serves.
    Private,
    /// Connections to or from addresses that are not public.
    Addresses,
    /// Further ports between ends that were connected before.
    Ports,
    /// Connections to or from the platform: its namespaces, nodes, API server, and the ranges that its facts name.
    Platform,
    /// Connections that the compiler gives every tenant or app of its kind.
    Baseline,
    /// Connections within a tenant.
    Intra,
    /// A host or path that was another tenant's.
    Taken,
    /// Encryption of a host.
    Tls,
    /// What else protects a host.
    Weakens,
    /// Annotations that the ingress controller ranks as a risk.
    Annotations,
    /// Facts of the platform that guard, levels of lints among them.
    Facts,
    /// `never` and `expect`.
    Invariants,
    /// What the compiler cannot judge: policies of other engines, kinds that it does not know, names that lead anywhere.
    Foreign,
    /// Words that consent to what others write.
    Consent,
    /// The days that statements end on.
    Expiry,
    /// Certificates that are issued anew.
    Certificates,
    /// The same door by another controller.
    Moved,
    /// What else is applied.
    Objects,
}

impl Class {
    /// Every class, the greatest risk first.
    pub const ALL: [Class; 21] = [
        Class::Public,
        Class::Internet,
        Class::Tenants,
        Class::Private,
        Class::Addresses,
        Class::Ports,
        Class::Platform,
        Class::Baseline,
        Class::Intra,
        Class::Taken,
        Class::Tls,
        Class::Weakens,
        Class::Annotations,
        Class::Facts,
        Class::Invariants,
        Class::Foreign,
        Class::Consent,
        Class::Expiry,
        Class::Certificates,
        Class::Moved,
        Class::Objects,
    ];

    /// `public`, `internet`, …
    pub fn word(self) -> &'static str {
        match self {
            Class::Public => "public",
            Class::Internet => "internet",
            Class::Tenants => "tenants",
            Class::Private => "private",
            Class::Addresses => "addresses",
            Class::Ports => "ports",
            Class::Platform => "platform",
            Class::Baseline => "baseline",
            Class::Intra => "intra",
            Class::Taken => "taken",
            Class::Tls => "tls",
            Class::Weakens => "weakens",
            Class::Annotations => "annotations",
            Class::Facts => "facts",
            Class::Invariants => "invariants",
            Class::Foreign => "foreign",
            Class::Consent => "consent",
            Class::Expiry => "expiry",
            Class::Certificates => "certificates",
            Class::Moved => "moved",
            Class::Objects => "objects",
        }
    }

    /// Whether it is about who reaches whom; the others never open or close anything.
    pub fn is_reach(self) -> bool {
        self <= Class::Intra
    }

    /// Whether its rows only note something, which is neither better nor worse.
    pub fn is_note(self) -> bool {
        matches!(self, Class::Certificates | Class::Moved | Class::Objects)
    }
}

/// Something that changed in meaning. Rows are ordered as their fields are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// What it does.
    pub effect: Effect,
    /// What it is about.
    pub class: Class,
    /// Every class that it belongs to, `class` among them.
    pub classes: Vec<Class>,
    /// In one line.
    pub title: String,
    /// The connections, in the words of the language where it has some.
    pub connections: Vec<String>,
    /// What to think of.
    pub note: Option<String>,
    /// The statements that do it, or the objects where there are no statements.
    pub causes: Vec<Cause>,
    /// Whose consent it rests on.
    pub approvals: Vec<Approval>,
    /// Whether a fact of the platform gives the tenant what it does.
    pub granted: bool,
    /// What `--fail-on risky` makes of it.
    pub risk: Risk,
}

impl Row {
    /// A row with the class that it is ranked by, and further ones.
    fn new(effect: Effect, classes: &[Class], title: String, causes: Vec<Cause>) -> Row {
        Row {
            effect,
            class: classes.first().copied().unwrap_or(Class::Objects),
            classes: classes.to_vec(),
            title,
            connections: Vec::new(),
            note: None,
            causes,
            approvals: Vec::new(),
            granted: false,
            risk: Risk::None,
        }
    }

    /// Whether it concerns a tenant that did not do it.
    pub fn concerns_another(&self) -> bool {
        let did = |tenant: &SmolStr| self.causes.iter().any(|cause| cause.tenant.as_ref() == Some(tenant));
        self.approvals.iter().any(|approval| match &approval.of {
            Party::Tenant(tenant) => !did(tenant),
            Party::Platform => false,
        })
    }
}

/// The tenants of causes, as those whose consent a row rests on.
fn side_tenants(causes: &[Cause]) -> Vec<Approval> {
    let mut all: Vec<Approval> =
        causes.iter().filter_map(|cause| cause.tenant.clone()).map(Party::Tenant).map(Approval::of).collect();
    all.sort();
    all.dedup();
    all
}

/// A statement, or an object that nobody wrote as a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// On which side it stands.
    pub side: Which,
    /// Its file, from the root of the side.
    pub path: String,
    /// Its line, from one, where it is known.
    pub line: Option<usize>,
    /// On one line.
    pub text: String,
    /// What it says behind `because`.
    pub because: Option<SmolStr>,
    /// The tenant whose it is.
    pub tenant: Option<SmolStr>,
    /// What kind of statement it is, if it is one.
    pub keyword: Option<Keyword>,
    /// The words of other tenants that consent to it.
    pub consents: Vec<Consent>,
}

/// Words of another tenant that consent to a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Consent {
    /// The tenant.
    pub tenant: SmolStr,
    /// The file.
    pub path: String,
    /// The line, from one.
    pub line: usize,
    /// The words.
    pub text: String,
}

/// What changed from one side to the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What becomes of the connections.
    pub verdict: Verdict,
    /// Whether any byte of the manifests changed.
    pub moved: bool,
    /// What changed in meaning, the weightiest first.
    pub rows: Vec<Row>,
    /// The objects that came, went or changed, by namespace, kind and name.
    pub objects: Vec<ObjectChange>,
}

/// Compares two sides.
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> Change {
    let objects = object::changes(old.files, new.files);
    let mut provenance = cause::Provenance::new(old, new);
    let reach = reach::compare(old.cluster, new.cluster, &extent(old), &extent(new));
    let hosts = exposure::rows(old, new, &mut provenance);
    let mut rows = connection::rows(&reach, old, new, &mut provenance);
    connection::fold_into_hosts(&mut rows, &hosts.rows);
    let opens = !reach.opened.is_empty() || hosts.opens;
    let closes = !reach.closed.is_empty() || hosts.closes;
    rows.extend(hosts.rows);
    rows.extend(exposure::annotations(&objects, &mut provenance));
    rows.extend(engine::rows(&objects, &mut provenance));
    rows.extend(certificate::rows(&objects, new.platform, &mut provenance));
    rows.extend(invariant::rows(&provenance));
    rows.extend(facts::rows(old, new));
    rows.extend(consent::rows(&provenance));
    rows.extend(expiry::rows(&provenance));
    rows.extend(tenant::rows(old, new, &provenance));
    rows.extend(rest::rows(&objects, &hosts.told, &mut provenance));
    approval::settle(&mut rows, old, new);
    rows.sort_by(|a, b| (!a.concerns_another(), a).cmp(&(!b.concerns_another(), b)));
    rows.dedup();
    let verdict = match Verdict::of(opens, closes) {
        Verdict::Equal if !rows.is_empty() => Verdict::Changed,
        verdict => verdict,
    };
    Change { verdict, moved: old.files != new.files, rows, objects }
}

/// The namespaces that a side is about: those of its tenants, or where nobody says so those of its objects.
fn extent(side: &Side<'_>) -> reach::Extent {
    let names = match side.program {
        Some(program) => program.workspace.tenants().map(|tenant| tenant.namespace.clone()).collect(),
        None => {
            let objects = side.cluster.objects();
            let named = objects.namespaces.iter().map(|object| &object.name);
            let named = named.chain(objects.workloads.iter().map(|object| &object.namespace));
            let named = named.chain(objects.services.iter().map(|object| &object.namespace));
            let named = named.chain(objects.ingresses.iter().map(|object| &object.namespace));
            named.chain(objects.policies.iter().map(|object| &object.namespace)).cloned().collect()
        }
    };
    reach::Extent { names }
}
