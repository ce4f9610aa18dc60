//! `never` and `expect`, held against what the policies permit and what Ingresses publish.

use super::can::{self, Decided};
use super::edits;
use super::engines;
use super::peers;
use super::statements::Statement;
use super::witness::{Explainer, PolicySays, Side, Witness};
use super::{Question, Subject, Target};
use xks_analysis::model::Invariant;
use xks_base::diagnostics::{Diagnostic, Safety, codes};
use xks_base::parallel;
use xks_base::source::Span;
use xks_kubernetes::cluster::network::Reading;
use xks_kubernetes::cluster::relation::{End, Relation};

codes! {
    BROKEN_NEVER = "broken-never", Deny, "what a `never` rules out is permitted";
    BROKEN_EXPECT = "broken-expect", Deny, "what an `expect` asks for is not permitted";
}

/// Holds every invariant of the workspace.
pub fn hold(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let Some((_, workspace)) = subject.workspace else { return Vec::new() };
    if workspace.invariants.is_empty() {
        return Vec::new();
    }
    let explainer = Explainer::new(subject);
    let broken = |invariant: &Invariant| broken(&explainer, invariant);
    parallel::map(&workspace.invariants, 1, broken).into_iter().flatten().collect()
}

fn broken(explainer: &Explainer<'_, '_>, invariant: &Invariant) -> Option<Diagnostic> {
    let subject = explainer.subject;
    let from: Vec<_> = invariant.from.iter().map(|end| (end.clone(), Vec::new())).collect();
    let (from, to) = (peers::of(subject, &from), peers::of(subject, &invariant.to));
    if invariant.never {
        let sets = from.iter().flat_map(|from| to.iter().map(move |to| (from, to)));
        let opened = sets.filter_map(|(from, to)| {
            let asked = Relation::between(std::slice::from_ref(&from.end), std::slice::from_ref(&to.end), &to.ports);
            let straight = subject.cluster.filter(&asked, Reading::Specification);
            // Between two addresses policies have no say.
            let outside = matches!((&from.end, &to.end), (End::Addresses(_), End::Addresses(_)));
            let straight = if outside { None } else { straight.sample() };
            straight.or_else(|| can::through(explainer, &from.end, to, Reading::Specification).sample())
        });
        if let Some(connection) = opened.into_iter().next() {
            return Some(never(invariant.origin, &explainer.witness(&connection)));
        }
        let mut asked = from.iter().flat_map(|from| to.iter().map(move |to| (from, to)));
        return asked.find_map(|(from, to)| {
            let asked = Relation::between(std::slice::from_ref(&from.end), std::slice::from_ref(&to.end), &to.ports);
            let why = engines::could_permit(subject.cluster, &asked)?;
            Some(not_known(invariant.origin, &why))
        });
    }
    let Decided { closed, doubtful, notes, .. } = can::decide(explainer, &from, &to);
    let missing = closed.sample().or_else(|| doubtful.sample())?;
    let witness = explainer.witness(&missing);
    let rule = Question { from: invariant.from.clone(), to: Target::Ends(invariant.to.clone()) };
    // What is doubtful is not for a line of the sources to settle.
    let proposals = if closed.is_empty() { Vec::new() } else { edits::proposals(subject, &rule, None) };
    let diagnostic = expect(invariant.origin, &witness, &proposals);
    Some(notes.into_iter().fold(diagnostic, Diagnostic::note))
}

/// What this rules out may be permitted by a policy that is not read.
fn not_known(origin: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&BROKEN_NEVER, origin, "whether this is permitted is not known")
        .note(why)
        .help("remove that policy, or say in the `never` what it does not mean")
}

/// What is permitted, and the statements that open the way.
fn never(origin: Span, witness: &Witness) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(&BROKEN_NEVER, origin, format!("this is permitted: {}", witness.connection));
    let mut shown = vec![origin];
    let mut also = |mut diagnostic: Diagnostic, span: Span, text: String| {
        if !shown.contains(&span) {
            shown.push(span);
            diagnostic = diagnostic.secondary(span, text);
        }
        diagnostic
    };
    if let Some(through) = &witness.through {
        for statement in &through.statements {
            diagnostic = also(diagnostic, statement.span, format!("published under {}", through.host));
        }
        if through.statements.is_empty() {
            diagnostic = diagnostic.note(format!(
                "the Ingress `{}/{}` publishes it under {}",
                through.namespace, through.ingress, through.host
            ));
        }
    }
    let opens = |side: &Side, statement: &Statement| {
        side.policies.iter().any(|policy| policy.statements.iter().any(|own| own.span == statement.span))
    };
    // The controller's side is not what a statement opens.
    let sides = [(&witness.egress, "lets the source out"), (&witness.ingress, "lets the destination be reached")];
    for (side, words) in sides.into_iter().skip(usize::from(witness.through.is_some())) {
        for policy in &side.policies {
            for statement in &policy.statements {
                let both = opens(&witness.egress, statement) && opens(&witness.ingress, statement);
                let words = if both { "opens both ends" } else { words };
                diagnostic = also(diagnostic, statement.span, words.to_string());
            }
            if policy.statements.is_empty() {
                let PolicySays { namespace, name, says, .. } = policy;
                diagnostic = diagnostic.note(format!("the policy `{namespace}/{name}` {words}: {}", says.join("; ")));
            }
        }
        if side.policies.is_empty() && side.verdict.starts_with("no policy") {
            diagnostic = diagnostic.note(format!("no policy is for the pods of one end, which {words}"));
        }
    }
    diagnostic.help("take back one of these, or say in the `never` what it does not mean")
}

/// What is missing on which side, and what to write.
fn expect(origin: Span, witness: &Witness, proposals: &[edits::Proposal]) -> Diagnostic {
    let verb = if witness.verdict == "denied" { "is not permitted" } else { "is not certain" };
    let mut diagnostic =
        Diagnostic::new(&BROKEN_EXPECT, origin, format!("this {verb}: {}", witness.connection)).withdrawal();
    for (side, words) in
        [(&witness.egress, "the source is not let out"), (&witness.ingress, "the destination is not to be reached")]
    {
        if !side.open && side.verdict == "closed" {
            let policies: Vec<String> =
                side.policies.iter().map(|policy| format!("`{}/{}`", policy.namespace, policy.name)).collect();
            let verb = if policies.len() == 1 { "closes" } else { "close" };
            diagnostic = diagnostic.note(format!("{words}: {} {verb} it", policies.join(", ")));
        }
    }
    for reason in &witness.depends_on {
        diagnostic = diagnostic.note(format!("it depends: {reason}"));
    }
    let Some(proposal) = proposals.first() else { return diagnostic };
    let lines: Vec<String> = proposal.edits.iter().map(|edit| format!("in {}: {}", edit.path, edit.line)).collect();
    let edits = proposal.edits.iter().map(|edit| edit.edit.clone()).collect();
    let title = "write the lines that open it";
    diagnostic.help(format!("write {}", lines.join("; "))).fix_with(title, Safety::Unsafe, edits)
}
