//! What can be wrong with names, in words.

use std::borrow::Cow;
use xks_base::diagnostics::suggest::listed;
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::source::Span;
use xks_base::values::Problem;

codes! {
    TENANT_TWICE = "tenant-twice", Deny, "a tenant's settings stand in two places";
    TWO_TENANTS_IN_A_FILE = "two-tenants-in-a-file", Deny, "a file says twice whose it is";
    NOT_YOUR_FILE = "not-your-file", Deny (lint), "a file speaks for a tenant from outside its place";
    PATHS_COLLIDE = "paths-collide", Deny, "two paths are one on some file systems";
    NAMESPACE_TWICE = "namespace-twice", Deny, "a tenant's namespace belongs to somebody else";
    DECLARED_TWICE = "declared-twice", Deny, "a name is declared twice";
    UNKNOWN_APP = "unknown-app", Deny, "a rule names an app that its tenant does not declare";
    UNKNOWN_TENANT = "unknown-tenant", Deny, "a rule names a tenant that is not in the workspace";
    GROUP_MEMBERS = "group-members", Warn (lint), "a group of another tenant has members that do not count here";
    UNKNOWN_PORT = "unknown-port", Deny, "a rule names a port that the app does not declare";
    SERVICE_PORT = "service-port", Deny, "a rule names the port of a Service instead of the pod's";
    NAMED_PORT_OUTSIDE = "named-port-outside", Deny, "a port of something outside the cluster has a name";
    WHOSE_PODS = "whose-pods", Deny, "a peer outside of every tenant does not say whose pods it means";
    NOT_A_TENANT = "not-a-tenant", Deny, "a rule names a namespace where it means a tenant";
    GROUP_CYCLE = "group-cycle", Deny, "a group contains itself, or groups are nested too deep";
    EXTERNAL_BY_NAME = "external-by-name", Deny, "a rule names an external that has no addresses";
    DNS_PEER = "dns-peer", Deny, "a rule names a DNS name, which NetworkPolicy cannot match";
    NO_PLATFORM_FACT = "no-platform-fact", Deny, "a peer needs addresses that the platform does not state";
    EXCEPT_OUTSIDE = "except-outside", Deny, "an `except` is not inside its range";
    GROUP_WITH_PORTS = "group-with-ports", Deny, "a member of a group has ports, or the source of a rule has";
}

pub(crate) fn stem_is_no_name(span: Span, stem: &str, problem: Problem) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &xks_syntax::errors::INVALID_NAME,
        span,
        format!("the file's name `{stem}` is not a tenant's name"),
    )
    .label(problem.reason)
    .note("a file without a `tenant` statement belongs to the tenant it is named after");
    match problem.meant {
        Some(meant) => diagnostic.help(format!("write `tenant {meant}` at the top")).suggestion(
            format!("write `tenant {meant}`"),
            span.before(),
            format!("tenant {meant}\n"),
        ),
        None => diagnostic.help("write `tenant NAME` at the top"),
    }
}

pub(crate) fn two_tenants(span: Span, first: Span, same: bool) -> Diagnostic {
    if same {
        return Diagnostic::new(&TWO_TENANTS_IN_A_FILE, span, "this file says twice whose it is")
            .label("again here")
            .secondary(first, "first here")
            .help("write one `tenant` statement with the settings of both");
    }
    Diagnostic::new(&TWO_TENANTS_IN_A_FILE, span, "this file already says whose it is")
        .label("a second tenant")
        .secondary(first, "the first one")
        .help("move what belongs to the second tenant to a file of its own")
}

/// `places` are those of `tenant`; `own` is the tenant in whose place the file lies.
pub(crate) fn not_your_file(span: Span, path: &str, tenant: &str, places: &[String], own: Option<&str>) -> Diagnostic {
    let message = format!("`{path}` cannot speak for tenant `{tenant}`");
    let place = match places {
        [] => format!("the platform gives `{tenant}` no place"),
        places => format!("the place of `{tenant}` is {}", listed(places, "or")),
    };
    let diagnostic = Diagnostic::new(&NOT_YOUR_FILE, span, message).note(place);
    match own {
        Some(own) => diagnostic
            .label(format!("this file is in the place of `{own}`"))
            .help(format!("write `{own}`, or move the file"))
            .suggestion(format!("write `{own}`"), span, own),
        None => diagnostic.label("this file is in no tenant's place").help("move the file to the tenant's place"),
    }
}

/// An included file that lies in nobody's place, or in another tenant's.
pub(crate) fn include_not_yours(span: Span, path: &str, tenant: &str, folders: &[Cow<'_, str>]) -> Diagnostic {
    let folders: Vec<String> = folders.iter().map(|folder| format!("{folder}/")).collect();
    Diagnostic::new(&NOT_YOUR_FILE, span, format!("`{path}` is not a file of tenant `{tenant}`"))
        .label("its objects become those of the tenant")
        .note(format!("a tenant includes files from its own place, {}, or from the platform's", listed(&folders, "or")))
        .help("move the file there")
}

/// A file that is neither in a tenant's place nor in the platform's.
pub(crate) fn no_place(span: Span, path: &str, patterns: &[String]) -> Diagnostic {
    Diagnostic::new(&NOT_YOUR_FILE, span, format!("`{path}` is in no tenant's place"))
        .label("nobody is known to own these statements")
        .note(where_tenants_are(patterns))
        .help("move the file to its tenant's place")
}

/// A tenant's statement among the platform's files.
pub(crate) fn among_the_platform(span: Span, path: &str, patterns: &[String]) -> Diagnostic {
    Diagnostic::new(&NOT_YOUR_FILE, span, format!("`{path}` is the platform's, and belongs to no tenant"))
        .label("only a tenant writes this")
        .note(where_tenants_are(patterns))
        .help("move the statement to its tenant's place")
}

fn where_tenants_are(patterns: &[String]) -> String {
    match patterns {
        [] => "`platform` states the place of each tenant".to_string(),
        patterns => format!("tenants have their files in {}", listed(patterns, "or")),
    }
}

/// A link to what is read under its own name.
pub(crate) fn link_to_source(span: Span, path: &str, real: &str) -> Diagnostic {
    Diagnostic::new(&NOT_YOUR_FILE, span, format!("`{path}` is a link to `{real}`, which is read as itself"))
        .help("remove the link")
}

pub(crate) fn namespace_not_yours(
    span: Span,
    tenant: &str,
    namespace: &str,
    due: &str,
    fact: Option<Span>,
) -> Diagnostic {
    let message = format!("tenant `{tenant}` cannot give itself the namespace `{namespace}`");
    let diagnostic = Diagnostic::new(&NOT_YOUR_FILE, span, message)
        .note(format!("the platform gives it the namespace `{due}`"))
        .help(format!("remove it, or have the platform state `tenant {tenant} namespace {namespace}`"))
        .withdrawal();
    match fact {
        Some(fact) => diagnostic.secondary(fact, "the platform says so here"),
        None => diagnostic,
    }
}

pub(crate) fn label_not_yours(span: Span, tenant: &str, label: &str, fact: Option<Span>) -> Diagnostic {
    let message = format!("the platform does not say that the namespace of `{tenant}` carries `{label}`");
    let diagnostic = Diagnostic::new(&NOT_YOUR_FILE, span, message)
        .note("consent may depend on these labels, so the platform states them")
        .help(format!("remove it, or have the platform state `tenant {tenant} labels {label}`"))
        .withdrawal();
    match fact {
        Some(fact) => diagnostic.secondary(fact, "the labels that the platform states"),
        None => diagnostic,
    }
}

/// Two paths that a file system which folds case or normalises Unicode takes for one.
pub(crate) fn paths_collide(span: Span, path: &str, other: &str) -> Diagnostic {
    Diagnostic::new(&PATHS_COLLIDE, span, format!("the paths `{path}` and `{other}` are one on some file systems"))
        .label("this file may replace the other")
        .note("they differ only by case or by the form of their Unicode letters")
        .help("rename one of them")
}

pub(crate) fn tenant_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&TENANT_TWICE, span, format!("the settings of tenant `{name}` stand in two places"))
        .label("settings again")
        .secondary(first, "settings here")
        .help(format!("keep them in one of them, and write `tenant {name}` alone in the other"))
}

pub(crate) fn namespace_twice(span: Span, namespace: &str, other: Span, tenant: &str) -> Diagnostic {
    Diagnostic::new(&NAMESPACE_TWICE, span, format!("namespace `{namespace}` belongs to tenant `{tenant}` too"))
        .secondary(other, "the other tenant")
        .help("give each tenant a namespace of its own, or let both files name one tenant")
}

pub(crate) fn namespace_of_platform(span: Span, namespace: &str) -> Diagnostic {
    Diagnostic::new(&NAMESPACE_TWICE, span, format!("namespace `{namespace}` belongs to the platform"))
        .note("a tenant's default deny in it would cut off what the whole cluster needs")
        .help("give the tenant a namespace of its own: `namespace NAME`")
}

pub(crate) fn declared_twice(span: Span, name: &str, what: &str, first: Span, other: &str) -> Diagnostic {
    let message = if what == other {
        format!("`{name}` is already {what} of this {}", if what == "a port" { "app" } else { "tenant" })
    } else {
        format!("{what} cannot be called `{name}`: {other} of this tenant is")
    };
    Diagnostic::new(&DECLARED_TWICE, span, message)
        .label("again here")
        .secondary(first, "first here")
        .help("rename or remove one of them")
}

pub(crate) fn unknown_app(
    span: Span,
    name: &str,
    tenant: &str,
    near: Option<&str>,
    closed: Span,
    own: bool,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_APP, span, format!("tenant `{tenant}` has no app `{name}`"))
        .secondary(closed, "this `app` statement makes every app need a declaration");
    let diagnostic = match (near, own) {
        (Some(_), _) => diagnostic.did_you_mean(near),
        (None, true) => diagnostic.help(format!("declare it with `app {name}`")),
        (None, false) => diagnostic.help(format!("ask tenant `{tenant}` to declare it: `app {name}`")),
    };
    if own {
        diagnostic.suggestion(format!("declare `app {name}`"), closed.before(), format!("app {name}\n"))
    } else {
        diagnostic.withdrawal()
    }
}

pub(crate) fn service_as_peer(span: Span, name: &str, app: &str, own: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_APP, span, format!("`{name}` is a Service, not an app"))
        .note("policies see the pods behind a Service, not the Service")
        .help(format!("name the app behind it: `{app}`"));
    if own { diagnostic.suggestion(format!("write `{app}`"), span, app) } else { diagnostic.withdrawal() }
}

pub(crate) fn unknown_port(
    span: Span,
    port: &str,
    app: &str,
    declared: &[String],
    declared_at: Span,
    near: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_PORT, span, format!("app `{app}` has no port {port}")).secondary(
        declared_at,
        format!("it declares {}", if declared.is_empty() { "none".to_string() } else { declared.join(", ") }),
    );
    diagnostic.did_you_mean(near)
}

pub(crate) fn service_port(span: Span, port: u16, app: &str, target: u16, service: Span) -> Diagnostic {
    Diagnostic::new(&SERVICE_PORT, span, format!("{port} is the port of a Service, not of app `{app}`"))
        .secondary(service, format!("its Service maps {port} to {target}"))
        .note("policies see the connection behind the Service: they match the pod's port")
        .help(format!("write `{target}`"))
        .safe_fix(format!("write `{target}`"), span, target.to_string())
}

pub(crate) fn named_port_outside(span: Span, name: &str, peer: &str) -> Diagnostic {
    Diagnostic::new(&NAMED_PORT_OUTSIDE, span, format!("`{name}` names no port of {peer}"))
        .note("a named port is looked up in the pod that is reached; addresses have none")
        .help(format!("write the number, or declare a set: `ports {name} = 443`"))
}

pub(crate) fn named_port_of_controller(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        &NAMED_PORT_OUTSIDE,
        span,
        format!("the ports of the ingress controller are not known by name, `{name}` neither"),
    )
    .help("write the number, such as `443`")
}

pub(crate) fn named_port_of_external(span: Span, name: &str, external: &str) -> Diagnostic {
    Diagnostic::new(&NAMED_PORT_OUTSIDE, span, format!("`{name}` names no port of external `{external}`"))
        .note("an external has no named ports: its Service has one port, by number")
        .help(format!("write the number: `{external}:443`"))
}

pub(crate) fn unknown_tenant(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    Diagnostic::new(&UNKNOWN_TENANT, span, format!("no tenant of this workspace is called `{name}`"))
        .note("nobody can consent in its place, so this end is left out")
        .did_you_mean(near)
        .withdrawal()
}

/// `members` are those that do not count, in words.
pub(crate) fn group_members(span: Span, group: &str, tenant: &str, members: &[String], declared: Span) -> Diagnostic {
    let verb = if members.len() == 1 { "does" } else { "do" };
    let message = format!("{} of group `{tenant}/{group}` {verb} not count here", listed(members, "and"));
    Diagnostic::new(&GROUP_MEMBERS, span, message)
        .secondary(declared, "the group")
        .note(format!("named from another tenant, a group stands for the pods of `{tenant}` alone"))
        .help("name what else is meant in a group of your own")
        .withdrawal()
}

pub(crate) fn namespace_as_tenant(span: Span, namespace: &str, tenant: &str) -> Diagnostic {
    Diagnostic::new(&NOT_A_TENANT, span, format!("`{namespace}` is a namespace; its tenant is called `{tenant}`"))
        .help(format!("write `{tenant}/…`"))
        .suggestion(format!("write `{tenant}`"), span, tenant)
}

pub(crate) fn platform_as_tenant(span: Span, namespace: &str) -> Diagnostic {
    Diagnostic::new(&NOT_A_TENANT, span, format!("`{namespace}` belongs to the platform, not to a tenant"))
        .note("a policy in it would close what the whole cluster needs; names and the ingress controllers have words of their own")
        .help(format!("for this end alone write `tenants(kubernetes.io/metadata.name={namespace})/…`"))
}

pub(crate) fn no_private_controller(span: Span, fact: Option<Span>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&NO_PLATFORM_FACT, span, "this platform has no private ingress controller").withdrawal();
    match fact {
        Some(fact) => diagnostic.secondary(fact, "the platform says so"),
        None => diagnostic,
    }
}

pub(crate) fn digits_as_peer(span: Span, digits: &str, before: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_APP, span, format!("`{digits}` stands where an app is expected"));
    match before {
        Some(before) => diagnostic
            .note("a blank behind a comma starts another peer")
            .help(format!("for several ports of one peer write `{before},{digits}`")),
        None => diagnostic
            .help(format!("a port follows its peer: `PEER:{digits}`; an app of that name is written `./{digits}`")),
    }
}

pub(crate) fn whose_pods(span: Span, words: &str) -> Diagnostic {
    Diagnostic::new(&WHOSE_PODS, span, format!("whose is `{words}`?"))
        .note("this is written outside of every tenant, where a peer says whose pods it means")
        .help(format!("write `TENANT/{words}`, or `*/{words}` for those of every tenant"))
}

pub(crate) fn group_cycle(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(&GROUP_CYCLE, span, format!("group `{name}` contains itself"))
        .secondary(declared, "the group")
        .help("take it out of its own members")
}

pub(crate) fn groups_too_deep(span: Span, deepest: usize) -> Diagnostic {
    Diagnostic::new(&GROUP_CYCLE, span, format!("groups are nested more than {deepest} deep here"))
        .help("name the members themselves in one of the groups on the way")
}

pub(crate) fn external_by_name(span: Span, name: &str, host: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(&EXTERNAL_BY_NAME, span, format!("external `{name}` has a name but no addresses"))
        .secondary(declared, "declared here")
        .note(format!("a NetworkPolicy matches addresses, and those of `{host}` change"))
        .help(
            "allow a range instead, such as `internet:443`, or give the external addresses: `external NAME -> IP:PORT`",
        )
}

pub(crate) fn dns_peer(span: Span, host: &str) -> Diagnostic {
    Diagnostic::new(&DNS_PEER, span, format!("NetworkPolicy cannot match the DNS name `{host}`"))
        .note("the addresses behind a name change, and the policy would not")
        .help("name a range of addresses or `internet:443`, or declare `external NAME -> ADDRESS:PORT`")
}

pub(crate) fn no_platform_fact(span: Span, peer: &str, fact: &str, platform: Option<Span>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&NO_PLATFORM_FACT, span, format!("the platform does not say which addresses `{peer}` has"))
            .withdrawal();
    match platform {
        Some(platform) => {
            diagnostic.secondary(platform, "the platform").help(format!("add a line to it: `{fact} ADDRESS/PREFIX`"))
        }
        None => diagnostic.help(format!("describe it in a file of its own: `platform {{ {fact} ADDRESS/PREFIX }}`")),
    }
}

pub(crate) fn except_outside(span: Span, except: &str, range: Span, cidr: &str, equal: bool) -> Diagnostic {
    let message = if equal {
        format!("`except {except}` leaves nothing of the range")
    } else {
        format!("`{except}` is not inside `{cidr}`")
    };
    Diagnostic::new(&EXCEPT_OUTSIDE, span, message)
        .secondary(range, "the range")
        .note("the API server takes an `except` only if it is smaller than its range and lies in it")
        .help("remove it, or widen the range")
}

pub(crate) fn source_ports(ports: &str, ports_span: Span) -> Diagnostic {
    let colon = Span { start: ports_span.start - 1, ..ports_span };
    Diagnostic::new(&GROUP_WITH_PORTS, colon, format!("`:{ports}` stands behind who opens the connection"))
        .note("ports are those of the destination; the port that a client sends from is random")
        .help("write the ports behind the destination")
        .suggestion("remove the ports", colon, "")
}

pub(crate) fn group_ports(ports_span: Span) -> Diagnostic {
    let colon = Span { start: ports_span.start - 1, ..ports_span };
    Diagnostic::new(&GROUP_WITH_PORTS, colon, "a member of a group has no ports")
        .help("write them where the group is used: `allow foo -> GROUP:443`")
        .suggestion("remove the ports", colon, "")
}
