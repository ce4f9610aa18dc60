//! What is allowed and yet probably not meant, one lint a file. `platform { lint NAME LEVEL }` sets the level of each.

use crate::check::allow::{Consented, Rule};
use crate::check::expose::Claim;
use crate::check::{Checked, Part};
use crate::model::{Platform, TenantId};
use crate::names::{Names, Scope};
use std::sync::Arc;
use xks_base::diagnostics::{Code, Diagnostic, Level};
use xks_base::parallel;
use xks_base::source::{Sources, Span};
use xks_base::values::date::Date;
use xks_syntax::ast;

/// How many tenants there may be before it pays to run lints on all cores.
const FEW: usize = 32;

/// What a lint may look at.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// Everything declared.
    pub names: &'a Names<'a>,
    /// The model, and what was resolved on the way to it.
    pub checked: &'a Checked,
    /// Whether nothing was wrong: what is missing is only missed then.
    pub sound: bool,
    /// The day that `until` is compared with, if it is.
    pub today: Option<Date>,
    /// The tenant that is looked at, or all.
    only: Option<TenantId>,
}

impl<'a> Facts<'a> {
    /// What lints look at in all tenants.
    pub fn new(
        sources: &'a Sources,
        names: &'a Names<'a>,
        checked: &'a Checked,
        sound: bool,
        today: Option<Date>,
    ) -> Facts<'a> {
        Facts { sources, names, checked, sound, today, only: None }
    }

    /// A statement, with its line if nothing else stands there.
    fn whole_line(&self, statement: Span) -> Span {
        let text = &self.sources.get(statement.file).text;
        let range = statement.range();
        let start = text[..range.start].trim_end_matches([' ', '\t']).len();
        let behind = text[range.end..].trim_start_matches([' ', '\t']);
        let line_end = ["\r\n", "\n", "\r"].into_iter().find(|end| behind.starts_with(end)).map_or(0, str::len);
        let alone = start == 0 || text[..start].ends_with(['\n', '\r']);
        if alone && (line_end > 0 || behind.is_empty()) {
            Span::new(statement.file, start, text.len() - behind.len() + line_end)
        } else if alone && behind.starts_with('#') {
            // The comment may say more than of this statement.
            Span::new(statement.file, range.start, text.len() - behind.len())
        } else {
            statement
        }
    }

    /// Of what there is for each tenant, that of the tenants that are looked at.
    fn of<T>(&self, all: &'a [T]) -> &'a [T] {
        self.only.map_or(all, |id| &all[id.0 as usize..=id.0 as usize])
    }

    fn scopes(&self) -> &'a [Scope<'a>] {
        self.of(&self.names.tenants)
    }

    fn parts(&self) -> impl Iterator<Item = &'a Part> + use<'a> {
        self.of(&self.checked.inputs.parts).iter().map(|part| &**part)
    }

    fn consented(&self) -> impl Iterator<Item = &'a Consented> + use<'a> {
        self.of(&self.checked.inputs.consented).iter().map(|consented| &**consented)
    }

    fn statements(&self) -> impl Iterator<Item = &'a ast::Statement> + use<'a> {
        self.scopes().iter().flat_map(|scope| scope.statements.iter().copied())
    }

    fn rules(&self) -> impl Iterator<Item = &'a Rule> + use<'a> {
        self.parts().flat_map(|part| &part.declared.rules)
    }

    fn claims(&self) -> impl Iterator<Item = &'a Claim> + use<'a> {
        self.parts().flat_map(|part| &part.claims)
    }

    fn platform(&self) -> &'a Platform {
        &self.checked.workspace.platform
    }
}

type Lint = fn(&Facts<'_>, &mut Vec<Diagnostic>);

/// What lints found in single tenants; the next analysis takes over what nothing has changed.
#[derive(Debug)]
pub struct Found {
    by_tenant: Vec<Arc<Vec<Diagnostic>>>,
    today: Option<Date>,
}

/// Runs all lints but those whose findings the platform's levels would drop. What was found
/// before in the tenants that are reused counts.
pub fn run(facts: &Facts<'_>, before: Option<&Found>, out: &mut Vec<Diagnostic>) -> Found {
    let levels = &facts.platform().levels;
    let enabled = |lints: &[(&'static [&'static Code], Lint)]| {
        let enabled = |code: &&'static Code| *levels.get(code.name).unwrap_or(&code.level) != Level::Allow;
        lints.iter().filter(|(codes, _)| codes.iter().any(enabled)).map(|(_, run)| *run).collect::<Vec<Lint>>()
    };
    let (of_tenant, of_all) = (enabled(OF_TENANT), enabled(OF_ALL));
    let reused = &facts.checked.reused;
    // A tenant that is as it was in the same workspace has the same index.
    let before = before.filter(|before| before.today == facts.today);
    let one = |scope: &Scope<'_>| match before.filter(|_| reused[scope.id.0 as usize]) {
        Some(before) => Arc::clone(&before.by_tenant[scope.id.0 as usize]),
        None => {
            let facts = Facts { only: Some(scope.id), ..*facts };
            let mut found = Vec::new();
            of_tenant.iter().for_each(|lint| lint(&facts, &mut found));
            Arc::new(found)
        }
    };
    let all = |lint: &Lint| {
        let mut found = Vec::new();
        lint(facts, &mut found);
        found
    };
    let tenants = &facts.names.tenants;
    let lints_at_once = if tenants.len() <= FEW { of_all.len() } else { 0 };
    let (by_tenant, found) = parallel::both(
        tenants.len(),
        FEW,
        || parallel::map(tenants, FEW, one),
        || parallel::map(&of_all, lints_at_once, all),
    );
    // A rule that could not be read may be the other half. Left out here, and not by the lint, what it finds counts again as
    // soon as the mistake is mended.
    let half_open = |found: &Diagnostic| half_open::CODES.iter().any(|code| code.name == found.code.name);
    let counts = |found: &&Diagnostic| facts.sound || !half_open(found);
    out.extend(by_tenant.iter().flat_map(|found| found.iter().filter(counts).cloned()));
    out.extend(found.into_iter().flatten());
    Found { by_tenant, today: facts.today }
}

/// The lints: a line each.
macro_rules! lints {
    (of_tenant { $($one:ident,)* } of_all { $($all:ident,)* }) => {
        $(pub mod $one;)*
        $(pub mod $all;)*

        /// Those whose findings in a tenant depend on it and on the tenants that its rules name.
        const OF_TENANT: &[(&[&Code], Lint)] = &[$(($one::CODES, $one::run)),*];

        /// Those that compare tenants.
        const OF_ALL: &[(&[&Code], Lint)] = &[$(($all::CODES, $all::run)),*];

        /// The codes of all lints.
        pub fn codes() -> impl Iterator<Item = &'static Code> {
            [$($one::CODES,)* $($all::CODES),*].into_iter().flatten().copied()
        }
    };
}

lints! {
    of_tenant {
        any_address,
        cidr_in_cluster,
        cni_gap,
        crowded_certificate,
        endpoints_rbac,
        except_reopened,
        expiring,
        external_egress,
        foreign_tenant,
        half_open,
        high_risk_annotation,
        host_header_public,
        ipv4_only,
        mesh_port,
        missing_tls,
        outside_zones,
        redundant_allow,
        shadowed_group,
        unverified_upstream,
    }
    of_all {
        certificate_rate,
        open_ownership,
        regex_host,
        retired_controller,
        shared_host,
        split_horizon,
        unused_export,
    }
}
