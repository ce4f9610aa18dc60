//! What is allowed and yet probably not meant, one lint a file. `platform { lint NAME LEVEL }` sets the level of each.

use crate::check::Checked;
use crate::check::allow::Rule;
use crate::check::expose::Claim;
use crate::diagnostics::{Code, Diagnostic, Level, Levels};
use crate::names::Names;
use crate::syntax::ast;
use rayon::prelude::*;

/// How many tenants there may be before it pays to run lints on all cores.
const FEW: usize = 32;

/// What a lint may look at.
pub struct Facts<'a> {
    /// Everything declared.
    pub names: &'a Names<'a>,
    /// The model, and what was resolved on the way to it.
    pub checked: &'a Checked,
    /// Whether nothing was wrong: what is missing is only missed then.
    pub sound: bool,
    /// The day that `until` is compared with, if it is.
    pub today: Option<jiff::civil::Date>,
}

impl<'a> Facts<'a> {
    fn statements(&self) -> impl Iterator<Item = &'a ast::Statement> {
        self.names.tenants.iter().flat_map(|scope| scope.statements.iter().copied())
    }

    fn rules(&self) -> impl Iterator<Item = &'a Rule> {
        self.checked.basis.said.iter().flat_map(|said| &said.rules)
    }

    fn claims(&self) -> impl Iterator<Item = &'a Claim> {
        self.checked.basis.claims.iter().flatten()
    }
}

type Lint = fn(&Facts<'_>, &mut Vec<Diagnostic>);

/// The lints: a line each.
macro_rules! lints {
    ($($lint:ident,)*) => {
        $(pub mod $lint;)*

        /// The codes of all lints.
        pub fn codes() -> impl Iterator<Item = &'static Code> {
            [$($lint::CODES),*].into_iter().flatten().copied()
        }

        /// Runs all lints but those whose findings `levels` would drop.
        pub fn run(facts: &Facts<'_>, levels: &Levels, out: &mut Vec<Diagnostic>) {
            let heard = |code: &&'static Code| *levels.get(code.name).unwrap_or(&code.level) != Level::Allow;
            let all: Vec<Lint> = [$(($lint::CODES, $lint::run as Lint)),*]
                .into_iter()
                .filter(|(codes, _)| codes.iter().any(heard))
                .map(|(_, run)| run)
                .collect();
            if facts.names.tenants.len() <= FEW {
                all.iter().for_each(|lint| lint(facts, out));
                return;
            }
            let found = all.par_iter().map(|lint| {
                let mut out = Vec::new();
                lint(facts, &mut out);
                out
            });
            out.extend(found.collect::<Vec<_>>().into_iter().flatten());
        }
    };
}

lints! {
    any_address,
    certificate_rate,
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
    regex_host,
    retired_controller,
    shared_host,
    split_horizon,
    unused_export,
    unverified_upstream,
}
