//! `platform { … }`: the cluster's facts.

mod ownership;

use super::errors;
use crate::model::{
    Allowed, Cni, DeniedAnnotation, Environment, HostRule, InternetEgress, Labels, Outside, PLATFORM_FILE, Place,
    Platform, Reserved, Solver, WayOut,
};
use ipnet::IpNet;
use smol_str::SmolStr;
use xks_base::diagnostics::suggest::nearest;
use xks_base::diagnostics::{Code, Diagnostic, Level};
use xks_base::source::{Sources, Span};
use xks_base::values::label::Requirement;
use xks_base::values::{Problem, address, label, name};
use xks_kubernetes::edge::nginx::annotations as known;
use xks_kubernetes::kinds::{self, Standing};
use xks_syntax::ast;

pub(super) type Read = fn(&mut Platform, &ast::Fact) -> Result<(), Mistake>;

/// What is wrong with a fact, at which words.
pub(super) struct Mistake {
    span: Span,
    reason: String,
    meant: Option<String>,
}

impl Mistake {
    fn at(span: Span, reason: impl Into<String>) -> Mistake {
        Mistake { span, reason: reason.into(), meant: None }
    }
}

/// Every fact: its name, how it is written, whether it may be stated more than once, and what it sets.
pub(super) const FACTS: &[(&str, &str, bool, Read)] = &[
    ("annotations", "annotations deny NAME to TENANT", true, annotations),
    ("app-label", "app-label app", false, |p, f| set(&mut p.app_label, one(f, label::key))),
    ("certificate-share", "certificate-share 20%", false, |p, f| {
        set(&mut p.certificate_share, one(f, percent).map(Some))
    }),
    ("cni", "cni calico", false, |p, f| set(&mut p.cni, one(f, cni).map(Some))),
    ("default-deny", "default-deny provided NAME", false, default_deny),
    ("dns", "dns namespace kube-system labels k8s-app=kube-dns addresses 169.254.20.10", false, dns),
    ("env", "env prod { domain = example.com }", true, env),
    ("externals", "externals partner.example.com to TENANT", true, externals),
    ("hosts", "hosts *.example.com to TENANT", true, hosts),
    ("include-keys", "include-keys example.com/* to TENANT", true, |p, f| allowed(&mut p.include_keys, f, key)),
    ("include-kinds", "include-kinds monitoring.coreos.com/ServiceMonitor to TENANT", true, |p, f| {
        allowed(&mut p.include_kinds, f, kind)
    }),
    ("ingress-addresses", "ingress-addresses 10.224.0.0/16", false, |p, f| set(&mut p.ingress_addresses, ranges(f))),
    ("ingress-class", "ingress-class public nginx private nginx-private", true, ingress_class),
    ("ingress-namespace", "ingress-namespace ingress-nginx", false, |p, f| {
        set(&mut p.ingress_namespace, one(f, name::label))
    }),
    ("ingress-pods", "ingress-pods private app.kubernetes.io/instance=ingress-nginx-private", true, ingress_pods),
    ("internet", "internet except 203.0.113.0/24", false, internet),
    ("internet-egress", "internet-egress to TENANT", true, internet_egress),
    ("ipv6", "ipv6 on", false, |p, f| set(&mut p.ipv6, one(f, switch).map(Some))),
    ("issuer", "issuer letsencrypt solver dns-01 zones example.com authority public", false, issuer),
    ("kube-api", "kube-api 10.0.0.1/32", false, |p, f| set(&mut p.kube_api, ranges(f))),
    ("kubernetes", "kubernetes 1.33", false, |p, f| set(&mut p.kubernetes, one(f, version).map(Some))),
    ("lint", "lint missing-tls deny", true, lint),
    ("mesh", "mesh linkerd", false, mesh),
    ("metadata", "metadata 169.254.169.254/32", false, |p, f| set(&mut p.metadata, ranges(f))),
    ("namespace-label", "namespace-label name", false, |p, f| set(&mut p.namespace_label, one(f, label::key))),
    ("node-ranges", "node-ranges 10.224.0.0/16", false, |p, f| set(&mut p.node_ranges, ranges(f))),
    ("owners", "owners @example/platform", false, ownership::owners),
    ("output", "output generated", false, |p, f| set(&mut p.output, one(f, folder))),
    ("platform", "platform from \"platform\"", false, ownership::platform),
    ("pod-ranges", "pod-ranges 10.244.0.0/16", false, |p, f| set(&mut p.pod_ranges, ranges(f))),
    ("reserved", "reserved NetworkPolicy/baseline", true, reserved),
    ("service-ranges", "service-ranges 10.0.0.0/16", false, |p, f| set(&mut p.service_ranges, ranges(f))),
    (
        "tenant",
        "tenant payments from \"teams/pay\" namespace payments-system owners @example/payments",
        true,
        ownership::tenant,
    ),
    ("tenant-labels", "tenant-labels xkf.xenit.io/kind=tenant", false, tenant_labels),
    ("tenants", "tenants from \"tenants/*\"", false, ownership::tenants),
];

/// Reads the `platform` statements of a workspace: there should be one at the most. The one in the root's `platform.xks`
/// goes first, then those that lie directly in the root.
pub(super) fn read(
    sources: &Sources,
    statements: &[&ast::Statement],
    lints: &[&'static Code],
    out: &mut Vec<Diagnostic>,
) -> Platform {
    let path = |statement: &ast::Statement| sources.get(statement.span.file).real_path();
    let mut platform = Platform::default();
    let mut seen: Vec<(&str, Span)> = Vec::new();
    let mut statements = statements.to_vec();
    statements.sort_by_key(|statement| (path(statement) != PLATFORM_FILE, path(statement).contains('/')));
    let mut effective = Vec::new();
    for statement in statements {
        let ast::Body::Platform(node) = &statement.body else { continue };
        let keyword = Span { end: statement.span.start + "platform".len() as u32, ..statement.span };
        let owned = platform.ownership.is_stated();
        match platform.span {
            None => platform.span = Some(keyword),
            Some(first) if owned && platform.ownership.place(path(statement), &platform.output) != Place::Platform => {
                out.push(errors::platform_elsewhere(keyword, first));
                continue;
            }
            Some(first) => {
                out.push(errors::platform_twice(keyword, first));
                continue;
            }
        }
        effective.push(statement);
        for fact in &node.facts {
            read_fact(&mut platform, fact, &mut seen, out);
        }
    }
    ownership::check(&platform, out);
    check_lints(&effective, lints, out);
    platform
}

fn read_fact<'a>(
    platform: &mut Platform,
    fact: &'a ast::Fact,
    seen: &mut Vec<(&'a str, Span)>,
    out: &mut Vec<Diagnostic>,
) {
    let name = fact.name.value.as_str();
    let Some((_, form, repeats, read)) = FACTS.iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = FACTS.iter().map(|(known, ..)| *known).collect();
        out.push(errors::unknown_fact(fact.name.span, name, nearest(name, known.iter().copied()), &known));
        return;
    };
    match seen.iter().find(|(other, _)| *other == name) {
        Some((_, first)) if !repeats => out.push(errors::fact_twice(fact.name.span, name, *first)),
        _ => {
            seen.push((name, fact.name.span));
            platform.facts.entry(fact.name.value.clone()).or_insert(fact.name.span);
        }
    }
    if !fact.values.is_empty() && name != "env" {
        out.push(errors::invalid_fact(fact.span, "only `env` has braces", form, None));
    }
    if let Err(mistake) = read(platform, fact) {
        out.push(errors::invalid_fact(mistake.span, mistake.reason, form, mistake.meant));
    }
}

fn check_lints(statements: &[&ast::Statement], lints: &[&'static Code], out: &mut Vec<Diagnostic>) {
    let facts = statements.iter().filter_map(|statement| match &statement.body {
        ast::Body::Platform(node) => Some(&node.facts),
        _ => None,
    });
    for fact in facts.flatten().filter(|fact| fact.name.value == "lint") {
        let Some(word) = fact.items.first() else { continue };
        match lints.iter().find(|code| code.name == word.value) {
            Some(code) if code.lint => {}
            found => {
                let near = nearest(&word.value, lints.iter().filter(|code| code.lint).map(|code| code.name));
                out.push(errors::unknown_lint(word.span, &word.value, near, found.is_some()));
            }
        }
    }
}

/// Sets a field to what a fact says.
fn set<T>(field: &mut T, value: Result<T, Mistake>) -> Result<(), Mistake> {
    *field = value?;
    Ok(())
}

/// The only word of a fact.
fn one<T>(fact: &ast::Fact, parse: impl Fn(&str) -> Result<T, Problem>) -> Result<T, Mistake> {
    match fact.items.as_slice() {
        [] => Err(Mistake::at(fact.name.span, "a value is missing behind it")),
        [item] => word(item, parse),
        [_, more, ..] => Err(Mistake::at(more.span, "one value is enough")),
    }
}

fn word<T>(item: &ast::Text, parse: impl Fn(&str) -> Result<T, Problem>) -> Result<T, Mistake> {
    parse(&item.value).map_err(|problem| Mistake { span: item.span, reason: problem.reason, meant: problem.meant })
}

fn ranges(fact: &ast::Fact) -> Result<Vec<IpNet>, Mistake> {
    if fact.items.is_empty() {
        return Err(Mistake::at(fact.name.span, "a range of addresses is missing behind it"));
    }
    let mut found = fact.items.iter().map(|item| word(item, address::range)).collect::<Result<Vec<_>, _>>()?;
    found.sort();
    found.dedup();
    Ok(found)
}

/// Walks `KEYWORD VALUE …` and hands each keyword its values.
fn parts<'a>(
    fact: &'a ast::Fact,
    keywords: &[&str],
    mut each: impl FnMut(&'a ast::Text, &'a [ast::Text]) -> Result<(), Mistake>,
) -> Result<(), Mistake> {
    let mut rest = fact.items.as_slice();
    if rest.is_empty() {
        return Err(Mistake::at(fact.name.span, "something is missing behind it"));
    }
    while let Some((keyword, tail)) = rest.split_first() {
        if !keywords.contains(&keyword.value.as_str()) {
            let known = xks_base::diagnostics::suggest::listed(keywords, "or");
            return Err(Mistake::at(keyword.span, format!("{known} is expected here")));
        }
        let end = tail.iter().position(|item| keywords.contains(&item.value.as_str())).unwrap_or(tail.len());
        if end == 0 {
            return Err(Mistake::at(keyword.span, "a value is missing behind it"));
        }
        each(keyword, &tail[..end])?;
        rest = &tail[end..];
    }
    Ok(())
}

fn single<'a>(keyword: &ast::Text, values: &'a [ast::Text]) -> Result<&'a ast::Text, Mistake> {
    match values {
        [value] => Ok(value),
        [_, more, ..] => Err(Mistake::at(more.span, format!("`{}` takes one value", keyword.value))),
        [] => Err(Mistake::at(keyword.span, "a value is missing behind it")),
    }
}

fn labels(values: &[ast::Text]) -> Result<Labels, Mistake> {
    let mut found = Labels::new();
    for item in values {
        let (key, value) =
            item.value.split_once('=').ok_or_else(|| Mistake::at(item.span, "a label is written `key=value`"))?;
        let key = label::key(key).map_err(|problem| Mistake::at(item.span, problem.reason))?;
        let value = label::value(value).map_err(|problem| Mistake::at(item.span, problem.reason))?;
        if found.iter().any(|(known, _)| *known == key) {
            return Err(Mistake::at(item.span, format!("the label `{key}` has a value already")));
        }
        found.push((key, value));
    }
    found.sort();
    Ok(found)
}

fn default_deny(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    match fact.items.as_slice() {
        [word] if word.value == "emitted" => platform.default_deny_provided = None,
        [keyword, policy] if keyword.value == "provided" => {
            platform.default_deny_provided = Some(word(policy, name::subdomain)?)
        }
        _ => return Err(Mistake::at(fact.span, "it is `emitted`, or `provided` under a name")),
    }
    Ok(())
}

fn dns(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    parts(fact, &["namespace", "labels", "addresses"], |keyword, values| {
        match keyword.value.as_str() {
            "namespace" => platform.dns_namespace = word(single(keyword, values)?, name::label)?,
            "labels" => platform.dns_pods = labels(values)?,
            _ => {
                platform.dns_addresses =
                    values.iter().map(|item| word(item, address::range)).collect::<Result<_, _>>()?
            }
        }
        Ok(())
    })
}

fn env(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let name = one(fact, name::label)?;
    if platform.envs.iter().any(|env| env.name == name) {
        return Err(Mistake::at(fact.items[0].span, "this environment is declared above"));
    }
    let mut values: Vec<(SmolStr, SmolStr)> = Vec::new();
    for (key, value) in &fact.values {
        if values.iter().any(|(known, _)| *known == key.value) {
            return Err(Mistake::at(key.span, "this value is set above"));
        }
        values.push((key.value.clone(), value.value.clone()));
    }
    platform.envs.push(Environment { name, values, span: fact.items[0].span });
    Ok(())
}

/// What a fact says before `to`, and the tenants behind it.
fn to_tenants<'a>(fact: &'a ast::Fact, form: &str) -> Result<(&'a [ast::Text], Vec<SmolStr>), Mistake> {
    let at = fact.items.iter().position(|item| item.value == "to");
    let (first, tenants) = match at {
        Some(at) if at > 0 && at + 1 < fact.items.len() => (&fact.items[..at], &fact.items[at + 1..]),
        _ => return Err(Mistake::at(fact.span, format!("it says `{form}`"))),
    };
    Ok((first, named_tenants(tenants)?))
}

fn named_tenants(items: &[ast::Text]) -> Result<Vec<SmolStr>, Mistake> {
    let name = |item: &ast::Text| if item.value == "*" { Ok(item.value.clone()) } else { word(item, name::label) };
    items.iter().map(name).collect()
}

fn internet_egress(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let tenants = match fact.items.split_first() {
        Some((to, tenants)) if to.value == "to" && !tenants.is_empty() => named_tenants(tenants)?,
        _ => return Err(Mistake::at(fact.span, "it says `to TENANT, …`")),
    };
    platform.internet_egress.push(InternetEgress { tenants, span: fact.name.span });
    Ok(())
}

/// `WORD, … [to TENANT, …]`; without tenants it is for all of them.
fn allowed(
    list: &mut Vec<Allowed>,
    fact: &ast::Fact,
    rule: fn(&str) -> Result<SmolStr, Problem>,
) -> Result<(), Mistake> {
    let (words, tenants) = if fact.items.iter().any(|item| item.value == "to") {
        to_tenants(fact, "WORD, … [to TENANT, …]")?
    } else {
        (fact.items.as_slice(), Vec::new())
    };
    if words.is_empty() {
        return Err(Mistake::at(fact.name.span, "what it allows is missing behind it"));
    }
    for written in words {
        list.push(Allowed { what: word(written, rule)?, tenants: tenants.clone(), span: written.span });
    }
    Ok(())
}

/// A kind with its group, `*` for all of a group; one of the core API stands alone.
fn kind(text: &str) -> Result<SmolStr, Problem> {
    let (group, kind) = text.rsplit_once('/').unwrap_or(("", text));
    if !group.is_empty() {
        name::subdomain(group)?;
    }
    let is_name = kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_name && (kind != "*" || group.is_empty()) {
        return Err(Problem::new("a kind is written with its group, as in `monitoring.coreos.com/ServiceMonitor`"));
    }
    if let Standing::Never(why) = kinds::standing(group, kind) {
        return Err(Problem::new(format!("no tenant may include this kind: {why}")));
    }
    Ok(SmolStr::new(text))
}

/// A key of labels and annotations, `*` for all of a prefix.
fn key(text: &str) -> Result<SmolStr, Problem> {
    match text.strip_suffix("/*") {
        Some(prefix) => name::subdomain(prefix)?,
        None => label::key(text)?,
    };
    Ok(SmolStr::new(text))
}

fn reserved(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    if fact.items.is_empty() {
        return Err(Mistake::at(fact.name.span, "it says `KIND/NAME, …`"));
    }
    for written in &fact.items {
        let (kind, name) = word(written, |text| match text.split_once('/') {
            Some((kind, name)) if kind.starts_with(|c: char| c.is_ascii_uppercase()) => {
                Ok((SmolStr::new(kind), name::subdomain(name)?))
            }
            _ => Err(Problem::new("an object is written `KIND/NAME`, as in `NetworkPolicy/baseline`")),
        })?;
        platform.reserved.push(Reserved { kind, name, span: written.span });
    }
    Ok(())
}

fn annotations(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let form = "deny NAME, … [to TENANT, …]";
    let (keyword, rest) =
        fact.items.split_first().ok_or_else(|| Mistake::at(fact.span, format!("it says `{form}`")))?;
    if keyword.value != "deny" {
        return Err(Mistake::at(keyword.span, "`deny` is expected here"));
    }
    let (names, tenants) = if rest.iter().any(|item| item.value == "to") {
        let (first, tenants) = to_tenants(fact, form)?;
        (&first[1..], tenants)
    } else {
        (rest, Vec::new())
    };
    if names.is_empty() {
        return Err(Mistake::at(keyword.span, "the name of an annotation is missing behind it"));
    }
    for written in names {
        let Some(row) = known::find(&written.value) else {
            let meant = nearest(&written.value, known::names()).map(str::to_string);
            let reason = "the ingress controller knows no annotation of that name".to_string();
            return Err(Mistake { span: written.span, reason, meant });
        };
        platform.denied.push(DeniedAnnotation { name: row.name.clone(), tenants: tenants.clone(), span: written.span });
    }
    Ok(())
}

fn externals(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let (places, tenants) = to_tenants(fact, "HOST|CIDR, … to TENANT, …")?;
    for place in places {
        let to = match address::range(&place.value) {
            Ok(range) => Outside::Range(range),
            Err(problem) if place.value.contains(['/', ':']) => {
                return Err(Mistake { span: place.span, reason: problem.reason, meant: problem.meant });
            }
            Err(_) => {
                Outside::Host(word(place, |text| xks_base::values::host::Host::parse(text).map(|host| host.shared()))?)
            }
        };
        platform.ways_out.push(WayOut { to, tenants: tenants.clone(), span: place.span });
    }
    Ok(())
}

fn hosts(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let (patterns, tenants) = to_tenants(fact, "HOST, … to TENANT, …")?;
    for pattern in patterns {
        let text = word(pattern, |text| xks_base::values::host::Host::parse(text).map(|host| host.shared()))?;
        platform.hosts.push(HostRule { pattern: text, tenants: tenants.clone(), span: pattern.span });
    }
    Ok(())
}

fn ingress_class(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    parts(fact, &["public", "private"], |keyword, values| {
        let class = word(single(keyword, values)?, name::subdomain)?;
        if keyword.value == "public" {
            platform.public_class = class;
        } else {
            platform.private_class = (class != "none").then_some(class);
        }
        Ok(())
    })
}

fn ingress_pods(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    parts(fact, &["public", "private"], |keyword, values| {
        let labels = labels(values)?;
        if keyword.value == "public" {
            platform.public_pods = labels;
        } else {
            platform.private_pods = labels;
        }
        Ok(())
    })
}

fn internet(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    parts(fact, &["except"], |_, values| {
        platform.not_internet = values.iter().map(|item| word(item, address::range)).collect::<Result<_, _>>()?;
        Ok(())
    })
}

fn issuer(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let Some((first, rest)) = fact.items.split_first() else {
        return Err(Mistake::at(fact.name.span, "the issuer's name is missing behind it"));
    };
    platform.issuer = word(first, name::subdomain)?;
    if rest.is_empty() {
        return Ok(());
    }
    let tail = ast::Fact { span: fact.span, name: fact.name.clone(), items: rest.to_vec(), values: Vec::new() };
    parts(&tail, &["solver", "zones", "kind", "authority"], |keyword, values| {
        match keyword.value.as_str() {
            "solver" => platform.solver = Some(word(single(keyword, values)?, solver)?),
            "authority" => platform.private_authority = word(single(keyword, values)?, authority)?,
            "kind" => platform.issuer_kind = word(single(keyword, values)?, issuer_kind)?,
            _ => platform.zones = values.iter().map(|item| word(item, name::subdomain)).collect::<Result<_, _>>()?,
        }
        Ok(())
    })
}

fn lint(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    let [name, level] = fact.items.as_slice() else {
        return Err(Mistake::at(fact.span, "it takes the lint's name and its level"));
    };
    let level = word(level, |text| {
        Level::parse(text).ok_or_else(|| Problem::new("the levels are `allow`, `note`, `warn` and `deny`"))
    })?;
    platform.levels.insert(name.value.clone(), level);
    Ok(())
}

fn mesh(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    match fact.items.as_slice() {
        [mesh] if mesh.value == "linkerd" => {}
        [mesh, keyword, namespace] if mesh.value == "linkerd" && keyword.value == "namespace" => {
            platform.mesh_namespace = word(namespace, name::label)?
        }
        _ => return Err(Mistake::at(fact.span, "`linkerd` is the only mesh that the compiler knows")),
    }
    platform.mesh = true;
    Ok(())
}

fn tenant_labels(platform: &mut Platform, fact: &ast::Fact) -> Result<(), Mistake> {
    if fact.items.is_empty() {
        return Err(Mistake::at(fact.name.span, "a label is missing behind it"));
    }
    platform.tenant_labels =
        labels(&fact.items)?.into_iter().map(|(key, value)| Requirement::In(key, vec![value])).collect();
    Ok(())
}

fn cni(text: &str) -> Result<Cni, Problem> {
    match text {
        "calico" => Ok(Cni::Calico),
        "cilium" => Ok(Cni::Cilium),
        "vpc-cni" => Ok(Cni::VpcCni),
        "other" => Ok(Cni::Other),
        _ => Err(Problem::new("`calico`, `cilium`, `vpc-cni` and `other` are known")),
    }
}

fn switch(text: &str) -> Result<bool, Problem> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(Problem::new("it is `on` or `off`")),
    }
}

fn version(text: &str) -> Result<(u32, u32), Problem> {
    let parsed = text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    match parsed {
        Some(version) if version >= (1, 25) => Ok(version),
        Some(_) => Err(Problem::new("versions before 1.25 are not supported: their policies lack port ranges")),
        None => Err(Problem::new("a version is written `1.33`")),
    }
}

fn percent(text: &str) -> Result<u8, Problem> {
    let number =
        text.strip_suffix('%').and_then(|number| number.parse().ok()).filter(|number| (1..=100).contains(number));
    number.ok_or_else(|| Problem::new("it is a share from `1%` to `100%`"))
}

fn folder(text: &str) -> Result<SmolStr, Problem> {
    let sound = !text.is_empty()
        && !text.starts_with('/')
        && text.split('/').all(|part| !part.is_empty() && part != ".." && part != ".")
        && !text.contains(['\\', ':', '\0']);
    if sound {
        Ok(SmolStr::new(text))
    } else {
        Err(Problem::new("it is a folder inside the workspace, such as `generated`"))
    }
}

fn solver(text: &str) -> Result<Solver, Problem> {
    match text {
        "http-01" => Ok(Solver::Http01),
        "dns-01" => Ok(Solver::Dns01),
        _ => Err(Problem::new("it is `http-01` or `dns-01`")),
    }
}

fn authority(text: &str) -> Result<bool, Problem> {
    match text {
        "public" => Ok(false),
        "private" => Ok(true),
        _ => Err(Problem::new("it is `public` or `private`")),
    }
}

fn issuer_kind(text: &str) -> Result<SmolStr, Problem> {
    match text {
        "ClusterIssuer" | "Issuer" => Ok(SmolStr::new(text)),
        _ => Err(Problem::new("it is `ClusterIssuer` or `Issuer`")),
    }
}
