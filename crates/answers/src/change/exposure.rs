//! Hosts: who may reach what through the ingress controllers, how it is protected, and the annotations that are a risk.

mod protection;
mod way;

use super::cause::{Provenance, SideProvenance};
use super::object::ObjectChange;
use super::{Approval, Cause, Class, Effect, Party, Row, Side, Which};
use protection::{Difference, differences};
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use way::{Request, Way, Ways, around};
use xks_analysis::model::Platform;
use xks_base::source::Span;
use xks_base::values::access::Access;
use xks_kubernetes::edge::claims::PathMatch;
use xks_kubernetes::edge::nginx::PREFIX;
use xks_kubernetes::edge::nginx::annotations::{self, Risk};
use xks_kubernetes::edge::nginx::guards;
use xks_kubernetes::edge::nginx::reaches::{Target, target};

/// The rows, and whether a host opens or closes.
#[derive(Default)]
pub(super) struct Hosts {
    pub(super) rows: Vec<Row>,
    pub(super) opens: bool,
    pub(super) closes: bool,
    /// The Services of which a row tells where they lead now: namespace and name.
    pub(super) told: BTreeSet<(SmolStr, SmolStr)>,
}

/// Ways on both sides, and what is made of them.
struct Comparison<'c, 'a> {
    old: &'c Side<'a>,
    new: &'c Side<'a>,
    was: Ways,
    is: Ways,
    provenance: &'c mut Provenance<'a>,
    out: Hosts,
    /// What is said of several hosts in the same words by the same statements, with those hosts.
    alike: BTreeMap<Row, BTreeSet<String>>,
}

pub(super) fn rows<'a>(old: &Side<'a>, new: &Side<'a>, provenance: &mut Provenance<'a>) -> Hosts {
    let (was, is) = (way::ways(old, &provenance.old), way::ways(new, &provenance.new));
    let mut comparison = Comparison { old, new, was, is, provenance, out: Hosts::default(), alike: BTreeMap::new() };
    let mut requests: Vec<Request> = comparison.was.keys().chain(comparison.is.keys()).cloned().collect();
    requests.sort();
    requests.dedup();
    let hosts = |ways: &'_ Ways| -> BTreeSet<SmolStr> { ways.keys().map(|(host, ..)| host.clone()).collect() };
    let (served, serves) = (hosts(&comparison.was), hosts(&comparison.is));
    for request in requests {
        // A further path of a host that both sides serve is no new host.
        let known = served.contains(&request.0) && serves.contains(&request.0);
        let mut old: Vec<Way> = comparison.was.get(&request).cloned().unwrap_or_default();
        let mut new: Vec<Way> = comparison.is.get(&request).cloned().unwrap_or_default();
        for way in &new {
            comparison.taken(&request, way);
        }
        // The ways to the same end are compared, those of the same Ingress first, then what is left by its order.
        let mut pairs = Vec::new();
        for closeness in 0..3 {
            new.retain(|new| {
                let fits = |old: &Way| match closeness {
                    0 => old.leads_like(new) && old.ingress == new.ingress,
                    1 => old.leads_like(new),
                    _ => old.target == new.target,
                };
                let found = old.iter().position(fits);
                pairs.extend(found.map(|at| (old.remove(at), new.clone())));
                found.is_none()
            });
        }
        let mut old = old.into_iter();
        let mut new = new.into_iter();
        loop {
            match (old.next(), new.next()) {
                (None, None) => break,
                (Some(old), Some(new)) => pairs.push((old, new)),
                (None, Some(new)) => comparison.comes(&request, &new, known),
                (Some(old), None) => comparison.goes(&request, &old, known),
            }
        }
        for (old, new) in pairs {
            comparison.changes(&request, &old, &new);
        }
    }
    comparison.foreign();
    comparison.finish()
}

/// `www.example.com/docs exactly`
fn url((host, path, path_match): &Request) -> String {
    let exact = if *path_match == PathMatch::Exact { " exactly" } else { "" };
    format!("{host}{}{exact}", if path == "/" { "" } else { path })
}

fn class(public: bool) -> Class {
    if public { Class::Public } else { Class::Private }
}

fn access(public: bool) -> &'static str {
    if public { "public" } else { "private" }
}

impl<'a> Comparison<'_, 'a> {
    fn finish(mut self) -> Hosts {
        for (mut row, urls) in self.alike {
            match urls.first() {
                Some(url) if urls.len() == 1 => row.title = format!("{url}: {}", row.title),
                _ => {
                    row.title = format!("{} hosts and paths: {}", urls.len(), row.title);
                    row.connections = urls.into_iter().collect();
                }
            }
            self.out.rows.push(row);
        }
        self.out
    }

    /// Whose a host was before: of the ways that answered the request, else the platform's.
    fn holders(&self, request: &Request, way: &Way) -> Vec<Approval> {
        let before = around(&self.was, request);
        let mut tenants: Vec<SmolStr> = before.iter().map(|way| way.tenant.clone()).collect();
        tenants.sort();
        tenants.dedup();
        match tenants.is_empty() {
            true if is_given(self.new.platform, &request.0, &way.tenant) => {
                vec![Approval::of(Party::Tenant(way.tenant.clone()))]
            }
            true => vec![Approval::of(Party::Platform)],
            false => tenants.into_iter().map(|tenant| Approval::of(Party::Tenant(tenant))).collect(),
        }
    }

    fn causes(&mut self, which: Which, way: &Way) -> Vec<Cause> {
        match way.causes.is_empty() {
            true => vec![way.object.clone()],
            false => self.provenance.causes(which, &way.causes),
        }
    }

    /// A row about a way.
    fn row(
        &mut self,
        request: &Request,
        (which, way): (Which, &Way),
        effect: Effect,
        classes: &[Class],
        title: String,
    ) {
        let causes = self.causes(which, way);
        self.out.opens |= effect == Effect::Opens;
        self.out.closes |= effect == Effect::Closes;
        let mut connections = Vec::new();
        if matches!(effect, Effect::Opens | Effect::Closes) {
            connections.push(format!("{} clients of {} -> {}", access(way.public), url(request), way.end()));
        }
        let plain = effect == Effect::Opens && !way.tls;
        // What a fact gives a tenant by its very name is ordinary work. What protects it less is not.
        let granted = effect == Effect::Opens
            && classes == [Class::Public]
            // Where a host leads outside, a fact about that is wanted besides.
            && !(way.is_outside() && self.new.platform.ways_out.is_empty())
            && is_given(self.new.platform, &request.0, &way.tenant);
        let approvals = self.holders(request, way);
        let note = plain.then(|| "it is served without TLS".to_string());
        self.out.rows.push(Row { note, connections, granted, approvals, ..Row::new(effect, classes, title, causes) });
    }

    /// A row that may be the same for several hosts.
    fn alike(&mut self, request: &Request, new: &Way, effect: Effect, class: Class, words: String, note: Option<&str>) {
        let causes = self.causes(Which::New, new);
        let approvals = self.holders(request, new);
        let note = note.map(str::to_string);
        let row = Row { note, approvals, ..Row::new(effect, &[class], words, causes) };
        self.alike.entry(row).or_default().insert(url(request));
    }

    /// A request that another tenant's ways answered, and none of this one's.
    fn taken(&mut self, request: &Request, way: &Way) {
        let before = around(&self.was, request);
        if before.is_empty() || before.iter().any(|old| old.tenant == way.tenant) {
            return;
        }
        let mut from: Vec<SmolStr> = before.iter().map(|old| old.tenant.clone()).collect();
        from.sort();
        from.dedup();
        let ends: Vec<String> = before.iter().map(|old| format!("it led to {}", old.end())).collect();
        let title = format!("{} is taken from {} by {}", url(request), from.join(", "), way.tenant);
        let causes = self.causes(Which::New, way);
        let granted = from.iter().all(|from| self.shares(request, from, &way.tenant));
        let approvals = from.into_iter().map(|tenant| Approval::of(Party::Tenant(tenant))).collect();
        let row = Row::new(Effect::Weakens, &[Class::Taken], title, causes);
        self.out.rows.push(Row { connections: ends, granted, approvals, ..row });
    }

    /// Whether a tenant shares a host with another one by its own consent, or both are named for this very host.
    fn shares(&self, (host, path, _): &Request, from: &str, to: &str) -> bool {
        let Some(program) = self.new.program else { return false };
        let env = program.workspace.env.as_ref();
        let env = self.new.platform.envs.iter().find(|known| Some(&known.name) == env);
        let consents =
            program.workspace.host_grants.iter().any(|grant| grant.by == from && grant.lets(env, to, host, Some(path)));
        consents || is_given(self.new.platform, host, from) && is_given(self.new.platform, host, to)
    }

    fn comes(&mut self, request: &Request, new: &Way, known: bool) {
        let what = if known { "path" } else { "host" };
        let title = format!("new {} {what} {}", access(new.public), url(request));
        self.row(request, (Which::New, new), Effect::Opens, &[class(new.public)], title);
        // What answered the request before may have protected it better.
        let before: Vec<Way> = around(&self.was, request).to_vec();
        if let [old] = &before[..] {
            self.protections(request, old, new, false);
        }
        self.tell(new);
    }

    fn goes(&mut self, request: &Request, old: &Way, known: bool) {
        let what = if known { "path" } else { "host" };
        let title = format!("no more {} {what} {}", access(old.public), url(request));
        self.row(request, (Which::Old, old), Effect::Closes, &[class(old.public)], title);
        // What answers the request now may protect it less.
        let after: Vec<Way> = around(&self.is, request).to_vec();
        if let [new] = &after[..] {
            self.protections(request, old, new, false);
        }
        self.tell(old);
    }

    fn tell(&mut self, way: &Way) {
        let service =
            way.target.split_once('/').and_then(|(namespace, rest)| Some((namespace, rest.rsplit_once(':')?.0)));
        let service = service.map(|(namespace, name)| (SmolStr::new(namespace), SmolStr::new(name)));
        self.out.told.extend(service);
    }

    fn changes(&mut self, request: &Request, old: &Way, new: &Way) {
        let at = url(request);
        let (opened, closed) = self.doors(old, new);
        if !old.leads_like(new) {
            // The names say it, unless they are the same and what is behind them is not.
            let (from, to) = match old.destination() == new.destination() {
                true => (old.end(), new.end()),
                false => (old.destination(), new.destination()),
            };
            let title = format!("{at} leads to {to}, no more to {from}");
            let mut classes = vec![class(new.public)];
            if opened {
                classes.push(Class::Weakens);
            }
            self.row(request, (Which::New, new), Effect::Opens, &classes, title.clone());
            self.row(request, (Which::Old, old), Effect::Closes, &[class(old.public)], title);
            self.tell(old);
            self.tell(new);
        } else if opened || closed {
            let controller = |way: &Way| {
                let class = way.class.as_ref().map_or("the default class", SmolStr::as_str);
                if old.public == new.public {
                    format!("{class} ({})", access(way.public))
                } else {
                    access(way.public).to_string()
                }
            };
            let title = format!("{at} is {}, no more {}", controller(new), controller(old));
            if opened {
                self.row(request, (Which::New, new), Effect::Opens, &[Class::Public, Class::Weakens], title.clone());
            }
            if closed {
                self.row(request, (Which::New, new), Effect::Closes, &[Class::Public], title);
            }
        }
        let equal = self.protections(request, old, new, true);
        if old.class != new.class && old.public == new.public && !opened && !closed {
            let name = |way: &Way| way.class.clone().unwrap_or_else(|| SmolStr::new_static("the default class"));
            let words = format!("served by the controller {}, no more by {}", name(new), name(old));
            let note = if equal { "protections and clients are the same" } else { "what protects it changes too" };
            self.alike(request, new, Effect::Notes, Class::Moved, words, Some(note));
        }
    }

    /// New names behind hosts, and new URLs that the controller asks: they lead wherever these names point.
    fn foreign(&mut self) {
        if !self.new.platform.ways_out.is_empty() {
            return;
        }
        let known: BTreeSet<(SmolStr, String)> = names(self.old, &self.was).into_keys().collect();
        let found = names(self.new, &self.is).into_iter().filter(|(key, _)| !known.contains(key));
        for ((tenant, words), way) in found.collect::<Vec<_>>() {
            let causes = self.causes(Which::New, &way);
            let title = format!("the ingress controller is led to {words} for {tenant}");
            let note = "it leads wherever this name points; `externals HOST to TENANT` in `platform` says where it may";
            let approvals = vec![Approval::of(Party::Platform)];
            let row = Row::new(Effect::Weakens, &[Class::Foreign], title, causes);
            self.out.rows.push(Row { note: Some(note.to_string()), approvals, ..row });
        }
    }

    /// Whether a way that was private is public, and the other way round, in the eyes of either side's facts: where those
    /// call the same controllers otherwise, nobody knows who is right.
    fn doors(&self, old: &Way, new: &Way) -> (bool, bool) {
        let mut views = vec![(old.public, new.public)];
        if old.class != new.class {
            for platform in [self.old.platform, self.new.platform] {
                let known = |way: &Way| {
                    let class = way.class.as_ref()?;
                    let is_named = *class == platform.public_class || Some(class) == platform.private_class.as_ref();
                    is_named.then(|| platform.access(Some(class)) == Access::Public)
                };
                views.extend(known(old).zip(known(new)));
            }
        }
        (views.contains(&(false, true)), views.contains(&(true, false)))
    }

    /// The rows about what protects a request. Whether there are none.
    fn protections(&mut self, request: &Request, old: &Way, new: &Way, is_same_request: bool) -> bool {
        let differences = differences(old, new);
        let at = url(request);
        for difference in &differences {
            // A way beside another one has its own certificate and settings; what it lacks of a protection counts.
            let counts = is_same_request
                || matches!(
                    difference,
                    Difference::MoreClients(_) | Difference::TlsLost | Difference::Weaker(_) | Difference::Unclear(_)
                );
            if !counts {
                continue;
            }
            match difference {
                Difference::MoreClients(words) => {
                    let classes = [class(new.public), Class::Weakens];
                    self.row(request, (Which::New, new), Effect::Opens, &classes, format!("{at} {words}"));
                }
                Difference::FewerClients(words) => {
                    self.row(request, (Which::New, new), Effect::Closes, &[class(new.public)], format!("{at} {words}"));
                }
                Difference::TlsLost => {
                    let title = format!("{at} loses its TLS");
                    self.row(request, (Which::New, new), Effect::Weakens, &[Class::Tls], title);
                }
                Difference::TlsGained => {
                    let title = format!("{at} has TLS now");
                    self.row(request, (Which::New, new), Effect::Strengthens, &[Class::Tls], title);
                }
                Difference::OtherSecret(words) => {
                    self.alike(request, new, Effect::Notes, Class::Tls, words.clone(), None);
                }
                Difference::Weaker(words) => {
                    self.alike(request, new, Effect::Weakens, Class::Weakens, words.clone(), None);
                }
                Difference::Unclear(words) => {
                    let note = "it protects otherwise, and which of the two is stronger cannot be told";
                    self.alike(request, new, Effect::Weakens, Class::Weakens, words.clone(), Some(note));
                }
                Difference::Stronger(words) => {
                    self.alike(request, new, Effect::Strengthens, Class::Weakens, words.clone(), None);
                }
                Difference::Other(words) => {
                    self.alike(request, new, Effect::Notes, Class::Objects, words.clone(), None);
                }
            }
        }
        differences.is_empty()
    }
}

/// The names outside that the controller is led to, each with a way that does it.
fn names(side: &Side<'_>, ways: &Ways) -> BTreeMap<(SmolStr, String), Way> {
    let mut out = BTreeMap::new();
    for way in ways.values().flatten() {
        let outside = way::outside_names(side, way).into_iter().map(|name| format!("the name {name}"));
        let urls = ["auth-url", "mirror-target"].into_iter().filter_map(|name| {
            let url = way.annotations.get(name)?;
            // What leads back to the host itself leads nowhere else.
            (target(url) != Target::Own).then(|| format!("`{name}` {url}"))
        });
        for words in outside.into_iter().chain(urls) {
            out.entry((way.tenant.clone(), words)).or_insert_with(|| way.clone());
        }
    }
    out
}

/// Whether a fact gives this very host to a tenant.
fn is_given(platform: &Platform, host: &str, tenant: &str) -> bool {
    platform
        .hosts
        .iter()
        .any(|rule| !host.starts_with('*') && rule.pattern == host && rule.tenants.iter().any(|named| named == tenant))
}

/// The statements that an Ingress comes from.
fn statements(side_provenance: &SideProvenance<'_>, namespace: &str, name: &str) -> Vec<Span> {
    let exposures = side_provenance.tenant(namespace).map_or(&[][..], |tenant| &tenant.exposures);
    let found = exposures.iter().filter(|exposure| exposure.name == name).map(|exposure| exposure.origin);
    let found: Vec<Span> = found.collect();
    if found.is_empty() { side_provenance.including(namespace, "Ingress", name).into_iter().collect() } else { found }
}

/// Annotations of Ingresses that the controller ranks as a risk, where they come, change or go.
pub(super) fn annotations(objects: &[ObjectChange], provenance: &mut Provenance<'_>) -> Vec<Row> {
    let mut out = Vec::new();
    for object in objects.iter().filter(|object| object.kind == "Ingress") {
        let map = |side: &Option<serde_json::Value>| -> BTreeMap<String, String> {
            let all = side.as_ref().and_then(|object| object["metadata"]["annotations"].as_object());
            let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), String::from);
            all.into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
        };
        let (was, is) = (map(&object.old), map(&object.new));
        let mut keys: Vec<&String> = was.keys().chain(is.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys.into_iter().filter(|key| was.get(*key) != is.get(*key)) {
            let row = key.strip_prefix(PREFIX).and_then(annotations::find);
            let Some(row) = row.filter(|row| row.risk >= Risk::High) else { continue };
            let (old, new) = (was.get(key).map(String::as_str), is.get(key).map(String::as_str));
            if new.is_none() && guards::compare(&row.name, old, new) == guards::Effect::Weakens {
                // It was a risk that protected: the row about its host says so.
                continue;
            }
            let (effect, which, title) = match (was.get(key), is.get(key)) {
                (None, Some(value)) => (Effect::Weakens, Which::New, format!("new `{}`: `{value}`", row.name)),
                (Some(old), Some(value)) => {
                    (Effect::Weakens, Which::New, format!("`{}` is `{value}`, no more `{old}`", row.name))
                }
                _ => (Effect::Strengthens, Which::Old, format!("no more `{}`", row.name)),
            };
            let rank = if row.risk == Risk::Critical { "critical" } else { "a high risk" };
            let spans = statements(provenance.of(which).0, &object.namespace, &object.name);
            let causes = provenance.causes(which, &spans);
            let causes = if causes.is_empty() { vec![object_cause(object, which)] } else { causes };
            let note = Some(format!("ingress-nginx ranks it as {rank}: {}", row.summary));
            let approvals = vec![Approval::of(Party::Platform)];
            out.push(Row { note, approvals, ..Row::new(effect, &[Class::Annotations], title, causes) });
        }
    }
    out
}

/// The object itself, where no statement is behind it.
pub(super) fn object_cause(object: &ObjectChange, side: Which) -> Cause {
    Cause {
        side,
        path: object.path.clone(),
        line: None,
        text: object.title(),
        because: None,
        tenant: None,
        keyword: None,
        consents: Vec::new(),
    }
}
