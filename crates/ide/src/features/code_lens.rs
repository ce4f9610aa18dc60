//! Above statements: how many objects each becomes, and from how many tenants an app is reached.

use super::preview::Object;
use super::reach::{self, Party};
use super::{declared, preview};
use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_core::diagnostics::suggest::counted;
use xks_core::model::{Flow, Workspace};
use xks_core::source::{FileId, Span};
use xks_core::syntax::ast::{Body, Name, Statement};

/// The most objects that the text of a lens lists.
const MOST_LINES: usize = 30;

/// Which lenses a user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How many objects a statement becomes.
    pub objects: bool,
    /// From how many tenants something is reached.
    pub reachability: bool,
}

/// A line above a statement, which leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// The words that it stands above.
    pub span: Span,
    /// Its text.
    pub title: String,
    /// What it says besides; may be empty.
    pub tooltip: String,
    /// Where it leads.
    pub leads: Leads,
}

/// Where a lens leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To what the statement becomes.
    Preview,
    /// To the picture of who reaches a tenant.
    Graph(SmolStr),
    /// To the statements that open the way.
    Statements(Vec<Span>),
}

/// The lenses of a file.
pub fn lenses(snapshot: &Snapshot, file: FileId, wanted: Wanted) -> Vec<Lens> {
    let mut found = Vec::new();
    let objects = if wanted.objects { preview::objects(snapshot, file, None) } else { Vec::new() };
    let mut by_statement: BTreeMap<u32, Vec<&Object>> = BTreeMap::new();
    for object in &objects {
        let mut starts: Vec<u32> =
            object.origins.iter().filter(|origin| origin.file == file).map(|origin| origin.start).collect();
        starts.sort_unstable();
        starts.dedup();
        starts.into_iter().for_each(|start| by_statement.entry(start).or_default().push(object));
    }
    let own = snapshot.index().tenant_of(file).filter(|_| wanted.reachability);
    let opened = own.map(|own| (own, opened(snapshot, own)));
    for statement in declared::of_file(snapshot, file) {
        if let Some(own) = by_statement.get(&statement.span.start) {
            let (title, tooltip) = made(own);
            found.push(Lens { span: statement.span, title, tooltip, leads: Leads::Preview });
        }
        if let Some((own, opened)) = &opened {
            found.extend(reached(snapshot, own, opened, statement));
        }
    }
    found
}

/// How many objects a statement becomes, and which: one that several environments have counts once.
fn made(objects: &[&Object]) -> (String, String) {
    let mut envs: BTreeSet<&SmolStr> = BTreeSet::new();
    let mut places: BTreeMap<(&str, &SmolStr), usize> = BTreeMap::new();
    let mut each: Vec<(String, Vec<&str>)> = Vec::new();
    for object in objects {
        let at = *places.entry((object.kind, &object.name)).or_insert_with(|| {
            each.push((format!("{} {}", object.kind, object.name), Vec::new()));
            each.len() - 1
        });
        each[at].1.extend(object.env.as_deref());
        envs.extend(object.env.as_ref());
    }
    let mut title = counted(each.len(), "object");
    if envs.len() > 1 {
        title = format!("{title} in {}", counted(envs.len(), "environment"));
    }
    let line = |(name, its): &(String, Vec<&str>)| {
        if its.len() == envs.len() { name.clone() } else { format!("{name} in {}", its.join(", ")) }
    };
    let mut lines: Vec<String> = each.iter().take(MOST_LINES).map(line).collect();
    if each.len() > MOST_LINES {
        lines.push(format!("… and {} more", each.len() - MOST_LINES));
    }
    (title, lines.join("\n"))
}

/// A flow from other tenants to a tenant, both of whose halves are written.
struct Opened<'s> {
    workspace: &'s Workspace,
    flow: &'s Flow,
    from: Vec<&'s SmolStr>,
}

fn opened<'s>(snapshot: &'s Snapshot, own: &SmolStr) -> Vec<Opened<'s>> {
    let mut found = Vec::new();
    for workspace in &snapshot.analysis().workspaces {
        let all = Party::new(snapshot, workspace, Some(own), &SmolStr::new_static("*"));
        let whole = workspace.flows().filter(|flow| flow.egress_in.is_some() && flow.lets_in());
        for flow in whole.filter(|flow| all.is_in(&flow.to)) {
            let from: Vec<&SmolStr> =
                reach::tenants(workspace, &flow.from).into_iter().filter(|name| *name != own).collect();
            if !from.is_empty() {
                found.push(Opened { workspace, flow, from });
            }
        }
    }
    found
}

/// From how many other tenants the apps of a statement are reached, or anything of a tenant.
fn reached(snapshot: &Snapshot, own: &SmolStr, opened: &[Opened<'_>], statement: &Statement) -> Vec<Lens> {
    match &statement.body {
        Body::App(app) => {
            let several = app.names.len() > 1;
            app.names.iter().filter_map(|name| app_reached(snapshot, own, opened, name, several)).collect()
        }
        Body::Tenant(tenant) => {
            let tenants: BTreeSet<&SmolStr> = opened.iter().flat_map(|opened| opened.from.iter().copied()).collect();
            let title = title(tenants.len(), "nothing reaches this tenant from others");
            vec![Lens { span: tenant.name.span, title, tooltip: String::new(), leads: Leads::Graph(own.clone()) }]
        }
        _ => Vec::new(),
    }
}

fn app_reached(snapshot: &Snapshot, own: &SmolStr, opened: &[Opened<'_>], name: &Name, several: bool) -> Option<Lens> {
    let (mut tenants, mut origins) = (BTreeSet::new(), BTreeSet::new());
    for workspace in &snapshot.analysis().workspaces {
        let party = Party::new(snapshot, workspace, Some(own), &name.value);
        let here = opened.iter().filter(|opened| std::ptr::eq(opened.workspace, workspace));
        for opened in here.filter(|opened| party.is_in(&opened.flow.to)) {
            tenants.extend(opened.from.iter().copied());
            origins.insert(opened.flow.origin);
        }
    }
    if tenants.is_empty() {
        return None;
    }
    let names: Vec<&str> = tenants.iter().map(|name| name.as_str()).collect();
    // The lenses of one line stand in a row.
    let title =
        if several { format!("{}: {}", name.value, title(tenants.len(), "")) } else { title(tenants.len(), "") };
    let leads = Leads::Statements(origins.into_iter().collect());
    Some(Lens { span: name.span, title, tooltip: names.join("\n"), leads })
}

fn title(count: usize, nobody: &str) -> String {
    match count {
        0 => nobody.to_string(),
        count => format!("reachable from {}", counted(count, "tenant")),
    }
}
