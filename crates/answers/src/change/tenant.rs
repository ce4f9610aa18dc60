//! Tenants that go: what closed their namespaces by default goes with them.

use super::cause::Provenance;
use super::{Approval, Cause, Class, Effect, Party, Row, Side, Which};
use xks_analysis::model::Tenant;

pub(super) fn rows(old: &Side<'_>, new: &Side<'_>, provenance: &Provenance<'_>) -> Vec<Row> {
    let Some(was) = old.program else { return Vec::new() };
    if was.workspace.platform.default_deny_provided.is_some() {
        return Vec::new();
    }
    let stays = |tenant: &&Tenant| {
        let mut tenants = new.program.into_iter().flat_map(|program| program.workspace.tenants());
        tenants.any(|other| other.namespace == tenant.namespace)
    };
    let row = |tenant: &Tenant| {
        let causes = match tenant.origin {
            Some(origin) => provenance.old.causes(&[origin], &provenance.new),
            None => vec![Cause {
                side: Which::Old,
                path: was.sources.get(tenant.span.file).path.clone(),
                line: Some(1),
                text: format!("tenant {}", tenant.name),
                because: None,
                tenant: Some(tenant.name.clone()),
                keyword: None,
                consents: Vec::new(),
            }],
        };
        let title = format!("no more tenant {}, and no more default deny in its namespace", tenant.name);
        let note = Some(format!(
            "if pods stay in the namespace {}, nothing closes them: delete it, or keep its policies",
            tenant.namespace
        ));
        let approvals = vec![Approval::of(Party::Tenant(tenant.name.clone()))];
        Row { note, approvals, ..Row::new(Effect::Notes, &[Class::Tenants], title, causes) }
    };
    was.workspace.tenants().filter(|tenant| !stays(tenant)).map(row).collect()
}
