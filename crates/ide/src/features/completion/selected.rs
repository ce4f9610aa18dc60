//! Whom `*/…` and `tenants(…)/…` select: every tenant, or those with the labels.

use super::super::declared;
use crate::snapshot::Snapshot;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use xks_core::model::{Namespaces, Platform, Workspace};
use xks_core::source::FileId;
use xks_core::syntax::ast::{self, Body, PeerKind, Place};

/// Whether what stands before `/` selects tenants rather than names one.
pub(super) fn is_selector(place: &str) -> bool {
    place == "*" || place.starts_with("tenants(")
}

/// The apps of the tenants that are selected; sorted, each once.
pub(super) fn apps<'s>(snapshot: &'s Snapshot, place: &str) -> BTreeSet<&'s SmolStr> {
    declared_apps(snapshot, place).iter().flat_map(|(_, app)| &app.names).map(|name| &name.value).collect()
}

/// The `app` statements of the tenants that are selected, each with its tenant.
pub(super) fn declared_apps<'s>(snapshot: &'s Snapshot, place: &str) -> Vec<(SmolStr, &'s ast::App)> {
    let of_tenant = |tenant: SmolStr| {
        let statements = declared::statements(snapshot, &tenant).filter_map(|statement| match &statement.body {
            Body::App(app) => Some(app),
            _ => None,
        });
        statements.map(|app| (tenant.clone(), app)).collect::<Vec<_>>()
    };
    tenants(snapshot, place).into_iter().flat_map(of_tenant).collect()
}

/// The tenants that are selected, in any environment.
fn tenants(snapshot: &Snapshot, place: &str) -> BTreeSet<SmolStr> {
    if place == "*" {
        return snapshot.index().tenants().cloned().collect();
    }
    let parsed = xks_core::syntax::parse(FileId(0), &format!("allow {place}/* -> *"));
    let peer = parsed.file.statements.first().and_then(|statement| match &statement.body {
        Body::Allow(rule) => rule.from.first(),
        _ => None,
    });
    let Some(PeerKind::Pods(Place::Labelled(requirements), _)) = peer.map(|peer| &peer.kind) else {
        return BTreeSet::new();
    };
    let namespaces = Namespaces::Labelled(requirements.as_slice().into());
    let held = |workspace: &'_ Workspace| {
        let held = workspace.tenants().filter(|tenant| workspace.hold(&namespaces, tenant));
        held.map(|tenant| tenant.name.clone()).collect::<Vec<_>>()
    };
    snapshot.analysis().workspaces.iter().flat_map(held).collect()
}

/// The facts of the platform, read off the text: what is offered while a word is typed waits for no analysis.
pub(super) fn platform(snapshot: &Snapshot) -> Platform {
    let files: Vec<&ast::File> = snapshot.parsed.iter().map(|parsed| &parsed.file).collect();
    xks_core::check::platform(&snapshot.sources, &files, &xks_core::codes(), &mut Vec::new())
}
