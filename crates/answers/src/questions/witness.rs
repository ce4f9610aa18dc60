//! Why one connection is open or closed, in the terms of those who wrote the policies.

use super::Subject;
use super::routes::Route;
use super::statements::{Statement, Statements};
use super::words::sample;
use serde::Serialize;
use xks_kubernetes::cluster::PolicyId;
use xks_kubernetes::cluster::objects::{Direction, NetworkPolicy, Peer};
use xks_kubernetes::cluster::relation::{Connection, Sample};
use xks_kubernetes::cluster::semantics::{self, Grant, Party, PeerUnmet, Refusal, Unmet, Verdict};

/// What both sides have to say about a connection.
#[derive(Debug, Clone, Serialize)]
pub struct Witness {
    /// The connection.
    pub connection: String,
    /// `allowed`, `denied` or `depends`.
    pub verdict: &'static str,
    /// The source's side.
    pub egress: Side,
    /// The destination's side.
    pub ingress: Side,
    /// What it hangs on, if it does.
    pub depends_on: Vec<String>,
    /// The Ingress that it comes through. Then the sides are those of the controller's connection.
    pub through: Option<Through>,
}

/// What one side says.
#[derive(Debug, Clone, Serialize)]
pub struct Side {
    /// Whether it is open, and why, in a few words.
    pub verdict: &'static str,
    /// Whether it lets the connection through.
    pub open: bool,
    /// The policies that say so.
    pub policies: Vec<PolicySays>,
}

/// What one policy says.
#[derive(Debug, Clone, Serialize)]
pub struct PolicySays {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Where it was read: `file:line`.
    pub place: String,
    /// The rule that lets the connection through, or what does not fit in each.
    pub says: Vec<String>,
    /// The statements that it comes from.
    pub statements: Vec<Statement>,
}

/// An Ingress on the way.
#[derive(Debug, Clone, Serialize)]
pub struct Through {
    /// `HOST[/PATH]`.
    pub host: String,
    /// `public` or `private`.
    pub access: &'static str,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub ingress: String,
    /// The Service that it leads to.
    pub service: String,
    /// Where it was read: `file:line`.
    pub place: String,
    /// The statements that it comes from.
    pub statements: Vec<Statement>,
}

/// Explains connections.
pub(super) struct Explainer<'a, 's> {
    pub(super) subject: &'s Subject<'a>,
    pub(super) statements: Statements,
    pub(super) routes: Vec<Route>,
}

impl<'a, 's> Explainer<'a, 's> {
    pub(super) fn new(subject: &'s Subject<'a>) -> Explainer<'a, 's> {
        let statements = subject.workspace.map(|(_, workspace)| Statements::of(workspace)).unwrap_or_default();
        Explainer { subject, statements, routes: super::routes::of(subject) }
    }

    /// What is said about a connection; through an Ingress where that is the way.
    pub(super) fn witness(&self, connection: &Connection) -> Witness {
        let straight = self.straight(connection);
        if straight.verdict == "denied"
            && let Some(route) = self.route(connection)
            && let Some(inner) = self.inner(route, connection)
        {
            return Witness { through: Some(self.through(route)), connection: self.shown(connection), ..inner };
        }
        straight
    }

    fn shown(&self, connection: &Connection) -> String {
        let (from, to) = (sample(self.subject, &connection.from), sample(self.subject, &connection.to));
        format!("{from} -> {to} on {}", connection.port)
    }

    fn route(&self, connection: &Connection) -> Option<&Route> {
        let Subject { cluster, platform, .. } = self.subject;
        let most = xks_kubernetes::cluster::network::Reading::Most;
        let guest = |route: &&Route| matches!(connection.from, Sample::Address(from) if route.clients.contains(from));
        self.routes.iter().filter(guest).find(|route| route.relation(cluster, platform, most).contains(connection))
    }

    /// The controller's connection behind a route.
    pub(super) fn inner(&self, route: &Route, outer: &Connection) -> Option<Witness> {
        let inner = route.inner(self.subject.platform).sample()?;
        let connection = Connection { from: inner.from, to: outer.to.clone(), port: outer.port.clone() };
        Some(self.straight(&connection))
    }

    pub(super) fn through(&self, route: &Route) -> Through {
        let spans = self.statements.get(&route.namespace, "Ingress", &route.ingress);
        Through {
            host: route.shown(),
            access: route.access.word(),
            namespace: route.namespace.to_string(),
            ingress: route.ingress.to_string(),
            service: route.service.to_string(),
            place: self.subject.cluster.objects().place(route.place),
            statements: self.statements_at(spans),
        }
    }

    fn statements_at(&self, spans: &[xks_base::source::Span]) -> Vec<Statement> {
        let Some((sources, _)) = self.subject.workspace else { return Vec::new() };
        spans.iter().map(|span| Statement::at(sources, *span)).collect()
    }

    /// What is said about a connection as such.
    pub(super) fn straight(&self, connection: &Connection) -> Witness {
        let cluster = self.subject.cluster;
        let (from, to) = (cluster.party(&connection.from), cluster.party(&connection.to));
        let answer = cluster.answer(&from, &to, &connection.port);
        let (verdict, reasons) = match &answer.verdict {
            Verdict::Allowed => ("allowed", Vec::new()),
            Verdict::Denied => ("denied", Vec::new()),
            Verdict::Depends(reasons) => ("depends", reasons.iter().map(ToString::to_string).collect()),
        };
        Witness {
            connection: self.shown(connection),
            verdict,
            egress: self.side(Direction::Egress, &answer.egress, &to),
            ingress: self.side(Direction::Ingress, &answer.ingress, &from),
            depends_on: reasons,
            through: None,
        }
    }

    fn side(&self, direction: Direction, side: &semantics::Side, other: &Party) -> Side {
        let (verdict, open, policies) = match side {
            semantics::Side::Outside => ("no pod of the cluster, so no policy is for it", true, Vec::new()),
            semantics::Side::Itself => ("a pod always reaches itself", true, Vec::new()),
            semantics::Side::NotIsolated => ("no policy selects the pod, so all is open", true, Vec::new()),
            semantics::Side::Open(grants) => {
                let says = grants.iter().map(|grant| self.grants(direction, grant)).collect();
                ("open", true, says)
            }
            semantics::Side::Unclear(_) => ("it depends", false, Vec::new()),
            semantics::Side::Closed(refusals) => {
                let says = refusals.iter().map(|refusal| self.refuses(direction, refusal, other)).collect();
                ("closed", false, says)
            }
        };
        Side { verdict, open, policies }
    }

    fn policy(&self, id: PolicyId, says: Vec<String>) -> PolicySays {
        let policy: &NetworkPolicy = self.subject.cluster.policy(id);
        let spans = self.statements.get(&policy.namespace, "NetworkPolicy", &policy.name);
        PolicySays {
            namespace: policy.namespace.to_string(),
            name: policy.name.to_string(),
            place: self.subject.cluster.objects().place(policy.place),
            says,
            statements: self.statements_at(spans),
        }
    }

    fn grants(&self, direction: Direction, grant: &Grant) -> PolicySays {
        let policy = self.subject.cluster.policy(grant.policy);
        let rule = policy.rules(direction).and_then(|rules| rules.get(grant.rule));
        let peer = rule.zip(grant.peer).and_then(|(rule, at)| rule.peers.get(at));
        let port = rule.zip(grant.port).and_then(|(rule, at)| rule.ports.get(at));
        let way = match direction {
            Direction::Egress => "to",
            Direction::Ingress => "from",
        };
        let peer = peer.map_or_else(|| "everybody".to_string(), shown);
        let port = port.map_or_else(|| "every port".to_string(), ToString::to_string);
        self.policy(grant.policy, vec![format!("rule {}: {way} {peer}, on {port}", grant.rule + 1)])
    }

    fn refuses(&self, direction: Direction, refusal: &Refusal, other: &Party) -> PolicySays {
        let policy = self.subject.cluster.policy(refusal.policy);
        let rules = policy.rules(direction).unwrap_or_default();
        let mut says: Vec<String> = refusal
            .rules
            .iter()
            .enumerate()
            .map(|(at, unmet)| {
                let why = match unmet {
                    Unmet::Ports(_) => match rules.get(at) {
                        Some(rule) => {
                            let ports: Vec<String> = rule.ports.iter().map(ToString::to_string).collect();
                            format!("its peer fits, its ports do not: {}", ports.join(", "))
                        }
                        None => "its ports do not fit".to_string(),
                    },
                    Unmet::Peers(whys) => {
                        let peers = rules.get(at).map_or(&[][..], |rule| &rule.peers);
                        nearest(whys, other).map_or_else(String::new, |nearest| {
                            let peer = peers.get(nearest).map_or_else(String::new, shown);
                            format!("{peer}: {}", whys[nearest])
                        })
                    }
                };
                format!("rule {}: {why}", at + 1)
            })
            .collect();
        if says.is_empty() {
            says.push("it has no rule".to_string());
        }
        self.policy(refusal.policy, says)
    }
}

/// A peer, of whose holes not all are listed.
fn shown(peer: &Peer) -> String {
    match peer {
        Peer::Block { cidr, except } if except.len() > MOST_HOLES => format!("{cidr} except {} ranges", except.len()),
        peer => peer.to_string(),
    }
}

/// How many holes of a range are listed.
const MOST_HOLES: usize = 3;

/// The peer that comes closest: of a peer about namespaces and pods, the one whose namespace fits.
fn nearest(whys: &[PeerUnmet], other: &Party) -> Option<usize> {
    let far = |why: &PeerUnmet| match (why, other) {
        (PeerUnmet::Pod(_) | PeerUnmet::Excepted(_), _) => 0,
        (PeerUnmet::Namespace(_) | PeerUnmet::OutsideRange, _) => 1,
        (PeerUnmet::OtherNamespace, _) => 2,
        (PeerUnmet::NotAPod | PeerUnmet::NotAnAddress, _) => 3,
    };
    (0..whys.len()).min_by_key(|at| far(&whys[*at]))
}
