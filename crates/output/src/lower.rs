//! The model to Kubernetes objects: one folder a namespace, one file of this room a kind.

mod certificate;
mod endpoints;
mod ingress;
mod mesh;
mod network_policy;
mod service;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use xks_analysis::model::{Flow, Labels, Tenant, Workspace};
use xks_base::source::Span;
use xks_kubernetes::k8s::{LabelSelector, Map, Metadata, Object};

/// An object, and the statements it comes from.
#[derive(Debug)]
pub struct Resource {
    /// What is written.
    pub object: Object,
    /// What is written above it.
    pub origin: Origin,
}

/// Where an object comes from.
#[derive(Debug)]
pub enum Origin {
    /// Statements.
    Statements(Vec<Span>),
    /// A tenant that no statement sets up.
    Tenant(SmolStr),
}

impl Origin {
    /// A tenant as such.
    fn of(tenant: &Tenant) -> Origin {
        tenant
            .origin
            .map_or_else(|| Origin::Tenant(tenant.name.clone()), |statement| Origin::Statements(vec![statement]))
    }
}

/// Everything that goes to one namespace.
#[derive(Debug, Default)]
pub struct Folder {
    /// The namespace.
    pub namespace: SmolStr,
    /// The tenant whose it is; `None` for one that is not in the workspace.
    pub tenant: Option<SmolStr>,
    /// The objects, by file and name.
    pub resources: Vec<Resource>,
    /// Hand-written files: name without ending, and text.
    pub includes: Vec<(SmolStr, String)>,
    /// The workloads that the mesh takes in; `None` in place of a name means all of them.
    pub mesh: Vec<Option<SmolStr>>,
}

/// A flow's half in one namespace.
#[derive(Clone, Copy)]
struct Half<'a> {
    egress: bool,
    flow: &'a Flow,
}

/// What goes to one namespace, before it is lowered.
pub struct Share<'a> {
    namespace: &'a SmolStr,
    tenant: Option<&'a Tenant>,
    halves: Vec<Half<'a>>,
}

impl Share<'_> {
    /// The namespace.
    pub fn namespace(&self) -> &SmolStr {
        self.namespace
    }
}

/// Deals the workspace out to its namespaces, in order.
pub fn shares(workspace: &Workspace) -> Vec<Share<'_>> {
    shares_of(workspace, |_| true)
}

/// Deals out what goes to some namespaces, in order.
pub fn shares_of(workspace: &Workspace, wanted: impl Fn(&SmolStr) -> bool) -> Vec<Share<'_>> {
    let share = |namespace, tenant| Share { namespace, tenant, halves: Vec::new() };
    let tenants = workspace.tenants().filter(|tenant| wanted(&tenant.namespace));
    let mut shares: Vec<Share<'_>> = tenants.map(|tenant| share(&tenant.namespace, Some(tenant))).collect();
    let mut places: FxHashMap<&SmolStr, usize> =
        shares.iter().enumerate().map(|(at, share)| (share.namespace, at)).collect();
    for flow in workspace.flows() {
        let egress = flow.egress_in.iter().map(|namespace| (namespace, true));
        let halves = egress.chain(flow.ingress_in.iter().map(|namespace| (namespace, false)));
        for (namespace, egress) in halves.filter(|(namespace, _)| wanted(namespace)) {
            let place = *places.entry(namespace).or_insert_with(|| {
                shares.push(share(namespace, None));
                shares.len() - 1
            });
            shares[place].halves.push(Half { egress, flow });
        }
    }
    shares.sort_by(|a, b| a.namespace.cmp(b.namespace));
    shares
}

/// Lowers what goes to one namespace.
pub fn folder(workspace: &Workspace, share: &Share<'_>) -> Folder {
    let mut folder = Folder {
        namespace: share.namespace.clone(),
        tenant: share.tenant.map(|tenant| tenant.name.clone()),
        ..Folder::default()
    };
    let out = &mut folder.resources;
    network_policy::lower(workspace, share, out);
    if let Some(tenant) = share.tenant {
        certificate::lower(tenant, out);
        ingress::lower(&workspace.platform, tenant, out);
        service::lower(tenant, out);
        endpoints::lower(&workspace.platform, tenant, out);
        folder.mesh = mesh::workloads(tenant);
        folder.includes = tenant.includes.iter().map(|include| (include.name.clone(), include.text.clone())).collect();
    }
    // By key, for objects are large to move.
    folder.resources.sort_by_cached_key(|resource| (resource.object.file(), resource.object.metadata().name.clone()));
    folder
}

fn metadata(namespace: &SmolStr, name: SmolStr) -> Metadata {
    Metadata { name, namespace: namespace.clone(), labels: Map(own_labels()), annotations: Map::default() }
}

/// A selector of what has a label.
fn labelled(key: &SmolStr, value: &SmolStr) -> LabelSelector {
    LabelSelector { match_labels: Map(vec![(key.clone(), value.clone())]), match_expressions: Vec::new() }
}

/// The label that every object carries.
fn own_labels() -> Labels {
    vec![(SmolStr::new_static("app.kubernetes.io/managed-by"), SmolStr::new_static("xks"))]
}
