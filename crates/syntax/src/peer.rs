//! Peers: one end of a rule.

use super::{Pair, Reader, Rule, ast, errors};
use ast::{PeerKind, Place, Selection};
use smol_str::SmolStr;
use xks_base::source::{Span, Spanned};
use xks_base::values::access::Access;
use xks_base::values::label::{self, Requirement};
use xks_base::values::port::PortSpec;
use xks_base::values::{Problem, address};

impl<'a> Reader<'a> {
    /// Reads a peer; `None` after a report.
    pub(super) fn peer(&mut self, pair: Pair<'a, Rule>) -> Option<ast::Peer> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let first = inner.next()?;
        let (kind, mut ports) = match first.as_rule() {
            Rule::dns_peer => self.named_peer(first, |name| PeerKind::Dns(name.map(SmolStr::new))),
            Rule::ingress_peer => self.named_peer(first, |side| {
                PeerKind::Ingress(if side.value == "public" { Access::Public } else { Access::Private })
            }),
            Rule::atom => {
                let (kind, ports) = self.atom(first);
                (kind?, ports)
            }
            // The grammar knows no other peer, and what it may learn is not passed over.
            _ => {
                self.report(errors::unreadable(span));
                return None;
            }
        };
        let PeerKind::Range(range, mut except) = kind else {
            if let Some(keyword) = inner.next() {
                let at = self.span(&keyword);
                let problem = Problem::new("it follows a range of addresses, as in `10.0.0.0/8 except 10.1.0.0/16`");
                self.report(errors::invalid(&errors::INVALID_ADDRESS, at, "except", "possible here", problem));
            }
            return Some(ast::Peer { span, kind, ports });
        };
        for atom in inner.filter(|pair| pair.as_rule() == Rule::atom) {
            let at = self.span(&atom);
            match self.atom(atom) {
                (Some(PeerKind::Range(hole, _)), more) => {
                    except.push(hole);
                    ports = more.or(ports);
                }
                (Some(_), _) => {
                    let text = self.text[at.range()].to_string();
                    let problem = Problem::new("`except` takes a range of addresses");
                    self.report(errors::invalid(&errors::INVALID_ADDRESS, at, &text, "a range", problem));
                }
                (None, _) => {}
            }
        }
        Some(ast::Peer { span, kind: PeerKind::Range(range, except), ports })
    }

    /// `dns NAME[:PORTS]` and `ingress SIDE[:PORTS]`.
    fn named_peer(
        &mut self,
        pair: Pair<'a, Rule>,
        kind: impl Fn(Spanned<&str>) -> PeerKind,
    ) -> (PeerKind, Option<ast::Ports>) {
        let tail = super::clauses::last(pair);
        let mut parts = tail.clone().into_inner();
        let name = parts.next().unwrap_or(tail);
        let kind = kind(Spanned::new(name.as_str(), self.span(&name)));
        let ports = parts.next().map(|list| self.ports(list));
        (kind, ports)
    }

    /// One word of a peer, its requirements and ports.
    fn atom(&mut self, pair: Pair<'a, Rule>) -> (Option<PeerKind>, Option<ast::Ports>) {
        let mut words: Vec<Pair<'a, Rule>> = Vec::with_capacity(2);
        let mut requirements: Vec<(usize, Vec<Requirement>)> = Vec::new();
        let mut ports = None;
        let whole = self.span(&pair);
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::requirements => {
                    let Some(read) = self.requirements(part) else { return (None, ports) };
                    requirements.push((words.len(), read));
                }
                Rule::port_list => ports = Some(self.ports(part)),
                _ => words.push(part),
            }
        }
        let Some(first) = words.first() else { return (None, ports) };
        let kind = match (first.as_rule(), words.as_slice(), requirements.as_mut_slice()) {
            (Rule::address6, _, _) => self.range(first),
            (_, [word], []) => self.place(word),
            (_, [word], [(1, found)]) => self.selector(word, std::mem::take(found)),
            (_, [word, target], found) if word.as_str() == "tenants" => {
                let (place, pods) = match found {
                    [(1, place)] => (std::mem::take(place), None),
                    [(1, place), (2, pods)] => (std::mem::take(place), Some(std::mem::take(pods))),
                    _ => (Vec::new(), None),
                };
                let selection = match pods {
                    Some(pods) if target.as_str() == "pods" => Some(Selection::Labelled(pods)),
                    Some(_) => self.bad_selector(target),
                    None => self.selection(target, 0),
                };
                selection.map(|selection| PeerKind::Pods(Place::Labelled(place), selection))
            }
            _ => {
                let text = self.text[whole.range()].to_string();
                let problem = Problem::new("labels stand behind `pods`, `TENANT/pods` or `tenants`");
                self.report(errors::invalid(&errors::INVALID_NAME, whole, &text, "a peer", problem));
                None
            }
        };
        (kind, ports)
    }

    /// `pods(…)`, `team/pods(…)`; `tenants(…)` alone lacks its pods.
    fn selector(&mut self, word: &Pair<'a, Rule>, found: Vec<Requirement>) -> Option<PeerKind> {
        match word.as_str() {
            "pods" | "./pods" => Some(PeerKind::Pods(Place::Here, Selection::Labelled(found))),
            "*/pods" => Some(PeerKind::Pods(Place::Every, Selection::Labelled(found))),
            "tenants" => {
                let span = self.span(word);
                let problem = Problem::new("say which pods of those tenants: `tenants(…)/*` for all of them");
                self.report(errors::invalid(&errors::INVALID_NAME, span, "tenants(…)", "a peer", problem));
                None
            }
            text => match text.strip_suffix("/pods") {
                Some(team) if !team.contains('/') => {
                    let span = self.span(word);
                    let span = Span { end: span.start + team.len() as u32, ..span };
                    let team = self.checked_name(team, span, "a tenant's name");
                    Some(PeerKind::Pods(Place::Team(team), Selection::Labelled(found)))
                }
                _ => {
                    self.bad_selector(word);
                    None
                }
            },
        }
    }

    fn bad_selector(&mut self, word: &Pair<'a, Rule>) -> Option<Selection> {
        let span = self.span(word);
        let problem = Problem::new("labels stand behind `pods`, `TENANT/pods` or `tenants`");
        self.report(errors::invalid(&errors::INVALID_NAME, span, word.as_str(), "a peer", problem));
        None
    }

    /// A word without labels: an app, `./app`, `team/app`, `*`, or an IPv4 range.
    fn place(&mut self, word: &Pair<'a, Rule>) -> Option<PeerKind> {
        let text = word.as_str();
        let span = self.span(word);
        let address_like = text.starts_with(|c: char| c.is_ascii_digit())
            && text.contains('.')
            && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '/' | '-'));
        if address_like {
            return self.range(word);
        }
        match text.split_once('/') {
            None if text == "*" => Some(PeerKind::Pods(Place::Here, Selection::All)),
            None if text.contains('.') && xks_base::values::host::Host::parse(text).is_ok() => {
                Some(PeerKind::Dns(Spanned::new(SmolStr::new(text), span)))
            }
            None => {
                let complaints = self.diagnostics.len();
                let name = self.checked_name(text, span, "a name");
                (self.diagnostics.len() == complaints).then_some(PeerKind::Word(name))
            }
            Some((".", _)) => Some(PeerKind::Pods(Place::Here, self.selection(word, 2)?)),
            Some(("*", _)) => Some(PeerKind::Pods(Place::Every, self.selection(word, 2)?)),
            Some((team, _)) => {
                let at = Span { end: span.start + team.len() as u32, ..span };
                let complaints = self.diagnostics.len();
                let name = self.checked_name(team, at, "a tenant's name");
                let selection = self.selection(word, team.len() + 1)?;
                (self.diagnostics.len() == complaints).then_some(PeerKind::Pods(Place::Team(name), selection))
            }
        }
    }

    /// The pods part of a word, from byte `from` on.
    fn selection(&mut self, word: &Pair<'a, Rule>, from: usize) -> Option<Selection> {
        let text = &word.as_str()[from..];
        let span = self.span(word);
        let span = Span { start: span.start + from as u32, ..span };
        if text == "*" {
            return Some(Selection::All);
        }
        if text.is_empty() {
            let problem = Problem::new("an app stands behind `/`, or `*` for every pod");
            self.report(errors::invalid(&errors::INVALID_NAME, self.span(word), word.as_str(), "a peer", problem));
            return None;
        }
        let complaints = self.diagnostics.len();
        let name = self.checked_name(text, span, "an app's name");
        (self.diagnostics.len() == complaints).then_some(Selection::App(name))
    }

    fn range(&mut self, word: &Pair<'a, Rule>) -> Option<PeerKind> {
        let text = word.as_str();
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        let range = self.parsed(word, bare, "an address or range", address::range, &errors::INVALID_ADDRESS)?;
        Some(PeerKind::Range(range, Vec::new()))
    }

    /// `80,443`
    pub(super) fn ports(&mut self, list: Pair<'a, Rule>) -> ast::Ports {
        let span = self.span(&list);
        let mut start = span.start;
        let mut specs = Vec::with_capacity(1);
        let mut sound = true;
        for text in list.as_str().split(',') {
            let at = Span { start, end: start + text.len() as u32, ..span };
            start = at.end + 1;
            let spec = self.port(text, at);
            sound &= spec.is_some();
            specs.extend(spec);
        }
        ast::Ports { span, specs, sound }
    }

    /// One port; `None` after a report.
    pub(super) fn port(&mut self, text: &str, span: Span) -> Option<Spanned<PortSpec>> {
        match PortSpec::parse(text) {
            Ok(spec) => Some(Spanned::new(spec, span)),
            Err(problem) => {
                self.report(errors::invalid(&errors::INVALID_PORT, span, text, "a port", problem));
                None
            }
        }
    }

    /// `None` after a report: with one requirement less, a selector would take in more.
    fn requirements(&mut self, pair: Pair<'a, Rule>) -> Option<Vec<Requirement>> {
        let complaints = self.diagnostics.len();
        let mut found = Vec::new();
        for requirement in pair.into_inner().filter(|pair| pair.as_rule() == Rule::requirement) {
            if let Some(form) = requirement.into_inner().next() {
                found.extend(self.requirement(form));
            }
        }
        found.sort();
        found.dedup();
        (self.diagnostics.len() == complaints).then_some(found)
    }

    fn requirement(&mut self, form: Pair<'a, Rule>) -> Option<Requirement> {
        let rule = form.as_rule();
        let unequal = rule == Rule::equals && form.as_str().contains("!=");
        let mut negated = unequal;
        let mut key = None;
        let mut values = Vec::new();
        for part in form.into_inner() {
            match part.as_rule() {
                Rule::label_key => {
                    key = self.parsed(&part, part.as_str(), "a label's key", label::key, &errors::INVALID_LABEL)
                }
                Rule::kw_not => negated = true,
                Rule::label_value => {
                    let text = self.text_of(part.clone());
                    values.extend(self.parsed(
                        &part,
                        &text.value,
                        "a label's value",
                        label::value,
                        &errors::INVALID_LABEL,
                    ));
                }
                _ => {}
            }
        }
        let key = key?.value;
        let mut values: Vec<SmolStr> = values.into_iter().map(|value| value.value).collect();
        values.sort();
        values.dedup();
        match rule {
            Rule::absent => Some(Requirement::Absent(key)),
            Rule::present => Some(Requirement::Exists(key)),
            _ if values.is_empty() => None,
            _ if negated => Some(Requirement::NotIn(key, values)),
            _ => Some(Requirement::In(key, values)),
        }
    }
}
