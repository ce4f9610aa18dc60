//! Which of a workspace's errors a change answers for.
//!
//! Consent, names and facts are withdrawn by those whose they are, and what that breaks elsewhere must not hold them up. So a
//! change answers for the statements that it adds or alters, for errors that it brings otherwise, and for the platform's own
//! files; what else is wrong is listed.

use crate::check::contest::Meeting;
use crate::diagnostics::Diagnostic;
use crate::model::{End, Namespaces};
use crate::questions::invariants::BROKEN_NEVER;
use crate::source::{FileId, Sources, Span};
use crate::syntax::ast::{Body, Statement};
use crate::syntax::{Parsed, print};
use crate::{Analysis, Manifests, included};
use smol_str::SmolStr;
use std::collections::HashSet;

/// A workspace before or after a change.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// What they say.
    pub parsed: &'a [Parsed],
    /// What that means. Its diagnostics hold those of invariants too.
    pub analysis: &'a Analysis,
    /// What it includes.
    pub manifests: &'a Manifests,
}

/// Who speaks: a tenant, the platform (an empty name), or a file that is nobody's (its path).
type Speaker = SmolStr;

/// What was there before the change.
#[derive(Default)]
struct Before {
    statements: HashSet<(Speaker, String)>,
    lines: HashSet<(Speaker, String)>,
    errors: HashSet<(Speaker, &'static str, String)>,
}

/// Each finding of the new side, with whether the change answers for it; without an old side, it answers for all. Besides, what
/// the new side by itself cannot tell: hosts that the change takes from a tenant that had them before.
pub fn judged(old: Option<Side<'_>>, new: Side<'_>) -> Vec<(Diagnostic, bool)> {
    let all = new.analysis.diagnostics.iter().cloned();
    let Some(old) = old else { return all.map(|found| (found, true)).collect() };
    let before = Before::of(old);
    let hosts = Hosts { old: old.analysis, new: new.analysis };
    let answered = |found: &Diagnostic| match hosts.meeting(found) {
        // Of two that have a host, the newer one answers; and who gives way, for each change of the statement.
        Some(meeting) => hosts.is_new(meeting) || meeting.yields && before.is_changed(new, found.primary.span),
        None => before.is_answered(new, found),
    };
    let mut out: Vec<(Diagnostic, bool)> =
        all.map(|found| (answered(&found), found)).map(|(a, found)| (found, a)).collect();
    out.extend(hosts.taken().map(|found| (found.clone(), true)));
    out.sort_by_key(|(found, _)| found.primary.span);
    out
}

/// Who has which host, on both sides.
#[derive(Clone, Copy)]
struct Hosts<'a> {
    old: &'a Analysis,
    new: &'a Analysis,
}

impl<'a> Hosts<'a> {
    /// The two tenants that a finding is about, if it says that both have one host.
    fn meeting(&self, found: &Diagnostic) -> Option<&'a Meeting> {
        let is_said = |meeting: &&Meeting| {
            meeting.is_contested()
                && meeting.found.primary.span == found.primary.span
                && meeting.found.message == found.message
        };
        self.new.meetings().find(is_said)
    }

    /// Whether a tenant did not have a host before the change.
    fn is_new(&self, meeting: &Meeting) -> bool {
        !self.old.has_host(&meeting.tenant, &meeting.host)
    }

    /// What a tenant takes with its own consent alone: a host that another had before, who lets it in no more than anybody else
    /// does who had it.
    fn taken(self) -> impl Iterator<Item = &'a Diagnostic> {
        let had = move |tenant: &str, host: &str| self.old.has_host(tenant, host);
        let all = self.new.meetings().filter(move |meeting| {
            let lent = meeting.borrows || meeting.hosts.iter().any(|holder| had(holder, &meeting.host));
            meeting.lends && !lent && self.is_new(meeting) && had(&meeting.other, &meeting.host)
        });
        all.map(|meeting| &meeting.found)
    }
}

impl Before {
    fn of(side: Side<'_>) -> Before {
        let mut before = Before::default();
        for file in side.sources.ids() {
            let speaker = side.speaker(file);
            let lines = side.sources.get(file).text.lines();
            before.lines.extend(lines.map(|line| (speaker.clone(), line.trim().to_string())));
            let statements = &side.parsed[file.0 as usize].file.statements;
            before.statements.extend(statements.iter().map(|found| (speaker.clone(), side.written(found))));
        }
        let errors = side.analysis.diagnostics.iter().filter(|found| found.is_error());
        before.errors = errors.map(|found| side.error(found)).collect();
        before
    }

    fn is_answered(&self, side: Side<'_>, found: &Diagnostic) -> bool {
        let place = found.primary.span;
        if side.is_of_platform(place.file) || self.is_changed(side, place) {
            return true;
        }
        if found.code.name == BROKEN_NEVER.name {
            return side.is_destination(place) && found.secondary.iter().any(|label| self.is_changed(side, label.span));
        }
        if found.is_withdrawal {
            return false;
        }
        !self.errors.contains(&side.error(found))
    }

    /// Whether the statement at a place is new or another one; of what is no statement, the line.
    fn is_changed(&self, side: Side<'_>, place: Span) -> bool {
        let speaker = side.speaker(place.file);
        match side.statement(place) {
            Some(statement) => !self.statements.contains(&(speaker, side.written(statement))),
            None => !self.lines.contains(&(speaker, side.line(place))),
        }
    }
}

impl Side<'_> {
    fn is_of_platform(&self, file: FileId) -> bool {
        self.analysis.owners.of_platform.get(file.0 as usize).copied().unwrap_or(false)
    }

    fn speaker(&self, file: FileId) -> Speaker {
        match self.analysis.owners.of_file.get(file.0 as usize) {
            Some(Some(tenant)) => tenant.clone(),
            _ if self.is_of_platform(file) => SmolStr::default(),
            _ => SmolStr::new(self.sources.get(file).real_path()),
        }
    }

    fn statement(&self, place: Span) -> Option<&Statement> {
        let statements = &self.parsed.get(place.file.0 as usize)?.file.statements;
        let after = statements.partition_point(|statement| statement.span.start <= place.start);
        statements[..after].last().filter(|statement| place.start < statement.span.end)
    }

    /// A statement as the formatter writes it, with what it includes: how it is laid out changes nothing.
    fn written(&self, statement: &Statement) -> String {
        let mut text = print::one_line(statement);
        if let Body::Include(include) = &statement.body
            && let Some(path) = included(self.sources, include)
        {
            match self.manifests.get(&path) {
                Some(Ok(manifest)) => text.push_str(manifest),
                Some(Err(reason)) => text.push_str(reason),
                None => {}
            }
        }
        text
    }

    fn line(&self, place: Span) -> String {
        let text = &self.sources.get(place.file).text;
        let start = text[..place.range().start].rfind('\n').map_or(0, |at| at + 1);
        text[start..].lines().next().unwrap_or_default().trim().to_string()
    }

    /// What makes an error the same on both sides.
    fn error(&self, found: &Diagnostic) -> (Speaker, &'static str, String) {
        let place = found.primary.span;
        let words = self.statement(place).map_or_else(|| self.line(place), |statement| self.written(statement));
        (self.speaker(place.file), found.code.name, words)
    }

    /// Whether the invariant at a place protects pods of its own tenant as destination.
    fn is_destination(&self, place: Span) -> bool {
        let speaker = self.speaker(place.file);
        let invariants = self.analysis.workspaces.iter().flat_map(|workspace| &workspace.invariants);
        invariants.filter(|invariant| invariant.origin == place).any(|invariant| {
            let own = |end: &End| matches!(end, End::Pods(Namespaces::One(name, _), _) if *name == speaker);
            invariant.to.iter().any(|(end, _)| own(end))
        })
    }
}
