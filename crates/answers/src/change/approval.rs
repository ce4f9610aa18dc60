//! Whose consent a row rests on, and whether it is a risk that somebody has to approve.

use super::{Class, Effect, Row, Side, side_tenants};
use smol_str::SmolStr;
use xks_analysis::model::Ownership;

/// Who has a say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A tenant.
    Tenant(SmolStr),
    /// The platform.
    Platform,
}

/// Somebody whose consent a row rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Approval {
    /// Who.
    pub of: Party,
    /// Who approves for them, where the platform says so.
    pub owners: Vec<SmolStr>,
}

impl Approval {
    pub(super) fn of(of: Party) -> Approval {
        Approval { of, owners: Vec::new() }
    }
}

/// What `--fail-on risky` makes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// It is no risk.
    None,
    /// It would be one, but a fact of the platform gives the tenant this very thing.
    Granted,
    /// Somebody has to approve it.
    Risky,
}

impl Risk {
    /// `none`, `granted` or `risky`.
    pub fn word(self) -> &'static str {
        match self {
            Risk::None => "none",
            Risk::Granted => "granted",
            Risk::Risky => "risky",
        }
    }
}

/// Says of each row whose consent it rests on, who approves for them, and whether it is a risk.
pub(super) fn settle(rows: &mut [Row], old: &Side<'_>, new: &Side<'_>) {
    let stated = |side: &Side<'_>| side.platform.ownership.is_stated();
    // Whoever changes who approves is approved by those who did before.
    let ownership = if stated(old) { &old.platform.ownership } else { &new.platform.ownership };
    let owned = stated(old) && stated(new);
    let known = old.program.is_some() || new.program.is_some();
    for row in rows {
        if row.approvals.is_empty() {
            row.approvals = side_tenants(&row.causes);
        }
        match (known, row.approvals.is_empty()) {
            (true, true) => row.approvals.push(Approval::of(Party::Platform)),
            (true, false) => {}
            // Of manifests nobody knows whose they are.
            (false, _) => row.approvals.clear(),
        }
        for approval in &mut row.approvals {
            approval.owners = owners(ownership, &approval.of);
        }
        row.risk = match (is_risky(row, !owned), row.granted) {
            (false, _) => Risk::None,
            (true, true) => Risk::Granted,
            (true, false) => Risk::Risky,
        };
    }
}

fn owners(ownership: &Ownership, of: &Party) -> Vec<SmolStr> {
    match of {
        Party::Tenant(name) => ownership.owners_of(name).into_iter().cloned().collect(),
        Party::Platform => ownership.owners.clone(),
    }
}

fn is_risky(row: &Row, consent: bool) -> bool {
    match row.effect {
        Effect::Closes | Effect::Notes | Effect::Strengthens => false,
        // An end that moves is as risky as what does not end.
        Effect::Opens | Effect::Weakens if row.class == Class::Expiry => {
            row.classes.iter().skip(1).any(|class| is_risky_class(*class, consent))
        }
        Effect::Opens | Effect::Weakens => row.classes.iter().any(|class| is_risky_class(*class, consent)),
    }
}

/// Whether what comes or weakens in a class is a risk. Consent is one where nobody is held to write only what is theirs.
fn is_risky_class(class: Class, consent: bool) -> bool {
    match class {
        Class::Public
        | Class::Internet
        | Class::Platform
        | Class::Taken
        | Class::Tls
        | Class::Weakens
        | Class::Annotations
        | Class::Facts
        | Class::Invariants
        | Class::Foreign => true,
        Class::Consent => consent,
        Class::Tenants
        | Class::Private
        | Class::Addresses
        | Class::Ports
        | Class::Baseline
        | Class::Intra
        | Class::Expiry
        | Class::Certificates
        | Class::Moved
        | Class::Objects => false,
    }
}
