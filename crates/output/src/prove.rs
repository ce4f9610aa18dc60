//! The proof of every build: the bytes that are about to be written are read back, and the connections that their policies
//! permit are those that the statements describe, in both directions, neither more nor fewer.
//!
//! What statements describe is worked out here a second time, from the model alone: this room shares no code with
//! `lower` and `emit`, so that a mistake there is not repeated here. Most namespaces are proved by holding each policy's
//! rules against those that are due (`rules`); where they are written otherwise, the sets of connections are compared
//! (`declared::Declared::permits`).

mod declared;
mod observed;
mod rules;

pub use observed::observed;

use declared::Declared;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::fmt;
use xks_analysis::model::{Flow, Tenant, Workspace};
use xks_base::source::Span;
use xks_kubernetes::cluster::manifests;
use xks_kubernetes::cluster::network::{Network, Reading};
use xks_kubernetes::cluster::objects::{Direction, NetworkPolicy};
use xks_kubernetes::cluster::policy;
use xks_kubernetes::cluster::relation::{Connection, Relation};

/// How the policies of a namespace differ from the statements: a mistake of the compiler, not of its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The namespace.
    pub namespace: SmolStr,
    /// The statement that describes what is missing, or that made the policy with what is too much, where one is known.
    pub origin: Option<Span>,
    /// What differs.
    pub kind: Kind,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A connection that a statement describes is not let through.
    Missing(Direction, Box<Connection>),
    /// A connection that no statement describes is let through.
    Extra(Direction, Box<Connection>),
    /// The output cannot be read: where, and why.
    Unreadable(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = &self.namespace;
        match &self.kind {
            Kind::Missing(direction, connection) => {
                write!(f, "the {} policies of `{namespace}` do not let through: {connection}", direction.word())
            }
            Kind::Extra(direction, connection) => {
                write!(
                    f,
                    "the {} policies of `{namespace}` let through what nobody asked for: {connection}",
                    direction.word()
                )
            }
            Kind::Unreadable(why) => write!(f, "what was written for `{namespace}` cannot be read back: {why}"),
        }
    }
}

/// A flow's half in one namespace.
#[derive(Clone, Copy)]
struct Half<'a> {
    direction: Direction,
    flow: &'a Flow,
}

/// What a workspace's statements describe, by namespace.
pub struct Proof<'a> {
    workspace: &'a Workspace,
    places: FxHashMap<&'a str, Due<'a>>,
}

/// What is due in one namespace.
#[derive(Default)]
struct Due<'a> {
    tenant: Option<&'a Tenant>,
    halves: Vec<Half<'a>>,
}

impl<'a> Proof<'a> {
    /// Gathers what is due.
    pub fn new(workspace: &'a Workspace) -> Proof<'a> {
        let mut places: FxHashMap<&str, Due<'a>> = FxHashMap::default();
        places.reserve(workspace.tenants.len());
        for tenant in workspace.tenants() {
            places.entry(tenant.namespace.as_str()).or_default().tenant = Some(tenant);
        }
        for flow in workspace.flows() {
            let egress = flow.egress_in.iter().map(|namespace| (namespace, Direction::Egress));
            let ingress = flow.ingress_in.iter().map(|namespace| (namespace, Direction::Ingress));
            for (namespace, direction) in egress.chain(ingress) {
                places.entry(namespace.as_str()).or_default().halves.push(Half { direction, flow });
            }
        }
        Proof { workspace, places }
    }

    /// The namespaces that something is due in and for which nothing was written.
    pub fn counterexample<'n>(&self, written: impl Iterator<Item = &'n SmolStr>) -> Vec<Difference> {
        let written: FxHashSet<&str> = written.map(SmolStr::as_str).collect();
        let mut missing: Vec<&str> = self.places.keys().copied().filter(|name| !written.contains(name)).collect();
        missing.sort_unstable();
        let proved = missing.into_iter().map(|name| self.namespace(&SmolStr::new(name), []));
        proved.filter_map(Result::err).collect()
    }

    /// Holds what was written for a namespace, given as path and bytes, against what is due there. Files that ride along
    /// are not among it: what they permit is their author's word.
    ///
    /// # Errors
    /// How the two differ.
    pub fn namespace<'f>(
        &self,
        namespace: &SmolStr,
        files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
    ) -> Result<(), Difference> {
        let none = Due::default();
        let due = self.places.get(namespace.as_str()).unwrap_or(&none);
        let failed = |kind| Difference { namespace: namespace.clone(), origin: None, kind };
        let written = read(files).map_err(|why| failed(Kind::Unreadable(why)))?;
        if let Some(stray) = written.iter().find(|policy| policy.namespace != *namespace) {
            return Err(failed(Kind::Unreadable(format!("`{}` is of namespace `{}`", stray.name, stray.namespace))));
        }
        let declared = Declared::of(self.workspace, namespace, due.tenant, &due.halves);
        if rules::same(&declared, &written, &self.workspace.platform.namespace_label) {
            return Ok(());
        }
        for direction in [Direction::Egress, Direction::Ingress] {
            let asked = declared.permits(namespace, direction);
            let given = policy::permits(&written, namespace, direction, &Network::default(), Reading::Specification);
            if let Some(connection) = asked.counterexample(&given) {
                let origin = declared.origin(namespace, direction, &connection);
                return Err(Difference { origin, ..failed(Kind::Missing(direction, Box::new(connection))) });
            }
            if let Some(connection) = given.counterexample(&asked) {
                let origin = culprit(&written, namespace, direction, &connection, &due.halves);
                return Err(Difference { origin, ..failed(Kind::Extra(direction, Box::new(connection))) });
            }
        }
        Ok(())
    }
}

/// The policies in some files.
fn read<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<Vec<NetworkPolicy>, String> {
    let mut texts = Vec::new();
    for (path, bytes) in files {
        texts.push((path, std::str::from_utf8(bytes).map_err(|error| format!("{path}: {error}"))?));
    }
    let objects = manifests::read(texts);
    match objects.faults.first() {
        Some(fault) => Err(format!("{}: {}", objects.place(fault.place), fault.rule)),
        None => Ok(objects.policies),
    }
}

/// The statement whose half has the pods of the policy that lets a connection through.
fn culprit(
    written: &[NetworkPolicy],
    namespace: &SmolStr,
    direction: Direction,
    connection: &Connection,
    halves: &[Half<'_>],
) -> Option<Span> {
    let guilty = written.iter().find(|policy| {
        let one: Relation =
            policy::permits([*policy], namespace, direction, &Network::default(), Reading::Specification);
        policy.rules(direction).is_some() && one.contains(connection)
    })?;
    let about = |half: &&Half<'_>| half.direction == direction && declared::own_pods(half) == Some(&guilty.pods.0[..]);
    halves.iter().find(about).map(|half| half.flow.origin)
}
