//! Who did it: the statements behind policies, hosts and certificates, or the objects where nobody wrote statements.

use super::named::Named;
use super::reach::rules;
use super::{Cause, Consent, Program, Side, Which};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_analysis::model::Tenant;
use xks_base::source::Span;
use xks_kubernetes::cluster::objects::{Direction, NetworkPolicy, Place};
use xks_kubernetes::cluster::policy;
use xks_kubernetes::cluster::relation::{Block, End, Pods, Relation};
use xks_kubernetes::cluster::{Cluster, PolicyId, labels::Labelled, network::Reading};
use xks_kubernetes::k8s::File;
use xks_output::lower::{self, Origin};
use xks_syntax::Keyword;
use xks_syntax::format::one_line;

/// What a statement says, and whose it is.
type StatementText = (Option<SmolStr>, String);

/// The statements of both sides.
pub(super) struct Provenance<'a> {
    pub(super) old: SideProvenance<'a>,
    pub(super) new: SideProvenance<'a>,
}

impl<'a> Provenance<'a> {
    pub(super) fn new(old: &Side<'a>, new: &Side<'a>) -> Provenance<'a> {
        Provenance { old: SideProvenance::new(old, Which::Old), new: SideProvenance::new(new, Which::New) }
    }

    /// A side's book, and the other one.
    pub(super) fn of(&mut self, which: Which) -> (&mut SideProvenance<'a>, &mut SideProvenance<'a>) {
        match which {
            Which::Old => (&mut self.old, &mut self.new),
            Which::New => (&mut self.new, &mut self.old),
        }
    }

    /// The statements at spans of a side. Of several, those that the other side lacks did it.
    pub(super) fn causes(&mut self, which: Which, spans: &[Span]) -> Vec<Cause> {
        let (own, other) = self.of(which);
        own.causes(spans, other)
    }

    /// What opens connections on a side that the other side lacks.
    pub(super) fn behind(&mut self, which: Which, block: &Block) -> Vec<Cause> {
        let (own, other) = self.of(which);
        let here = own.covering(block);
        let changed =
            |side_provenance: &SideProvenance<'_>, other: &SideProvenance<'_>, ids: &[PolicyId]| -> Vec<PolicyId> {
                let (cluster, there) = (side_provenance.side.cluster, other.side.cluster);
                let differs = |id: &PolicyId| {
                    let policy = cluster.policy(*id);
                    !there.policies(&policy.namespace).any(|(_, known)| rules(known) == rules(policy))
                };
                ids.iter().copied().filter(differs).collect()
            };
        let did = changed(own, other, &here);
        if !did.is_empty() {
            let spans = own.origins(&did);
            return own.found(&did, spans, other);
        }
        // Nothing opened the way, so something stopped closing it.
        let isolating = other.isolating(block);
        let gone = changed(other, own, &isolating);
        if !gone.is_empty() {
            let spans = other.origins(&gone);
            return other.found(&gone, spans, own);
        }
        let spans = own.origins(&here);
        own.found(&here, spans, other)
    }
}

/// The statements of one side.
pub(super) struct SideProvenance<'a> {
    which: Which,
    side: Side<'a>,
    statement_text: BTreeSet<StatementText>,
    /// What names mean.
    pub(super) named: Named<'a>,
    shares: Vec<lower::Share<'a>>,
    /// Of namespaces that were asked for: the statements of each policy, by its name.
    folders: BTreeMap<SmolStr, BTreeMap<SmolStr, Vec<Span>>>,
    /// What each policy that was asked for lets through.
    permits: BTreeMap<(PolicyId, bool), Relation>,
}

impl<'a> SideProvenance<'a> {
    fn new(side: &Side<'a>, which: Which) -> SideProvenance<'a> {
        let mut side_provenance = SideProvenance {
            which,
            side: *side,
            statement_text: BTreeSet::new(),
            named: Named::new(side.program),
            shares: Vec::new(),
            folders: BTreeMap::new(),
            permits: BTreeMap::new(),
        };
        if let Some(program) = side.program {
            let spans = side_provenance.named.statements().map(|(span, _)| span);
            side_provenance.statement_text = spans.map(|span| statement_text(program, span)).collect();
            let tenants = program.workspace.tenants();
            side_provenance.statement_text.extend(tenants.map(|tenant| (Some(tenant.name.clone()), String::new())));
            side_provenance.shares = lower::shares(program.workspace);
        }
        side_provenance
    }

    /// The program, if there is one.
    pub(super) fn program(&self) -> Option<Program<'a>> {
        self.side.program
    }

    /// Whether the other side has no statement that says what the one at `span` says.
    pub(super) fn lacks(&self, span: Span, other: &SideProvenance<'_>) -> bool {
        self.side.program.is_some_and(|program| !other.statement_text.contains(&statement_text(program, span)))
    }

    /// Who says what at a span, if there are statements.
    pub(super) fn said(&self, span: Span) -> Option<(Option<SmolStr>, String)> {
        self.side.program.map(|program| statement_text(program, span))
    }

    /// The tenant of a namespace.
    pub(super) fn tenant(&self, namespace: &str) -> Option<&'a Tenant> {
        self.side.program?.workspace.tenants().find(|tenant| tenant.namespace == namespace)
    }

    /// The statements that an object stands for.
    pub(super) fn declaring(&self, namespace: &str, kind: &str, name: &str) -> Vec<Span> {
        let Some(tenant) = self.tenant(namespace) else { return Vec::new() };
        let services = tenant.services.iter().map(|service| (&service.name, service.origin));
        let externals = tenant.externals.iter().map(|external| (&external.name, external.origin));
        let own = services.chain(externals).filter(|(known, _)| *known == name).map(|(_, origin)| origin);
        own.chain(self.including(namespace, kind, name)).collect()
    }

    /// What is compared.
    pub(super) fn side(&self) -> &Side<'a> {
        &self.side
    }

    /// The included file that holds an object.
    pub(super) fn including(&self, namespace: &str, kind: &str, name: &str) -> Option<Span> {
        let mut includes = self.tenant(namespace)?.includes.iter();
        let holds = |object: &(SmolStr, SmolStr)| object.0 == kind && object.1 == name;
        includes.find(|include| include.objects.iter().any(holds)).map(|include| include.origin)
    }

    /// The statements at spans; of several, those that the other side does not have.
    pub(super) fn causes(&self, spans: &[Span], other: &SideProvenance<'_>) -> Vec<Cause> {
        let Some(program) = self.side.program else { return Vec::new() };
        let fresh: Vec<Span> = spans
            .iter()
            .copied()
            .filter(|span| !other.statement_text.contains(&statement_text(program, *span)))
            .collect();
        let spans = if fresh.is_empty() {
            // The words are the same, so what they mean is another: what they name did it.
            let named = spans.iter().flat_map(|span| self.named.behind(*span));
            spans.iter().copied().chain(named.filter(|span| self.lacks(*span, other))).collect()
        } else {
            fresh
        };
        let mut out: Vec<Cause> = spans.into_iter().map(|span| self.cause(program, span)).collect();
        out.sort();
        out.dedup();
        out
    }

    fn cause(&self, program: Program<'_>, span: Span) -> Cause {
        let source = program.sources.get(span.file);
        let because = self.named.statement(span).and_then(|statement| statement.tags.because.as_ref());
        let (tenant, text) = statement_text(program, span);
        let keyword = match (self.named.statement(span), text.is_empty()) {
            (Some(statement), _) => Some(statement.body.keyword()),
            (None, true) => Some(Keyword::Tenant),
            (None, false) => None,
        };
        let flows = program.workspace.flows().filter(|flow| flow.origin == span);
        let mut consents: Vec<Consent> = flows
            .flat_map(|flow| &flow.consents)
            .filter_map(|words| {
                Some(Consent {
                    tenant: program.workspace.owners.get(words.file.0 as usize)?.clone()?,
                    path: program.sources.get(words.file).path.clone(),
                    line: program.sources.get(words.file).line_of(words.start) + 1,
                    text: one_line(program.sources.text(*words)).into_owned(),
                })
            })
            .collect();
        consents.sort();
        consents.dedup();
        Cause {
            side: self.which,
            path: source.path.clone(),
            line: Some(source.line_of(span.start) + 1),
            text: if text.is_empty() { format!("tenant {}", tenant.clone().unwrap_or_default()) } else { text },
            because: because.map(|text| text.value.clone()),
            tenant,
            keyword,
            consents,
        }
    }

    /// An object that no statement is behind.
    pub(super) fn object(&self, place: Place, title: String) -> Cause {
        let path = self.side.cluster.objects().files.get(place.file as usize).cloned().unwrap_or_default();
        Cause {
            side: self.which,
            path,
            line: Some(place.line as usize),
            text: title,
            because: None,
            tenant: None,
            keyword: None,
            consents: Vec::new(),
        }
    }

    fn found(&self, policies: &[PolicyId], spans: Vec<Span>, other: &SideProvenance<'_>) -> Vec<Cause> {
        if self.side.program.is_some() {
            return self.causes(&spans, other);
        }
        let object = |id: &PolicyId| {
            let policy = self.side.cluster.policy(*id);
            self.object(policy.place, format!("NetworkPolicy {}/{}", policy.namespace, policy.name))
        };
        policies.iter().map(object).collect()
    }

    /// The statements that policies come from.
    fn origins(&mut self, policies: &[PolicyId]) -> Vec<Span> {
        let mut out = Vec::new();
        for id in policies {
            let policy = self.side.cluster.policy(*id);
            let (namespace, name) = (policy.namespace.clone(), policy.name.clone());
            match self.folder(&namespace).get(&name) {
                Some(spans) => out.extend(spans.iter().copied()),
                None => out.extend(self.including(&namespace, "NetworkPolicy", &name)),
            }
        }
        out.sort();
        out.dedup();
        out
    }

    fn folder(&mut self, namespace: &SmolStr) -> &BTreeMap<SmolStr, Vec<Span>> {
        let (side, shares) = (&self.side, &self.shares);
        self.folders.entry(namespace.clone()).or_insert_with(|| {
            let share = shares.iter().find(|share| share.namespace() == namespace);
            let (Some(program), Some(share)) = (side.program, share) else { return BTreeMap::new() };
            let resources = lower::folder(program.workspace, share).resources.into_iter();
            let policies = resources.filter(|resource| resource.object.file() == File::NetworkPolicies);
            let spans = |origin: Origin| match origin {
                Origin::Statements(spans) => spans,
                Origin::Tenant(name) => {
                    let tenants = program.workspace.tenants();
                    tenants.filter(|tenant| tenant.name == name).map(|tenant| tenant.span.before()).collect()
                }
            };
            policies.map(|policy| (policy.object.metadata().name.clone(), spans(policy.origin))).collect()
        })
    }

    /// The policies that let some of these connections through, on either end.
    fn covering(&mut self, block: &Block) -> Vec<PolicyId> {
        self.policies(block, |side_provenance, id, direction, block| {
            let relation = side_provenance.permits.entry((id, direction == Direction::Egress)).or_insert_with(|| {
                lets_through(side_provenance.side.cluster, side_provenance.side.cluster.policy(id), direction)
            });
            relation.blocks().iter().any(|open| open.intersection(block).is_some())
        })
    }

    /// The policies that close some of these connections unless another opens them, on either end.
    fn isolating(&mut self, block: &Block) -> Vec<PolicyId> {
        self.policies(block, |side_provenance, id, direction, block| {
            let policy = side_provenance.side.cluster.policy(id);
            let own = if direction == Direction::Egress { block.from() } else { block.to() };
            let selected = Labelled::selected(&policy.pods.0).map(|labels| Pods::within(&policy.namespace, labels));
            policy.rules(direction).is_some() && selected.is_some_and(|pods| End::Pods(pods).intersects(own))
        })
    }

    fn policies(
        &mut self,
        block: &Block,
        wanted: impl Fn(&mut SideProvenance<'a>, PolicyId, Direction, &Block) -> bool,
    ) -> Vec<PolicyId> {
        let mut out = Vec::new();
        for (end, direction) in [(block.from(), Direction::Egress), (block.to(), Direction::Ingress)] {
            let End::Pods(pods) = end else { continue };
            let Some(names) = pods.namespaces().names() else { continue };
            for name in names {
                let ids: Vec<PolicyId> = self.side.cluster.policies(name).map(|(id, _)| id).collect();
                out.extend(ids.into_iter().filter(|id| wanted(self, *id, direction, block)));
            }
        }
        out.sort();
        out.dedup();
        out
    }
}

/// A line of a side's text, as the cause of something.
pub(super) fn line(program: Program<'_>, which: Which, span: Span) -> Cause {
    let source = program.sources.get(span.file);
    let at = source.line_of(span.start);
    let text = source.text.lines().nth(at).unwrap_or_default();
    Cause {
        side: which,
        path: source.path.clone(),
        line: Some(at + 1),
        text: text.trim().to_string(),
        because: None,
        tenant: program.workspace.owners.get(span.file.0 as usize).cloned().flatten(),
        keyword: None,
        consents: Vec::new(),
    }
}

/// What a statement says, and whose it is; nothing for the start of a file that has no `tenant` statement.
fn statement_text(program: Program<'_>, span: Span) -> StatementText {
    let owner = program.workspace.owners.get(span.file.0 as usize).cloned().flatten();
    (owner, one_line(program.sources.text(span)).into_owned())
}

/// What the rules of one policy let through for the pods that it selects.
fn lets_through(cluster: &Cluster, policy: &NetworkPolicy, direction: Direction) -> Relation {
    let Some(own) = Labelled::selected(&policy.pods.0).filter(|_| policy.rules(direction).is_some()) else {
        return Relation::default();
    };
    let own = End::Pods(Pods::within(&policy.namespace, own));
    let all = policy::permits([policy], &policy.namespace, direction, cluster.network(), Reading::Specification);
    let mut out = Relation::default();
    for block in all.blocks() {
        let (mine, peer) = match direction {
            Direction::Egress => (block.from(), block.to()),
            Direction::Ingress => (block.to(), block.from()),
        };
        let Some(mine) = mine.intersection(&own) else { continue };
        let peers = match peer {
            End::Addresses(_) => vec![peer.clone()],
            End::Pods(pods) => {
                let settled = cluster.settle(pods.namespaces()).into_iter();
                settled.filter_map(|names| Pods::new(&names, pods.labels().clone())).map(End::Pods).collect()
            }
        };
        out.extend(peers.into_iter().filter_map(|peer| match direction {
            Direction::Egress => Block::new(mine.clone(), peer, block.ports().clone()),
            Direction::Ingress => Block::new(peer, mine.clone(), block.ports().clone()),
        }));
    }
    out
}
