//! Facts of the platform that guard: each that is gone, weaker or another. What a fact gives to somebody counts as weaker, so
//! that nobody gives it to themselves unseen.

use super::cause::line;
use super::{Approval, Cause, Class, Effect, Party, Row, Side, Which};
use ipnet::IpNet;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use xks_analysis::model::{Allowed, Labels, Outside, Ownership, Platform};
use xks_analysis::{check, lints, names};
use xks_base::diagnostics::Level;
use xks_base::source::Span;

/// A difference: what it does, in words, and where it stands on either side.
struct Found {
    effect: Effect,
    words: String,
    fact: &'static str,
    old: Option<Span>,
    new: Option<Span>,
}

pub(super) fn rows(old: &Side<'_>, new: &Side<'_>) -> Vec<Row> {
    // Where one side lacks the environment, its facts hold all the same.
    if old.program.is_none() && new.program.is_none() {
        return Vec::new();
    }
    let row = |found: Found| {
        let place = |side: &Side<'_>, span: Option<Span>| span.or_else(|| side.platform.fact(found.fact));
        let cause = |which, side: &Side<'_>, span: Option<Span>| -> Option<Cause> {
            Some(line(side.program?, which, place(side, span)?))
        };
        let gone = found.new.is_none() && !new.platform.facts.contains_key(found.fact) || found.old.is_some();
        let new_cause = (!gone).then(|| cause(Which::New, new, found.new)).flatten();
        let causes = new_cause
            .or_else(|| cause(Which::Old, old, found.old))
            .or_else(|| cause(Which::New, new, found.new))
            .into_iter()
            .collect();
        let title = format!("`{}`: {}", found.fact, found.words);
        let approvals = vec![Approval::of(Party::Platform)];
        Row { approvals, ..Row::new(found.effect, &[Class::Facts], title, causes) }
    };
    compare(old.platform, new.platform).into_iter().map(row).collect()
}

/// The differences, fact by fact. Platforms are taken apart field by field, so that a new fact does not compile before it is
/// said here what guards in it.
fn compare(old: &Platform, new: &Platform) -> Vec<Found> {
    let Platform {
        span: _,
        facts: _,
        kubernetes,
        output,
        default_deny_provided,
        namespace_label,
        tenant_labels,
        app_label,
        ingress_namespace,
        public_class,
        private_class,
        public_pods,
        private_pods,
        ingress_addresses,
        issuer,
        issuer_kind,
        private_authority,
        solver,
        zones,
        certificate_share,
        dns_namespace,
        dns_pods,
        dns_addresses,
        cni,
        ipv6,
        pod_ranges,
        service_ranges,
        node_ranges,
        kube_api,
        metadata,
        not_internet,
        mesh_namespace,
        mesh,
        hosts: _,
        denied: _,
        ways_out: _,
        internet_egress: _,
        // What a value does is seen where it is used; environments that come and go are compared whole.
        envs: _,
        levels: _,
        ownership,
        include_kinds: _,
        include_keys: _,
        reserved: _,
    } = old;
    let mut out = Vec::new();
    // Everything hangs on these: what names mean, where controllers stand, what is written at all.
    let mut another = |fact, effect, old: &dyn Debug, new: &dyn Debug| {
        let (was, is) = (format!("{old:?}"), format!("{new:?}"));
        if was != is {
            let plain = |text: String| match text.as_str() {
                "None" | "" | "\"\"" => "what is not stated".to_string(),
                text => text.replace("Some(", "").replace(['"', '[', ']', '(', ')', ','], ""),
            };
            out.push(found(fact, effect, format!("{}, no more {}", plain(is), plain(was))));
        }
    };
    let text = |value: &Option<SmolStr>| value.clone().unwrap_or_else(|| SmolStr::new_static("none"));
    let strong = Effect::Weakens;
    another("namespace-label", strong, namespace_label, &new.namespace_label);
    another("app-label", strong, app_label, &new.app_label);
    another("tenant-labels", strong, &words(tenant_labels), &words(&new.tenant_labels));
    another("ingress-namespace", strong, ingress_namespace, &new.ingress_namespace);
    another("ingress-class", strong, &("public", public_class), &("public", &new.public_class));
    another("ingress-class", strong, &("private", text(private_class)), &("private", text(&new.private_class)));
    another("ingress-pods", strong, &("public", labels(public_pods)), &("public", labels(&new.public_pods)));
    another("ingress-pods", strong, &("private", labels(private_pods)), &("private", labels(&new.private_pods)));
    another("dns", strong, dns_namespace, &new.dns_namespace);
    another("dns", strong, &labels(dns_pods), &labels(&new.dns_pods));
    another("mesh", strong, mesh_namespace, &new.mesh_namespace);
    another("mesh", if *mesh { strong } else { Effect::Notes }, &switch(*mesh), &switch(new.mesh));
    another("cni", if cni.is_some() { strong } else { Effect::Strengthens }, cni, &new.cni);
    let quiet = new.ipv6 == Some(false);
    another("ipv6", if quiet { strong } else { Effect::Notes }, ipv6, &new.ipv6);
    let version = |version: &Option<(u32, u32)>| version.map(|(major, minor)| format!("{major}.{minor}"));
    another("kubernetes", Effect::Notes, &version(kubernetes), &version(&new.kubernetes));
    another("output", Effect::Notes, output, &new.output);
    another("issuer", Effect::Notes, &(issuer_kind, issuer), &(&new.issuer_kind, &new.issuer));
    another("issuer", Effect::Notes, solver, &new.solver);
    // Without a share, one tenant may have them all.
    let share = |share: Option<u8>| share.unwrap_or(100);
    let lower = share(new.certificate_share) < share(*certificate_share);
    let effect = if lower { Effect::Strengthens } else { Effect::Weakens };
    another("certificate-share", effect, certificate_share, &new.certificate_share);
    match (default_deny_provided, &new.default_deny_provided) {
        (was, is) if was == is => {}
        (_, Some(name)) => {
            let words = format!("the cluster is said to close namespaces by its own policy {name}, so none is written");
            out.push(found("default-deny", Effect::Weakens, words));
        }
        (_, None) => {
            out.push(found(
                "default-deny",
                Effect::Strengthens,
                "namespaces are closed by policies that are written".into(),
            ));
        }
    }
    match (*private_authority, new.private_authority) {
        (false, true) => {
            out.push(found(
                "issuer",
                Effect::Weakens,
                "a private authority, which no limit of certificates holds for".into(),
            ));
        }
        (true, false) => out.push(found("issuer", Effect::Strengthens, "a public authority, with its limits".into())),
        (true, true) | (false, false) => {}
    }
    // What is in the list is guarded.
    for (fact, was, is) in [
        ("pod-ranges", pod_ranges, &new.pod_ranges),
        ("service-ranges", service_ranges, &new.service_ranges),
        ("node-ranges", node_ranges, &new.node_ranges),
        ("kube-api", kube_api, &new.kube_api),
        ("metadata", metadata, &new.metadata),
        ("internet", not_internet, &new.not_internet),
    ] {
        lists(fact, &strings(was), &strings(is), Effect::Weakens, Effect::Strengthens, &mut out);
    }
    // What is in the list is opened to everybody.
    for (fact, was, is) in
        [("dns", dns_addresses, &new.dns_addresses), ("ingress-addresses", ingress_addresses, &new.ingress_addresses)]
    {
        lists(fact, &strings(was), &strings(is), Effect::Strengthens, Effect::Weakens, &mut out);
    }
    given_once_stated("issuer", &set(zones), &set(&new.zones), &mut out);
    hosts(old, new, &mut out);
    denied(old, new, &mut out);
    included(old, new, &mut out);
    ways_out(old, new, &mut out);
    internet_egress(old, new, &mut out);
    levels(old, new, &mut out);
    owned(ownership, &new.ownership, &mut out);
    out
}

fn found(fact: &'static str, effect: Effect, words: String) -> Found {
    Found { effect, words, fact, old: None, new: None }
}

fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn words(requirements: &[impl Debug]) -> String {
    format!("{requirements:?}")
}

fn labels(labels: &Labels) -> String {
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
}

fn strings(ranges: &[IpNet]) -> BTreeSet<String> {
    ranges.iter().map(IpNet::to_string).collect()
}

fn set(names: &[SmolStr]) -> BTreeSet<String> {
    names.iter().map(SmolStr::to_string).collect()
}

/// What goes from a list and what comes to it.
fn lists(
    fact: &'static str,
    was: &BTreeSet<String>,
    is: &BTreeSet<String>,
    goes: Effect,
    comes: Effect,
    out: &mut Vec<Found>,
) {
    let listed = |some: Vec<&String>| some.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (gone, come): (Vec<_>, Vec<_>) = (was.difference(is).collect(), is.difference(was).collect());
    if !gone.is_empty() {
        out.push(found(fact, goes, format!("no more {}", listed(gone))));
    }
    if !come.is_empty() {
        out.push(found(fact, comes, format!("also {}", listed(come))));
    }
}

/// A list that says what is given, and that holds nobody before it is stated.
fn given_once_stated(fact: &'static str, was: &BTreeSet<String>, is: &BTreeSet<String>, out: &mut Vec<Found>) {
    match (was.is_empty(), is.is_empty()) {
        (true, true) => {}
        (true, false) => lists(fact, was, is, Effect::Weakens, Effect::Strengthens, out),
        (false, true) => out.push(found(fact, Effect::Weakens, "nothing is held to it any more".to_string())),
        (false, false) => lists(fact, was, is, Effect::Strengthens, Effect::Weakens, out),
    }
}

/// Who stands behind `to` where a host is kept back.
const NOBODY: &str = "nobody";

/// What is given to which tenant, and where.
type Given = BTreeMap<(String, SmolStr), Span>;

fn pairs(fact: &'static str, was: &Given, is: &Given, out: &mut Vec<Found>) {
    let first = was.is_empty() && !is.is_empty();
    if is.is_empty() && !was.is_empty() {
        let words = match fact {
            "hosts" => "no more: every tenant may expose every host",
            _ => "no more: nothing holds where tenants lead",
        };
        out.push(found(fact, Effect::Weakens, words.to_string()));
        return;
    }
    for ((what, tenant), span) in was.iter().filter(|(key, _)| !is.contains_key(*key)) {
        // A host that nobody is named for any more may be the next one's who asks.
        let is_free = fact == "hosts" && !is.keys().any(|(other, _)| other == what);
        let effect = if is_free { Effect::Weakens } else { Effect::Strengthens };
        out.push(Found { old: Some(*span), ..found(fact, effect, format!("{what} is no more given to {tenant}")) });
    }
    for ((what, tenant), span) in is.iter().filter(|(key, _)| !was.contains_key(*key)) {
        // What is kept back is given to nobody.
        let effect = if first || tenant == NOBODY { Effect::Strengthens } else { Effect::Weakens };
        out.push(Found { new: Some(*span), ..found(fact, effect, format!("{what} is given to {tenant}")) });
    }
}

fn hosts(old: &Platform, new: &Platform, out: &mut Vec<Found>) {
    let of = |platform: &Platform| -> Given {
        let rules = platform.hosts.iter();
        rules
            .flat_map(|rule| rule.tenants.iter().map(|tenant| ((rule.pattern.to_string(), tenant.clone()), rule.span)))
            .collect()
    };
    pairs("hosts", &of(old), &of(new), out);
}

fn ways_out(old: &Platform, new: &Platform, out: &mut Vec<Found>) {
    let of = |platform: &Platform| -> Given {
        let place = |to: &Outside| match to {
            Outside::Host(host) => host.to_string(),
            Outside::Range(range) => range.to_string(),
        };
        let ways = platform.ways_out.iter();
        ways.flat_map(|way| way.tenants.iter().map(|tenant| ((place(&way.to), tenant.clone()), way.span))).collect()
    };
    pairs("externals", &of(old), &of(new), out);
}

fn internet_egress(old: &Platform, new: &Platform, out: &mut Vec<Found>) {
    let of = |platform: &Platform| -> BTreeSet<String> {
        platform.internet_egress.iter().flat_map(|given| &given.tenants).map(SmolStr::to_string).collect()
    };
    lists("internet-egress", &of(old), &of(new), Effect::Strengthens, Effect::Weakens, out);
}

/// What included objects may bring: a wider list lets more in.
fn included(old: &Platform, new: &Platform, out: &mut Vec<Found>) {
    let of = |allowed: &[Allowed]| -> BTreeSet<String> {
        let one = |fact: &Allowed| match fact.tenants.as_slice() {
            [] => vec![format!("{} to every tenant", fact.what)],
            tenants => tenants.iter().map(|tenant| format!("{} to {tenant}", fact.what)).collect(),
        };
        allowed.iter().flat_map(one).collect()
    };
    let (was, is) = (of(&old.include_kinds), of(&new.include_kinds));
    lists("include-kinds", &was, &is, Effect::Strengthens, Effect::Weakens, out);
    let (was, is) = (of(&old.include_keys), of(&new.include_keys));
    lists("include-keys", &was, &is, Effect::Strengthens, Effect::Weakens, out);
    let of = |platform: &Platform| -> BTreeSet<String> {
        platform.reserved.iter().map(|name| format!("{}/{}", name.kind, name.name)).collect()
    };
    lists("reserved", &of(old), &of(new), Effect::Weakens, Effect::Strengthens, out);
}

fn denied(old: &Platform, new: &Platform, out: &mut Vec<Found>) {
    let of = |platform: &Platform| -> BTreeSet<String> {
        let names = |tenants: &[SmolStr]| match tenants {
            [] => vec!["every tenant".to_string()],
            tenants => tenants.iter().map(SmolStr::to_string).collect(),
        };
        let rules = platform.denied.iter();
        rules
            .flat_map(|rule| names(&rule.tenants).into_iter().map(|tenant| format!("deny {} to {tenant}", rule.name)))
            .collect()
    };
    lists("annotations", &of(old), &of(new), Effect::Weakens, Effect::Strengthens, out);
}

fn levels(old: &Platform, new: &Platform, out: &mut Vec<Found>) {
    let all: BTreeSet<&SmolStr> = old.levels.keys().chain(new.levels.keys()).collect();
    for name in all {
        let mut codes =
            lints::codes().chain(check::errors::CODES.iter().copied()).chain(names::errors::CODES.iter().copied());
        let usual = codes.find(|code| code.name == name).map_or(Level::Deny, |code| code.level);
        let level = |platform: &Platform| platform.levels.get(name).copied().unwrap_or(usual);
        let (was, is) = (level(old), level(new));
        let effect = match rank(is).cmp(&rank(was)) {
            std::cmp::Ordering::Less => Effect::Weakens,
            std::cmp::Ordering::Equal => continue,
            std::cmp::Ordering::Greater => Effect::Strengthens,
        };
        out.push(found("lint", effect, format!("{name} is `{}`, no more `{}`", word(is), word(was))));
    }
}

fn rank(level: Level) -> u8 {
    match level {
        Level::Allow => 0,
        Level::Note => 1,
        Level::Warn => 2,
        Level::Deny => 3,
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Allow => "allow",
        Level::Note => "note",
        Level::Warn => "warn",
        Level::Deny => "deny",
    }
}

/// Who may write what, and who approves it.
fn owned(old: &Ownership, new: &Ownership, out: &mut Vec<Found>) {
    let patterns = |ownership: &Ownership| -> BTreeSet<String> {
        let pattern = |pattern: &xks_analysis::model::Pattern| {
            pattern.segments.iter().map(SmolStr::as_str).collect::<Vec<_>>().join("/")
        };
        ownership.patterns.iter().map(pattern).collect()
    };
    let begins = !old.is_stated() && new.is_stated();
    if old.is_stated() && !new.is_stated() {
        let words = "nothing says any more who may write what".to_string();
        out.push(found("tenants", Effect::Weakens, words));
    } else {
        let comes = if begins { Effect::Strengthens } else { Effect::Weakens };
        lists("tenants", &patterns(old), &patterns(new), Effect::Weakens, comes, out);
    }
    let place = |ownership: &Ownership| -> BTreeSet<String> {
        ownership.platform.iter().map(|from| format!("from {}", from.value)).collect()
    };
    let comes = if old.is_stated() { Effect::Weakens } else { Effect::Strengthens };
    lists("platform", &place(old), &place(new), Effect::Weakens, comes, out);
    let owners = |ownership: &Ownership| set(&ownership.owners);
    let first = |was: &BTreeSet<String>| if was.is_empty() { Effect::Strengthens } else { Effect::Weakens };
    lists("owners", &owners(old), &owners(new), Effect::Weakens, first(&owners(old)), out);
    let names: BTreeSet<&SmolStr> = old.tenants.iter().chain(&new.tenants).map(|fact| &fact.name.value).collect();
    for name in names {
        let approve = |ownership: &Ownership| -> BTreeSet<String> {
            ownership.owners_of(name).into_iter().map(|owner| format!("{owner} for {name}")).collect()
        };
        lists("tenant", &approve(old), &approve(new), Effect::Weakens, first(&approve(old)), out);
        // Where it lives, what its namespace is and carries: everything but its owners.
        let says = |ownership: &Ownership| -> BTreeSet<String> {
            let facts = ownership.tenants.iter().filter(|fact| fact.name.value == *name);
            facts
                .flat_map(|fact| {
                    let envs: Vec<&str> = fact.envs.iter().map(|env| env.value.as_str()).collect();
                    let here = if envs.is_empty() { String::new() } else { format!(" in {}", envs.join(", ")) };
                    let from = fact.from.iter().map(|from| format!("{name} from {}", from.value));
                    let namespace = fact.namespace.iter().map(|to| format!("{name} namespace {}", to.value));
                    let carries = fact.labels.iter().map(|to| format!("{name} labels {}", labels(&to.value)));
                    let all: Vec<String> = from.chain(namespace).chain(carries).collect();
                    all.into_iter().map(move |words| format!("{words}{here}")).collect::<Vec<_>>()
                })
                .collect()
        };
        let comes = if old.is_stated() { Effect::Weakens } else { Effect::Strengthens };
        lists("tenant", &says(old), &says(new), Effect::Weakens, comes, out);
    }
}
