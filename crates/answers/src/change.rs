//! What a change does to the cluster: who reaches whom now and did not before, and the other way round; hosts, certificates
//! and invariants that come and go; and the objects, field by field.
//!
//! Two sides are compared, each as what it permits ([`Cluster`]) and what it is written as: the same for a workspace, of
//! which the statements are known, and for manifests of any origin. Nothing is compared as text: what only moves is equal.

mod cause;
mod certificate;
mod connection;
mod exposure;
mod invariant;
pub mod object;
mod observed;
mod reach;
mod tenant;
pub mod verify;
mod words;

pub use object::{Field, ObjectChange};
pub use observed::observed;
use smol_str::SmolStr;
use xks_analysis::model::{Platform, Workspace};
use xks_base::source::Sources;
use xks_kubernetes::cluster::Cluster;
use xks_syntax::Parsed;

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
    /// It stays the same.
    Equal,
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
        Verdict::of(self.opens() || other.opens(), self.closes() || other.closes())
    }

    /// Whether a connection comes.
    pub fn opens(self) -> bool {
        matches!(self, Verdict::Wider | Verdict::Mixed)
    }

    /// Whether a connection goes.
    pub fn closes(self) -> bool {
        matches!(self, Verdict::Narrower | Verdict::Mixed)
    }

    /// `EQUAL`, `NARROWER`, `WIDER` or `MIXED`.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Equal => "EQUAL",
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
    /// Connections to or from namespaces of the platform: the ingress controllers, the cluster's DNS, the mesh.
    Platform,
    /// Connections within a tenant.
    Intra,
    /// Encryption of a host.
    Tls,
    /// Annotations that the ingress controller ranks as a risk.
    Annotations,
    /// `never` and `expect`.
    Invariants,
    /// Certificates that are issued anew.
    Certificates,
}

impl Class {
    /// Every class, the greatest risk first.
    pub const ALL: [Class; 12] = [
        Class::Public,
        Class::Internet,
        Class::Tenants,
        Class::Private,
        Class::Addresses,
        Class::Ports,
        Class::Platform,
        Class::Intra,
        Class::Tls,
        Class::Annotations,
        Class::Invariants,
        Class::Certificates,
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
            Class::Intra => "intra",
            Class::Tls => "tls",
            Class::Annotations => "annotations",
            Class::Invariants => "invariants",
            Class::Certificates => "certificates",
        }
    }

    /// Whether it is about who reaches whom; the others never change a verdict.
    pub fn is_reach(self) -> bool {
        self <= Class::Intra
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
    rows.extend(certificate::rows(&objects, new.platform, &mut provenance));
    rows.extend(invariant::rows(&provenance));
    rows.extend(tenant::rows(old, new, &provenance));
    rows.sort();
    Change { verdict: Verdict::of(opens, closes), moved: old.files != new.files, rows, objects }
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
